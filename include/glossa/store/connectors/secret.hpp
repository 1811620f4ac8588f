// A password or an API key comes in; it goes to the server, and into no message.
#pragma once

#include <string>
#include <utility>

namespace glossa {

/// A text that has to be asked for by name, so that it is not printed by mistake.
class Secret {
 public:
  Secret() = default;
  Secret(std::string text) : text_(std::move(text)) {}  // NOLINT: options are written with plain strings
  Secret(const char* text) : text_(text) {}             // NOLINT

  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  [[nodiscard]] const std::string& reveal() const noexcept { return text_; }

  /// A text of somebody else's, such as a server's answer, without the secret that it may repeat.
  [[nodiscard]] std::string removed_from(std::string text) const {
    if (text_.empty()) return text;
    for (std::size_t at = text.find(text_); at != std::string::npos; at = text.find(text_, at + 5))
      text.replace(at, text_.size(), "(key)");
    return text;
  }

 private:
  std::string text_{};
};

}  // namespace glossa
