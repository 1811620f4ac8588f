// What glossa mine-negatives is asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tool {

struct MineNegativesArguments {
  std::string model;
  std::vector<std::string> data;
  std::vector<std::string> fields;  // "anchor=question"
  std::string corpus;               // empty: the positives of the data
  std::string output;
  std::string ranks = "0:100";
  std::optional<double> margin{};
  std::optional<double> relative{};
  std::optional<double> threshold{};
  std::size_t negatives = 5;
  std::string choice = "hardest";
  std::uint64_t seed = 42;
  std::string anchor_role = "query";
  std::string corpus_role = "passage";
  std::string teacher;  // empty: none
  std::string bad_lines = "refuse";
  std::string search;  // empty: by the size of the corpus
  std::string precision = "automatic";
  std::size_t threads = 0;
  bool replace = false;
};

int mine_negatives(const MineNegativesArguments& arguments);

}  // namespace tool
