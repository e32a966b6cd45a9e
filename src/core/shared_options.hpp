/// \file
/// One copy of connect_options for all connections that are alike.
#pragma once

#include <imapxx/options.hpp>

#include <memory>

namespace imapxx::inline v0::core {

/// The same object as for the call before on this thread, as long as anybody holds it and these options are equal to
/// it; else a new one. A thousand connections to one server then hold their options once. May be called from any
/// thread, and what it returns may be used on any. Options that reconnect hold functions, which cannot be compared:
/// they are never shared.
[[nodiscard]] std::shared_ptr<const connect_options> shared_options(connect_options options);

}  // namespace imapxx::inline v0::core
