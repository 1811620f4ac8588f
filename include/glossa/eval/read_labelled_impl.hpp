// Definitions of the functions that read labelled texts; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/label_book.hpp>
#include <glossa/eval/read_rows.hpp>
#include <glossa/eval/read_task_data.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

inline constexpr const char* kLabelledExample = R"({"text": "...", "label": "..."})";

inline void add_labelled(const DataRecord& record, LabelBook& book, LabelledTexts& texts) {
  texts.texts.push_back(record.text("text"));
  texts.labels.push_back(book.number(record, "label", record.label("label")));
}

/// More than any hierarchy of labels has.
inline constexpr std::size_t kMostLevels = 64;

/// Adds a text with a label, or with a list of them: one on each level, as many as it has.
inline void add_levels(const DataRecord& record, const std::string& label, LabelBook& book, LabelledTexts& texts) {
  std::vector<DataName> names;
  if (record.is_list(label)) {
    names = record.labels(label);
    if (names.empty() || names.size() > kMostLevels)
      record.refuse(label, "", "1 to " + std::to_string(kMostLevels) + " labels, one for each level",
                    std::to_string(names.size()));
  } else {
    names.push_back(record.label(label));
  }
  const std::size_t before = texts.texts.size();
  texts.texts.push_back(record.text(field_of(record, "text", "sentences")));
  texts.labels.push_back(book.number(record, label, std::move(names[0])));
  std::vector<std::vector<std::int32_t>>& finer = texts.finer_labels;
  if (names.size() - 1 > finer.size()) finer.resize(names.size() - 1, std::vector<std::int32_t>(before, kNoLabel));
  for (std::size_t i = 0; i < finer.size(); ++i)
    finer[i].push_back(i + 1 < names.size() ? book.number(record, label, std::move(names[i + 1])) : kNoLabel);
}

}  // namespace detail

GLOSSA_INLINE ClassificationData read_classification(const std::filesystem::path& path, const ReadOptions& options) {
  std::error_code code;
  if (!std::filesystem::is_directory(path, code))
    throw Error(ErrorKind::not_found, {.file = detail::path_text(path),
                                       .problem = "classification learns from one file and is scored on another",
                                       .expected = "a folder with train.jsonl and " + options.split + ".jsonl",
                                       .remedy = "give the folder"});
  ClassificationData data;
  detail::LabelBook book;
  const auto read = [&](const std::string& name, LabelledTexts& texts) {
    detail::read_file(detail::required_data_file(path / name), options, detail::kLabelledExample,
                      [&](const detail::DataRecord& record) { detail::add_labelled(record, book, texts); });
  };
  read("train", data.train);
  if (book.size() < 2)
    throw Error(ErrorKind::corrupt_file, {.file = detail::path_text(detail::data_file(path / "train")),
                                          .field = "label",
                                          .problem = "all lines have one label",
                                          .expected = "two labels at least",
                                          .remedy = "there is nothing to tell apart: check the file"});
  read(options.split, data.test);
  data.label_names = book.finish({&data.train, &data.test});
  return data;
}

GLOSSA_INLINE ClusteringData read_clustering(const std::filesystem::path& path, const ReadOptions& options) {
  ClusteringData data;
  detail::LabelBook book;
  bool is_flat = true;
  detail::read_rows(path, options, detail::kLabelledExample, [&](const detail::DataRecord& record) {
    const bool is_set = record.is_list("sentences");
    if (data.sets.empty()) is_flat = !is_set;
    if (is_set == is_flat)
      record.refuse(is_set ? "sentences" : "text", "the lines before it are of the other kind",
                    "one text a line in all, or a list of them in all", "");
    const std::string label = is_flat ? detail::field_of(record, "label", "labels") : "labels";
    if (is_flat) {
      if (data.sets.empty()) data.sets.emplace_back();
      detail::add_levels(record, label, book, data.sets.back());
      return;
    }
    LabelledTexts set{record.texts("sentences"), {}};
    for (detail::DataName& name : record.labels("labels"))
      set.labels.push_back(book.number(record, "labels", std::move(name)));
    if (set.texts.empty()) record.refuse("sentences", "the list is empty", "texts", "");
    if (set.texts.size() != set.labels.size())
      record.refuse("labels", "it is of another length than \"sentences\"", std::to_string(set.texts.size()),
                    std::to_string(set.labels.size()));
    data.sets.push_back(std::move(set));
  });
  std::vector<LabelledTexts*> sets;
  for (LabelledTexts& set : data.sets) sets.push_back(&set);
  data.label_names = book.finish(std::move(sets));
  data.labels_are_numbers = !book.has_strings() && book.has_numbers_alone();
  return data;
}

}  // namespace glossa
