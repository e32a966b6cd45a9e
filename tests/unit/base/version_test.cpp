#include <imapxx/version.hpp>

#include <gtest/gtest.h>

#include <string>

namespace imapxx::inline v0 {
namespace {

TEST(version, library_and_headers_agree) {
  EXPECT_EQ(version_number(), IMAPXX_VERSION);
  EXPECT_EQ(version_string(), std::to_string(IMAPXX_VERSION_MAJOR) + "." + std::to_string(IMAPXX_VERSION_MINOR) + "." +
                                  std::to_string(IMAPXX_VERSION_PATCH));
}

}  // namespace
}  // namespace imapxx::inline v0
