#include "interop/live.hpp"

#include "support/password.hpp"

#ifdef ASIO_STANDALONE  // told by the asynchronous library, where it is built
#include "support/asio/driver.hpp"
#endif

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <stdexcept>

namespace imapxx::interop {
namespace {

std::string environment(const char* name, const char* otherwise = "") {
  const char* value = std::getenv(name);
  return value != nullptr ? value : otherwise;
}

}  // namespace

live_server& live_server::get() {
  static live_server s;
  return s;
}

namespace {

test::driver_maker chosen_driver() {
  const auto name = environment("IMAPXX_DRIVER", "blocking");
#ifdef ASIO_STANDALONE
  for (const auto w : {test::way::awaitable, test::way::callback, test::way::future, test::way::strand}) {
    if (name == "asio" || name == std::string("asio-") + test::name_of(w))
      return [w](connect_options o) { return test::make_asio_driver(std::move(o), w); };
  }
#endif
  if (name != "blocking") throw std::runtime_error("no such driver: " + name);
  return &test::make_blocking_driver;
}

}  // namespace

live_server::live_server() : name_(environment("IMAPXX_SERVER", "embedded")) {
  test::default_driver() = chosen_driver();
  if (embedded()) {
    const auto start = [](testserver::tls_mode mode) {
      testserver::server_options o;
      for (int i = 1; i <= 8; ++i) o.user("user" + std::to_string(i), test::password());
      auto s = std::make_unique<testserver::server>(std::move(o.security(mode)));
      s->start();
      return s;
    };
    plain_ = start(testserver::tls_mode::starttls);
    tls_ = start(testserver::tls_mode::implicit);
    plain_port_ = plain_->port();
    tls_port_ = tls_->port();
    return;
  }
  host_ = environment("IMAPXX_HOST", "localhost");
  if (host_ == "127.0.0.1") host_ = "localhost";
  plain_port_ = static_cast<std::uint16_t>(std::stoi(environment("IMAPXX_PORT", "0")));
  tls_port_ = static_cast<std::uint16_t>(std::stoi(environment("IMAPXX_TLS_PORT", "0")));
  ca_file_ = environment("IMAPXX_CA_FILE");
}

connect_options live_server::options(security mode) const {
  tls_options tls;
  if (embedded()) {
    tls.ca_pem(mode == security::tls ? tls_->ca_pem() : plain_->ca_pem());
  } else {
    tls.ca_file(ca_file_);
  }
  return connect_options(host_, mode, mode == security::tls ? tls_port_ : plain_port_).tls(tls);
}

credentials live_server::user(int number) {
  return credentials("user" + std::to_string(number), secret(test::password()));
}

const std::vector<std::string>& messages() {
  static const std::vector<std::string> all = {
      "Date: Mon, 2 Feb 2026 10:00:00 +0100\r\nFrom: Ann Example <ann@example.org>\r\nTo: Bob <bob@example.com>, "
      "carol@example.net\r\n"
      "Subject: Plain tea\r\nMessage-ID: <one@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; "
      "charset=utf-8\r\n\r\n"
      "The kettle is on.\r\nSecond line.\r\n",
      "Date: Tue, 3 Feb 2026 11:30:00 +0000\r\nFrom: \"Bob B.\" <bob@example.com>\r\nTo: ann@example.org\r\nCc: "
      "dave@example.net\r\n"
      "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe_aus_K=C3=B6ln?=\r\nMessage-ID: <two@example.com>\r\nIn-Reply-To: "
      "<one@example.org>\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=\"sep\"\r\n\r\npreamble\r\n--sep\r\nContent-Type: text/plain; "
      "charset=us-ascii\r\n\r\nfirst part\r\n"
      "--sep\r\nContent-Type: application/octet-stream; name=\"data.bin\"\r\nContent-Transfer-Encoding: "
      "base64\r\nContent-Disposition: attachment; filename=\"data.bin\"\r\n\r\n"
      "AAECAwQFBgcICQoLDA0ODw==\r\n--sep--\r\nepilogue\r\n",
      "Date: Wed, 4 Feb 2026 12:00:00 +0000\r\nFrom: carol@example.net\r\nTo: ann@example.org\r\nSubject: Fwd: "
      "nested\r\nMessage-ID: <three@example.net>\r\n"
      "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\nContent-Type: "
      "text/plain\r\n\r\nsee below\r\n--outer\r\n"
      "Content-Type: message/rfc822\r\n\r\nDate: Wed, 4 Feb 2026 09:00:00 +0000\r\nFrom: inner@example.org\r\nSubject: "
      "inner subject\r\n\r\ninner body\r\n--outer--\r\n",
      "Date: Thu, 5 Feb 2026 13:00:00 +0000\r\nFrom: dave@example.net\r\nTo: "
      "team:ann@example.org,bob@example.com;\r\nSubject: big one\r\nMessage-ID: <four@example.net>\r\n"
      "X-Colour: green\r\n\r\n" +
          std::string(120'000, 'x').replace(60'000, 2, "\r\n") + "\r\n",
  };
  return all;
}

std::vector<scenario>& scenarios() {
  static std::vector<scenario> all;
  return all;
}

live::live(std::string name) : scenario_(std::move(name)) {
  const auto& server = live_server::get();
  client_ = std::make_unique<client>(server.options(), live_server::user());
  if (has("NAMESPACE") || has("IMAP4rev2")) {
    const auto spaces = client_->namespaces();
    if (!spaces.personal.empty()) {
      prefix_ = spaces.personal.front().prefix.utf8();
      if (spaces.personal.front().separator != '\0') separator_ = spaces.personal.front().separator;
    }
  }
  box_ = other("box");
  client_->create(box_);
  fill(box_);
  client_->select(box_);
}

live::~live() {
  try {
    if (!client_->connected()) client_ = another();
    if (client_->state() == session_state::selected) client_->close_mailbox();
  } catch (const error&) {
  }
  for (const auto& name : made_) remove(name);
  client_->close();
}

void live::remove(const mailbox_name& name) noexcept {
  try {
    (void)client_->try_run(delete_mailbox(name));
    (void)client_->try_run(unsubscribe(name));
  } catch (const error&) {
  }
}

mailbox_name live::other(std::string_view suffix) {
  mailbox_name name(prefix_ + "it-" + scenario_ + "-" + std::string(suffix));
  remove(name);
  made_.push_back(name);
  return name;
}

std::unique_ptr<client> live::another(int user) const {
  return std::make_unique<client>(live_server::get().options(), live_server::user(user));
}

void live::fill(const mailbox_name& into) {
  for (const auto& text : messages()) client_->append(into, text);
}

std::vector<std::uint32_t> live::uids() {
  std::vector<std::uint32_t> found;
  const auto rows = client_->fetch(seq_set::all(), fetch_items().uid());
  for (auto row : rows) found.push_back(*row.uid());
  return found;
}

class interop_suite : public ::testing::TestWithParam<std::size_t> {};

TEST_P(interop_suite, scenario) {
  const auto& s = scenarios()[GetParam()];
  live l(s.name);
  std::string_view rest = s.needs;
  while (!rest.empty()) {
    auto word = rest.substr(0, rest.find(' '));
    rest = word.size() == rest.size() ? std::string_view() : rest.substr(word.size() + 1);
    bool offered = false;
    const std::string needed(word);
    for (std::string_view left = word; !left.empty();) {
      const auto one = left.substr(0, left.find('|'));
      offered = offered || l.has(one);
      left = one.size() == left.size() ? std::string_view() : left.substr(one.size() + 1);
    }
    if (!offered) GTEST_SKIP() << "the server does not offer " << needed;
  }
  s.run(l);
}

INSTANTIATE_TEST_SUITE_P(all, interop_suite, ::testing::Range<std::size_t>(0, scenarios().size()),
                         [](const ::testing::TestParamInfo<std::size_t>& row) {
                           return std::string(scenarios()[row.param].name);
                         });

TEST(interop_suite_itself, has_its_sixty_scenarios) { EXPECT_GE(scenarios().size(), 60U); }

}  // namespace imapxx::interop
