#include <imapxx/mime/message.hpp>

#include "mime/tree.hpp"

#include <utility>

namespace imapxx::inline v0::mime {

message::message(std::string octets) : root_(nullptr, nullptr) {
  auto tree = detail::parse(std::move(octets));
  root_.node_ = &tree->nodes.front();
  root_.tree_ = std::move(tree);
}

std::string message::text() const {
  const auto best = root_.best_text();
  return best ? best->text() : std::string();
}

bool message::truncated() const noexcept { return root_.tree_->truncated; }

message_parser::message_parser() = default;
message_parser::~message_parser() = default;

message message_parser::finish() { return message(std::exchange(octets_, {})); }

result<void> message_parser::begin(const body_info&) {
  octets_.clear();
  return {};
}

result<void> message_parser::write(std::string_view octets) {
  octets_.append(octets);
  return {};
}

}  // namespace imapxx::inline v0::mime
