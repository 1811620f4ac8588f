// glossa dedup: lines come in; they go out with the group of texts that say the same, and whether to keep them.
#include "cluster_arguments.hpp"
#include "interrupt.hpp"
#include "labelled_lines.hpp"
#include "line_reader.hpp"
#include "line_vectors.hpp"
#include "mining.hpp"
#include "output_file.hpp"
#include "step_progress.hpp"

#include <glossa/cluster/duplicate_groups.hpp>
#include <glossa/cluster/duplicate_stream.hpp>
#include <glossa/cluster/near_duplicates.hpp>
#include <glossa/cluster/text_key.hpp>
#include <glossa/cluster/translation_pairs.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/thread_pool.hpp>
#include <glossa/search/metric.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tool {
namespace {

const std::vector<std::string> kReplaced{"group", "keep"};

std::string with_group(std::string fields, std::size_t group, bool keep) {
  append_member(fields, "group", std::to_string(group));
  append_member(fields, "keep", keep ? "true" : "false");
  return fields += "}\n";
}

/// Each line is answered before the next one is read.
int dedup_stream(const DedupArguments& arguments, LineReader& reader, OutputFile& output) {
  if (arguments.mode != "near" || arguments.keep != "first")
    throw glossa::Error(glossa::ErrorKind::invalid_argument,
                        {.field = "--stream",
                         .problem = "what comes later is not known, so near-duplicates of what came first are found",
                         .remedy = "leave out --mode and --keep"});
  if (!arguments.vectors.model.empty())
    std::cerr << "glossa: --stream decides by letters: --model is not needed, and not loaded\n";
  glossa::DuplicateStream stream({.threshold = arguments.threshold.value_or(0.77), .most_kept = arguments.most_kept});
  std::unordered_map<std::uint64_t, std::size_t> groups;  // of kept texts that may be met again
  std::vector<std::uint64_t> order;
  std::size_t next = 0;
  std::size_t forgotten = 0;
  for (std::string line; reader.next(line);) {
    if (is_blank(line)) continue;
    LabelledLine parsed = parse_labelled_line(line, {reader.name(), reader.number()}, true, kReplaced);
    const glossa::StreamVerdict verdict = stream.add(parsed.text);
    if (verdict.is_kept()) {
      groups.emplace(verdict.text, next++);
      order.push_back(verdict.text);
      for (; order.size() - forgotten > stream.kept(); ++forgotten) groups.erase(order[forgotten]);
      if (forgotten > 4096 && forgotten * 2 > order.size()) {
        order.erase(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(forgotten));
        forgotten = 0;
      }
    }
    output.write(with_group(std::move(parsed.fields), groups.at(verdict.of), verdict.is_kept()));
    if (!reader.has_line()) output.flush();
  }
  stop_if_interrupted();
  output.finish();
  return 0;
}

/// Lines of which no other has the same text_key() and language; and for each line, which of those it is.
struct DifferentLines {
  std::vector<std::size_t> lines;
  std::vector<std::size_t> place;
};

DifferentLines different_lines(const std::vector<LabelledLine>& lines, bool has_texts) {
  DifferentLines different;
  std::map<std::pair<std::string, std::string_view>, std::size_t> known;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    stop_if_interrupted();
    const std::size_t next = different.lines.size();
    std::size_t place = next;
    if (has_texts) place = known.emplace(std::pair(glossa::text_key(lines[i].text), lines[i].lang), next).first->second;
    if (place == next) different.lines.push_back(i);
    different.place.push_back(place);
  }
  return different;
}

/// Of each different line, the longest that it stands for.
std::vector<std::size_t> longest_lines(const std::vector<LabelledLine>& lines, const DifferentLines& different) {
  std::vector<std::size_t> longest = different.lines;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::size_t& known = longest[different.place[i]];
    if (lines[i].text.size() > lines[known].text.size()) known = i;
  }
  return longest;
}

/// Chooses the member of the greatest size, of equal ones the first. sizes: outlive it.
auto longest_of(const std::vector<std::size_t>& sizes) {
  return [&sizes](std::span<const std::size_t> members) {
    return *std::max_element(members.begin(), members.end(),
                             [&](std::size_t a, std::size_t b) { return sizes[a] < sizes[b]; });
  };
}

glossa::DuplicateGroups near_groups(const DedupArguments& arguments, const std::vector<std::string_view>& texts,
                                    const std::vector<std::size_t>& sizes, const glossa::Embeddings& vectors,
                                    StepProgress& progress) {
  glossa::NearDuplicateOptions options = near_options(arguments, progress.step("finding duplicates"));
  if (arguments.keep == "medoid") options.keep = glossa::Keep::medoid;
  if (arguments.keep == "longest") options.choose = longest_of(sizes);
  return glossa::near_duplicate_groups(texts, vectors, options);
}

/// Translations of each other: groups with at most one text of each language. languages: none, or of each vector.
glossa::DuplicateGroups translation_groups(const DedupArguments& arguments, const std::vector<std::size_t>& sizes,
                                           const glossa::Embeddings& vectors, std::vector<std::int32_t> languages,
                                           StepProgress& progress) {
  if (languages.empty()) languages = glossa::language_sides(vectors, progress.step("telling languages apart"));
  const std::vector<glossa::MinedPair> pairs = glossa::mine_translations(
      vectors, translation_options(arguments, languages, progress.step("finding translations")));
  const bool is_one =
      std::all_of(languages.begin(), languages.end(), [&](auto one) { return one == languages.front(); });
  glossa::DuplicateGroups groups =
      is_one ? glossa::group_pairs(vectors.rows(), pairs) : glossa::group_one_each(vectors.rows(), pairs, languages);
  if (arguments.keep == "longest") glossa::choose_kept(groups, longest_of(sizes));
  if (arguments.keep == "medoid")
    glossa::choose_kept(groups, [&](std::span<const std::size_t> members) {
      return glossa::medoid(members, [&](std::size_t a, std::size_t b) {
        return static_cast<double>(glossa::cosine(vectors[a], vectors[b]));
      });
    });
  return groups;
}

/// The kept line of each group: the first of those that are the same but for case and the like, or the longest.
std::vector<std::size_t> kept_lines(const std::vector<std::size_t>& lines, const glossa::DuplicateGroups& groups) {
  std::vector<std::size_t> kept;
  for (const std::size_t one : groups.kept) kept.push_back(lines[one]);
  return kept;
}

void write_groups(const std::vector<LabelledLine>& lines, const DifferentLines& different,
                  const glossa::DuplicateGroups& groups, const std::vector<std::size_t>& kept, OutputFile& output) {
  constexpr std::size_t kWriteBytes = std::size_t{1} << 20;
  std::string out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto group = static_cast<std::size_t>(groups.group[different.place[i]]);
    out += with_group(lines[i].fields, group, kept[group] == i);
    if (out.size() < kWriteBytes) continue;
    output.write(out);
    out.clear();
  }
  output.write(out);
}

}  // namespace

int dedup(const DedupArguments& arguments) {
  catch_interrupts();
  require_other_output(arguments);
  LineReader reader(arguments.input);
  OutputFile output(arguments.output);
  if (arguments.stream) return dedup_stream(arguments, reader, output);
  require_vectors(arguments);
  const bool needs_texts = arguments.vectors.vectors.empty();
  const std::vector<LabelledLine> lines = read_labelled_lines(reader, needs_texts, kReplaced);
  const bool has_texts = needs_texts || have_texts(lines, reader.name());
  if (arguments.keep == "longest" && !has_texts && !lines.empty())
    throw glossa::Error(glossa::ErrorKind::invalid_argument, {.file = reader.name(),
                                                              .field = "--keep longest",
                                                              .problem = "the lines have no texts",
                                                              .remedy = "choose --keep first or --keep medoid"});

  // Identical texts cost nothing: only one of each is embedded and compared.
  const DifferentLines different = different_lines(lines, has_texts);
  const bool translates = arguments.mode == "translation";
  std::vector<std::int32_t> languages;
  if (translates) languages = told_languages(lines, different.lines, reader.name());
  const auto executor = std::make_shared<glossa::ThreadPool>(arguments.vectors.threads);
  const glossa::Embeddings vectors =
      vectors_of_lines(arguments.vectors, reader.name(), lines, different.lines, executor);
  std::vector<std::string_view> texts;
  if (has_texts) texts = texts_of(lines, different.lines);
  std::vector<std::size_t> stand_ins = different.lines;
  if (arguments.keep == "longest") stand_ins = longest_lines(lines, different);
  std::vector<std::size_t> sizes;
  for (const std::size_t line : stand_ins) sizes.push_back(lines[line].text.size());
  StepProgress progress(executor);
  const glossa::DuplicateGroups groups =
      translates ? translation_groups(arguments, sizes, vectors, std::move(languages), progress)
                 : near_groups(arguments, texts, sizes, vectors, progress);
  write_groups(lines, different, groups, kept_lines(stand_ins, groups), output);
  progress.finish();
  output.finish();
  return 0;
}

}  // namespace tool
