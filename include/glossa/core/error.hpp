// What went wrong comes in as a kind and the facts around it; one sentence that a user can act on goes out.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace glossa {

/// Stable classes of failure; programs branch on these, people read Error::what().
enum class ErrorKind {
  invalid_argument,  ///< the caller asked for something that has no meaning
  not_found,         ///< a file, folder, tensor or field is missing
  io,                ///< the operating system refused to read, write or map
  corrupt_file,      ///< a file breaks the rules of its own format
  unsupported,       ///< a valid request or file that this library does not implement
  too_long,          ///< a text exceeds the model's length and the policy is `error`
  cancelled,         ///< the caller's stop token was set
  numeric,           ///< a computation produced NaN or infinity
  out_of_memory,     ///< an allocation failed (from the try_ functions; the others throw std::bad_alloc)
  callback,          ///< a function of the caller's threw (from the try_ functions; the others let it through)
};

/// The kind's stable lower-case name, as it appears in messages and reports.
[[nodiscard]] constexpr const char* to_string(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::invalid_argument: return "invalid argument";
    case ErrorKind::not_found: return "not found";
    case ErrorKind::io: return "input/output error";
    case ErrorKind::corrupt_file: return "corrupt file";
    case ErrorKind::unsupported: return "unsupported";
    case ErrorKind::too_long: return "text too long";
    case ErrorKind::cancelled: return "cancelled";
    case ErrorKind::numeric: return "numeric error";
    case ErrorKind::out_of_memory: return "out of memory";
    case ErrorKind::callback: return "error in a callback";
  }
  return "error";
}

/// Where an error lies and what to do about it; empty parts are left out of the message.
struct ErrorFacts {
  std::string file{};      ///< path of the file or folder
  std::string field{};     ///< tensor, JSON field or argument
  std::string problem{};   ///< what is wrong, in words
  std::string expected{};  ///< what would have been right
  std::string found{};     ///< what was there
  std::string remedy{};    ///< what the user can do
};

/// The one exception type of the library.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, ErrorFacts facts)
      : std::runtime_error(compose(kind, facts)), kind_(kind), facts_(std::move(facts)) {}

  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
  [[nodiscard]] const ErrorFacts& facts() const noexcept { return facts_; }
  [[nodiscard]] const std::string& file() const noexcept { return facts_.file; }
  [[nodiscard]] const std::string& field() const noexcept { return facts_.field; }

 private:
  static std::string compose(ErrorKind kind, const ErrorFacts& facts) {
    std::string out = to_string(kind);
    const auto add = [&out](const char* separator, const std::string& part) {
      if (!part.empty()) out += separator + part;
    };
    add(": ", facts.file);
    add(": ", facts.field);
    add(": ", facts.problem);
    add(": expected ", facts.expected);
    add(", found ", facts.found);
    add("; ", facts.remedy);
    return out;
  }

  ErrorKind kind_;
  ErrorFacts facts_;
};

}  // namespace glossa
