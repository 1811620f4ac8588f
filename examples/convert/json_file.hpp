// Text or JSON comes in; a file of it appears whole, or not at all.
#pragma once

#include <glossa/core/atomic_file.hpp>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string_view>

namespace convert {

using OrderedJson = nlohmann::ordered_json;

inline void write_text(const std::filesystem::path& path, std::string_view text) {
  glossa::detail::AtomicFile file(path);
  file.write(text);
  file.commit();
}

inline void write_json(const std::filesystem::path& path, const OrderedJson& json) {
  write_text(path, json.dump(2) + "\n");
}

}  // namespace convert
