// What is to be stored comes in; an error goes out where a store could not give it back as it was.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/search/added_vectors.hpp>
#include <glossa/store/metadata.hpp>
#include <glossa/store/vector_store.hpp>
#include <glossa/text/utf8.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace glossa::detail {

inline constexpr std::size_t kMostIdBytes = 512;
inline constexpr std::size_t kMostVectorDims = std::size_t{1} << 16;  ///< as RowStore has it

/// Errors: `invalid_argument` for a text with a NUL, or that is not UTF-8.
inline void require_plain_text(std::string_view text, const std::string& what) {
  if (text.find('\0') != std::string_view::npos)
    throw Error(ErrorKind::invalid_argument, {.field = what,
                                              .problem = "it has a NUL in it, which stores cannot keep",
                                              .found = std::string(text.substr(0, 100)),
                                              .remedy = "take the NULs out"});
  if (!is_valid_utf8(text))
    throw Error(ErrorKind::invalid_argument,
                {.field = what, .expected = "UTF-8", .found = std::string(text.substr(0, 100))});
}

/// Errors: `invalid_argument`.
inline void require_id(std::string_view id) {
  if (id.empty() || id.size() > kMostIdBytes)
    throw Error(ErrorKind::invalid_argument, {.field = "id",
                                              .expected = "1 to " + std::to_string(kMostIdBytes) + " bytes",
                                              .found = std::to_string(id.size())});
  require_plain_text(id, "id");
}

/// Errors: `invalid_argument` for names that are empty or hold control characters, for numbers that are none, and for
/// texts that are no plain ones.
inline void require_metadata(const Metadata& metadata) {
  for (const auto& [name, value] : metadata) {
    const bool has_control =
        std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    if (name.empty() || has_control || !is_valid_utf8(name))
      throw Error(ErrorKind::invalid_argument, {.field = "metadata",
                                                .problem = "a field's name",
                                                .expected = "UTF-8, not empty and without control characters",
                                                .found = name});
    const std::string what = "metadata." + name;
    if (const auto* number = std::get_if<double>(&value); number != nullptr && !std::isfinite(*number))
      throw Error(ErrorKind::invalid_argument, {.field = what, .expected = "a number", .found = "NaN or infinity"});
    if (const auto* text = std::get_if<std::string>(&value)) require_plain_text(*text, what);
    if (const auto* list = std::get_if<std::vector<std::string>>(&value))
      for (const std::string& part : *list) require_plain_text(part, what);
  }
}

/// Errors: `invalid_argument` for a vector of another length, or with NaN or infinity in it.
inline void require_vector(std::span<const float> vector, std::size_t dims, const std::string& what) {
  if (vector.size() != dims)
    throw Error(ErrorKind::invalid_argument, {.field = what,
                                              .problem = "the vector's length",
                                              .expected = std::to_string(dims) + " numbers",
                                              .found = std::to_string(vector.size())});
  require_numbers(vector, what);
}

/// Errors: `invalid_argument`.
inline void require_records(std::span<const VectorRecord> records, std::size_t dims) {
  for (const VectorRecord& record : records) {
    require_id(record.id);
    require_vector(record.vector, dims, "the vector of " + record.id);
    require_plain_text(record.text, "the text of " + record.id);
    require_metadata(record.metadata);
  }
}

}  // namespace glossa::detail
