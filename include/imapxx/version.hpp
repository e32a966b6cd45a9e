#pragma once

#include <imapxx/export.hpp>

/// The version of the headers. The build system reads these three lines, so the number is written only here.
#define IMAPXX_VERSION_MAJOR 0
#define IMAPXX_VERSION_MINOR 1
#define IMAPXX_VERSION_PATCH 0

/// One number to compare in the preprocessor: major * 1000000 + minor * 1000 + patch.
#define IMAPXX_VERSION (IMAPXX_VERSION_MAJOR * 1000000 + IMAPXX_VERSION_MINOR * 1000 + IMAPXX_VERSION_PATCH)

namespace imapxx::inline v0 {

/// The version of the library that is linked, as IMAPXX_VERSION; differs from the macro when a program runs with
/// another shared library than it was compiled for. Thread-safe.
[[nodiscard]] IMAPXX_API int version_number() noexcept;

/// The same as text, "0.1.0". Static storage. Thread-safe.
[[nodiscard]] IMAPXX_API const char* version_string() noexcept;

}  // namespace imapxx::inline v0
