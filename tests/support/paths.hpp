/// \file
/// Where the files of the project lie that tests read. Functions, so that objects do not depend on the place of the
/// checkout and a compiler cache serves every clone.
#pragma once

#include <filesystem>

namespace imapxx::test {

[[nodiscard]] std::filesystem::path source_dir();
[[nodiscard]] std::filesystem::path fixture_dir();

}  // namespace imapxx::test
