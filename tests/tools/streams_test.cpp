// Pipes, long inputs and Ctrl-C: glossa embed as one part of a command line.
#include "sanitized.hpp"
#include "tool.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <string>
#include <thread>

#include <sys/stat.h>

namespace {

using std::chrono::milliseconds;
using test::check_quiet;
using test::glossa_command;
using test::Process;
using test::with_model;
using test::Workshop;

/// Waits until the command has opened its output, which it does before it reads the model.
void wait_for_output(const Workshop& shop) {
  for (int i = 0; i < 5000 && shop.partial_files() == 0; ++i) std::this_thread::sleep_for(milliseconds(1));
  REQUIRE(shop.partial_files() == 1);
}

/// The signal is followed by an orderly end in good time, and no file is left.
void check_interrupted(const Workshop& shop, Process& process, int signal) {
  process.signal(signal);
  const test::Run run = process.wait(milliseconds(2000));
  test::check_complaint(run, 1, {"cancelled", "interrupted"});
  CHECK(shop.partial_files() == 0);
}

/// Waits until `count` lines have come out of the command, whose output is the file `name`.
bool wait_for_lines(const Workshop& shop, const std::string& name, std::size_t count) {
  for (int i = 0; i < 5000; ++i) {
    const std::string out = shop.read(name);
    if (static_cast<std::size_t>(std::count(out.begin(), out.end(), '\n')) >= count) return true;
    std::this_thread::sleep_for(milliseconds(2));
  }
  return false;
}

}  // namespace

TEST_CASE("standard input and output give what files give") {
  const Workshop shop;
  const std::string texts = "a cat\n\nthe protein\n";
  shop.write("texts.txt", texts);
  for (const std::string format : {"npy", "jsonl"}) {
    check_quiet(shop.run("embed " + with_model() + " --input texts.txt --output vectors --output-format " + format));
    const test::Run run = shop.run("embed " + with_model() + " --output - --output-format " + format, texts);
    check_quiet(run);
    CHECK(run.out == shop.read("vectors"));
    CHECK(run.out.size() > 100);
  }
}

TEST_CASE("whoever writes a line into a pipe and waits gets the answer before the next line") {
  const Workshop shop;
  for (const std::string& command :
       {"tokenize " + with_model(), "embed " + with_model() + " --format jsonl --output -"}) {
    INFO(command);
    Process process(shop, "'" GLOSSA_TOOL "' " + command + " | cat > answers", "");
    process.feed("{\"text\":\"a cat\"}\n");
    REQUIRE(wait_for_lines(shop, "answers", 1));
    // Half a line behind a whole one does not hold it up, and is not lost.
    process.feed("{\"text\":\"the protein\"}\n{\"text\":");
    REQUIRE(wait_for_lines(shop, "answers", 2));
    process.feed("\"female\"}");
    process.close_input();
    check_quiet(process.wait(milliseconds(5000)));
    const test::Run whole =
        shop.run(command, "{\"text\":\"a cat\"}\n{\"text\":\"the protein\"}\n{\"text\":\"female\"}");
    CHECK(shop.read("answers") == whole.out);
    CHECK(test::lines_of(whole.out).size() == 3);
    shop.write("answers", "");
  }
}

TEST_CASE("named pipes can be read and written, and are not replaced by files") {
  const Workshop shop;
  shop.write("texts.txt", "a cat\n");
  check_quiet(shop.run("embed " + with_model() + " --input texts.txt --output vectors.npy"));
  REQUIRE(::mkfifo(shop.file("in").c_str(), 0600) == 0);
  REQUIRE(::mkfifo(shop.file("out").c_str(), 0600) == 0);
  Process process(shop,
                  "cat texts.txt > in & cat out > got & '" GLOSSA_TOOL "' embed " + with_model() +
                      " --input in --output out --output-format npy && wait",
                  "texts.txt");
  check_quiet(process.wait(milliseconds(5000)));
  CHECK(shop.read("got") == shop.read("vectors.npy"));
  CHECK(std::filesystem::is_fifo(shop.file("out")));
}

TEST_CASE("memory does not grow with the number of lines") {
  const Workshop shop;
  // Long lines of which only some differ: little to compute, much to keep for whoever keeps it.
  const auto write_lines = [&](const std::string& name, int count) {
    std::ofstream out(shop.file(name), std::ios::binary);
    for (int i = 0; i < count; ++i) {
      for (int word = 0; word < 400; ++word) out << (word % 2 == 0 ? "cat " : "the ");
      out << i % 10 << '\n';
    }
  };
  write_lines("few.txt", 2000);
  write_lines("many.txt", 20000);
  for (const std::string format : {"npy", "jsonl"}) {
    const std::string rest = " --output vectors." + format;
    const test::Run few = shop.run("embed " + with_model() + " --input few.txt" + rest);
    const test::Run many = shop.run("embed " + with_model() + " --input many.txt" + rest);
    CHECK(few.status == 0);
    CHECK(many.status == 0);
    INFO(format << ": " << few.peak_kib << " KiB for 2,000 lines, " << many.peak_kib << " KiB for 20,000");
    CHECK(few.peak_kib > 1000);
    if (test::kSanitized) {
      WARN("not tested: a sanitizer keeps freed memory");
    } else {
      CHECK(many.peak_kib - few.peak_kib < 12 * 1024);
    }
  }
  CHECK(test::parse_npy(shop.read("vectors.npy")).rows == 20000);
  CHECK(test::lines_of(shop.read("vectors.jsonl")).size() == 20000);
}

TEST_CASE("Ctrl-C while texts are embedded leaves nothing behind") {
  const Workshop shop;
  std::string texts;
  for (int i = 0; i < 400'000; ++i) texts += "the cat is number " + std::to_string(i) + '\n';
  shop.write("texts.txt", texts);
  for (const int signal : {SIGINT, SIGTERM}) {
    Process process(shop, glossa_command("embed " + with_model() + " --input texts.txt --output vectors.npy"),
                    "texts.txt");
    wait_for_output(shop);
    std::this_thread::sleep_for(milliseconds(400));
    check_interrupted(shop, process, signal);
    CHECK(!shop.has("vectors.npy"));
  }
}

TEST_CASE("Ctrl-C while standard input is silent leaves nothing behind") {
  const Workshop shop;
  shop.write("vectors.jsonl", "precious");
  for (const std::string command : {"embed", "tokenize"}) {
    Process process(shop, glossa_command(command + " " + with_model() + " --output vectors.jsonl"), "");
    wait_for_output(shop);
    process.feed("{\"text\":\"a cat\"}\n{\"text\":\"the pro");
    std::this_thread::sleep_for(milliseconds(200));
    check_interrupted(shop, process, SIGINT);
    CHECK(shop.read("vectors.jsonl") == "precious");
  }
}

TEST_CASE("Ctrl-C is heard at any moment") {
  const Workshop shop;
  for (int i = 0; i < 40; ++i) {
    Process process(shop, glossa_command("embed " + with_model() + " --output vectors.npy"), "");
    wait_for_output(shop);
    std::this_thread::sleep_for(std::chrono::microseconds(i * 250));
    check_interrupted(shop, process, SIGINT);
    CHECK(!shop.has("vectors.npy"));
  }
}

TEST_CASE("a reader that has seen enough ends the command without a file or a crash") {
  const Workshop shop;
  std::string texts;
  for (int i = 0; i < 9000; ++i) texts += "a cat\n";
  shop.write("texts.txt", texts);
  const test::Run run =
      shop.shell("'" GLOSSA_TOOL "' embed " + with_model() + " --input texts.txt --output - | head -n 1");
  CHECK(test::lines_of(run.out).size() == 1);
  CHECK(run.err.empty());
}
