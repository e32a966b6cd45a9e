/// \file
/// The password of the users that the tests log in as. CMake makes another one for each build directory, so that the
/// tests' log can be searched for it afterwards (tests/secrets/).
#pragma once

#include <string>

namespace imapxx::test {

/// IMAPXX_TEST_PASSWORD of the environment, else the content of the file IMAPXX_TEST_PASSWORD_FILE, else "pass".
[[nodiscard]] std::string password();

}  // namespace imapxx::test
