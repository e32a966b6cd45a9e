#include "filter/gsasl_exchange.hpp"

#include "base/secret.hpp"
#include "filter/sasl_mechanisms.hpp"

#include <array>
#include <cstring>

namespace imapxx::inline v0::filter {

namespace {

/// One handle for the process, never changed after its creation and never freed: sessions of other threads may still
/// use it at exit.
Gsasl* library() {
  static Gsasl* const handle = [] {
    Gsasl* h = nullptr;
    return gsasl_init(&h) == GSASL_OK ? h : nullptr;
  }();
  return handle;
}

constexpr std::array<Gsasl_property, 4> secret_properties{GSASL_PASSWORD, GSASL_SCRAM_SALTED_PASSWORD,
                                                          GSASL_SCRAM_SERVERKEY, GSASL_SCRAM_STOREDKEY};

error failure(int code, std::string_view mechanism) {
  switch (code) {
    case GSASL_MALLOC_ERROR: return error(errc::out_of_memory);
    case GSASL_SASLPREP_ERROR:
      return sasl_error(errc::invalid_argument, mechanism, "user or password cannot be prepared (RFC 4013)");
    case GSASL_MECHANISM_PARSE_ERROR:
      return sasl_error(errc::authentication_failed, mechanism, "the server's challenge is malformed");
    default: return sasl_error(errc::authentication_failed, mechanism, gsasl_strerror(code));
  }
}

}  // namespace

result<std::unique_ptr<gsasl_exchange>> gsasl_exchange::start(std::string_view mechanism) {
  Gsasl* handle = library();
  if (handle == nullptr) return errc::out_of_memory;
  const std::string name(mechanism);
  Gsasl_session* session = nullptr;
  const int code = gsasl_client_start(handle, name.c_str(), &session);
  if (code == GSASL_UNKNOWN_MECHANISM) {
    return sasl_error(errc::no_mechanism, mechanism, "libgsasl was built without this mechanism");
  }
  if (code != GSASL_OK) return failure(code, mechanism);
  return std::unique_ptr<gsasl_exchange>(new gsasl_exchange(session, mechanism));
}

gsasl_exchange::~gsasl_exchange() {
  for (const Gsasl_property property : secret_properties) {
    // The property's own buffer, which libgsasl only frees.
    const char* value = gsasl_property_fast(session_, property);
    if (value != nullptr) base::wipe_memory(const_cast<char*>(value), std::strlen(value));
  }
  gsasl_finish(session_);
}

result<void> gsasl_exchange::set(Gsasl_property property, std::string_view value) {
  if (gsasl_property_set_raw(session_, property, value.data(), value.size()) != GSASL_OK) return errc::out_of_memory;
  return {};
}

result<secret> gsasl_exchange::step(std::string_view input) {
  char* output = nullptr;
  std::size_t size = 0;
  // libgsasl takes an empty challenge and a missing one for the same only when the pointer is valid.
  const char* bytes = input.empty() ? "" : input.data();
  const int code = gsasl_step(session_, bytes, input.size(), &output, &size);
  if (code != GSASL_OK && code != GSASL_NEEDS_MORE) {
    gsasl_free(output);
    return failure(code, mechanism_);
  }
  done_ = code == GSASL_OK;
  secret answer(output == nullptr ? std::string_view() : std::string_view(output, size));
  if (output != nullptr) base::wipe_memory(output, size);
  gsasl_free(output);
  return answer;
}

bool can_be_prepared(std::string_view text, bool unassigned_allowed) {
  std::string input(text);
  char* prepared = nullptr;
  const auto flags = unassigned_allowed ? GSASL_ALLOW_UNASSIGNED : Gsasl_saslprep_flags{};
  const int code = gsasl_saslprep(input.c_str(), flags, &prepared, nullptr);
  secret::wipe(input);
  const bool good = code == GSASL_OK && prepared != nullptr && *prepared != '\0';
  if (prepared != nullptr) base::wipe_memory(prepared, std::strlen(prepared));
  gsasl_free(prepared);
  return good;
}

}  // namespace imapxx::inline v0::filter
