/// \file
/// docs/performance.md is written by the benchmark programs, each its own section between two marks, so that none
/// touches the others'.
#pragma once

#include <string>
#include <string_view>

namespace bench {

/// Replaces the section `name` of a Markdown file, or adds it at the end; makes the file when there is none.
/// \return false when it cannot be written
[[nodiscard]] bool write_section(const std::string& file, std::string_view name, std::string_view text);

/// What a figure depends on: processor, how many, kernel, compiler and its options' kind.
[[nodiscard]] std::string machine_class();

}  // namespace bench
