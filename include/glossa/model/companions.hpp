// A model folder comes in; all of it but the weights goes out to another one.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/json.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// Whether a file belongs to the model beside its weights: configuration, vocabulary, and what tells where it is from.
[[nodiscard]] inline bool is_companion(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  if (name.ends_with(".index.json")) return false;
  for (const std::string_view suffix : {".json", ".txt", ".model", ".md"})
    if (name.ends_with(suffix)) return true;
  return name.starts_with("LICENSE") || name.starts_with("NOTICE");
}

/// The folders of the modules that modules.json lists, relative to its own; "" where there is no such file.
[[nodiscard]] inline std::vector<std::filesystem::path> module_folders(const std::filesystem::path& model) {
  std::vector<std::filesystem::path> folders{""};
  const auto list = model / "modules.json";
  if (!is_there(list)) return folders;
  for (const auto& module : read_json(list))
    if (const std::string place = module.value("path", ""); !place.empty()) folders.emplace_back(place);
  return folders;
}

/// Copies the companions of a model's folder and of its modules' folders.
inline void copy_companions(const std::filesystem::path& from, const std::filesystem::path& to) {
  namespace fs = std::filesystem;
  try {
    for (const fs::path& module : module_folders(from)) {
      fs::create_directories(to / module);
      if (!fs::exists(from / module)) continue;  // Normalize needs no files, and some folders lack its own
      for (const auto& entry : fs::directory_iterator(from / module))
        if (entry.is_regular_file() && is_companion(entry.path()))
          fs::copy_file(entry.path(), to / module / entry.path().filename());
    }
  } catch (const fs::filesystem_error& error) {
    throw Error(ErrorKind::io, {.file = path_text(error.path1()),
                                .problem = "cannot copy it: " + error.code().message(),
                                .remedy = "can it be read, and is there room on the disk?"});
  }
}

}  // namespace glossa::detail
