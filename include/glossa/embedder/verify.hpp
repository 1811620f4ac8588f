// A loaded model comes in; what could be checked of it on this machine, and how far it is off, goes out.
#pragma once

#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/json.hpp>
#include <glossa/embedder/model.hpp>
#include <glossa/embedder/verify_report.hpp>
#include <glossa/model/prompts.hpp>
#include <glossa/text/golden_ids.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// What a precision must reach against the vectors in the folder.
[[nodiscard]] constexpr double least_cosine(Precision precision) noexcept {
  switch (precision) {
    case Precision::bf16: return 0.9999;
    case Precision::int4: return 0.9999;  // such a folder's vectors are those of its own 4-bit weights
    case Precision::int8: return 0.999;
    default: return 0.999999;
  }
}

inline void verify_built_in_ids(const Tokenizer& tokenizer, bool lowercases, VerifyReport& report) {
  for (const GoldenVocabulary& golden : golden_vocabularies()) {
    const bool matches = std::all_of(golden.anchors.begin(), golden.anchors.end(),
                                     [&](const auto& anchor) { return tokenizer.id(anchor.first) == anchor.second; });
    if (!matches) continue;
    if (lowercases && !golden.name.starts_with("uncased")) {
      report.missing.push_back("token ids: the known ones of the " + golden.name + " vocabulary are of cased texts");
      return;
    }
    std::size_t right = 0;
    std::string wrong;
    for (const GoldenText& text : golden.texts) {
      const bool same = tokenizer.encode(text.text).ids == text.ids;
      right += same;
      if (!same && wrong.empty()) wrong = text.text;
    }
    report.checks.push_back({"token ids of the " + golden.name + " vocabulary", right == golden.texts.size(),
                             std::to_string(right) + " of " + std::to_string(golden.texts.size()) + " texts" +
                                 (wrong.empty() ? "" : "; the first wrong one: " + wrong)});
    return;
  }
  report.missing.emplace_back("token ids: the vocabulary is neither XLM-RoBERTa's nor uncased BERT's");
}

[[nodiscard]] inline Role role_from(const JsonFields& fields) {
  const std::string role = fields.string_or("role", "none");
  if (role == "query") return Role::query;
  if (role == "passage") return Role::passage;
  if (role != "none") fields.wrong("role", "query, passage or none", fields.at("role"));
  return Role::none;
}

template <class Embed>
void verify_golden_file(const Model& model, const std::filesystem::path& path, Embed&& embed, VerifyReport& report) {
  const Json document = read_json(path);
  const JsonFields root(document, path_text(path));
  const double least = least_cosine(model.info().precision);
  std::size_t count = 0;
  std::size_t right_ids = 0;
  std::size_t right_vectors = 0;
  for (const Json& entry : root.array("texts")) {
    const JsonFields fields(entry, root.file(), "texts[" + std::to_string(count++) + "]");
    const std::string text = fields.string("text");
    const Role role = role_from(fields);
    std::vector<TokenId> ids;
    for (const Json& id : fields.array("ids")) {
      if (!id.is_number_unsigned()) fields.wrong("ids", "token ids", id);
      ids.push_back(id.get<TokenId>());
    }
    right_ids += model.tokenizer().encode(model.prompt(role) + text).ids == ids;
    const Embedding vector = embed(text, role);
    const Json& golden = fields.array("vector");
    if (golden.size() != vector.size()) fields.wrong("vector", std::to_string(vector.size()) + " numbers", golden);
    double dot = 0;
    double own = 0;
    double other = 0;
    for (std::size_t i = 0; i < vector.size(); ++i) {
      if (!golden[i].is_number()) fields.wrong("vector", "numbers", golden[i]);
      const double a = static_cast<double>(vector[i]);
      const double b = golden[i].get<double>();
      dot += a * b;
      own += a * a;
      other += b * b;
      report.largest_deviation = std::max(report.largest_deviation, std::abs(a - b));
    }
    const double cosine = dot / std::max(std::sqrt(own) * std::sqrt(other), 1e-30);
    right_vectors += cosine >= least;  // which NaN is not
    if (!(cosine >= report.smallest_cosine)) report.smallest_cosine = std::isnan(cosine) ? -1 : cosine;
  }
  if (count == 0) root.wrong("texts", "texts with ids and vectors", root.array("texts"));
  report.checks.push_back({"token ids in " + std::string(kGoldenFile), right_ids == count,
                           std::to_string(right_ids) + " of " + std::to_string(count) + " texts"});
  std::string least_text = std::to_string(least);
  least_text.erase(least_text.find_last_not_of('0') + 1);
  report.checks.push_back({"vectors in " + std::string(kGoldenFile), right_vectors == count,
                           std::to_string(right_vectors) + " of " + std::to_string(count) + " texts with a cosine of " +
                               least_text + " or more"});
}

template <class Embed>
[[nodiscard]] VerifyReport verify(const Model& model, Embed&& embed) {
  VerifyReport report;
  verify_built_in_ids(model.tokenizer(), model.lowercases(), report);
  const auto path = model.info().folder / kGoldenFile;
  if (!model.has_folder_weights()) {
    report.missing.emplace_back("vectors: the weights are not those of the folder");
  } else if (is_there(path)) {
    verify_golden_file(model, path, embed, report);
  } else {
    report.missing.push_back(std::string("vectors: the folder has no ") + kGoldenFile);
  }
  return report;
}

}  // namespace glossa::detail
