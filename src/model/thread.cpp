#include <imapxx/model/extensions.hpp>

#include <utility>

namespace imapxx::inline v0 {
namespace {

// Takes the tree apart level by level, so that no destructor meets a child that has children.
void dismantle(std::vector<thread_node>& nodes) {
  std::vector<std::vector<thread_node>> todo;
  todo.push_back(std::move(nodes));
  while (!todo.empty()) {
    auto level = std::move(todo.back());
    todo.pop_back();
    for (auto& node : level) {
      if (!node.children.empty()) todo.push_back(std::move(node.children));
    }
  }
}

}  // namespace

thread_node::~thread_node() {
  for (const auto& child : children) {
    if (!child.children.empty()) {
      dismantle(children);
      return;
    }
  }
}

thread_node::thread_node(const thread_node& other) : number(other.number) {
  std::vector<std::pair<thread_node*, const thread_node*>> todo{{this, &other}};
  while (!todo.empty()) {
    const auto [to, from] = todo.back();
    todo.pop_back();
    to->children.resize(from->children.size());
    for (std::size_t i = 0; i < to->children.size(); ++i) {
      to->children[i].number = from->children[i].number;
      todo.emplace_back(&to->children[i], &from->children[i]);
    }
  }
}

thread_node& thread_node::operator=(const thread_node& other) {
  if (this != &other) *this = thread_node(other);
  return *this;
}

thread_node& thread_node::operator=(thread_node&& other) noexcept {
  thread_node old;
  old.children = std::move(children);
  number = other.number;
  children = std::move(other.children);
  return *this;
}

bool operator==(const thread_node& a, const thread_node& b) noexcept {
  std::vector<std::pair<const thread_node*, const thread_node*>> todo{{&a, &b}};
  while (!todo.empty()) {
    const auto [x, y] = todo.back();
    todo.pop_back();
    if (x->number != y->number || x->children.size() != y->children.size()) return false;
    for (std::size_t i = 0; i < x->children.size(); ++i) todo.emplace_back(&x->children[i], &y->children[i]);
  }
  return true;
}

std::vector<thread_step> walk(const std::vector<thread_node>& threads) {
  std::vector<thread_step> out;
  std::vector<std::pair<const thread_node*, std::size_t>> todo;
  for (auto it = threads.rbegin(); it != threads.rend(); ++it) todo.emplace_back(&*it, 0);
  while (!todo.empty()) {
    const auto [node, depth] = todo.back();
    todo.pop_back();
    out.push_back({node->number, depth});
    for (auto it = node->children.rbegin(); it != node->children.rend(); ++it) todo.emplace_back(&*it, depth + 1);
  }
  return out;
}

}  // namespace imapxx::inline v0
