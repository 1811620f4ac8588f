// Against the contract server tests/store/servers/pinecone_server.py.
#include "catch.hpp"
#include "contract_server.hpp"
#include "error_of.hpp"
#include "server_address.hpp"
#include "vector_store_contract.hpp"

#include <glossa/store/connectors/pinecone.hpp>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

using glossa::ErrorKind;
using glossa::Metric;
using glossa::PineconeOptions;
using glossa::PineconeStore;
using glossa::VectorRecord;
using glossa::where;
using test::ContractServer;
using test::error_of;
using test::says;

namespace {

PineconeOptions options_for(const ContractServer& server, std::string collection, std::size_t dims = 4,
                            Metric metric = Metric::cosine) {
  PineconeOptions options;
  options.connection.address = server.url();
  options.connection.api_key = "the-key";
  options.connection.collection = test::plain_name(std::move(collection));
  options.connection.dims = dims;
  options.connection.metric = metric;
  options.connection.retries.sleep = [](std::chrono::milliseconds) {};
  return options;
}

const std::vector<std::string> kArguments = {"--key", "the-key"};

VectorRecord one(const char* id) { return {id, {1, 0, 0, 0}, "text", {{"n", std::int64_t{1}}}}; }

}  // namespace

TEST_CASE("Pinecone keeps the contract of stores", "[store]") {
  ContractServer server("pinecone_server.py", kArguments);
  test::check_vector_store([&](const std::string& name, std::size_t dims,
                               Metric metric) { return PineconeStore(options_for(server, name, dims, metric)); },
                           {.has_filters_like_naive = false});
  for (const std::string& line : server.refused()) CHECK(line.find(" 404 ") != std::string::npos);
}

TEST_CASE("namespaces of Pinecone share an index and see nothing of each other", "[store]") {
  ContractServer server("pinecone_server.py", kArguments);
  auto options = options_for(server, "spaces");
  PineconeStore plain(options);
  options.connection.name_space = "tenant-1";
  PineconeStore tenant(options);
  plain.upsert(std::vector<VectorRecord>{one("a"), one("b")});
  tenant.upsert(std::vector<VectorRecord>{one("a")});
  CHECK(plain.size() == 2);
  CHECK(tenant.size() == 1);
  CHECK(tenant.find(std::vector<std::string>{"a", "b"}).size() == 1);
  tenant.drop();
  CHECK(tenant.size() == 0);
  CHECK(plain.size() == 2);
}

TEST_CASE("Pinecone's reads wait for what was written before", "[store]") {
  ContractServer server("pinecone_server.py", kArguments);
  PineconeStore store(options_for(server, "lag"));
  store.upsert(std::vector<VectorRecord>{one("a")});
  server.set({{"lag", 3}});
  CHECK(store.search(one("a").vector, 1).size() == 1);
  store.upsert(std::vector<VectorRecord>{one("b")});
  server.set({{"lag", 2}});
  CHECK(store.find(std::vector<std::string>{"b"}).size() == 1);
  auto options = options_for(server, "lag");
  options.connection.timeout = std::chrono::milliseconds(1000);
  PineconeStore hasty(options);
  hasty.upsert(std::vector<VectorRecord>{one("c")});
  server.set({{"lag", 1000}});
  CHECK(says(error_of([&] { (void)hasty.search(one("a").vector, 1); }), "in time"));
}

TEST_CASE("Pinecone that fails is tried again, after the time that it asks for", "[store]") {
  ContractServer server("pinecone_server.py", kArguments);
  auto options = options_for(server, "fails");
  std::vector<long> waits;
  options.connection.retries.sleep = [&](std::chrono::milliseconds wait) { waits.push_back(wait.count()); };
  PineconeStore store(options);
  for (const int status : {429, 500, 502, 503, 504}) {
    waits.clear();
    const int before = server.requests();
    server.set({{"fail", 2}, {"status", status}, {"retry_after", 2}});
    store.upsert(std::vector<VectorRecord>{one("a")});
    CHECK(server.requests() == before + 3);
    CHECK(waits == std::vector<long>{2000, 2000});
  }
  const int before = server.requests();
  server.set({{"drop", 2}});
  store.upsert(std::vector<VectorRecord>{one("b")});
  CHECK(server.requests() == before + 3);
  CHECK(store.size() == 2);
  server.set({{"fail", 100}, {"status", 503}});
  const auto error = error_of([&] { (void)store.size(); });
  CHECK(error.kind() == ErrorKind::io);
  CHECK(says(error, "4 tries"));
  server.set({{"fail", 1}, {"status", 400}});
  const int now = server.requests();
  CHECK(error_of([&] { (void)store.size(); }).kind() == ErrorKind::invalid_argument);
  CHECK(server.requests() == now + 1);
}

TEST_CASE("Pinecone that is slow, away, or gets a wrong key, is told", "[store]") {
  ContractServer server("pinecone_server.py", kArguments);
  auto options = options_for(server, "slow");
  options.connection.timeout = std::chrono::milliseconds(1000);
  options.connection.retries.tries = 2;
  PineconeStore store(options);
  server.set({{"slow_ms", 2500}});
  CHECK(says(error_of([&] { (void)store.size(); }), "in time"));
  server.set({{"slow_ms", 0}});
  options.connection.address = "http://127.0.0.1:1";
  const auto away = error_of([&] { PineconeStore{options}; });
  CHECK(away.kind() == ErrorKind::io);
  CHECK(says(away, "127.0.0.1:1"));
  CHECK(says(away, "2 tries"));
  options = options_for(server, "slow");
  options.connection.api_key = "surely-wrong";
  const int before = server.requests();
  const auto wrong = error_of([&] { PineconeStore{options}; });
  CHECK(wrong.kind() == ErrorKind::io);
  CHECK(says(wrong, "Invalid API key"));
  CHECK(says(wrong, "api_key"));
  CHECK_FALSE(says(wrong, "surely-wrong"));  // though the server repeats it
  CHECK(server.requests() == before + 1);
}

TEST_CASE("what cannot be said to Pinecone is refused before it is said", "[store]") {
  ContractServer server("pinecone_server.py", kArguments);
  PineconeStore store(options_for(server, "refuses"));
  store.upsert(std::vector<VectorRecord>{one("a")});
  CHECK(error_of([&] { (void)store.search(one("a").vector, 1, where("lang") < "de"); }).kind() ==
        ErrorKind::unsupported);
  CHECK(error_of([&] { (void)store.search(one("a").vector, 1, where("n") < std::int64_t{9007199254740992}); }).kind() ==
        ErrorKind::unsupported);
  CHECK(error_of([&] { (void)store.search(one("a").vector, 10'001); }).kind() == ErrorKind::unsupported);
  for (const char* name : {"", "Upper", "_a", "a_", "a-b", "a b", "a/../b", "a\"b"}) {
    auto options = options_for(server, "x");
    options.connection.collection = name;
    INFO(name);
    CHECK(error_of([&] { PineconeStore{options}; }).kind() == ErrorKind::invalid_argument);
  }
  auto options = options_for(server, "x");
  options.connection.api_key = "key\r\nHost: elsewhere";
  CHECK(error_of([&] { PineconeStore{options}; }).kind() == ErrorKind::invalid_argument);
  for (const char* address : {"127.0.0.1", "http://db.example", "http://127.0.0.1.example", "ftp://127.0.0.1",
                              "http://user:pass@127.0.0.1", "http://a b", "file:///etc"}) {
    options = options_for(server, "x");
    options.connection.address = address;
    CHECK(error_of([&] { PineconeStore{options}; }).kind() == ErrorKind::invalid_argument);
  }
  CHECK(server.refused().size() == 1);  // that the index was not there
}

TEST_CASE("an index of Pinecone whose making was not answered, or that another made first, is taken", "[store]") {
  ContractServer server("pinecone_server.py", kArguments);
  server.set({{"lose", 1}});
  PineconeStore store(options_for(server, "lost"));
  CHECK(store.size() == 0);
  for (const std::string& line : server.refused())
    CHECK((line.find(" 404 ") != std::string::npos || line.find(" 409 ") != std::string::npos));
}

TEST_CASE("answers of Pinecone that make no sense are errors, without the key", "[store]") {
  ContractServer server("pinecone_server.py", kArguments);
  auto options = options_for(server, "nonsense");
  options.connection.timeout = std::chrono::milliseconds(1000);  // that an index is ready is waited for so long
  PineconeStore store(options);
  const std::vector<std::string> ids = {"a"};
  for (const char* answer :
       {"[]", "", "null", "7", "<html>the-key</html>", "{\"vectors\": 3, \"matches\": [1]}",
        "{\"namespaces\": {\"\": {\"vectorCount\": \"many\"}}, \"vectors\": {\"a\": 1}}",
        "{\"matches\": [{\"score\": \"x\", \"id\": \"a\"}], \"vectors\": [[]], \"namespaces\": []}"}) {
    INFO(answer);
    server.set({{"say", answer}});
    for (const int call : {0, 1, 2, 3}) {
      INFO(call);
      try {
        if (call == 0) store.upsert(std::vector<VectorRecord>{one("a")});
        if (call == 1) (void)store.search(one("a").vector, 1);
        if (call == 2) (void)store.find(ids);
        if (call == 3) PineconeStore{options};
        CHECK(call == 2);  // an answer without vectors may be one
      } catch (const glossa::Error& error) {
        CHECK((error.kind() == ErrorKind::io || error.kind() == ErrorKind::invalid_argument));
        CHECK_FALSE(says(error, "the-key"));
      }
    }
  }
  server.set({{"say", "{\"namespaces\": {\"\": {\"vectorCount\": \"many\"}}}"}});
  CHECK(error_of([&] { (void)store.size(); }).kind() == ErrorKind::io);
  server.set(
      {{"say", "{\"dimension\": 4, \"metric\": \"cosine\", \"status\": {\"ready\": true}, \"host\": \"x/@y\"}"}});
  CHECK(error_of([&] { PineconeStore{options}; }).kind() == ErrorKind::io);
}

TEST_CASE("what Pinecone kept only a part of is an error", "[store]") {
  ContractServer server("pinecone_server.py", kArguments);
  PineconeStore store(options_for(server, "partly"));
  server.set({{"partly", 1}});
  const auto error = error_of([&] { store.upsert(std::vector<VectorRecord>{one("a"), one("b")}); });
  CHECK(error.kind() == ErrorKind::io);
  CHECK(says(error, "not all"));
}

TEST_CASE("what Pinecone would not keep is refused before anything is sent", "[store]") {
  ContractServer server("pinecone_server.py", kArguments);
  auto options = options_for(server, "much");
  options.connection.batch_rows = 1;
  PineconeStore store(options);
  VectorRecord large = one("large");
  large.text = std::string(41'000, 'x');
  CHECK(error_of([&] {
          store.upsert(std::vector<VectorRecord>{one("a"), large});
        }).kind() == ErrorKind::invalid_argument);
  VectorRecord zero = one("zero");
  zero.vector = {0, 0, 0, 0};
  CHECK(error_of([&] { store.upsert(std::vector<VectorRecord>{one("a"), zero}); }).kind() == ErrorKind::unsupported);
  CHECK(store.size() == 0);
}

TEST_CASE("an index of Pinecone stays while it has another namespace, and no answer sends a key elsewhere", "[store]") {
  ContractServer server("pinecone_server.py", kArguments);
  auto options = options_for(server, "emptied");
  PineconeStore plain(options);
  options.connection.name_space = "tenant";
  PineconeStore tenant(options);
  tenant.upsert(std::vector<VectorRecord>{one("a")});
  tenant.remove(std::vector<std::string>{"a"});
  plain.drop();
  CHECK(tenant.size() == 0);
  tenant.upsert(std::vector<VectorRecord>{one("b")});
  CHECK(tenant.size() == 1);
  for (const int status : {301, 302, 307, 308}) {
    const int before = server.requests();
    server.set({{"fail", 1}, {"status", status}});
    CHECK(error_of([&] { (void)tenant.size(); }).kind() == ErrorKind::io);
    CHECK(server.requests() == before + 1);
  }
}

TEST_CASE("no proxy is taken from the environment, and several threads use one store", "[store][threads]") {
  ContractServer server("pinecone_server.py", kArguments);
  for (const char* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) ::setenv(name, "http://127.0.0.1:1", 1);
  PineconeStore store(options_for(server, "threads"));
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&store, &right, t] {
      for (int i = 0; i < 10; ++i) {
        const std::string id = std::to_string(t) + "-" + std::to_string(i);
        store.upsert(std::vector<VectorRecord>{one(id.c_str())});
        right += store.find(std::vector<std::string>{id}).size() == 1 ? 1 : 0;
      }
    });
  for (auto& thread : threads) thread.join();
  for (const char* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) ::unsetenv(name);
  CHECK(right == 40);
  CHECK(store.size() == 40);
}

TEST_CASE("large upserts to Pinecone are sent in requests that it takes", "[store]") {
  ContractServer server("pinecone_server.py", kArguments);
  auto options = options_for(server, "large");
  options.connection.batch_rows = 5000;
  PineconeStore store(options);
  std::vector<VectorRecord> records;
  for (int i = 0; i < 1100; ++i) records.push_back(one(("id " + std::to_string(i)).c_str()));
  for (int i = 0; i < 200; ++i) records[static_cast<std::size_t>(i)].text = std::string(30'000, 'x');
  store.upsert(records);
  CHECK(store.size() == 1100);
  std::vector<std::string> ids;
  for (const auto& record : records) ids.push_back(record.id);
  CHECK(store.find(ids).size() == 1100);
  store.remove(ids);
  CHECK(store.size() == 0);
}
