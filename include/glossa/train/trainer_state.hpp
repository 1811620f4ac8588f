// A trainer's model and rows come in; runs of steps go out, with evaluations and checkpoints on the way.
#pragma once

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/json.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/train/batch_sampler.hpp>
#include <glossa/train/run_identity.hpp>
#include <glossa/train/sampler_state_json.hpp>
#include <glossa/train/trainer_options.hpp>
#include <glossa/train/training_row.hpp>
#include <glossa/train/training_run.hpp>
#include <glossa/train/training_session.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace glossa::detail {

/// The model, and where a run is.
class TrainerState {
 public:
  TrainerState(const std::filesystem::path& folder, const TrainerOptions& options) : session_(folder, options) {
    const std::size_t layers = session_.setup().config().layers;
    if (options.frozen_layers >= layers)
      throw Error(ErrorKind::invalid_argument, {.field = "TrainerOptions::frozen_layers",
                                                .problem = "nothing is left to train",
                                                .expected = "below " + std::to_string(layers) + ", the model's layers",
                                                .found = std::to_string(options.frozen_layers)});
  }

  [[nodiscard]] TrainingSession<float>& session() noexcept { return session_; }

  TrainingReport train(std::span<const TrainingRow> rows, const TrainingRun& run) {
    require_rows(rows, run);
    make_folder(run.checkpoints);
    BatchSampler sampler(rows, run.batches);
    require_negatives(sampler, run);
    const std::size_t steps = total_steps(sampler.counts().batches, run);
    TrainingReport report{.steps = 0};
    first_step_ = session_.steps();
    since_best_ = 0;
    if (run.resume) resume(run, sampler, report);
    while (report.steps < steps && !report.ended_early) {
      if (run.stop.stop_requested()) {
        report.was_stopped = true;
        break;
      }
      TrainingStep step = one_step(rows, sampler, report.steps, steps);
      ++report.steps;
      report.last_loss = step.loss;
      const bool is_last = report.steps == steps;
      const bool is_time = run.evaluate_every > 0 && report.steps % run.evaluate_every == 0;
      if (run.evaluate && (is_time || is_last)) evaluate(run, step, report);
      if (run.progress) run.progress(step);
      const bool is_due = run.checkpoint_every > 0 && report.steps % run.checkpoint_every == 0;
      if (!run.checkpoints.empty() && (is_due || is_last || report.ended_early || (run.evaluate && is_time)))
        write_last(run, sampler, report);
    }
    if (report.was_stopped && !run.checkpoints.empty()) write_last(run, sampler, report);
    take_best(run, report);
    return report;
  }

 private:
  static constexpr const char* kLast = "last.safetensors";
  static constexpr const char* kBest = "best.safetensors";

  [[nodiscard]] static std::filesystem::path last_of(const TrainingRun& run) { return run.checkpoints / kLast; }
  [[nodiscard]] static std::filesystem::path best_of(const TrainingRun& run) { return run.checkpoints / kBest; }

  /// What cannot be written is told before anything is trained. Errors: `io`.
  static void make_folder(const std::filesystem::path& folder) {
    std::error_code code;
    if (!folder.empty()) std::filesystem::create_directories(folder, code);
    if (code)
      throw Error(ErrorKind::io, {.file = path_text(folder),
                                  .problem = "cannot make the folder: " + code.message(),
                                  .remedy = "check that the place can be written"});
    if (folder.empty()) return;
    (void)AtomicFile(folder / kLast);  // which is gone again
    // What a run that was killed was writing, nobody will finish.
    for (auto entry = std::filesystem::directory_iterator(folder, code);
         !code && entry != std::filesystem::directory_iterator(); entry.increment(code)) {
      const std::string name = path_text(entry->path().filename());
      std::error_code ignored;
      for (const std::string whole : {kLast, kBest})
        if (name.starts_with(whole + ".partial-")) std::filesystem::remove(entry->path(), ignored);
    }
  }

  void require_rows(std::span<const TrainingRow> rows, const TrainingRun& run) const {
    const TrainingLoss& loss = session_.options().loss;
    const auto refuse = [&](const std::string& field, const std::string& expected, const std::string& found,
                            const std::string& remedy) {
      throw Error(ErrorKind::invalid_argument,
                  {.field = field, .expected = expected, .found = found, .remedy = remedy});
    };
    if (rows.empty()) refuse("rows", "one or more", "none", "give data to train on");
    if (run.batches.batch_rows < 2 && std::holds_alternative<InfoNceOptions>(loss) && run.batches.negatives_each == 0)
      refuse("batches.batch_rows", "2 or more", std::to_string(run.batches.batch_rows),
             "the other rows of a batch are a row's negatives");
    if (needs_negatives(loss) && run.batches.negatives_each == 0)
      refuse("batches.negatives_each", "1 or more", "0", std::string("the loss ") + name_of(loss) + " needs negatives");
    if (needs_teacher(loss) && run.batches.negatives_each > 0)
      refuse("batches.negatives_each", "0", std::to_string(run.batches.negatives_each),
             std::string("the loss ") + name_of(loss) + " learns nothing from negatives");
    for (std::size_t i = 0; needs_labels(loss) && i < rows.size(); ++i)
      if (!rows[i].label)
        refuse(rows[i].place().empty() ? "row " + std::to_string(i) : rows[i].place(), "a label or score", "none",
               std::string("the loss ") + name_of(loss) + " needs one in each row");
  }

  /// Where rows of a batch are each other's only negatives, some batch has rows of different groups, for nothing would
  /// be learnt otherwise. Leaves a new sampler as it was.
  void require_negatives(BatchSampler& sampler, const TrainingRun& run) const {
    if (!std::holds_alternative<InfoNceOptions>(session_.options().loss) || run.batches.negatives_each > 0) return;
    const BatchSamplerState start = sampler.state();
    bool has_batches = false;
    while (!sampler.at_epoch_end()) {
      const RowBatch batch = sampler.next();
      has_batches = true;
      if (std::any_of(batch.groups.begin(), batch.groups.end(), [&](auto own) { return own != batch.groups[0]; }))
        return sampler.restore(start);
    }
    sampler.restore(start);
    if (has_batches)
      throw Error(ErrorKind::invalid_argument,
                  {.field = "rows",
                   .problem = "no batch has a negative: all its rows are of one group, or each row is alone in its "
                              "batch, as no text comes twice in one",
                   .expected = "rows of different groups and texts",
                   .remedy = "give more rows, negatives of their own (negatives_each), or another loss"});
  }

  /// batches: of an epoch, the first one.
  [[nodiscard]] std::size_t total_steps(std::size_t batches, const TrainingRun& run) const {
    if (run.max_steps > 0) return run.max_steps;
    const std::size_t each = session_.options().accumulation;
    return std::max<std::size_t>((run.epochs * batches + each - 1) / each, 1);
  }

  TrainingStep one_step(std::span<const TrainingRow> rows, BatchSampler& sampler, std::size_t done, std::size_t steps) {
    const auto start = std::chrono::steady_clock::now();
    std::vector<RowBatch> batches;
    std::vector<RowTexts> texts;
    TrainingStep step{.step = done + 1, .steps = steps};
    for (std::size_t i = 0; i < session_.options().accumulation; ++i) {
      batches.push_back(sampler.next());
      BatchTexts own = batch_texts(rows, batches.back());
      step.rows += batches.back().rows.size();
      texts.push_back({std::move(own.anchors), std::move(own.positives), std::move(own.negatives),
                       needs_labels(session_.options().loss) ? std::move(own.labels) : std::vector<double>{},
                       batches.back().groups});
    }
    step.epoch = batches.back().epoch;
    const StepResult result = session_.step(texts, session_.options().rate.at(done, steps));
    if (session_.steps() != first_step_ + done + 1) refuse_step(rows, batches, step, result);
    step.loss = result.loss;
    step.replay_loss = result.replay_loss;
    step.norm = result.norm;
    step.rate = result.rate;
    step.tokens = result.tokens;
    step.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return step;
  }

  /// Errors: `numeric`, always: of the weights where it is their fault, else of the rows.
  [[noreturn]] void refuse_step(std::span<const TrainingRow> rows, const std::vector<RowBatch>& batches,
                                const TrainingStep& step, const StepResult& result) {
    if (const auto damaged = session_.damaged_weights())
      throw Error(ErrorKind::numeric,
                  {.file = path_text(session_.setup().folder()),
                   .field = damaged->tensor,
                   .problem = damaged->was_initially
                                  ? "the model has weights that are no numbers, and had them before it was trained"
                                  : "weights are no numbers since step " + std::to_string(step.step - 1),
                   .expected = "finite numbers",
                   .remedy = damaged->was_initially ? "get the model anew" : "begin anew with a lower rate"});
    std::string places;
    for (const RowBatch& batch : batches)
      for (const std::size_t row : batch.rows) {
        if (places.size() > 300) break;
        places += (places.empty() ? "" : "; ") +
                  (rows[row].place().empty() ? "row " + std::to_string(row) : rows[row].place());
      }
    throw Error(ErrorKind::numeric,
                {.field = "step " + std::to_string(step.step),
                 .problem = "the loss or its gradient is no number; the batch has " + places,
                 .expected = "finite numbers",
                 .found = "a loss of " + std::to_string(result.loss) + ", a norm of " + std::to_string(result.norm),
                 .remedy = "look at these rows, lower the rate, or scale gradients down (max_norm)"});
  }

  void evaluate(const TrainingRun& run, TrainingStep& step, TrainingReport& report) {
    const double score = run.evaluate();
    step.score = score;
    // A score that is no number is never the best.
    if (!std::isnan(score) && (!report.best_score || score > *report.best_score)) {
      report.best_score = score;
      report.best_step = report.steps;
      since_best_ = 0;
      if (!run.checkpoints.empty()) session_.write_checkpoint(best_of(run), "");
    } else {
      ++since_best_;
      report.ended_early = run.patience > 0 && since_best_ >= run.patience;
    }
  }

  void write_last(const TrainingRun& run, const BatchSampler& sampler, const TrainingReport& report) {
    Json progress{{"step", report.steps},
                  {"first_step", first_step_},
                  {"since_best", since_best_},
                  {"best_step", report.best_step},
                  {"last_loss", report.last_loss},
                  {"sampler", json_of(sampler.state())},
                  {"run", identity()}};
    if (report.best_score) progress["best_score"] = *report.best_score;
    session_.write_checkpoint(last_of(run), json_text(progress));
  }

  void resume(const TrainingRun& run, BatchSampler& sampler, TrainingReport& report) {
    if (run.checkpoints.empty())
      throw Error(ErrorKind::invalid_argument,
                  {.field = "checkpoints", .expected = "a folder to go on from", .found = "none"});
    if (!is_there(last_of(run))) return;
    const std::string name = path_text(last_of(run));
    const Json json = parse_json(TrainingSession<float>::progress_of(last_of(run)), name);
    const JsonFields fields(json, name);
    require_same_run(fields.at("run"), identity(), name);  // before anything is changed
    const auto state = fields.object("sampler");
    if (!state) (void)fields.at("sampler");
    sampler.restore(sampler_state_of(*state));
    (void)session_.read_checkpoint(last_of(run));
    constexpr std::size_t kMost = std::size_t{1} << 53;
    report.steps = report.resumed = fields.size("step", 0, kMost);
    first_step_ = fields.size("first_step", 0, kMost);
    since_best_ = fields.size("since_best", 0, kMost);
    report.best_step = fields.size("best_step", 0, kMost);
    report.last_loss = fields.number_or("last_loss", 0);
    if (fields.find("best_score") != nullptr) report.best_score = fields.number_or("best_score", 0);
    report.ended_early = run.patience > 0 && since_best_ >= run.patience;  // it was killed, or called again, after that
  }

  /// What a run that goes on must have in common with this one.
  [[nodiscard]] Json identity() {
    if (identity_.is_null()) identity_ = run_identity(session_.options(), session_.content());
    return identity_;
  }

  void take_best(const TrainingRun& run, const TrainingReport& report) {
    const bool is_other = report.best_score && report.best_step != report.steps && !run.checkpoints.empty();
    if (is_other && !report.was_stopped) (void)session_.read_checkpoint(best_of(run));
  }

  TrainingSession<float> session_;
  std::size_t first_step_ = 0;
  std::size_t since_best_ = 0;
  Json identity_{};
};

}  // namespace glossa::detail
