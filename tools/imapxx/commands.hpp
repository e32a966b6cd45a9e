// One function a subcommand, each in cmd_*.cpp. They print to `out`, throw what goes wrong, and return the exit code.
#pragma once

#include "args.hpp"
#include "exit_code.hpp"
#include "output.hpp"

namespace imapxx::cli {

exit_code run(const common_args& common, const caps_args& args, output& out);
exit_code run(const common_args& common, const ls_args& args, output& out);
exit_code run(const common_args& common, const status_args& args, output& out);
exit_code run(const common_args& common, const search_args& args, output& out);
exit_code run(const common_args& common, const fetch_args& args, output& out);
exit_code run(const common_args& common, const append_args& args, output& out);
exit_code run(const common_args& common, const store_args& args, output& out);
exit_code run(const common_args& common, const copy_args& args, output& out);
exit_code run(const common_args& common, const expunge_args& args, output& out);
exit_code run(const common_args& common, const mkdir_args& args, output& out);
exit_code run(const common_args& common, const rmdir_args& args, output& out);
exit_code run(const common_args& common, const rename_args& args, output& out);
exit_code run(const common_args& common, const subscribe_args& args, output& out);
exit_code run(const common_args& common, const idle_args& args, output& out);
exit_code run(const common_args& common, const shell_args& args, output& out);
exit_code run(const common_args& common, const serve_args& args, output& out);
exit_code run(const common_args& common, const demo_args& args, output& out);
exit_code run(const common_args& common, const decode_args& args, output& out);
exit_code run(const common_args& common, const anonymise_args& args, output& out);
exit_code run(const common_args& common, const replay_args& args, output& out);

}  // namespace imapxx::cli
