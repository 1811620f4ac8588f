// glossa train: a model and lines of texts come in; a model that has learnt from them goes out.
#include "commands.hpp"
#include "distinct_files.hpp"
#include "interrupt.hpp"
#include "json_line.hpp"
#include "line_reader.hpp"
#include "output_file.hpp"
#include "progress_bar.hpp"
#include "step_log.hpp"
#include "train_arguments.hpp"
#include "train_panel.hpp"
#include "train_teacher.hpp"
#include "training_rows.hpp"

#include <glossa/core/error.hpp>
#include <glossa/core/partial_folder.hpp>
#include <glossa/text/utf8.hpp>
#include <glossa/train/trainer.hpp>
#include <glossa/train/training_curve.hpp>
#include <glossa/train/training_data.hpp>
#include <glossa/train/training_record.hpp>

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>
#include <stop_token>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace tool {
namespace {

glossa::TrainingLoss loss_of(const TrainArguments& arguments) {
  if (arguments.loss == "triplet")
    return glossa::TripletOptions{arguments.cosine, arguments.margin.value_or(arguments.cosine ? 0.3 : 5)};
  if (arguments.loss == "margin-mse") return glossa::MarginMseOptions{};
  if (arguments.loss == "contrastive") return glossa::ContrastiveOptions{arguments.margin.value_or(0.5)};
  if (arguments.loss == "cosent") return glossa::CosentOptions{arguments.scale};
  if (arguments.loss == "distillation") return glossa::DistillationOptions{};
  return glossa::InfoNceOptions{arguments.temperature, arguments.symmetric, arguments.false_negative_margin};
}

glossa::RateShape shape_of(const std::string& name) {
  if (name == "constant") return glossa::RateShape::constant;
  return name == "cosine" ? glossa::RateShape::cosine : glossa::RateShape::linear;
}

glossa::RowTrait trait_of(const std::string& name) {
  if (name == "language") return glossa::RowTrait::language;
  return name == "source" ? glossa::RowTrait::source : glossa::RowTrait::none;
}

/// A text a line, or the texts of JSON lines; blank ones are let be.
std::vector<std::string> replay_texts(const std::string& file) {
  std::vector<std::string> texts;
  if (file.empty()) return texts;
  LineReader reader(file);
  const bool is_json = file.ends_with(".jsonl") || file.ends_with(".ndjson");
  for (std::string line; reader.next(line);) {
    stop_if_interrupted();
    std::string text = is_json ? parse_json_line(line, reader.name(), reader.number()).text : line;
    if (!glossa::detail::is_valid_utf8(text))
      throw glossa::Error(
          glossa::ErrorKind::corrupt_file,
          {.file = reader.name() + ", line " + std::to_string(reader.number()), .problem = "the text is not UTF-8"});
    if (!glossa::detail::is_blank_text(text)) texts.push_back(std::move(text));
  }
  if (texts.empty())
    throw glossa::Error(glossa::ErrorKind::corrupt_file, {.file = file, .problem = "there are no texts in it"});
  return texts;
}

glossa::TrainerOptions options_of(const TrainArguments& arguments) {
  glossa::TrainerOptions options;
  options.loss = loss_of(arguments);
  options.matryoshka = arguments.matryoshka;
  options.matryoshka_weights = arguments.matryoshka_weights;
  options.rate = {arguments.learning_rate, shape_of(arguments.schedule), arguments.warm_up};
  options.adamw.beta1 = arguments.beta1;
  options.adamw.beta2 = arguments.beta2;
  options.adamw.epsilon = arguments.epsilon;
  options.adamw.weight_decay = arguments.weight_decay;
  options.adamw.initial_decay = arguments.keep_initial;
  options.adamw.max_norm = arguments.max_norm;
  options.adamw.layer_rate = arguments.layer_rate;
  options.preserve.replay = replay_texts(arguments.replay);
  options.preserve.replay_each = arguments.replay_each;
  options.preserve.replay_weight = arguments.replay_weight;
  options.preserve.average = arguments.average;
  options.preserve.interpolation = arguments.interpolate;
  options.accumulation = arguments.accumulation;
  options.dropout = arguments.dropout;
  options.attention_dropout = arguments.attention_dropout.value_or(arguments.dropout);
  options.seed = arguments.seed;
  options.freeze_embeddings = arguments.freeze_embeddings;
  options.frozen_layers = arguments.freeze_layers;
  options.biases_only = arguments.biases_only;
  options.lora = {arguments.lora_rank, arguments.lora_alpha, arguments.lora_targets};
  options.anchor_role = role_from(arguments.anchor_role);
  options.positive_role = role_from(arguments.positive_role);
  options.max_tokens = arguments.max_tokens;
  options.chunk_tokens = arguments.chunk_tokens;
  if (arguments.compute == "bf16") options.compute = glossa::TrainingPrecision::bf16;
  options.checkpoint_activations = arguments.checkpoint_activations;
  options.threads = arguments.threads;
  return options;
}

std::vector<glossa::TrainingRow> read_rows(const TrainArguments& arguments, const glossa::TrainingLoss& loss,
                                           std::size_t negatives) {
  glossa::TrainingDataOptions options;
  options.fields = field_names(arguments.fields);
  options.needs_negatives = negatives;
  options.needs_label = needs_labels(loss);
  if (arguments.loss == "contrastive") options.least_label = 0;
  if (arguments.loss == "contrastive") options.most_label = 1;
  options.bad_lines = arguments.bad_lines == "skip" ? glossa::BadLines::skip : glossa::BadLines::refuse;
  try {
    glossa::TrainingData data = glossa::read_training_data({arguments.data.begin(), arguments.data.end()}, options);
    for (const glossa::SkippedLine& line : data.skipped) std::cerr << "glossa: left out: " << line.message << '\n';
    if (!data.skipped.empty()) std::cerr << "glossa: " << data.skipped.size() << " lines were left out\n";
    return std::move(data.rows);
  } catch (const glossa::Error& error) {
    throw training_error(error);
  }
}

/// Nothing is trained for a folder that cannot be made.
void require_new_folder(const std::string& option, const std::string& folder) {
  std::error_code code;
  if (folder.empty()) return;
  const std::filesystem::path path(folder);
  if (std::filesystem::exists(path, code) &&
      !(std::filesystem::is_directory(path, code) && std::filesystem::is_empty(path, code)))
    throw glossa::Error(glossa::ErrorKind::invalid_argument, {.file = folder,
                                                              .field = option,
                                                              .problem = "it is there already",
                                                              .remedy = "remove it, or give another name"});
  const glossa::detail::PartialFolder probe(path);  // which is gone again
}

std::string rounded(double value, int digits = 4) {
  std::array<char, 48> out{};
  return {out.data(),
          std::to_chars(out.data(), out.data() + out.size(), value, std::chars_format::general, digits).ptr};
}

std::string metrics_line(const glossa::TrainingStep& step, const TrainPanel& panel) {
  nlohmann::ordered_json json{{"step", step.step},          {"epoch", step.epoch},    {"loss", step.loss},
                              {"gradient_norm", step.norm}, {"rate", step.rate},      {"rows", step.rows},
                              {"tokens", step.tokens},      {"seconds", step.seconds}};
  if (step.replay_loss != 0) json["replay_loss"] = step.replay_loss;
  if (step.score) json["score"] = *step.score;
  if (step.score)
    for (const auto& [name, score] : panel.scores()) json["scores"][name] = score;
  return json.dump() + "\n";
}

}  // namespace

int train(const TrainArguments& arguments) {
  catch_interrupts();
  require_new_folder("--output", arguments.output);
  require_new_folder("--adapters", arguments.adapters);
  if (are_one_file(arguments.output, arguments.adapters))
    throw glossa::Error(glossa::ErrorKind::invalid_argument, {.file = arguments.adapters,
                                                              .field = "--adapters",
                                                              .problem = "it is --output, too",
                                                              .remedy = "give another name"});
  TrainPanel panel(arguments.evaluate);
  glossa::TrainerOptions options = options_of(arguments);
  glossa::TrainingRun run{.epochs = arguments.epochs, .max_steps = arguments.steps};
  run.batches.batch_rows = arguments.batch_size;
  run.batches.negatives_each =
      arguments.negatives == 0 && needs_negatives(options.loss) ? std::size_t{1} : arguments.negatives;
  run.batches.seed = arguments.seed;
  run.batches.balance = trait_of(arguments.balance);
  run.batches.temperature = arguments.balance_temperature;
  run.batches.groups_apart = arguments.groups_apart;
  run.batches.homogeneous = trait_of(arguments.homogeneous);
  const std::vector<glossa::TrainingRow> rows = read_rows(arguments, options.loss, run.batches.negatives_each);
  run.checkpoints = arguments.checkpoints;
  run.checkpoint_every = arguments.checkpoint_every;
  run.resume = arguments.resume;
  const std::size_t teacher_dims = add_teacher(arguments, options);
  StepLog metrics(arguments.metrics, arguments.resume);
  std::optional<OutputFile> curve;
  if (!arguments.curve.empty()) curve.emplace(arguments.curve);
  glossa::Trainer trainer(arguments.model, options);
  require_dims(arguments, teacher_dims, trainer);
  std::stop_source stop;
  run.stop = stop.get_token();
  std::vector<glossa::TrainingStep> steps;
  ProgressBar bar;
  run.progress = [&](const glossa::TrainingStep& step) {
    if (steps.empty()) steps = metrics.begin(step.step);
    steps.push_back(step);
    metrics.write(metrics_line(step, panel));
    bar.update("loss " + rounded(step.loss) + ", rate " + rounded(step.rate, 3) + ", " +
                   rounded(static_cast<double>(step.rows) / step.seconds, 3) + " rows/s, " +
                   rounded(static_cast<double>(step.steps - step.step) * step.seconds / 60, 2) + " min left",
               step.step, step.steps);
    if (interrupted) stop.request_stop();
    if (!step.score) return;
    bar.clear();
    std::cerr << "glossa: step " << step.step << ", mean score " << rounded(*step.score) << ':';
    for (const auto& [name, score] : panel.scores()) std::cerr << ' ' << name << ' ' << rounded(score);
    std::cerr << '\n';
  };
  if (!panel.empty()) run.evaluate = [&] { return panel.evaluate(trainer); };
  run.evaluate_every = arguments.evaluate_every;
  run.patience = arguments.patience;
  const glossa::TrainingReport report = trainer.train(rows, run);
  bar.clear();
  if (steps.empty()) steps = metrics.begin(report.steps + 1);  // a run that was at its end
  if (curve) {
    curve->write(glossa::training_curve_svg(steps));
    curve->finish();
  }
  if (report.was_stopped) {
    std::cerr << "glossa: stopped after step " << report.steps
              << (arguments.checkpoints.empty() ? "; nothing was saved, for there are no --checkpoints\n"
                                                : "; --resume goes on from there\n");
    return 1;
  }
  trainer.save(arguments.output);
  if (!arguments.adapters.empty()) trainer.save_adapters(arguments.adapters);
  std::cerr << "glossa: " << report.steps << " steps, " << rows.size() << " rows, last loss "
            << rounded(report.last_loss) << ": " << arguments.output << '\n';
  return 0;
}

}  // namespace tool
