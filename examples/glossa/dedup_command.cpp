// glossa dedup: lines come in; they go out with the group of texts that say the same, and whether to keep them.
#include "cluster_arguments.hpp"
#include "interrupt.hpp"
#include "labelled_lines.hpp"
#include "line_reader.hpp"
#include "line_vectors.hpp"
#include "mining.hpp"
#include "output_file.hpp"

#include <glossa/cluster/duplicate_groups.hpp>
#include <glossa/cluster/duplicate_stream.hpp>
#include <glossa/cluster/near_duplicates.hpp>
#include <glossa/core/thread_pool.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
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
    const std::size_t next = different.lines.size();
    std::size_t place = next;
    if (has_texts) place = known.emplace(std::pair(glossa::text_key(lines[i].text), lines[i].lang), next).first->second;
    if (place == next) different.lines.push_back(i);
    different.place.push_back(place);
  }
  return different;
}

/// Translations of each other: groups with at most one text of each language.
glossa::DuplicateGroups translation_groups(const DedupArguments& arguments, const glossa::Embeddings& vectors,
                                           const std::vector<LabelledLine>& lines,
                                           const std::shared_ptr<glossa::Executor>& executor) {
  std::vector<std::int32_t> languages = numbers_of_languages(lines);
  if (!have_languages(lines)) languages = glossa::language_sides(vectors, interruptible_run(executor));
  const std::vector<glossa::MinedPair> pairs = glossa::mine_translations(
      vectors, translation_options(languages, arguments.threshold, arguments.search, executor));
  const bool is_one =
      std::all_of(languages.begin(), languages.end(), [&](auto one) { return one == languages.front(); });
  return is_one ? glossa::group_pairs(lines.size(), pairs) : glossa::group_one_each(lines.size(), pairs, languages);
}

}  // namespace

int dedup(const DedupArguments& arguments) {
  catch_interrupts();
  LineReader reader(arguments.input);
  OutputFile output(arguments.output);
  if (arguments.stream) return dedup_stream(arguments, reader, output);
  require_vectors_for(arguments.mode, arguments.vectors);
  const bool needs_texts = arguments.vectors.vectors.empty();
  const std::vector<LabelledLine> lines = read_labelled_lines(reader, needs_texts, kReplaced);
  const bool has_texts = needs_texts || have_texts(lines);

  // Identical texts cost nothing: only one of each is embedded and compared.
  const DifferentLines different = different_lines(lines, has_texts);
  const auto executor = std::make_shared<glossa::ThreadPool>(arguments.vectors.threads);
  std::vector<LabelledLine> chosen;
  std::vector<std::string_view> texts;
  for (const std::size_t line : different.lines) chosen.push_back(lines[line]);
  if (has_texts)
    for (const LabelledLine& line : chosen) texts.push_back(line.text);
  const glossa::Embeddings vectors = has_vectors(arguments.vectors) ? vectors_of_lines(arguments.vectors, reader.name(),
                                                                                       lines, different.lines, executor)
                                                                    : glossa::Embeddings();
  glossa::DuplicateGroups groups;
  if (arguments.mode == "translation") {
    groups = translation_groups(arguments, vectors, chosen, executor);
  } else {
    glossa::NearDuplicateOptions options;
    options.threshold = arguments.threshold;
    options.search = search_from(arguments.search);
    options.run = interruptible_run(executor);
    groups = glossa::near_duplicate_groups(texts, vectors, options);
  }

  // With the texts that were left aside, a group's lines are more.
  std::vector<std::vector<std::size_t>> members(groups.members.size());
  for (std::size_t i = 0; i < lines.size(); ++i)
    members[static_cast<std::size_t>(groups.group[different.place[i]])].push_back(i);
  std::vector<bool> keep(lines.size());
  for (const std::vector<std::size_t>& group : members)
    keep[kept_line(arguments.keep, group, lines, vectors, different.place)] = true;
  std::string out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out += with_group(lines[i].fields, static_cast<std::size_t>(groups.group[different.place[i]]), keep[i]);
    if (out.size() < (std::size_t{1} << 20)) continue;
    output.write(out);
    out.clear();
  }
  output.write(out);
  output.finish();
  return 0;
}

}  // namespace tool
