#include <imapxx/version.hpp>

#define IMAPXX_TEXT2(x) #x
#define IMAPXX_TEXT(x) IMAPXX_TEXT2(x)

namespace imapxx::inline v0 {

int version_number() noexcept { return IMAPXX_VERSION; }

const char* version_string() noexcept {
  return IMAPXX_TEXT(IMAPXX_VERSION_MAJOR) "." IMAPXX_TEXT(IMAPXX_VERSION_MINOR) "." IMAPXX_TEXT(IMAPXX_VERSION_PATCH);
}

}  // namespace imapxx::inline v0
