#include <imapxx/display.hpp>

#include "commands.hpp"
#include "replayer.hpp"
#include "trace_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace imapxx::cli {
namespace {

using nlohmann::json;

template <class Map>
std::string counted(const Map& map) {
  std::string out;
  for (const auto& [name, n] : map) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", n, name);
  return out.empty() ? "none" : out;
}

void print(const std::vector<trace_remark>& remarks, const char* what, output& out) {
  for (const auto& r : remarks) out.line(fmt::format("line {}: {}{}", r.line, what, r.what));
}

void print(const replay_report& r, output& out) {
  out.line("responses: " + counted(r.responses));
  out.line("tolerated: " + counted(r.tolerated));
  out.line(
      fmt::format("commands: {}, {} answered, {} of them refused by the server", r.commands, r.completed, r.refused));
  print(r.unparsed, "not understood: ", out);
  print(r.unknown, "unknown: ", out);
  print(r.failures, "the command fails: ", out);
  print(r.differences, "", out);
  if (r.ended) out.line(fmt::format("line {}: the client ends the connection: {}", r.ended->line, r.ended->what));
  if (r.differences.empty()) out.line("no difference");
}

json remarks_json(const std::vector<trace_remark>& remarks) {
  auto list = json::array();
  // What a server sent may be no UTF-8.
  for (const auto& r : remarks) list.push_back({{"line", r.line}, {"text", escape_for_display(r.what)}});
  return list;
}

std::string to_json(const replay_report& r) {
  json j{{"kind", "replay"},
         {"responses", r.responses},
         {"tolerated", r.tolerated},
         {"commands", r.commands},
         {"completed", r.completed},
         {"refused", r.refused},
         {"not_understood", remarks_json(r.unparsed)},
         {"not_known", remarks_json(r.unknown)},
         {"failures", remarks_json(r.failures)},
         {"differences", remarks_json(r.differences)}};
  if (r.ended) j["ended"] = {{"line", r.ended->line}, {"text", escape_for_display(r.ended->what)}};
  return j.dump();
}

}  // namespace

exit_code run(const common_args& common, const replay_args& args, output& out) {
  const auto records = read_trace(read_whole(args.file), args.file.empty() || args.file == "-" ? "input" : args.file);
  if (records.empty()) throw local_error("the trace is empty");
  const auto report = replayer(records, args.as_recorded).run();
  if (common.json) {
    out.json_line(to_json(report));
  } else {
    print(report, out);
  }
  out.flush();
  if (report.ended || !report.failures.empty()) return exit_code::protocol;
  return report.differences.empty() ? exit_code::ok : exit_code::refused;
}

}  // namespace imapxx::cli
