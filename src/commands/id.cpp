#include <imapxx/commands/id.hpp>

#include "base/ascii.hpp"
#include "commands/support.hpp"

#include <string>
#include <variant>

namespace imapxx::inline v0 {
namespace {

// RFC 2971 section 3.3
constexpr std::size_t max_fields = 30;
constexpr std::size_t max_name = 30;
constexpr std::size_t max_value = 1024;

}  // namespace

constexpr command_traits id::traits_v =
    command_traits("ID", states::any).needs("ID").answered_by(answer::id).repeatable<id>();
const command_traits& id::traits() const noexcept { return traits_v; }

id::id() = default;

id::id(id_fields fields) : fields_(std::move(fields)) {}

id& id::field(std::string_view name, std::string_view value) {
  fields_.emplace_back(std::string(name), std::string(value));
  return *this;
}

result<void> id::check(const session_info&) const {
  if (fields_.size() > max_fields) return error(errc::invalid_argument, "ID takes at most 30 fields");
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const auto& [name, value] = fields_[i];
    if (name.empty() || name.size() > max_name) {
      return error(errc::invalid_argument, "a field name of ID is empty or longer than 30 octets");
    }
    if (value && value->size() > max_value) {
      return error(errc::invalid_argument, "a field value of ID is longer than 1024 octets");
    }
    if (name.find('\0') != std::string::npos || (value && value->find('\0') != std::string::npos)) {
      return error(errc::invalid_argument, "a field of ID holds NUL");
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (base::iequals(fields_[j].first, name)) return error(errc::invalid_argument, "a field of ID is given twice");
    }
  }
  return {};
}

// id = "ID" SP id-params-list; id-params-list = "(" *(string SP nstring) ")" / nil
void id::encode(wire::encoder& out) {
  out.raw("ID ");
  if (fields_.empty()) {
    out.raw("NIL");
    return;
  }
  out.begin_list();
  bool first = true;
  for (const auto& [name, value] : fields_) {
    if (!first) out.sp();
    first = false;
    out.string(name).sp().nstring(value ? &*value : nullptr);
  }
  out.end_list();
}

bool id::on_response(response& r) {
  auto* answer_now = std::get_if<id_response>(&r);
  if (answer_now == nullptr) return false;
  found_ = std::move(answer_now->fields);
  return true;
}

}  // namespace imapxx::inline v0
