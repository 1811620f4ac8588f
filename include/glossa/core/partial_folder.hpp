// A folder's name comes in; a folder to write to goes out, which takes that name when all is written, or disappears.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>

#include <filesystem>
#include <random>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace glossa::detail {

/// A folder beside `target`, which must not exist or be an empty folder. Errors: `invalid_argument` where the name is
/// taken, `io` where the system refuses.
class PartialFolder {
 public:
  explicit PartialFolder(const std::filesystem::path& target) : given_(target) {
    namespace fs = std::filesystem;
    std::error_code code;
    if (!target.empty()) target_ = fs::absolute(target, code);
    if (!code) target_ = fs::weakly_canonical(target_, code);  // a link stays; what it leads to is filled
    if (code) fail("cannot look at it: " + code.message(), "check the path");
    if (!target_.has_filename()) target_ = target_.parent_path();  // "name/"
    if (target_.empty() || !target_.has_filename()) refuse("the name of a folder is needed", "check the path");
    const auto status = fs::symlink_status(target_, code);
    if (fs::exists(status)) {
      const bool empty = fs::is_directory(status) && fs::is_empty(target_, code);
      if (code) fail("cannot look into the folder: " + code.message(), "check that it can be read");
      if (!fs::is_directory(status)) refuse("it exists and is no folder", "remove it, or give another name");
      if (!empty) refuse("the folder exists and is not empty", "remove it, or give another name");
    }
    // The random part keeps off whatever lies there already, and another process that makes the same folder.
    path_ = target_;
    path_ += ".partial-" + std::to_string(std::random_device{}());
    code.clear();  // there may have been nothing to look at
    create_parents(path_.parent_path(), code);
    if (!code) is_ours_ = fs::create_directory(path_, code);
    if (!is_ours_) {
      remove();
      fail("cannot create a folder beside it" + (code ? ": " + code.message() : std::string()),
           "check that the place can be written");
    }
  }

  PartialFolder(const PartialFolder&) = delete;
  PartialFolder& operator=(const PartialFolder&) = delete;

  ~PartialFolder() {
    if (is_ours_) remove();
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  /// A folder inside.
  [[nodiscard]] std::filesystem::path subfolder(const std::string& name) const {
    std::error_code code;
    std::filesystem::create_directory(path_ / name, code);
    if (code) fail("cannot create the folder " + name + ": " + code.message(), "is the disk full?");
    return path_ / name;
  }

  /// Puts the folder in place.
  void commit() {
    std::error_code code;
    std::filesystem::remove(target_, code);  // if it is there; not where somebody has filled it meanwhile
    if (!code) std::filesystem::rename(path_, target_, code);
    if (code) fail("cannot put the finished folder in place: " + code.message(), "remove what is there, and try again");
    is_ours_ = false;
  }

 private:
  /// Makes the folders that lead to `folder`, and notes which were not there.
  void create_parents(const std::filesystem::path& folder, std::error_code& code) {
    std::error_code unknown;
    if (folder.empty() || std::filesystem::exists(folder, unknown)) return;
    if (folder.has_relative_path()) create_parents(folder.parent_path(), code);
    if (!code && std::filesystem::create_directory(folder, code)) parents_.push_back(folder);
  }

  /// Leaves nothing of what was made, but for folders that somebody else has used meanwhile.
  void remove() noexcept {
    std::error_code code;
    if (is_ours_) std::filesystem::remove_all(path_, code);
    for (; !parents_.empty(); parents_.pop_back()) std::filesystem::remove(parents_.back(), code);
  }

  [[noreturn]] void fail(const std::string& problem, const std::string& remedy) const {
    throw Error(ErrorKind::io, {.file = path_text(given_), .problem = problem, .remedy = remedy});
  }
  [[noreturn]] void refuse(const std::string& problem, const std::string& remedy) const {
    throw Error(ErrorKind::invalid_argument, {.file = path_text(given_), .problem = problem, .remedy = remedy});
  }

  std::filesystem::path given_;  // as the caller named it
  std::filesystem::path target_;
  std::filesystem::path path_;
  std::vector<std::filesystem::path> parents_;  // made on the way, the outermost first
  bool is_ours_ = false;
};

}  // namespace glossa::detail
