/// \file
/// Drives one command without a session: what it writes, what it takes of a server's lines.
#pragma once

#include <imapxx/command.hpp>
#include <imapxx/response.hpp>

#include <array>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace imapxx::test {

/// A command must not be an aggregate: GCC 12 destroys aggregate temporaries twice in co_await expressions.
template <class C>
inline constexpr bool is_proper_command =
    typed_command<C> && !std::is_aggregate_v<C> && std::is_move_constructible_v<C>;

class probe {
 public:
  explicit probe(std::string_view capabilities = "IMAP4rev1") {
    info.state = session_state::selected;
    info.tls = true;
    info.capabilities = capability_set(capabilities);
  }

  session_info info;
  imapxx::limits bounds;
  wire::encode_context context;
  std::string tag = "A1";

  /// What goes to the wire behind the tag; "!" and the error's name when the command refuses to be written.
  std::string wire(command& c) {
    c.prepare(submit_context(tag, info, bounds));
    wire::encoder out(context);
    c.encode(out);
    if (out.failure()) return "!" + std::string(to_string(out.failure().code()));
    return flatten(out);
  }

  errc checked(const command& c) const { return c.check(info).error().code(); }

  /// Gives the command one response line. \return whether it took it
  static bool feed(command& c, std::string_view line) {
    auto r = parse_response(line);
    if (const auto* f = std::get_if<fetch_response>(&r)) return c.on_fetch(f->row);
    return c.on_response(r);
  }

  static error complete(command& c, std::string_view line) {
    auto r = parse_response(line);
    return c.on_complete(std::get<status_response>(r)).error();
  }

  static std::string flatten(const wire::encoder& out) {
    std::string all;
    for (const auto& s : out.segments()) {
      if (s.type == wire::segment::kind::bytes) {
        all += out.text().substr(s.begin, s.end - s.begin);
        continue;
      }
      std::array<char, 7> piece;
      while (true) {
        auto got = s.source->read(piece);
        if (!got) return "!" + std::string(to_string(got.error().code()));
        if (*got == 0) break;
        all.append(piece.data(), *got);
      }
    }
    return all;
  }
};

}  // namespace imapxx::test
