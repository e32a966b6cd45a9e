#include "filter/tls_openssl.hpp"

#include "tls_peer.hpp"

#include <gtest/gtest.h>

#include <array>

namespace imapxx::filter {
namespace {

using namespace filter_test;
using status = stream_filter::status;
using testing::HasSubstr;

tls_options trusting_options() {
  static const tls_options shared = tls_options().ca_pem(test_ca().certificate_pem());
  return shared;
}

std::unique_ptr<tls_filter> client_for(std::string_view host, const tls_options& options = trusting_options()) {
  return tls_filter::create(options, host).value();
}

void only_version(tls_server& server, int version) {
  SSL_CTX_set_min_proto_version(server.context(), version);
  SSL_CTX_set_max_proto_version(server.context(), version);
}

TEST(tls_filter, both_versions_carry_data_both_ways) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    tls_server server(test_server_identity());
    only_version(server, version);
    const auto client = client_for("imap.example.org");
    ASSERT_EQ(shake_hands(*client, server), status::ok) << client->failure().what();
    const protection info = client->info();
    EXPECT_TRUE(info.tls);
    EXPECT_TRUE(info.verified);
    EXPECT_FALSE(info.session_reused);
    EXPECT_EQ(info.version, version == TLS1_3_VERSION ? "TLSv1.3" : "TLSv1.2");
    EXPECT_EQ(info.cipher, SSL_get_cipher_name(server.ssl()));

    EXPECT_EQ(client->write("A1 NOOP\r\n"), 9U);
    server.put(drain(*client));
    EXPECT_EQ(server.read(), "A1 NOOP\r\n");
    server.write("A1 OK done\r\n");
    EXPECT_EQ(deliver(*client, server.take_output()), "A1 OK done\r\n");
  }
}

TEST(tls_filter, nothing_is_claimed_before_the_handshake_is_over) {
  const auto client = client_for("imap.example.org");
  EXPECT_EQ(client->handshake(), status::want_output);
  EXPECT_FALSE(client->info().tls);
  EXPECT_FALSE(client->info().verified);
  EXPECT_EQ(client->info().version, "");
  EXPECT_EQ(client->write("A1 LOGIN"), 0U);
  drain(*client);
  EXPECT_EQ(client->handshake(), status::want_input);
}

TEST(tls_filter, any_chunking_gives_the_same) {
  for (const std::size_t chunk : {1U, 2U, 5U, 17U, 1000U}) {
    tls_server server(test_server_identity());
    const auto client = client_for("imap.example.org");
    ASSERT_EQ(shake_hands(*client, server, chunk), status::ok);
    const std::string text(3000, 'x');
    server.write(text);
    EXPECT_EQ(deliver(*client, server.take_output(), chunk), text);
  }
}

TEST(tls_filter, large_data_flows_in_bounded_steps) {
  tls_server server(test_server_identity());
  const auto client = client_for("imap.example.org");
  ASSERT_EQ(shake_hands(*client, server), status::ok);
  std::string text;
  for (int i = 0; text.size() < (1U << 20U); ++i) text.append(std::to_string(i));

  std::string_view rest = text;
  std::string received;
  while (!rest.empty()) {
    const std::size_t n = client->write(rest);
    ASSERT_GT(n, 0U);
    ASSERT_LE(n, 96U << 10U);
    rest.remove_prefix(n);
    server.put(drain(*client));
    received += server.read();
  }
  EXPECT_EQ(received, text);

  server.write(text);
  const std::string records = server.take_output();
  EXPECT_LT(client->put_network(records), 20000U) << "holds more than one record";
  const auto second = client_for("imap.example.org");
  tls_server second_server(test_server_identity());
  ASSERT_EQ(shake_hands(*second, second_server), status::ok);
  second_server.write(text);
  EXPECT_EQ(deliver(*second, second_server.take_output()), text);
}

TEST(tls_filter, write_stops_until_the_output_is_drained) {
  tls_server server(test_server_identity());
  const auto client = client_for("imap.example.org");
  ASSERT_EQ(shake_hands(*client, server), status::ok);
  const std::string text(1U << 20U, 'x');
  std::size_t taken = 0;
  while (const std::size_t n = client->write(text)) taken += n;
  EXPECT_LT(taken, text.size());
  drain(*client);
  EXPECT_GT(client->write(text), 0U);
}

TEST(tls_filter, partly_sent_output_goes_on_where_it_stopped) {
  tls_server server(test_server_identity());
  const auto client = client_for("imap.example.org");
  ASSERT_EQ(shake_hands(*client, server), status::ok);
  client->write("A1 NOOP\r\n");
  while (!client->network_output().empty()) {
    server.put(client->network_output().substr(0, 3));
    client->network_sent(std::min<std::size_t>(3, client->network_output().size()));
  }
  EXPECT_EQ(server.read(), "A1 NOOP\r\n");
}

struct bad_certificate {
  const char* name;
  const char* host;
  void (*change)(certificate_request&);
  bool self_signed;
  std::vector<std::string> in_message;
};

TEST(tls_filter, bad_certificates_are_refused_with_the_reason) {
  const std::vector<bad_certificate> table{
      {"expired", "imap.example.org", [](certificate_request& r) { r.valid_until_s = -60; }, false, {"expired at 20"}},
      {"not yet valid",
       "imap.example.org",
       [](certificate_request& r) { r.valid_from_s = 600; },
       false,
       {"not valid before 20"}},
      {"other host",
       "mail.example.org",
       [](certificate_request&) {},
       false,
       {"it is for imap.example.org", "mail.example.org"}},
      {"parent domain", "example.org", [](certificate_request&) {}, false, {"imap.example.org"}},
      {"wildcard is one label",
       "a.imap.example.org",
       [](certificate_request& r) { r.alt_names = "DNS:*.example.org"; },
       false,
       {"*.example.org"}},
      {"wildcard within a label",
       "imap.example.org",
       [](certificate_request& r) { r.alt_names = "DNS:im*.example.org"; },
       false,
       {"im*.example.org"}},
      {"only the common name",
       "imap.example.org",
       [](certificate_request& r) { r.alt_names.clear(); },
       false,
       {"names no host"}},
      {"address as a name",
       "192.0.2.1",
       [](certificate_request& r) { r.alt_names = "DNS:192.0.2.1"; },
       false,
       {"192.0.2.1"}},
      {"other address",
       "192.0.2.1",
       [](certificate_request& r) { r.alt_names = "IP:192.0.2.2,IP:2001:db8::1"; },
       false,
       {"192.0.2.2, 2001:db8::1"}},
      {"self-signed", "imap.example.org", [](certificate_request&) {}, true, {"self-signed"}},
      {"for clients",
       "imap.example.org",
       [](certificate_request& r) { r.extended_usage = "clientAuth"; },
       false,
       {"purpose"}},
      {"hostile name",
       "mail.example.org",
       [](certificate_request& r) { r.alt_names = "DNS:a\x1b[31m.example.org"; },
       false,
       {"a\\x1b[31m.example.org"}},
  };
  for (const bad_certificate& bad : table) {
    SCOPED_TRACE(bad.name);
    certificate_request request;
    bad.change(request);
    const identity who = make_identity(request, bad.self_signed ? nullptr : &test_ca());
    tls_server server(who);
    const auto client = client_for(bad.host);
    EXPECT_EQ(shake_hands(*client, server), status::failed);
    const error& why = client->failure();
    EXPECT_EQ(why.code(), errc::tls_certificate);
    EXPECT_EQ(why.where(), phase::tls);
    EXPECT_TRUE(why.is_fatal());
    for (const std::string& part : bad.in_message) EXPECT_THAT(std::string(why.message()), HasSubstr(part));
    EXPECT_EQ(client->write("A1 LOGIN user secret\r\n"), 0U);
    std::array<char, 10> out{};
    std::size_t n = 0;
    EXPECT_EQ(client->read(out, n), status::failed);
    EXPECT_EQ(client->handshake(), status::failed);
    EXPECT_FALSE(client->info().tls);
  }
}

TEST(tls_filter, chains_end_at_a_trusted_certificate) {
  certificate_request ca_request;
  ca_request.common_name = "Middle CA";
  ca_request.alt_names.clear();
  ca_request.is_ca = true;
  const identity middle = make_identity(ca_request, &test_ca());
  const identity server_identity = make_identity(certificate_request(), &middle);
  {
    tls_server server(server_identity, {&middle});
    const auto client = client_for("imap.example.org");
    EXPECT_EQ(shake_hands(*client, server), status::ok);
  }
  {
    tls_server server(server_identity);
    const auto client = client_for("imap.example.org");
    EXPECT_EQ(shake_hands(*client, server), status::failed);
    EXPECT_EQ(client->failure().code(), errc::tls_certificate);
    EXPECT_THAT(std::string(client->failure().message()), HasSubstr("unknown certification authority"));
    EXPECT_THAT(std::string(client->failure().message()), HasSubstr("Middle CA"));
  }
  {
    // A certificate without CA:TRUE signs nothing.
    const identity forged = make_identity(certificate_request(), &test_server_identity());
    tls_server server(forged, {&test_server_identity()});
    const auto client = client_for("imap.example.org");
    EXPECT_EQ(shake_hands(*client, server), status::failed);
    EXPECT_EQ(client->failure().code(), errc::tls_certificate);
  }
  {
    // What the caller trusts need not be a root.
    const identity alone = make_identity(certificate_request(), nullptr);
    tls_server server(alone);
    const auto client = client_for("imap.example.org", tls_options().ca_pem(alone.certificate_pem()));
    EXPECT_EQ(shake_hands(*client, server), status::ok);
  }
  {
    tls_server server(test_server_identity());
    const auto client = client_for("imap.example.org", tls_options());
    EXPECT_EQ(shake_hands(*client, server), status::failed) << "the system's store is no test CA";
    EXPECT_EQ(client->failure().code(), errc::tls_certificate);
  }
}

TEST(tls_filter, good_names) {
  struct row {
    const char* alt_names;
    const char* host;
    const char* announced;
  };
  for (const row& r :
       {row{"DNS:imap.example.org", "imap.example.org", "imap.example.org"},
        row{"DNS:imap.example.org", "IMAP.Example.ORG", "IMAP.Example.ORG"},
        row{"DNS:imap.example.org", "imap.example.org.", "imap.example.org"},
        row{"DNS:other.example.org,DNS:imap.example.org", "imap.example.org", "imap.example.org"},
        row{"DNS:*.example.org", "imap.example.org", "imap.example.org"}, row{"IP:192.0.2.1", "192.0.2.1", ""},
        row{"IP:2001:db8::1", "2001:db8::1", ""}, row{"IP:fe80::1", "fe80::1%eth0", ""}}) {
    SCOPED_TRACE(r.host);
    certificate_request request;
    request.alt_names = r.alt_names;
    const identity who = make_identity(request, &test_ca());
    tls_server server(who);
    const auto client = client_for(r.host);
    EXPECT_EQ(shake_hands(*client, server), status::ok) << client->failure().what();
    EXPECT_EQ(server.announced_name, r.announced);
  }
}

TEST(tls_filter, expected_name_replaces_the_host) {
  const tls_options options = trusting_options().server_name("imap.example.org");
  tls_server server(test_server_identity());
  const auto client = client_for("192.0.2.7", options);
  EXPECT_EQ(shake_hands(*client, server), status::ok);
  EXPECT_EQ(server.announced_name, "imap.example.org");

  tls_server other(test_server_identity());
  const auto refused = client_for("imap.example.org", trusting_options().server_name("mail.example.org"));
  EXPECT_EQ(shake_hands(*refused, other), status::failed);
}

TEST(tls_filter, insecure_is_said_to_be_insecure) {
  certificate_request request;
  request.valid_until_s = -60;
  const identity who = make_identity(request, nullptr);
  tls_server server(who);
  const auto client = client_for("mail.example.org", tls_options().insecure_no_verification());
  ASSERT_EQ(shake_hands(*client, server), status::ok);
  EXPECT_TRUE(client->info().tls);
  EXPECT_FALSE(client->info().verified);
  EXPECT_EQ(server.announced_name, "mail.example.org");
}

TEST(tls_filter, hosts_that_are_no_names) {
  for (const char* host : {"", ".",
                           "b\xc3\xbc"
                           "cher.example",
                           "a b", "a\nb", "user@host", "a/b"}) {
    const auto made = tls_filter::create(trusting_options(), host);
    ASSERT_FALSE(made) << host;
    EXPECT_EQ(made.error().code(), errc::invalid_argument) << host;
  }
  EXPECT_FALSE(tls_filter::create(trusting_options(), std::string_view("a\0b", 3)));
  EXPECT_FALSE(tls_filter::create(trusting_options(), std::string(300, 'a')));
}

TEST(tls_filter, old_versions_are_refused) {
  tls_server server(test_server_identity());
  SSL_CTX_set_security_level(server.context(), 0);
  only_version(server, TLS1_1_VERSION);
  const auto client = client_for("imap.example.org");
  EXPECT_EQ(shake_hands(*client, server), status::failed);
  EXPECT_EQ(client->failure().code(), errc::tls_handshake);
}

TEST(tls_filter, a_peer_without_tls_is_told_from_a_broken_one) {
  const auto client = client_for("imap.example.org");
  client->handshake();
  drain(*client);
  client->put_network("* OK IMAP4rev1 ready\r\n");
  EXPECT_EQ(client->handshake(), status::failed);
  EXPECT_EQ(client->failure().code(), errc::tls_handshake);
  EXPECT_THAT(std::string(client->failure().message()), HasSubstr("STARTTLS"));
}

TEST(tls_filter, every_truncated_handshake_fails) {
  // The flight is a few octets longer or shorter each time, with its signature.
  bool whole = false;
  for (std::size_t n = 0; !whole; n += 7) {
    const auto client = client_for("imap.example.org");
    client->handshake();
    tls_server server(test_server_identity());
    server.put(drain(*client));
    server.handshake();
    const std::string flight = server.take_output();
    whole = n + 7 >= flight.size();
    client->put_network(flight.substr(0, whole ? flight.size() - 1 : n));
    client->network_closed();
    status so_far = client->handshake();
    if (so_far == status::want_output) so_far = client->handshake();
    ASSERT_EQ(so_far, status::failed) << n << " of " << flight.size();
    EXPECT_EQ(client->failure().code(), errc::tls_handshake) << n;
  }
}

TEST(tls_filter, truncation_is_told_from_the_proper_end) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const bool proper : {false, true}) {
      tls_server server(test_server_identity());
      only_version(server, version);
      const auto client = client_for("imap.example.org");
      ASSERT_EQ(shake_hands(*client, server), status::ok);
      server.write("* BYE\r\n");
      if (proper) server.close_notify();
      const std::string bytes = server.take_output();
      ASSERT_EQ(client->put_network(bytes), bytes.size());
      client->network_closed();
      std::array<char, 100> out{};
      std::size_t n = 0;
      ASSERT_EQ(client->read(out, n), status::ok);
      EXPECT_EQ(std::string_view(out.data(), n), "* BYE\r\n");
      EXPECT_EQ(client->read(out, n), proper ? status::closed : status::failed);
      EXPECT_EQ(client->read(out, n), proper ? status::closed : status::failed) << "asked again";
      EXPECT_EQ(client->failure().code(), proper ? errc::success : errc::closed);
      EXPECT_EQ(client->put_network("anything"), 8U) << "swallowed after the end";
    }
  }
}

TEST(tls_filter, a_cut_record_is_a_truncation) {
  tls_server server(test_server_identity());
  const auto client = client_for("imap.example.org");
  ASSERT_EQ(shake_hands(*client, server), status::ok);
  server.write("* OK\r\n");
  std::string bytes = server.take_output();
  bytes.pop_back();
  EXPECT_EQ(deliver(*client, bytes), "");
  client->network_closed();
  std::array<char, 100> out{};
  std::size_t n = 0;
  EXPECT_EQ(client->read(out, n), status::failed);
  EXPECT_EQ(client->failure().code(), errc::closed);
}

TEST(tls_filter, a_forged_record_ends_the_connection) {
  tls_server server(test_server_identity());
  const auto client = client_for("imap.example.org");
  ASSERT_EQ(shake_hands(*client, server), status::ok);
  server.write("A1 OK\r\n");
  std::string bytes = server.take_output();
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  EXPECT_EQ(deliver(*client, bytes), "");
  EXPECT_EQ(client->failure().code(), errc::protocol_error);
  EXPECT_FALSE(drain(*client).empty()) << "the alert";
}

TEST(tls_filter, shutdown_says_goodbye_once) {
  tls_server server(test_server_identity());
  const auto client = client_for("imap.example.org");
  ASSERT_EQ(shake_hands(*client, server), status::ok);
  client->write("A1 LOGOUT\r\n");
  client->shutdown();
  client->shutdown();
  server.put(drain(*client));
  EXPECT_EQ(server.read(), "A1 LOGOUT\r\n");
  EXPECT_TRUE(server.saw_close_notify());
  EXPECT_EQ(client->write("x"), 0U);
  EXPECT_EQ(drain(*client), "");
}

TEST(tls_filter, key_updates_are_answered) {
  tls_server server(test_server_identity());
  only_version(server, TLS1_3_VERSION);
  const auto client = client_for("imap.example.org");
  ASSERT_EQ(shake_hands(*client, server), status::ok);
  ASSERT_EQ(SSL_key_update(server.ssl(), SSL_KEY_UPDATE_REQUESTED), 1);
  server.write("* 1 EXISTS\r\n");
  EXPECT_EQ(deliver(*client, server.take_output()), "* 1 EXISTS\r\n");
  client->write("A1 NOOP\r\n");
  server.put(drain(*client));
  EXPECT_EQ(server.read(), "A1 NOOP\r\n");
}

TEST(tls_filter, channel_bindings_are_those_of_the_server) {
  {
    tls_server server(test_server_identity());
    only_version(server, TLS1_3_VERSION);
    const auto client = client_for("imap.example.org");
    EXPECT_EQ(client->channel_binding_tls_exporter(), "");
    ASSERT_EQ(shake_hands(*client, server), status::ok);
    std::string expected(32, '\0');
    const std::string label = "EXPORTER-Channel-Binding";  // RFC 9266 section 2: 32 octets, empty context
    ASSERT_EQ(SSL_export_keying_material(server.ssl(), reinterpret_cast<unsigned char*>(expected.data()), 32,
                                         label.data(), label.size(), reinterpret_cast<const unsigned char*>(""), 0, 1),
              1);
    EXPECT_EQ(client->channel_binding_tls_exporter(), expected);
    EXPECT_EQ(client->info().tls_exporter, expected);
    EXPECT_EQ(client->channel_binding_tls_unique(), "");
  }
  {
    tls_server server(test_server_identity());
    only_version(server, TLS1_2_VERSION);
    const auto client = client_for("imap.example.org");
    EXPECT_EQ(client->channel_binding_tls_unique(), "");
    ASSERT_EQ(shake_hands(*client, server), status::ok);
    std::string expected(64, '\0');
    expected.resize(SSL_get_peer_finished(server.ssl(), expected.data(), expected.size()));
    EXPECT_EQ(client->channel_binding_tls_unique(), expected);
    EXPECT_FALSE(expected.empty());
    EXPECT_EQ(client->channel_binding_tls_exporter(), "");
  }
}

}  // namespace
}  // namespace imapxx::filter
