// glossa eval --prompt: what stands before the texts of a category or a task.
#include "eval_names.hpp"

#include <string>

TEST_CASE("--prompt tells what stands before the texts of a category or a task, and keeps its results apart") {
  const Workshop shop;
  write_data(shop);
  shop.write("mine.json", R"({"name":"Mine.v2","category":"sts","data":"data/sts/stsb-en.jsonl",
    "prompts":{"query":"own: "}})");
  shop.write("other.json", R"({"name":"Other","category":"sts","data":"data/sts/stsb-en.jsonl"})");
  shop.write("own.json", R"({"name":"Own","category":"sts","data":"data/sts/stsb-en.jsonl",
    "prompts":{"query":"cat "}})");
  const std::string sts = "eval " + with_model() + " --json --task other.json ";
  const auto score = [](const Run& run) { return parse_json(lines_of(run.out).at(0)).at("pearson"); };
  const auto plain = score(shop.run(sts));
  const auto prompted = score(shop.run("eval " + with_model() + " --json --task own.json"));
  REQUIRE(plain != prompted);
  const Run of_category = shop.run(sts + "--prompt 'sts.query=cat '");
  check_quiet(of_category);
  CHECK(score(of_category) == prompted);
  CHECK(score(shop.run(sts + "--prompt 'STS.query=cat '")) == prompted);
  CHECK(score(shop.run(sts + "--prompt 'Other.query=cat '")) == prompted);
  CHECK(score(shop.run(sts + "--prompt 'Other.query=cat ' --prompt 'sts.query=the '")) == prompted);
  CHECK(score(shop.run(sts + "--prompt 'sts.query='")) == plain);
  // What a task file says comes before its category's, and what is told of the task before both.
  const std::string mine = "eval " + with_model() + " --json --task mine.json ";
  CHECK(score(shop.run(mine)) == score(shop.run(mine + "--prompt 'sts.query=cat '")));
  CHECK(score(shop.run(mine + "--prompt 'Mine.v2.query=cat '")) == prompted);

  const std::string kept = "eval " + with_model() + " --task other.json --results results ";
  const std::string cat = results_of(shop.run(kept + "--prompt 'sts.query=cat '"));
  CHECK(contains(cat, "-f32-prompts"));
  CHECK(results_of(shop.run(kept)).ends_with("-f32"));
  CHECK(results_of(shop.run(kept + "--prompt 'sts.query=the '")) != cat);
  CHECK(contains(shop.run(kept + "--prompt 'sts.query=cat '").err, "1 of 1 tasks are taken from " + cat));

  const auto advised = parse_json(
      shop.run("eval advise " + with_model() + " --task other.json --precisions f32 --json --prompt 'sts.query=cat '")
          .out);
  const auto same = parse_json(
      shop.run("eval " + with_model() + " --task other.json --precision f32 --json --prompt 'sts.query=cat '").out);
  CHECK(advised.at("precisions").at(0).at("score").get<double>() ==
        Approx(same.at("main_score").get<double>()).margin(1e-6));
}

TEST_CASE("prompts stand in for those that a model does not tell, one role at a time") {
  const Workshop shop;
  write_data(shop);
  const std::string fact =
      "eval " + with_model() + " --category retrieval --data data/retrieval/fact --results results ";
  const auto prompts_of = [&](const std::string& options) {  // by the hash that results have of them
    const std::string folder = results_of(shop.run(fact + options));
    return parse_json(shop.read(folder + "/fact.json")).at("scores").at("test").at(0).at("source").at("prompts");
  };
  const auto own = prompts_of("");
  CHECK(prompts_of("--prompt 'retrieval.query=query: '") == own);
  CHECK(prompts_of("--no-prompts --prompt 'retrieval.query=query: ' --prompt 'fact.passage=passage: '") == own);
  CHECK(prompts_of("--no-prompts --prompt 'retrieval.query=query: '") != own);
  CHECK(prompts_of("--prompt 'retrieval.passage='") == prompts_of("--no-prompts --prompt 'fact.query=query: '"));
}

TEST_CASE("a prompt of no category, role or task is refused before the model is loaded") {
  const Workshop shop;
  write_data(shop);
  const std::string command = "eval --model nowhere " + kStsb + "--prompt ";
  check_complaint(shop.run(command + "'music.query=a'"), 2, {"--prompt", "music", "sts, STSBenchmarkMultilingualSTS"});
  check_complaint(shop.run(command + "'sts.document=a'"), 2, {"--prompt", "document", "query or passage"});
  check_complaint(shop.run(command + "'retrieval.query=a'"), 2, {"--prompt", "no task of this category", "retrieval"});
  check_complaint(shop.run(command + "'sts.passage=a'"), 2, {"--prompt", "no passages", "sts.query"});
  check_complaint(shop.run(command + "'STSBenchmarkMultilingualSTS.passage=a'"), 2, {"--prompt", "no passages"});
  for (const char* shape : {"sts", "sts.query", "query=a", ".query=a"}) {
    INFO(shape);
    check_complaint(shop.run(command + "'" + shape + "'"), 2, {"--prompt", "SCOPE.ROLE=TEXT"});
  }
  check_complaint(shop.run(command + "'sts.query=a' --prompt 'STS.query=b'"), 2, {"--prompt", "sts.query"});
  check_complaint(shop.run("eval advise --model nowhere " + kStsb + "--prompt 'music.query=a'"), 2, {"music"});
}

TEST_CASE("a task's name may have the characters in it that --prompt puts between its parts") {
  const Workshop shop;
  write_data(shop);
  shop.write("odd.json", R"({"name":"a=b.c","category":"sts","data":"data/sts/stsb-en.jsonl"})");
  shop.write("own.json", R"({"name":"Own","category":"sts","data":"data/sts/stsb-en.jsonl",
    "prompts":{"query":"cat=the.query=cat "}})");
  const std::string eval = "eval " + with_model() + " --json --task ";
  const auto score = [](const Run& run) { return parse_json(lines_of(run.out).at(0)).at("pearson"); };
  const Run odd = shop.run(eval + "odd.json --prompt 'a=b.c.query=cat=the.query=cat '");
  check_quiet(odd);
  CHECK(score(odd) == score(shop.run(eval + "own.json")));
  CHECK(score(odd) != score(shop.run(eval + "odd.json")));
  check_complaint(shop.run("eval --model nowhere --task odd.json --prompt 'a=b.query=x'"), 2, {"--prompt", "a=b.c"});
}
