// Where tests find what they read, and a folder of their own to write to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <system_error>

namespace test {

/// tests/golden of the source tree.
inline std::filesystem::path golden() { return std::filesystem::path(GLOSSA_TESTS) / "golden"; }

/// A real model of the source tree's models/, which tests/run.sh provides.
inline std::filesystem::path real_model(const std::string& name) {
  return std::filesystem::path(GLOSSA_TESTS).parent_path() / "models" / name;
}

/// The folder with the larger goldens beside the source tree; empty where there is none.
inline std::filesystem::path shared() {
  const auto path = std::filesystem::path(GLOSSA_TESTS).parent_path().parent_path() / "shared";
  return std::filesystem::exists(path / "golden") ? path : std::filesystem::path();
}

/// A folder that is removed with this object.
class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(std::filesystem::temp_directory_path() / ("glossa-test-" + std::to_string(std::random_device{}()))) {
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

inline void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace test
