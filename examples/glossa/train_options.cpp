// The command line comes in; the arguments of glossa train go out.
#include "command_line.hpp"
#include "train_arguments.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace tool {
namespace {

/// An option that some losses alone heed.
struct LossOption {
  CLI::Option* option;
  std::vector<std::string> losses;
};

/// What the chosen loss would not heed is told before anything is read. Errors: CLI::ValidationError.
void require_heeded(const std::string& loss, const std::vector<LossOption>& options) {
  for (const LossOption& one : options)
    if (one.option->count() > 0 && std::find(one.losses.begin(), one.losses.end(), loss) == one.losses.end())
      throw CLI::ValidationError(one.option->get_name(), "is not heeded by --loss " + loss + ", but by " +
                                                             CLI::detail::join(one.losses, " and ") + "; leave it out");
}

std::vector<LossOption> add_loss_options(CLI::App* command, TrainArguments& arguments) {
  command->add_option("--loss", arguments.loss, "what is learnt from")
      ->check(CLI::IsMember({"infonce", "triplet", "margin-mse", "contrastive", "cosent", "distillation"}))
      ->capture_default_str();
  std::vector<LossOption> own;
  const auto add = [&](std::vector<std::string> losses, CLI::Option* option) {
    own.push_back({option, std::move(losses)});
    return option;
  };
  add({"infonce"}, command->add_option("--temperature", arguments.temperature, "infonce: what cosines are divided by"))
      ->check(between(1e-4, 100))
      ->capture_default_str();
  add({"infonce"},
      command->add_flag("--symmetric", arguments.symmetric, "infonce: positives look for their anchors as well"));
  add({"infonce"},
      command->add_option("--false-negative-margin", arguments.false_negative_margin,
                          "infonce: what is more alike to the anchor than its positive by this is no negative"))
      ->check(between(-2, 2));
  add({"triplet", "contrastive"},
      command->add_option("--margin", arguments.margin, "triplet (default 5, of cosines 0.3), contrastive (0.5)"))
      ->check(between(0, 1000));
  add({"triplet"}, command->add_flag("--cosine", arguments.cosine, "triplet: distances are 1 - cosine"));
  add({"cosent"}, command->add_option("--scale", arguments.scale, "cosent: what differences of cosines are times"))
      ->check(between(1e-2, 1e4))
      ->capture_default_str();
  add({"distillation"},
      command->add_option("--teacher", arguments.teacher,
                          "distillation: folder of the model that gives the anchor (by --anchor-role, with its own "
                          "prompts) the vector that anchor and positive are to have; of as many dimensions"))
      ->type_name("DIR");
  add({"infonce", "triplet", "margin-mse"},
      command->add_option("--negatives", arguments.negatives,
                          "negatives of each line that a step takes (default: 0, or 1 for losses that need them)"))
      ->check(CLI::Range(0, 1000));
  CLI::Option* matryoshka =
      command
          ->add_option("--matryoshka", arguments.matryoshka, "numbers of first dimensions that all learn, 64,128,384")
          ->delimiter(',')
          ->check(CLI::Range(1, kMost));
  command
      ->add_option("--matryoshka-weights", arguments.matryoshka_weights,
                   "how much the loss of each of these counts, 1,1,2 (default: all 1)")
      ->delimiter(',')
      ->needs(matryoshka)
      ->check(between(1e-9, 1e9));
  return own;
}

void add_step_options(CLI::App* command, TrainArguments& arguments) {
  command->add_option("--epochs", arguments.epochs, "how often each line is seen")
      ->check(CLI::Range(1, kMost))
      ->capture_default_str();
  command->add_option("--steps", arguments.steps, "steps in all, in place of epochs")->check(CLI::Range(1, kMost));
  command->add_option("--batch-size", arguments.batch_size, "lines of a step")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  command->add_option("--accumulation", arguments.accumulation, "batches whose gradients make one step")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  command->add_option("--learning-rate", arguments.learning_rate, "the highest rate")
      ->check(between(1e-12, 1))
      ->capture_default_str();
  command->add_option("--schedule", arguments.schedule, "how the rate falls after it has risen")
      ->check(CLI::IsMember({"constant", "linear", "cosine"}))
      ->capture_default_str();
  command->add_option("--warm-up", arguments.warm_up, "share of the steps over which the rate rises")
      ->check(between(0, 1))
      ->capture_default_str();
  command->add_option("--weight-decay", arguments.weight_decay, "of matrices and embeddings")
      ->check(between(0, 1))
      ->capture_default_str();
  for (const auto& [name, value, what] :
       {std::tuple{"--beta1", &arguments.beta1, "share of the mean of gradients that a step keeps"},
        std::tuple{"--beta2", &arguments.beta2, "the same of the mean of their squares"}})
    command->add_option(name, *value, what)->check(between(0, 0.9999999))->capture_default_str();
  command->add_option("--epsilon", arguments.epsilon, "of AdamW, added to the root of that mean")
      ->check(between(1e-30, 1))
      ->capture_default_str();
  command->add_option("--max-norm", arguments.max_norm, "gradients are scaled down to it; 0: never")
      ->check(between(0, 1e9))
      ->capture_default_str();
  command->add_option("--layer-rate", arguments.layer_rate, "a layer's rate is so much of the next one's")
      ->check(between(0, 1))
      ->capture_default_str();
  command->add_option("--dropout", arguments.dropout, "share of numbers that a step leaves out")
      ->check(between(0, 0.99))
      ->capture_default_str();
  command
      ->add_option("--attention-dropout", arguments.attention_dropout,
                   "the same of attention's weights (default: as --dropout)")
      ->check(between(0, 0.99));
  command->add_option("--seed", arguments.seed, "of what is drawn")->capture_default_str();
  for (const auto& [name, role] :
       {std::pair{"--anchor-role", &arguments.anchor_role}, std::pair{"--positive-role", &arguments.positive_role}})
    command->add_option(name, *role, "what these texts are to the model; decides on the prompt before them")
        ->check(CLI::IsMember({"query", "passage", "none"}))
        ->capture_default_str();
  command->add_option("--max-tokens", arguments.max_tokens, "texts are cut behind so many (default: the model's own)")
      ->check(CLI::Range(1, kMostTokens));
  command->add_option("--chunk-tokens", arguments.chunk_tokens, "tokens that go through together: bounds the memory")
      ->check(CLI::Range(1, kMostTokens))
      ->capture_default_str();
  command->add_option("--compute", arguments.compute, "what the layers multiply; all that is kept are floats")
      ->check(CLI::IsMember({"f32", "bf16"}))
      ->capture_default_str();
  command->add_flag("--checkpoint-activations", arguments.checkpoint_activations, "less memory for a third more time");
}

void add_keeping_options(CLI::App* command, TrainArguments& arguments) {
  command->add_flag("--freeze-embeddings", arguments.freeze_embeddings, "leave word and position vectors as they are");
  command->add_option("--freeze-layers", arguments.freeze_layers, "leave the first so many layers as they are, too")
      ->check(CLI::Range(0, 1000));
  command->add_flag("--biases-only", arguments.biases_only, "train no matrices");
  command
      ->add_option("--replay", arguments.replay,
                   R"(texts whose vectors should stay: a text a line, or JSON lines with a field "text")")
      ->type_name("F");
  command->add_option("--replay-weight", arguments.replay_weight, "of that")
      ->check(between(0, 1e6))
      ->capture_default_str();
  command->add_option("--replay-each", arguments.replay_each, "such texts a step")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  command->add_option("--keep-initial", arguments.keep_initial, "decay towards the weights that training begins with")
      ->check(between(0, 1000))
      ->capture_default_str();
  command
      ->add_option(
          "--average", arguments.average,
          "score and save a moving average of the weights, of which each step keeps this share, such as 0.999; "
          "less in the first steps; 0: the weights themselves")
      ->check(between(0, 0.999999))
      ->capture_default_str();
  command->add_option("--interpolate", arguments.interpolate, "share of the initial weights in those that are saved")
      ->check(between(0, 1))
      ->capture_default_str();
}

void add_lora_options(CLI::App* command, TrainArguments& arguments) {
  CLI::Option* rank =
      command->add_option("--lora-rank", arguments.lora_rank, "train adapters of this rank beside the matrices alone")
          ->check(CLI::Range(1, 4096));
  command->add_option("--lora-alpha", arguments.lora_alpha, "what they give is multiplied by this / rank")
      ->check(between(1e-6, 1e6))
      ->needs(rank)
      ->capture_default_str();
  command->add_option("--lora-targets", arguments.lora_targets, "which matrices: query,key,value,dense")
      ->delimiter(',')
      ->needs(rank)
      ->capture_default_str();
  command->add_option("--adapters", arguments.adapters, "save the adapters there as well, as PEFT keeps them")
      ->type_name("DIR")
      ->needs(rank);
}

void add_data_options(CLI::App* command, TrainArguments& arguments) {
  command
      ->add_option("--data", arguments.data,
                   R"(JSON lines {"anchor", "positive", "negative" or "negatives", "label" or "score"}, or tables)")
      ->required()
      ->type_name("F");
  command
      ->add_option("--field", arguments.fields,
                   "what the data call a field: anchor=question; one of anchor, positive, negatives, label, language, "
                   "source and group")
      ->type_name("NAME=OWN");
  command->add_option("--bad-lines", arguments.bad_lines, "what happens to lines that are no such thing")
      ->check(CLI::IsMember({"refuse", "skip"}))
      ->capture_default_str();
  command->add_option("--balance", arguments.balance, "draw lines by language or source, in proportion to n^(1/T)")
      ->check(CLI::IsMember({"none", "language", "source"}))
      ->capture_default_str();
  command->add_option("--balance-temperature", arguments.balance_temperature, "T of that")
      ->check(between(1, 1e9))
      ->capture_default_str();
  command->add_option("--homogeneous", arguments.homogeneous, "batches of one language or source each")
      ->check(CLI::IsMember({"none", "language", "source"}))
      ->capture_default_str();
  command->add_flag("--groups-apart", arguments.groups_apart, "no batch has two lines of a group, or of an anchor");
}

}  // namespace

void add_train_command(CLI::App& app, Run& run) {
  const auto arguments = std::make_shared<TrainArguments>();
  CLI::App* command = app.add_subcommand("train", "teach a model from pairs or triplets of texts");
  add_model(command, arguments->model);
  add_data_options(command, *arguments);
  command->add_option("--output", arguments->output, "folder of the trained model, which must not be there")
      ->required()
      ->type_name("DIR");
  const std::vector<LossOption> of_losses = add_loss_options(command, *arguments);
  add_step_options(command, *arguments);
  add_keeping_options(command, *arguments);
  add_lora_options(command, *arguments);
  CLI::Option* evaluate =
      command
          ->add_option("--evaluate", arguments->evaluate,
                       "data that the model is scored on meanwhile, such as sts=stsb-de.jsonl; with --checkpoints the "
                       "best mean is kept")
          ->type_name("CATEGORY=F");
  command->add_option("--evaluate-every", arguments->evaluate_every, "steps from one to the next (default: at the end)")
      ->needs(evaluate)
      ->check(CLI::Range(1, kMost));
  command->add_option("--patience", arguments->patience, "evaluations without a better mean that end the run")
      ->needs(evaluate)
      ->check(CLI::Range(1, kMost));
  CLI::Option* checkpoints =
      command->add_option("--checkpoints", arguments->checkpoints, "keep the run's state there, to go on from")
          ->type_name("DIR");
  command
      ->add_option("--checkpoint-every", arguments->checkpoint_every,
                   "steps from one to the next (default: at the end)")
      ->needs(checkpoints)
      ->check(CLI::Range(1, kMost));
  command->add_flag("--resume", arguments->resume, "go on from there")->needs(checkpoints);
  command->add_option("--metrics", arguments->metrics, "a JSON line for each step")->type_name("F");
  command->add_option("--curve", arguments->curve, "how the loss fell, as SVG")->type_name("F");
  add_threads(command, arguments->threads);
  command->callback([arguments, of_losses, &run] {
    require_heeded(arguments->loss, of_losses);
    if (!arguments->matryoshka_weights.empty() && arguments->matryoshka_weights.size() != arguments->matryoshka.size())
      throw CLI::ValidationError("--matryoshka-weights", "has other than as many numbers as --matryoshka, " +
                                                             std::to_string(arguments->matryoshka.size()));
    run = [arguments] { return train(*arguments); };
  });
}

}  // namespace tool
