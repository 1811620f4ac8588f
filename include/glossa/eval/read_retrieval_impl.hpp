// Definition of read_retrieval; see core/linkage.hpp.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/linkage.hpp>
#include <glossa/eval/judged_texts.hpp>
#include <glossa/eval/read_task_data.hpp>

#include <filesystem>

namespace glossa {

GLOSSA_INLINE RetrievalData read_retrieval(const std::filesystem::path& path, const ReadOptions& options) {
  if (const std::filesystem::path candidates = detail::candidates_file(path, options); !candidates.empty())
    throw Error(ErrorKind::corrupt_file,
                {.file = detail::path_text(candidates),
                 .problem = "queries have candidates, which alone are ranked, but retrieval ranks all documents",
                 .remedy = "score the folder as reranking, or move the file away"});
  detail::IdBook queries;
  return detail::read_judged_texts(path, options, queries);
}

}  // namespace glossa
