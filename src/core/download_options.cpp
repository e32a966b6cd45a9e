#include <imapxx/download.hpp>

#include <utility>

namespace imapxx::inline v0 {

download::download(std::uint32_t message) : uid(message) {}

download& download::section(std::string_view spec) {
  section_spec = spec;
  return *this;
}

download& download::binary(bool yes) {
  is_binary = yes;
  return *this;
}

download& download::to(std::shared_ptr<body_sink> target) {
  sink = std::move(target);
  return *this;
}

download& download::to_fd(int fd) { return to(sink_to_fd(fd)); }

download& download::to_file(std::string path) { return to_file_at(-1, std::move(path)); }

download& download::to_file_at(int directory, std::string name) {
  file_directory = directory;
  file_name = std::move(name);
  return *this;
}

download& download::replace(bool yes) {
  replaces = yes;
  return *this;
}

download& download::sync(bool yes) {
  syncs = yes;
  return *this;
}

download& download::journal_every(std::uint64_t octets) {
  journal_octets = octets;
  return *this;
}

download& download::from(std::uint64_t octets) {
  offset = octets;
  return *this;
}

download& download::expected(std::uint64_t octets) {
  length = octets;
  return *this;
}

download& download::way(download_way w) {
  method = w;
  return *this;
}

download& download::window(std::uint64_t octets) {
  window_octets = octets;
  return *this;
}

download& download::on_progress(std::function<void(std::uint64_t, std::optional<std::uint64_t>)> tell) {
  progress = std::move(tell);
  return *this;
}

}  // namespace imapxx::inline v0
