// The index of words against a sum over all chunks in double, and its file against what may be in one.
#include "catch.hpp"
#include "error_of.hpp"
#include "paths.hpp"
#include "sanitized.hpp"

#include <glossa/store/lexical_index.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace {

using glossa::TokenId;
using glossa::detail::ScoredChunk;
using glossa::detail::WordSegment;
using Segments = std::vector<std::shared_ptr<const WordSegment>>;
using Chunks = std::map<std::int64_t, std::vector<TokenId>>;

/// Chunks of pieces by Zipf's law, some of them the same, with gaps between their numbers.
Chunks any_chunks(std::size_t count, unsigned seed, std::size_t pieces = 3000) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform;
  Chunks out;
  std::int64_t number = 1;
  for (std::size_t i = 0; i < count; ++i) {
    number += random() % 20 == 0 ? 1 + static_cast<std::int64_t>(random() % 5000) : 1;
    auto& own = out[number];
    if (i % 50 == 49) {
      own = std::prev(out.end(), 2)->second;
      continue;
    }
    const std::size_t length = 1 + random() % 90;
    while (own.size() < length)
      own.push_back(static_cast<TokenId>(std::pow(static_cast<double>(pieces), uniform(random))));
  }
  return out;
}

Segments segments_of(const Chunks& chunks, std::size_t count) {
  Segments out;
  glossa::detail::WordSegmentBuilder builder;
  std::size_t done = 0;
  for (const auto& [number, pieces] : chunks) {
    builder.begin(number);
    for (const TokenId piece : pieces) builder.add(piece);
    if (++done % ((chunks.size() + count - 1) / count) == 0)
      out.push_back(std::make_shared<const WordSegment>(builder.finish()));
  }
  if (builder.chunks() > 0) out.push_back(std::make_shared<const WordSegment>(builder.finish()));
  return out;
}

/// The formula, as it is written.
std::map<std::int64_t, double> bm25(const Chunks& chunks, const std::vector<TokenId>& query) {
  double mean = 0;
  for (const auto& [number, pieces] : chunks) mean += static_cast<double>(pieces.size());
  mean /= static_cast<double>(chunks.size());
  std::map<std::int64_t, double> out;
  std::map<TokenId, double> counts;
  for (const TokenId piece : query) ++counts[piece];
  for (const auto& [piece, times] : counts) {
    double having = 0;
    for (const auto& [number, pieces] : chunks)
      having += std::find(pieces.begin(), pieces.end(), piece) != pieces.end() ? 1 : 0;
    const double idf = std::max(1e-6, std::log((static_cast<double>(chunks.size()) - having + 0.5) / (having + 0.5)));
    for (const auto& [number, pieces] : chunks) {
      const auto f = static_cast<double>(std::count(pieces.begin(), pieces.end(), piece));
      if (f > 0)
        out[number] += times * idf * f * 2.2 / (f + 1.2 * (0.25 + 0.75 * static_cast<double>(pieces.size()) / mean));
    }
  }
  return out;
}

struct Passing {
  std::set<std::int64_t> numbers;
  bool operator()(std::int64_t chunk) const { return numbers.count(chunk) != 0; }
  [[nodiscard]] std::uint64_t bits(std::int64_t first) const {
    std::uint64_t out = 0;
    each(first, first + 63, [&](std::int64_t chunk) { out |= std::uint64_t{1} << (chunk - first); });
    return out;
  }
  [[nodiscard]] std::size_t count(std::int64_t first, std::int64_t last) const {
    return static_cast<std::size_t>(std::distance(numbers.lower_bound(first), numbers.upper_bound(last)));
  }
  template <class F>
  void each(std::int64_t first, std::int64_t last, F&& f) const {
    for (auto it = numbers.lower_bound(first); it != numbers.end() && *it <= last; ++it) f(*it);
  }
};

std::vector<TokenId> any_query(std::mt19937& random, const Chunks& chunks) {
  std::vector<TokenId> out;
  const std::size_t length = 1 + random() % 12;
  while (out.size() < length) {
    const auto& pieces = std::next(chunks.begin(), static_cast<std::ptrdiff_t>(random() % chunks.size()))->second;
    out.push_back(pieces[random() % pieces.size()]);
    if (random() % 8 == 0) out.push_back(out.back());
    if (random() % 8 == 0) out.push_back(999999);  // which nothing has
  }
  return out;
}

/// What is found has the scores of the formula, and what is not found is no better.
void check_best(const Chunks& chunks, const Segments& segments, const std::vector<TokenId>& query,
                const Passing& passing) {
  glossa::detail::WordQuery own(segments, query);
  const std::map<std::int64_t, double> wanted = bm25(chunks, query);
  std::vector<double> passed;
  for (const auto& [number, score] : wanted)
    if (passing(number)) passed.push_back(score);
  std::sort(passed.rbegin(), passed.rend());
  for (const std::size_t k : std::vector<std::size_t>{1, 10, 100, 20000}) {
    const std::vector<ScoredChunk> found = own.best(k, passing);
    REQUIRE(found.size() == std::min(k, passed.size()));
    CHECK(std::is_sorted(found.begin(), found.end(), glossa::detail::is_better_chunk));
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      const double close = 2e-5 * static_cast<double>(query.size()) + 1e-6 * passed[i];  // a step a piece
      wrong += passing(found[i].chunk) ? 0 : 1;
      wrong += std::abs(found[i].score - wanted.at(found[i].chunk)) < close ? 0 : 1;
      wrong += std::abs(found[i].score - passed[i]) < close ? 0 : 1;
      wrong += own.score_of(found[i].chunk) == found[i].score ? 0 : 1;
    }
    CHECK(wrong == 0);
  }
}

}  // namespace

TEST_CASE("the best chunks by their words are those of the formula, in any number of segments, with any filter") {
  for (const std::size_t count : std::vector<std::size_t>{1, 7, 130, test::kSanitized ? 4500 : 9000}) {
    const Chunks chunks = any_chunks(count, static_cast<unsigned>(count));
    std::mt19937 random(5);
    for (const std::size_t parts : std::vector<std::size_t>{1, 2, 7}) {
      const Segments segments = segments_of(chunks, parts);
      for (int i = 0; i < 12; ++i) {
        const std::vector<TokenId> query = any_query(random, chunks);
        Passing passing;
        const unsigned one_in = std::vector<unsigned>{1, 3, 200}[static_cast<std::size_t>(i) % 3];
        for (const auto& [number, pieces] : chunks)
          if (random() % one_in == 0) passing.numbers.insert(number);
        check_best(chunks, segments, query, passing);
      }
    }
  }
}

TEST_CASE("segments of very long chunks and of very short ones are searched as one, by long queries, too") {
  std::mt19937 random(2);
  Chunks chunks;
  for (std::int64_t number = 1; number <= 10000; ++number) chunks[number].assign(400, 9);
  for (std::int64_t number = 10001; number <= 18200; ++number) {
    auto& own = chunks[number];
    for (const TokenId piece : {5u, 77u})
      if (random() % 8 == 0) own.push_back(piece);
    own.resize(4 + random() % 4, 8);
  }
  chunks[18200] = {5, 77};  // the best, behind all others
  Segments segments = segments_of(Chunks(chunks.begin(), chunks.find(10001)), 1);
  segments.push_back(segments_of(Chunks(chunks.find(10001), chunks.end()), 1).front());
  Passing all;
  for (const auto& [number, pieces] : chunks) all.numbers.insert(number);
  for (std::size_t times = 150; times <= 255; times += 3) {  // some of whose bounds passed 32 bits by a little
    std::vector<TokenId> query(times, 5);
    query.insert(query.end(), times, 77);
    check_best(chunks, segments, query, all);
  }
  check_best(chunks, segments, {5, 77, 8}, all);
}

TEST_CASE("segments of words are merged to what one of all chunks would be, whatever the parts") {
  const Chunks chunks = any_chunks(3000, 11);
  Chunks kept;
  for (const auto& [number, pieces] : chunks)
    if (number % 3 != 0) kept.insert({number, pieces});
  const Segments kept_segments = segments_of(kept, 1);
  const WordSegment& wanted = *kept_segments.front();
  const WordSegment merged =
      glossa::detail::merged_segment(segments_of(chunks, 9), [](std::int64_t chunk) { return chunk % 3 != 0; });
  const auto same = [](auto a, auto b) {
    return std::as_bytes(a).size() == std::as_bytes(b).size() &&
           std::equal(std::as_bytes(a).begin(), std::as_bytes(a).end(), std::as_bytes(b).begin());
  };
  CHECK(same(merged.chunks(), wanted.chunks()));
  CHECK(same(merged.lengths(), wanted.lengths()));
  REQUIRE(same(merged.entries(), wanted.entries()));
  for (const auto& entry : wanted.entries()) {
    const auto a = merged.blocks_of(*merged.find(entry.piece));
    CHECK(same(a, wanted.blocks_of(entry)));
  }
  const WordSegment none = glossa::detail::merged_segment(segments_of(chunks, 2), [](std::int64_t) { return false; });
  CHECK(none.chunks().empty());
  CHECK(none.entries().empty());
}

TEST_CASE("of chunks with one score the older comes first, whichever segments they are in") {
  Chunks chunks;
  for (std::int64_t number = 1; number <= 500; ++number) chunks[number] = {7, 8, 9};
  chunks[501] = {7};
  Passing all;
  for (const auto& [number, pieces] : chunks) all.numbers.insert(number);
  const std::vector<TokenId> query{9, 8, 7};
  for (const std::size_t parts : std::vector<std::size_t>{1, 4}) {
    const Segments segments = segments_of(chunks, parts);
    const auto found = glossa::detail::WordQuery(segments, query).best(20, all);
    REQUIRE(found.size() == 20);
    for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i].chunk == static_cast<std::int64_t>(i) + 1);
  }
  const Segments segments = segments_of(chunks, 1);
  CHECK(glossa::detail::WordQuery(segments, std::vector<TokenId>{}).best(5, all).empty());
  CHECK(glossa::detail::WordQuery(segments, std::vector<TokenId>{1}).best(5, all).empty());
  CHECK(glossa::detail::WordQuery(segments, query).best(0, all).empty());
  CHECK(glossa::detail::WordQuery({}, query).best(5, all).empty());
  CHECK_FALSE(glossa::detail::WordQuery(segments, query).score_of(502));
  CHECK_FALSE(glossa::detail::WordQuery(segments, query).score_of(0));
}

TEST_CASE("a file of words is what was saved; one that is damaged is refused or harmless") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "words";
  const Chunks chunks = any_chunks(400, 3, 40);
  const Segments segments = segments_of(chunks, 1);
  {
    glossa::detail::IndexWriter writer(path, glossa::detail::kWordIndexKind);
    segments.front()->save(writer);
    writer.commit();
  }
  Passing all;
  for (const auto& [number, pieces] : chunks) all.numbers.insert(number);
  const auto open = [&](bool verify) {
    return Segments{
        std::make_shared<const WordSegment>(std::make_shared<const glossa::detail::IndexFile>(path, verify))};
  };
  const std::vector<TokenId> query{1, 2, 5, 30};
  const auto wanted = glossa::detail::WordQuery(segments, query).best(400, all);
  const auto same = [&](const std::vector<ScoredChunk>& found) {
    return std::equal(found.begin(), found.end(), wanted.begin(), wanted.end(),
                      [](auto& a, auto& b) { return a.chunk == b.chunk && a.score == b.score; });
  };
  CHECK(same(glossa::detail::WordQuery(open(true), query).best(400, all)));

  // Checksums find every change; without them, nothing is read that is not there.
  const std::string whole = test::read_file(path);
  std::mt19937 random(1);
  std::size_t refused = 0;
  for (int i = 0; i < (test::kSanitized ? 1200 : 3000); ++i) {
    std::string bytes = whole;
    const std::size_t at = 800 + random() % (bytes.size() - 800);  // behind the header, which has its own checksum
    bytes[at] = static_cast<char>(random());
    if (i % 3 == 0) bytes[at] = static_cast<char>(0xFF);
    test::write_file(path, bytes);
    try {
      const Segments damaged = open(false);
      glossa::detail::WordQuery own(damaged, query);
      for (const ScoredChunk& found : own.best(50, all)) (void)own.score_of(found.chunk);
      (void)glossa::detail::merged_segment(damaged, [](std::int64_t) { return true; });
    } catch (const glossa::Error& error) {
      CHECK(error.kind() == glossa::ErrorKind::corrupt_file);
      ++refused;
    }
    if (bytes != whole && i < 300) {
      const bool padding = [&] {
        try {
          return same(glossa::detail::WordQuery(open(true), query).best(400, all));
        } catch (const glossa::Error&) {
          return false;
        }
      }();
      if (padding) continue;
      CHECK(test::error_of([&] { (void)open(true); }).kind() == glossa::ErrorKind::corrupt_file);
    }
  }
  CHECK(refused > 100);
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    test::write_file(path, whole.substr(0, size));
    CHECK(test::error_of([&] { (void)open(false); }).kind() == glossa::ErrorKind::corrupt_file);
  }
}

TEST_CASE("pieces are kept as bytes and come back; what is none of these is refused") {
  const std::vector<TokenId> pieces{0, 1, 127, 128, 250001, 0xFFFFFFFFu, 16384};
  const std::string bytes = glossa::detail::packed_pieces(pieces);
  std::vector<TokenId> found;
  const auto take = [&](TokenId piece) { found.push_back(piece); };
  CHECK(glossa::detail::unpack_pieces(std::as_bytes(std::span(bytes)), take));
  CHECK(found == pieces);
  for (const std::string bad : {"\x80", "\xFF\xFF\xFF\xFF\x7F", "\xFF\xFF\xFF\xFF\xFF\xFF\x01"})
    CHECK_FALSE(glossa::detail::unpack_pieces(std::as_bytes(std::span(bad)), [](TokenId) {}));
}
