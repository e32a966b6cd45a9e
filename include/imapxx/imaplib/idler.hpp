/// \file
/// What `IMAP4::idle` returns (RFC 2177).
#pragma once

#include <imapxx/export.hpp>
#include <imapxx/imaplib/values.hpp>

#include <chrono>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <vector>

// Python's names.
// NOLINTBEGIN(readability-identifier-naming,bugprone-reserved-identifier)
namespace imapxx::inline v0::imaplib {

class IMAP4;

/// A scope in which the server tells of changes at once: IDLE is sent by the constructor (through `IMAP4::idle`), DONE
/// by `done` or the destructor. It is also the range of what the server tells:
/// `for (const auto& [typ, data] : M.idle(29min))`. Ends when the duration given to `idle` is over; servers end the
/// connection after 30 minutes (RFC 9051 section 5.4), so stay below. No other method of the object may be called
/// meanwhile. Must not outlive its IMAP4 object.
class IMAPXX_API Idler {
 public:
  Idler(Idler&& other) noexcept;
  Idler& operator=(Idler&&) = delete;
  Idler(const Idler&) = delete;
  Idler& operator=(const Idler&) = delete;
  /// `done`, with all errors ignored.
  ~Idler();

  /// The next response; nullopt when the duration is over. A BYE is a response like any other. \throws abort
  std::optional<reply> next();
  /// The next response, and all that follow within `interval` of the one before.
  std::vector<reply> burst(std::chrono::duration<double> interval = std::chrono::milliseconds(100));
  /// Ends IDLE and waits for the server's reply; responses that were not read stay in
  /// `IMAP4::untagged_responses`. \throws abort
  void done();

  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = reply;
    using difference_type = std::ptrdiff_t;
    using pointer = const reply*;
    using reference = const reply&;
    iterator() = default;
    explicit iterator(Idler& of) : of_(&of), now_(of.next()) {}
    reference operator*() const { return *now_; }
    pointer operator->() const { return &*now_; }
    iterator& operator++() {
      now_ = of_->next();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& a, std::default_sentinel_t) { return !a.now_.has_value(); }

   private:
    Idler* of_ = nullptr;
    std::optional<reply> now_;
  };
  iterator begin() { return iterator(*this); }
  [[nodiscard]] static std::default_sentinel_t end() { return {}; }

 private:
  friend class IMAP4;
  struct state;
  explicit Idler(std::unique_ptr<state> s);
  std::unique_ptr<state> state_;
};

}  // namespace imapxx::inline v0::imaplib
// NOLINTEND(readability-identifier-naming,bugprone-reserved-identifier)
