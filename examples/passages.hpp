// A text file or a folder of them comes in; its passages go out, each under a number that its words decide on.
#pragma once

#include <glossa/core/error.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

struct Passage {
  std::string text;
  std::string file;  // where it stands in the folder; empty for the lines of one file
};

/// Passages by key. One that stands in several places is there once.
using Passages = std::map<std::uint64_t, Passage>;

/// The key of a passage: the same as long as its words are (FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/).
inline std::uint64_t key_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return hash;
}

/// Calls use(line) for each line, without its end.
template <class Use>
void for_each_line(const std::filesystem::path& path, Use&& use) {
  std::ifstream file(path);
  if (!file)
    throw glossa::Error(glossa::ErrorKind::not_found, {.file = path.string(), .problem = "cannot read the texts"});
  for (std::string line; std::getline(file, line);) {
    if (line.ends_with('\r')) line.pop_back();
    use(line);
  }
}

/// The paragraphs of a file: what stands between blank lines, on one line.
inline void add_paragraphs(const std::filesystem::path& path, const std::string& name, Passages& passages) {
  std::string paragraph;
  const auto finish = [&] {
    if (!paragraph.empty()) passages.emplace(key_of(paragraph), Passage{paragraph, name});
    paragraph.clear();
  };
  for_each_line(path, [&](const std::string& line) {
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string::npos) return finish();
    if (!paragraph.empty()) paragraph += ' ';
    paragraph.append(line, begin);
  });
  finish();
}

/// The lines of a file; or the paragraphs of all .txt and .md files in a folder and those below it.
inline Passages read_passages(const std::filesystem::path& source) {
  namespace fs = std::filesystem;
  Passages passages;
  if (!fs::is_directory(source)) {
    for_each_line(source, [&](const std::string& line) {
      if (!line.empty()) passages.emplace(key_of(line), Passage{line, ""});
    });
    return passages;
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(source, fs::directory_options::skip_permission_denied))
    if (entry.is_regular_file() && (entry.path().extension() == ".txt" || entry.path().extension() == ".md"))
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) add_paragraphs(file, file.lexically_relative(source).string(), passages);
  return passages;
}
