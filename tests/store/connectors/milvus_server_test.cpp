// Against a Milvus Lite that tests/store/servers/real.py started.
#include "catch.hpp"
#include "error_of.hpp"
#include "faulty_proxy.hpp"
#include "run_python.hpp"
#include "server_address.hpp"
#include "vector_store_contract.hpp"

#include <glossa/store/connectors/milvus.hpp>

#include <chrono>
#include <string>
#include <vector>

using glossa::ErrorKind;
using glossa::Metric;
using glossa::MilvusOptions;
using glossa::MilvusStore;
using glossa::VectorRecord;
using glossa::where;
using test::error_of;
using test::says;

namespace {

MilvusOptions options_for(std::string collection, std::size_t dims = 4, Metric metric = Metric::cosine) {
  MilvusOptions options;
  options.connection.address = test::address_of("GLOSSA_TEST_MILVUS");
  options.connection.collection = test::plain_name(std::move(collection));
  options.connection.dims = dims;
  options.connection.metric = metric;
  options.connection.batch_rows = 100;
  options.index = glossa::MilvusIndex::flat;
  options.connection.retries.first_wait = std::chrono::milliseconds(50);
  return options;
}

}  // namespace

TEST_CASE("Milvus keeps the contract of stores", "[milvus]") {
  test::check_vector_store([](const std::string& name, std::size_t dims, Metric metric) {
    return MilvusStore(options_for(name, dims, metric));
  });
}

TEST_CASE("name spaces of Milvus share a collection and see nothing of each other", "[milvus]") {
  auto options = options_for("spaces");
  MilvusStore plain(options);
  options.connection.name_space = "tenant-1";
  MilvusStore tenant(options);
  plain.upsert(std::vector<VectorRecord>{{"a", {1, 0, 0, 0}, "plain", {}}, {"b", {0, 1, 0, 0}, "", {}}});
  tenant.upsert(std::vector<VectorRecord>{{"a", {0, 0, 0, 1}, "tenant's", {}}});
  CHECK(plain.size() == 2);
  CHECK(tenant.size() == 1);
  CHECK(tenant.find(std::vector<std::string>{"a", "b"}).at(0).text == "tenant's");
  CHECK(plain.search(std::vector<float>{1, 0, 0, 0}, 5).at(0).text == "plain");
  CHECK(tenant.search(std::vector<float>{1, 0, 0, 0}, 5).size() == 1);
  tenant.remove(std::vector<std::string>{"b"});
  tenant.drop();
  CHECK(plain.size() == 2);
  plain.drop();
}

TEST_CASE("Milvus is reached again where connections break", "[milvus]") {
  test::FaultyProxy proxy(test::address_of("GLOSSA_TEST_MILVUS"));
  auto options = options_for("broken");
  options.connection.address = proxy.address();
  options.connection.retries.tries = 8;
  proxy.refuse_next(2);
  MilvusStore store(options);
  CHECK(proxy.connections() >= 3);
  store.upsert(std::vector<VectorRecord>{{"a", {1, 0, 0, 0}, "one", {}}});
  proxy.cut();
  CHECK(store.size() == 1);
  proxy.cut();
  store.upsert(std::vector<VectorRecord>{{"b", {1, 0, 0, 0}, "two", {}}});
  CHECK(store.size() == 2);
  store.drop();
}

TEST_CASE("pymilvus reads what Milvus was given", "[milvus]") {
  MilvusStore store(options_for("for_python", 8));
  store.upsert(test::any_records(100, 8, 3));
  const std::vector<float> query{1, 0.5F, 0, 0, -1, 0, 0.25F, 0};
  std::string ids;
  for (const auto& hit : store.search(query, 5, where("lang") == "de")) ids += (ids.empty() ? "" : ",") + hit.id;
  CHECK(test::run_python("read_milvus.py",
                         {test::address_of("GLOSSA_TEST_MILVUS"), "for_python", "1,0.5,0,0,-1,0,0.25,0", ids}) == 0);
  store.drop();
}
