// A file of words comes in, with the checksums that it should have, beside a database of given chunks; it is passed
// over, or it can be searched, with filters and without, and written anew, whatever its postings say.
#include "fuzz.hpp"
#include "index_bytes.hpp"

#include <glossa/store/lexical_index.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace {

using glossa::detail::FilterMask;
using glossa::detail::LexicalIndex;
using glossa::detail::PassingChunks;

constexpr std::int64_t kChunks = 400;  ///< of the database; the last ten are newer than what make_seeds writes

/// A database with some pieces of its own, and the documents that have these chunks.
struct Store {
  Store() : database(fuzz::folder(), glossa::detail::SqliteMode::create, std::chrono::seconds(1)) {
    database.begin_write();
    const std::string words = glossa::detail::packed_pieces(std::vector<glossa::TokenId>{1, 4, 4, 9});
    std::vector<glossa::detail::ChunkRow> rows(static_cast<std::size_t>(kChunks));
    for (auto& row : rows) row.words = words;
    for (std::int64_t number = 0; number < kChunks / 2; ++number)
      database.put({.id = std::to_string(number), .metadata = "{}"}, std::span(rows).first(2));
    state = database.writing();
    database.commit();
    for (std::int64_t number = 0; number < kChunks / 2; ++number)
      if (number % 3 != 0) places.add(number + 1, 2 * number + 1, 2, state, "{}", database.file());
    state.index_token = 7;  // as make_seeds writes it
    mask.bits.resize(static_cast<std::size_t>(kChunks) / 64 + 1);
    for (std::size_t chunk = 1; chunk <= static_cast<std::size_t>(kChunks); chunk += chunk < 64 ? 1 : 40)
      mask.bits[chunk / 64] |= std::uint64_t{1} << chunk % 64;
  }

  glossa::detail::StoreDatabase database;
  glossa::detail::StoreState state;
  glossa::detail::DocumentPlaces places;
  FilterMask mask;
};

void use(LexicalIndex& index, const Store& store) {
  const std::vector<glossa::TokenId> query{1, 2, 4, 9, 3, 5, 6, 0};
  const auto own = index.query(query);
  for (const FilterMask* mask : {static_cast<const FilterMask*>(nullptr), &store.mask}) {
    const auto found = own.best(5, PassingChunks(store.places, mask));
    fuzz::require(found.size() <= 5, "no more hits than there can be");
    for (const auto& hit : found) {
      fuzz::require(store.places.passes(hit.chunk, mask), "what does not pass is not found");
      (void)own.score_of(hit.chunk);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::InputFile file("words");
  static Store store;
  file.write(test::with_right_checksums(std::string(fuzz::text_of(data, size))));
  LexicalIndex index(file.path());
  fuzz::require(
      fuzz::accepts(store.database.file(), size, [&] { index.refresh(store.database, store.state, "a store"); }),
      "what a file of words holds is no fault of the database");
  try {
    use(index, store);
    index.fold(store.places);
    use(index, store);
  } catch (const glossa::Error& error) {  // postings that do not fit to their block
    fuzz::require(index.problem().empty() && error.kind() == glossa::ErrorKind::corrupt_file,
                  "only a file that was taken is at fault");
  }
  return 0;
}
