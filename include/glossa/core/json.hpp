// A JSON object comes in; typed fields go out, and every surprise becomes an Error that names file and field.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/json_parser.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace glossa::detail {

/// Configuration files are small; a larger one is not one.
inline constexpr std::uint64_t kLargestConfigFile = 16u << 20;

/// A JSON object read from a file, with getters that check types and name what is wrong.
class JsonFields {
 public:
  JsonFields(const Json& object, std::string file, std::string path = {})
      : object_(&object), file_(std::move(file)), path_(std::move(path)) {
    if (!object.is_object()) wrong("", "an object", object);
  }

  [[nodiscard]] const std::string& file() const noexcept { return file_; }
  [[nodiscard]] const Json& json() const noexcept { return *object_; }

  /// The field's value, or nullptr where it is missing or null.
  [[nodiscard]] const Json* find(const char* name) const {
    const auto it = object_->find(name);
    return it == object_->end() || it->is_null() ? nullptr : &*it;
  }

  [[nodiscard]] const Json& at(const char* name) const {
    const Json* value = find(name);
    if (value == nullptr)
      throw Error(
          ErrorKind::corrupt_file,
          {.file = file_, .field = path_of(name), .problem = "the field is missing", .remedy = "fetch the file again"});
    return *value;
  }

  [[nodiscard]] std::string string(const char* name) const { return as_string(name, at(name)); }
  [[nodiscard]] std::string string_or(const char* name, const std::string& other) const {
    const Json* value = find(name);
    return value == nullptr ? other : as_string(name, *value);
  }

  [[nodiscard]] bool boolean_or(const char* name, bool other) const {
    const Json* value = find(name);
    if (value == nullptr) return other;
    if (!value->is_boolean()) wrong(name, "true or false", *value);
    return value->get<bool>();
  }

  /// A whole number in [least, most].
  [[nodiscard]] std::size_t size(const char* name, std::size_t least, std::size_t most) const {
    return as_size(name, at(name), least, most);
  }
  [[nodiscard]] std::optional<std::size_t> optional_size(const char* name, std::size_t least, std::size_t most) const {
    const Json* value = find(name);
    if (value == nullptr) return std::nullopt;
    return as_size(name, *value, least, most);
  }

  [[nodiscard]] double number_or(const char* name, double other) const {
    const Json* value = find(name);
    if (value == nullptr) return other;
    if (!value->is_number()) wrong(name, "a number", *value);
    return value->get<double>();
  }

  /// The field as an object of its own, or nothing.
  [[nodiscard]] std::optional<JsonFields> object(const char* name) const {
    const Json* value = find(name);
    if (value == nullptr) return std::nullopt;
    return JsonFields(*value, file_, path_of(name));
  }

  [[nodiscard]] const Json& array(const char* name) const {
    const Json& value = at(name);
    if (!value.is_array()) wrong(name, "an array", value);
    return value;
  }

  [[nodiscard]] std::string path_of(std::string_view name) const {
    if (name.empty()) return path_;
    return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
  }

  /// Refuses a value that is not what it should be.
  [[noreturn]] void wrong(
      std::string_view name, const std::string& expected, const Json& found,
      const std::string& remedy = "correct the field, or fetch the file again from where the model came from") const {
    const std::string text = shortened(json_text(found), 60);
    throw Error(ErrorKind::corrupt_file,
                {.file = file_, .field = path_of(name), .expected = expected, .found = text, .remedy = remedy});
  }

 private:
  std::string as_string(const char* name, const Json& value) const {
    if (!value.is_string()) wrong(name, "a string", value);
    return value.get<std::string>();
  }

  std::size_t as_size(const char* name, const Json& value, std::size_t least, std::size_t most) const {
    const bool whole = value.is_number_unsigned();
    if (!whole || value.get<std::uint64_t>() < least || value.get<std::uint64_t>() > most)
      wrong(name, "a whole number from " + std::to_string(least) + " to " + std::to_string(most), value);
    return static_cast<std::size_t>(value.get<std::uint64_t>());
  }

  const Json* object_;
  std::string file_;
  std::string path_;
};

/// Reads and parses a small JSON file.
[[nodiscard]] inline Json read_json(const std::filesystem::path& path) {
  return parse_json(view(read_bytes(path, kLargestConfigFile)), path_text(path));
}

}  // namespace glossa::detail
