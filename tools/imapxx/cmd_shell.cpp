#include "commands.hpp"
#include "shell.hpp"

namespace imapxx::cli {

exit_code run(const common_args& common, const shell_args& args, output& out) { return shell(common, args, out).run(); }

}  // namespace imapxx::cli
