// The steps of a run come in; a file with a line for each goes out, which is there while the run goes on and after it
// was killed.
#pragma once

#include "stream_path.hpp"

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/train/trainer.hpp>

#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tool {

class StepLog {
 public:
  /// path: "" for none, "-" for standard output; keeps: the lines of a file that is there, of a run that goes on, stay.
  /// Nothing is changed before the first step. Errors: `io` where the file cannot be written.
  StepLog(std::string path, bool keeps) : path_(std::move(path)), keeps_(keeps) {
    const bool is_file = !path_.empty() && path_ != "-" && !is_stream(path_);
    keeps_ = keeps_ && is_file;
    if (is_file) const glossa::detail::AtomicFile probe{std::filesystem::path(path_)};
  }

  /// The steps before `first` that the file has, as far as a curve needs them: step, loss and score. A line that is
  /// none, such as the last one of a run that was killed, and all behind it are left out.
  [[nodiscard]] std::vector<glossa::TrainingStep> begin(std::size_t first) {
    std::vector<glossa::TrainingStep> steps;
    std::string kept;
    std::ifstream before;
    if (keeps_) before.open(std::filesystem::path(path_), std::ios::binary);
    for (std::string line; std::getline(before, line);) {
      const glossa::TrainingStep step = step_of(line);
      if (step.step == 0 || step.step >= first) break;
      steps.push_back(step);
      kept += line + "\n";
    }
    before.close();
    open();
    write(kept);
    return steps;
  }

  /// A step's line, which a reader sees at once.
  void write(std::string_view line) {
    std::FILE* file = path_ == "-" ? stdout : file_.get();
    if (file == nullptr) return;
    if (std::fwrite(line.data(), 1, line.size(), file) != line.size() || std::fflush(file) != 0) fail();
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };

  void open() {
    if (path_.empty() || path_ == "-") return;
    file_.reset(std::fopen(path_.c_str(), "wb"));
    if (!file_) fail();
  }

  /// Of number 0 where the line is none.
  [[nodiscard]] static glossa::TrainingStep step_of(const std::string& line) {
    glossa::TrainingStep step;
    try {
      const auto json = glossa::detail::parse_json(line, "a line of steps");
      step.loss = json.at("loss").get<double>();
      if (json.contains("score") && json.at("score").is_number()) step.score = json.at("score").get<double>();
      step.step = json.at("step").get<std::size_t>();
    } catch (const std::exception&) {
      step.step = 0;
    }
    return step;
  }

  [[noreturn]] void fail() const {
    throw glossa::Error(
        glossa::ErrorKind::io,
        {.file = path_, .problem = "cannot write", .remedy = "is the disk full, or the file's reader gone?"});
  }

  std::string path_;
  bool keeps_;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace tool
