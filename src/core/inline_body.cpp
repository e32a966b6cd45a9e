#include "core/inline_body.hpp"

#include <imapxx/wire/lexer.hpp>

#include "codec/cut.hpp"
#include "codec/fetch.hpp"

namespace imapxx::inline v0::core {

std::optional<inline_body_data> inline_body(const fetch_row::item& item) {
  if (!codec::is_section(item.kind)) return std::nullopt;
  wire::lexer in(item.value);
  const auto value = in.nastring();
  if (!value || value->is_nil() || value->kind() == wire::string_token::form::streamed) return std::nullopt;
  auto sec = codec::section_of(item.kind, item.name);
  if (!sec) return std::nullopt;
  return inline_body_data{std::move(*sec), value->to_string()};
}

}  // namespace imapxx::inline v0::core
