// A model folder comes in; what the model scores on tasks goes out, with progress on the terminal.
#pragma once

#include "commands.hpp"
#include "eval_arguments.hpp"
#include "eval_prompts.hpp"
#include "interrupt.hpp"
#include "progress_bar.hpp"
#include "text_progress.hpp"

#include <glossa/core/error.hpp>
#include <glossa/core/thread_pool.hpp>
#include <glossa/embedder.hpp>
#include <glossa/eval/embedder_encoder.hpp>
#include <glossa/eval/embedding_cache.hpp>
#include <glossa/eval/evaluate.hpp>
#include <glossa/eval/task.hpp>
#include <glossa/eval/task_category.hpp>
#include <glossa/eval/task_scores.hpp>

#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace tool {

class EvalSession {
 public:
  /// The tasks' arguments tell the prompts of categories. `cache` "": none. `label` stands before the names of tasks on
  /// the terminal. Errors: those of Embedder and EmbeddingCache.
  EvalSession(const EvalModelArguments& arguments, const TaskArguments& tasks, const std::string& cache,
              std::string label = {})
      : arguments_(arguments),
        category_prompts_(category_prompts(tasks)),
        label_(std::move(label)),
        executor_(std::make_shared<glossa::ThreadPool>(arguments.threads)),
        encoder_(load(cache)) {}
  EvalSession(const EvalSession&) = delete;
  EvalSession& operator=(const EvalSession&) = delete;

  /// Looks whether it is known what stands before the texts of all tasks. Errors: `invalid_argument`.
  void require_prompts(const std::vector<glossa::TaskSpec>& tasks) const {
    for (const glossa::TaskSpec& task : tasks) require_prompts(task);
  }

  /// Evaluates a task, of which require_prompts() was asked. Errors: evaluate()'s; `cancelled` where Ctrl-C was
  /// pressed.
  [[nodiscard]] glossa::TaskScores run(const glossa::TaskSpec& task) {
    glossa::EvaluateOptions options = evaluate_options();
    step_ = label_ + task.name;
    options.progress = [&](const glossa::EvaluateProgress& progress) {
      stop_if_interrupted();
      step_ = label_ + task.name;
      if (progress.subsets > 1)
        step_ += " " + std::string(progress.subset) + " (" + std::to_string(progress.done + 1) + " of " +
                 std::to_string(progress.subsets) + ")";
      texts_.begin_call(progress.texts);
      bar_.update(step_, progress.texts.done, progress.texts.total);
    };
    glossa::TaskScores scores = glossa::evaluate(task, std::ref(encoder_), options);
    bar_.clear();
    stop_if_interrupted();
    return scores;
  }

  /// Whether these scores are what run() would give: of the same split, subsets, data, settings and prompts,
  /// by the same version of the protocols. Languages, on which no score depends, may be others.
  [[nodiscard]] bool is_of(const glossa::TaskScores& scores, const glossa::TaskSpec& task) const {
    const glossa::EvaluateOptions options = evaluate_options();
    return scores.split == task.split && scores.revision == task.revision &&
           std::equal(scores.subsets.begin(), scores.subsets.end(), task.subsets.begin(), task.subsets.end(),
                      [&](const auto& one, const auto& other) {
                        return one.name == other.name && one.source == glossa::score_source(task, other, options);
                      });
  }

  [[nodiscard]] const glossa::Embedder& embedder() const noexcept { return encoder_.embedder(); }
  [[nodiscard]] const glossa::EncoderCounts& counts() const noexcept { return encoder_.counts(); }

  /// Removes the bar, and tells of texts that were cut and vectors that were damaged.
  void finish() {
    bar_.clear();
    if (counts().truncated > 0)
      std::cerr << "glossa: " << counts().truncated << " of " << counts().embedded << " texts were longer than "
                << embedder().max_tokens() << " tokens and were cut, as in MTEB\n";
    if (cache_ != nullptr)
      for (const std::string& warning : cache_->warnings()) std::cerr << "glossa: " << warning << '\n';
  }

 private:
  /// The model's prompts for roles. Without them the embedder is the same and has the same fingerprint, by which
  /// vectors are cached: what stands before a text is part of the evaluation.
  [[nodiscard]] glossa::TaskPrompts prompts() const {
    if (arguments_.no_prompts) return {.query = "", .passage = ""};
    const glossa::Prompts& own = encoder_.embedder().info().prompts;
    return {.query = own.query, .passage = own.passage};
  }

  [[nodiscard]] glossa::EvaluateOptions evaluate_options() const {
    return {.prompts = prompts(),
            .category_prompts = category_prompts_,
            .executor = executor_,
            .watch = stop_if_interrupted};
  }

  [[nodiscard]] glossa::EmbedderEncoder load(const std::string& cache) {
    const glossa::EmbedderOptions options{
        .precision = precision_from(arguments_.precision), .executor = executor_, .max_tokens = arguments_.max_tokens};
    glossa::Embedder embedder(arguments_.folder, options);
    if (!cache.empty())
      cache_ = std::make_shared<glossa::EmbeddingCache>(cache, embedder.fingerprint(), embedder.dims());
    const auto progress = [this](const glossa::Progress& own) {
      if (interrupted) stop_.request_stop();
      const glossa::Progress all = texts_.in_call(own);
      bar_.update(step_, all.done, all.total);
    };
    return glossa::EmbedderEncoder(std::move(embedder),
                                   {.cache = cache_, .progress = progress, .stop = stop_.get_token()});
  }

  void require_prompts(const glossa::TaskSpec& task) const {
    if (!glossa::uses_prompts(task.category)) return;
    glossa::TaskPrompts own = prompts();
    if (const auto found = category_prompts_.find(task.category); found != category_prompts_.end()) {
      if (found->second.query) own.query = found->second.query;
      if (found->second.passage) own.passage = found->second.passage;
    }
    if ((task.prompts.query || own.query) && (task.prompts.passage || own.passage)) return;
    throw glossa::Error(
        glossa::ErrorKind::invalid_argument,
        {.file = arguments_.folder,
         .problem = "the folder does not tell which prompts its model expects before queries and "
                    "passages, which " +
                    task.name + " has",
         .remedy = "add --no-prompts for a model that was trained without them, or tell them by --prompt, in a task "
                   "file or in its config_sentence_transformers.json"});
  }

  EvalModelArguments arguments_;
  std::map<glossa::TaskCategory, glossa::TaskPrompts> category_prompts_;
  std::string label_;
  std::string step_;
  ProgressBar bar_;
  TextProgress texts_;
  std::stop_source stop_;
  std::shared_ptr<glossa::Executor> executor_;
  std::shared_ptr<glossa::EmbeddingCache> cache_;
  glossa::EmbedderEncoder encoder_;
};

}  // namespace tool
