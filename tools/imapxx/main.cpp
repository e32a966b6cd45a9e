#include <imapxx/error.hpp>

#include "commands.hpp"
#include "explain.hpp"
#include "interrupt.hpp"

#include <exception>
#include <new>
#include <string>
#include <variant>
#include <vector>

namespace imapxx::cli {
namespace {

void complain_with_hint(std::string_view what, const std::string& hint) {
  complain("imapxx: " + std::string(what));
  if (!hint.empty()) complain("  try: " + hint);
}

exit_code run_command(const arguments& args, output& out) {
  const auto code = std::visit([&](const auto& command) { return run(args.common, command, out); }, args.command);
  out.flush();
  return code;
}

// What was printed before an error is worth having.
void flush_quietly(output& out) noexcept {
  try {
    out.flush();
  } catch (...) {
    return;
  }
}

exit_code explained(const error& e) {
  if (e.code() == errc::cancelled && interrupted()) return exit_code::interrupted;
  complain_with_hint(e.message().empty() ? to_string(e.code()) : std::string_view(e.what()), hint_for(e));
  return code_of(e);
}

exit_code guarded(const arguments& args) noexcept {
  output out;
  try {
    try {
      return run_command(args, out);
    } catch (const reader_gone&) {
      return exit_code::ok;
    } catch (const failure& f) {
      flush_quietly(out);
      complain_with_hint(f.what(), f.hint());
      return f.code();
    } catch (const error& e) {
      flush_quietly(out);
      return explained(e);
    } catch (const std::bad_alloc&) {
      complain("imapxx: not enough memory");
      return exit_code::internal;
    } catch (const std::exception& e) {
      flush_quietly(out);
      complain_with_hint(std::string("internal error: ") + e.what(), "please report it");
      return exit_code::internal;
    }
  } catch (...) {
    return exit_code::internal;
  }
}

}  // namespace
}  // namespace imapxx::cli

int main(int argc, char** argv) {
  using namespace imapxx::cli;
  try {
    auto parsed = parse_arguments(std::vector<std::string>(argv + 1, argv + argc));
    if (parsed.done) {
      output out(*parsed.done == 0 ? 1 : 2);
      out.trusted(parsed.text);
      out.flush();
      return *parsed.done;
    }
    watch_for_interrupts();
    return static_cast<int>(guarded(parsed.args));
  } catch (...) {
    return static_cast<int>(exit_code::internal);
  }
}
