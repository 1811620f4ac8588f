// glossa mine: lines come in; pairs of those that say the same go out.
#include "cluster_arguments.hpp"
#include "interrupt.hpp"
#include "labelled_lines.hpp"
#include "line_reader.hpp"
#include "line_vectors.hpp"
#include "mining.hpp"
#include "output_file.hpp"
#include "step_progress.hpp"

#include <glossa/cluster/mined_pair.hpp>
#include <glossa/cluster/near_duplicates.hpp>
#include <glossa/cluster/translation_pairs.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/thread_pool.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace tool {
namespace {

/// Errors: `invalid_argument` for an id that two lines have: nobody could tell what a pair means.
void check_ids(const std::vector<LabelledLine>& lines, const std::string& file) {
  std::map<std::string_view, std::size_t> known;
  for (const LabelledLine& line : lines)
    if (const auto [one, is_new] = known.emplace(line.id, line.number); !is_new)
      throw glossa::Error(glossa::ErrorKind::invalid_argument,
                          {.file = file + ", line " + std::to_string(line.number),
                           .field = "id",
                           .problem = "line " + std::to_string(one->second) + " has the same",
                           .expected = "an id of its own",
                           .found = line.id,
                           .remedy = "leave ids out: line numbers are taken"});
}

std::string number(float value) {
  std::array<char, 32> out{};
  return {out.data(), std::to_chars(out.data(), out.data() + out.size(), value).ptr};
}

void write_pairs(const std::vector<LabelledLine>& lines, const std::vector<glossa::MinedPair>& pairs, bool have_cosines,
                 OutputFile& output) {
  for (const glossa::MinedPair& pair : pairs) {
    std::string line = "{\"a\":" + lines[pair.a].id + ",\"b\":" + lines[pair.b].id + ",\"score\":" + number(pair.score);
    if (have_cosines) line += ",\"cosine\":" + number(pair.cosine);
    output.write(line + "}\n");
  }
}

}  // namespace

int mine(const MineArguments& arguments) {
  catch_interrupts();
  require_other_output(arguments);
  LineReader reader(arguments.input);
  OutputFile output(arguments.output);
  require_vectors(arguments);
  const bool needs_texts = arguments.vectors.vectors.empty();
  const std::vector<LabelledLine> lines = read_labelled_lines(reader, needs_texts, {});
  check_ids(lines, reader.name());
  const bool has_texts = needs_texts || have_texts(lines, reader.name());
  std::vector<std::size_t> all(lines.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const bool translates = arguments.mode == "translation";
  std::vector<std::int32_t> languages;
  if (translates) languages = told_languages(lines, all, reader.name());
  const auto executor = std::make_shared<glossa::ThreadPool>(arguments.vectors.threads);
  const glossa::Embeddings vectors = vectors_of_lines(arguments.vectors, reader.name(), lines, all, executor);
  std::vector<std::string_view> texts;
  if (has_texts) texts = texts_of(lines, all);
  StepProgress progress(executor);
  std::vector<glossa::MinedPair> pairs =
      translates
          ? glossa::mine_translations(vectors,
                                      translation_options(arguments, languages, progress.step("finding translations")))
          : glossa::near_duplicate_pairs(texts, vectors, near_options(arguments, progress.step("finding duplicates")));
  if (arguments.most != 0 && pairs.size() > arguments.most) pairs.resize(arguments.most);
  write_pairs(lines, pairs, !vectors.empty(), output);
  progress.finish();
  output.finish();
  return 0;
}

}  // namespace tool
