// What the commands that group and mine texts are asked for.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace tool {

/// Where vectors come from: a model that makes them of the lines' texts, or a file; both empty: there are none.
struct VectorArguments {
  std::string model;
  std::string vectors;
  std::string role = "none";
  std::string precision = "automatic";
  std::size_t threads = 0;
};

struct DedupArguments {
  VectorArguments vectors;
  std::string input = "-";
  std::string output = "-";
  std::string mode = "near";
  std::string keep = "first";
  std::string search = "exact";
  std::optional<double> threshold{};
  std::size_t most_kept = 0;
  bool stream = false;
};

struct MineArguments {
  VectorArguments vectors;
  std::string input = "-";
  std::string output = "-";
  std::string mode = "near";
  std::string search = "exact";
  std::optional<double> threshold{};
  std::size_t most = 0;
};

int dedup(const DedupArguments& arguments);
int mine(const MineArguments& arguments);

}  // namespace tool
