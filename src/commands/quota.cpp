#include <imapxx/commands/quota.hpp>

#include "commands/support.hpp"

#include <variant>

namespace imapxx::inline v0 {

constexpr command_traits getquota::traits_v = command_traits("GETQUOTA", states::authenticated)
                                                  .needs("QUOTA")
                                                  .answered_by(answer::quota)
                                                  .reads()
                                                  .repeatable<getquota>();
const command_traits& getquota::traits() const noexcept { return traits_v; }

getquota::getquota(std::string root) : root_(std::move(root)) {}

// getquota = "GETQUOTA" SP quota-root-name
void getquota::encode(wire::encoder& out) { out.raw(traits_v.name).sp().astring(root_); }

bool getquota::on_response(response& r) {
  auto* q = std::get_if<quota_response>(&r);
  if (q == nullptr || q->value.root != root_) return false;
  found_ = std::move(q->value);
  answered_ = true;
  return true;
}

result<void> getquota::on_complete(const status_response& status) {
  if (auto ok = command::on_complete(status); !ok) return ok;
  if (!answered_) return commands::no_answer(traits_v.name, "a QUOTA response");
  return {};
}

constexpr command_traits getquotaroot::traits_v = command_traits("GETQUOTAROOT", states::authenticated)
                                                      .needs("QUOTA")
                                                      .answered_by(answer::quota)
                                                      .reads()
                                                      .repeatable<getquotaroot>();
const command_traits& getquotaroot::traits() const noexcept { return traits_v; }

getquotaroot::getquotaroot(mailbox_name mailbox) : mailbox_(std::move(mailbox)) {}

// getquotaroot = "GETQUOTAROOT" SP mailbox
void getquotaroot::encode(wire::encoder& out) { out.raw(traits_v.name).sp().mailbox(mailbox_); }

bool getquotaroot::on_response(response& r) {
  if (auto* root = std::get_if<quota_root_response>(&r)) {
    found_.roots = std::move(root->value.roots);
    answered_ = true;
    return true;
  }
  auto* q = std::get_if<quota_response>(&r);
  if (q == nullptr) return false;
  found_.quotas.push_back(std::move(q->value));
  return true;
}

result<void> getquotaroot::on_complete(const status_response& status) {
  if (auto ok = command::on_complete(status); !ok) return ok;
  if (!answered_) return commands::no_answer(traits_v.name, "a QUOTAROOT response");
  return {};
}

}  // namespace imapxx::inline v0
