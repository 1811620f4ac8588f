// A tensor's name comes in; the random weights that make_families.py gives it go out, and whole model folders of them.
#pragma once

#include "paths.hpp"

#include <glossa/core/json_parser.hpp>
#include <glossa/model/tensor.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test {

using Json = nlohmann::json;

/// Through the library, where nlohmann's parser is compiled already.
inline Json parse_json(std::string_view text) { return glossa::detail::parse_json(text, "a test's own file"); }

/// See weights() in make_families.py, which has no seed but 0.
std::vector<float> random_weights(std::string_view name, const glossa::Shape& shape, std::uint64_t seed = 0);

/// The values as bytes of a safetensors type.
std::string encode_values(std::span<const float> values, glossa::DType type);

using Tensors = std::vector<std::pair<std::string, glossa::Shape>>;

/// Writes tensors with random weights; `prefix` goes before their names, which decide on the weights without it.
void write_random_weights(const std::filesystem::path& path, const Tensors& tensors, const std::string& prefix,
                          glossa::DType type, std::uint64_t seed = 0);

/// The families of families.json.
const Json& families();

/// Lays out a family's folder.
void write_family(const std::filesystem::path& folder, const Json& family, std::uint64_t seed = 0);

/// The family of this name.
const Json& family(const std::string& name);

}  // namespace test
