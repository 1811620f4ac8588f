// FlatIndex's files: what is saved comes back, and what is no such file is refused.
#include "index_files.hpp"

#include <glossa/search/flat_index.hpp>

using glossa::FlatIndex;

TEST_CASE("a flat index comes back from its file in every form, and changing it leaves the file alone") {
  test::for_each_kind_of_rows(
      [](const glossa::IndexOptions& options) { test::check_round_trip<FlatIndex>(options, 19); });
}

TEST_CASE("flat indexes of vectors of any length come back from their files") {
  for (const std::size_t dims : {1u, 2u, 7u, 64u, 65u, 384u})
    for (const auto form : test::kForms) {
      INFO(dims << " dims, " << to_string(form));
      test::check_round_trip<FlatIndex>({.vectors = form}, dims);
    }
}

TEST_CASE("an empty flat index comes back from its file in every form") {
  test::for_each_kind_of_rows([](const glossa::IndexOptions& options) { test::check_empty_files<FlatIndex>(options); });
}

TEST_CASE("a flat index's file keeps attachments for the caller") { test::check_attachments<FlatIndex>(); }

TEST_CASE("what is no flat index is refused by name") { test::check_wrong_files<FlatIndex>(); }

TEST_CASE("a place that takes no file is named, and the flat index stays as it was") {
  test::check_places_that_take_no_file<FlatIndex>();
}
