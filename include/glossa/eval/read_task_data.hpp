// Paths of data files come in; what a task is scored on goes out, or an error that names file, line and field.
#pragma once

#include <glossa/eval/read_options.hpp>
#include <glossa/eval/task_data.hpp>

#include <filesystem>

namespace glossa {

// Files are JSON lines (.jsonl, .ndjson, .json: one object a line) or tables whose first row names the columns (.tsv,
// as they stand, without quoting; .csv by RFC 4180), in UTF-8. Fields that are not wanted are let be. `path` is the
// file, or a folder with <split>.jsonl (.tsv, .csv) in it. Nothing is skipped: the first line that is not as it should
// be ends the reading. Errors of all: `not_found`, `io`; `unsupported` for other formats; `corrupt_file` for what is
// malformed, for files without a line, and for texts that are not UTF-8. Numbers in tables are decimal, as Python's
// float() takes them: ".5" and "+2" are some, "nan" is none.

/// {"sentence1", "sentence2", "score"}
[[nodiscard]] StsData read_sts(const std::filesystem::path& path, const ReadOptions& options = {});

/// {"sentence1", "sentence2"}
[[nodiscard]] BitextData read_bitext(const std::filesystem::path& path, const ReadOptions& options = {});

/// {"text", "label"}: a string or a whole number, in all lines of one kind. `path` is a folder with the files train and
/// `<split>`. Errors: also `corrupt_file` where train has one label only.
[[nodiscard]] ClassificationData read_classification(const std::filesystem::path& path,
                                                     const ReadOptions& options = {});

/// {"text", "label"}, all lines one set, of which the label may be a list: one on each level, the coarsest first, not
/// all of one length; "sentences" and "labels" will do for these, as mteb has them. Or {"sentences": [...], "labels":
/// [...]}, each line a set. Errors: also `corrupt_file` for more than 64 levels.
[[nodiscard]] ClusteringData read_clustering(const std::filesystem::path& path, const ReadOptions& options = {});

/// {"sentence1", "sentence2", "label"}, of which the label is 1 or 0, or true or false; or the same with lists.
/// "labels" will do for "label", as mteb has it.
[[nodiscard]] PairData read_pairs(const std::filesystem::path& path, const ReadOptions& options = {});

/// BEIR's layout: a folder with corpus ({"_id", "title"?, "text"}), queries ({"_id", "text", "instruction"?}) and
/// qrels/`<split>` ({"query-id", "corpus-id", "score"}: a whole number). "id" will do for "_id". An instruction is put
/// behind the query, with a space between them, as mteb does; a file instruction ({"query-id", "instruction"}) is taken
/// in place of the queries' own. Errors: also `corrupt_file` for ids that are there twice, judgements of one pair that
/// differ, judgements of queries that are not there, judged queries without a line where there is such a file, and for
/// a folder with candidates of queries, which is reranking's.
[[nodiscard]] RetrievalData read_retrieval(const std::filesystem::path& path, const ReadOptions& options = {});

/// {"query", "positive": [...], "negative": [...]}; or a folder in the layout of read_retrieval() with candidates in
/// `top_ranked/<split>` or `top_ranked`, as mteb has them: {"query-id", "corpus-ids": [...]}. Errors: also
/// `corrupt_file` for candidates that are not there or there twice, those of queries that are not there, and judged
/// queries without any.
[[nodiscard]] RerankingData read_reranking(const std::filesystem::path& path, const ReadOptions& options = {});

/// {"text"?, "human_summaries": [...], "machine_summaries": [...], "relevance": [...]}
[[nodiscard]] SummarizationData read_summarization(const std::filesystem::path& path, const ReadOptions& options = {});

}  // namespace glossa

#include <glossa/core/linkage.hpp>
#if GLOSSA_WITH_DEFINITIONS
#include <glossa/eval/read_task_data_impl.hpp>
#endif
