// Teaches a model from pairs of texts, and uses what it has learnt at once:  fine_tune MODEL_DIR PAIRS NEW_DIR
// PAIRS has lines such as {"anchor":"how much protein a day?","positive":"Grown women need about 46 grams."}
// A tenth of them is kept out of training: how many of these anchors find their own text among these texts is counted
// before and after.
#include <glossa/glossa.hpp>

#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

namespace {

/// What anchors and positives are to the model: some have a prompt for queries and one for passages, and others none.
struct Roles {
  glossa::Role anchor = glossa::Role::none;
  glossa::Role positive = glossa::Role::none;
};

Roles roles_of(const glossa::Embedder& embedder) {
  const glossa::Prompts& prompts = embedder.info().prompts;
  if (!prompts.query || !prompts.passage) return {};
  return {glossa::Role::query, glossa::Role::passage};
}

/// How many of the anchors are more like their own positive than like any other.
std::size_t count_found(const glossa::Embedder& embedder, const std::vector<glossa::TrainingRow>& rows) {
  std::vector<std::string> anchors;
  std::vector<std::string> positives;
  for (const glossa::TrainingRow& row : rows) {
    anchors.push_back(row.anchor);
    positives.push_back(row.positive);
  }
  const Roles roles = roles_of(embedder);
  const auto hits = glossa::top_k(embedder.embed(anchors, roles.anchor), embedder.embed(positives, roles.positive), 1);
  std::size_t found = 0;
  for (std::size_t i = 0; i < hits.size(); ++i) found += positives[hits[i].at(0).index] == positives[i];
  return found;
}

void show(const glossa::TrainingStep& step) {
  std::fprintf(stderr, "\rstep %zu of %zu, loss %.3f ", step.step, step.steps, step.loss);
  if (step.step == step.steps) std::fputc('\n', stderr);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4) return std::cerr << "usage: fine_tune MODEL_DIR PAIRS NEW_DIR\n", 2;
  if (std::filesystem::exists(argv[3])) return std::cerr << argv[3] << " is there already: give a new name\n", 1;

  const glossa::Embedder before(argv[1]);
  const std::vector<glossa::TrainingRow> all = glossa::read_training_data({argv[2]}).rows;
  std::vector<glossa::TrainingRow> rows;
  std::vector<glossa::TrainingRow> held_out;
  for (std::size_t i = 0; i < all.size(); ++i) (i % 10 == 0 ? held_out : rows).push_back(all[i]);
  std::cout << "found before: " << count_found(before, held_out) << " of " << held_out.size() << std::endl;

  glossa::TrainerOptions options;
  options.anchor_role = roles_of(before).anchor;
  options.positive_role = roles_of(before).positive;
  glossa::Trainer trainer(argv[1], options);
  (void)trainer.train(rows, {.epochs = 2, .progress = show});

  const glossa::Embedder after = trainer.embedder();  // what was learnt, without a file
  std::cout << "found after:  " << count_found(after, held_out) << " of " << held_out.size() << '\n';
  trainer.save(argv[3]);
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
