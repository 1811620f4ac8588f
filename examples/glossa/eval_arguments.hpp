// What glossa eval and its commands are asked for.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace tool {

/// Which tasks are meant, and where their data is.
struct TaskArguments {
  std::vector<std::string> tasks;     // files or names
  std::string category;               // in place of tasks
  std::vector<std::string> data;      // one for all, or one for each
  std::vector<std::string> splits{};  // "A,B"; empty: the task's own
  std::optional<std::size_t> samples_per_label{};
  std::optional<std::size_t> experiments{};
  std::vector<std::string> prompts{};  // "retrieval.query=query: "
};

/// The model, and how it is run.
struct EvalModelArguments {
  std::string folder;
  std::string precision = "automatic";
  std::size_t threads = 0;
  std::optional<std::size_t> max_tokens{};
  bool no_prompts = false;
};

struct EvalArguments {
  TaskArguments tasks;
  EvalModelArguments model;
  std::string cache;    // empty: none
  std::string results;  // empty: none are kept
  std::string report;   // empty: none
  std::string name;     // of the model in results and reports; empty: its folder's
  bool overwrite = false;
  bool markdown = false;
  bool json = false;
};

struct CompareArguments {
  std::string a;
  std::string b;
  std::string report;  // empty: none
  double level = 0.05;
  bool drift = false;
  bool markdown = false;
  bool json = false;
};

struct AdviseArguments {
  TaskArguments tasks;
  EvalModelArguments model;
  std::vector<std::string> precisions{"f32,bf16,int8,int4"};
  std::string cache;
  double loss = 1;            // points
  std::size_t sample = 1000;  // texts that are timed
  bool markdown = false;
  bool json = false;
};

struct TasksArguments {
  std::string category;  // empty: all
  bool markdown = false;
  bool json = false;
};

int eval(const EvalArguments& arguments);
int eval_compare(const CompareArguments& arguments);
int eval_advise(const AdviseArguments& arguments);
int eval_tasks(const TasksArguments& arguments);

}  // namespace tool
