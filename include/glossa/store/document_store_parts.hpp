// What a DocumentStore is made of: the store's database and index, and what reads and writes documents in them.
#pragma once

#include <glossa/embedder.hpp>
#include <glossa/store/document_search.hpp>
#include <glossa/store/document_writer.hpp>
#include <glossa/store/store_core.hpp>

#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa::detail {

/// What a DocumentStore is made of.
class DocumentStoreParts {
 public:
  DocumentStoreParts(const std::filesystem::path& folder, std::optional<Embedder> embedder,
                     const DocumentStoreOptions& options)
      : embedder_(std::move(embedder)), core_(folder, options, traits_of(embedder_)) {
    if (embedder_) (void)writer().new_chunker();  // its options fit to the model
  }

  [[nodiscard]] StoreCore& core() noexcept { return core_; }
  [[nodiscard]] const Embedder* embedder() const noexcept { return embedder_ ? &*embedder_ : nullptr; }
  [[nodiscard]] DocumentWriter writer() noexcept { return {core_, embedder()}; }

  [[nodiscard]] std::vector<StoreHit> search(std::string_view query, std::span<const float> vector,
                                             const StoreSearchOptions& options) {
    require_part(options.dense_weight, "dense_weight");
    if (options.mmr_lambda) require_part(*options.mmr_lambda, "mmr_lambda");
    if (options.mode != SearchMode::lexical) require_vector(vector, core_.traits().dims, "the query's vector");
    std::vector<TokenId> pieces;
    if (options.mode != SearchMode::dense) {
      if (!core_.has_lexical())
        throw Error(ErrorKind::invalid_argument, {.file = core_.database().file(),
                                                  .field = "mode",
                                                  .problem = "the store was made without a lexical index",
                                                  .remedy = "search with SearchMode::dense"});
      require_model();
      pieces = pieces_of(embedder_->tokenizer(), query);
    }
    return core_.read([&] { return DocumentSearch(core_, vector, pieces, options).run(); });
  }

  void require_model() const {
    if (!embedder_)
      throw Error(ErrorKind::invalid_argument, {.file = core_.folder().string(),
                                                .problem = "the store was opened without a model",
                                                .remedy = "open it with the model's Embedder"});
  }

 private:
  static void require_part(double value, const char* field) {
    if (value >= 0 && value <= 1) return;
    throw Error(ErrorKind::invalid_argument,
                {.field = field, .expected = "a number from 0 to 1", .found = std::to_string(value)});
  }
  static std::optional<StoreTraits> traits_of(const std::optional<Embedder>& embedder) {
    if (!embedder) return std::nullopt;
    return StoreTraits{embedder->dims(), Metric::cosine, embedder->fingerprint()};
  }

  std::optional<Embedder> embedder_;
  StoreCore core_;
};

}  // namespace glossa::detail
