#include "catch.hpp"
#include "error_of.hpp"
#include "paths.hpp"
#include "random_values.hpp"
#include "shared_stores.hpp"
#include "vector_store_contract.hpp"

#include <glossa/store/connectors/faiss.hpp>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <thread>
#include <vector>

using glossa::ErrorKind;
using glossa::FaissKind;
using glossa::FaissOptions;
using glossa::FaissStore;
using glossa::Metric;
using glossa::VectorRecord;
using glossa::where;
using test::error_of;
using test::random_values;
using test::says;

namespace {

/// Around 50 centres.
std::vector<VectorRecord> clustered(std::size_t count, std::size_t dims, unsigned seed) {
  const auto centres = random_values<float>(50 * dims, 5);
  const auto noise = random_values<float>(count * dims, seed, -0.3F, 0.3F);
  std::vector<VectorRecord> records(count);
  for (std::size_t i = 0; i < count; ++i) {
    records[i].id = std::to_string(i);
    records[i].text = "text " + std::to_string(i);
    records[i].metadata = {{"part", static_cast<std::int64_t>(i % 100)}};
    for (std::size_t d = 0; d < dims; ++d)
      records[i].vector.push_back(centres[i % 50 * dims + d] + noise[i * dims + d]);
  }
  return records;
}

FaissOptions small_lists(bool keeps = true) {
  return {.dims = 16,
          .kind = FaissKind::ivf_pq,
          .lists = 20,
          .pq_parts = 8,
          .pq_bits = 6,
          .train_rows = 1000,
          .probes = 6,
          .keep_vectors = keeps};
}

}  // namespace

TEST_CASE("a flat index of Faiss keeps the contract of stores", "[store]") {
  test::SharedStores<FaissStore> stores;
  test::check_vector_store([&](const std::string& name, std::size_t dims, Metric metric) {
    return stores.open(name, dims, metric, [&] { return FaissStore({.dims = dims, .metric = metric}); });
  });
}

TEST_CASE("an IVF-PQ index of Faiss that looks at all lists keeps the contract of stores", "[store]") {
  test::SharedStores<FaissStore> stores;
  test::check_vector_store([&](const std::string& name, std::size_t dims, Metric metric) {
    return stores.open(name, dims, metric, [&] {
      return FaissStore({.dims = dims,
                         .metric = metric,
                         .kind = FaissKind::ivf_pq,
                         .lists = 4,
                         .pq_parts = dims,
                         .pq_bits = 4,
                         .train_rows = 16,
                         .probes = 4,
                         .rescored = 400});
    });
  });
}

TEST_CASE("manhattan distances are for flat indexes of Faiss", "[store]") {
  FaissStore store({.dims = 2, .metric = Metric::manhattan});
  store.upsert(std::vector<VectorRecord>{{"a", {1, 2}, "", {}}, {"b", {-1, 0}, "", {}}});
  const auto hits = store.search(std::vector<float>{0, 0}, 2);
  REQUIRE(hits.size() == 2);
  CHECK(hits[0].id == "b");
  CHECK(hits[1].score == Approx(-3));
  store.upsert(std::vector<VectorRecord>{{"c", {9, 9}, "", {{"far", true}}}, {"d", {8, 8}, "", {{"far", true}}}});
  const auto chosen = store.search(std::vector<float>{0, 0}, 1, where("far") == true);
  REQUIRE(chosen.size() == 1);
  CHECK(chosen[0].id == "d");
  CHECK(error_of([] {
          FaissStore({.dims = 2, .metric = Metric::manhattan, .kind = FaissKind::ivf_pq, .pq_parts = 1});
        }).kind() == ErrorKind::unsupported);
}

TEST_CASE("an IVF-PQ index of Faiss is trained by what it is given, and finds most of the nearest", "[store]") {
  for (const bool keeps : {true, false}) {
    FaissStore store(small_lists(keeps));
    const auto records = clustered(4000, 16, 6);
    store.upsert(std::span(records).first(900));
    CHECK_FALSE(store.is_trained());
    store.upsert(std::span(records).subspan(900));
    CHECK(store.is_trained());
    CHECK(store.size() == 4000);
    FaissStore exact({.dims = 16});
    exact.upsert(records);
    std::size_t found = 0;
    const auto queries = clustered(50, 16, 7);
    for (const auto& query : queries) {
      const auto right = exact.search(query.vector, 10);
      for (const auto& hit : store.search(query.vector, 10))
        found += std::any_of(right.begin(), right.end(), [&](const auto& one) { return one.id == hit.id; });
    }
    INFO("keeps " << keeps << ": " << found << " of 500");
    CHECK(found >= (keeps ? 440u : 200u));
    const auto back = store.find(std::vector<std::string>{"17"});
    REQUIRE(back.size() == 1);
    CHECK(glossa::cosine(back[0].vector, records[17].vector) > (keeps ? 0.99999F : 0.9F));
    // A filter that one in a hundred meets is met by all that is found, from whatever list.
    const auto hits = store.search(queries[0].vector, 30, where("part") == 3);
    CHECK(hits.size() == 30);
    for (const auto& hit : hits) CHECK(hit.metadata.at("part") == glossa::MetadataValue(std::int64_t{3}));
    store.remove(std::vector<std::string>{"17", "18"});
    CHECK(store.find(std::vector<std::string>{"17"}).empty());
    store.upsert(std::span(records).subspan(17, 1));
    CHECK(store.size() == 3999);
  }
}

TEST_CASE("a store of Faiss comes back from its folder as it was", "[store]") {
  const test::TemporaryFolder temporary;
  const auto folder = temporary.path() / "back";
  const auto records = clustered(1500, 16, 8);
  for (const FaissKind kind : {FaissKind::flat, FaissKind::ivf_pq})
    for (const bool keeps : {true, false}) {
      FaissOptions options = small_lists(keeps);
      options.kind = kind;
      FaissStore store(options, folder);
      store.upsert(records);
      store.remove(std::vector<std::string>{"3"});
      store.save();
      const FaissStore again = FaissStore::load(folder, options.probes);
      CHECK(again.size() == 1499);
      CHECK(again.is_trained() == (kind == FaissKind::ivf_pq));
      for (std::size_t i = 0; i < 20; ++i) {
        const auto a = store.search(records[i].vector, 5, where("part") < 50);
        const auto b = again.search(records[i].vector, 5, where("part") < 50);
        REQUIRE(a.size() == b.size());
        for (std::size_t j = 0; j < a.size(); ++j) CHECK((a[j].id == b[j].id && a[j].score == b[j].score));
      }
      const std::vector<std::string> ids = {"7", "3", "1400"};
      CHECK(store.find(ids) == again.find(ids));
    }
  std::size_t files = 0;  // of the last state alone
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++files;
  CHECK(files == 4);
  FaissStore::load(folder).drop();
  CHECK(std::filesystem::is_empty(folder));
}

TEST_CASE("a store of Faiss goes on after it was loaded", "[store]") {
  const test::TemporaryFolder temporary;
  const auto folder = temporary.path() / "on";
  const auto records = clustered(30, 16, 9);
  FaissStore first({.dims = 16}, folder);
  first.upsert(std::span(records).first(20));
  first.save();
  FaissStore second = FaissStore::load(folder);
  second.upsert(std::span(records).subspan(15));
  CHECK(second.size() == 30);
  second.save();
  CHECK(FaissStore::load(folder).search(records[25].vector, 1).front().id == "25");
}

TEST_CASE("damage to a folder of Faiss is told, and a save that fails leaves what was there", "[store]") {
  const test::TemporaryFolder temporary;
  const auto folder = temporary.path() / "damage";
  FaissStore store({.dims = 16}, folder);
  store.upsert(clustered(10, 16, 10));
  store.save();
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  REQUIRE(files.size() == 4);
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    const std::string whole(std::istreambuf_iterator<char>(in), {});
    std::string damaged = whole;
    damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x11);
    std::ofstream(file, std::ios::binary) << damaged;
    INFO(file);
    CHECK(error_of([&] { (void)FaissStore::load(folder); }).kind() == ErrorKind::corrupt_file);
    std::filesystem::remove(file);
    CHECK(error_of([&] { (void)FaissStore::load(folder); }).kind() == ErrorKind::not_found);
    std::ofstream(file, std::ios::binary) << whole;
  }
  CHECK(FaissStore::load(folder).size() == 10);
  // The name of store.json is taken by a folder: the save fails, and leaves no files behind.
  const auto other = temporary.path() / "blocked";
  std::filesystem::create_directories(other / "store.json");
  FaissStore blocked({.dims = 16}, other);
  CHECK(error_of([&] { blocked.save(); }).kind() == ErrorKind::io);
  CHECK(std::distance(std::filesystem::directory_iterator(other), {}) == 1);
  CHECK(error_of([] { FaissStore({.dims = 4}).save(); }).kind() == ErrorKind::invalid_argument);
}

TEST_CASE("all hits of an IVF-PQ index of Faiss may be asked for", "[store]") {
  FaissStore store(small_lists());
  store.upsert(clustered(1200, 16, 12));
  CHECK(store.is_trained());
  const auto query = clustered(1, 16, 13).front().vector;
  CHECK(store.search(query, std::numeric_limits<std::size_t>::max(), where("part") == 3).size() == 12);
  CHECK(store.search(query, std::size_t{1} << 62, where("part") == 3).size() == 12);
}

TEST_CASE("an index of Faiss that the disk has no room for is told, and what was there stays", "[store]") {
  const test::TemporaryFolder temporary;
  const auto folder = temporary.path() / "full";
  FaissStore store({.dims = 128, .keep_vectors = false}, folder);
  store.upsert(clustered(1, 128, 14));
  store.save();
  store.upsert(clustered(7, 128, 14));
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {  // files of 2 KB: all but the index fit
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit most{2048, 2048};
    ::setrlimit(RLIMIT_FSIZE, &most);
    try {
      store.save();
    } catch (const glossa::Error& error) {
      ::_exit(error.kind() == ErrorKind::io ? 7 : 8);
    } catch (...) {
      ::_exit(9);
    }
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
  CHECK(FaissStore::load(folder).size() == 1);
  CHECK(std::distance(std::filesystem::directory_iterator(folder), {}) == 4);
}

TEST_CASE("options of Faiss that have no meaning are refused", "[store]") {
  const auto field_of = [](FaissOptions options) { return error_of([&] { FaissStore{options}; }).field(); };
  CHECK(field_of({}) == "FaissOptions::dims");
  CHECK(field_of({.dims = 10, .kind = FaissKind::ivf_pq, .pq_parts = 3}) == "FaissOptions::pq_parts");
  CHECK(field_of({.dims = 8, .kind = FaissKind::ivf_pq, .lists = 0}) == "FaissOptions::lists");
  CHECK(field_of({.dims = 8, .kind = FaissKind::ivf_pq, .pq_bits = 3}) == "FaissOptions::pq_bits");
  CHECK(field_of({.dims = 8, .kind = FaissKind::ivf_pq, .train_rows = 5}) == "FaissOptions::train_rows");
}

TEST_CASE("several threads search a store of Faiss while another changes it", "[store][threads]") {
  FaissStore store({.dims = 16});
  const auto records = clustered(200, 16, 11);
  store.upsert(records);
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < 50; ++i) (void)store.search(records[i].vector, 3, where("part") != 5);
    });
  for (std::size_t i = 0; i < 20; ++i) store.upsert(std::span(records).subspan(i, 5));
  for (auto& thread : threads) thread.join();
  CHECK(store.size() == 200);
}
