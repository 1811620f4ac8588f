// An index file comes in, with the size and checksums that it should have; it is refused, or it makes an index that can
// be searched, changed and saved whatever its rows hold.
#include "fuzz.hpp"
#include "index_bytes.hpp"

#include <glossa/search/flat_index.hpp>
#include <glossa/search/hnsw_index.hpp>
#include <glossa/search/ivf_index.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace {

template <class Index>
void use(Index& index) {
  const std::size_t dims = index.dims() == 0 ? 2 : index.dims();
  if (dims > 512) return;  // an input does not get so large
  glossa::Embeddings queries(5, dims);
  for (std::size_t i = 0; i < 5 * dims; ++i) queries.values()[i] = static_cast<float>(i % 7) - 2.5F;
  const auto check = [&](const std::vector<glossa::Neighbor>& hits, std::size_t k) {
    fuzz::require(hits.size() <= k && hits.size() <= index.size(), "no more hits than there can be");
  };
  check(index.search(queries[0], 3), 3);
  check(index.search(queries[1], 1000, {.filter = [](std::uint64_t id) { return id % 2 == 0; }, .candidates = 200}),
        1000);
  for (const auto& hits : index.search(queries, 4)) check(hits, 4);
  const std::uint64_t ids[] = {1, 5, 77, 78, 5};
  (void)index.remove(ids);
  (void)index.contains(2);
  index.add(ids, queries);
  (void)index.remove(std::span(ids).first(2));
  for (const auto& hits : index.search(queries, 4)) check(hits, 4);
  static const std::filesystem::path scratch = fuzz::folder() / "scratch";
  index.save(scratch);
  fuzz::require(Index::load(scratch).size() == index.size(), "what was saved comes back");
}

template <class Index>
void load(const std::filesystem::path& path, std::size_t size) {
  std::optional<Index> index;
  const bool accepted = fuzz::accepts(path.string(), size, [&] { index.emplace(Index::load(path, {.threads = 1})); });
  if (!accepted) return;
  try {
    use(*index);
  } catch (const glossa::Error&) {  // too many rows, for one
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::InputFile file("index");
  file.write(test::with_right_checksums(std::string(fuzz::text_of(data, size))));
  load<glossa::FlatIndex>(file.path(), size);
  load<glossa::HnswIndex>(file.path(), size);
  load<glossa::IvfIndex>(file.path(), size);
  return 0;
}
