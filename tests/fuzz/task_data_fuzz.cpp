// The number of a category and data files come in; the category's reader refuses them, or gives texts that are UTF-8,
// and as many labels as texts. Files are parted by NUL bytes; the second letter tells their format.
#include "fuzz.hpp"

#include <glossa/eval/read_task_data.hpp>
#include <glossa/text/utf8.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// Up to three files of one format, in a folder of their own.
struct Files {
  std::filesystem::path folder;
  std::vector<fuzz::InputFile> files;

  Files(const std::string& extension, const std::vector<std::string>& names) : folder(fuzz::folder() / extension) {
    for (const std::string& name : names) files.emplace_back(extension + "/" + name + "." + extension);
  }
  void write(const std::vector<std::string_view>& parts) {
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (i < parts.size()) {
        files[i].write(parts[i]);
      } else {
        files[i].remove();
      }
    }
  }
};

void require_texts(const std::vector<std::string>& texts, std::size_t count) {
  fuzz::require(texts.size() == count && count > 0, "there are texts, and as many as there should be");
  for (const std::string& text : texts) fuzz::require(glossa::detail::is_valid_utf8(text), "texts are UTF-8");
}

void require_labels(const glossa::LabelledTexts& texts, std::size_t names) {
  require_texts(texts.texts, texts.labels.size());
  for (const std::int32_t label : texts.labels)
    fuzz::require(label >= 0 && static_cast<std::size_t>(label) < names, "a label has a name");
  for (const std::vector<std::int32_t>& finer : texts.finer_labels) {
    fuzz::require(finer.size() == texts.texts.size(), "a level has as many labels as there are texts");
    for (const std::int32_t label : finer)
      fuzz::require(label == glossa::kNoLabel || (label >= 0 && static_cast<std::size_t>(label) < names),
                    "a label of a level has a name, or is none");
  }
}

void read(char category, const std::filesystem::path& folder) {
  if (category == 's') {
    const glossa::StsData data = glossa::read_sts(folder);
    require_texts(data.sentence1, data.score.size());
    require_texts(data.sentence2, data.score.size());
    for (const double score : data.score) fuzz::require(std::isfinite(score), "scores are numbers");
  } else if (category == 'c') {
    const glossa::ClassificationData data = glossa::read_classification(folder);
    require_labels(data.train, data.label_names.size());
    require_labels(data.test, data.label_names.size());
  } else if (category == 'u') {
    const glossa::ClusteringData data = glossa::read_clustering(folder);
    for (const glossa::LabelledTexts& set : data.sets) require_labels(set, data.label_names.size());
  } else if (category == 'p') {
    const glossa::PairData data = glossa::read_pairs(folder);
    if (!data.label.empty()) require_texts(data.sentence2, data.label.size());
  } else if (category == 'r') {
    for (const auto& query : glossa::read_reranking(folder).queries)
      fuzz::require(glossa::detail::is_valid_utf8(query.text), "queries are UTF-8");
  } else if (category == 'm') {
    for (const auto& text : glossa::read_summarization(folder).texts)
      fuzz::require(text.relevance.size() == text.machine_summaries.size(), "every summary has its relevance");
  } else {
    const glossa::RetrievalData data = glossa::read_retrieval(folder);
    fuzz::require(data.queries.size() == data.judgements.size(), "every query that is judged is there, once");
    for (const glossa::NamedText& document : data.documents)
      fuzz::require(glossa::detail::is_valid_utf8(glossa::passage_of(document)), "passages are UTF-8");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::vector<std::string> single{"test", "train"};
  const std::vector<std::string> beir{"corpus", "queries", "qrels/test"};
  static std::array<Files, 3> flat{Files("jsonl", single), Files("tsv", single), Files("csv", single)};
  static std::array<Files, 3> searched{Files("jsonl", beir), Files("tsv", beir), Files("csv", beir)};
  const std::string_view input = fuzz::text_of(data, size);
  const bool is_searched = std::string_view("scuprm").find(input[0]) == std::string_view::npos;
  Files& files = (is_searched ? searched : flat)[static_cast<unsigned char>(input[1]) % 3];
  files.write(fuzz::sections(input.substr(2)));
  fuzz::accepts(files.folder.string(), size, [&] { read(input[0], files.folder); });
  return 0;
}
