// Definitions of the JSON functions that cost a compiler most; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/core/linkage.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace glossa::detail {

GLOSSA_INLINE void JsonHandler::parse(std::string_view text) {
  // The parser takes a NUL byte for the end of its input, and would not see what stands behind it.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
    refuse("a NUL byte, byte " + std::to_string(nul + 1));
  Json::sax_parse(text.data(), text.data() + text.size(), static_cast<nlohmann::json_sax<Json>*>(this));
}

GLOSSA_INLINE Json parse_json(std::string_view text, const std::string& file) {
  Json value;
  JsonBuilder(value, file).parse(text);
  return value;
}

GLOSSA_INLINE std::string json_text(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace glossa::detail
