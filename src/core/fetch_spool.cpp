#include "core/fetch_spool.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

namespace imapxx::inline v0::core {
namespace {

/// Writes what `unpacker` reads; only this process sees it.
class packer {
 public:
  template <class T>
  void number(T n) {
    bytes.append(reinterpret_cast<const char*>(&n), sizeof n);
  }
  void text(std::string_view t) {
    number(t.size());
    bytes += t;
  }
  std::string bytes;
};

class unpacker {
 public:
  explicit unpacker(std::string_view bytes) noexcept : rest_(bytes) {}
  template <class T>
  T number() {
    T n{};
    std::memcpy(&n, rest_.data(), sizeof n);
    rest_.remove_prefix(sizeof n);
    return n;
  }
  std::string text() {
    const auto n = number<std::size_t>();
    std::string t(rest_.substr(0, n));
    rest_.remove_prefix(n);
    return t;
  }

 private:
  std::string_view rest_;
};

void pack(const body_info& b, packer& out) {
  out.number(b.seq);
  out.number(b.uid.value_or(0));
  out.number(b.size);
  out.number(b.section.kind);
  out.number(b.section.what);
  out.number(b.section.origin.has_value());
  out.number(b.section.origin.value_or(0));
  out.text(b.section.part);
  out.number(b.section.fields.size());
  for (const auto& f : b.section.fields) out.text(f);
}

void unpack(unpacker& in, body_info& b) {
  b.seq = in.number<std::uint32_t>();
  if (const auto uid = in.number<std::uint32_t>(); uid != 0) b.uid = uid;
  b.size = in.number<std::uint64_t>();
  b.section.kind = in.number<section::item>();
  b.section.what = in.number<section::text>();
  const bool has_origin = in.number<bool>();
  const auto origin = in.number<std::uint64_t>();
  if (has_origin) b.section.origin = origin;
  b.section.part = in.text();
  b.section.fields.resize(in.number<std::size_t>());
  for (auto& f : b.section.fields) f = in.text();
}

}  // namespace

result<void> fetch_spool::put(const session_event& e, bool direct) {
  fetch_event::kind what = fetch_event::kind::row;
  switch (e.what) {
    case session_event::kind::row: break;
    case session_event::kind::body_begin: what = fetch_event::kind::body_begin; break;
    case session_event::kind::body_chunk: what = fetch_event::kind::body_chunk; break;
    case session_event::kind::body_end: what = fetch_event::kind::body_end; break;
    default: return {};
  }
  if (direct && empty()) {
    in_place_ = false;
    direct_ = true;
    borrowed_ = true;
    current_ = fetch_event();
    current_.what = what;
    current_.chunk = e.chunk;
    if (e.row != nullptr) {
      row_ = *e.row;
      current_.row = &row_;
    } else {
      body_ = *e.body;
      current_.body = &body_;
    }
    return {};
  }
  item it;
  if (e.row != nullptr) {
    it = item_of(*e.row);
  } else {
    it.what = what;
    if (what == fetch_event::kind::body_begin) it.body = *e.body;
    it.octets = e.chunk;
  }
  const auto cost = cost_of(it);
  if (file_read_ != file_end_ || in_memory_ + cost > memory_octets) return to_file(it);
  in_memory_ += cost;
  queue_.push_back(std::move(it));
  return {};
}

fetch_spool::item fetch_spool::item_of(const fetch_row& row) {
  item it;
  it.by_uid = row.seq() == 0 && row.uid();
  it.number = it.by_uid ? *row.uid() : row.seq();
  it.octets = row.text();
  return it;
}

void fetch_spool::keep() {
  if (borrowed_) keep_current();
  while (has_rows()) {
    // The last one first: they stand in front of whatever comes now.
    queue_.push_front(item_of(rows_end_[-1]));
    in_memory_ += cost_of(queue_.front());
    --rows_end_;
  }
}

void fetch_spool::keep_current() {
  borrowed_ = false;
  if (current_.row != nullptr) {
    held_ = item_of(*current_.row);
    show_row();
  } else {
    held_.octets = current_.chunk;
    current_.chunk = held_.octets;
  }
}

result<const fetch_event*> fetch_spool::take() {
  if (direct_) {
    direct_ = false;
    return &current_;
  }
  if (has_rows()) return take_row();
  if (empty()) return static_cast<const fetch_event*>(nullptr);
  borrowed_ = false;
  in_place_ = false;
  if (queue_.empty()) {
    if (auto ok = from_file(held_); !ok) return ok.error();
  } else {
    held_ = std::move(queue_.front());
    queue_.pop_front();
    in_memory_ -= cost_of(held_);
  }
  current_ = fetch_event();
  current_.what = held_.what;
  if (held_.what == fetch_event::kind::row) {
    show_row();
    current_.row = &row_;
  } else {
    if (held_.what == fetch_event::kind::body_begin) body_ = held_.body;
    current_.body = &body_;
    if (held_.what == fetch_event::kind::body_chunk) current_.chunk = held_.octets;
  }
  return &current_;
}

void fetch_spool::show_row() {
  auto& to = in_place_ ? rows_at_[-1] : row_;
  if (held_.by_uid) {
    to.assign_uid(held_.number, held_.octets);
  } else {
    to.assign(held_.number, held_.octets);
  }
}

result<void> fetch_spool::to_file(const item& it) {
  packer out;
  out.number(it.what);
  out.number(it.by_uid);
  out.number(it.number);
  if (it.what == fetch_event::kind::body_begin) pack(it.body, out);
  out.text(it.octets);
  packer record;
  record.text(out.bytes);
  if (!file_) file_.reset(std::tmpfile());  // unlinked from the start
  if (!file_ || std::fseek(file_.get(), static_cast<long>(file_end_), SEEK_SET) != 0 ||
      std::fwrite(record.bytes.data(), 1, record.bytes.size(), file_.get()) != record.bytes.size()) {
    return error(errc::io, "the temporary file for FETCH data that waits cannot be written").set_system_error(errno);
  }
  file_end_ += record.bytes.size();
  return {};
}

result<void> fetch_spool::from_file(item& it) {
  std::size_t size = 0;
  std::string bytes;
  const auto get = [this](void* to, std::size_t n) { return std::fread(to, 1, n, file_.get()) == n; };
  bool read = std::fseek(file_.get(), static_cast<long>(file_read_), SEEK_SET) == 0 && get(&size, sizeof size);
  if (read) {
    bytes.resize(size);
    read = get(bytes.data(), size);
  }
  if (!read) {
    return error(errc::io, "the temporary file for FETCH data that waits cannot be read").set_system_error(errno);
  }
  file_read_ += sizeof size + size;
  if (file_read_ == file_end_) file_read_ = file_end_ = 0;  // nothing in it is needed any more
  unpacker in(bytes);
  it = item();
  it.what = in.number<fetch_event::kind>();
  it.by_uid = in.number<bool>();
  it.number = in.number<std::uint32_t>();
  if (it.what == fetch_event::kind::body_begin) unpack(in, it.body);
  it.octets = in.text();
  return {};
}

}  // namespace imapxx::inline v0::core
