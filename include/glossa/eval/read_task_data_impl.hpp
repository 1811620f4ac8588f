// Definitions of the functions that read what is not labelled and not searched; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/eval/read_labelled_impl.hpp>
#include <glossa/eval/read_reranking_impl.hpp>
#include <glossa/eval/read_retrieval_impl.hpp>
#include <glossa/eval/read_rows.hpp>
#include <glossa/eval/read_task_data.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

/// 1 or 0, or the words for it.
[[nodiscard]] inline std::uint8_t pair_label(const DataRecord& record, const std::string& field,
                                             const std::string& name) {
  if (name == "1" || name == "true") return 1;
  if (name == "0" || name == "false") return 0;
  record.refuse(field, "", "1 (the sentences belong together) or 0", name);
}

/// Refuses lists that have to be of one length and are not.
inline void require_lengths(const DataRecord& record, const std::string& name, std::size_t found,
                            const std::string& other, std::size_t expected) {
  if (found == expected) return;
  record.refuse(name, "it is of another length than \"" + other + "\"", std::to_string(expected),
                std::to_string(found));
}

}  // namespace detail

GLOSSA_INLINE StsData read_sts(const std::filesystem::path& path, const ReadOptions& options) {
  StsData data;
  detail::read_rows(path, options, R"({"sentence1": "...", "sentence2": "...", "score": 2.5})",
                    [&](const detail::DataRecord& record) {
                      data.sentence1.push_back(record.text("sentence1"));
                      data.sentence2.push_back(record.text("sentence2"));
                      data.score.push_back(record.number("score"));
                    });
  return data;
}

GLOSSA_INLINE BitextData read_bitext(const std::filesystem::path& path, const ReadOptions& options) {
  BitextData data;
  detail::read_rows(path, options, R"({"sentence1": "...", "sentence2": "..."})",
                    [&](const detail::DataRecord& record) {
                      data.sentence1.push_back(record.text("sentence1"));
                      data.sentence2.push_back(record.text("sentence2"));
                    });
  return data;
}

GLOSSA_INLINE PairData read_pairs(const std::filesystem::path& path, const ReadOptions& options) {
  PairData data;
  detail::read_rows(path, options, R"({"sentence1": "...", "sentence2": "...", "label": 1})",
                    [&](const detail::DataRecord& record) {
                      const std::string label = detail::field_of(record, "label", "labels");
                      if (!record.is_list("sentence1")) {
                        data.sentence1.push_back(record.text("sentence1"));
                        data.sentence2.push_back(record.text("sentence2"));
                        data.label.push_back(detail::pair_label(record, label, record.name(label)));
                        return;
                      }
                      std::vector<std::string> first = record.texts("sentence1");
                      std::vector<std::string> second = record.texts("sentence2");
                      const std::vector<std::string> labels = record.names(label);
                      detail::require_lengths(record, "sentence2", second.size(), "sentence1", first.size());
                      detail::require_lengths(record, label, labels.size(), "sentence1", first.size());
                      for (std::size_t i = 0; i < first.size(); ++i) {
                        data.sentence1.push_back(std::move(first[i]));
                        data.sentence2.push_back(std::move(second[i]));
                        data.label.push_back(detail::pair_label(record, label, labels[i]));
                      }
                    });
  return data;
}

GLOSSA_INLINE SummarizationData read_summarization(const std::filesystem::path& path, const ReadOptions& options) {
  SummarizationData data;
  detail::read_rows(path, options,
                    R"({"human_summaries": ["..."], "machine_summaries": ["...", "..."], "relevance": [4.5, 2]})",
                    [&](const detail::DataRecord& record) {
                      SummarizationData::Text text{record.text_or_empty("text"), record.texts("human_summaries"),
                                                   record.texts("machine_summaries"), record.numbers("relevance")};
                      detail::require_lengths(record, "relevance", text.relevance.size(), "machine_summaries",
                                              text.machine_summaries.size());
                      if (text.human_summaries.empty())
                        record.refuse("human_summaries", "there is none to compare with", "one at least", "");
                      data.texts.push_back(std::move(text));
                    });
  return data;
}

}  // namespace glossa
