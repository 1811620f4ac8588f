// The process's affinity and cgroup limits come in; the number of threads worth starting goes out.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <thread>

#if defined(__linux__)
#include <sched.h>
#endif

namespace glossa {
namespace detail {

inline constexpr std::size_t kNoCpuLimit = std::numeric_limits<std::size_t>::max();

/// ceil(quota / period) for the text of a cgroup v2 `cpu.max` file: "200000 100000" is 2, "max 100000" no limit.
[[nodiscard]] inline std::size_t parse_cpu_max(const std::string& text) {
  std::istringstream in(text);
  std::string quota;
  double period = 0;
  if (!(in >> quota >> period) || quota == "max" || period <= 0) return kNoCpuLimit;
  std::istringstream number(quota);
  double value = 0;
  if (!(number >> value) || value <= 0) return kNoCpuLimit;
  const double cpus = std::ceil(value / period);
  return cpus < 1e9 ? static_cast<std::size_t>(cpus) : kNoCpuLimit;
}

[[nodiscard]] inline std::string read_small_file(const std::string& path) {
  std::ifstream in(path);
  std::string text;
  std::getline(in, text, '\0');
  return text;
}

/// The smallest CPU quota of the process's cgroup and its ancestors. `root` is the file system's root, so that
/// tests can lay out a tree of their own.
[[nodiscard]] inline std::size_t cgroup_cpu_limit(const std::string& root = "") {
  std::size_t limit = kNoCpuLimit;
  std::istringstream groups(read_small_file(root + "/proc/self/cgroup"));
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    std::string path = line.substr(second + 1);
    const bool v2 = controllers.empty();
    if (!v2 && ("," + controllers + ",").find(",cpu,") == std::string::npos) continue;
    const std::string base = root + (v2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu");
    while (true) {  // the group itself, then each ancestor up to the mount point
      if (path == "/") path.clear();
      const std::string folder = base + path + "/";
      const std::string text =
          v2 ? read_small_file(folder + "cpu.max")
             : read_small_file(folder + "cpu.cfs_quota_us") + " " + read_small_file(folder + "cpu.cfs_period_us");
      limit = std::min(limit, parse_cpu_max(text));
      if (path.empty()) break;
      path.erase(std::min(path.rfind('/'), path.size() - 1));
    }
  }
  return limit;
}

}  // namespace detail

/// Threads that this process can run at the same time: the smallest of hardware, affinity mask and cgroup
/// quota, at least 1. Reads the system anew at every call.
[[nodiscard]] inline std::size_t available_threads() {
  std::size_t count = std::max(1u, std::thread::hardware_concurrency());
#if defined(__linux__)
  cpu_set_t mask;
  if (sched_getaffinity(0, sizeof mask, &mask) == 0)
    count = std::min(count, static_cast<std::size_t>(std::max(1, CPU_COUNT(&mask))));
  count = std::min(count, detail::cgroup_cpu_limit());
#endif
  return count;
}

}  // namespace glossa
