// A model folder comes in; texts with their ids and vectors go into it, for `glossa verify` to compare with.
#pragma once

#include "json_file.hpp"

#include <glossa/core/file_reader.hpp>
#include <glossa/core/json.hpp>
#include <glossa/glossa.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace convert {

/// Texts with their ids and, by the encoder in double precision, their vectors: what `glossa verify` compares with.
inline void write_golden(const std::filesystem::path& folder, const std::function<void()>& check) {
  const glossa::Embedder embedder(folder, {.precision = glossa::Precision::f64});
  const std::vector<std::pair<std::string, glossa::Role>> texts{
      {"how much protein should a female eat", glossa::Role::query},
      {"南瓜的家常做法", glossa::Role::query},
      {"As a general guideline, the average requirement of protein for women is 46 grams per day.",
       glossa::Role::passage},
      {"Кошка спит на тёплом подоконнике.", glossa::Role::passage},
      {"القراءة غذاء العقل", glossa::Role::passage},
      {"नमस्ते दुनिया", glossa::Role::none},
      {"", glossa::Role::none}};
  OrderedJson entries = OrderedJson::array();
  for (const auto& [text, role] : texts) {
    check();
    const glossa::Embedding vector = embedder.embed(text, role);
    const std::string prompt = role == glossa::Role::query     ? *embedder.info().prompts.query
                               : role == glossa::Role::passage ? *embedder.info().prompts.passage
                                                               : "";
    entries.push_back({{"text", text},
                       {"role", role == glossa::Role::query     ? "query"
                                : role == glossa::Role::passage ? "passage"
                                                                : "none"},
                       {"ids", embedder.tokenizer().encode(prompt + text).ids},
                       {"vector", vector.values()}});
  }
  write_text(folder / glossa::kGoldenFile, OrderedJson{{"precision", "f64"}, {"texts", entries}}.dump() + "\n");
}

/// Replaces the vectors of the folder's golden file, where it has one, by those of `embedder`: those of the model that
/// it was rounded from, which 4 bits cannot meet, would tell nothing of the machine. Says how far both are apart.
inline void renew_golden(const glossa::Embedder& embedder, const std::filesystem::path& folder,
                         const std::function<void(const std::string&)>& say, const std::function<void()>& check) {
  const auto path = folder / glossa::kGoldenFile;
  if (!glossa::detail::is_there(path)) return;
  OrderedJson golden = glossa::detail::read_json(path);
  double smallest = 1;
  for (OrderedJson& entry : golden.at("texts")) {
    check();
    const std::string role = entry.value("role", "none");
    const glossa::Embedding vector =
        embedder.embed(entry.at("text").get<std::string>(), role == "query"     ? glossa::Role::query
                                                            : role == "passage" ? glossa::Role::passage
                                                                                : glossa::Role::none);
    const auto before = entry.at("vector").get<std::vector<float>>();
    const std::span<const float> now = vector;
    if (before.size() == now.size())
      smallest = std::min(smallest, static_cast<double>(glossa::dot(before, now)) /
                                        std::sqrt(static_cast<double>(glossa::dot(before, before)) *
                                                  static_cast<double>(glossa::dot(now, now))));
    entry["vector"] = vector.values();
  }
  golden["precision"] = to_string(embedder.info().precision);
  write_text(path, golden.dump() + "\n");
  say("cosines to the original's reference vectors: " + std::to_string(smallest) + " or more");
}

}  // namespace convert
