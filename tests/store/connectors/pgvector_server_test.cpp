// Against a PostgreSQL that tests/store/servers/real.py started.
#include "catch.hpp"
#include "certificate.hpp"
#include "error_of.hpp"
#include "faulty_proxy.hpp"
#include "run_python.hpp"
#include "script_server.hpp"
#include "server_address.hpp"
#include "vector_store_contract.hpp"

#include <glossa/store/connectors/pgvector.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using glossa::ErrorKind;
using glossa::Metric;
using glossa::PgvectorOptions;
using glossa::PgvectorStore;
using glossa::VectorRecord;
using glossa::where;
using test::error_of;
using test::says;

namespace {

PgvectorOptions options_for(std::string collection, std::size_t dims = 4, Metric metric = Metric::cosine) {
  PgvectorOptions options;
  options.connection.address = test::address_of("GLOSSA_TEST_POSTGRES");
  options.connection.api_key = test::address_of("GLOSSA_TEST_POSTGRES_PASSWORD");
  options.connection.collection = test::plain_name(std::move(collection));
  options.connection.dims = dims;
  options.connection.metric = metric;
  options.connection.batch_rows = 50;
  options.connection.retries.sleep = [](std::chrono::milliseconds) {};
  return options;
}

std::vector<VectorRecord> three() {
  return {{"a", {1, 0, 0, 0}, "one", {{"n", std::int64_t{1}}}},
          {"b", {0, 1, 0, 0}, "two", {{"n", std::int64_t{2}}}},
          {"c", {0, 0, 1, 0}, "three", {}}};
}

}  // namespace

TEST_CASE("pgvector keeps the contract of stores", "[postgres]") {
  test::check_vector_store([](const std::string& name, std::size_t dims, Metric metric) {
    return PgvectorStore(options_for(name, dims, metric));
  });
}

TEST_CASE("pgvector with a graph keeps the contract of stores", "[postgres]") {
  test::check_vector_store([](const std::string& name, std::size_t dims, Metric metric) {
    auto options = options_for(name + " graph", dims, metric);
    options.hnsw = {.enabled = true, .ef_search = 400};
    return PgvectorStore(options);
  });
}

TEST_CASE("pgvector is reached by a Unix socket, and measures manhattan distances", "[postgres]") {
  auto options = options_for("socket", 4, Metric::manhattan);
  options.connection.address = test::address_of("GLOSSA_TEST_POSTGRES_SOCKET");
  PgvectorStore store(options);
  store.upsert(three());
  CHECK(store.search(std::vector<float>{1, 0, 0, 0}, 3).back().score == Approx(-2));
  store.drop();
}

TEST_CASE("name spaces of pgvector share a table and see nothing of each other", "[postgres]") {
  auto options = options_for("spaces");
  PgvectorStore plain(options);
  options.connection.name_space = "tenant-1";
  PgvectorStore tenant(options);
  plain.upsert(three());
  tenant.upsert(std::vector<VectorRecord>{{"a", {0, 0, 0, 1}, "tenant's", {}}});
  CHECK(plain.size() == 3);
  CHECK(tenant.size() == 1);
  CHECK(tenant.find(std::vector<std::string>{"a", "b"}).at(0).text == "tenant's");
  CHECK(tenant.search(std::vector<float>{1, 0, 0, 0}, 5).size() == 1);
  tenant.remove(std::vector<std::string>{"b"});
  tenant.drop();
  CHECK(plain.size() == 3);
  plain.drop();
  CHECK(error_of([&] { (void)plain.size(); }).kind() == ErrorKind::io);
}

TEST_CASE("pgvector: a server that is away is tried as often as was asked, and named", "[postgres]") {
  auto options = options_for("away");
  options.connection.address = "127.0.0.1:1";
  options.connection.retries.tries = 3;
  std::vector<long> waits;
  options.connection.retries.sleep = [&](std::chrono::milliseconds wait) { waits.push_back(wait.count()); };
  const auto error = error_of([&] { PgvectorStore{options}; });
  CHECK(error.kind() == ErrorKind::io);
  CHECK(says(error, "127.0.0.1:1"));
  CHECK(says(error, "3 tries"));
  REQUIRE(waits.size() == 2);
  CHECK((waits[0] >= 100 && waits[0] <= 200));
  CHECK((waits[1] >= 200 && waits[1] <= 400));
}

TEST_CASE("pgvector: a wrong password is told at once, and not repeated in the message", "[postgres]") {
  auto options = options_for("wrong");
  options.connection.api_key = "surely-wrong-key";
  std::size_t waits = 0;
  options.connection.retries.sleep = [&](std::chrono::milliseconds) { ++waits; };
  const auto error = error_of([&] { PgvectorStore{options}; });
  CHECK(error.kind() == ErrorKind::io);
  CHECK(says(error, "refuses"));
  CHECK_FALSE(says(error, "surely-wrong-key"));
  CHECK(waits == 0);
}

TEST_CASE("pgvector's server has to show a certificate that is trusted, and of its name", "[postgres]") {
  const test::Certificate certificate;
  const test::ScriptServer front("tls_front.py",
                                 {test::address_of("GLOSSA_TEST_POSTGRES"), certificate.file(), certificate.key()});
  auto options = options_for("tls");
  options.connection.address = "localhost:" + front.port();
  options.connection.tls = {.enabled = true, .ca_file = certificate.file()};
  PgvectorStore store(options);
  store.upsert(three());
  CHECK(store.size() == 3);
  store.drop();
  std::size_t waits = 0;
  options.connection.retries.sleep = [&](std::chrono::milliseconds) { ++waits; };
  options.connection.address = "127.0.0.1:" + front.port();  // not the certificate's name
  CHECK(error_of([&] { PgvectorStore{options}; }).kind() == ErrorKind::io);
  options.connection.tls.verify = false;
  CHECK(PgvectorStore(options).size() == 0);
  options.connection.address = test::address_of("GLOSSA_TEST_POSTGRES");  // which has no TLS
  CHECK(says(error_of([&] { PgvectorStore{options}; }), "SSL"));
  CHECK(waits == 0);
  options.connection.tls = {.enabled = true};
  CHECK(error_of([&] { PgvectorStore{options}; }).field() == "TlsOptions::ca_file");
  PgvectorStore(options_for("tls")).drop();
}

TEST_CASE("pgvector connects again where connections break, and loses nothing", "[postgres]") {
  test::FaultyProxy proxy(test::address_of("GLOSSA_TEST_POSTGRES"));
  auto options = options_for("broken");
  options.connection.address = proxy.address();
  proxy.refuse_next(2);
  PgvectorStore store(options);
  CHECK(proxy.connections() == 3);
  store.upsert(three());
  proxy.cut();  // what is open
  CHECK(store.size() == 3);
  CHECK(proxy.connections() == 4);
  proxy.cut();
  proxy.refuse_next(2);
  store.upsert(std::vector<VectorRecord>{{"d", {0, 0, 0, 1}, "four", {}}});
  CHECK(store.size() == 4);
  proxy.cut();
  proxy.refuse_next(100);
  CHECK(error_of([&] { (void)store.size(); }).kind() == ErrorKind::io);
  proxy.refuse_next(0);
  store.drop();
}

TEST_CASE("pgvector: a server that hangs, and a statement that takes long, end in time", "[postgres]") {
  test::FaultyProxy proxy(test::address_of("GLOSSA_TEST_POSTGRES"));
  auto options = options_for("slow");
  options.connection.address = proxy.address();
  options.connection.timeout = std::chrono::milliseconds(1000);
  options.connection.connect_timeout = std::chrono::milliseconds(2000);
  options.connection.retries.tries = 1;
  PgvectorStore store(options);
  proxy.stall(true);
  const auto start = std::chrono::steady_clock::now();
  const auto error = error_of([&] { (void)store.size(); });
  CHECK(error.kind() == ErrorKind::io);
  CHECK(says(error, "in time"));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
  const auto again = std::chrono::steady_clock::now();
  CHECK(error_of([&] { PgvectorStore{options}; }).kind() == ErrorKind::io);  // so does one that hangs from the start
  CHECK(std::chrono::steady_clock::now() - again < std::chrono::seconds(10));
  proxy.stall(false);
  CHECK(store.size() == 0);
  // A lock that another client holds: the server ends the statement.
  pqxx::connection other(glossa::detail::connection_text(options_for("slow")));
  pqxx::work holds(other);
  holds.exec("LOCK TABLE \"slow\" IN ACCESS EXCLUSIVE MODE");
  CHECK(says(error_of([&] { (void)store.size(); }), "too long"));
  holds.abort();
  store.drop();
}

TEST_CASE("pgvector refuses names and tables that are not its own", "[postgres]") {
  for (const char* name : {"", "a b", "a\"; DROP TABLE x; --", "1a", "a.b", "ä", "a'b"}) {
    auto options = options_for("x");
    options.connection.collection = name;
    INFO(name);
    CHECK(error_of([&] { PgvectorStore{options}; }).kind() == ErrorKind::invalid_argument);
    options = options_for("x");
    options.schema = name;
    CHECK(error_of([&] { PgvectorStore{options}; }).kind() == ErrorKind::invalid_argument);
  }
  {
    pqxx::connection other(glossa::detail::connection_text(options_for("x")));
    pqxx::work work(other);
    work.exec("DROP TABLE IF EXISTS foreign_table");
    work.exec("CREATE TABLE foreign_table (a int)");
    work.commit();
  }
  CHECK(error_of([] { PgvectorStore{options_for("foreign_table")}; }).kind() == ErrorKind::invalid_argument);
}

TEST_CASE("two writers of pgvector that meet in the same records both succeed", "[postgres]") {
  PgvectorStore first(options_for("writers"));
  const auto write = [&](unsigned seed) {
    PgvectorStore store(options_for("writers"));
    auto records = test::any_records(200, 4, seed);
    for (int i = 0; i < 5; ++i) {
      store.upsert(records);
      std::reverse(records.begin(), records.end());
    }
  };
  std::thread a(write, 1), b(write, 2);
  a.join();
  b.join();
  CHECK(first.size() == 200);
  first.drop();
}

TEST_CASE("pgvector repeats what broke while it was committed", "[postgres]") {
  test::FaultyProxy proxy(test::address_of("GLOSSA_TEST_POSTGRES"));
  auto options = options_for("doubt");
  options.connection.address = proxy.address();
  PgvectorStore store(options);
  proxy.cut_after("COMMIT");
  store.upsert(three());
  CHECK(proxy.connections() == 2);
  CHECK(store.size() == 3);
  store.drop();
}

TEST_CASE("dropping a name space of pgvector leaves what another is given meanwhile", "[postgres]") {
  auto options = options_for("meanwhile");
  PgvectorStore store(options);
  store.upsert(three());
  pqxx::connection other(glossa::detail::connection_text(options));
  pqxx::work work(other);
  work.exec("INSERT INTO meanwhile VALUES ('other', 'a', '[1,2,3,4]', '', '{}')");
  std::thread dropping([&] { store.drop(); });
  std::this_thread::sleep_for(std::chrono::milliseconds(500));  // it sees an empty table, and waits for this writer
  work.commit();
  dropping.join();
  options.connection.name_space = "other";
  PgvectorStore kept(options);
  CHECK(kept.size() == 1);
  kept.drop();
}

TEST_CASE("a graph of pgvector that gives up before it has enough is not the last word", "[postgres]") {
  auto options = options_for("crowd");
  options.hnsw = {.enabled = true, .m = 4, .ef_construction = 8, .ef_search = 10};
  PgvectorStore store(options);
  {
    pqxx::connection other(glossa::detail::connection_text(options));
    pqxx::work work(other);
    work.exec(
        "INSERT INTO crowd SELECT '', 'c' || i, ARRAY[1, random() / 10, random() / 10, random() / 10]::vector, '', "
        "'{\"rare\": false}' FROM generate_series(1, 25000) AS i");
    work.commit();
  }
  for (const char* id : {"a", "b", "c"})
    store.upsert(std::vector<VectorRecord>{{id, {-1, 0.1F, 0, 0}, "", {{"rare", true}}}});
  {
    pqxx::connection other(glossa::detail::connection_text(options));
    pqxx::nontransaction(other).exec("ANALYZE crowd");  // the graph is what the planner likes best now
  }
  CHECK(store.search(std::vector<float>{1, 0, 0, 0}, 3, where("rare") == true).size() == 3);
  store.drop();
}

TEST_CASE("a graph over a table of pgvector that has rows may take longer than another call", "[postgres]") {
  auto options = options_for("late", 256);
  PgvectorStore plain(options);
  {
    pqxx::connection other(glossa::detail::connection_text(options));
    pqxx::work work(other);
    work.exec(
        "INSERT INTO late SELECT '', 'c' || i, (SELECT array_agg(random() + 0 * (i + j)) FROM generate_series(1, 256) "
        "AS j)"
        "::vector, '', '{}' FROM generate_series(1, 10000) AS i");
    work.commit();
  }
  options.hnsw = {.enabled = true, .m = 32, .ef_construction = 400, .build_timeout = std::chrono::seconds(1)};
  const auto error = error_of([&] { PgvectorStore{options}; });
  CHECK(error.kind() == ErrorKind::io);
  CHECK(error.field() == "PgvectorHnsw::build_timeout");
  options.hnsw.build_timeout = std::chrono::minutes(10);
  options.connection.timeout = std::chrono::seconds(1);
  PgvectorStore store(options);
  CHECK(store.search(std::vector<float>(256, 1.0F), 5).size() == 5);
  CHECK(PgvectorStore(options).size() == 10000);  // the second time there is nothing to do
  store.drop();
}

TEST_CASE("a table of pgvector that is called like another's index does not take its place", "[postgres]") {
  PgvectorStore first(options_for("same_hnsw"));
  auto options = options_for("same");
  options.hnsw.enabled = true;
  PgvectorStore second(options);
  pqxx::connection other(glossa::detail::connection_text(options));
  pqxx::work work(other);
  CHECK(work.exec("SELECT 1 FROM pg_indexes WHERE tablename = 'same' AND indexdef LIKE '%hnsw%'").size() == 1);
  work.abort();
  first.drop();
  second.drop();
}

TEST_CASE("the extension of pgvector may be made by another client at the same time", "[postgres]") {
  auto options = options_for("extension");
  {
    pqxx::connection other(glossa::detail::connection_text(options));
    pqxx::nontransaction work(other);
    work.exec("DROP DATABASE IF EXISTS fresh");
    work.exec("CREATE DATABASE fresh");
  }
  options.database = "fresh";
  pqxx::connection other(glossa::detail::connection_text(options));
  pqxx::work work(other);
  work.exec("CREATE EXTENSION vector");
  std::string wrong;
  std::thread opening([&] {
    try {
      PgvectorStore{options}.upsert(three());
    } catch (const glossa::Error& error) {
      wrong = error.what();
    }
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  work.commit();
  opening.join();
  CHECK(wrong == "");
}

TEST_CASE("pgvector takes nothing from the environment", "[postgres]") {
  const std::vector<std::pair<const char*, const char*>> variables = {{"PGHOST", "nowhere"},
                                                                      {"PGHOSTADDR", "192.0.2.1"},
                                                                      {"PGPORT", "1"},
                                                                      {"PGOPTIONS", "-c a=b"},
                                                                      {"PGSSLMODE", "verify-full"},
                                                                      {"PGCHANNELBINDING", "require"},
                                                                      {"PGREQUIREPEER", "nosuch"},
                                                                      {"PGSSLMINPROTOCOLVERSION", "nonsense"},
                                                                      {"PGSSLMAXPROTOCOLVERSION", "TLSv1"},
                                                                      {"PGSSLCERT", "/nowhere"},
                                                                      {"PGTARGETSESSIONATTRS", "read-only"},
                                                                      {"PGCLIENTENCODING", "LATIN1"}};
  for (const auto& [name, value] : variables) ::setenv(name, value, 1);
  auto options = options_for("environment");
  std::string wrong;
  for (const char* address : {"GLOSSA_TEST_POSTGRES", "GLOSSA_TEST_POSTGRES_SOCKET"}) try {
      options.connection.address = test::address_of(address);
      PgvectorStore store(options);
      CHECK(store.size() == 0);
      store.drop();
    } catch (const glossa::Error& error) {
      wrong += error.what();
    }
  for (const auto& [name, value] : variables) ::unsetenv(name);
  CHECK(wrong == "");
}

TEST_CASE("psycopg reads what pgvector was given", "[postgres]") {
  PgvectorStore store(options_for("for_python", 8));
  store.upsert(test::any_records(100, 8, 3));
  const std::vector<float> query{1, 0.5F, 0, 0, -1, 0, 0.25F, 0};
  std::string ids;
  for (const auto& hit : store.search(query, 5, where("lang") == "de")) ids += (ids.empty() ? "" : ",") + hit.id;
  CHECK(test::run_python("read_postgres.py",
                         {test::address_of("GLOSSA_TEST_POSTGRES"), test::address_of("GLOSSA_TEST_POSTGRES_PASSWORD"),
                          "for_python", "1,0.5,0,0,-1,0,0.25,0", ids}) == 0);
  store.drop();
}
