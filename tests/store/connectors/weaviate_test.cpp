// Against the contract server tests/store/servers/weaviate_server.py.
#include "catch.hpp"
#include "certificate.hpp"
#include "contract_server.hpp"
#include "error_of.hpp"
#include "faulty_proxy.hpp"
#include "server_address.hpp"
#include "vector_store_contract.hpp"

#include <glossa/store/connectors/weaviate.hpp>

#include <chrono>
#include <string>
#include <vector>

using glossa::ErrorKind;
using glossa::Metric;
using glossa::VectorRecord;
using glossa::WeaviateOptions;
using glossa::WeaviateStore;
using glossa::where;
using test::ContractServer;
using test::error_of;
using test::says;

namespace {

WeaviateOptions options_for(const ContractServer& server, std::string collection, std::size_t dims = 4,
                            Metric metric = Metric::cosine) {
  WeaviateOptions options;
  options.connection.address = server.url();
  options.connection.api_key = "the-key";
  options.connection.collection = test::plain_name(std::move(collection));
  options.connection.dims = dims;
  options.connection.metric = metric;
  options.connection.batch_rows = 50;
  options.connection.retries.sleep = [](std::chrono::milliseconds) {};
  return options;
}

const std::vector<std::string> kArguments = {"--key", "the-key"};

VectorRecord one(const char* id) { return {id, {1, 0, 0, 0}, "text", {{"n", std::int64_t{1}}}}; }

}  // namespace

TEST_CASE("Weaviate keeps the contract of stores", "[store]") {
  ContractServer server("weaviate_server.py", kArguments);
  test::check_vector_store([&](const std::string& name, std::size_t dims,
                               Metric metric) { return WeaviateStore(options_for(server, name, dims, metric)); },
                           {.keeps_lengths = false, .has_filters_like_naive = false});
  for (const std::string& line : server.refused()) {  // only what is looked up, and made by two at once
    INFO(line);
    CHECK((line.find(" 404 ") != std::string::npos || line.find("already") != std::string::npos));
  }
}

TEST_CASE("Weaviate measures manhattan distances, and keeps vectors' lengths where the metric needs them", "[store]") {
  ContractServer server("weaviate_server.py", kArguments);
  WeaviateStore store(options_for(server, "manhattan", 2, Metric::manhattan));
  store.upsert(std::vector<VectorRecord>{{"a", {3, 4}, "", {}}, {"b", {1, 1}, "", {}}});
  const auto hits = store.search(std::vector<float>{0, 0}, 2);
  REQUIRE(hits.size() == 2);
  CHECK(hits[0].id == "b");
  CHECK(hits[1].score == Approx(-7));
  CHECK(store.find(std::vector<std::string>{"a"}).at(0).vector == std::vector<float>{3, 4});
}

TEST_CASE("tenants of Weaviate share a class and see nothing of each other", "[store]") {
  ContractServer server("weaviate_server.py", kArguments);
  auto options = options_for(server, "tenants");
  options.connection.name_space = "first";
  WeaviateStore first(options);
  options.connection.name_space = "second-2";
  WeaviateStore second(options);
  first.upsert(std::vector<VectorRecord>{one("a"), one("b")});
  second.upsert(std::vector<VectorRecord>{one("a")});
  CHECK(first.size() == 2);
  CHECK(second.size() == 1);
  CHECK(second.find(std::vector<std::string>{"a", "b"}).size() == 1);
  CHECK(first.search(one("a").vector, 9, where("n") >= std::int64_t{1}).size() == 2);
  first.remove(std::vector<std::string>{"a"});
  CHECK(second.size() == 1);
  first.drop();
  CHECK(second.size() == 1);
  options.connection.name_space = "";
  CHECK(error_of([&] { WeaviateStore{options}; }).kind() == ErrorKind::invalid_argument);
  second.drop();
  CHECK(WeaviateStore(options).size() == 0);
}

TEST_CASE("Weaviate that fails is tried again, and what it refuses is not", "[store]") {
  ContractServer server("weaviate_server.py", kArguments);
  WeaviateStore store(options_for(server, "fails"));
  store.upsert(std::vector<VectorRecord>{one("a")});
  for (const int status : {429, 503}) {
    const int before = server.requests();
    server.set({{"fail", 2}, {"status", status}});
    store.upsert(std::vector<VectorRecord>{one("b")});
    CHECK(server.requests() == before + 3);
  }
  server.set({{"drop", 2}});
  CHECK(store.size() == 2);
  server.set({{"fail", 100}, {"status", 503}});
  CHECK(says(error_of([&] { (void)store.size(); }), "4 tries"));
  server.set({{"fail", 1}, {"status", 422}});
  const int before = server.requests();
  CHECK(error_of([&] { (void)store.size(); }).kind() == ErrorKind::invalid_argument);
  CHECK(server.requests() == before + 1);
}

TEST_CASE("Weaviate that is slow, away, or gets a wrong key, is told", "[store]") {
  ContractServer server("weaviate_server.py", kArguments);
  auto options = options_for(server, "slow");
  options.connection.retries.tries = 2;
  options.connection.timeout = std::chrono::milliseconds(1000);
  WeaviateStore store(options);
  server.set({{"slow_ms", 2500}});
  CHECK(says(error_of([&] { (void)store.size(); }), "in time"));
  server.set({{"slow_ms", 0}});
  options.connection.address = "http://127.0.0.1:1";
  CHECK(says(error_of([&] { WeaviateStore{options}; }), "2 tries"));
  options = options_for(server, "slow");
  options.connection.api_key = "surely-wrong";
  const int before = server.requests();
  const auto wrong = error_of([&] { WeaviateStore{options}; });
  CHECK(wrong.kind() == ErrorKind::io);
  CHECK(says(wrong, "api_key"));
  CHECK_FALSE(says(wrong, "surely-wrong"));  // though the server repeats it
  CHECK(server.requests() == before + 1);
}

TEST_CASE("an object that Weaviate did not keep is an error, though the request was answered", "[store]") {
  ContractServer server("weaviate_server.py", kArguments);
  WeaviateStore store(options_for(server, "partly"));
  store.upsert(std::vector<VectorRecord>{one("a")});
  auto other = options_for(server, "partly");
  WeaviateStore second(other);
  second.drop();  // the class that `store` takes to be there
  const auto error = error_of([&] { store.upsert(std::vector<VectorRecord>{one("b")}); });
  CHECK(error.kind() == ErrorKind::io);
  CHECK(says(error, "not kept"));
}

TEST_CASE("a class, a tenant and a property of Weaviate whose making was not answered are taken", "[store]") {
  ContractServer server("weaviate_server.py", kArguments);
  auto options = options_for(server, "lost");
  options.connection.name_space = "t";
  server.set({{"lose", 1}});
  { const WeaviateStore made(options); }
  options.connection.name_space = "u";
  server.set({{"lose", 1}});
  WeaviateStore store(options);
  server.set({{"lose", 1}});
  store.upsert(std::vector<VectorRecord>{one("a")});
  CHECK(store.size() == 1);
}

TEST_CASE("answers of Weaviate that make no sense are errors, without the key", "[store]") {
  ContractServer server("weaviate_server.py", kArguments);
  auto options = options_for(server, "nonsense");
  options.connection.name_space = "t";
  WeaviateStore store(options);
  store.upsert(std::vector<VectorRecord>{one("a")});
  const std::vector<std::string> ids = {"a"};
  for (const char* answer :
       {"[]", "", "null", "7", "{}", "<html>the-key</html>",
        "{\"data\": {\"Get\": 3, \"Aggregate\": 3}, \"results\": 1}",
        "{\"data\": {\"Get\": {\"Nonsense\": 3}, \"Aggregate\": {\"Nonsense\": [3]}}}",
        "{\"data\": {\"Get\": {\"Nonsense\": [[]]}}, \"class\": []}", "{\"errors\": [{\"message\": \"the-key\"}]}"}) {
    INFO(answer);
    server.set({{"say", answer}});
    for (const int call : {0, 1, 2, 3, 4, 5}) {
      INFO(call);
      CHECK(error_of([&] {
              if (call == 0) store.upsert(std::vector<VectorRecord>{one("a")});
              if (call == 1) (void)store.search(one("a").vector, 1);
              if (call == 2) (void)store.find(ids);
              if (call == 3) WeaviateStore{options};
              if (call == 4) (void)store.size();
              if (call == 5) store.remove(ids);
            }).kind() != ErrorKind::not_found);
    }
    CHECK_FALSE(says(error_of([&] { (void)store.find(ids); }), "the-key"));
  }
}

TEST_CASE("a server of TLS that breaks off is tried again", "[store]") {
  const test::Certificate certificate;
  ContractServer server("weaviate_server.py", {"--key", "the-key", "--tls", certificate.file(), certificate.key()});
  test::FaultyProxy proxy("127.0.0.1:" + server.port());
  auto options = options_for(server, "broken");
  options.connection.address = "https://localhost" + proxy.address().substr(proxy.address().rfind(':'));
  options.connection.tls.ca_file = certificate.file();
  proxy.refuse_next(2);
  WeaviateStore store(options);
  CHECK(proxy.connections() == 3);
  proxy.cut();
  CHECK(store.size() == 0);
  proxy.stall(true);
  options.connection.connect_timeout = std::chrono::milliseconds(300);
  options.connection.retries.tries = 1;
  const auto start = std::chrono::steady_clock::now();
  CHECK(says(error_of([&] { WeaviateStore{options}; }), "in time"));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
}

TEST_CASE("a property that another client added is known when a filter asks for it", "[store]") {
  ContractServer server("weaviate_server.py", kArguments);
  WeaviateStore first(options_for(server, "properties"));
  WeaviateStore second(options_for(server, "properties"));
  second.upsert(std::vector<VectorRecord>{one("a")});
  CHECK(first.search(one("a").vector, 1, where("n") > std::int64_t{0}).size() == 1);
  first.upsert(std::vector<VectorRecord>{one("b")});  // where it is there already
  CHECK(first.size() == 2);
  CHECK(first.search(one("a").vector, 1, where("nowhere") > std::int64_t{0}).empty());
  CHECK(first.search(one("a").vector, 9, !(where("nowhere") > std::int64_t{0})).size() == 2);
}

TEST_CASE("what cannot be said to Weaviate is refused before it is said", "[store]") {
  ContractServer server("weaviate_server.py", kArguments);
  WeaviateStore store(options_for(server, "refuses"));
  store.upsert(std::vector<VectorRecord>{one("a")});
  CHECK(error_of([&] { (void)store.search(one("a").vector, 1, where("lang") < "de"); }).kind() ==
        ErrorKind::unsupported);
  CHECK(error_of([&] { (void)store.search(one("a").vector, 10'001); }).kind() == ErrorKind::unsupported);
  for (const char* name : {"", "_a", "a-b", "a b", "a/../b", "a\"b", "a(limit: 1)"}) {
    auto options = options_for(server, "x");
    options.connection.collection = name;
    INFO(name);
    CHECK(error_of([&] { WeaviateStore{options}; }).kind() == ErrorKind::invalid_argument);
    options = options_for(server, "x");
    options.connection.name_space = std::string("t") + name;
    if (std::string(name).find_first_of(" /\"(") != std::string::npos)
      CHECK(error_of([&] { WeaviateStore{options}; }).kind() == ErrorKind::invalid_argument);
  }
  CHECK(server.refused().size() == 1);  // that the class was not there
}

TEST_CASE("a server's certificate has to be trusted, and of its name", "[store]") {
  const test::Certificate certificate;
  ContractServer server("weaviate_server.py", {"--key", "the-key", "--tls", certificate.file(), certificate.key()});
  auto options = options_for(server, "secure");
  options.connection.address = server.url("https", "localhost");
  options.connection.tls.ca_file = certificate.file();
  WeaviateStore store(options);
  store.upsert(std::vector<VectorRecord>{one("a")});
  CHECK(store.size() == 1);
  std::size_t waits = 0;
  options.connection.retries.sleep = [&](std::chrono::milliseconds) { ++waits; };
  options.connection.tls.ca_file.clear();
  CHECK(says(error_of([&] { WeaviateStore{options}; }), "ca_file"));
  options.connection.tls.ca_file = certificate.file();
  options.connection.address = server.url("https", "127.0.0.1");  // not the certificate's name
  CHECK(error_of([&] { WeaviateStore{options}; }).kind() == ErrorKind::io);
  CHECK(waits == 0);
  options.connection.tls.verify = false;
  CHECK(WeaviateStore(options).size() == 1);
  options.connection.address = server.url("http", "localhost");
  options.connection.tls.enabled = true;
  CHECK(error_of([&] { WeaviateStore{options}; }).kind() == ErrorKind::invalid_argument);
}
