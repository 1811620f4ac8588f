// A graph's constants come in; the pieces that an OpenVINO graph has of them go out: matrices by columns, 4-bit numbers
// in their order, ranges of activations as their limits.
#pragma once

#include <glossa/export/constants.hpp>
#include <glossa/export/graph.hpp>
#include <glossa/export/openvino/ir_data.hpp>
#include <glossa/export/openvino/ir_type.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace glossa::detail {

/// All elements of a constant.
template <class T>
[[nodiscard]] std::vector<T> elements_of(const GraphConstant& constant) {
  std::vector<T> out(static_cast<std::size_t>(constant.bytes()) / sizeof(T));
  std::size_t at = 0;
  constant.write([&](std::span<const std::byte> bytes) {
    std::memcpy(reinterpret_cast<std::byte*>(out.data()) + at, bytes.data(), bytes.size());
    at += bytes.size();
  });
  return out;
}

/// Adds the pieces of a graph's constants, in their order.
class IrPieces {
 public:
  IrPieces(const Graph& graph, IrData& data) : graph_(graph), data_(data) {
    for (const GraphStep& step : graph.steps) std::visit([this](const auto& one) { note(one); }, step);
  }

  void add() {
    for (const GraphConstant& constant : graph_.constants) {
      const auto found = makers_.find(constant.name);
      found == makers_.end() ? add_plain(constant) : found->second(constant);
    }
  }

 private:
  void note(const SmallStep&) {}
  void note(const AttentionStep& step) { note(step.qkv); }
  void note(const AddNormStep& step) { note(step.added); }

  void note(const EmbeddingStep& step) {
    const GraphWords& words = step.words;
    if (words.bits == 4) makers_[words.table] = [this, words](const GraphConstant& from) { add_int4(from, words); };
  }

  void note(const LinearStep& step) {
    makers_[step.weights] = [this](const GraphConstant& from) { add_matrix(from); };
    if (step.input_scale.empty()) return;
    // Scale and zero stand one after the other: limits are made of them when the second is asked for.
    makers_[step.input_scale] = [this](const GraphConstant& from) { sources_[from.name] = &from; };
    makers_[step.input_zero] = [this, step](const GraphConstant& from) {
      add_limit(step.weights + kLow, *sources_.at(step.input_scale), from, 0);
      add_limit(step.weights + kHigh, *sources_.at(step.input_scale), from, 255);
    };
  }

  void add_plain(const GraphConstant& from) { data_.add({from.name, ir_type(from.type), from.shape, from.write}); }

  /// [inputs, columns] becomes [columns, inputs].
  void add_matrix(const GraphConstant& from) {
    data_.add({from.name, ir_type(from.type), {from.shape.at(1), from.shape.at(0)}, [&from](const GraphSink& sink) {
                 const auto turn = [&](auto element) {
                   using T = decltype(element);
                   const std::vector<T> turned = transposed<T>(elements_of<T>(from), from.shape.at(1));
                   sink(std::as_bytes(std::span(turned)));
                 };
                 if (from.type == GraphType::f32) return turn(float{});
                 if (from.type == GraphType::f16) return turn(std::uint16_t{});
                 turn(std::int8_t{});
               }});
  }

  /// Two neighbours share a byte, instead of an element of the row's first half with one of the second.
  void add_int4(const GraphConstant& from, const GraphWords& words) {
    data_.add({from.name, kIrU4, {from.shape.at(0), words.padded}, [&from, words](const GraphSink& sink) {
                 const std::size_t half = words.padded / 2;
                 std::vector<std::uint8_t> row;  // what is left of the bytes before, then a row
                 std::vector<std::uint8_t> out;
                 from.write([&](std::span<const std::byte> bytes) {
                   out.clear();
                   for (const std::byte byte : bytes) {
                     row.push_back(static_cast<std::uint8_t>(byte));
                     if (row.size() < half) continue;
                     const auto element = [&](std::size_t i) { return i < half ? row[i] & 15 : row[i - half] >> 4; };
                     for (std::size_t i = 0; i < words.padded; i += 2)
                       out.push_back(static_cast<std::uint8_t>(element(i) | element(i + 1) << 4));
                     row.clear();
                   }
                   sink(std::as_bytes(std::span<const std::uint8_t>(out)));
                 });
               }});
  }

  /// The number that becomes this integer.
  void add_limit(const std::string& name, const GraphConstant& scale, const GraphConstant& zero, float integer) {
    data_.add({name, kIrF32, {1, 1, 1}, [&scale, &zero, integer](const GraphSink& sink) {
                 const auto offset = static_cast<float>(elements_of<std::uint8_t>(zero).at(0));
                 const float limit = (integer - offset) * elements_of<float>(scale).at(0);
                 sink(std::as_bytes(std::span(&limit, 1)));
               }});
  }

 public:
  /// Behind the name of the weights: the limits of their input.
  static constexpr const char* kLow = ".input_low";
  static constexpr const char* kHigh = ".input_high";

 private:
  const Graph& graph_;
  IrData& data_;
  std::map<std::string, std::function<void(const GraphConstant&)>> makers_;
  std::map<std::string, const GraphConstant*> sources_;
};

}  // namespace glossa::detail
