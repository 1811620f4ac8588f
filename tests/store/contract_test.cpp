// The contract of stores, checked on the naive store: what is wrong with the checks shows here.
#include "connectors/shared_stores.hpp"
#include "vector_store_contract.hpp"

#include <string>

TEST_CASE("the naive store keeps the contract of stores") {
  test::SharedStores<test::NaiveStore> stores;
  test::check_vector_store([&](const std::string& name, std::size_t dims, glossa::Metric metric) {
    return stores.open(name, dims, metric, [&] { return test::NaiveStore(dims, metric); });
  });
}
