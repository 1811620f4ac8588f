// Errors say what went wrong, where, and what to do; an Expected carries one in the place of a value.
#include "catch.hpp"

#include <glossa/core/error.hpp>
#include <glossa/core/expected.hpp>

#include <memory>
#include <new>
#include <set>
#include <stdexcept>
#include <string>

using glossa::Error;
using glossa::ErrorKind;
using glossa::Expected;

TEST_CASE("an error's message puts kind, place, problem, expectation and remedy into one sentence") {
  const Error error(ErrorKind::corrupt_file, {.file = "m/config.json",
                                              .field = "hidden_size",
                                              .problem = "the field is wrong",
                                              .expected = "a number",
                                              .found = "\"x\"",
                                              .remedy = "fetch the file again"});
  CHECK(std::string(error.what()) ==
        "corrupt file: m/config.json: hidden_size: the field is wrong: expected a number, found \"x\"; fetch the file "
        "again");
}

TEST_CASE("parts that are not known leave no trace in the message") {
  CHECK(std::string(Error(ErrorKind::io, {}).what()) == "input/output error");
  CHECK(std::string(Error(ErrorKind::not_found, {.file = "a"}).what()) == "not found: a");
  CHECK(std::string(Error(ErrorKind::too_long, {.problem = "p", .remedy = "r"}).what()) == "text too long: p; r");
  CHECK(std::string(Error(ErrorKind::invalid_argument, {.field = "k", .expected = "1", .found = "2"}).what()) ==
        "invalid argument: k: expected 1, found 2");
}

TEST_CASE("every kind has a stable name of its own") {
  const std::set<std::string> names{
      to_string(ErrorKind::invalid_argument), to_string(ErrorKind::not_found),   to_string(ErrorKind::io),
      to_string(ErrorKind::corrupt_file),     to_string(ErrorKind::unsupported), to_string(ErrorKind::too_long),
      to_string(ErrorKind::cancelled),        to_string(ErrorKind::numeric)};
  CHECK(names == std::set<std::string>{"invalid argument", "not found", "input/output error", "corrupt file",
                                       "unsupported", "text too long", "cancelled", "numeric error"});
}

TEST_CASE("an error keeps its kind and facts when it is thrown as a std::runtime_error") {
  try {
    throw Error(ErrorKind::unsupported, {.file = "f", .field = "g", .problem = "p"});
  } catch (const std::runtime_error& caught) {
    const auto& error = dynamic_cast<const Error&>(caught);
    CHECK(error.kind() == ErrorKind::unsupported);
    CHECK(error.file() == "f");
    CHECK(error.field() == "g");
    CHECK(error.facts().problem == "p");
    CHECK(error.facts().remedy.empty());
  }
}

TEST_CASE("an Expected gives its value, or throws the error it holds") {
  Expected<std::string> good(std::string("yes"));
  CHECK(good.has_value());
  CHECK(static_cast<bool>(good));
  CHECK(good.value() == "yes");
  CHECK(*good == "yes");
  CHECK(good->size() == 3);
  CHECK(good.value_or("no") == "yes");
  good.value() = "changed";
  CHECK(*good == "changed");

  const Expected<std::string> bad(Error(ErrorKind::not_found, {.file = "f"}));
  CHECK_FALSE(bad.has_value());
  CHECK_FALSE(static_cast<bool>(bad));
  CHECK(bad.error().kind() == ErrorKind::not_found);
  CHECK(bad.error().file() == "f");
  CHECK(bad.value_or("no") == "no");
  CHECK_THROWS_AS(bad.value(), Error);
  CHECK_THROWS_AS(*bad, Error);
  CHECK_THROWS_AS(bad->size(), Error);
}

TEST_CASE("an Expected hands over a value that can only be moved") {
  Expected<std::unique_ptr<int>> box(std::make_unique<int>(7));
  const std::unique_ptr<int> value = *std::move(box);
  REQUIRE(value != nullptr);
  CHECK(*value == 7);
  Expected<std::unique_ptr<int>> bad(Error(ErrorKind::io, {}));
  CHECK_THROWS_AS(std::move(bad).value(), Error);
}

TEST_CASE("whatever a call throws becomes an Expected's error") {
  CHECK(*glossa::detail::try_call([] { return 3; }) == 3);

  const auto own = glossa::detail::try_call([]() -> int { throw Error(ErrorKind::numeric, {.field = "layer"}); });
  REQUIRE_FALSE(own.has_value());
  CHECK(own.error().kind() == ErrorKind::numeric);
  CHECK(own.error().field() == "layer");

  const auto memory = glossa::detail::try_call([]() -> int { throw std::bad_alloc(); });
  REQUIRE_FALSE(memory.has_value());
  CHECK(memory.error().kind() == ErrorKind::out_of_memory);
  CHECK(memory.error().facts().problem == "an allocation failed");

  const auto other = glossa::detail::try_call([]() -> int { throw std::logic_error("odd"); });
  REQUIRE_FALSE(other.has_value());
  CHECK(other.error().kind() == ErrorKind::callback);
  CHECK(other.error().facts().problem == "odd");
}

TEST_CASE("names from a file stay on one line of the message, and raw in the facts") {
  const std::string name = "a\n\x1b[31mEVIL\t\r\x7f";
  const Error error(ErrorKind::corrupt_file, {.file = "m\nn", .field = name, .problem = "p"});
  CHECK(std::string(error.what()) == "corrupt file: m\\nn: a\\n\\x1b[31mEVIL\\t\\r\\x7f: p");
  CHECK(error.field() == name);
  CHECK(error.file() == "m\nn");
}

TEST_CASE("a message shows letters of any script, and what hides or is not UTF-8 as escapes") {
  const auto shown = [](const std::string& text) { return glossa::detail::printable(text, 300); };
  CHECK(shown("größe 模型 \U0001F600 \\ \"") == "größe 模型 \U0001F600 \\ \"");
  CHECK(shown("a\u0085b\u009bc") == "a\\x85b\\x9bc");
  CHECK(shown("a\u2028b\u202Ec\u2066d\uFEFF") == "a\\u2028b\\u202ec\\u2066d\\ufeff");
  CHECK(shown("a\xFF\xC3(\xE2\x82") == "a\\xff\\xc3(\\xe2\\x82");
  CHECK(shown("\xED\xA0\x80\xC0\xAF\xF4\x90\x80\x80") == "\\xed\\xa0\\x80\\xc0\\xaf\\xf4\\x90\\x80\\x80");
  CHECK(shown(std::string("a\0b", 3)) == "a\\x00b");
}

TEST_CASE("a long part is cut between characters, and the others stay") {
  for (std::size_t shift = 0; shift < 4; ++shift) {
    std::string name(shift, 'x');
    while (name.size() < 100'000) name += "語";
    const Error error(ErrorKind::corrupt_file, {.file = "f", .field = name, .found = name, .remedy = "do this"});
    const std::string message = error.what();
    CHECK(message.size() < 700);
    CHECK(message.ends_with("; do this"));
    CHECK(message.find('\\') == std::string::npos);  // no broken character was left to escape
    CHECK(error.field() == name);
  }
  const std::string fits(300, 'x');
  CHECK(std::string(Error(ErrorKind::io, {.field = fits}).what()) == "input/output error: " + fits);
  CHECK(std::string(Error(ErrorKind::io, {.field = fits + "x"}).what()) ==
        "input/output error: " + fits.substr(0, 297) + "...");
}
