// A command line of names and values comes in; the values go out.
#pragma once

#include <cstddef>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace bench {

/// --name value, any number of times; the last one of a name counts.
class Arguments {
 public:
  Arguments(int argc, const char* const* argv) {
    for (int i = 1; i + 1 < argc; i += 2) values_[std::string(argv[i]).substr(2)] = argv[i + 1];
  }

  [[nodiscard]] bool has(const std::string& name) const { return values_.count(name) != 0; }
  [[nodiscard]] std::string text(const std::string& name, const std::string& otherwise) const {
    const auto found = values_.find(name);
    return found == values_.end() ? otherwise : found->second;
  }
  [[nodiscard]] std::size_t number(const std::string& name, std::size_t otherwise) const {
    return std::stoul(text(name, std::to_string(otherwise)));
  }
  [[nodiscard]] std::vector<std::size_t> numbers(const std::string& name, const std::string& otherwise) const {
    std::istringstream list(text(name, otherwise));
    std::vector<std::size_t> out;
    for (std::string item; std::getline(list, item, ',');) out.push_back(std::stoul(item));
    return out;
  }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace bench
