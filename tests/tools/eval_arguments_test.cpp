// What glossa eval is asked for and cannot do is told with what to do.
#include "eval_names.hpp"

#include <string>

TEST_CASE("what is missing or wrong is told with what to do") {
  const Workshop shop;
  write_data(shop);
  const std::string eval = "eval " + with_model() + " ";
  check_complaint(shop.run("eval " + kStsb), 2, {"--model"});
  check_complaint(shop.run("eval advise " + kStsb), 2, {"--model"});
  check_complaint(shop.run(eval), 2, {"--task", "--category"});
  check_complaint(shop.run(eval + "--category sts"), 2, {"--data"});
  check_complaint(shop.run(eval + "--category music --data data"), 2, {"--category"});
  check_complaint(shop.run(eval + "--task Tatoeba"), 2, {"--data", "Tatoeba"});
  check_complaint(shop.run(eval + "--task Unheard --data data"), 2, {"--task", "Unheard", "glossa eval tasks"});
  check_complaint(shop.run(eval + "--task none.json"), 1, {"none.json"});
  check_complaint(shop.run(eval + kStsb + "--task STSBenchmarkMultilingualSTS"), 2, {"twice"});
  check_complaint(shop.run(eval + kStsb + "--data data --data data"), 2, {"--data"});
  check_complaint(shop.run(eval + kStsb + "--overwrite"), 2, {"--results"});
  check_complaint(shop.run(eval + "--category retrieval --data data/retrieval/fact --split dev"), 1, {"dev"});
  check_complaint(shop.run("eval --model nowhere " + kStsb), 1, {"nowhere"});
  shop.write("data/sts/stsb-en.jsonl", "{\"sentence1\":\"a\",\"sentence2\":\"b\",\"score\":\"x\"}\n");
  check_complaint(shop.run(eval + kStsb), 1, {"stsb-en.jsonl, line 1", "score"});
}

TEST_CASE("empty names and names that are there twice are refused, and not let be") {
  const Workshop shop;
  write_data(shop);
  for (const char* split : {"dev", "test"})
    shop.write("stsd/" + std::string(split) + ".jsonl", shop.read("data/sts/stsb-en.jsonl"));
  const std::string eval = "eval --model nowhere --category sts --data stsd ";
  for (const char* splits : {"dev,", ",dev", "dev,,test", ","})
    check_complaint(shop.run(eval + "--split " + splits), 2, {"--split", "empty name"});
  for (const char* splits : {"dev,dev", "dev --split dev", "dev,test --split dev"})
    check_complaint(shop.run(eval + "--split " + splits), 2, {"--split", "twice", "dev"});
  check_complaint(shop.run("eval --model nowhere --category sts --data ''"), 2, {"--data", "empty"});
  for (const char* option : {"--results", "--cache", "--report"})
    check_complaint(shop.run(eval + option + " ''"), 2, {option, "empty"});
  const std::string advise = "eval advise --model nowhere --category sts --data stsd --precisions ";
  check_complaint(shop.run(advise + "f32,f32"), 2, {"--precisions", "twice"});
  check_complaint(shop.run(advise + "f32,"), 2, {"--precisions", "empty name"});
  check_complaint(shop.run(advise + "f32,f16"), 2, {"--precisions", "f16", "bf16"});
}

TEST_CASE("a report does not go where the scores go") {
  const Workshop shop;
  write_data(shop);
  for (const char* name : {"-", "/dev/stdout"})
    check_complaint(shop.run("eval --model nowhere " + kStsb + "--report " + name), 2, {"--report", "standard output"});
  check_complaint(shop.run("eval compare a b --report -"), 2, {"--report", "standard output"});
}
