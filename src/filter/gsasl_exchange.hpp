/// \file
/// One client exchange of libgsasl. Only src/filter/sasl_*.cpp include this.
#pragma once

#include <imapxx/result.hpp>
#include <imapxx/secret.hpp>

#include <gsasl.h>

#include <memory>
#include <string>
#include <string_view>

namespace imapxx::inline v0::filter {

/// Owns a Gsasl_session and overwrites the secrets in its properties at the end. (Copies that libgsasl makes inside one
/// call are out of reach.)
class gsasl_exchange {
 public:
  /// Errors: no_mechanism (libgsasl was built without it), out_of_memory
  [[nodiscard]] static result<std::unique_ptr<gsasl_exchange>> start(std::string_view mechanism);
  gsasl_exchange(const gsasl_exchange&) = delete;
  gsasl_exchange& operator=(const gsasl_exchange&) = delete;
  ~gsasl_exchange();

  /// `value` holds no NUL. Errors: out_of_memory
  [[nodiscard]] result<void> set(Gsasl_property property, std::string_view value);
  /// Errors: authentication_failed, invalid_argument (user or password cannot be prepared), out_of_memory
  [[nodiscard]] result<secret> step(std::string_view input);
  /// Whether libgsasl has nothing more to say.
  [[nodiscard]] bool done() const noexcept { return done_; }

 private:
  gsasl_exchange(Gsasl_session* session, std::string_view mechanism) : session_(session), mechanism_(mechanism) {}
  Gsasl_session* session_;
  std::string mechanism_;
  bool done_ = false;
};

/// SASLprep (RFC 4013) of user names and passwords; only whether it works and leaves something.
[[nodiscard]] bool can_be_prepared(std::string_view text, bool unassigned_allowed);

}  // namespace imapxx::inline v0::filter
