// JSON text comes in; a JSON value goes out, or an Error that names the file.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/linkage.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

using Json = nlohmann::json;

/// Deeper nesting than any model file has; functions that walk through JSON recurse, so it is bounded.
inline constexpr std::size_t kDeepestJson = 64;

/// Receives the events of the parser; derive from it to read JSON without building all of it. Everything in the
/// library is parsed through this one interface, so that the parser is compiled once.
class JsonHandler : public nlohmann::json_sax<Json> {
 public:
  explicit JsonHandler(const std::string& file) : file_(file) {}

  bool binary(binary_t&) final { return false; }  // not in JSON
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) final {
    // The reason quotes all of the string that the parser was in, whatever its length.
    refuse(shortened(error.what(), 300) + ", byte " + std::to_string(position));
  }

  void parse(std::string_view text);

 protected:
  [[nodiscard]] const std::string& file() const noexcept { return file_; }

 private:
  [[noreturn]] void refuse(const std::string& reason) const {
    throw Error(ErrorKind::corrupt_file,
                {.file = file_, .problem = "not valid JSON (" + reason + ")", .remedy = "fetch the file again"});
  }

  const std::string& file_;
};

/// Builds the value that the text describes.
class JsonBuilder : public JsonHandler {
 public:
  JsonBuilder(Json& result, const std::string& file) : JsonHandler(file), result_(result) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool key(string_t& value) override {
    keys_.back() = std::move(value);
    return true;
  }
  bool start_object(std::size_t) override { return push(Json::object()); }
  bool start_array(std::size_t) override { return push(Json::array()); }
  bool end_object() override { return pop(); }
  bool end_array() override { return pop(); }

 protected:
  /// Puts a finished value into the object or array that is open.
  bool add(Json value) {
    if (stack_.empty()) {
      result_ = std::move(value);
    } else if (stack_.back().is_object()) {
      stack_.back()[keys_.back()] = std::move(value);
    } else {
      stack_.back().push_back(std::move(value));
    }
    return true;
  }

  /// Whether the object that is open has a value of this key.
  [[nodiscard]] bool has_key(const std::string& key) const { return stack_.back().contains(key); }

  /// The keys that lead to where the parser is; empty strings for arrays.
  [[nodiscard]] const std::vector<std::string>& keys() const noexcept { return keys_; }

 private:
  bool push(Json value) {
    if (stack_.size() == kDeepestJson)
      throw Error(ErrorKind::corrupt_file,
                  {.file = file(),
                   .problem = "the JSON nests too deeply",
                   .expected = "at most " + std::to_string(kDeepestJson) + " levels",
                   .remedy = "is this the right file? no model file nests like that; fetch it again"});
    stack_.push_back(std::move(value));
    keys_.emplace_back();
    return true;
  }

  bool pop() {
    Json value = std::move(stack_.back());
    stack_.pop_back();
    keys_.pop_back();
    return add(std::move(value));
  }

  Json& result_;
  std::vector<Json> stack_;
  std::vector<std::string> keys_;
};

/// Parses `text`; `file` names it in errors.
[[nodiscard]] Json parse_json(std::string_view text, const std::string& file);

/// The value as text on one line; bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json_text(const Json& value);

}  // namespace glossa::detail

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/core/json_impl.hpp>
#endif
