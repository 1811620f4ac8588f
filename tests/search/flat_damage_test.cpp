// Damaged files of FlatIndex: each is refused in order, or makes an index that works.
#include "index_damage.hpp"

#include <glossa/search/flat_index.hpp>

using glossa::FlatIndex;
using glossa::IndexOptions;
using glossa::Metric;
using glossa::VectorForm;

namespace {

const IndexOptions kKinds[] = {{},
                               {.metric = Metric::euclidean, .vectors = VectorForm::int8, .rescore = VectorForm::f16},
                               {.metric = Metric::dot, .vectors = VectorForm::binary, .rescore = VectorForm::int8},
                               {.metric = Metric::euclidean, .vectors = VectorForm::bf16}};

}  // namespace

TEST_CASE("flipped bytes in a flat index's file are refused or make an index that works") {
  unsigned seed = 0;
  for (const IndexOptions& options : kKinds) test::check_flipped_bytes<FlatIndex>(options, 1500, ++seed);
}

TEST_CASE("strange numbers in a flat index's file are refused or make an index that works") {
  unsigned seed = 10;
  for (const IndexOptions& options : kKinds) test::check_strange_numbers<FlatIndex>(options, 500, ++seed);
}

TEST_CASE("a flat index's file that was cut is refused") {
  for (const IndexOptions& options : kKinds) test::check_cut_files<FlatIndex>(options, 300);
}
