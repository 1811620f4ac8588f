// glossa index: what goes into the file, what comes out, and what is refused.
#include "index_tool.hpp"

#include <glossa/glossa.hpp>

#include <cstddef>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace {

using test::check_complaint;
using test::check_done;
using test::kDocuments;
using test::lines_of;
using test::parse_json;
using test::Run;
using test::with_model;
using test::Workshop;

Run build(const Workshop& shop, const std::string& lines, const std::string& more = "") {
  shop.write("docs.jsonl", lines);
  return shop.run("index build " + with_model() + " --input docs.jsonl --output idx " + more);
}

test::Json info(const Workshop& shop, const std::string& index = "idx") {
  const Run run = shop.run("index info --json " + index);
  test::check_quiet(run);
  return parse_json(run.out);
}

}  // namespace

TEST_CASE("a built index holds the library's vectors, the documents and the model's fingerprint") {
  const Workshop shop;
  check_done(build(shop, kDocuments), "3 documents");
  const glossa::FlatIndex index = glossa::FlatIndex::load(shop.file("idx"));
  CHECK(index.size() == 3);
  CHECK(glossa::is_same_model(index.options().model, test::embedder().fingerprint()));
  const glossa::Embedding passage = test::embedder().embed_passage("Tiere the cat sleep");
  const auto hits = index.search(passage, 1);
  CHECK(hits[0].id == 1);
  CHECK(hits[0].score > 0.99999f);

  const test::Json facts = info(shop);
  CHECK(facts.at("kind") == "flat");
  CHECK(facts.at("metric") == "cosine");
  CHECK(facts.at("vectors") == "f32");
  CHECK(facts.at("rescore").is_null());
  CHECK(facts.at("dims") == 32);
  CHECK(facts.at("rows") == 3);
  CHECK(facts.at("documents") == 3);
  CHECK(facts.at("model") == index.options().model);
  CHECK(facts.at("file_bytes") == std::filesystem::file_size(shop.file("idx")));
  CHECK(facts.at("memory_bytes") > 3 * 32 * 4);
  const Run plain = shop.run("index info idx");
  test::check_quiet(plain);
  for (const std::string part : {"flat", "cosine", "32 dimensions, f32", index.options().model.c_str()})
    CHECK(test::contains(plain.out, part));
}

TEST_CASE("metric, forms and dimensions are as asked for") {
  const Workshop shop;
  for (const std::string form : {"f32", "bf16", "f16", "int8", "binary"}) {
    const std::string finer = form == "f32" ? "" : "--rescore f32 ";
    check_done(build(shop, kDocuments, "--metric dot --dims 16 " + finer + "--vectors " + form), "3 documents");
    const test::Json facts = info(shop);
    CHECK(facts.at("vectors") == form);
    CHECK(facts.at("rescore") == (finer.empty() ? test::Json() : test::Json("f32")));
    CHECK(facts.at("metric") == "dot");
    CHECK(facts.at("dims") == 16);
    const Run found = shop.run("search --json " + with_model() + " --index idx --k 1 'protein'");
    test::check_quiet(found);
    CHECK(parse_json(found.out).at("hits").size() == 1);
  }
}

TEST_CASE("an index of each kind is built, found in, added to and removed from") {
  const Workshop shop;
  for (const std::string kind : {"flat", "hnsw", "ivf"}) {
    check_done(build(shop, kDocuments, "--kind " + kind), "3 documents");
    CHECK(info(shop).at("kind") == kind);
    check_done(shop.run("index add " + with_model() + " --index idx --input -", R"({"id":"n","text":"female"})"),
               "4 doc");
    check_done(shop.run("index remove --index idx p"), "3 documents");
    CHECK(info(shop).at("kind") == kind);
    const Run found = shop.run("search --json --ef 20 --probes 2 " + with_model() + " --index idx female");
    test::check_quiet(found);
    const test::Json answer = parse_json(found.out);
    CHECK(answer.at("hits").size() == 3);
    CHECK(answer.at("hits")[0].at("id") == "n");
  }
}

TEST_CASE("lines that are no documents are named with their number and field, and nothing is written") {
  const Workshop shop;
  const std::string good = "{\"id\":\"a\",\"text\":\"cat\"}\n";
  const auto check_refused = [&](const std::string& line, int status, std::initializer_list<std::string_view> parts) {
    check_complaint(build(shop, good + "\n" + line), status, parts);
  };
  check_refused(R"({"text":"cat"})", 1, {"docs.jsonl, line 3: id", "missing", R"({"id": "...", "text": "..."})"});
  check_refused(R"({"id":"b"})", 1, {"line 3: text", "missing"});
  check_refused(R"({"id":"b","text":7})", 1, {"line 3: text", "a string"});
  check_refused(R"({"id":"b","text":null})", 1, {"line 3: text", "a string"});
  check_refused(R"({"id":1.5,"text":""})", 1, {"line 3: id", "a string or an integer"});
  check_refused(R"({"id":"","text":""})", 1, {"line 3: id", "a string or an integer"});
  check_refused(R"({"id":["b"],"text":""})", 1, {"line 3: id", "a string or an integer"});
  check_refused(R"({"id":"b","title":3,"text":""})", 1, {"line 3: title", "a string"});
  check_refused(R"({"id":"b","text":)", 1, {"line 3", "not valid JSON"});
  check_refused("[]", 1, {"line 3", "not a JSON object"});
  check_refused(good, 2, {"docs.jsonl, line 3: id", "line 1 has the same", "found a", "glossa index add"});
  CHECK(!shop.has("idx"));
  CHECK(shop.partial_files() == 0);
}

TEST_CASE("ids are kept as they stand: integers as text, BEIR's _id where there is no id") {
  const Workshop shop;
  check_done(build(shop, R"({"id":7,"text":"cat"}
{"_id":"8","text":"protein"}
{"id":-9,"_id":"x","text":"museo","title":null}
{"id":18446744073709551615,"text":"female"}
)"),
             "4 documents");
  const Run found = shop.run("search --json --k 9 " + with_model() + " --index idx cat");
  test::check_quiet(found);
  std::vector<std::string> ids;
  const test::Json answer = parse_json(found.out);
  for (const test::Json& hit : answer.at("hits")) ids.push_back(hit.at("id"));
  std::sort(ids.begin(), ids.end());
  CHECK(ids == std::vector<std::string>{"-9", "18446744073709551615", "7", "8"});
}

TEST_CASE("documents are added, replaced and removed by their ids") {
  const Workshop shop;
  check_done(build(shop, kDocuments), "3 documents");
  const auto texts = [&] {
    const Run found = shop.run("search --json --k 100 " + with_model() + " --index idx cat");
    test::check_quiet(found);
    std::map<std::string, std::string> all;
    const test::Json answer = parse_json(found.out);
    for (const test::Json& hit : answer.at("hits")) all[hit.at("id")] = hit.at("text");
    return all;
  };
  using Texts = std::map<std::string, std::string>;
  CHECK(texts() == Texts{{"p", "the protein"}, {"c", "the cat sleep"}, {"m", "museo"}});

  // A known id, a new one, and one that stands in the file twice.
  const std::string more =
      R"({"id":"c","text":"female"}
{"id":"n","text":"a"}
{"id":"n","text":"1"}
)";
  check_done(shop.run("index add " + with_model() + " --index idx --input -", more),
             "4 documents, 1 of them new, 2 repl");
  CHECK(texts() == Texts{{"p", "the protein"}, {"c", "female"}, {"m", "museo"}, {"n", "1"}});
  const Run best = shop.run("search --json --k 1 " + with_model() + " --index idx female");
  CHECK(parse_json(best.out).at("hits")[0].at("id") == "c");

  check_done(shop.run("index remove --index idx p nobody c"), "2 documents, 2 removed; 1 of the ids were not there");
  CHECK(texts() == Texts{{"m", "museo"}, {"n", "1"}});
  check_done(shop.run("index remove --index idx --ids -", "m\n\n"), "1 document, 1 removed");
  CHECK(texts() == Texts{{"n", "1"}});
  check_done(shop.run("index add " + with_model() + " --index idx --input -", kDocuments),
             "4 documents, 3 of them new");
  check_done(shop.run("index remove --index idx p c m n"), "0 documents, 4 removed");
  CHECK(texts().empty());
  CHECK(info(shop).at("rows") == 0);
}

TEST_CASE("a failing add leaves the index as it was") {
  const Workshop shop;
  check_done(build(shop, kDocuments), "3 documents");
  const std::string before = shop.read("idx");
  check_complaint(shop.run("index add " + with_model() + " --index idx --input -", "{\"id\":\"x\",\"text\":\"a\"}\n{"),
                  1, {"standard input, line 2"});
  CHECK(shop.read("idx") == before);
  CHECK(shop.partial_files() == 0);
}

#if defined(__linux__)
TEST_CASE("of two commands that change one index at the same time, the later one tells and writes nothing") {
  const Workshop shop;
  check_done(build(shop, kDocuments), "3 documents");
  // The one that adds has opened the index, and waits for its input while the other removes.
  const Run run =
      shop.shell("mkfifo documents; '" GLOSSA_TOOL "' index add " + with_model() +
                 " --index idx --input documents 2>messages & added=$!; exec 3>documents\n"
                 "while ! grep -q '/idx$' /proc/$added/maps; do kill -0 $added || exit 3; sleep 0.02; done\n"
                 "'" GLOSSA_TOOL
                 "' index remove --index idx p 2>/dev/null || exit 4\n"
                 R"(printf '{"id":"x","text":"museo"}\n' >&3; exec 3>&-; wait $added)");
  CHECK(run.status == 1);
  INFO(shop.read("messages"));
  CHECK(test::contains(shop.read("messages"), "another program changed it meanwhile"));
  CHECK(info(shop).at("documents") == 2);
  CHECK(shop.partial_files() == 0);
}
#endif

TEST_CASE("a graph and lists are made as asked for") {
  const Workshop shop;
  check_done(build(shop, kDocuments, "--kind hnsw --m 5 --ef-construction 17"), "3 documents");
  const auto graph = glossa::HnswIndex::load(shop.file("idx"));
  CHECK(graph.hnsw_options().connections == 5);
  CHECK(graph.hnsw_options().build_candidates == 17);
  check_done(build(shop, kDocuments, "--kind ivf --lists 9"), "3 documents");
  CHECK(glossa::IvfIndex::load(shop.file("idx")).ivf_options().lists == 9);
  check_complaint(build(shop, kDocuments, "--kind hnsw --m 1"), 2, {"connections", "from 2 to 256"});
  check_complaint(build(shop, kDocuments, "--vectors int8 --rescore int8"), 2, {"rescore", "int8"});
}

TEST_CASE("an index without documents is built, searched and added to") {
  const Workshop shop;
  check_done(build(shop, "\n"), "0 documents");
  const Run found = shop.run("search --json " + with_model() + " --index idx cat");
  test::check_quiet(found);
  CHECK(parse_json(found.out).at("hits").empty());
  CHECK(test::contains(shop.run("search " + with_model() + " --index idx cat").out, "nothing found"));
  check_done(shop.run("index add " + with_model() + " --index idx --input -", kDocuments),
             "3 documents, 3 of them new");
  CHECK(info(shop).at("rows") == 3);
}

TEST_CASE("an output that cannot be written, or an index that is not there, ends before any work") {
  const Workshop shop;
  check_complaint(shop.run("index build " + with_model() + " --input - --output nowhere/idx", kDocuments), 1,
                  {"nowhere/idx", "cannot create"});
  for (const std::string& command :
       {"index add " + with_model() + " --input - --index idx", std::string("index remove x --index idx"),
        std::string("index info idx"), "search " + with_model() + " --index idx cat"})
    check_complaint(shop.run(command, kDocuments), 1, {"idx", "no such file"});
  check_complaint(shop.run("index"), 2, {"glossa index --help"});
  check_complaint(shop.run("index build --frob"), 2, {"--frob", "glossa index build --help"});
  check_complaint(shop.run("index remove --index idx"), 2, {"--ids", "glossa index remove --help"});
}

TEST_CASE("Ctrl-C while an index is built leaves the one that was there") {
  const Workshop shop;
  std::string lines;
  for (int i = 0; i < 300'000; ++i)
    lines += "{\"id\":" + std::to_string(i) + ",\"text\":\"the cat is number " + std::to_string(i) + "\"}\n";
  shop.write("many.jsonl", lines);
  shop.write("idx", "what was there");
  for (const int signal : {SIGINT, SIGTERM}) {
    test::Process process(
        shop, test::glossa_command("index build " + with_model() + " --input many.jsonl --output idx"), "many.jsonl");
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    process.signal(signal);
    const Run run = process.wait(std::chrono::seconds(10));
    check_complaint(run, 1, {"cancelled", "interrupted"});
    CHECK(shop.read("idx") == "what was there");
    CHECK(shop.partial_files() == 0);
  }
}
