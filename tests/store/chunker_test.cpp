// How documents are cut: borders in many scripts, Markdown, and what holds for every text.
#include "catch.hpp"
#include "error_of.hpp"
#include "small_model.hpp"

#include <glossa/store/chunker.hpp>
#include <glossa/text/tokenizer.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <random>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

using glossa::Chunk;
using glossa::Chunker;
using glossa::TextFormat;
using glossa::detail::BorderLevel;

namespace {

const glossa::Tokenizer& tokenizer() {
  static const test::SmallModel model;
  static const glossa::Tokenizer own(model.path());
  return own;
}

/// The parts of a text between borders of at least a level, without the white space at their ends.
std::vector<std::string> parts(std::string_view text, BorderLevel least) {
  std::vector<std::string> out;
  std::size_t begin = 0;
  const auto add = [&](std::size_t end) {
    std::string part(text.substr(begin, end - begin));
    while (!part.empty() && (part.back() == ' ' || part.back() == '\n')) part.pop_back();
    out.push_back(part);
    begin = end;
  };
  for (const auto& border : glossa::detail::text_borders(text))
    if (border.level >= least) add(border.at);
  add(text.size());
  return out;
}
std::vector<std::string> sentences(std::string_view text) { return parts(text, BorderLevel::sentence); }
using Parts = std::vector<std::string>;

std::string_view text_of(const Chunk& chunk, std::string_view text) {
  return text.substr(chunk.bytes.begin, chunk.bytes.end - chunk.bytes.begin);
}

/// What holds for every text.
void check_chunks(const Chunker& chunker, std::string_view text, std::string_view title, TextFormat format) {
  const std::vector<Chunk> chunks = chunker.chunks(text, title, format);
  std::vector<bool> covered(text.size(), false);
  std::size_t last_begin = 0;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const Chunk& chunk = chunks[i];
    REQUIRE(chunk.bytes.begin < chunk.bytes.end);
    REQUIRE(chunk.bytes.end <= text.size());
    REQUIRE((i == 0 || chunk.bytes.begin > last_begin));
    last_begin = chunk.bytes.begin;
    const std::size_t tokens = chunker.count_tokens(
        glossa::detail::embedded_text(chunker.used_title(title), chunk.context, text_of(chunk, text)));
    REQUIRE(tokens <= chunker.max_tokens() + (chunk.bytes.end - chunk.bytes.begin <= 4 ? 8 : 0));
    for (std::size_t at = chunk.bytes.begin; at < chunk.bytes.end; ++at) covered[at] = true;
  }
  // Borders of characters, and what is between chunks is white space.
  std::vector<bool> is_border(text.size() + 1, false);
  for (std::size_t at = 0; at < text.size();) {
    is_border[at] = true;
    const auto c = glossa::detail::character_at(text, at);
    if (!covered[at]) REQUIRE(glossa::detail::is_whitespace(c.code));
    at += c.bytes;
  }
  is_border[text.size()] = true;
  for (const Chunk& chunk : chunks) {
    REQUIRE(is_border[chunk.bytes.begin]);
    REQUIRE(is_border[chunk.bytes.end]);
  }
}

}  // namespace

TEST_CASE("the cutting of a text ends where that is asked for") {
  std::stop_source stop;
  stop.request_stop();
  const Chunker chunker(tokenizer(), "", 64, 8);
  CHECK(test::error_of([&] { (void)chunker.chunks("the cat", {}, TextFormat::plain, stop.get_token()); }).kind() ==
        glossa::ErrorKind::cancelled);
}

TEST_CASE("sentences end in every script") {
  CHECK(sentences("One. Two! Three? Four… Five") == Parts{"One.", "Two!", "Three?", "Four…", "Five"});
  CHECK(sentences("He said \"Stop.\" Then (he left.) Bye") == Parts{"He said \"Stop.\"", "Then (he left.)", "Bye"});
  CHECK(sentences("今日は。明日！「はい。」そう？終") == Parts{"今日は。", "明日！", "「はい。」", "そう？", "終"});
  CHECK(sentences("مرحبا؟ نعم. لا") == Parts{"مرحبا؟", "نعم.", "لا"});
  CHECK(sentences("یہ۔ وہ۔ پھر") == Parts{"یہ۔", "وہ۔", "پھر"});
  CHECK(sentences("यह है। वह है॥ अंत") == Parts{"यह है।", "वह है॥", "अंत"});
  CHECK(sentences("ሰላም። ደህና። መጨረሻ") == Parts{"ሰላም።", "ደህና።", "መጨረሻ"});
  CHECK(sentences("สวัสดีครับ ผมชื่อดี ok go") == Parts{"สวัสดีครับ", "ผมชื่อดี ok go"});
}

TEST_CASE("a full stop does not always end a sentence") {
  for (const std::string text :
       {"It is 3.14 of it", "Use e.g. this", "Dr. Smith and Prof. Jones", "J. R. Tolkien wrote", "z.B. das",
        "see fig. 3 there", "at 5 p.m. we", "version 1.2.3 is"}) {
    INFO(text);
    CHECK(sentences(text).size() == 1);
  }
  CHECK(sentences("1. First\n2. Second").size() == 1);
  CHECK(sentences("In 1999. Then") == Parts{"In 1999.", "Then"});
}

TEST_CASE("paragraphs end at blank lines, whatever ends a line") {
  CHECK(parts("a b\nc\n\nd\r\n\r\ne\n \t\nf", BorderLevel::paragraph) == Parts{"a b\nc", "d\r\n\r", "e\n \t", "f"});
  CHECK(parts("a\nb\r\nc", BorderLevel::paragraph).size() == 1);
  CHECK(parts("a\nb", BorderLevel::line).size() == 2);
}

TEST_CASE("Markdown's headings are kept as context, and code has none") {
  const std::string text =
      "Preamble.\n\n# One #\n\nText one.\n\n## Two\n\nText two.\n\n```sh\n# no heading\n```\n\nMore.\n\n# Three\n## "
      "Four\n\n"
      "Text four.\n\nFive\n====\n\nText five.\n\n    # code\n\n#no heading\n";
  const Chunker chunker(tokenizer(), "passage: ", 512, 0);
  const auto chunks = chunker.chunks(text, {}, TextFormat::markdown);
  REQUIRE(chunks.size() == 5);
  CHECK(text_of(chunks[0], text) == "Preamble.");
  CHECK(chunks[0].context.empty());
  CHECK(text_of(chunks[1], text) == "# One #\n\nText one.");
  CHECK(chunks[1].context.empty());  // its own heading is in its text
  CHECK(text_of(chunks[2], text).starts_with("## Two"));
  CHECK(text_of(chunks[2], text).ends_with("More."));
  CHECK(chunks[2].context == "One");
  CHECK(text_of(chunks[3], text) == "# Three\n## Four\n\nText four.");
  CHECK(chunks[3].context.empty());
  CHECK(text_of(chunks[4], text).starts_with("Five\n===="));
  CHECK(chunker.chunks(text, {}, TextFormat::plain).size() == 1);
  // Behind the first chunk of a section its own heading is context as well.
  std::string large = "# A\n\n## B\n\n";
  for (int i = 0; i < 200; ++i) large += "the cat sleep. ";
  const auto parts = Chunker(tokenizer(), "passage: ", 64, 8).chunks(large, "Title", TextFormat::markdown);
  REQUIRE(parts.size() > 3);
  CHECK(parts[0].context.empty());
  CHECK(parts[1].context == "A > B");
  CHECK(parts.back().context == "A > B");
  check_chunks(Chunker(tokenizer(), "passage: ", 64, 8), large, "Title", TextFormat::markdown);
  const auto yaml = chunker.chunks("---\ntitle: x\n---\n\ntext\n", {}, TextFormat::markdown);
  REQUIRE(yaml.size() == 1);
  CHECK(yaml[0].context.empty());
}

TEST_CASE("a byte order mark hides no heading, and a rule at the beginning no others") {
  const Chunker chunker(tokenizer(), "passage: ", 512, 0);
  const std::string marked = "\xEF\xBB\xBF# One\n\ntext\n\n## Two\n\ntext\n";
  auto chunks = chunker.chunks(marked, {}, TextFormat::markdown);
  REQUIRE(chunks.size() == 2);
  CHECK(chunks[1].context == "One");
  check_chunks(chunker, marked, {}, TextFormat::markdown);
  const std::string ruled = "---\n\n# One\n\ntext\n\n## Two\n\ntext\n";
  chunks = chunker.chunks(ruled, {}, TextFormat::markdown);
  REQUIRE(chunks.size() == 3);
  CHECK(chunks[2].context == "One");
  check_chunks(chunker, ruled, {}, TextFormat::markdown);
}

TEST_CASE("chunks end with sentences and overlap by whole ones") {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "The female cat sleep. ";
  const Chunker chunker(tokenizer(), "passage: ", 100, 20);
  const auto chunks = chunker.chunks(text);
  REQUIRE(chunks.size() > 3);
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    CHECK(text_of(chunks[i], text).starts_with("The female"));
    CHECK(text_of(chunks[i], text).ends_with("sleep."));
    if (i > 0) CHECK(chunks[i].bytes.begin < chunks[i - 1].bytes.end);
  }
  check_chunks(chunker, text, {}, TextFormat::plain);
  for (const auto& chunk : Chunker(tokenizer(), "passage: ", 100, 0).chunks(text)) CHECK(chunk.tokens <= 100);
}

TEST_CASE("nothing but white space has no chunk, and a short text one") {
  const Chunker chunker(tokenizer(), "passage: ", 100, 20);
  CHECK(chunker.chunks("").empty());
  CHECK(chunker.chunks(" \n\xE3\x80\x80\t").empty());
  const auto one = chunker.chunks("  the cat \n");
  REQUIRE(one.size() == 1);
  CHECK(one[0].bytes == glossa::ByteRange{2, 9});
  CHECK(one[0].tokens == tokenizer().count_tokens("passage: the cat"));
  CHECK(test::error_of([] { Chunker(tokenizer(), "passage: ", 10, 0); }).kind() == glossa::ErrorKind::invalid_argument);
}

TEST_CASE("random texts in many scripts are covered, within the limit, and cut between characters") {
  const std::vector<std::string> words{"the",
                                       "cat",
                                       "sleep",
                                       "Кошка",
                                       "museo",
                                       "Kürbis",
                                       "今日は天気がいいですね",
                                       "。",
                                       "！",
                                       "」",
                                       "يحيى",
                                       "؟",
                                       "यह",
                                       "।",
                                       "ครับ",
                                       "ไทย",
                                       ".",
                                       "!",
                                       "\n",
                                       "\n\n",
                                       "\r\n",
                                       "  ",
                                       "# H\n",
                                       "## G\n",
                                       "```\n",
                                       "\n---\n",
                                       "- x\n",
                                       "é",
                                       "e\xCC\x81",
                                       "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x94\xAC",
                                       "</s>",
                                       "3.14",
                                       "\xFF",
                                       "\xE6\x97",
                                       "\xC3",
                                       "\xEF\xBB\xBF",
                                       "\xE2\x80\xA9",
                                       std::string(300, 'x'),
                                       "\xE3\x80\x80",
                                       std::string("\0", 1),
                                       "'\"",
                                       "한국어"};
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    std::string text;
    const std::size_t length = random() % 120;
    const bool spaces = random() % 2 == 0;
    for (std::size_t i = 0; i < length; ++i) text += words[random() % words.size()] + (spaces ? " " : "");
    const std::string title = random() % 2 == 0 ? "" : random() % 4 == 0 ? std::string(400, 'q') : "A title";
    const Chunker chunker(tokenizer(), round % 3 == 0 ? "" : "passage: ", 20 + random() % 100, random() % 60);
    INFO("round " << round);
    check_chunks(chunker, text, title, round % 2 == 0 ? TextFormat::markdown : TextFormat::plain);
  }
}

TEST_CASE("a long text takes time in proportion") {
  std::string text;
  while (text.size() < 300000) text += "the female cat sleep, протеин museo. ";
  const Chunker chunker(tokenizer(), "passage: ", 256, 32);
  const auto time_of = [&](std::string_view part) {
    const auto start = std::chrono::steady_clock::now();
    CHECK(chunker.chunks(part).size() > 10);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  (void)time_of(text);
  const double short_one =
      std::min(time_of(std::string_view(text).substr(0, 30000)), time_of(std::string_view(text).substr(0, 30000)));
  const double long_one = std::min(time_of(text), time_of(text));
  CHECK(long_one < 60 * short_one);  // 10 times the text; a square would be 100
  for (const auto& chunk : chunker.chunks(text))
    if (chunk.bytes.end + 300 < text.size()) CHECK(chunk.tokens > 200);
  // One word without an end, of which no cluster ends either.
  std::string marks = "e";
  for (int i = 0; i < 20000; ++i) marks += "\xCC\x81";
  check_chunks(chunker, marks, {}, TextFormat::plain);
  check_chunks(chunker, std::string(50000, 'z'), {}, TextFormat::plain);
  std::string han;  // longer than what is tokenized at a time, without a space
  while (han.size() < 700000) han += "\xE4\xBB\x8A\xE6\x97\xA5";
  check_chunks(chunker, han, {}, TextFormat::plain);
}
