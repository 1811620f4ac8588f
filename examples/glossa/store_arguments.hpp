// What the command line asks of a store.
#pragma once

#include "commands.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace tool {

struct StoreInitArguments {
  ModelArguments model;
  std::string store;
  std::size_t chunk_tokens = 0;
  std::size_t overlap = 32;
  bool no_lexical = false;
};

struct StoreAddArguments {
  ModelArguments model;
  std::string store;
  std::string input;
};

struct StoreRemoveArguments {
  std::string store;
  std::vector<std::string> ids;
};

struct StoreSyncArguments {
  ModelArguments model;
  std::string store;
  std::string folder;
  std::string source;  // empty: the folder's path
  std::string prefix;
  bool json = false;
};

/// Of search and ask-context.
struct StoreSearchArguments {
  ModelArguments model;
  std::string store;
  std::string input;  // empty: queries
  std::vector<std::string> queries;
  std::size_t k = 10;
  std::string mode = "hybrid";
  std::string filter;
  std::string fusion = "weighted";
  double dense_weight = 0.6;
  std::optional<double> mmr{};
  std::string pool = "none";
  std::size_t candidates = 0;
  bool no_merge = false;
  bool json = false;
  std::size_t budget = 1000;
};

struct StoreStatsArguments {
  std::string store;
  bool json = false;
};

struct StoreVacuumArguments {
  std::string store;
};

int store_init(const StoreInitArguments& arguments);
int store_add(const StoreAddArguments& arguments);
int store_remove(const StoreRemoveArguments& arguments);
int store_sync(const StoreSyncArguments& arguments);
int store_search(const StoreSearchArguments& arguments);
int store_ask_context(const StoreSearchArguments& arguments);
int store_stats(const StoreStatsArguments& arguments);
int store_vacuum(const StoreVacuumArguments& arguments);

}  // namespace tool
