#include <imapxx/response.hpp>

#include "base/read_buffer.hpp"
#include "codec/fetch.hpp"
#include "wire/framer.hpp"

#include <algorithm>
#include <cstring>

namespace imapxx::inline v0 {

struct response_reader::impl {
  impl(const limits& l, const parse_options& o) : bounds(l), options(o), buffer(hard_maximum(l)), framer(bounds) {}

  // A whole response is collected, so that the buffer must hold the largest one, and what was read behind it.
  static std::size_t hard_maximum(const limits& l) {
    return l.response_octets + l.body_in_memory_octets + l.line_octets + base::read_buffer::growth_octets;
  }

  void fail(error e) {
    failure = std::move(e);
    dead = true;
  }

  // A body may be big, any other string may not (threats: a literal's size drives allocation).
  bool accept_literal(const wire::frame& f) {
    const auto what = classifier.classify(f.text);
    const bool body = what.sec.has_value();
    const std::size_t most = body ? bounds.body_in_memory_octets : bounds.string_octets;
    if (f.literal_size > most) {
      fail(error(errc::limit_exceeded, "a literal is too long")
               .set_limit(body ? "body_in_memory_octets" : "string_octets", most)
               .set_fatal(true));
      return false;
    }
    framer.decide(wire::literal_mode::collect);
    return true;
  }

  read_status next(response& out) {
    buffer.consume(std::exchange(held, 0));
    raw = {};
    while (!dead) {
      const auto f = framer.next(buffer.pending());
      switch (f.kind) {
        case wire::frame_kind::incomplete: buffer.consume(f.consumed); return read_status::incomplete;
        case wire::frame_kind::invalid: fail(framer.failure()); break;
        case wire::frame_kind::literal_begin:
          if (accept_literal(f)) buffer.consume(f.consumed);
          break;
        case wire::frame_kind::response:
          held = f.consumed;
          raw = f.text;
          classifier.reset();
          out = parse_response(raw, options);
          return read_status::complete;
        case wire::frame_kind::literal_bytes:
        case wire::frame_kind::literal_end: buffer.consume(f.consumed); break;
      }
    }
    return read_status::invalid;
  }

  const limits bounds;
  const parse_options options;
  base::read_buffer buffer;
  wire::framer framer;
  codec::literal_classifier classifier;
  std::size_t held = 0;  // octets of the response that was returned last
  std::string_view raw;
  error failure;
  bool dead = false;
};

response_reader::response_reader(const limits& l, const parse_options& options)
    : impl_(std::make_unique<impl>(l, options)) {}
response_reader::~response_reader() = default;
response_reader::response_reader(response_reader&&) noexcept = default;
response_reader& response_reader::operator=(response_reader&&) noexcept = default;

void response_reader::feed(std::string_view bytes) {
  impl_->buffer.consume(std::exchange(impl_->held, 0));
  impl_->raw = {};
  while (!bytes.empty() && !impl_->dead) {
    const auto room = impl_->buffer.prepare(1);
    if (room.empty()) {
      impl_->fail(error(errc::limit_exceeded, "more was fed than may be pending")
                      .set_limit("response_octets", impl_->bounds.response_octets));
      return;
    }
    const auto n = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), n);
    impl_->buffer.commit(n);
    bytes.remove_prefix(n);
  }
}

read_status response_reader::next(response& out) { return impl_->next(out); }
std::string_view response_reader::raw() const noexcept { return impl_->raw; }
const error& response_reader::failure() const noexcept { return impl_->failure; }

bool response_reader::at_boundary() const noexcept {
  return impl_->framer.idle() && impl_->buffer.pending().size() == impl_->held;
}

}  // namespace imapxx::inline v0
