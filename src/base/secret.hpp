/// \file
/// Overwriting memory for certain; `secret` itself is public.
#pragma once

#include <imapxx/secret.hpp>

#include <cstddef>

namespace imapxx::inline v0::base {

/// Writes zeros that the optimiser may not drop.
void wipe_memory(char* data, std::size_t size) noexcept;

}  // namespace imapxx::inline v0::base
