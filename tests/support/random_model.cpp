#include "random_model.hpp"

#include <glossa/core/half.hpp>
#include <glossa/model/safetensors_writer.hpp>
#include <glossa/text/base64.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace test {

std::vector<float> random_weights(std::string_view name, const glossa::Shape& shape, std::uint64_t seed) {
  std::uint64_t state = 14695981039346656037u + seed;
  for (const char c : name) state = (state ^ static_cast<unsigned char>(c)) * 1099511628211u;
  std::size_t count = 1;
  for (const std::size_t size : shape) count *= size;
  const double scale = shape.size() > 1 ? 0.5 : 0.25;
  const double offset = name.ends_with("LayerNorm.weight") ? 1.0 : 0.0;
  std::vector<float> values(count);
  for (float& value : values) {
    std::uint64_t z = state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    const double unit = static_cast<double>(z >> 40) / 8388608.0 - 1.0;
    value = static_cast<float>(unit * scale + offset);
  }
  return values;
}

std::string encode_values(std::span<const float> values, glossa::DType type) {
  std::string out;
  const auto put = [&out](auto value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof value);
  };
  for (const float value : values) {
    switch (type) {
      case glossa::DType::f64: put(static_cast<double>(value)); break;
      case glossa::DType::f16: put(glossa::detail::float_to_half(value)); break;
      case glossa::DType::bf16: put(glossa::detail::float_to_bfloat16(value)); break;
      default: put(value); break;
    }
  }
  return out;
}

void write_random_weights(const std::filesystem::path& path, const Tensors& tensors, const std::string& prefix,
                          glossa::DType type, std::uint64_t seed) {
  std::vector<glossa::TensorPlan> plan;
  for (const auto& [name, shape] : tensors) plan.push_back({prefix + name, type, shape});
  glossa::SafetensorsWriter writer(path, plan);
  for (const auto& [name, shape] : tensors) {
    const std::string bytes = encode_values(random_weights(name, shape, seed), type);
    writer.write(std::as_bytes(std::span<const char>(bytes)));
  }
  writer.finish();
}

const Json& families() {
  static const Json document = parse_json(read_file(golden() / "families.json"));
  return document;
}

void write_family(const std::filesystem::path& folder, const Json& family, std::uint64_t seed) {
  for (const auto& [path, content] : family.at("files").items())
    write_file(folder / path, content.is_string() ? content.get<std::string>() : content.dump());
  if (family.at("sentencepiece") == true)
    write_file(folder / "sentencepiece.bpe.model",
               *glossa::detail::base64_decode(families().at("sentencepiece").get<std::string>()));
  Tensors tensors;
  for (const auto& [name, shape] : family.at("tensors").items()) tensors.emplace_back(name, shape.get<glossa::Shape>());
  const auto type = *glossa::dtype_from(family.at("dtype").get<std::string>());
  const std::string prefix = family.at("prefix");
  const auto shards = family.at("shards").get<std::size_t>();
  if (shards == 1) return write_random_weights(folder / "model.safetensors", tensors, prefix, type, seed);
  Json map;
  for (std::size_t shard = 0; shard < shards; ++shard) {
    Tensors part;
    for (std::size_t i = shard; i < tensors.size(); i += shards) part.push_back(tensors[i]);
    const std::string file =
        "model-0000" + std::to_string(shard + 1) + "-of-0000" + std::to_string(shards) + ".safetensors";
    write_random_weights(folder / file, part, prefix, type, seed);
    for (const auto& [name, shape] : part) map[prefix + name] = file;
  }
  write_file(folder / "model.safetensors.index.json", Json{{"metadata", Json::object()}, {"weight_map", map}}.dump());
}

const Json& family(const std::string& name) {
  for (const Json& entry : families().at("families"))
    if (entry.at("name") == name) return entry;
  throw std::runtime_error("no family " + name);
}

}  // namespace test
