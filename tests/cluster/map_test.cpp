// Maps: everything stands in the page, and nothing of the texts gets out of its place there.
#include "catch.hpp"
#include "error_of.hpp"

#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/map.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using glossa::Labels;
using glossa::map_html;
using glossa::map_svg;
using glossa::MapContent;

const std::string kEvil = "</script><script>alert(1)</script><!--<img src=x onerror=\"alert('2')\">]]>&amp;\\u003c\"\\";

struct Example {
  std::vector<float> coordinates{0, 0, 10, 0, 10, 5, 2, 1, 3, 3};
  Labels labels{0, 2, 2, -1, 0};
  std::vector<std::string_view> texts{"one", kEvil, "ένα", "\xFFoops\x01\n", ""};
  std::vector<std::string_view> groups{"eng", "</title>", "ell", "eng", ""};
  std::vector<std::string> names{"first, words", "", kEvil};

  [[nodiscard]] MapContent content() const {
    return {
        .coordinates = coordinates, .labels = labels, .texts = texts, .groups = groups, .names = names, .title = kEvil};
  }
};

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; at += part.size()) ++count;
  return count;
}

/// The data in the page.
nlohmann::json data_of(const std::string& page) {
  const std::string_view begin = "<script type=\"application/json\" id=\"data\">";
  const std::size_t at = page.find(begin);
  REQUIRE(at != std::string::npos);
  const std::size_t from = at + begin.size();
  return nlohmann::json::parse(page.substr(from, page.find("</script>", from) - from));
}

}  // namespace

TEST_CASE("a page holds the points, texts, groups and clusters as they are") {
  const Example example;
  const auto data = data_of(map_html(example.content()));
  CHECK(data.at("texts") == nlohmann::json({"one", kEvil, "ένα", "\uFFFDoops\x01\n", ""}));
  CHECK(data.at("labels") == nlohmann::json({0, 2, 2, -1, 0}));
  CHECK(data.at("x") == nlohmann::json({0, 65535, 65535, 13107, 19661}));  // 10 wide, and as high
  CHECK(data.at("y") == nlohmann::json({49151, 49151, 16384, 42598, 29491}));
  CHECK(data.at("order") == nlohmann::json({0, 2, 1}));
  CHECK(data.at("noise") == 1);
  REQUIRE(data.at("clusters").size() == 3);
  CHECK(data.at("clusters")[0].at("name") == "cluster 0: first, words");
  CHECK(data.at("clusters")[0].at("short") == "first, words");
  CHECK(data.at("clusters")[0].at("size") == 2);
  CHECK(data.at("clusters")[1].at("name") == "cluster 1");
  CHECK(data.at("clusters")[1].at("place") == -1);
  CHECK(data.at("clusters")[2].at("name") == "cluster 2: " + kEvil);
  CHECK(data.at("groups")[0] == nlohmann::json({{"name", "eng"}, {"size", 2}}));
  CHECK(data.at("groups").size() == 4);
  CHECK(data.at("groups")[1].at("name") == "unknown");
  CHECK(data.at("groups")[data.at("marks")[1].get<std::size_t>()].at("name") == "</title>");
}

TEST_CASE("no text becomes markup or script") {
  const Example example;
  const std::string page = map_html(example.content());
  CHECK(count_of(page, "<script") == 2);  // the data and the program
  CHECK(count_of(page, "</script") == 2);
  CHECK(count_of(page, "</title") == 1);
  CHECK(count_of(page, "<img") == 0);
  CHECK(count_of(page, "<!--") == 0);
  CHECK(count_of(page, "innerHTML") == 0);
  CHECK(count_of(page, "<title>&lt;/script&gt;") == 1);

  const std::string picture = map_svg(example.content());
  CHECK(count_of(picture, "<script") == 0);
  CHECK(count_of(picture, "<img") == 0);
  CHECK(count_of(picture, "<!--") == 0);
  CHECK(count_of(picture, "]]>") == 0);
  CHECK(count_of(picture, "<use ") == 5);
  CHECK(count_of(picture, "<title>") == count_of(picture, "</title>"));
  CHECK(count_of(picture, "\x01") == 0);
}

TEST_CASE("lines of a text end as they do, and in a picture all alike") {
  Example example;
  example.texts[0] = "a\r\nb\rc\n\r";
  CHECK(data_of(map_html(example.content())).at("texts")[0] == "a\r\nb\rc\n\r");
  CHECK(count_of(map_svg(example.content()), "a\nb\nc\n\n<") == 1);
}

TEST_CASE("a page and a picture load nothing") {
  Example example;
  example.texts[1] = "two";
  MapContent content = example.content();
  content.title = "Title";
  content.names = {};
  const std::string page = map_html(content);
  CHECK(count_of(page, "default-src 'none'") == 1);
  for (const std::string_view part :
       {"http://", "https://", "src=", "@import", "url(", "fetch(", "XMLHttpRequest", "<link", "import("})
    CHECK(count_of(page, part) == 0);
  const std::string picture = map_svg(content);
  CHECK(count_of(picture, "http") == 1);  // the namespace
}

TEST_CASE("clusters have colours of their own, for light and for dark") {
  std::set<std::string> light;
  std::set<std::string> dark;
  Example example;
  example.coordinates.assign(400, 1);
  example.texts.assign(200, "");
  example.groups.clear();
  example.names.clear();
  example.labels.resize(200);
  for (int i = 0; i < 200; ++i) example.labels[static_cast<std::size_t>(i)] = i;
  const auto data = data_of(map_html(example.content()));
  for (const auto& cluster : data.at("clusters")) {
    light.insert(cluster.at("light"));
    dark.insert(cluster.at("dark"));
  }
  CHECK(light.size() >= 199);
  CHECK(dark.size() >= 199);
  for (const auto& colors : {light, dark})
    CHECK(std::all_of(colors.begin(), colors.end(), [](const std::string& color) {
      return color.size() == 7 && color.find_first_not_of("0123456789abcdef", 1) == std::string::npos;
    }));
  CHECK(data.at("x")[7] == 32768);  // all in one place: in the middle
}

TEST_CASE("long names are cut between words where they can be") {
  Example example;
  example.names = {"river, mountain, ocean, lake, desert", "",
                   "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十"};
  const auto clusters = data_of(map_html(example.content())).at("clusters");
  CHECK(clusters[0].at("short") == "river, mountain, ocean");
  CHECK(clusters[2].at("short") == "一二三四五六七八九十一二三四五六七八九十一二三四五六…");
}

TEST_CASE("a picture's labels do not lie on each other") {
  Example example;
  example.names = {"river", "", "ocean"};
  const auto labels = [&] { return count_of(map_svg(example.content()), "class=\"label\""); };
  CHECK(labels() == 2);
  example.coordinates = {0, 0, 10, 0, 10, 5, 2, 1, 9.9F, 0.1F};
  example.labels = {0, 2, -1, -1, -1};
  CHECK(labels() == 2);
  example.labels = {-1, 2, -1, -1, 0};
  CHECK(labels() == 1);
}

TEST_CASE("a map of nothing, and of one point, is a map") {
  CHECK(data_of(map_html({})).at("texts").empty());
  CHECK(count_of(map_svg({}), "</svg>") == 1);
  const std::vector<float> place{3, 4};
  const std::vector<std::string_view> text{"alone"};
  const auto data = data_of(map_html({.coordinates = place, .labels = Labels{-1}, .texts = text}));
  CHECK(data.at("noise") == 1);
  CHECK(data.at("clusters").empty());
  CHECK(data.at("groups").empty());
}

TEST_CASE("what does not fit together is no map") {
  const auto field = [](auto&& change) {
    Example example;
    change(example);
    const std::string html = test::error_of([&] { (void)map_html(example.content()); }).field();
    CHECK(test::error_of([&] { (void)map_svg(example.content()); }).field() == html);
    return html;
  };
  CHECK(field([](Example& e) { e.coordinates.pop_back(); }) == "coordinates");
  CHECK(field([](Example& e) { e.texts.pop_back(); }) == "texts");
  CHECK(field([](Example& e) { e.groups.pop_back(); }) == "groups");
  CHECK(field([](Example& e) { e.labels[0] = -2; }) == "labels[0]");
  CHECK(field([](Example& e) { e.labels[3] = 5; }) == "labels[3]");
  CHECK(field([](Example& e) { e.coordinates[3] = std::nanf(""); }) == "coordinates");
}
