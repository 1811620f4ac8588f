// The example fine_tune: what it says and saves, and what it names that it cannot read.
#include "tool.hpp"

#include <glossa/embedder.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace {

using test::contains;
using test::Run;
using test::Workshop;

Run fine_tune(const Workshop& shop, const std::string& arguments) {
  return shop.shell("exec '" GLOSSA_FINE_TUNE "' " + arguments);
}

std::string pairs(std::size_t count) {
  const std::vector<std::string> words{"the", "cat", "sleep", "female", "protein", "museo", "a", "1"};
  std::string lines;
  for (std::size_t i = 0; i < count; ++i)
    lines += R"({"anchor":")" + words[i % 8] + " " + words[i / 8 % 8] + R"(","positive":")" + words[(i + 3) % 8] + " " +
             words[i / 8 % 8] + " a\"}\n";
  return lines;
}

}  // namespace

TEST_CASE("the example counts before and after, tells each step, and saves the model that it counted with") {
  const Workshop shop;
  shop.write("pairs.jsonl", pairs(40));
  const Run run = fine_tune(shop, "'" + test::model_folder().string() + "' pairs.jsonl new");
  INFO(run.out << run.err);
  CHECK(run.status == 0);
  CHECK(run.out.starts_with("found before: "));
  CHECK(contains(run.out, " of 4\nfound after:  "));
  CHECK(run.out.ends_with(" of 4\n"));
  CHECK(contains(run.err, "\rstep 1 of 4, loss "));
  CHECK(run.err.ends_with('\n'));
  CHECK(glossa::Embedder(shop.file("new")).embed("the cat").values() !=
        glossa::Embedder(test::model_folder()).embed("the cat").values());
}

TEST_CASE("the example names a model, a file and a folder that it cannot use, before it trains") {
  const Workshop shop;
  const std::string model = "'" + test::model_folder().string() + "'";
  shop.write("pairs.jsonl", pairs(20));
  shop.write("bad.jsonl", pairs(20) + "{\"anchor\":\"the cat\"}\n");
  const auto check_names = [&](const std::string& arguments, const std::string& name) {
    const Run run = fine_tune(shop, arguments);
    INFO(run.err);
    CHECK(run.status == 1);
    CHECK(contains(run.err, name));
    CHECK(!contains(run.err, "step "));
    CHECK(!shop.has("new"));
  };
  check_names("nowhere pairs.jsonl new", "nowhere");
  check_names(model + " nowhere.jsonl new", "nowhere.jsonl");
  check_names(model + " bad.jsonl new", "bad.jsonl, line 21");
  check_names(model + " pairs.jsonl pairs.jsonl", "pairs.jsonl is there already");
  CHECK(fine_tune(shop, model).status == 2);
}
