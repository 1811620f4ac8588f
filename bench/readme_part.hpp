// A Markdown file and the text for one of its marked parts come in; the file goes out with that part replaced.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace bench {

/// Replaces what stands between the lines `<!-- name -->` and `<!-- /name -->`.
/// Errors: std::runtime_error where the file has no such part.
inline void replace_part(const std::filesystem::path& path, const std::string& name, const std::string& text) {
  std::ifstream in(path);
  const std::string all{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const std::string open = "<!-- " + name + " -->\n";
  const std::string::size_type begin = all.find(open);
  const std::string::size_type end = all.find("<!-- /" + name + " -->");
  if (begin == std::string::npos || end == std::string::npos || end < begin)
    throw std::runtime_error(path.string() + " has no part named " + name);
  in.close();
  std::ofstream out(path, std::ios::trunc);
  out << all.substr(0, begin + open.size()) << text << all.substr(end);
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace bench
