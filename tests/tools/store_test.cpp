// glossa store: documents and folders that go into a store, and what comes out with its sources.
#include "index_tool.hpp"
#include "sanitized.hpp"

#include <glossa/embedder.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace {

using test::check_complaint;
using test::check_quiet;
using test::contains;
using test::lines_of;
using test::parse_json;
using test::Run;
using test::with_model;
using test::Workshop;

const std::string kStored =
    R"({"id":"p","text":"the protein","metadata":{"lang":"en","year":2020,"tags":["a","b"]}}
{"_id":"c","title":"Tiere","text":"the cat sleep","metadata":{"lang":"de","year":2021}}

{"id":7,"text":"# Museo\n\nmuseo museo\n\n## Part\n\nKürbis","format":"markdown"}
)";

Run store(const Workshop& shop, const std::string& arguments, const std::string& input = {}) {
  return shop.run("store " + arguments, input);
}
std::string in_store(const std::string& command) { return command + " " + with_model() + " --store s "; }

void fill(const Workshop& shop) {
  CHECK(store(shop, in_store("init") + "--chunk-tokens 64 --overlap 8").status == 0);
  const Run run = store(shop, in_store("add") + "--input -", kStored);
  INFO(run.err);
  CHECK(run.status == 0);
  CHECK(contains(run.err, "done: s, 3 documents stored"));
}

std::vector<std::string> ids_of(const test::Json& answer) {
  std::vector<std::string> out;
  for (const auto& hit : answer.at("hits")) out.push_back(hit.at("id").get<std::string>());
  return out;
}

}  // namespace

TEST_CASE("a store is made, filled, searched and looked at") {
  const Workshop shop;
  fill(shop);
  Run run = store(shop, "stats --json --store s");
  check_quiet(run);
  const test::Json stats = parse_json(run.out);
  CHECK(stats.at("documents") == 3);
  CHECK(stats.at("chunks") == 4);
  CHECK(stats.at("dims") == 32);
  CHECK(stats.at("chunk_tokens") == 64);
  CHECK(stats.at("model") == test::embedder().fingerprint());
  run = store(shop, in_store("search") + "--json --k 3 'the protein'");
  check_quiet(run);
  const test::Json answer = parse_json(run.out);
  CHECK(answer.at("query") == "the protein");
  REQUIRE(answer.at("hits").size() == 3);
  const auto at = std::find_if(answer.at("hits").begin(), answer.at("hits").end(),
                               [](const test::Json& hit) { return hit.at("id") == "p"; });
  REQUIRE(at != answer.at("hits").end());
  CHECK(at->at("text") == "the protein");
  CHECK(at->at("begin") == 0);
  CHECK(at->at("end") == 11);
  CHECK(at->at("metadata").at("tags") == test::Json({"a", "b"}));
  run = store(shop, in_store("search") + "'the protein' museo");
  check_quiet(run);
  CHECK(contains(run.out, "p:0-11  the protein"));
  CHECK(contains(run.out, "Tiere: the cat sleep"));
  run = store(shop, "stats --store s");
  check_quiet(run);
  CHECK(contains(run.out, "documents      3\n"));
}

TEST_CASE("filters, modes and pooling reach the store") {
  const Workshop shop;
  fill(shop);
  const auto hits = [&](const std::string& options) {
    const Run run = store(shop, in_store("search") + "--json " + options + " 'the cat'");
    check_quiet(run);
    return ids_of(parse_json(run.out));
  };
  using Ids = std::vector<std::string>;
  CHECK(hits("--filter 'lang = \"de\"'") == Ids{"c"});
  CHECK(hits("--filter 'year < 2021 or tags has \"x\"'") == Ids{"p"});
  CHECK(hits("--filter 'not lang exists' --pool best") == Ids{"7"});
  CHECK(hits("--mode lexical --k 1") == Ids{"c"});
  CHECK(hits("--fusion rrf --k 1 --mmr 0.5").size() == 1);
  CHECK(hits("--no-merge --k 9").size() == 4);
  CHECK(hits("--pool mean --k 9").size() == 3);
  CHECK(hits("--k 0").empty());
  check_complaint(store(shop, in_store("search") + "--filter 'lang = ' x"), 2, {"filter", "byte 8"});
  CHECK(store(shop, in_store("search") + "--mode magic x").status == 2);
}

TEST_CASE("queries come from a file, a line of JSON each") {
  const Workshop shop;
  fill(shop);
  const Run run = store(shop, in_store("search") + "--json --k 1 --input -",
                        "{\"id\":\"q\",\"text\":\"the cat\"}\n\n{\"text\":\"museo\"}\n");
  check_quiet(run);
  const auto lines = lines_of(run.out);
  REQUIRE(lines.size() == 2);
  CHECK(parse_json(lines[0]).at("id") == "q");
  CHECK(parse_json(lines[1]).at("id") == "3");
}

TEST_CASE("a context for a prompt has its sources and keeps to the budget") {
  const Workshop shop;
  fill(shop);
  Run run = store(shop, in_store("ask-context") + "--budget 500 'the cat'");
  check_quiet(run);
  CHECK(run.out.starts_with("[1] "));
  CHECK(contains(run.out, "Tiere (c, bytes 0-13)\nthe cat sleep\n"));
  run = store(shop, in_store("ask-context") + "--json --budget 60 'the cat'");
  check_quiet(run);
  const test::Json json = parse_json(run.out);
  CHECK(json.at("tokens") <= 60);
  CHECK(json.at("sources").size() >= 1);
  CHECK(json.at("sources")[0].at("number") == 1);
  CHECK(contains(json.at("context").get<std::string>(), "[1] "));
  run = store(shop, in_store("ask-context") + "--budget 3 'the cat'");
  CHECK(run.out.empty());
  CHECK(run.status == 1);
  CHECK(contains(run.err, "--budget"));
}

TEST_CASE("a passage that is too long for the budget as a whole gives its best window") {
  const Workshop shop;
  CHECK(store(shop, in_store("init") + "--chunk-tokens 40 --overlap 0").status == 0);
  std::string text;
  for (int i = 0; i < 40; ++i) text += "the female cat sleep. ";
  shop.write("long.jsonl", test::Json{{"id", "long"}, {"text", text}}.dump() + "\n");
  CHECK(store(shop, in_store("add") + "--input long.jsonl").status == 0);
  const Run run = store(shop, in_store("ask-context") + "--json --budget 100 'the cat'");
  check_quiet(run);
  const test::Json json = parse_json(run.out);
  CHECK(json.at("tokens") <= 100);
  REQUIRE(json.at("sources").size() >= 1);
  CHECK(json.at("sources")[0].at("id") == "long");
  CHECK(json.at("sources")[0].at("windows") == 1);
}

TEST_CASE("Ctrl-C ends the storing of one large document or file, of which nothing is kept") {
  const Workshop shop;
  fill(shop);
  std::string text;
  while (text.size() < 12'000'000) text += "the female cat sleep. protein museo the cat. ";
  shop.write("large.jsonl", test::Json{{"id", "large"}, {"text", text}}.dump() + "\n");
  shop.write("folder/large.txt", text);
  for (const std::string command : {"add --input large.jsonl", "sync folder"}) {
    test::Process process(shop, test::glossa_command("store " + command + " --store s " + with_model()), "");
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    process.signal(SIGINT);
    check_complaint(process.wait(std::chrono::seconds(test::kSanitized ? 120 : 20)), 1, {"cancelled"});
    CHECK(parse_json(store(shop, "stats --json --store s").out).at("documents") == 3);
  }
}

TEST_CASE("an init that could not go on is no store, and another one makes it") {
  const Workshop shop;
  for (const std::string content : {"", "SQLite for"}) {
    shop.write("s/store.sqlite", content);
    const Run run = store(shop, in_store("init") + "--chunk-tokens 64 --overlap 8");
    INFO(run.err);
    CHECK(run.status == (content.empty() ? 0 : 1));
  }
  shop.write("t/store.sqlite", "");
  CHECK(store(shop, "init " + with_model() + " --store t").status == 0);
  check_complaint(store(shop, "init " + with_model() + " --store t"), 2, {"there is a store in this folder"});
  CHECK(store(shop, "add " + with_model() + " --store t --input -", kStored).status == 0);
}

TEST_CASE("a folder is kept in step") {
  const Workshop shop;
  fill(shop);
  shop.write("notes/a.txt", "female");
  shop.write("notes/sub/b.md", "# One\n\nprotein\n");
  Run run = store(shop, in_store("sync") + "--json notes");
  CHECK(run.status == 0);
  test::Json report = parse_json(run.out);
  CHECK(report.at("added") == 2);
  std::filesystem::remove(shop.file("notes/a.txt"));
  shop.write("notes/sub/b.md", "# One\n\nmuseo\n");
  run = store(shop, in_store("sync") + "--json notes");
  report = parse_json(run.out);
  CHECK(report.at("removed") == 1);
  CHECK(report.at("changed") == 1);
  CHECK(contains(run.err, "done: s, 1 files, 0 new, 1 changed, 1 removed"));
  check_complaint(store(shop, in_store("sync") + "nothing"), 1, {"nothing", "no such folder"});
}

TEST_CASE("documents are removed and their room given back") {
  const Workshop shop;
  fill(shop);
  Run run = store(shop, "remove --store s p nobody");
  CHECK(run.status == 0);
  CHECK(contains(run.err, "1 document removed; 1 of the ids were not there"));
  run = store(shop, "vacuum --store s");
  INFO(run.err);
  CHECK(run.status == 0);
  CHECK(contains(run.err, "2 documents"));
  run = store(shop, "stats --json --store s");
  CHECK(parse_json(run.out).at("indexed_chunks") == 3);
}

TEST_CASE("what is wrong with a store or its input is said") {
  const Workshop shop;
  check_complaint(store(shop, in_store("add") + "--input -", kStored), 1,
                  {"no store in this folder", "glossa store init"});
  fill(shop);
  check_complaint(store(shop, in_store("init")), 2, {"there is a store in this folder"});
  check_complaint(store(shop, in_store("add") + "--input -", "{\"id\":\"a\"}\n"), 1, {"line 1", "text"});
  check_complaint(store(shop, in_store("add") + "--input -", "{\"id\":\"a\",\"text\":\"x\",\"metadata\":{\"n\":{}}}\n"),
                  1, {"line 1", "metadata.n"});
  check_complaint(store(shop, in_store("add") + "--input -", "{\"id\":\"a\",\"text\":\"x\",\"format\":\"html\"}\n"), 1,
                  {"line 1", "markdown"});
  const Workshop other;
  check_complaint(store(shop, "search --model '" + test::model_folder().string() + "' --precision bf16 --store s x"), 2,
                  {"another model"});
  shop.write("bad/store.sqlite", "this is not a database at all");
  check_complaint(store(shop, "stats --store bad"), 1, {"bad/store.sqlite"});
}
