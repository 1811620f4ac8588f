// Arguments of the glossa command come in; its exit status and what it wrote go out.
#pragma once

#include "catch.hpp"
#include "paths.hpp"
#include "random_model.hpp"

#include <glossa/embedder.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace test {

/// What a finished command left behind.
struct Run {
  int status = 0;  // the exit status; minus the signal's number where a signal ended it
  std::string out;
  std::string err;
  long peak_kib = 0;  // largest resident memory
};

/// A folder to run the command in, and a way to run it there.
class Workshop {
 public:
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return folder_.path(); }
  [[nodiscard]] std::filesystem::path file(const std::string& name) const { return path() / name; }
  void write(const std::string& name, std::string_view bytes) const { write_file(file(name), bytes); }
  [[nodiscard]] std::string read(const std::string& name) const { return read_file(file(name)); }
  [[nodiscard]] bool has(const std::string& name) const { return std::filesystem::exists(file(name)); }

  /// Files in a folder and those below it; 0 where it is not there.
  [[nodiscard]] std::size_t files_in(const std::string& name) const {
    if (!has(name)) return 0;
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(file(name)))
      count += entry.is_regular_file();
    return count;
  }

  /// Names in the folder that an unfinished output has.
  [[nodiscard]] std::size_t partial_files() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path()))
      count += entry.path().filename().string().find(".partial") != std::string::npos;
    return count;
  }

  /// Runs a command of the shell to its end, with `input` as its standard input.
  [[nodiscard]] Run shell(const std::string& command, std::string_view input = {}) const;
  /// Runs `glossa ARGUMENTS` likewise.
  [[nodiscard]] Run run(const std::string& arguments, std::string_view input = {}) const;

 private:
  TemporaryFolder folder_;
};

/// The shell's command that turns itself into `glossa ARGUMENTS`.
inline std::string glossa_command(const std::string& arguments) { return "exec '" GLOSSA_TOOL "' " + arguments; }

/// A command that is running.
class Process {
 public:
  /// Starts a command of the shell in the workshop's folder. `input` is a file in it, or empty for a pipe that feed()
  /// writes to.
  Process(const Workshop& shop, const std::string& shell_command, const std::string& input) : shop_(shop) {
    int ends[2] = {-1, -1};
    if (input.empty() && ::pipe(ends) != 0) throw std::runtime_error("no pipe");
    const std::string command = "cd '" + shop.path().string() + "' || exit 127\n" + shell_command;
    const std::string in_path = shop.file(input).string();
    const std::string out = shop.file("stdout").string();
    const std::string err = shop.file("stderr").string();
    id_ = ::fork();
    if (id_ < 0) throw std::runtime_error("no process");
    if (id_ == 0) {
      const int create = O_WRONLY | O_CREAT | O_TRUNC;
      const int in = input.empty() ? ends[0] : ::open(in_path.c_str(), O_RDONLY);
      ::dup2(in, 0);
      ::dup2(::open(out.c_str(), create, 0600), 1);
      ::dup2(::open(err.c_str(), create, 0600), 2);
      if (ends[1] >= 0) ::close(ends[1]);
      ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
      ::_exit(127);
    }
    if (ends[0] >= 0) ::close(ends[0]);
    feed_ = ends[1];
  }
  ~Process() {
    close_input();
    if (id_ > 0) {
      ::kill(id_, SIGKILL);
      ::waitpid(id_, nullptr, 0);
    }
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void feed(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto put = ::write(feed_, bytes.data(), bytes.size());
      if (put <= 0) throw std::runtime_error("the command does not read");
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
  }
  void close_input() {
    if (feed_ >= 0) ::close(feed_);
    feed_ = -1;
  }
  void signal(int number) const { ::kill(id_, number); }

  /// Waits for its end; one that takes longer than `limit` is killed and fails the test.
  Run wait(std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    int status = 0;
    struct rusage usage {};
    for (pid_t got = 0; (got = ::wait4(id_, &status, WNOHANG, &usage)) == 0;) {
      if (std::chrono::steady_clock::now() > end) {
        ::kill(id_, SIGKILL);
        FAIL_CHECK("the command did not end within " << limit.count() << " ms");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    id_ = -1;
    Run result;
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    result.out = shop_.read("stdout");
    result.err = shop_.read("stderr");
#if defined(__APPLE__)
    result.peak_kib = usage.ru_maxrss / 1024;
#else
    result.peak_kib = usage.ru_maxrss;
#endif
    return result;
  }

 private:
  const Workshop& shop_;
  pid_t id_ = -1;
  int feed_ = -1;
};

inline Run Workshop::shell(const std::string& command, std::string_view input) const {
  write("stdin", input);
  Process process(*this, command, "stdin");
  return process.wait(std::chrono::minutes(2));
}
inline Run Workshop::run(const std::string& arguments, std::string_view input) const {
  return shell(glossa_command(arguments), input);
}

/// The folder of a small model, made once.
inline const std::filesystem::path& model_folder() {
  static const TemporaryFolder folder;
  static const bool made = (write_family(folder.path(), family("multilingual-e5-small")), true);
  (void)made;
  return folder.path();
}

/// The library on the small model: what the command has to agree with.
inline const glossa::Embedder& embedder() {
  static const glossa::Embedder instance(model_folder());
  return instance;
}

/// "--model FOLDER", with the small model's folder.
inline std::string with_model() { return "--model '" + model_folder().string() + "'"; }

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// A complaint is one line of standard error in which a user finds what is wrong and what to do.
inline void check_complaint(const Run& run, int status, std::initializer_list<std::string_view> parts) {
  INFO("standard error: " << run.err);
  CHECK(run.status == status);
  CHECK(run.out.empty());
  CHECK(run.err.starts_with("glossa: "));
  CHECK(run.err.ends_with('\n'));
  CHECK(std::count(run.err.begin(), run.err.end(), '\n') == 1);
  for (const std::string_view part : parts) {
    INFO("should name: " << part);
    CHECK(contains(run.err, part));
  }
}

/// Ran without a word on standard error.
inline void check_quiet(const Run& run) {
  INFO("standard error: " << run.err);
  CHECK(run.status == 0);
  CHECK(run.err.empty());
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

/// The rows as NumPy writes them, as float32 or (type "<f8") as float64.
inline std::string npy_of(const std::vector<std::vector<float>>& rows, const std::string& type = "<f4") {
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + std::to_string(rows.size()) +
                       ", " + std::to_string(rows.empty() ? 0 : rows[0].size()) + "), }";
  header.resize(118 - 1, ' ');
  header += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  out += static_cast<char>(header.size());
  out += '\0';
  out += header;
  for (const auto& row : rows)
    for (const float value : row) {
      const auto wide = static_cast<double>(value);
      if (type == "<f8")
        out.append(reinterpret_cast<const char*>(&wide), sizeof wide);
      else
        out.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
  return out;
}

/// A NumPy file's array.
struct Npy {
  std::size_t rows = 0;
  std::size_t dims = 0;
  std::vector<float> values;

  [[nodiscard]] std::span<const float> operator[](std::size_t i) const { return {values.data() + i * dims, dims}; }
};

/// Parses format 1.0 as NumPy does: magic, header length, a Python dictionary that ends at a multiple of 64, the data.
inline Npy parse_npy(const std::string& bytes) {
  REQUIRE(bytes.size() >= 128);
  REQUIRE(bytes.substr(0, 8) == std::string("\x93NUMPY\x01\x00", 8));
  const std::size_t length = static_cast<unsigned char>(bytes[8]) + 256u * static_cast<unsigned char>(bytes[9]);
  REQUIRE((10 + length) % 64 == 0);
  const std::string header = bytes.substr(10, length);
  CHECK(header.back() == '\n');
  CHECK(contains(header, "'descr': '<f4'"));
  CHECK(contains(header, "'fortran_order': False"));
  Npy array;
  const std::size_t shape = header.find("'shape': (");
  REQUIRE(shape != std::string::npos);
  REQUIRE(std::sscanf(header.c_str() + shape, "'shape': (%zu, %zu)", &array.rows, &array.dims) == 2);
  array.values.resize(array.rows * array.dims);
  REQUIRE(bytes.size() == 10 + length + array.values.size() * sizeof(float));
  if (!array.values.empty())
    std::memcpy(array.values.data(), bytes.data() + 10 + length, array.values.size() * sizeof(float));
  return array;
}

}  // namespace test
