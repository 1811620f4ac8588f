// A store's database comes in; what the store is of goes out: as it was made, or as it is made now.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/hash64.hpp>
#include <glossa/search/metric.hpp>
#include <glossa/search/require_model.hpp>
#include <glossa/store/record_check.hpp>
#include <glossa/store/store_database.hpp>
#include <glossa/store/store_options.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>

namespace glossa::detail {

/// Of what vectors.
struct StoreTraits {
  std::size_t dims = 0;
  Metric metric = Metric::cosine;
  std::string model{};  ///< Embedder::fingerprint(); "": not known
};

struct StoreSettings {
  std::string id{};  ///< of this store and no other
  StoreTraits traits{};
  ChunkOptions chunks{};
  bool has_lexical = true;
};

/// Nothing where the store has none yet. Errors: `corrupt_file`.
[[nodiscard]] inline std::optional<StoreSettings> read_settings(StoreDatabase& database) {
  const auto id = database.setting("store");
  if (!id) return std::nullopt;
  const auto number = [&](const char* name, std::uint64_t least, std::uint64_t most) {
    const std::string text = database.setting(name).value_or("");
    const std::uint64_t value = std::strtoull(text.c_str(), nullptr, 10);
    if (text.empty() || value < least || value > most)
      throw Error(
          ErrorKind::corrupt_file,
          {.file = database.file(), .field = name, .problem = "a setting of the store is damaged", .found = text});
    return value;
  };
  constexpr std::uint64_t kMostTokens = std::uint64_t{1} << 40;
  StoreSettings out;
  out.id = *id;
  out.traits.dims = static_cast<std::size_t>(number("dims", 1, kMostVectorDims));
  out.traits.metric = static_cast<Metric>(number("metric", 0, 2));
  out.traits.model = database.setting("model").value_or("");
  out.chunks.max_tokens = static_cast<std::size_t>(number("chunk_tokens", 0, kMostTokens));
  out.chunks.overlap_tokens = static_cast<std::size_t>(number("chunk_overlap", 0, kMostTokens));
  out.has_lexical = number("lexical", 0, 1) != 0;
  return out;
}

/// In a transaction: of a store that has none.
inline void make_settings(StoreDatabase& database, const StoreTraits& wanted, const DocumentStoreOptions& options) {
  std::random_device random;
  std::string id;
  for (int i = 0; i < 4; ++i) id += hex_text(std::uint64_t{random()} << 32 | random()).substr(0, 8);
  const ChunkOptions chunks = options.chunks.value_or(ChunkOptions{});
  database.set("store", id);
  database.set("model", wanted.model);
  database.set("dims", std::to_string(wanted.dims));
  database.set("metric", std::to_string(static_cast<int>(wanted.metric)));
  database.set("chunk_tokens", std::to_string(chunks.max_tokens));
  database.set("chunk_overlap", std::to_string(chunks.overlap_tokens));
  database.set("lexical", options.lexical ? "1" : "0");
}

/// Errors: `invalid_argument` where a store is not of what the caller has.
inline void require_traits(const StoreTraits& own, const StoreTraits& wanted, const std::string& file) {
  const auto refuse = [&](const char* field, const std::string& expected, const std::string& found) {
    throw Error(ErrorKind::invalid_argument,
                {.file = file,
                 .field = field,
                 .problem = "the store holds other vectors",
                 .expected = expected,
                 .found = found,
                 .remedy = "take the model, precision and prompts that it was made with, or make another store"});
  };
  if (!own.model.empty() && !wanted.model.empty() && !is_same_model(own.model, wanted.model))
    refuse("model", own.model, wanted.model);
  if (own.dims != wanted.dims) refuse("dims", std::to_string(own.dims), std::to_string(wanted.dims));
  if (own.metric != wanted.metric) refuse("metric", to_string(own.metric), to_string(wanted.metric));
}

/// The store's own, which are made where there are none; `wanted` is what the caller has, nothing: whatever it is of.
/// Errors: `not_found` where there are none and none can be made; those above.
[[nodiscard]] inline StoreSettings open_settings(StoreDatabase& database, const DocumentStoreOptions& options,
                                                 const std::optional<StoreTraits>& wanted) {
  std::optional<StoreSettings> out = read_settings(database);
  if (!out) {
    if (!wanted || options.read_only)
      throw Error(ErrorKind::not_found, {.file = database.file(),
                                         .problem = "the store is empty and was made for no model yet",
                                         .remedy = "open it for writing and with a model first"});
    database.begin_write();
    try {
      if (out = read_settings(database); !out) make_settings(database, *wanted, options);  // or another was faster
      database.commit();
    } catch (...) {
      database.roll_back();
      throw;
    }
    out = read_settings(database);
  }
  if (options.chunks) out->chunks = *options.chunks;
  if (wanted) require_traits(out->traits, *wanted, database.file());
  return *out;
}

}  // namespace glossa::detail
