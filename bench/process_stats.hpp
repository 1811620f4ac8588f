// This process comes in; its age and the most memory it has held go out.
#pragma once

#include <chrono>
#include <fstream>
#include <sstream>
#include <string>

#if defined(__linux__)
#include <unistd.h>
#endif

namespace bench {

/// Peak resident memory in MB (10^6 bytes); 0 where the system does not tell. Not getrusage()'s, which a process that
/// is started by a large one inherits.
inline double peak_megabytes() {
#if defined(__linux__)
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (double kilobytes = 0; word == "VmHWM:" && status >> kilobytes) return kilobytes * 1024 / 1e6;
#endif
  return 0;
}

/// Seconds since the system started this process; 0 where the system does not tell.
inline double process_age_seconds() {
#if defined(__linux__)
  std::ifstream stat("/proc/self/stat");
  std::string line;
  std::getline(stat, line);
  std::istringstream fields(line.substr(line.rfind(')') + 2));
  std::string skipped;
  for (int i = 3; i < 22; ++i) fields >> skipped;
  double start_ticks = 0;
  fields >> start_ticks;
  std::ifstream up("/proc/uptime");
  double uptime = 0;
  up >> uptime;
  return uptime - start_ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
#else
  return 0;
#endif
}

}  // namespace bench
