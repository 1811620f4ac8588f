// glossa search: answers as the library gives them, as JSON and for a terminal, and what is refused.
#include "index_tool.hpp"

#include <glossa/glossa.hpp>
#include <glossa/text/utf8.hpp>

#include "../../examples/glossa/document_table.hpp"

#include <cmath>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace {

using test::check_complaint;
using test::check_done;
using test::check_quiet;
using test::contains;
using test::kDocuments;
using test::lines_of;
using test::parse_json;
using test::Run;
using test::with_model;
using test::Workshop;

/// A workshop with an index of the three documents.
class Library : public Workshop {
 public:
  Library() { check_done(run("index build " + with_model() + " --input - --output idx", kDocuments), "3 documents"); }
  [[nodiscard]] Run search(const std::string& arguments, std::string_view input = {}) const {
    return run("search " + with_model() + " --index idx " + arguments, input);
  }
};

std::string columns(std::size_t count, const std::string& arguments) {
  return "COLUMNS=" + std::to_string(count) + " '" GLOSSA_TOOL "' search " + with_model() + " --index idx " + arguments;
}

}  // namespace

TEST_CASE("the answers are the library's, a line of JSON a query") {
  const Library shop;
  const std::string queries = R"({"_id":"q1","text":"cat"}
{"id":12,"text":"\"the\" protein"}

{"text":"museo"}
)";
  const Run found = shop.search("--json --input -", queries);
  check_quiet(found);
  const std::vector<std::string> lines = lines_of(found.out);
  REQUIRE(lines.size() == 3);
  const glossa::Embeddings passages = test::embedder().embed_passages({"the protein", "Tiere the cat sleep", "museo"});
  const std::vector<std::string> ids{"p", "c", "m"};
  const std::vector<std::string> texts{"cat", "\"the\" protein", "museo"};
  for (std::size_t q = 0; q < lines.size(); ++q) {
    const test::Json answer = parse_json(lines[q]);
    CHECK(answer.size() == 3);
    CHECK(answer.at("id") == std::vector<std::string>{"q1", "12", "4"}[q]);
    CHECK(answer.at("query") == texts[q]);
    const auto hits = glossa::top_k(test::embedder().embed_query(texts[q]), passages, 3);
    REQUIRE(answer.at("hits").size() == hits.size());
    for (std::size_t i = 0; i < hits.size(); ++i) {
      const test::Json& hit = answer.at("hits")[i];
      CHECK(hit.at("id") == ids[hits[i].index]);
      CHECK(std::abs(hit.at("score").get<float>() - hits[i].score) < 1e-6f);
      CHECK(hit.size() == (hit.at("id") == "c" ? 4 : 3));
      if (hit.at("id") == "c") {
        CHECK(hit.at("title") == "Tiere");
        CHECK(hit.at("text") == "the cat sleep");
      }
    }
  }
}

TEST_CASE("queries come from the command line, from lines of text or from JSON lines") {
  const Library shop;
  shop.write("queries.txt", "cat\n\nmuseo\n");
  shop.write("queries", "{\"id\":\"1\",\"text\":\"cat\"}\n{\"id\":\"3\",\"text\":\"museo\"}\n");
  const Run lines = shop.search("--json --input queries.txt");
  check_quiet(lines);
  CHECK(lines.out == shop.search("--json --input queries").out);
  CHECK(lines.out == shop.search("--json --format lines --input -", "cat\n\nmuseo").out);
  const Run given = shop.search("--json cat museo");
  check_quiet(given);
  CHECK(lines_of(given.out).size() == 2);
  CHECK(lines_of(given.out)[0] == lines_of(lines.out)[0]);
  CHECK(parse_json(lines_of(given.out)[1]).at("hits") == parse_json(lines_of(lines.out)[1]).at("hits"));
  check_complaint(shop.search(""), 2, {"QUERY", "glossa search --help"});
  check_complaint(shop.search("cat --input queries"), 2, {"glossa search --help"});
  check_complaint(shop.search("--input -", "{\"id\":\"1\"}"), 1, {"standard input, line 1: text", "missing"});
  check_complaint(shop.search("--input -", "cat"), 1, {"standard input, line 1", "not valid JSON"});
}

TEST_CASE("k hits are given: none for 0, all there are for more") {
  const Library shop;
  for (const auto& [k, hits] : {std::pair<std::string, std::size_t>{"0", 0}, {"2", 2}, {"1000000", 3}}) {
    const Run found = shop.search("--json cat --k " + k);
    check_quiet(found);
    CHECK(parse_json(found.out).at("hits").size() == hits);
  }
  check_complaint(shop.search("cat --k -1"), 2, {"--k", "-1"});
  check_quiet(shop.search("cat --ef 10 --probes 3 --rescored 20"));
}

TEST_CASE("whoever writes a query into a pipe and waits gets the answer before the next query") {
  const Library shop;
  test::Process process(shop, "'" GLOSSA_TOOL "' search " + with_model() + " --index idx --json --input - > answers",
                        "");
  for (std::size_t i = 1; i <= 3; ++i) {
    process.feed("{\"text\":\"cat\"}\n");
    std::size_t lines = 0;
    for (int tries = 0; tries < 5000 && lines < i; ++tries) {
      lines = lines_of(shop.read("answers")).size();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    REQUIRE(lines == i);
  }
  process.close_input();
  check_quiet(process.wait(std::chrono::milliseconds(5000)));
}

TEST_CASE("for a terminal each hit is one line of its width, cut between characters") {
  const Workshop shop;
  std::string wide;
  std::string marks;
  for (int i = 0; i < 60; ++i) wide += "南", marks += "e\xCC\x81";
  const std::string lines = "{\"id\":\"w\",\"text\":\"" + wide + "\"}\n{\"id\":\"m\",\"text\":\"" + marks +
                            "\"}\n{\"id\":\"x\",\"title\":\"a\",\"text\":\"b\\n\\u001b[31mc\\u202e \\t d\"}\n";
  check_done(shop.run("index build " + with_model() + " --input - --output idx", lines), "3 documents");
  const Run found = shop.shell(columns(40, "cat"));
  check_quiet(found);
  CHECK(contains(found.out, "x  a: b [31mc d\n"));
  CHECK(!contains(found.out, "\x1b"));
  for (const std::string& line : lines_of(found.out)) {
    INFO(line);
    CHECK(glossa::detail::is_valid_utf8(line));
    // "  1  0.1234  w  " leaves 24 columns: 23 for characters, of which 南 takes two, and one for the mark that it was
    // cut
    if (contains(line, "  w  ")) {
      CHECK(line.ends_with("南…"));
      CHECK(line.size() == 16 + 11 * 3 + 3);
    }
    if (contains(line, "  m  ")) {
      CHECK(line.ends_with("e\xCC\x81…"));
      CHECK(line.size() == 16 + 23 * 3 + 3);
    }
  }
  CHECK(contains(shop.run("search " + with_model() + " --index idx cat").out, wide));
}

TEST_CASE("an index of another model's vectors is refused, with both models and a way out") {
  const Library shop;
  test::write_family(shop.file("other"), test::family("paraphrase-multilingual-MiniLM-L12-v2"));
  const std::initializer_list<std::string_view> parts = {"idx: model", "holds vectors of another model",
                                                         ":f32:32:", "or build it again"};
  check_complaint(shop.run("search --no-prompts --model other --index idx cat"), 2, parts);
  check_complaint(shop.search("--no-prompts cat"), 2, parts);
  check_complaint(shop.search("--precision int8 cat"), 2, {"idx: model", ":f32:32:", ":int8:32:"});
  check_complaint(shop.run("index add --no-prompts --model other --index idx --input -", kDocuments), 2, parts);
  // A model whose prompts nobody knows is not taken for one without.
  check_complaint(shop.run("search --model other --index idx cat"), 2, {"other", "prompt", "--no-prompts"});
}

TEST_CASE("a search is done in the index's precision unless another is asked for") {
  const Library shop;
  check_done(shop.run("index build --precision int8 " + with_model() + " --input - --output idx", kDocuments), "3 doc");
  const Run found = shop.search("--json cat");
  check_quiet(found);
  CHECK(found.out == shop.search("--json --precision int8 cat").out);
  check_complaint(shop.search("--precision f32 cat"), 2, {":int8:32:", ":f32:32:"});
}

TEST_CASE("files that are no index, or a damaged one, are refused") {
  const Library shop;
  const std::string good = shop.read("idx");
  shop.write("idx", kDocuments + std::string(2000, ' '));
  check_complaint(shop.search("cat"), 1, {"idx", "no index of glossa's"});
  shop.write("idx", good.substr(0, good.size() - 100));
  check_complaint(shop.search("cat"), 1, {"idx", "was cut"});
  for (const std::string& part : {std::string("the protein"), std::string("Tiere")}) {
    std::string bad = good;
    bad[bad.find(part)] ^= 1;
    shop.write("idx", bad);
    check_complaint(shop.search("cat"), 1, {"idx", "+docs", "checksum is wrong"});
    check_complaint(shop.run("index info idx"), 1, {"idx", "checksum is wrong"});
  }
}

TEST_CASE("an index of vectors alone is searched, and not changed") {
  const Library shop;
  glossa::FlatIndex index({.model = test::embedder().fingerprint()});
  index.add(std::vector<std::uint64_t>{70, 80}, test::embedder().embed_passages({"the cat", "protein"}));
  index.save(shop.file("idx"));
  const Run found = shop.search("--json cat");
  check_quiet(found);
  const test::Json hits = parse_json(found.out).at("hits");
  REQUIRE(hits.size() == 2);
  CHECK(hits[0].size() == 2);
  CHECK((hits[0].at("id") == "70" || hits[0].at("id") == "80"));
  CHECK(contains(shop.run("index info idx").out, "vectors alone"));
  check_complaint(shop.run("index remove --index idx 70"), 2, {"idx", "vectors alone"});
}

TEST_CASE("documents that are damaged behind right checksums end in an error, not in a bad read") {
  const Library shop;
  glossa::FlatIndex index({.model = test::embedder().fingerprint()});
  index.add(std::vector<std::uint64_t>{0, 1}, test::embedder().embed_passages({"the cat", "protein"}));
  const std::string texts = "atexttbother";
  const auto table = [&](tool::DocumentHeader header, std::vector<tool::DocumentEntry> entries) {
    std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
    bytes.append(reinterpret_cast<const char*>(entries.data()), entries.size() * sizeof entries[0]);
    return bytes;
  };
  const auto save = [&](const std::string& bytes) {
    index.save(shop.file("idx"), {{tool::kDocumentTexts, std::as_bytes(std::span(texts))},
                                  {tool::kDocumentEntries, std::as_bytes(std::span(bytes))}});
  };
  const tool::DocumentHeader header{.count = 2, .next_key = 2};
  const tool::DocumentEntry first{.key = 0, .offset = 0, .id_bytes = 1, .title_bytes = 0, .text_bytes = 4};
  const tool::DocumentEntry second{.key = 1, .offset = 6, .id_bytes = 1, .title_bytes = 1, .text_bytes = 4};
  save(table(header, {first, second}));
  const Run found = shop.search("--json cat");
  check_quiet(found);
  CHECK(contains(found.out, R"("title":"o","text":"ther")"));

  const auto check_damaged = [&](const std::string& bytes, std::string_view part, bool in_search = true) {
    save(bytes);
    if (in_search) check_complaint(shop.search("cat"), 1, {"idx: documents", part, "build the index again"});
    check_complaint(shop.run("index remove --index idx a"), 1, {"idx: documents", part, "build the index again"});
  };
  constexpr std::uint64_t kHuge = ~std::uint64_t{0};
  auto with = [&](auto change) {
    tool::DocumentEntry entry = second;
    change(entry);
    return table(header, {first, entry});
  };
  check_damaged(std::string(31, '\0'), "too short");
  check_damaged(table({.version = 2, .count = 2, .next_key = 2}, {first, second}), "another version");
  check_damaged(table({.entry_bytes = 64, .count = 2, .next_key = 2}, {first, second}), "another version");
  check_damaged(table({.count = 3, .next_key = 3}, {first, second}), "another size");
  check_damaged(table({.count = kHuge / 32 + 1, .next_key = 3}, {first, second}), "another size");
  check_damaged(table(header, {first, second}) + "x", "another size");
  check_damaged(table({.count = 2, .next_key = kHuge}, {first, second}), "too large");
  check_damaged(with([](auto& entry) { entry.offset = 8; }), "outside");
  check_damaged(with([](auto& entry) { entry.offset = kHuge; }), "outside");
  check_damaged(with([](auto& entry) { entry.id_bytes = ~0u; }), "outside");
  check_damaged(with([](auto& entry) { entry.title_bytes = 3; }), "outside");
  check_damaged(with([](auto& entry) { entry.text_bytes = kHuge - 7; }), "outside");
  check_damaged(table({.count = 1, .next_key = 2}, {first}), "vector", true);
  check_damaged(with([](auto& entry) { entry.key = 0; }), "out of order", false);
  check_damaged(table({.count = 2, .next_key = 1}, {first, second}), "out of order", false);
  check_damaged(with([](auto& entry) { entry.offset = 0; }), "one id", false);
  check_complaint((save(with([](auto& entry) { entry.key = 0; })), shop.search("cat")), 1, {"belongs to none"});
}
