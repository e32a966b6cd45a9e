/// \file
/// Sessions without I/O that go through what the recorded ones do not: log-in dialogues, IDLE, streams, literals both
/// ways, extensions, malformed data, the end in the middle.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace imapxx::faults {

struct session_script {
  std::string name;
  std::function<void()> run;  ///< makes, uses and destroys everything; may throw std::bad_alloc
};
[[nodiscard]] const std::vector<session_script>& session_scripts();

}  // namespace imapxx::faults
