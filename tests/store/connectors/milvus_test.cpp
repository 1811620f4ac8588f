// Without a Milvus: names, expressions, and a server that fails as a test wants.
#include "catch.hpp"
#include "certificate.hpp"
#include "error_of.hpp"
#include "fake_milvus.hpp"
#include "faulty_proxy.hpp"

#include <glossa/store/connectors/milvus.hpp>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

using glossa::ErrorKind;
using glossa::MilvusOptions;
using glossa::MilvusStore;
using glossa::where;
using test::error_of;
using test::says;

// The resolver of gRPC, c-ares, keeps a few bytes of names that it looked up; AddressSanitizer asks for this.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libcares"; }

namespace {

MilvusOptions options_for(const std::string& address) {
  MilvusOptions options;
  options.connection.address = address;
  options.connection.collection = "things";
  options.connection.dims = 3;
  options.connection.timeout = std::chrono::milliseconds(2000);
  options.connection.retries.tries = 3;
  options.connection.retries.sleep = [](std::chrono::milliseconds) {};
  return options;
}

/// What Milvus says to a collection of three dims that is there and loaded.
grpc::Status good_answer(const std::string& method, std::string& bytes) {
  namespace wire = glossa::milvus_wire;
  if (method == "HasCollection") {
    wire::BoolResponse answer;
    answer.set_value(true);
    bytes = answer.SerializeAsString();
  } else if (method == "DescribeCollection") {
    wire::DescribeCollectionResponse answer;
    for (const char* name : {"pk", "id", "name_space", "body", "metadata", "odd", "tags"})
      answer.mutable_schema()->add_fields()->set_name(name);
    auto& field = *answer.mutable_schema()->add_fields();
    field.set_name("embedding");
    auto& pair = *field.add_type_params();
    pair.set_key("dim");
    pair.set_value("3");
    bytes = answer.SerializeAsString();
  } else if (method == "DescribeIndex") {
    wire::DescribeIndexResponse answer;
    auto& index = *answer.add_index_descriptions();
    index.set_field_name("embedding");
    auto& pair = *index.add_params();
    pair.set_key("metric_type");
    pair.set_value("COSINE");
    bytes = answer.SerializeAsString();
  } else if (method == "GetLoadState") {
    wire::LoadStateResponse answer;
    answer.set_state(3);
    bytes = answer.SerializeAsString();
  }
  return grpc::Status::OK;
}

std::string expression_of(const glossa::Filter& filter) {
  return glossa::detail::milvus_expression(glossa::detail::tag_filter_of(filter));
}

}  // namespace

TEST_CASE("filters become expressions of Milvus in which nothing can end a string", "[store]") {
  CHECK(expression_of(where("lang") == "de") == "array_contains_any(tags, [\"v:s:lang:de\"])");
  CHECK(expression_of(where("lang") == "\") or (pk != \"") ==
        "array_contains_any(tags, [\"v:s:lang:%22%29%20or%20%28pk%20%21%3D%20%22\"])");
  CHECK(expression_of(where("year") > std::int64_t{2020}) ==
        "(array_contains_any(tags, [\"t:n:year\"]) and (metadata[\"year\"] > 2020))");
  CHECK(expression_of(!(where("year") > 20.0)) ==
        "((not array_contains_any(tags, [\"t:n:year\"])) or (metadata[\"year\"] <= 20.0))");
  CHECK(expression_of(where("a\"b") < "x\"] == 1 \\") ==
        "(array_contains_any(tags, [\"t:s:a%22b\"]) and (odd[\"x612262\"] < \"x\\\"] == 1 \\\\\"))");
  CHECK(error_of([] { (void)expression_of(where("n") < std::int64_t{9007199254740992}); }).kind() ==
        ErrorKind::unsupported);
}

TEST_CASE("Milvus that is not available is tried again, and what it refuses is not", "[store]") {
  std::atomic<int> failures{2};
  test::FakeMilvus server([&](const std::string& method, std::string& bytes) {
    if (failures-- > 0) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "starting");
    return good_answer(method, bytes);
  });
  auto options = options_for(server.address());
  options.connection.api_key = "root:the-key";
  MilvusStore store(options);
  CHECK(server.calls() == 2 + 5);
  CHECK(server.last_key() == "cm9vdDp0aGUta2V5");
  failures = 3;
  const auto error = error_of([&] { (void)store.size(); });
  CHECK(error.kind() == ErrorKind::io);
  CHECK(says(error, "3 tries"));
  CHECK(server.calls() == 7 + 3);
}

TEST_CASE("Milvus with a wrong key is told at once, without the key", "[store]") {
  test::FakeMilvus server([](const std::string&, std::string&) {
    return grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "auth check failure for root:the-key");
  });
  auto options = options_for(server.address());
  options.connection.api_key = "root:the-key";
  const auto error = error_of([&] { MilvusStore{options}; });
  CHECK(error.kind() == ErrorKind::io);
  CHECK(says(error, "api_key"));
  CHECK_FALSE(says(error, "the-key"));
  CHECK(server.calls() == 1);
}

TEST_CASE("Milvus that is slow or away ends in time", "[store]") {
  test::FakeMilvus server([](const std::string& method, std::string& bytes) {
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    return good_answer(method, bytes);
  });
  auto options = options_for(server.address());
  options.connection.timeout = std::chrono::milliseconds(100);
  options.connection.retries.tries = 2;
  CHECK(says(error_of([&] { MilvusStore{options}; }), "in time"));
  options = options_for("127.0.0.1:1");
  const auto error = error_of([&] { MilvusStore{options}; });
  CHECK(error.kind() == ErrorKind::io);
  CHECK(says(error, "127.0.0.1:1"));
  CHECK(says(error, "3 tries"));
}

TEST_CASE("the certificate of Milvus has to be trusted, and of its name", "[store]") {
  const test::Certificate certificate;
  grpc::SslServerCredentialsOptions tls;
  tls.pem_key_cert_pairs.push_back(
      {test::Certificate::text_of(certificate.key()), test::Certificate::text_of(certificate.file())});
  test::FakeMilvus server(good_answer, grpc::SslServerCredentials(tls));
  auto options = options_for(server.address("localhost"));
  options.connection.tls = {.enabled = true, .ca_file = certificate.file()};
  MilvusStore store(options);
  CHECK(server.calls() == 5);
  options.connection.address = server.address();  // not the certificate's name
  CHECK(error_of([&] { MilvusStore{options}; }).kind() == ErrorKind::io);
  options.connection.address = server.address("localhost");
  options.connection.tls.ca_file = "";  // what the system trusts
  CHECK(error_of([&] { MilvusStore{options}; }).kind() == ErrorKind::io);
  options.connection.tls.ca_file = "/nowhere/ca.pem";
  CHECK(error_of([&] { MilvusStore{options}; }).kind() == ErrorKind::not_found);
  CHECK(server.calls() == 5);
}

TEST_CASE("Milvus that went away without a word is reached by another connection", "[store]") {
  test::FakeMilvus server(good_answer);
  test::FaultyProxy proxy(server.address());
  auto options = options_for(proxy.address());
  options.connection.timeout = std::chrono::milliseconds(1000);
  MilvusStore store(options);
  CHECK(proxy.connections() == 1);
  proxy.stall(true);
  CHECK(says(error_of([&] { (void)store.size(); }), "in time"));
  CHECK(proxy.connections() == 3);  // a try each, the first on what was open
  options.connection.timeout = std::chrono::milliseconds(60'000);
  options.connection.connect_timeout = std::chrono::milliseconds(300);
  options.connection.retries.tries = 1;
  const auto start = std::chrono::steady_clock::now();
  CHECK(error_of([&] { MilvusStore{options}; }).kind() == ErrorKind::io);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
}

TEST_CASE("what Milvus says of a key is not repeated, in whichever form", "[store]") {
  for (const char* said : {"bad token cm9vdDp0aGUta2V5", "no password the-key", "root:the-key is wrong"}) {
    test::FakeMilvus server(
        [&](const std::string&, std::string&) { return grpc::Status(grpc::StatusCode::UNAUTHENTICATED, said); });
    auto options = options_for(server.address());
    options.connection.api_key = "root:the-key";
    const auto error = error_of([&] { MilvusStore{options}; });
    CHECK_FALSE(says(error, "the-key"));
    CHECK_FALSE(says(error, "cm9vdDp0aGUta2V5"));
  }
}

TEST_CASE("large upserts to Milvus are sent in requests that it takes, and all have to be kept", "[store]") {
  std::size_t requests = 0, rows = 0, lost = 0;
  test::FakeMilvus server(
      test::FakeMilvus::Talk([&](const std::string& method, const std::string& asked, std::string& bytes) {
        if (method != "Upsert") return good_answer(method, bytes);
        glossa::milvus_wire::UpsertRequest request;
        request.ParseFromString(asked);
        ++requests;
        rows += request.num_rows();
        glossa::milvus_wire::MutationResult answer;
        answer.set_upsert_cnt(static_cast<std::int64_t>(request.num_rows() - lost));
        bytes = answer.SerializeAsString();
        return grpc::Status::OK;
      }));
  auto options = options_for(server.address());
  options.connection.batch_rows = 5000;
  options.connection.timeout = std::chrono::milliseconds(20'000);
  MilvusStore store(options);
  std::vector<glossa::VectorRecord> records;
  for (int i = 0; i < 1100; ++i) records.push_back({std::to_string(i), {1, 0, 0}, std::string(65'000, 'x'), {}});
  store.upsert(records);
  CHECK(rows == 1100);
  CHECK(requests > 1);
  const std::size_t before = requests;
  std::vector<glossa::VectorRecord> two = {{"a", {1, 0, 0}, "", {}}, {"b", {1, 0, 0}, "", {}}};
  lost = 1;
  CHECK(says(error_of([&] { store.upsert(two); }), "not all"));
  CHECK(requests == before + 1);
  two[1].metadata["long"] = std::string(70'000, 'x');
  CHECK(error_of([&] { store.upsert(two); }).kind() == ErrorKind::invalid_argument);
  two[1].metadata = {{"many", std::vector<std::string>(5000, "x")}};
  CHECK(error_of([&] { store.upsert(two); }).kind() == ErrorKind::invalid_argument);
  CHECK(requests == before + 1);
}

TEST_CASE("a collection of Milvus whose index is missing gets it, and why one cannot be made is told", "[store]") {
  bool is_there = true, has_index = false, may = true;
  test::FakeMilvus server([&](const std::string& method, std::string& bytes) {
    namespace wire = glossa::milvus_wire;
    if (method == "CreateIndex") has_index = true;
    if (method == "HasCollection") {
      wire::BoolResponse answer;
      answer.set_value(is_there);
      bytes = answer.SerializeAsString();
    } else if (method == "CreateCollection" && !may) {
      wire::Status answer;
      answer.set_code(65535);
      answer.set_reason("quota exceeded");
      bytes = answer.SerializeAsString();
    } else if (method == "CreateCollection") {
      is_there = true;
    } else if (method == "DescribeIndex" && !has_index) {
      wire::DescribeIndexResponse answer;
      answer.mutable_status()->set_code(700);
      answer.mutable_status()->set_reason("index not found");
      bytes = answer.SerializeAsString();
    } else {
      return good_answer(method, bytes);
    }
    return grpc::Status::OK;
  });
  { const MilvusStore store(options_for(server.address())); }
  CHECK(has_index);
  is_there = has_index = may = false;
  CHECK(says(error_of([&] { MilvusStore{options_for(server.address())}; }), "quota"));
}

TEST_CASE("answers of Milvus that make no sense are errors", "[store]") {
  test::FakeMilvus server([](const std::string&, std::string& bytes) {
    bytes = "\xFF\xFF\xFF nonsense";
    return grpc::Status::OK;
  });
  CHECK(error_of([&] { MilvusStore{options_for(server.address())}; }).kind() == ErrorKind::io);
}

TEST_CASE("options of Milvus that have no meaning are refused before a call", "[store]") {
  auto options = options_for("127.0.0.1:1");
  options.connection.collection = "a; drop";
  CHECK(error_of([&] { MilvusStore{options}; }).kind() == ErrorKind::invalid_argument);
  options = options_for("127.0.0.1:1");
  options.connection.metric = glossa::Metric::manhattan;
  CHECK(error_of([&] { MilvusStore{options}; }).kind() == ErrorKind::unsupported);
  options = options_for("127.0.0.1:1");
  options.connection.name_space = "x\" or 1==1";
  CHECK(error_of([&] { MilvusStore{options}; }).kind() == ErrorKind::invalid_argument);
  options = options_for("milvus.example:19530");
  options.connection.api_key = "root:the-key";
  CHECK(error_of([&] { MilvusStore{options}; }).field() == "ConnectionOptions::api_key");
  options = options_for("127.0.0.1:1");
  options.connection.tls = {.enabled = true, .verify = false};
  CHECK(error_of([&] { MilvusStore{options}; }).kind() == ErrorKind::unsupported);
}
