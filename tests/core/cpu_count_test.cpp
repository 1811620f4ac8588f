// The number of threads follows cgroup quotas and affinity; control groups are laid out in a folder.
#include "catch.hpp"
#include "paths.hpp"

#include <glossa/core/cpu_count.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#if defined(__linux__)
#include <sched.h>
#endif

using glossa::detail::kNoCpuLimit;
using glossa::detail::parse_cpu_max;

namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

/// The limit of a file system that holds these files.
std::size_t limit_of(const Files& files) {
  const test::TemporaryFolder root;
  for (const auto& [path, content] : files) test::write_file(root.path() / path, content);
  return glossa::detail::cgroup_cpu_limit(root.path().string());
}

}  // namespace

TEST_CASE("a quota over its period is rounded up to whole CPUs") {
  CHECK(parse_cpu_max("200000 100000\n") == 2);
  CHECK(parse_cpu_max("100000 100000") == 1);
  CHECK(parse_cpu_max("100001 100000") == 2);
  CHECK(parse_cpu_max("150000 100000") == 2);
  CHECK(parse_cpu_max("1000 100000") == 1);
  CHECK(parse_cpu_max("6400000 100000") == 64);
  CHECK(parse_cpu_max("300000 100000") == 3);
  CHECK(parse_cpu_max("999999 333333") == 3);
}

TEST_CASE("whatever is not a quota is no limit") {
  for (const char* text : {"", "max 100000", "max", "-1 100000", "0 100000", "200000", "200000 0", "200000 -5", "a b",
                           "200000 x", " ", "\n", "1e300 100000", "99999999999999999999999 1"}) {
    CAPTURE(text);
    CHECK(parse_cpu_max(text) == kNoCpuLimit);
  }
}

TEST_CASE("in version 2 the tightest of a group and its ancestors counts") {
  const std::pair<std::string, std::string> self{"proc/self/cgroup", "0::/a/b/c\n"};
  const std::string at = "sys/fs/cgroup/";
  CHECK(limit_of({self, {at + "a/b/c/cpu.max", "400000 100000\n"}}) == 4);
  CHECK(limit_of({self, {at + "a/b/c/cpu.max", "max 100000\n"}, {at + "a/b/cpu.max", "250000 100000\n"}}) == 3);
  CHECK(limit_of({self, {at + "a/b/c/cpu.max", "800000 100000\n"}, {at + "a/cpu.max", "200000 100000\n"}}) == 2);
  CHECK(limit_of({self, {at + "cpu.max", "100000 100000\n"}}) == 1);  // as a container sees its own root
  CHECK(limit_of({self, {at + "a/other/cpu.max", "100000 100000\n"}}) == kNoCpuLimit);
  CHECK(limit_of({{"proc/self/cgroup", "0::/\n"}, {at + "cpu.max", "500000 100000\n"}}) == 5);
}

TEST_CASE("in version 1 the cpu controller's quota counts, whatever it shares its line with") {
  const std::string at = "sys/fs/cgroup/cpu/";
  const Files quota{{at + "docker/x/cpu.cfs_quota_us", "350000\n"}, {at + "docker/x/cpu.cfs_period_us", "100000\n"}};
  const auto with = [&](const std::string& groups) {
    Files files = quota;
    files.emplace_back("proc/self/cgroup", groups);
    return limit_of(files);
  };
  CHECK(with("4:cpu,cpuacct:/docker/x\n") == 4);
  CHECK(with("4:cpuacct,cpu:/docker/x\n") == 4);
  CHECK(with("12:pids:/docker/x\n4:cpu:/docker/x\n1:name=systemd:/\n") == 4);
  CHECK(with("4:cpu:/docker/x/deeper/still\n") == 4);
  CHECK(with("4:cpuset:/docker/x\n5:cpuacct:/docker/x\n") == kNoCpuLimit);
  CHECK(limit_of({{"proc/self/cgroup", "4:cpu:/\n"},
                  {at + "cpu.cfs_quota_us", "-1\n"},
                  {at + "cpu.cfs_period_us", "100000\n"}}) == kNoCpuLimit);
}

TEST_CASE("where both versions are mounted, the tighter counts") {
  CHECK(limit_of({{"proc/self/cgroup", "4:cpu:/x\n0::/x\n"},
                  {"sys/fs/cgroup/cpu/x/cpu.cfs_quota_us", "300000"},
                  {"sys/fs/cgroup/cpu/x/cpu.cfs_period_us", "100000"},
                  {"sys/fs/cgroup/x/cpu.max", "200000 100000"}}) == 2);
}

TEST_CASE("a system without control groups, or with odd ones, has no limit") {
  CHECK(limit_of({}) == kNoCpuLimit);
  for (const char* groups : {"", "\n\n", "garbage", "0:", "0::", "::", "0::no-slash", "4:cpu", "4:cpu:", "0:::::/"}) {
    CAPTURE(groups);
    CHECK(limit_of({{"proc/self/cgroup", groups}}) == kNoCpuLimit);
  }
}

TEST_CASE("at least one thread is available, and never more than the machine has") {
  CHECK(glossa::available_threads() >= 1);
  CHECK(glossa::available_threads() <= std::max(1u, std::thread::hardware_concurrency()));
}

#if defined(__linux__)
TEST_CASE("a thread that may run on one CPU only counts one") {
  std::size_t count = 0;
  std::thread([&count] {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
    for (int cpu = 0, kept = 0; cpu < CPU_SETSIZE; ++cpu)
      if (CPU_ISSET(cpu, &allowed) && kept++ > 0) CPU_CLR(cpu, &allowed);
    if (sched_setaffinity(0, sizeof allowed, &allowed) == 0) count = glossa::available_threads();
  }).join();
  CHECK(count == 1);
}
#endif
