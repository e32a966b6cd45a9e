// What an error means for the person at the keyboard: the exit code, and what to try.
#pragma once

#include <imapxx/error.hpp>

#include "exit_code.hpp"

#include <string>

namespace imapxx::cli {

[[nodiscard]] exit_code code_of(const error& e) noexcept;
/// What to try; empty when nothing is known.
[[nodiscard]] std::string hint_for(const error& e);

}  // namespace imapxx::cli
