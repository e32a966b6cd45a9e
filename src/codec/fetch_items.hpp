/// \file
/// The values of FETCH items one by one.
#pragma once

#include <imapxx/model/fetch_data.hpp>

#include "codec/fetch.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace imapxx::inline v0::codec {

/// Parses one item into its place in `out`. \param at where its name stands in the response. \return why not, when it
/// is malformed
[[nodiscard]] std::optional<unparsed_item> read_item(const fetch_row::item& i, std::size_t at, const value_limits& l,
                                                     fetch_data& out);
/// The value of one item alone, as the accessors of `fetch_row` give it, for T = flag_list, date_time, envelope and
/// body_structure. \param i nullptr gives nullopt, as do a malformed item and one that stands for nothing
template <class T>
[[nodiscard]] std::optional<T> read_alone(const fetch_row::item* i, const value_limits& l);
/// As `read_item`, without keeping the value.
[[nodiscard]] std::optional<unparsed_item> check_item(const fetch_row::item& i, std::size_t at, const value_limits& l);

/// RFC822.SIZE; nullopt for a negative one.
bool read_size(lexer& in, std::optional<std::uint64_t>& out) noexcept;
/// `"(" mod-sequence-value ")"`; nullopt for zero and negative ones.
bool read_modseq(lexer& in, std::optional<std::uint64_t>& out) noexcept;
/// A date-time in a string; nullopt for NIL and for days that do not exist.
bool read_date_time(lexer& in, std::optional<date_time>& out);

}  // namespace imapxx::inline v0::codec
