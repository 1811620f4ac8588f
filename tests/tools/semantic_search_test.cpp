// The example semantic_search: what it finds, and that it embeds only what changed.
#include "tool.hpp"

#include <filesystem>
#include <string>

namespace {

using test::contains;
using test::Run;
using test::Workshop;

/// Runs it on `source`, with one query.
Run search(const Workshop& shop, const std::string& source, const std::string& model = test::model_folder().string()) {
  return shop.shell("exec '" GLOSSA_SEMANTIC_SEARCH "' '" + model + "' " + source + " 'the cat'");
}

void check_says(const Run& run, const std::string& counts, const std::string& hit) {
  INFO(run.out << run.err);
  CHECK(run.status == 0);
  CHECK(run.out.starts_with(counts));
  CHECK(contains(run.out, "\nthe cat\n"));
  CHECK(contains(run.out, hit));
}

}  // namespace

TEST_CASE("the example keeps the index of a file beside it, and embeds only lines that are new") {
  const Workshop shop;
  shop.write("texts.txt", "the cat\n\nprotein\r\nmuseo\nmuseo\n");
  check_says(search(shop, "texts.txt"), "3 passages, 3 new, 0 removed", "  the cat\n");
  REQUIRE(shop.has("texts.txt.glossa-index"));
  const Run again = search(shop, "texts.txt");
  check_says(again, "3 passages, 0 new, 0 removed", "  the cat\n");
  CHECK(again.err.empty());
  shop.write("texts.txt", "a\nprotein\nmuseo\nthe female\n");
  check_says(search(shop, "texts.txt"), "4 passages, 2 new, 1 removed", "  the female\n");
  check_says(search(shop, "texts.txt"), "4 passages, 0 new, 0 removed", "  the female\n");
  shop.write("texts.txt", "");
  check_says(search(shop, "texts.txt"), "0 passages, 0 new, 4 removed", "the cat\n");
  check_says(search(shop, "texts.txt"), "0 passages, 0 new, 0 removed", "the cat\n");
}

TEST_CASE("the example reads the paragraphs of a folder's texts, and names their files") {
  const Workshop shop;
  shop.write("folder/a.txt", "the\n cat\n \nprotein\n");
  shop.write("folder/below/b.md", "museo\n");
  shop.write("folder/c.bin", "female\n");
  check_says(search(shop, "folder"), "3 passages, 3 new, 0 removed", "  a.txt: the cat\n");
  CHECK(contains(search(shop, "folder/").out, "below/b.md: museo"));
  CHECK(shop.has("folder/.glossa-index"));
}

TEST_CASE("the example builds an index again that is damaged, of another model or of another program, and says so") {
  const Workshop shop;
  shop.write("texts.txt", "the cat\nprotein\n");
  check_says(search(shop, "texts.txt"), "2 passages, 2 new", "the cat");
  const auto check_again = [&](const Run& run, const std::string& why) {
    check_says(run, "2 passages, 2 new, 0 removed", "the cat");
    CHECK(contains(run.err, "building the index again: "));
    CHECK(contains(run.err, why));
  };
  test::write_family(shop.file("other"), test::family("multilingual-e5-small"));
  shop.write("other/added_tokens.json", "{}");  // another tokenizer, for all that the example knows
  check_again(search(shop, "texts.txt", "other"), "another model");
  check_again(search(shop, "texts.txt"), "another model");
  shop.write("texts.txt.glossa-index", "what is this");
  check_again(search(shop, "texts.txt"), "shorter than the header");
  test::check_quiet(shop.shell(
      "'" GLOSSA_TOOL "' index build " + test::with_model() + " --input - --output texts.txt.glossa-index 2> log",
      "{\"id\":1,\"text\":\"the cat\"}"));
  check_again(search(shop, "texts.txt"), "another program");
}

TEST_CASE("the example works where it cannot keep an index, and says so") {
  // Nothing but a virtual file system refuses the superuser.
  if (::geteuid() == 0 && !std::filesystem::exists("/proc/self/status")) return;
  const Workshop shop;
  std::string source = "/proc/self/status";
  if (::geteuid() != 0) {
    shop.write("locked/texts.txt", "the cat\n");
    source = "locked/texts.txt";
    std::filesystem::permissions(shop.file("locked"),
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  }
  const Run run = search(shop, source);
  CHECK(run.status == 0);
  CHECK(contains(run.out, " new, 0 removed"));
  CHECK(contains(run.err, "the next run has to embed again: "));
  if (::geteuid() != 0) std::filesystem::permissions(shop.file("locked"), std::filesystem::perms::owner_all);
}

TEST_CASE("the example names what it cannot read") {
  const Workshop shop;
  const Run run = search(shop, "nowhere.txt");
  CHECK(run.status == 1);
  CHECK(contains(run.err, "nowhere.txt"));
  CHECK(shop.shell("exec '" GLOSSA_SEMANTIC_SEARCH "'").status == 2);
}
