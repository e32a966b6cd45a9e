#include "support/paths.hpp"

namespace imapxx::test {

std::filesystem::path source_dir() { return IMAPXX_SOURCE_DIR; }
std::filesystem::path fixture_dir() { return source_dir() / "tests" / "fixtures"; }

}  // namespace imapxx::test
