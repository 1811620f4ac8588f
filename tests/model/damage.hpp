// A good file comes in; damaged ones go out, the same at every run, and each has to load or be refused in order.
#pragma once

#include "catch.hpp"
#include "random_model.hpp"

#include <glossa/core/error.hpp>
#include <glossa/text/base64.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <exception>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#if __has_include(<sys/resource.h>)
#include <sys/resource.h>
#endif

namespace test {

/// Writes a new file in the place of an old one; truncating that would make some file systems wait for the disk.
inline void overwrite(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::remove(path);
  write_file(path, bytes);
}

/// Calls damaged(bytes) for `count` random damages of `good`: bits flipped, bytes and numbers overwritten, stretches
/// lost, doubled, moved or filled in; one to four at a time.
template <class Damaged>
void for_each_damage(const std::string& good, std::uint64_t seed, std::size_t count, Damaged&& damaged) {
  std::uint64_t state = seed;
  const auto below = [&state](std::size_t limit) {  // splitmix64
    std::uint64_t z = state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return static_cast<std::size_t>((z ^ (z >> 31)) % limit);
  };
  constexpr std::uint64_t kNumbers[] = {0,
                                        1,
                                        2,
                                        0x7F,
                                        0x80,
                                        0xFF,
                                        0x7FFF,
                                        0xFFFF,
                                        0x7FFFFFFF,
                                        0x80000000,
                                        0xFFFFFFFF,
                                        0x7FFFFFFFFFFFFFFF,
                                        0x8000000000000000,
                                        0xFFFFFFFFFFFFFFFF};
  constexpr std::string_view kCharacters("\0\xFF\x7F\x80\"\\{}[],:0-9.eE \n\xC3\xA9\xF0", 23);
  for (std::size_t i = 0; i < count; ++i) {
    std::string bytes = good;
    for (std::size_t changes = 1 + below(4); changes > 0 && !bytes.empty(); --changes) {
      const std::size_t at = below(bytes.size());
      const std::size_t length = std::min(bytes.size() - at, std::size_t{1} + below(below(4) == 0 ? bytes.size() : 16));
      switch (below(7)) {
        case 0: bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8))); break;
        case 1: bytes[at] = kCharacters[below(kCharacters.size())]; break;
        case 2: {
          const std::uint64_t number = kNumbers[below(std::size(kNumbers))];
          const std::size_t size = std::size_t{1} << below(4);
          for (std::size_t k = 0; k < size && at + k < bytes.size(); ++k)
            bytes[at + k] = static_cast<char>(number >> (8 * k));
          break;
        }
        case 3: bytes.erase(at, length); break;
        case 4: bytes.insert(at, bytes.substr(at, length)); break;
        case 5: bytes.insert(at, bytes.substr(below(bytes.size()), length)); break;
        default: bytes.insert(at, length, kCharacters[below(kCharacters.size())]); break;
      }
    }
    damaged(bytes);
  }
}

/// Calls damaged(bytes) for every beginning of `good` that is shorter than it, or for `count` of them.
template <class Damaged>
void for_each_truncation(const std::string& good, std::size_t count, Damaged&& damaged) {
  const std::size_t step = std::max<std::size_t>(1, good.size() / count);
  for (std::size_t size = 0; size < good.size(); size += step) damaged(good.substr(0, size));
}

/// Values that no field expects.
inline const std::vector<Json>& strange_values() {
  static const std::vector<Json> values = [] {
    Json deep = 1;
    for (int i = 0; i < 40; ++i) deep = Json::array({deep});
    return std::vector<Json>{nullptr,
                             true,
                             false,
                             0,
                             1,
                             -1,
                             7,
                             0.5,
                             -0.0,
                             1e300,
                             -1e-300,
                             INT64_MIN,
                             UINT64_MAX,
                             1u << 31,
                             (1u << 31) - 1,
                             1u << 24,
                             "",
                             "a",
                             "▁",
                             "\xEF\xBF\xBF",
                             std::string("\0", 1),
                             "../x",
                             std::string(70000, 'x'),
                             Json::array(),
                             Json::object(),
                             Json::array({nullptr}),
                             Json{{"", ""}},
                             Json{{"type", "Sequence"}},
                             deep};
  }();
  return values;
}

/// Calls damaged(json) for `document` with one of its values exchanged for each strange one, or left out. Of long
/// arrays and objects the first and last values are taken.
template <class Damaged>
void for_each_strange_value(Json& document, Json& here, Damaged&& damaged) {
  const Json kept = here;
  for (const Json& value : strange_values()) {
    here = value;
    damaged(document);
  }
  here = kept;
  if (!here.is_structured()) return;
  const std::size_t size = here.size();
  for (std::size_t i = 0; i < size; ++i) {
    if (size > 40 && i >= 3 && i + 2 < size) continue;
    const auto child = [i](Json& parent) { return std::next(parent.begin(), static_cast<std::ptrdiff_t>(i)); };
    if (here.is_array()) {
      for_each_strange_value(document, *child(here), damaged);
      here.erase(i);
    } else {
      for_each_strange_value(document, *child(here), damaged);
      here.erase(child(here));
    }
    damaged(document);
    here = kept;
  }
}

/// Tries to load damaged files and counts what became of them.
class DamageTrial {
 public:
  /// Runs load(), which either returns or throws a glossa::Error that names `file` (a folder stands for the files in
  /// it) and says what is wrong there. Anything else fails the test and shows the damaged bytes.
  template <class Load>
  void operator()(const std::string& file, std::string_view bytes, Load&& load) {
    const std::clock_t begin = std::clock();
    std::string complaint;
    try {
      load();
      ++accepted_;
    } catch (const glossa::Error& error) {
      ++refused_;
      const glossa::ErrorFacts& facts = error.facts();
      if (facts.file.find(file) != 0 ||
          std::string(error.what()).find(glossa::detail::printable(facts.file, 1000)) == std::string::npos)
        complaint = "an Error that does not name the file";
      if (facts.field.empty() && facts.problem.empty() && facts.expected.empty())
        complaint = "an Error without a reason";
      if (std::string_view(error.what()).size() > 1000 + 2 * bytes.size()) complaint = "an Error as long as a book";
      if (!complaint.empty()) complaint += std::string(": ") + error.what();
    } catch (const std::exception& error) {
      complaint = std::string("another exception: ") + error.what();
    }
    const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    slowest_ = std::max(slowest_, seconds);
    if (seconds > 1) complaint += "it took " + std::to_string(seconds) + " s";
    if (!complaint.empty()) FAIL_CHECK(complaint << "\nfrom these bytes in base64: " << shown(bytes));
  }

  [[nodiscard]] std::size_t accepted() const noexcept { return accepted_; }
  [[nodiscard]] std::size_t refused() const noexcept { return refused_; }
  [[nodiscard]] double slowest() const noexcept { return slowest_; }

 private:
  static std::string shown(std::string_view bytes) {
    const std::string text = glossa::detail::base64_encode(bytes);
    return text.size() < 20000 ? text : text.substr(0, 20000) + "...";
  }

  std::size_t accepted_ = 0;
  std::size_t refused_ = 0;
  double slowest_ = 0;
};

/// The largest amount of memory that this process has had, in megabytes; 0 where the system does not tell.
inline double peak_megabytes() {
#if __has_include(<sys/resource.h>)
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
#if defined(__APPLE__)
  return static_cast<double>(usage.ru_maxrss) / (1 << 20);
#else
  return static_cast<double>(usage.ru_maxrss) / (1 << 10);
#endif
#else
  return 0;
#endif
}

/// Shows the counts of a trial in the report of the tests, and checks that it was one.
inline void check_counts(const DamageTrial& trial, std::size_t least_refused, std::size_t least_accepted) {
  INFO(trial.refused() << " refused, " << trial.accepted() << " accepted, the slowest took " << trial.slowest()
                       << " s");
  CHECK(trial.refused() >= least_refused);
  CHECK(trial.accepted() >= least_accepted);
  CHECK(peak_megabytes() < 1024);
}

}  // namespace test
