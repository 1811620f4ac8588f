// The files and options that decide on a model's vectors come in; a number goes out that changes with any of them.
#pragma once

#include <glossa/core/byte_source.hpp>
#include <glossa/core/executor.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/hash64.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/embedder/model_info.hpp>
#include <glossa/model/weights.hpp>
#include <glossa/text/tokenizer.hpp>
#include <glossa/text/tokenizer_files.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace glossa::detail {

/// Collects facts; each is told from its neighbours by its length.
class FactHash {
 public:
  void add(std::string_view text) {
    add(static_cast<std::uint64_t>(text.size()));
    bytes_ += text;
  }
  void add(std::uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) bytes_ += static_cast<char>(number >> shift & 0xFF);
  }
  void add_optional(const std::optional<std::string>& text) {
    add(std::uint64_t{text.has_value()});
    if (text) add(std::string_view(*text));
  }
  [[nodiscard]] std::uint64_t value() const noexcept {
    Hash64 hash;
    hash.add(bytes_.data(), bytes_.size());
    return hash.value();
  }

 private:
  std::string bytes_;
};

/// The hash of a file's bytes. Its ranges are hashed on several threads; where they begin does not depend on those.
[[nodiscard]] inline std::uint64_t hash_in_ranges(const ByteSource& file, Executor& executor) {
  constexpr std::uint64_t kRange = std::uint64_t{8} << 20;
  const auto ranges = static_cast<std::size_t>((file.size() + kRange - 1) / kRange);
  std::vector<std::uint64_t> hashes(ranges + 1);
  hashes[ranges] = file.size();
  parallel_for(executor, ranges, [&](std::size_t range, std::size_t) {
    std::vector<unsigned char> buffer(std::size_t{1} << 17);  // stays in the processor's cache
    const std::uint64_t end = std::min(file.size(), (range + 1) * kRange);
    Hash64 hash;
    for (std::uint64_t at = range * kRange; at < end;) {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), end - at));
      file.read(at, buffer.data(), count);
      hash.add(buffer.data(), count);
      at += count;
    }
    hashes[range] = hash.value();
  });
  Hash64 all;
  all.add(hashes.data(), hashes.size() * sizeof hashes[0]);
  return all.value();
}

/// The files that weights were read from.
[[nodiscard]] inline std::vector<std::shared_ptr<const SafetensorsFile>> files_of(const Weights& weights) {
  std::vector<std::shared_ptr<const SafetensorsFile>> files;
  std::set<std::string> names;
  for (const auto& [tensor, source] : weights.tensors())
    if (names.insert(source.file->name()).second) files.push_back(source.file);
  return files;
}

/// A tokenizer's files, or its vocabulary where it was put together by hand; and what it makes of a text, which also
/// tells whether it was asked to lower-case.
inline void add_tokenizer(FactHash& facts, const Tokenizer& tokenizer, Executor& executor) {
  constexpr std::string_view kSample = "Ein Kürbis wächst; the Cat sleeps. Кошка, 南瓜, ﬁ １２ </s>";
  for (const TokenId id : tokenizer.encode(kSample).ids) facts.add(static_cast<std::uint64_t>(id));
  const std::filesystem::path source(std::u8string(tokenizer.source().begin(), tokenizer.source().end()));
  const auto files = source.empty() ? std::vector<std::filesystem::path>{} : tokenizer_files(source.parent_path());
  for (const std::filesystem::path& path : files) {
    facts.add(path_text(path.filename()));
    facts.add(hash_in_ranges(FileReader(path), executor));
  }
  if (!files.empty()) return;
  for (std::size_t id = 0; id < tokenizer.size(); ++id) facts.add(tokenizer.token(static_cast<TokenId>(id)));
}

/// All that a model's vectors depend on but their length.
[[nodiscard]] inline std::uint64_t content_hash(const ModelInfo& info, const Tokenizer& tokenizer,
                                                std::span<const std::shared_ptr<const SafetensorsFile>> weights,
                                                Executor& executor) {
  constexpr std::uint64_t kVersion = 1;  // to be raised when the same files begin to give other vectors
  FactHash facts;
  facts.add(kVersion);
  for (const auto& file : weights) facts.add(hash_in_ranges(file->bytes(), executor));
  add_tokenizer(facts, tokenizer, executor);
  const EncoderConfig& encoder = info.encoder;
  facts.add(encoder.model_type);
  for (const std::size_t size : {encoder.hidden_size, encoder.layers, encoder.heads, encoder.intermediate_size,
                                 static_cast<std::size_t>(encoder.positions_follow_padding), encoder.padding_id,
                                 static_cast<std::size_t>(encoder.activation), info.max_tokens})
    facts.add(static_cast<std::uint64_t>(size));
  facts.add(std::bit_cast<std::uint64_t>(encoder.layer_norm_epsilon));
  facts.add(std::uint64_t{info.poolings.size()});
  for (const Pooling pooling : info.poolings) facts.add(std::string_view(to_string(pooling)));
  facts.add(std::uint64_t{info.normalize});
  facts.add_optional(info.prompts.query);
  facts.add_optional(info.prompts.passage);
  facts.add(std::string_view(to_string(info.precision)));
  return facts.value();
}

/// "multilingual-e5-small:int8:384:0123456789abcdef": the folder's name, for people; precision; dims; and the hash of
/// these two with the content.
[[nodiscard]] inline std::string fingerprint_text(const ModelInfo& info, std::size_t dims, std::uint64_t content) {
  std::filesystem::path folder = info.folder;
  if (const auto name = folder.filename(); name.empty() || name == "." || name == "..")
    folder = std::filesystem::absolute(folder).lexically_normal();
  std::string out = path_text(folder.has_filename() ? folder.filename() : folder.parent_path().filename());
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == ':' || static_cast<unsigned char>(c) <= ' ' || c == '\x7F'; },
      '-');
  FactHash facts;
  facts.add(content);
  facts.add(static_cast<std::uint64_t>(dims));
  out += std::string(":") + to_string(info.precision) + ":" + std::to_string(dims) + ":";
  const std::uint64_t hash = facts.value();
  for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[hash >> shift & 15];
  return out;
}

}  // namespace glossa::detail
