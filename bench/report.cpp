#include "report.hpp"

#include <sys/utsname.h>

#include <fstream>
#include <sstream>
#include <thread>

namespace bench {

bool write_section(const std::string& file, std::string_view name, std::string_view text) {
  std::ostringstream old;
  if (std::ifstream in(file); in) old << in.rdbuf();
  std::string all = old.str();
  if (all.empty()) all = "# Performance\n\nWritten by `make bench`; each section says how to repeat it.\n";
  const auto mark = [&](std::string_view which) {
    return "<!-- " + std::string(which) + ": " + std::string(name) + " -->\n";
  };
  const std::string section = mark("begin") + std::string(text) + mark("end");
  const auto begin = all.find(mark("begin"));
  const auto end = all.find(mark("end"));
  if (begin != std::string::npos && end != std::string::npos && end > begin) {
    all.replace(begin, end + mark("end").size() - begin, section);
  } else {
    all += "\n" + section;
  }
  std::ofstream out(file, std::ios::trunc);
  out << all;
  return static_cast<bool>(out.flush());
}

std::string machine_class() {
  std::string model = "unknown processor";
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("model name")) {
      model = line.substr(line.find(':') + 2);
      break;
    }
  }
  utsname system{};
  ::uname(&system);
  const std::string release = system.release;  // without what a distributor calls it
  return std::to_string(std::thread::hardware_concurrency()) + " processors \"" + model + "\", " + system.sysname +
         " " + release.substr(0, release.find('-')) + ", compiler " + __VERSION__ + ", -O2, hardened as it is shipped";
}

}  // namespace bench
