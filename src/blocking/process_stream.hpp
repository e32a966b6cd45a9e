/// \file
/// A stream to a program that speaks IMAP on its standard input and output.
#pragma once

#include <imapxx/result.hpp>
#include <imapxx/stream.hpp>

#include "blocking/cancel_event.hpp"

#include <memory>
#include <string>
#include <vector>

namespace imapxx::inline v0::blocking {

/// Starts `argv[0]` (looked up in PATH) with these arguments, without a shell; standard error is inherited. `close`
/// gives the program half a second to end by itself, then asks it to (SIGTERM), then ends it (SIGKILL); it always reaps
/// it. Errors: invalid_argument (no program, NUL in an argument), connect (it cannot be started), io; in
/// `phase::connect`.
[[nodiscard]] result<std::unique_ptr<stream>> make_process_stream(const std::vector<std::string>& argv,
                                                                  std::shared_ptr<cancel_event> cancelled);

}  // namespace imapxx::inline v0::blocking
