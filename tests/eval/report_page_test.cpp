// The report's page has all scores in it, and nothing of any name gets out of its place.
#include "catch.hpp"

#include <glossa/eval/report_page.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace {

using glossa::report_html;
using glossa::ReportContent;
using glossa::TaskCategory;
using glossa::TaskScores;

const std::string kEvil = "</title></style><script>alert(1)</script><img src=x onerror=\"alert('2')\">&amp;\xFF";

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; at += part.size()) ++count;
  return count;
}

std::vector<TaskScores> example() {
  std::vector<TaskScores> all(2);
  all[0] = {.task = "STSBenchmarkMultilingualSTS", .category = TaskCategory::sts};
  all[0].seconds = 12.34;
  all[0].subsets = {{.name = "de",
                     .languages = {"deu-Latn"},
                     .main_score = 0.785285,
                     .scores = {{"cosine_spearman", 0.785285}, {"cosine_pearson", std::nan("")}}},
                    {.name = "en", .languages = {"eng-Latn"}, .main_score = -0.25}};
  all[0].published = {{"multilingual-e5-small", "de", 0.78936}, {"multilingual-e5-small", "es", 0.80744}};
  all[1] = {.task = "SciFact", .category = TaskCategory::retrieval};
  all[1].subsets = {{.languages = {"eng-Latn"}, .main_score = std::nan("")}};
  return all;
}

}  // namespace

TEST_CASE("a report has the means, a bar for each subset, and what others published beside it") {
  const std::vector<TaskScores> scores = example();
  const std::string page =
      report_html({.scores = scores, .model = "my model", .title = "T", .facts = {{"Precision", "int8"}}});
  CHECK(page.find("<title>T</title>") != std::string::npos);
  CHECK(page.find("<dt>Precision</dt><dd>int8</dd>") != std::string::npos);
  CHECK(page.find("<span class=\"name\">de</span><span class=\"rail\"><i style=\"width:78.53%\"></i></span><span "
                  "class=\"number\">78.53</span>") != std::string::npos);
  CHECK(page.find("<span class=\"name\">multilingual-e5-small</span><span class=\"rail\"><i style=\"width:78.94%\">") !=
        std::string::npos);
  CHECK(count_of(page, "class=\"bar other\"") == 1);  // "es" was not evaluated
  CHECK(page.find("width:0.00%\"></i></span><span class=\"number\">-25.00<") != std::string::npos);
  CHECK(page.find("<span class=\"name\">my model</span>") != std::string::npos);
  CHECK(page.find("STS, test, 12.3 s") != std::string::npos);
  CHECK(page.find("<td>cosine_pearson</td><td>–</td><td>–</td>") != std::string::npos);
  CHECK(page.find("<td>deu-Latn</td><td>1</td><td>78.53</td><td>78.53</td><td>–</td>") != std::string::npos);
  CHECK(page.find("<b>–</b><span>mean over tasks</span>") != std::string::npos);
}

TEST_CASE("what others published of another split has no bar") {
  std::vector<TaskScores> scores = example();
  scores[0].split = "train";
  for (auto& published : scores[0].published) published.split = "train";
  CHECK(count_of(report_html({.scores = scores, .model = "m"}), "class=\"bar other\"") == 1);
  for (auto& published : scores[0].published) published.split = "test";
  scores[0].published.push_back({"mean", "", 0.5, 0, "test"});
  const std::string page = report_html({.scores = scores, .model = "m"});
  CHECK(count_of(page, "class=\"bar other\"") == 0);
  CHECK(count_of(page, "published scores of others") == 0);
}

TEST_CASE("no name becomes markup") {
  std::vector<TaskScores> scores = example();
  scores[0].task = scores[0].split = scores[0].subsets[0].name = kEvil;
  scores[0].subsets[0].languages = {kEvil};
  scores[0].subsets[0].scores = {{kEvil, 0.5}};
  scores[0].published = {{kEvil, kEvil, 0.5}};
  const std::string page = report_html({.scores = scores, .model = kEvil, .title = kEvil, .facts = {{kEvil, kEvil}}});
  CHECK(count_of(page, "<script") == 0);
  CHECK(count_of(page, "<img") == 0);
  CHECK(count_of(page, "</title") == 1);
  CHECK(count_of(page, "</style") == 1);
  CHECK(count_of(page, "onerror=\"") == 0);
  CHECK(count_of(page, "\xFF") == 0);
  CHECK(count_of(page, "&lt;script&gt;") >= 10);
}

TEST_CASE("a report loads nothing and runs nothing") {
  const std::vector<TaskScores> scores = example();
  const std::string page = report_html({.scores = scores, .model = "m"});
  CHECK(count_of(page, "default-src 'none'") == 1);
  for (const std::string_view part : {"http://", "https://", "src=", "@import", "url(", "<link", "<script"})
    CHECK(count_of(page, part) == 0);
}

TEST_CASE("a report of nothing is a page too") {
  const std::string page = report_html({});
  CHECK(page.find("<b>–</b>") != std::string::npos);
  CHECK(page.ends_with("</html>\n"));
}

TEST_CASE("a report has a bar for what others score on all of a task") {
  std::vector<TaskScores> scores = example();
  scores[0].published = {{"another", "", 0.5}};
  scores[1].published = {{"other", "", 0.25}};
  std::string page = report_html({.scores = scores, .model = "m"});
  CHECK(count_of(page, "<span class=\"name\">another, mean</span>") == 1);
  CHECK(count_of(page, "<span class=\"name\">other</span>") == 1);
  scores[0].published[0].subsets = 3;
  page = report_html({.scores = scores, .model = "m"});
  CHECK(count_of(page, "another") == 0);
}
