#include "catch.hpp"
#include "paths.hpp"
#include "random_model.hpp"

#include <glossa/export/calibrated_layers.hpp>

#include <cstddef>
#include <string>
#include <vector>

TEST_CASE("calibration: of too many texts every other one is left out, however many there are", "[export]") {
  const test::TemporaryFolder folder;
  test::write_family(folder.path(), test::family("multilingual-e5-small"));
  const glossa::Tokenizer tokenizer(folder.path());
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 1000; ++i) texts.push_back("the cat " + std::to_string(i));
  const auto ids = [&](std::size_t i) { return tokenizer.encode(texts[i]).ids; };

  const auto all = glossa::detail::thinned_batch(tokenizer, 512, texts, 1000000);
  CHECK(all.texts() == texts.size());

  for (const std::size_t most : {std::size_t{20}, std::size_t{100}, std::size_t{2000}}) {
    const auto some = glossa::detail::thinned_batch(tokenizer, 512, texts, most);
    CHECK(some.tokens() <= most);
    std::size_t step = 1;  // the least power of 2 with which there are no more
    const auto tokens = [&] {
      std::size_t sum = 0;
      for (std::size_t i = 0; i < texts.size(); i += step) sum += ids(i).size();
      return sum;
    };
    while (tokens() > most) step *= 2;
    REQUIRE(some.texts() == (texts.size() + step - 1) / step);
    for (std::size_t i = 0; i < some.texts(); ++i) {
      const auto expected = ids(i * step);
      CHECK(std::vector(some.ids.begin() + static_cast<std::ptrdiff_t>(some.starts[i]),
                        some.ids.begin() + static_cast<std::ptrdiff_t>(some.starts[i + 1])) == expected);
    }
  }

  const auto one = glossa::detail::thinned_batch(tokenizer, 512, texts, 1);  // less than a text has
  CHECK(one.texts() == 1);
}
