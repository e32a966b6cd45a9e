#include "core/fetch_spool.hpp"

#include <cerrno>
#include <utility>

namespace imapxx::inline v0::core {

result<void> fetch_spool::put(const session_event& e, bool direct) {
  fetch_event::kind what = fetch_event::kind::row;
  switch (e.what) {
    case session_event::kind::row: break;
    case session_event::kind::body_begin: what = fetch_event::kind::body_begin; break;
    case session_event::kind::body_chunk: what = fetch_event::kind::body_chunk; break;
    case session_event::kind::body_end: what = fetch_event::kind::body_end; break;
    default: return {};
  }
  if (direct && queue_.empty()) {
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
  it.what = what;
  if (e.body != nullptr) it.body = *e.body;
  std::string_view octets = e.chunk;
  if (e.row != nullptr) {
    it.seq = e.row->seq();
    octets = e.row->text();
  }
  if (in_memory_ + octets.size() > memory_octets) {
    if (auto ok = to_file(octets, it); !ok) return ok;
  } else {
    in_memory_ += octets.size();
    it.octets = octets;
  }
  queue_.push_back(std::move(it));
  return {};
}

void fetch_spool::keep_current() {
  if (!borrowed_) return;
  borrowed_ = false;
  if (current_.row != nullptr) {
    held_.octets = row_.text();
    row_.assign(row_.seq(), held_.octets);
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
  if (queue_.empty()) return static_cast<const fetch_event*>(nullptr);
  borrowed_ = false;
  held_ = std::move(queue_.front());
  queue_.pop_front();
  if (held_.file_octets != 0) {
    if (auto ok = from_file(held_); !ok) return ok.error();
  } else {
    in_memory_ -= held_.octets.size();
  }
  current_ = fetch_event();
  current_.what = held_.what;
  if (held_.what == fetch_event::kind::row) {
    row_.assign(held_.seq, held_.octets);
    current_.row = &row_;
  } else {
    body_ = held_.body;
    current_.body = &body_;
    if (held_.what == fetch_event::kind::body_chunk) current_.chunk = held_.octets;
  }
  return &current_;
}

result<void> fetch_spool::to_file(std::string_view octets, item& into) {
  if (!file_) file_.reset(std::tmpfile());  // unlinked from the start
  const auto position = static_cast<long>(file_end_);
  if (!file_ || std::fseek(file_.get(), position, SEEK_SET) != 0 ||
      std::fwrite(octets.data(), 1, octets.size(), file_.get()) != octets.size()) {
    return error(errc::io, "the temporary file for FETCH data that waits cannot be written").set_system_error(errno);
  }
  into.file_offset = file_end_;
  into.file_octets = octets.size();
  file_end_ += octets.size();
  return {};
}

result<void> fetch_spool::from_file(item& it) {
  it.octets.resize(it.file_octets);
  if (std::fseek(file_.get(), static_cast<long>(it.file_offset), SEEK_SET) != 0 ||
      std::fread(it.octets.data(), 1, it.file_octets, file_.get()) != it.file_octets) {
    return error(errc::io, "the temporary file for FETCH data that waits cannot be read").set_system_error(errno);
  }
  if (queue_.empty()) file_end_ = 0;  // nothing in it is needed any more
  return {};
}

}  // namespace imapxx::inline v0::core
