/// \file
/// The asynchronous client as a `driver`, by each kind of completion token.
#pragma once

#include "support/driver.hpp"

namespace imapxx::test {

enum class way {
  callback,   ///< a function object, on an io_context that the calling thread runs while it waits
  future,     ///< use_future, on an io_context that another thread runs
  awaitable,  ///< use_awaitable in a coroutine, on an io_context that the calling thread runs
  strand      ///< a callback, on a strand of a pool of two threads
};
[[nodiscard]] const char* name_of(way w);
[[nodiscard]] std::unique_ptr<driver> make_asio_driver(connect_options options, way w);

}  // namespace imapxx::test
