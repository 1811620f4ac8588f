// A store is filled with chunks whose vectors are given; how fast that is, how fast it is searched, and the memory that
// it takes, go out as JSON.
//   bench_store --model DIR [--store DIR] [--chunks 1000000] [--pieces 64] [--batch 20000] [--queries 500] [--lexical
//   1]
// The vectors lie in a few thousand clusters, the texts are pieces of the model's vocabulary by Zipf's law. Without
// --store a temporary folder is used; a store that is there is searched and not filled.
#include "arguments.hpp"
#include "process_stats.hpp"

#include <glossa/embedder.hpp>
#include <glossa/store/document_store.hpp>
#include <glossa/store/filter_text.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Memory of this process that is in no file, in MB; 0 where the system does not tell.
double own_megabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (double kilobytes = 0; word == "RssAnon:" && status >> kilobytes) return kilobytes * 1024 / 1e6;
  return 0;
}

/// Chunks, each a document.
class Data {
 public:
  Data(const glossa::Embedder& embedder, std::size_t pieces) : dims_(embedder.dims()), pieces_(pieces), random_(1) {
    std::normal_distribution<float> normal;
    centers_.resize(kClusters * dims_);
    for (float& value : centers_) value = normal(random_);
    for (glossa::TokenId id = 4; words_.size() < 30000; ++id) {
      std::string piece = embedder.tokenizer().token(id);
      if (piece.starts_with("\xE2\x96\x81")) piece.replace(0, 3, " ");
      words_.push_back(std::move(piece));
    }
  }

  [[nodiscard]] std::vector<float> vector() {
    std::normal_distribution<float> normal;
    const std::size_t center = random_() % kClusters;
    std::vector<float> out(dims_);
    double square = 0;
    for (std::size_t i = 0; i < dims_; ++i) {
      out[i] = centers_[center * dims_ + i] + 0.8F * normal(random_);
      square += static_cast<double>(out[i]) * static_cast<double>(out[i]);
    }
    for (float& value : out) value /= static_cast<float>(std::sqrt(square));
    return out;
  }

  [[nodiscard]] glossa::EmbeddedDocument document(std::size_t number) {
    static const std::vector<std::string> kLanguages{"de", "en", "es", "ru", "zh"};
    glossa::EmbeddedDocument out;
    out.document.id = "doc" + std::to_string(number);
    out.document.text = text(pieces_);
    out.document.metadata = {{"lang", kLanguages[random_() % 5]},
                             {"year", static_cast<std::int64_t>(2000 + random_() % 25)},
                             {"group", static_cast<std::int64_t>(random_() % 1000)}};
    out.chunks.push_back({{0, out.document.text.size()}, {}, pieces_ + 5});
    out.vectors = vector();
    return out;
  }

  [[nodiscard]] std::string text(std::size_t pieces) {
    std::uniform_real_distribution<double> uniform;
    std::string out;
    for (std::size_t i = 0; i < pieces; ++i)
      out += words_[static_cast<std::size_t>(std::pow(static_cast<double>(words_.size()), uniform(random_))) - 1];
    return out;
  }

 private:
  static constexpr std::size_t kClusters = 4000;
  std::size_t dims_;
  std::size_t pieces_;
  std::mt19937_64 random_;
  std::vector<float> centers_;
  std::vector<std::string> words_;
};

/// Milliseconds of a search: the median and the 95th of 100. A '#' in the filter is another number at every search.
void measure(const char* name, glossa::DocumentStore& store, const std::vector<std::vector<float>>& queries,
             const std::string& filter) {
  glossa::StoreSearchOptions options;
  std::size_t number = 0;
  const auto set_filter = [&] {
    std::string text = filter;
    if (const auto at = text.find('#'); at != std::string::npos) text.replace(at, 1, std::to_string(++number));
    options.filter = glossa::parse_filter(text);
  };
  set_filter();
  const auto first = Clock::now();
  (void)store.search(queries[0], options);
  const double cold = seconds_since(first) * 1e3;
  std::vector<double> times;
  for (const auto& query : queries) {
    set_filter();
    const auto start = Clock::now();
    if (store.search(query, options).empty()) std::fprintf(stderr, "%s: nothing found\n", name);
    times.push_back(seconds_since(start) * 1e3);
  }
  std::sort(times.begin(), times.end());
  // Beside a search that gathers far more candidates than it needs.
  std::size_t same = 0;
  std::size_t all = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(queries.size(), 50); ++i) {
    options.candidates = 0;
    const auto hits = store.search(queries[i], options);
    options.candidates = 3000;
    for (const auto& best : store.search(queries[i], options)) {
      ++all;
      for (const auto& hit : hits) same += hit.document == best.document ? 1 : 0;
    }
  }
  std::printf("  \"%s\": {\"p50_ms\": %.2f, \"p95_ms\": %.2f, \"first_ms\": %.1f, \"recall_at_10\": %.3f},\n", name,
              times[times.size() / 2], times[times.size() * 95 / 100], cold,
              static_cast<double>(same) / static_cast<double>(all));
  std::fflush(stdout);
}

/// The same of searches by words and by both.
void measure_words(const char* name, glossa::DocumentStore& store, Data& data, const std::string& filter,
                   glossa::SearchMode mode) {
  const glossa::StoreSearchOptions options{.mode = mode, .filter = glossa::parse_filter(filter)};
  std::vector<double> times;
  for (int i = 0; i < 200; ++i) {
    const std::string text = data.text(8);
    const std::vector<float> vector = data.vector();
    const auto start = Clock::now();
    (void)store.search(text, vector, options);
    times.push_back(seconds_since(start) * 1e3);
  }
  std::sort(times.begin(), times.end());
  std::printf("  \"%s\": {\"p50_ms\": %.1f, \"least_ms\": %.1f, \"most_ms\": %.1f},\n", name, times[times.size() / 2],
              times.front(), times.back());
  std::fflush(stdout);
}

void run(const bench::Arguments& arguments) {
  const std::size_t chunks = arguments.number("chunks", 1000000);
  const std::size_t batch = arguments.number("batch", 20000);
  const glossa::Embedder embedder(arguments.text("model", "models/multilingual-e5-small"));
  const auto temporary = std::filesystem::temp_directory_path() / "glossa-bench-store";
  const std::filesystem::path folder = arguments.text("store", temporary.string());
  if (!arguments.has("store")) std::filesystem::remove_all(folder);
  Data data(embedder, arguments.number("pieces", 64));
  const bool is_new = !std::filesystem::exists(folder);
  glossa::DocumentStoreOptions options;
  options.index_after = 0;
  options.lexical = arguments.number("lexical", 1) != 0;
  std::printf("{\n  \"chunks\": %zu,\n", chunks);
  if (is_new) {
    glossa::DocumentStore store(folder, embedder, options);
    double seconds = 0;
    double slowest = 0;
    for (std::size_t first = 0; first < chunks; first += batch) {
      std::vector<glossa::EmbeddedDocument> documents;
      for (std::size_t i = first; i < std::min(chunks, first + batch); ++i) documents.push_back(data.document(i));
      const auto start = Clock::now();
      store.upsert(documents);
      const double own = seconds_since(start);
      seconds += own;
      slowest = std::max(slowest, own / static_cast<double>(documents.size()));
    }
    std::printf("  \"ingest_per_second\": %.0f,\n  \"slowest_batch_per_second\": %.0f,\n",
                static_cast<double>(chunks) / seconds, 1 / slowest);
    std::printf("  \"ingest_peak_mb\": %.0f,\n", bench::peak_megabytes());
    std::fflush(stdout);
    const auto start = Clock::now();
    store.update_index();
    std::printf("  \"index_seconds\": %.1f,\n", seconds_since(start));
    std::fflush(stdout);
  }
  const auto start = Clock::now();
  glossa::DocumentStore store(folder, embedder, options);
  std::printf("  \"open_ms\": %.1f,\n", seconds_since(start) * 1e3);
  std::vector<std::vector<float>> queries;
  for (std::size_t i = 0; i < arguments.number("queries", 500); ++i) queries.push_back(data.vector());
  const auto first = Clock::now();
  (void)store.search(queries[0], {});
  std::printf("  \"first_search_ms\": %.1f,\n", seconds_since(first) * 1e3);
  measure("no filter", store, queries, "");
  measure("one in 5", store, queries, R"(lang = "de")");
  measure("one in 12", store, queries, R"(lang = "de" and year >= 2015)");
  measure("one in 50", store, queries, R"(lang = "de" and (year = 2001 or year = 2002) or group = 4)");
  measure("one in 1000", store, queries, "group = 77");
  measure("one in 12, never asked before", store, queries, R"(lang = "de" and year >= 2015 and group != #)");
  if (options.lexical) {
    measure_words("8 pieces, words alone", store, data, "", glossa::SearchMode::lexical);
    measure_words("8 pieces, hybrid", store, data, "", glossa::SearchMode::hybrid);
    measure_words("8 pieces, hybrid, one in 12", store, data, R"(lang = "de" and year >= 2015)",
                  glossa::SearchMode::hybrid);
  }
  const glossa::StoreStats stats = store.stats();
  std::printf("  \"database_mb\": %.0f,\n  \"index_mb\": %.0f,\n  \"own_memory_mb\": %.0f,\n  \"indexed\": %zu\n}\n",
              static_cast<double>(stats.database_bytes) / 1e6, static_cast<double>(stats.index_bytes) / 1e6,
              own_megabytes(), stats.indexed_chunks);
  if (!arguments.has("store")) std::filesystem::remove_all(folder);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(bench::Arguments(argc, argv));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_store: %s\n", error.what());
    return 1;
  }
}
