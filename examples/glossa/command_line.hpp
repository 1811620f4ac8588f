// A command of the program comes in; it goes out with the options that several of them have.
#pragma once

#include <CLI/CLI.hpp>

#include <cstddef>
#include <functional>
#include <sstream>
#include <string>

namespace tool {

/// Beyond what is of use; a negative number would turn into a large one.
inline constexpr int kMost = 1 << 30;
inline constexpr int kMostThreads = 1024;
inline constexpr int kMostTokens = 1 << 20;

/// What main() is to do, once the arguments were parsed; a command's callback sets it.
using Run = std::function<int()>;

/// As CLI::Range, which lets NaN through.
[[nodiscard]] inline CLI::Validator between(double least, double most) {
  std::ostringstream range;
  range << "[" << least << " - " << most << "]";
  const auto check = [least, most, range = range.str()](const std::string& given) -> std::string {
    double value = 0;
    if (CLI::detail::lexical_cast(given, value) && value >= least && value <= most) return {};
    return "Value " + given + " not in range " + range;
  };
  return {check, "FLOAT in " + range.str()};
}

inline void add_model(CLI::App* command, std::string& model) {
  command->add_option("--model", model, "folder of the model")->required()->type_name("DIR");
}

inline void add_role(CLI::App* command, std::string& role) {
  command->add_option("--role", role, "what the texts are to the model; decides on the prompt before them")
      ->check(CLI::IsMember({"query", "passage", "none"}))
      ->capture_default_str();
}

inline void add_specials(CLI::App* command, std::string& specials) {
  command->add_option("--specials", specials, "take strings such as </s> in texts as special tokens or as text")
      ->check(CLI::IsMember({"special", "text"}))
      ->capture_default_str();
}

inline void add_precision(CLI::App* command, std::string& precision) {
  command->add_option("--precision", precision, "arithmetic of the encoder")
      ->check(CLI::IsMember({"automatic", "f32", "bf16", "int8", "int4", "f64"}))
      ->capture_default_str();
}

inline void add_threads(CLI::App* command, std::size_t& threads) {
  command->add_option("--threads", threads, "threads (default: as many as the process may use)")
      ->type_name("N")
      ->check(CLI::Range(0, kMostThreads));
}

inline void add_dims(CLI::App* command, std::size_t& dims) {
  command->add_option("--dims", dims, "keep the first D dimensions")->type_name("D")->check(CLI::Range(0, kMostTokens));
}

/// glossa index and glossa search; see index_options.cpp.
void add_index_commands(CLI::App& app, Run& run);
/// glossa dedup and glossa mine; see mining_options.cpp.
void add_mining_commands(CLI::App& app, Run& run);
/// glossa train; see train_options.cpp.
void add_train_command(CLI::App& app, Run& run);
/// glossa mine-negatives; see mine_negatives_options.cpp.
void add_mine_negatives_command(CLI::App& app, Run& run);
/// glossa cluster; see cluster_options.cpp.
void add_cluster_command(CLI::App& app, Run& run);
/// glossa eval; see eval_options.cpp.
void add_eval_commands(CLI::App& app, Run& run);
/// glossa export; see export_options.cpp.
void add_export_commands(CLI::App& app, Run& run);
/// glossa store, where SQLite is there; see store_options.cpp.
void add_store_commands(CLI::App& app, Run& run);

}  // namespace tool
