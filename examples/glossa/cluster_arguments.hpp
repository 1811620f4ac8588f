// What the commands that group and mine texts are asked for.
#pragma once

#include <cstddef>
#include <cstdint>
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
  std::size_t dims = 0;  ///< of the model's vectors, the first so many; 0: all
};

/// What glossa dedup and glossa mine have in common.
struct MiningArguments {
  VectorArguments vectors;
  std::string input = "-";
  std::string output = "-";
  std::string mode = "near";
  std::string search;  // empty: exact
  std::optional<double> threshold{};
};

struct DedupArguments : MiningArguments {
  std::string keep = "first";
  std::size_t most_kept = 0;
  bool stream = false;
};

struct MineArguments : MiningArguments {
  std::size_t most = 0;
};

struct ClusterArguments {
  VectorArguments vectors;
  std::string input;
  std::string output;
  std::string summary;  // empty: none
  std::string map;      // empty: none
  std::string algorithm;
  std::optional<std::size_t> k{};  // none: chosen by silhouettes
  std::optional<double> eps{};
  std::optional<double> threshold{};
  std::optional<std::size_t> min_samples{};
  std::optional<std::size_t> min_size{};
  std::string linkage = "ward";
  std::string center;                   // empty: by language where lines tell it
  std::optional<std::size_t> starts{};  // none: 4
  std::uint64_t seed = 42;
  bool spherical = false;
  std::string projection = "tsne";
  std::optional<double> perplexity{};  // none: 30
  std::string title;                   // empty: the input's name
};

int dedup(const DedupArguments& arguments);
int mine(const MineArguments& arguments);
int cluster(const ClusterArguments& arguments);

}  // namespace tool
