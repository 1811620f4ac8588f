// A store that is kept in step with a folder.
#include "catch.hpp"
#include "error_of.hpp"
#include "store_cases.hpp"

#include <glossa/store/folder_sync.hpp>

#include <cstddef>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

using glossa::DocumentStore;
using glossa::sync_folder;
using glossa::SyncReport;

TEST_CASE("files are stored, and stored again only where they changed") {
  const test::StoreFolder folder;
  const test::TemporaryFolder texts;
  test::write_file(texts.path() / "a.txt", "the cat");
  test::write_file(texts.path() / "sub" / "b.md", "# Heading\n\nprotein\n\n## Part\n\nmuseo\n");
  test::write_file(texts.path() / "c.pdf", "not read");
  test::write_file(texts.path() / "Ünï.MD", "no heading");
  DocumentStore store = folder.open();
  SyncReport report = sync_folder(store, texts.path());
  CHECK(report.files == 3);
  CHECK(report.added == 3);
  CHECK(report.problems.empty());
  const auto document = store.find("sub/b.md");
  REQUIRE(document);
  CHECK(document->title == "Heading");
  CHECK(document->format == glossa::TextFormat::markdown);
  CHECK(document->metadata.at("path") == glossa::MetadataValue("sub/b.md"));
  CHECK(store.find("a.txt")->title == "a");
  CHECK(store.find("Ünï.MD")->title == "Ünï");
  const auto sequence = store.stats().sequence;
  report = sync_folder(store, texts.path());
  CHECK(report.unchanged == 3);
  CHECK(report.added + report.changed + report.removed == 0);
  CHECK(store.stats().sequence == sequence);  // nothing was written
  test::write_file(texts.path() / "a.txt", "the dog");
  std::filesystem::remove(texts.path() / "sub" / "b.md");
  test::write_file(texts.path() / "new.txt", "");
  store.upsert({test::any_document(1)});  // of no folder: stays
  report = sync_folder(store, texts.path());
  CHECK(report.changed == 1);
  CHECK(report.removed == 1);
  CHECK(report.added == 1);
  CHECK(report.unchanged == 1);
  CHECK(store.find("a.txt")->text == "the dog");
  CHECK_FALSE(store.find("sub/b.md"));
  CHECK(store.find("doc1"));
  CHECK(store.find("new.txt"));
}

TEST_CASE("files that cannot be read are named, and their documents stay") {
  const test::StoreFolder folder;
  const test::TemporaryFolder texts;
  test::write_file(texts.path() / "a.txt", "the cat");
  test::write_file(texts.path() / "large.txt", std::string(2000, 'x'));
  test::write_file(texts.path() / "bad\xFF.txt", "the cat");
  DocumentStore store = folder.open();
  SyncReport report = sync_folder(store, texts.path());
  CHECK(report.added == 2);
  REQUIRE(report.problems.size() == 1);
  glossa::SyncOptions options;
  options.most_bytes = 1000;
  report = sync_folder(store, texts.path(), options);
  CHECK(report.problems.size() == 2);
  CHECK(report.removed == 0);
  CHECK(store.find("large.txt"));
  CHECK(test::error_of([&] { sync_folder(store, texts.path() / "none"); }).kind() == glossa::ErrorKind::not_found);
  CHECK(store.stats().documents == 2);
}

TEST_CASE("a sync that was stopped goes on where it was") {
  const test::StoreFolder folder;
  const test::TemporaryFolder texts;
  for (int i = 0; i < 100; ++i)
    test::write_file(texts.path() / ("f" + std::to_string(i) + ".txt"), "the cat " + std::to_string(i));
  DocumentStore store = folder.open();
  std::stop_source stop;
  glossa::SyncOptions options;
  options.stop = stop.get_token();
  options.progress = [&](const glossa::Progress& progress) {
    if (progress.done == 70) stop.request_stop();
  };
  CHECK(test::error_of([&] { sync_folder(store, texts.path(), options); }).kind() == glossa::ErrorKind::cancelled);
  const std::size_t stored = store.stats().documents;
  CHECK(stored == 64);
  const SyncReport report = sync_folder(store, texts.path());
  CHECK(report.unchanged == stored);
  CHECK(report.added == 100 - stored);
}

TEST_CASE("two folders in one store do not remove each other's documents") {
  const test::StoreFolder folder;
  const test::TemporaryFolder one;
  const test::TemporaryFolder two;
  test::write_file(one.path() / "a.txt", "the cat");
  test::write_file(two.path() / "b.txt", "the dog");
  DocumentStore store = folder.open();
  sync_folder(store, one.path());
  sync_folder(store, two.path());
  CHECK(store.stats().documents == 2);
  test::write_file(two.path() / "a.txt", "the museo");
  test::write_file(two.path() / "c.txt", "the female");
  SyncReport report = sync_folder(store, two.path());
  REQUIRE(report.problems.size() == 1);
  CHECK(report.problems[0].path == (two.path() / "a.txt").string());
  CHECK(report.problems[0].problem.find("prefix") != std::string::npos);
  CHECK(report.added == 1);
  CHECK(store.find("a.txt")->text == "the cat");
  glossa::SyncOptions options;
  options.prefix = "two/";
  report = sync_folder(store, two.path(), options);
  CHECK(report.problems.empty());
  CHECK(report.added == 3);
  CHECK(report.removed == 2);  // b.txt and c.txt without the prefix
  CHECK(store.find("two/a.txt")->text == "the museo");
  CHECK(store.find("a.txt")->text == "the cat");
  CHECK(sync_folder(store, two.path(), options).unchanged == 3);
  CHECK(sync_folder(store, one.path()).unchanged == 1);
}

TEST_CASE("files that are not text in UTF-8 are named, and a byte order mark is no part of a text") {
  const test::StoreFolder folder;
  const test::TemporaryFolder texts;
  using namespace std::string_literals;
  test::write_file(texts.path() / "a.txt", "\xFF\xFEt\0h\0e\0"s);
  test::write_file(texts.path() / "b.txt", "the caf\xE9"s);
  test::write_file(texts.path() / "c.txt", "the\0cat"s);
  test::write_file(texts.path() / "d.md", "\xEF\xBB\xBF# Museo\n\nthe cat\n"s);
  DocumentStore store = folder.open();
  SyncReport report = sync_folder(store, texts.path());
  CHECK(report.added == 1);
  REQUIRE(report.problems.size() == 3);
  CHECK(report.problems[0].problem.find("UTF-16") != std::string::npos);
  CHECK(report.problems[1].problem.find("byte 233 at 7") != std::string::npos);
  CHECK(report.problems[2].problem.find("byte 0 at 3") != std::string::npos);
  CHECK(store.find("d.md")->title == "Museo");
  CHECK(store.chunks("d.md").front().bytes.end == 19);  // bytes are those of the file
  test::write_file(texts.path() / "d.md", "the\xC3"s);
  report = sync_folder(store, texts.path());
  CHECK(report.removed == 0);
  CHECK(store.find("d.md")->title == "Museo");
}

#if !defined(_WIN32)
TEST_CASE("what cannot be looked at is named, and its documents stay") {
  const test::StoreFolder folder;
  const test::TemporaryFolder texts;
  const test::TemporaryFolder elsewhere;
  test::write_file(elsewhere.path() / "inner" / "t.txt", "the cat");
  test::write_file(texts.path() / "a.txt", "the dog");
  std::filesystem::create_symlink(elsewhere.path() / "inner" / "t.txt", texts.path() / "l.txt");
  std::filesystem::create_symlink("loop.txt", texts.path() / "loop.txt");
  std::filesystem::create_symlink("nothing.txt", texts.path() / "gone.txt");
  DocumentStore store = folder.open();
  SyncReport report = sync_folder(store, texts.path());
  CHECK(report.added == 2);
  CHECK(report.problems.empty());
  // Whoever may read all folders, root, sees no such error: a name longer than can be makes one for everybody.
  std::filesystem::remove(texts.path() / "l.txt");
  std::filesystem::create_symlink(std::string(300, 'x'), texts.path() / "l.txt");
  report = sync_folder(store, texts.path());
  CHECK(report.removed == 0);
  REQUIRE(report.problems.size() == 1);
  CHECK(report.problems[0].path == (texts.path() / "l.txt").string());
  CHECK(store.find("l.txt"));
  std::filesystem::remove(texts.path() / "l.txt");
  CHECK(sync_folder(store, texts.path()).removed == 1);
}
#endif

TEST_CASE("a folder is the same one however its path is written") {
  const test::StoreFolder folder;
  const test::TemporaryFolder texts;
  test::write_file(texts.path() / "notes" / "a.txt", "the cat");
  DocumentStore store = folder.open();
  for (const std::string name : {"notes", "notes/", "notes/.", "./notes/", "notes/../notes//"}) {
    INFO(name);
    const SyncReport report = sync_folder(store, texts.path() / name);
    CHECK(report.added + report.unchanged == 1);
    CHECK(report.added == (name == "notes" ? 1 : 0));
    CHECK(store.find("a.txt"));
  }
  CHECK(store.stats().documents == 1);
}

TEST_CASE("other metadata for a folder's documents are a change") {
  const test::StoreFolder folder;
  const test::TemporaryFolder texts;
  test::write_file(texts.path() / "a.txt", "the cat");
  DocumentStore store = folder.open();
  glossa::SyncOptions options;
  options.metadata = {{"lang", "de"}};
  sync_folder(store, texts.path(), options);
  CHECK(sync_folder(store, texts.path(), options).unchanged == 1);
  options.metadata = {{"lang", "en"}};
  CHECK(sync_folder(store, texts.path(), options).changed == 1);
  CHECK(store.find("a.txt")->metadata.at("lang") == glossa::MetadataValue("en"));
  CHECK(sync_folder(store, texts.path(), options).unchanged == 1);
}

TEST_CASE("a file that begins with an endless heading is stored like any other") {
  const test::StoreFolder folder;
  const test::TemporaryFolder texts;
  std::string text = "\xEF\xBB\xBF# ";
  while (text.size() < 60000) text += "the female cat ";
  text += "\n\n";
  while (text.size() < 120000) text += "the protein museo. ";
  test::write_file(texts.path() / "a.md", text);
  DocumentStore store = folder.open({.chunks = glossa::ChunkOptions{64, 8}, .lexical = true});
  CHECK(sync_folder(store, texts.path()).added == 1);
  const auto document = store.find("a.md");
  REQUIRE(document);
  CHECK(document->title.starts_with("the female cat "));
  CHECK(document->title.size() <= 400);
  CHECK(store.stats().database_bytes < 20000000);  // not the heading with each chunk
}
