// AnyIndex does what the index in it does; require_model keeps the vectors of two models apart.
#include "catch.hpp"
#include "error_of.hpp"
#include "paths.hpp"

#include <glossa/search/any_index.hpp>
#include <glossa/search/require_model.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace {

using glossa::AnyIndex;
using glossa::FlatIndex;
using glossa::HnswIndex;
using glossa::IndexKind;
using glossa::Neighbor;

constexpr std::array kKinds{IndexKind::flat, IndexKind::hnsw, IndexKind::ivf};

glossa::Embeddings vectors() {
  glossa::Embeddings out(3, 2);
  const float values[] = {1, 0, 0, 1, -1, 0};
  std::copy(std::begin(values), std::end(values), out.values().begin());
  return out;
}
const std::vector<std::uint64_t> kIds{7, 8, 9};
const std::vector<float> kQuery{1, 0.1f};

}  // namespace

TEST_CASE("an index of a kind chosen at run time adds, finds, removes and saves") {
  const test::TemporaryFolder folder;
  for (const IndexKind kind : kKinds) {
    INFO(to_string(kind));
    AnyIndex index(kind, {.metric = glossa::Metric::dot, .model = "m"});
    CHECK(index.kind() == kind);
    index.add(kIds, vectors());
    CHECK(index.size() == 3);
    CHECK(index.dims() == 2);
    CHECK(index.options().metric == glossa::Metric::dot);
    CHECK(index.memory_bytes() > 0);
    CHECK(index.search(kQuery, 2) == std::vector<Neighbor>{{7, 1.0f}, {8, 0.1f}});
    CHECK(index.search(vectors(), 1).size() == 3);
    CHECK(index.remove(std::vector<std::uint64_t>{9, 10}) == 1);
    CHECK(index.contains(8));
    CHECK(!index.contains(9));

    const std::string note = "a note";
    index.save(folder.path() / "index", {{"note", std::as_bytes(std::span(note))}});
    const AnyIndex loaded = AnyIndex::load(folder.path() / "index");
    CHECK(loaded.kind() == kind);
    CHECK(loaded.size() == 2);
    CHECK(loaded.options().model == "m");
    CHECK(loaded.attachment("note").size() == note.size());
    CHECK(loaded.search(kQuery, 2) == index.search(kQuery, 2));
  }
}

TEST_CASE("the index in it can be had as what it is, and taken over from one") {
  AnyIndex flat = FlatIndex();
  CHECK(flat.get_if<FlatIndex>() != nullptr);
  CHECK(flat.get_if<HnswIndex>() == nullptr);
  const AnyIndex hnsw = HnswIndex();
  CHECK(hnsw.get_if<HnswIndex>() != nullptr);
  CHECK(hnsw.kind() == IndexKind::hnsw);
}

TEST_CASE("files that are no index, or of a kind that there is not, are refused") {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "index";
  CHECK(test::error_of([&] { (void)AnyIndex::load(path); }).kind() == glossa::ErrorKind::not_found);
  test::write_file(path, std::string(2000, 'x'));
  CHECK(test::error_of([&] { (void)AnyIndex::load(path); }).kind() == glossa::ErrorKind::corrupt_file);
  FlatIndex().save(path);
  CHECK(AnyIndex::load(path).size() == 0);
  const auto error = test::error_of([&] { (void)HnswIndex::load(path); });
  CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
  CHECK(test::says(error, "or with AnyIndex"));
  CHECK(test::error_of([] { AnyIndex(static_cast<IndexKind>(9)); }).kind() == glossa::ErrorKind::unsupported);
}

TEST_CASE("vectors of another model are refused where both models are known") {
  const std::string model = "name:int8:384:0123456789abcdef";
  const AnyIndex index(IndexKind::flat, {.model = model});
  glossa::require_model(index, model);
  glossa::require_model(index, "elsewhere:int8:384:0123456789abcdef");
  glossa::require_model(index, "");
  glossa::require_model(FlatIndex(), model);
  for (const std::string other : {"name:f32:384:0123456789abcdef", "name:int8:384:0123456789abcdee", "mine"}) {
    const auto error = test::error_of([&] { glossa::require_model(index, other); });
    CHECK(error.kind() == glossa::ErrorKind::invalid_argument);
    for (const std::string& part : {std::string("another model"), model, other, std::string("build it again")})
      CHECK(test::says(error, part));
  }
  CHECK(glossa::is_same_model("mine", "mine"));
  CHECK(!glossa::is_same_model("mine", "yours"));
}
