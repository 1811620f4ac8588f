// A folder comes in; the splits that its files are called after go out.
#pragma once

#include <glossa/core/file_reader.hpp>
#include <glossa/core/folder_entries.hpp>
#include <glossa/eval/data_rows.hpp>
#include <glossa/eval/subset_languages.hpp>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Whether the end of a file's name tells a format that is read.
[[nodiscard]] inline bool is_data_name(const std::filesystem::path& path) {
  const std::string extension = path_text(path.extension());
  return std::find(std::begin(kDataExtensions), std::end(kDataExtensions), extension) != std::end(kDataExtensions);
}

/// A file's or folder's name without the end that tells the format.
[[nodiscard]] inline std::string data_stem(const std::filesystem::path& path) {
  std::error_code code;
  const std::filesystem::path place = path.has_filename() ? path : path.parent_path();  // "folder/"
  return path_text(std::filesystem::is_directory(place, code) ? place.filename() : place.stem());
}

/// What files of splits are called, whatever the split that is asked for.
inline constexpr std::string_view kSplitNames[] = {"train", "training", "validation", "valid",     "val",
                                                   "dev",   "test",     "eval",       "evaluation"};

[[nodiscard]] inline bool is_split_name(std::string_view stem) {
  return std::find(std::begin(kSplitNames), std::end(kSplitNames), stem) != std::end(kSplitNames);
}

/// Whether a file is called after a split and languages, "train-de.jsonl", and the split is not this one.
[[nodiscard]] inline bool is_of_other_split(const std::filesystem::path& path, std::string_view split) {
  std::error_code code;
  const std::string stem = data_stem(path);
  const std::string_view own = std::string_view(stem).substr(0, stem.find_first_of("-_"));
  return own.size() < stem.size() && own != split && is_split_name(own) &&
         !languages_of_subset(std::string_view(stem).substr(own.size() + 1)).empty() &&
         std::filesystem::is_regular_file(path, code);
}

/// The files of a folder that are called as splits are, "train.jsonl"; none where there is no such folder.
[[nodiscard]] inline std::vector<std::filesystem::path> split_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const std::string_view name : kSplitNames)
    if (std::filesystem::path file = data_file(folder / name); !file.empty()) files.push_back(std::move(file));
  return files;
}

/// The names of those in the folder, and of those in the folders in it; "" where there are none.
[[nodiscard]] inline std::string splits_there(const std::filesystem::path& folder) {
  std::string names;
  const auto add = [&](const std::string& name) { names.append(names.empty() ? "" : ", ").append(name); };
  for (const std::filesystem::path& path : split_files(folder)) add(path_text(path.filename()));
  for (const std::filesystem::path& inner : folder_entries(folder))
    for (const std::filesystem::path& path : split_files(inner))
      if (names.size() < 200) add(path_text(inner.filename() / path.filename()));
  return names;
}

}  // namespace glossa::detail
