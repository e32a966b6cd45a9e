#include <imapxx/sasl.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

namespace imapxx {
namespace {

using names = std::vector<std::string>;

credentials password() { return credentials("user", "secret"); }
credentials token() { return credentials::with_token("user", "token"); }

names chosen(const names& offered, const credentials& who, bool tls = true, bool login = true) {
  const auto result = choose_mechanisms(offered, login, who, tls);
  return result ? *result : names{"error", std::string(to_string(result.error().code()))};
}

TEST(choose_mechanisms, order_of_the_library) {
  EXPECT_EQ(chosen({"LOGIN", "PLAIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"}, password()),
            (names{"SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN", "LOGIN-COMMAND"}));
  EXPECT_EQ(chosen({"XOAUTH2", "PLAIN", "OAUTHBEARER"}, token()), (names{"OAUTHBEARER", "XOAUTH2"}));
  EXPECT_EQ(chosen({"xoauth2", "plain"}, token().password("secret")), (names{"XOAUTH2", "PLAIN", "LOGIN-COMMAND"}));
  EXPECT_EQ(chosen({}, password()), (names{"LOGIN-COMMAND"}));
}

TEST(choose_mechanisms, order_of_the_caller) {
  EXPECT_EQ(chosen({"PLAIN", "SCRAM-SHA-1"}, password().mechanism("plain", "scram-sha-1", "PLAIN")),
            (names{"PLAIN", "SCRAM-SHA-1"}));
  EXPECT_EQ(chosen({"PLAIN", "SCRAM-SHA-1"}, password().mechanism("LOGIN-COMMAND")), (names{"LOGIN-COMMAND"}));
  EXPECT_EQ(chosen({"PLAIN"}, password().mechanism("SCRAM-SHA-256")), (names{"error", "no_mechanism"}));
  EXPECT_EQ(chosen({"EXTERNAL", "ANONYMOUS"}, credentials().mechanism("EXTERNAL")), (names{"EXTERNAL"}));
  EXPECT_EQ(chosen({"GSSAPI"}, password().mechanism("GSSAPI")), (names{"error", "no_mechanism"}));
}

TEST(choose_mechanisms, secrets_stay_inside_tls) {
  EXPECT_EQ(chosen({"PLAIN", "LOGIN"}, password(), false), (names{"error", "plaintext_refused"}));
  EXPECT_EQ(chosen({"PLAIN", "CRAM-MD5"}, password(), false), (names{"CRAM-MD5"}));
  EXPECT_EQ(chosen({"PLAIN"}, password().mechanism("PLAIN"), false), (names{"error", "plaintext_refused"}));
  EXPECT_EQ(chosen({"OAUTHBEARER"}, token(), false), (names{"error", "plaintext_refused"}));
  EXPECT_EQ(chosen({"PLAIN"}, password().allow_plaintext(), false), (names{"PLAIN", "LOGIN-COMMAND"}));
}

TEST(choose_mechanisms, login_disabled) {
  EXPECT_EQ(chosen({}, password(), true, false), (names{"error", "login_disabled"}));
  EXPECT_EQ(chosen({}, password(), false, false), (names{"error", "login_disabled"}));
  EXPECT_EQ(chosen({"PLAIN"}, password(), true, false), (names{"PLAIN"}));
  EXPECT_EQ(chosen({}, token(), true, false), (names{"error", "no_mechanism"}));
}

TEST(choose_mechanisms, nothing_forgets_the_authorization_identity) {
  const credentials who = password().authorize_as("other");
  EXPECT_EQ(chosen({"SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"}, who), (names{"SCRAM-SHA-1", "PLAIN"}));
  EXPECT_EQ(chosen({"CRAM-MD5", "LOGIN"}, who), (names{"error", "no_mechanism"}));
}

TEST(choose_mechanisms, the_error_says_what_was_offered) {
  const auto result = choose_mechanisms({"GSSAPI", "X\x1b[31m"}, true, credentials(), true);
  ASSERT_FALSE(result);
  EXPECT_THAT(std::string(result.error().message()), testing::HasSubstr("GSSAPI X\\x1b[31m"));
}

/// What one row of the policy says, written down apart from the library.
struct policy_row {
  const char* name;
  bool password;
  bool token;
  bool plain;  ///< the secret itself goes out
};
constexpr std::array<policy_row, 8> policy{{{"OAUTHBEARER", false, true, true},
                                            {"XOAUTH2", false, true, true},
                                            {"SCRAM-SHA-256", true, false, false},
                                            {"SCRAM-SHA-1", true, false, false},
                                            {"CRAM-MD5", true, false, false},
                                            {"PLAIN", true, false, true},
                                            {"LOGIN", true, false, true},
                                            {"LOGIN-COMMAND", true, false, true}}};

TEST(choose_mechanisms, every_subset_of_twelve_mechanisms_equals_the_table) {
  const std::array<const char*, 12> all{
      "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5",  "PLAIN",  "LOGIN",
      "OAUTHBEARER",        "XOAUTH2",       "EXTERNAL",    "ANONYMOUS", "GSSAPI", "DIGEST-MD5"};
  const std::array<credentials, 4> people{password(), token(), password().token("token"), password().allow_plaintext()};
  for (unsigned bits = 0; bits < 1U << all.size(); ++bits) {
    names offered;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if ((bits >> i & 1U) != 0) offered.emplace_back(all[all.size() - 1 - i]);
    }
    for (std::size_t person = 0; person < people.size(); ++person) {
      // Two bits of the number choose TLS and LOGINDISABLED, shifted so that every subset meets every combination of
      // them over the four people.
      for (const bool tls : {false, true}) {
        const bool login = ((bits ^ person) & 1U) != 0;
        const credentials& who = people[person];
        names expected;
        bool wants_tls = false;
        for (const policy_row& row : policy) {
          const bool has_secret = (row.password && !who.password().empty()) || (row.token && !who.token().empty());
          const bool there = std::string_view(row.name) == "LOGIN-COMMAND"
                                 ? login
                                 : std::find(offered.begin(), offered.end(), row.name) != offered.end();
          if (!has_secret || !there) continue;
          if (row.plain && !tls && person != 3) {
            wants_tls = true;
          } else {
            expected.emplace_back(row.name);
          }
        }
        if (expected.empty()) {
          expected = {"error", wants_tls ? "plaintext_refused" : person == 1 ? "no_mechanism" : "login_disabled"};
        }
        ASSERT_EQ(chosen(offered, who, tls, login), expected) << bits << ' ' << person << ' ' << tls << login;
      }
    }
  }
}

TEST(credentials, copies_are_independent) {
  credentials a("user", "secret");
  credentials b = a;
  b.user("other").password("else").mechanism("PLAIN", "LOGIN");
  EXPECT_EQ(a.user(), "user");
  EXPECT_EQ(a.password().expose(), "secret");
  EXPECT_TRUE(a.mechanisms().empty());
  EXPECT_EQ(b.mechanisms(), (names{"PLAIN", "LOGIN"}));
  EXPECT_FALSE(b.plaintext_allowed());
}

}  // namespace
}  // namespace imapxx
