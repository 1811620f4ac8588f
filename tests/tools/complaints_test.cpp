// What the glossa command says, and how it ends, when something is wrong.
#include "tool.hpp"

#include <cstdlib>
#include <string>

namespace {

using test::check_complaint;
using test::with_model;
using test::Workshop;

/// "embed" with all that it needs, reading texts.txt and writing vectors.npy.
std::string embed(const std::string& more = {}) {
  return "embed " + with_model() + " --input texts.txt --output vectors.npy " + more;
}

}  // namespace

TEST_CASE("arguments that make no sense end with status 2 and one line") {
  const Workshop shop;
  shop.write("texts.txt", "a cat\n");
  SECTION("no subcommand") { check_complaint(shop.run(""), 2, {"subcommand is required", "glossa --help"}); }
  SECTION("an unknown subcommand") {
    check_complaint(shop.run("embd"), 2, {"unknown argument: embd", "glossa --help"});
  }
  SECTION("an unknown option") { check_complaint(shop.run(embed("--frob")), 2, {"--frob", "glossa embed --help"}); }
  SECTION("an unknown option before one that is missing") {
    check_complaint(shop.run("embed --modle x"), 2, {"--modle", "glossa embed --help"});
  }
  SECTION("no --output") {
    check_complaint(shop.run("embed " + with_model() + " --input texts.txt"), 2, {"--output", "glossa embed --help"});
  }
  SECTION("no --model") { check_complaint(shop.run("tokenize"), 2, {"--model", "glossa tokenize --help"}); }
  SECTION("a role that there is not") {
    check_complaint(shop.run(embed("--role asker")), 2, {"--role", "asker", "query", "passage", "none"});
  }
  SECTION("more dimensions than the model has") {
    check_complaint(shop.run(embed("--dims 33")), 2, {"--dims", "at most 32", "found 33"});
  }
  SECTION("more dimensions than the model has, and no text") {
    shop.write("texts.txt", "");
    check_complaint(shop.run(embed("--dims 33")), 2, {"--dims", "at most 32", "found 33"});
  }
  SECTION("negative dimensions") { check_complaint(shop.run(embed("--dims -1")), 2, {"--dims", "-1"}); }
  SECTION("negative threads") { check_complaint(shop.run(embed("--threads -1")), 2, {"--threads", "-1"}); }
  SECTION("threads that are no number") { check_complaint(shop.run(embed("--threads two")), 2, {"--threads", "two"}); }
  SECTION("windows that overlap wholly") {
    std::string text;
    for (int i = 0; i < 600; ++i) text += "the cat ";
    shop.write("texts.txt", text);
    check_complaint(shop.run(embed("--policy windows --overlap 510")), 2,
                    {"--overlap", "less than the 510", "found 510"});
  }
  SECTION("receipts in a NumPy array") {
    check_complaint(shop.run(embed("--receipts")), 2, {"--receipts", "NumPy", "--output-format jsonl"});
  }
  SECTION("windows in a NumPy array") {
    check_complaint(shop.run(embed("--policy windows --keep-windows")), 2, {"--keep-windows", "--output-format jsonl"});
  }
  SECTION("keeping windows where none are made") {
    check_complaint(shop.run(embed("--output-format jsonl --keep-windows")), 2, {"--keep-windows", "--policy windows"});
  }
  SECTION("a folder as input") {
    check_complaint(shop.run("embed " + with_model() + " --input . --output vectors.npy"), 2,
                    {".: expected a file", "found a folder", "check the path"});
  }
  CHECK(!shop.has("vectors.npy"));
  CHECK(shop.partial_files() == 0);
}

TEST_CASE("a role whose prompt nobody knows is refused with the way out") {
  const Workshop shop;
  shop.write("texts.txt", "a cat\n");
  test::write_family(shop.file("model"), test::family("all-MiniLM-L6-v2"));
  check_complaint(shop.run("embed --model model --input texts.txt --output vectors.npy --role query"), 2,
                  {"prompt", "config_sentence_transformers.json", "leave --role out"});
}

TEST_CASE("files that are missing or cannot be written end with status 1 and one line") {
  const Workshop shop;
  shop.write("texts.txt", "a cat\n");
  SECTION("no such model folder") {
    check_complaint(shop.run("embed --model nowhere --input texts.txt --output vectors.npy"), 1,
                    {"nowhere", "no such model folder", "config.json"});
  }
  SECTION("a model folder without weights") {
    test::write_family(shop.file("model"), test::family("multilingual-e5-small"));
    std::filesystem::remove(shop.file("model/model.safetensors"));
    check_complaint(shop.run("embed --model model --input texts.txt --output vectors.npy"), 1,
                    {"model", "model.safetensors"});
  }
  SECTION("no such input") {
    check_complaint(shop.run("embed " + with_model() + " --input nowhere.txt --output vectors.npy"), 1,
                    {"nowhere.txt", "no such file", "check the path"});
  }
  SECTION("no such output folder") {
    check_complaint(shop.run("embed " + with_model() + " --input texts.txt --output nowhere/vectors.npy"), 1,
                    {"nowhere/vectors.npy", "cannot create", "check that the folder exists"});
  }
  SECTION("an output folder that cannot be written to") {
    // Nothing but a virtual file system refuses the superuser.
    const std::string folder = ::geteuid() == 0 ? "/proc" : "locked";
    if (folder == "locked") {
      std::filesystem::create_directory(shop.file(folder));
      std::filesystem::permissions(shop.file(folder), std::filesystem::perms::owner_read);
    }
    check_complaint(shop.run("embed " + with_model() + " --input texts.txt --output " + folder + "/vectors.npy"), 1,
                    {folder + "/vectors.npy", "cannot create", "can be written"});
  }
  SECTION("an output that is a folder") {
    std::filesystem::create_directory(shop.file("folder"));
    for (const std::string name : {"folder", "folder/", "''"})
      check_complaint(shop.run("embed " + with_model() + " --input texts.txt --output " + name), 1,
                      {"the name of a file is needed", "check the path"});
  }
  CHECK(!shop.has("vectors.npy"));
  CHECK(shop.partial_files() == 0);
}

TEST_CASE("a broken line of JSON is named by its number, and nothing is written") {
  const Workshop shop;
  const std::string good = "{\"text\":\"a\"}\n";
  const auto embed_lines = [&](const std::string& text) {
    shop.write("texts.jsonl", text);
    return shop.run("embed " + with_model() + " --input texts.jsonl --output vectors.jsonl");
  };
  SECTION("not JSON") {
    check_complaint(embed_lines(good + "\n" + good + "{\"text\":\n" + good), 1,
                    {"texts.jsonl, line 4", "not valid JSON, byte 9", "{\"text\": \"...\"}"});
  }
  SECTION("a NUL byte") {
    check_complaint(embed_lines(good + std::string("{\"text\":\"a\"}\0x\n", 15)), 1, {"line 2", "not valid JSON"});
  }
  SECTION("not an object") {
    check_complaint(embed_lines("[\"a\"]\n"), 1, {"texts.jsonl, line 1", "not a JSON object", "{\"text\": \"...\"}"});
  }
  SECTION("no text") {
    check_complaint(embed_lines(good + "{\"txt\":\"a\"}\n"), 1,
                    {"texts.jsonl, line 2: text", "missing", "{\"text\": \"...\"}"});
  }
  SECTION("a text that is no string") {
    check_complaint(embed_lines("{\"text\":3}"), 1, {"texts.jsonl, line 1: text", "expected a string"});
  }
  SECTION("a text that a later one replaces by none") {
    check_complaint(embed_lines(R"({"text":"a","text":{"text":"a"}})"), 1, {"line 1: text", "expected a string"});
  }
  SECTION("a text in another object") {
    check_complaint(embed_lines(R"({"a":{"text":"a"},"b":["text"]})"), 1, {"line 1: text", "missing"});
  }
  SECTION("JSON that would exhaust the stack") {
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    check_complaint(embed_lines("{\"text\":\"a\",\"x\":" + deep + "}"), 1, {"line 1", "nests too deeply"});
  }
  SECTION("in a later chunk than the first, behind lines that were fine") {
    std::string text;
    for (int i = 0; i < 9000; ++i) text += good;
    check_complaint(embed_lines(text + "{\n"), 1, {"texts.jsonl, line 9001", "not valid JSON"});
  }
  CHECK(!shop.has("vectors.jsonl"));
  CHECK(shop.partial_files() == 0);
}

TEST_CASE("standard input is called by its name") {
  const Workshop shop;
  check_complaint(shop.run("embed " + with_model() + " --format jsonl --output vectors.npy", "x"), 1,
                  {"standard input, line 1", "not valid JSON"});
}

TEST_CASE("--policy error names the line of a text that is too long") {
  const Workshop shop;
  std::string text;
  for (int i = 0; i < 600; ++i) text += "the cat ";
  shop.write("texts.jsonl", "{\"text\":\"a\"}\n\n\n{\"text\":\"" + text + "\"}\n");
  check_complaint(shop.run("embed " + with_model() + " --input texts.jsonl --output vectors.npy --policy error"), 1,
                  {"texts.jsonl, line 4", "at most 512 tokens", "--policy truncate or --policy windows"});
  CHECK(!shop.has("vectors.npy"));
  CHECK(shop.partial_files() == 0);
}

TEST_CASE("an output file from before survives a run that fails") {
  const Workshop shop;
  shop.write("vectors.jsonl", "precious");
  std::string text;
  for (int i = 0; i < 9000; ++i) text += "{\"text\":\"a\"}\n";
  shop.write("texts.jsonl", text + "{\n");
  CHECK(shop.run("embed " + with_model() + " --input texts.jsonl --output vectors.jsonl").status == 1);
  CHECK(shop.read("vectors.jsonl") == "precious");
  CHECK(shop.partial_files() == 0);
}

TEST_CASE("standard output that cannot be written ends with status 1") {
  if (!std::filesystem::exists("/dev/full")) {
    WARN("not tested: this system has no /dev/full");
    return;
  }
  const Workshop shop;
  shop.write("texts.txt", "a cat\n");
  const std::string embed_to_stdout = "embed " + with_model() + " --input texts.txt --output - ";
  const std::string info = "info '" + test::model_folder().string() + "'";
  for (const std::string& command :
       {info, "similarity " + with_model() + " a b", embed_to_stdout, embed_to_stdout + "--output-format npy"})
    check_complaint(shop.run(command + " > /dev/full"), 1, {"standard output", "cannot write", "disk full"});
}
