#include "core/shared_options.hpp"

#include <tuple>
#include <utility>

namespace imapxx::inline v0::core {
namespace {

// Each names all members of its class: one that is added there does not compile here before it is compared, too.

auto members(const limits& o) {
  const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, p] = o;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, p);
}

auto members(const timeouts& o) {
  const auto& [a, b, c, d, e, f, g] = o;
  return std::tie(a, b, c, d, e, f, g);
}

auto members(const tls_options& o) {
  const auto& [a, b, c, d, e, f, g] = o;
  return std::tie(a, b, c, d, e, f, g);
}

bool same(const session_options& one, const session_options& other) {
  const auto rest = [](const session_options& o) {
    const auto& [limits, timeouts, a, b, c, d, e, f, g] = o;
    return std::tie(a, b, c, d, e, f, g);
  };
  return rest(one) == rest(other) && members(one.limits) == members(other.limits) &&
         members(one.timeouts) == members(other.timeouts);
}

bool same(const connect_options& one, const connect_options& other) {
  const auto rest = [](const connect_options& o) {
    const auto& [host, port, mode, tls, session, argv, facts, reconnecting] = o;
    return std::tie(host, port, mode, argv, facts);
  };
  return rest(one) == rest(other) && members(one.tls_settings) == members(other.tls_settings) &&
         same(one.session_settings, other.session_settings) && !one.reconnecting.enabled() &&
         !other.reconnecting.enabled();
}

}  // namespace

std::shared_ptr<const connect_options> shared_options(connect_options options) {
  thread_local std::weak_ptr<const connect_options> latest;
  if (auto known = latest.lock(); known && same(*known, options)) return known;
  auto made = std::make_shared<const connect_options>(std::move(options));
  latest = made;
  return made;
}

}  // namespace imapxx::inline v0::core
