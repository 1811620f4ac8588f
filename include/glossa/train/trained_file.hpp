// A model in training comes in; the bytes of the file that it would be saved as go out, without the file.
#pragma once

#include <glossa/core/byte_source.hpp>
#include <glossa/core/error.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/model/safetensors_plan.hpp>
#include <glossa/model/weights.hpp>
#include <glossa/text/token_id.hpp>
#include <glossa/train/trained_numbers.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// `model.safetensors` of the trained model, byte by byte, as it was when this was made. In memory are all weights but
/// the words', and the vectors of the words that training has met; the others are read from the initial file, which
/// this keeps open, when they are asked for.
template <class T>
class TrainedFile final : public ByteSource {
 public:
  /// name: what errors call it. Errors: `io`.
  TrainedFile(TrainedNumbers<T> numbers, std::string name) : name_(std::move(name)), words_(numbers.kept_words()) {
    const std::vector<TensorPlan> plan = numbers.plan();
    header_ = planned_header(plan, {{"format", "pt"}}, name_).bytes;
    std::uint64_t end = header_.size();
    for (const TensorPlan& tensor : plan) {
      Part part{.begin = end, .tensor = tensor.name};
      if (numbers.is_word_table(tensor.name)) {
        part.is_words = true;
      } else if (numbers.is_dense(tensor.name)) {
        part.values = numbers.dense(tensor.name);
      } else {
        part.source = numbers.initial().tensors().find(tensor.name)->second;
      }
      end += *bytes_of(tensor.type, tensor.shape);
      part.end = end;
      parts_.push_back(std::move(part));
    }
  }

  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  [[nodiscard]] std::uint64_t size() const noexcept override { return parts_.empty() ? 0 : parts_.back().end; }

  void read(std::uint64_t offset, void* out, std::size_t count) const override {
    if (offset > size() || count > size() - offset)
      throw Error(ErrorKind::io, {.file = name_, .problem = "there are no such bytes"});
    auto* to = static_cast<std::byte*>(out);
    const auto advance = [&](std::size_t done) {
      offset += done;
      to += done;
      count -= done;
    };
    if (offset < header_.size()) {
      const std::size_t now = std::min(count, header_.size() - static_cast<std::size_t>(offset));
      std::memcpy(to, header_.data() + offset, now);
      advance(now);
    }
    auto part = std::upper_bound(parts_.begin(), parts_.end(), offset,
                                 [](std::uint64_t at, const Part& one) { return at < one.end; });
    for (; count > 0; ++part) {
      const auto now = static_cast<std::size_t>(std::min<std::uint64_t>(count, part->end - offset));
      read_part(*part, offset - part->begin, to, now);
      advance(now);
    }
  }

 private:
  struct Part {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::string tensor{};
    bool is_words = false;
    std::vector<float> values{};
    TensorSource source{};  // where there are neither words nor values
  };

  void read_part(const Part& part, std::uint64_t offset, std::byte* out, std::size_t count) const {
    if (part.is_words) return read_words(offset, out, count);
    if (part.source.file != nullptr)
      return part.source.file->bytes().read(part.source.info->begin + offset, out, count);
    if (count > 0) std::memcpy(out, reinterpret_cast<const std::byte*>(part.values.data()) + offset, count);
  }

  void read_words(std::uint64_t offset, std::byte* out, std::size_t count) const {
    std::vector<float> row(words_.hidden());
    const std::size_t size = row.size() * sizeof(float);
    while (count > 0) {
      const auto skipped = static_cast<std::size_t>(offset % size);
      const std::size_t now = std::min(count, size - skipped);
      words_.read(static_cast<TokenId>(offset / size), row.data());
      std::memcpy(out, reinterpret_cast<const std::byte*>(row.data()) + skipped, now);
      offset += now;
      out += now;
      count -= now;
    }
  }

  std::string name_;
  std::string header_;
  TrainedWords<T> words_;
  std::vector<Part> parts_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
