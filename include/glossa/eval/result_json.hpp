// How scores stand in JSON: NaN, which JSON has no word for, is null, or Python's NaN.
#pragma once

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/json_parser.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>

namespace glossa::detail {

/// The tag of no known language in no known script. python mteb goes over the languages of a subset to find its score,
/// and has NaN for one without any.
inline constexpr const char* kNoLanguage = "und-Zyyy";

/// More than the results of any task.
inline constexpr std::uint64_t kLargestResultFile = std::uint64_t{1} << 30;

/// The names that Python writes for what is no finite number, outside of strings, as null.
[[nodiscard]] inline std::string without_nan(std::string_view text) {
  std::string out;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string && c == '\\' && at + 1 < text.size()) {
      out += c;
      out += text[++at];
      continue;
    }
    if (c == '"') in_string = !in_string;
    std::size_t length = 0;
    if (!in_string && (c == 'N' || c == 'I' || c == '-'))
      for (const std::string_view name :
           {std::string_view("NaN"), std::string_view("Infinity"), std::string_view("-Infinity")})
        if (text.substr(at).starts_with(name)) length = name.size();
    if (length == 0) {
      out += c;
    } else {
      out += "null";
      at += length - 1;
    }
  }
  return out;
}

[[nodiscard]] inline Json read_result_json(const std::filesystem::path& path) {
  return parse_json(without_nan(view(read_bytes(path, kLargestResultFile))), path_text(path));
}

/// JSON with NaN for a main score that is null: python mteb counts with it, and writes it so itself. No string can have
/// this in it, for quotes in strings are escaped.
[[nodiscard]] inline std::string with_nan(std::string json) {
  constexpr std::string_view kNull = "\"main_score\": null";
  for (std::size_t at = 0; (at = json.find(kNull, at)) != std::string::npos;)
    json.replace(at + kNull.size() - 4, 4, "NaN");
  return json;
}

/// The file appears whole. Errors: `io`.
inline void write_json_file(const std::filesystem::path& path, const Json& value) {
  std::error_code code;
  std::filesystem::create_directories(path.parent_path(), code);
  if (code)
    throw Error(ErrorKind::io,
                {.file = path_text(path.parent_path()),
                 .problem = "cannot make the folder: " + code.message(),
                 .remedy = "check that the folder above it can be written, and that no file is in its place"});
  AtomicFile file(path);
  file.write(with_nan(value.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n");
  file.commit();
}

[[nodiscard]] inline Json score_json(double score) { return std::isfinite(score) ? Json(score) : Json(nullptr); }

/// To six places, as mteb keeps scores.
[[nodiscard]] inline Json rounded_json(double score) { return score_json(std::round(score * 1e6) / 1e6); }

[[nodiscard]] inline double parsed_score(const Json& value) {
  return value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

/// The seconds that a split of a result file took: its own in "split_seconds", which files of several splits have from
/// glossa; an even share of those of all in python mteb's.
[[nodiscard]] inline double seconds_of_split(const Json& result, const std::string& split) {
  if (const auto found = result.find("split_seconds"); found != result.end() && found->is_object())
    if (const auto own = found->find(split); own != found->end() && own->is_number()) return own->get<double>();
  const auto all = result.find("evaluation_time");
  if (all == result.end() || !all->is_number()) return 0;
  const auto splits = result.find("scores");
  const std::size_t count = splits != result.end() && splits->is_object() ? splits->size() : 1;
  return all->get<double>() / static_cast<double>(std::max<std::size_t>(count, 1));
}

}  // namespace glossa::detail
