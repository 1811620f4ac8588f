// Adapters come in; a folder as Hugging Face's PEFT writes it goes out, and back.
#pragma once

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/json.hpp>
#include <glossa/core/json_parser.hpp>
#include <glossa/core/partial_folder.hpp>
#include <glossa/model/safetensors.hpp>
#include <glossa/model/safetensors_writer.hpp>
#include <glossa/train/lora.hpp>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// The names of an adapter's matrices in PEFT's files.
[[nodiscard]] inline std::string lora_name(const Parameter& parameter, const char* which) {
  const std::string module = parameter.name.substr(0, parameter.name.size() - std::string(".weight").size());
  return "base_model.model." + module + ".lora_" + which + ".weight";
}

/// Writes adapter_config.json and adapter_model.safetensors to a folder that must not exist or be empty. `base`: the
/// model's name. Of A and B their averages are written where these are kept. Errors: `invalid_argument` where the name
/// is taken, `io`.
template <class T>
void write_lora(const std::filesystem::path& target, const LoraAdapters<T>& lora, const LoraOptions& options,
                const std::string& base) {
  PartialFolder partial(target);
  std::vector<TensorPlan> plan;
  for (const LoraAdapter<T>& one : lora.adapters()) {
    plan.push_back({lora_name(*one.parameter, "A"), DType::f32, {lora.rank(), one.parameter->columns}});
    plan.push_back({lora_name(*one.parameter, "B"), DType::f32, {one.parameter->rows, lora.rank()}});
  }
  SafetensorsWriter writer(partial.path() / "adapter_model.safetensors", plan);
  for (const LoraAdapter<T>& one : lora.adapters())
    for (const std::vector<T>* part : {&one.a_given(), &one.b_given()}) {
      const std::vector<float> values(part->begin(), part->end());
      writer.write(std::as_bytes(std::span(values)));
    }
  writer.finish();
  const Json config{{"peft_type", "LORA"},
                    {"task_type", "FEATURE_EXTRACTION"},
                    {"base_model_name_or_path", base},
                    {"r", options.rank},
                    {"lora_alpha", options.alpha},
                    {"lora_dropout", 0.0},
                    {"bias", "none"},
                    {"fan_in_fan_out", false},
                    {"inference_mode", true},
                    {"target_modules", options.targets}};
  AtomicFile file(partial.path() / "adapter_config.json");
  file.write(json_text(config));
  file.commit();
  partial.commit();
}

/// The options that a folder of PEFT's tells. Errors: `not_found`, `io`, `corrupt_file`; `unsupported` for adapters of
/// another kind.
[[nodiscard]] inline LoraOptions read_lora_options(const std::filesystem::path& folder) {
  const auto path = folder / "adapter_config.json";
  const Json json = read_json(path);
  const JsonFields fields(json, path_text(path));
  if (const std::string type = fields.string_or("peft_type", "LORA"); type != "LORA")
    throw Error(ErrorKind::unsupported,
                {.file = path_text(path), .field = "peft_type", .expected = "LORA", .found = type});
  LoraOptions options;
  options.rank = fields.size("r", 1, 4096);
  options.alpha = fields.number_or("lora_alpha", 16);
  options.targets.clear();
  for (const Json& target : fields.array("target_modules")) {
    if (!target.is_string()) fields.wrong("target_modules", "names of matrices", target);
    options.targets.push_back(target.get<std::string>());
  }
  return options;
}

/// Puts a folder's adapters in the place of those that were made with its options. Errors: `not_found`, `io`;
/// `corrupt_file` for others.
template <class T>
void read_lora(const std::filesystem::path& folder, LoraAdapters<T>& lora) {
  const SafetensorsFile file(folder / "adapter_model.safetensors");
  const auto read = [&](const std::string& name, const Shape& shape, std::vector<T>& to) {
    const auto found = file.tensors().find(name);
    const bool fits = found != file.tensors().end() && found->second.shape == shape && is_floating(found->second.type);
    if (!fits)
      throw Error(ErrorKind::corrupt_file,
                  {.file = file.name(),
                   .field = name,
                   .expected = "floating-point values of shape " + to_string(shape),
                   .found = found == file.tensors().end() ? "no such tensor" : to_string(found->second.shape),
                   .remedy = "are these adapters of this model?"});
    file.read(found->second, 0, to.size(), to.data());
  };
  for (LoraAdapter<T>& one : lora.adapters()) {
    read(lora_name(*one.parameter, "A"), {lora.rank(), one.parameter->columns}, one.a);
    read(lora_name(*one.parameter, "B"), {one.parameter->rows, lora.rank()}, one.b);
  }
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
