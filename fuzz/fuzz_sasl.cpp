// Any challenges to every mechanism, one a line: answers come to an end, and the secret stands in no error. The secret
// depends on the input, which therefore cannot hold it: an error says what the server said.
#include <imapxx/sasl.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>

namespace fuzz_sasl {

inline void play(std::string_view name, std::string_view challenges) {
  const std::string password = "pass-word-" + std::to_string(std::hash<std::string_view>()(challenges));
  imapxx::sasl_context context;
  context.tls = true;
  context.host = "imap.example.org";
  context.limits.scram_iterations_max = 5000;  // fast enough
  auto who = imapxx::credentials("user", imapxx::secret(password));
  who.token(imapxx::secret(password));
  auto made = imapxx::make_mechanism(name, who, context);
  if (!made) std::abort();
  auto& mechanism = **made;
  bool failed = false;
  if (mechanism.client_first() && !mechanism.step({})) std::abort();
  for (int i = 0; i < 5 && !challenges.empty(); ++i) {
    const auto end = challenges.find('\n');
    auto answer = mechanism.step(challenges.substr(0, end));
    if (!answer) {
      if (std::string_view(answer.error().what()).find(password) != std::string_view::npos) std::abort();
      failed = true;
    } else if (failed) {
      std::abort();  // an exchange that failed does not go on
    }
    challenges = end == std::string_view::npos ? std::string_view() : challenges.substr(end + 1);
  }
  if (failed && mechanism.finish()) std::abort();
  (void)imapxx::oauth_error_status(mechanism.server_error());
}

}  // namespace fuzz_sasl

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  for (const char* name : {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER",
                           "EXTERNAL", "ANONYMOUS"})
    fuzz_sasl::play(name, input);
  return 0;
}
