// hnswlib with glossa's distances: the hits of its own spaces, and of brute force.
#include "catch.hpp"
#include "random_values.hpp"

#include <glossa/search/hnswlib_space.hpp>

#include <hnswlib/hnswlib.h>

#include <cstddef>
#include <set>
#include <vector>

using glossa::HnswlibSpace;
using glossa::Metric;

namespace {

using Space = hnswlib::SpaceInterface<float>;

std::set<std::size_t> hits(Space& space, const std::vector<float>& rows, std::size_t dims, const float* query) {
  hnswlib::HierarchicalNSW<float> index(&space, rows.size() / dims, 16, 100);
  for (std::size_t r = 0; r < rows.size() / dims; ++r) index.addPoint(rows.data() + r * dims, r);
  index.setEf(200);
  auto found = index.searchKnn(query, 10);
  std::set<std::size_t> ids;
  for (; !found.empty(); found.pop()) ids.insert(found.top().second);
  return ids;
}

}  // namespace

TEST_CASE("hnswlib finds with glossa's distances what it finds with its own") {
  for (const std::size_t dims : {7u, 64u, 384u}) {
    const auto rows = test::random_values<float>(500 * dims, 1);
    const auto query = test::random_values<float>(dims, 2);
    HnswlibSpace<Space> dot(dims, Metric::dot);
    hnswlib::InnerProductSpace own_dot(dims);
    CHECK(hits(dot, rows, dims, query.data()) == hits(own_dot, rows, dims, query.data()));
    HnswlibSpace<Space> euclidean(dims, Metric::euclidean);
    hnswlib::L2Space own_euclidean(dims);
    CHECK(hits(euclidean, rows, dims, query.data()) == hits(own_euclidean, rows, dims, query.data()));
    const float* row = rows.data() + 3 * dims;
    const float near = euclidean.get_dist_func()(query.data(), row, euclidean.get_dist_func_param());
    const float other = own_euclidean.get_dist_func()(query.data(), row, own_euclidean.get_dist_func_param());
    CHECK(near == Approx(other).epsilon(1e-5));
  }
  CHECK_THROWS_AS(HnswlibSpace<Space>(3, Metric::cosine), glossa::Error);
}
