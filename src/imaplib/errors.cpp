#include <imapxx/imaplib/errors.hpp>

namespace imapxx::inline v0::imaplib {

// Out of line, so that the classes have one vtable and one type_info, whichever library throws them.
error::~error() = default;
abort::~abort() = default;
readonly::~readonly() = default;

}  // namespace imapxx::inline v0::imaplib
