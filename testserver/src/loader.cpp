#include <imapxx/testserver/server.hpp>

#include "date_time.hpp"
#include "header.hpp"
#include "server_impl.hpp"
#include "text.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace imapxx::testserver {

namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  if (!in) throw std::runtime_error("test server: cannot read " + path.string());
  return std::move(out).str();
}

/// Files of a directory in the order of their names; nothing when it does not exist.
std::vector<fs::path> files_in(const fs::path& dir) {
  std::vector<fs::path> files;
  if (fs::is_directory(dir))
    for (const auto& entry : fs::directory_iterator(dir))
      if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// INTERNALDATE of a file: its Date field, else the time of the file.
std::string internal_date(std::string_view message, const fs::path& path) {
  for (const detail::header_field& f : detail::split_header(message))
    if (detail::iequals(f.name, "Date"))
      if (auto date = detail::parse_header_date(f.value)) return detail::format_date_time(date->seconds);
  auto age = fs::file_time_type::clock::now() - fs::last_write_time(path);
  auto written = std::chrono::system_clock::now() - age;
  return detail::format_date_time(std::chrono::duration_cast<std::chrono::seconds>(written.time_since_epoch()).count());
}

/// The letters behind ":2," in a Maildir file name.
std::string maildir_flags(const std::string& name) {
  std::string flags;
  auto info = name.rfind(":2,");
  if (info == std::string::npos) return flags;
  for (char c : name.substr(info + 3)) {
    std::string_view flag = c == 'S'   ? "\\Seen"
                            : c == 'R' ? "\\Answered"
                            : c == 'F' ? "\\Flagged"
                            : c == 'T' ? "\\Deleted"
                            : c == 'D' ? "\\Draft"
                            : c == 'P' ? "$Forwarded"
                                       : "";
    if (!flag.empty()) flags += (flags.empty() ? "" : " ") + std::string(flag);
  }
  return flags;
}

std::size_t load_maildir_folder(server& to, const std::string& user, const std::string& mailbox, const fs::path& dir) {
  std::size_t count = 0;
  for (const char* sub : {"cur", "new"})
    for (const fs::path& file : files_in(dir / sub)) {
      auto text = read_file(file);
      to.append(user, mailbox, text, maildir_flags(file.filename().string()), internal_date(text, file));
      ++count;
    }
  return count;
}

bool is_from_line(std::string_view line) { return line.substr(0, 5) == "From "; }

/// Status and X-Status of an mbox message as flags.
std::string mbox_flags(std::string_view message) {
  std::string letters;
  for (const detail::header_field& f : detail::split_header(message))
    if (detail::iequals(f.name, "Status") || detail::iequals(f.name, "X-Status")) letters += f.value;
  std::string flags;
  auto add = [&](char letter, const char* name) {
    if (letters.find(letter) != std::string::npos) flags += (flags.empty() ? "" : " ") + std::string(name);
  };
  add('R', "\\Seen");
  add('A', "\\Answered");
  add('F', "\\Flagged");
  add('T', "\\Draft");
  add('D', "\\Deleted");
  return flags;
}

}  // namespace

std::size_t server::load_eml(const std::string& user, const std::string& mailbox, const fs::path& path) {
  std::vector<fs::path> files = {path};
  if (fs::is_directory(path)) {
    files = files_in(path);
    std::erase_if(files, [](const fs::path& p) { return p.extension() != ".eml"; });
  }
  for (const fs::path& file : files) {
    auto text = read_file(file);
    append(user, mailbox, text, {}, internal_date(text, file));
  }
  return files.size();
}

std::size_t server::load_maildir(const std::string& user, const fs::path& path) {
  if (!fs::is_directory(path / "cur")) throw std::runtime_error("test server: not a Maildir: " + path.string());
  auto count = load_maildir_folder(*this, user, "INBOX", path);
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(path))
    if (entry.is_directory() && entry.path().filename().string().front() == '.' &&
        fs::is_directory(entry.path() / "cur"))
      folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  for (const fs::path& folder : folders) {
    // Maildir++: .a.b is the mailbox a/b, named in modified UTF-7.
    auto wire = folder.filename().string().substr(1);
    auto name = detail::utf7_decode(wire).value_or(wire);
    std::replace(name.begin(), name.end(), '.', impl_->core.store.separator());
    create_mailbox(user, name);
    count += load_maildir_folder(*this, user, name, folder);
  }
  return count;
}

std::size_t server::load_mbox(const std::string& user, const std::string& mailbox, const fs::path& path) {
  auto text = read_file(path);
  std::vector<std::string> messages;
  bool after_empty = true;
  for (std::size_t pos = 0; pos < text.size();) {
    auto lf = text.find('\n', pos);
    auto next = lf == std::string::npos ? text.size() : lf + 1;
    std::string_view line(text.data() + pos, next - pos);
    pos = next;
    if (after_empty && is_from_line(line)) {
      messages.emplace_back();
      after_empty = false;
      continue;
    }
    after_empty = line == "\n" || line == "\r\n";
    auto quotes = line.find_first_not_of('>');
    if (quotes != 0 && quotes != std::string_view::npos && is_from_line(line.substr(quotes))) line.remove_prefix(1);
    if (!messages.empty()) messages.back() += line;
  }
  for (std::string& m : messages) {
    // The empty line ahead of the next From_ line belongs to the mbox.
    if (m.size() >= 2 && m.compare(m.size() - 2, 2, "\n\n") == 0)
      m.pop_back();
    else if (m.size() >= 4 && m.compare(m.size() - 4, 4, "\r\n\r\n") == 0)
      m.resize(m.size() - 2);
    append(user, mailbox, m, mbox_flags(m), internal_date(m, path));
  }
  return messages.size();
}

}  // namespace imapxx::testserver
