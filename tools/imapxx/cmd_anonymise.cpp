#include "anonymise.hpp"
#include "commands.hpp"
#include "trace_file.hpp"

namespace imapxx::cli {

exit_code run(const common_args&, const anonymise_args& args, output& out) {
  const auto records = read_trace(read_whole(args.file), args.file.empty() || args.file == "-" ? "input" : args.file);
  if (records.empty()) throw local_error("the trace is empty");
  anonymiser anonymise;
  for (auto r : records) {
    r.text = anonymise(r);
    if (out.terminal()) {
      out.text(to_line(r));
    } else {
      out.raw(to_line(r));
    }
  }
  return exit_code::ok;
}

}  // namespace imapxx::cli
