/// \file
/// The three exceptions of `imaplib`.
#pragma once

#include <imapxx/export.hpp>

#include <stdexcept>
#include <string>

namespace imapxx::inline v0::imaplib {

/// `IMAP4.error`: the caller's or the server's refusal. The connection lives. What Python reports as ValueError or
/// TypeError (an argument that cannot be sent) is `std::invalid_argument`, and OSError is `imapxx::error`.
class IMAPXX_API error : public std::runtime_error {
 public:
  explicit error(const std::string& text) : std::runtime_error(text) {}
  error(const error&) = default;
  error& operator=(const error&) = default;
  ~error() override;
};

/// `IMAP4.abort`: the connection is unusable; a new object may do better.
class IMAPXX_API abort : public error {
 public:
  using error::error;
  abort(const abort&) = default;
  abort& operator=(const abort&) = default;
  ~abort() override;
};

/// `IMAP4.readonly`: the mailbox is not, or no longer, writable.
class IMAPXX_API readonly : public abort {
 public:
  using abort::abort;
  readonly(const readonly&) = default;
  readonly& operator=(const readonly&) = default;
  ~readonly() override;
};

}  // namespace imapxx::inline v0::imaplib
