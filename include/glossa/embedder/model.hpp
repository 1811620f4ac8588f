// A model folder comes in; tokenizer, encoder and what surrounds them go out, ready to use.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/executor.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/core/thread_pool.hpp>
#include <glossa/embedder/calibration_texts.hpp>
#include <glossa/embedder/fingerprint.hpp>
#include <glossa/embedder/model_info.hpp>
#include <glossa/embedder/options.hpp>
#include <glossa/encoder/bert_text_encoder.hpp>
#include <glossa/encoder/sequence_encoder.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/model/encoder_config_reader.hpp>
#include <glossa/model/prompts_reader.hpp>
#include <glossa/model/sentence_config.hpp>
#include <glossa/model/weights.hpp>
#include <glossa/text/tokenizer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Everything that an Embedder shares between its copies and between threads.
class Model {
 public:
  /// weights: in place of the folder's, where there are such.
  Model(const std::filesystem::path& folder, const EmbedderOptions& options, const Weights* weights = nullptr)
      : options_(options), has_folder_weights_(weights == nullptr) {
    std::error_code code;
    if (!std::filesystem::is_directory(folder, code))
      throw Error(ErrorKind::not_found,
                  {.file = path_text(folder),
                   .problem = code ? "no such model folder (" + code.message() + ")" : "this is no folder",
                   .remedy = "give the folder that holds config.json and model.safetensors"});
    const SentenceConfig sentence = read_sentence_config(
        folder, [](const std::filesystem::path& place) { return read_encoder_config(place).hidden_size; });
    info_.folder = folder;
    info_.encoder = read_encoder_config(sentence.encoder_folder);
    info_.poolings = options.pooling ? std::vector<Pooling>{*options.pooling} : sentence.poolings;
    info_.normalize = options.normalize.value_or(sentence.normalize);
    info_.max_tokens = limit_tokens(sentence.max_tokens.value_or(info_.encoder.max_tokens()));
    info_.prompts = read_prompts(folder, sentence.encoder_folder);
    if (options.query_prompt) info_.prompts.query = options.query_prompt;
    if (options.passage_prompt) info_.prompts.passage = options.passage_prompt;
    level_ = choose_level(options.cpu_level);
    info_.instruction_set =
        level_ == CpuLevel::portable ? std::string("portable (") + isa_name() + ")" : to_string(level_);
    executor_ = options.executor ? options.executor : std::make_shared<ThreadPool>(options.threads);
    info_.threads = executor_->concurrency();
    lowercases_ = sentence.lowercase;
    load(weights == nullptr ? Weights(sentence.encoder_folder) : *weights, sentence.encoder_folder,
         {.lowercase = lowercases_});
  }

  [[nodiscard]] const ModelInfo& info() const noexcept { return info_; }
  [[nodiscard]] const EmbedderOptions& options() const noexcept { return options_; }
  [[nodiscard]] const Tokenizer& tokenizer() const noexcept { return *tokenizer_; }
  [[nodiscard]] const SequenceEncoder& encoder() const noexcept { return *encoder_; }
  [[nodiscard]] Executor& executor() const noexcept { return *executor_; }
  /// Whether the folder asks for lower-case texts.
  [[nodiscard]] bool lowercases() const noexcept { return lowercases_; }
  /// Whether the weights are those in the folder.
  [[nodiscard]] bool has_folder_weights() const noexcept { return has_folder_weights_; }
  /// The special tokens before and after every text.
  [[nodiscard]] const std::vector<TokenId>& prefix_ids() const noexcept { return prefix_ids_; }
  [[nodiscard]] const std::vector<TokenId>& suffix_ids() const noexcept { return suffix_ids_; }
  [[nodiscard]] std::size_t added_tokens() const noexcept { return prefix_ids_.size() + suffix_ids_.size(); }

  /// See Embedder::fingerprint(). The files are read at the first call.
  [[nodiscard]] std::string fingerprint(std::size_t dims) const {
    const std::lock_guard lock(content_mutex_);
    if (!content_) content_ = content_hash(info_, *tokenizer_, weight_files_, *executor_);
    return fingerprint_text(info_, dims, *content_);
  }

  /// The prompt of a role. Errors: `invalid_argument` where nothing tells what it is.
  [[nodiscard]] std::string prompt(Role role) const {
    if (role == Role::none) return {};
    const auto& prompt = role == Role::query ? info_.prompts.query : info_.prompts.passage;
    if (prompt) return *prompt;
    const std::string option = role == Role::query ? "query_prompt" : "passage_prompt";
    throw Error(ErrorKind::invalid_argument,
                {.file = path_text(info_.folder),
                 .problem = "the folder does not tell which prompt its model expects before a " +
                            std::string(role == Role::query ? "query" : "passage"),
                 .remedy = "set EmbedderOptions::" + option +
                           " (\"\" for none), or the prompts in "
                           "config_sentence_transformers.json, or embed without a role"});
  }

  /// A workspace for one thread, taken from those that earlier calls left behind.
  class WorkspaceLease {
   public:
    explicit WorkspaceLease(const Model& model) : model_(model) {
      {
        const std::lock_guard lock(model_.workspaces_mutex_);
        if (!model_.workspaces_.empty()) {
          workspace_ = std::move(model_.workspaces_.back());
          model_.workspaces_.pop_back();
        }
      }
      if (!workspace_) workspace_ = model_.encoder().new_workspace();
    }
    ~WorkspaceLease() {
      const std::lock_guard lock(model_.workspaces_mutex_);
      // What more threads than the executor has left behind is not worth its memory.
      if (model_.workspaces_.size() >= model_.executor().concurrency()) return;
      try {
        model_.workspaces_.push_back(std::move(workspace_));
      } catch (const std::bad_alloc&) {  // then it is not kept
      }
    }
    WorkspaceLease(const WorkspaceLease&) = delete;
    WorkspaceLease& operator=(const WorkspaceLease&) = delete;

    [[nodiscard]] EncoderWorkspace& get() const noexcept { return *workspace_; }

   private:
    const Model& model_;
    std::unique_ptr<EncoderWorkspace> workspace_;
  };

 private:
  [[nodiscard]] std::size_t limit_tokens(std::size_t folder_limit) const {
    const std::size_t positions = info_.encoder.max_tokens();
    const std::size_t limit = options_.max_tokens.value_or(folder_limit);
    if (options_.max_tokens && (limit == 0 || limit > positions))
      throw Error(ErrorKind::invalid_argument,
                  {.field = "EmbedderOptions::max_tokens",
                   .expected = "from 1 to " + std::to_string(positions) + ", the model's positions",
                   .found = std::to_string(limit)});
    return std::min(limit, positions);
  }

  /// Reads tokenizer and weights, at the same time where there are threads for it; but where weights are made 8-bit
  /// integers here, texts have to be read before, to tell what the layers' inputs are like.
  void load(const Weights& weights, const std::filesystem::path& folder, const TokenizerOptions& tokenizer) {
    describe(weights);
    weight_files_ = files_of(weights);
    info_.precision = choose_precision(weights);
    const auto load_tokenizer = [&] {
      tokenizer_ = std::make_unique<Tokenizer>(options_.tokenizer ? *options_.tokenizer : Tokenizer(folder, tokenizer));
    };
    const bool calibrates = info_.precision == Precision::int8 && stored_form(weights) == WeightForm::full;
    if (calibrates) {
      load_tokenizer();
      encoder_ = make<float>(weights, WeightForm::int8, calibration_batch(*tokenizer_, info_.max_tokens));
    } else {
      parallel_for(*executor_, 2, [&](std::size_t part, std::size_t) {
        if (part == 1) {
          load_tokenizer();
        } else if (info_.precision == Precision::f64) {
          encoder_ = make<double>(weights, WeightForm::full);
        } else {
          encoder_ = make<float>(weights, form_of(info_.precision));
        }
      });
    }
    info_.tokenizer_file = tokenizer_->source();
    info_.vocabulary = tokenizer_->size();
    prefix_ids_ = tokenizer_->prefix_ids();
    suffix_ids_ = tokenizer_->suffix_ids();
    if (added_tokens() >= info_.max_tokens)
      throw Error(ErrorKind::invalid_argument, {.file = path_text(info_.folder),
                                                .field = "EmbedderOptions::max_tokens",
                                                .problem = "the special tokens leave no room for text",
                                                .expected = "more than " + std::to_string(added_tokens()),
                                                .found = std::to_string(info_.max_tokens)});
  }

  /// How the weights are kept for an encoder of this precision.
  [[nodiscard]] static WeightForm form_of(Precision precision) noexcept {
    switch (precision) {
      case Precision::bf16: return WeightForm::bf16;
      case Precision::int8: return WeightForm::int8;
      case Precision::int4: return WeightForm::int4;
      default: return WeightForm::full;
    }
  }

  /// The precision asked for, or that of the weights. Errors: `unsupported` for more than the weights have.
  [[nodiscard]] Precision choose_precision(const Weights& weights) const {
    const WeightForm form = stored_form(weights);
    const Precision asked = options_.precision;
    if (form == WeightForm::full) return asked == Precision::automatic ? Precision::f32 : asked;
    const bool is_int8 = form == WeightForm::int8;
    const Precision stored = is_int8 ? Precision::int8 : Precision::int4;
    if (asked != Precision::automatic && asked != stored)
      throw Error(ErrorKind::unsupported,
                  {.file = path_text(info_.folder),
                   .field = "EmbedderOptions::precision",
                   .problem = std::string("the folder's weights are ") + (is_int8 ? "8-bit integers" : "4-bit blocks"),
                   .expected = std::string(to_string(stored)) + " or automatic",
                   .found = to_string(asked),
                   .remedy = "leave the option out, or load the model that was quantized"});
    return stored;
  }

  template <class T>
  std::unique_ptr<SequenceEncoder> make(const Weights& weights, WeightForm form,
                                        const RaggedBatch& calibration = {}) const {
    return std::make_unique<BertTextEncoder<T>>(weights, info_.encoder, level_, form, info_.poolings, info_.normalize,
                                                calibration);
  }

  void describe(const Weights& weights) {
    std::vector<std::string> types;
    const bool has_blocks = stored_form(weights) == WeightForm::int4;
    for (const auto& [name, source] : weights.tensors()) {
      const bool is_block = has_blocks && source.info->type == DType::u8;
      const bool is_parameter = is_floating(source.info->type) || source.info->type == DType::i8 || is_block;
      if (!is_parameter || name.ends_with("_scale")) continue;
      std::size_t count = 1;
      for (const std::size_t size : source.info->shape) count *= size;
      info_.parameters += is_block ? 2 * count : count;
      const std::string type(is_block ? "4-bit" : to_string(source.info->type));
      if (std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
    }
    for (const std::string& type : types) info_.weight_types += (info_.weight_types.empty() ? "" : ", ") + type;
  }

  EmbedderOptions options_;
  ModelInfo info_;
  CpuLevel level_ = CpuLevel::portable;
  bool lowercases_ = false;
  bool has_folder_weights_;
  std::shared_ptr<Executor> executor_;
  std::unique_ptr<Tokenizer> tokenizer_;
  std::vector<TokenId> prefix_ids_;
  std::vector<TokenId> suffix_ids_;
  std::unique_ptr<SequenceEncoder> encoder_;
  std::vector<std::shared_ptr<const SafetensorsFile>> weight_files_;
  mutable std::mutex content_mutex_;
  mutable std::optional<std::uint64_t> content_;
  mutable std::mutex workspaces_mutex_;
  mutable std::vector<std::unique_ptr<EncoderWorkspace>> workspaces_;
};

}  // namespace glossa::detail
