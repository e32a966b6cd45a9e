#include <imapxx/display.hpp>

#include "commands.hpp"
#include "connection.hpp"
#include "json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

namespace imapxx::cli {
namespace {

std::vector<list_entry> find_mailboxes(connection& c, const ls_args& args, const std::optional<status_items>& numbers) {
  std::vector<mailbox_name> patterns(args.patterns.begin(), args.patterns.end());
  if (patterns.empty() && !c.url().mailbox.empty()) {
    // The mailbox of the URL and what is below it, whatever the separator is.
    const auto root = c->list("", mailbox_name(c.url().mailbox));
    patterns.emplace_back(c.url().mailbox);
    const char separator = root.empty() ? '\0' : root.front().separator;
    if (separator != '\0') patterns.emplace_back(c.url().mailbox + separator + "*");
  }
  if (patterns.empty()) patterns.emplace_back("*");
  const auto& caps = c->capabilities();
  const bool with_status = numbers && (caps.contains("LIST-STATUS") || caps.imap4rev2());
  std::vector<list_entry> found;
  for (const auto& p : patterns) {
    list command("", p);
    if (args.subscribed) command.subscribed();
    if (with_status) command.return_status(*numbers);
    for (auto& e : c->list_mailboxes(std::move(command)))
      if (std::none_of(found.begin(), found.end(), [&](const list_entry& f) { return f.name == e.name; }))
        found.push_back(std::move(e));
  }
  return found;
}

status_items wanted_numbers(const capability_set& caps) {
  status_items items;
  items.messages().unseen();
  if (caps.contains("STATUS=SIZE") || caps.imap4rev2()) items.size();
  return items;
}

// One STATUS for each mailbox that LIST said nothing about; all under way at once.
void complete_numbers(connection& c, std::vector<list_entry>& entries, const status_items& items) {
  std::vector<std::pair<list_entry*, ticket<status>>> waiting;
  for (auto& e : entries)
    if (!e.status && e.selectable()) waiting.emplace_back(&e, c->submit(status(e.name, items)));
  for (auto& [entry, answer] : waiting) {
    auto numbers = answer.try_wait();
    if (numbers) {
      entry->status = *numbers;
    } else if (numbers.error().is_fatal()) {
      throw_error(numbers.error());
    }
  }
}

std::string number_or_dash(const std::optional<std::uint64_t>& n) { return n ? std::to_string(*n) : "-"; }

std::string columns(const list_entry& e) {
  const auto& s = e.status;
  return fmt::format("{:>8} {:>8} {:>8}  ", s ? number_or_dash(s->messages) : "-", s ? number_or_dash(s->unseen) : "-",
                     s && s->size ? human_size(*s->size) : "-");
}

struct node {
  std::string label;
  const list_entry* entry = nullptr;
  std::vector<std::unique_ptr<node>> children;

  std::map<std::string, node*> by_label;

  node& child(const std::string& name) {
    auto [at, added] = by_label.try_emplace(name, nullptr);
    if (added) {
      children.push_back(std::make_unique<node>());
      children.back()->label = name;
      at->second = children.back().get();
    }
    return *at->second;
  }
};

class tree_printer {
 public:
  tree_printer(const ls_args& args, output& out) : args_(args), out_(out) {}

  // Iterative: a server may invent names of any depth.
  void print(const node& root) {
    struct open {
      const node* at;
      std::size_t next;
    };
    std::vector<open> path{{&root, 0}};
    while (!path.empty()) {
      auto& top = path.back();
      if (top.next == top.at->children.size()) {
        path.pop_back();
        continue;
      }
      const auto* n = top.at->children[top.next++].get();
      std::string indent;
      for (std::size_t i = 1; i < path.size(); ++i)
        indent += path[i - 1].next < path[i - 1].at->children.size() ? "│   " : "    ";
      indent += top.next < top.at->children.size() ? "├── " : "└── ";
      line(*n, indent);
      path.push_back({n, 0});
    }
  }

 private:
  void line(const node& n, const std::string& indent) {
    const std::string empty_columns(28, ' ');
    const auto numbers = !args_.details ? std::string() : (n.entry != nullptr ? columns(*n.entry) : empty_columns);
    auto label = escape_for_display(n.label);
    if (n.entry == nullptr || !n.entry->selectable()) {
      label = out_.look().dim(label);
    } else if (n.entry->status && n.entry->status->unseen.value_or(0) > 0) {
      label = out_.look().bold(label);
    }
    out_.trusted(numbers + out_.look().dim(indent) + label + "\n");
  }

  const ls_args& args_;
  output& out_;
};

void print_tree(const std::vector<list_entry>& entries, const ls_args& args, output& out) {
  node root;
  for (const auto& e : entries) {
    constexpr std::size_t deepest = 1000;  // a name of 64 KiB of separators is one label
    auto parts = e.name.split(e.separator);
    if (parts.size() > deepest) parts = {e.name.utf8()};
    auto* at = &root;
    for (const auto& p : parts) at = &at->child(p);
    at->entry = &e;
  }
  tree_printer(args, out).print(root);
}

void sort_by_name(std::vector<list_entry>& entries) {
  std::sort(entries.begin(), entries.end(), [](const list_entry& a, const list_entry& b) {
    if (a.name.is_inbox() != b.name.is_inbox()) return a.name.is_inbox();
    return a.name.utf8() < b.name.utf8();
  });
}

}  // namespace

exit_code run(const common_args& common, const ls_args& args, output& out) {
  connection c(common);
  const auto items = args.details ? std::optional(wanted_numbers(c->capabilities())) : std::nullopt;
  auto entries = find_mailboxes(c, args, items);
  if (items) complete_numbers(c, entries, *items);
  sort_by_name(entries);
  const bool tree = args.tree || (!args.flat && out.terminal());
  if (args.details && !common.json && !entries.empty())
    out.trusted(out.look().dim(fmt::format("{:>8} {:>8} {:>8}  {}", "messages", "unseen", "octets", "mailbox")) + "\n");
  if (common.json) {
    for (auto& e : entries) out.json_line(to_json(response(list_response{e})));
  } else if (tree) {
    print_tree(entries, args, out);
  } else {
    for (const auto& e : entries) {
      if (args.details) out.trusted(columns(e));
      out.line(e.name.utf8());
    }
  }
  c.close();
  return entries.empty() ? exit_code::refused : exit_code::ok;
}

}  // namespace imapxx::cli
