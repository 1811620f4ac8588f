// A model folder comes in; its tensors by name go out, from one file or many, whatever prefix their names have.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/json.hpp>
#include <glossa/model/safetensors.hpp>
#include <glossa/model/tensor.hpp>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace glossa {

/// A tensor's place: which file, and where in it.
struct TensorSource {
  std::shared_ptr<const SafetensorsFile> file;
  const TensorInfo* info = nullptr;  // owned by `file`
};

/// The weights of a model folder: `model.safetensors`, or the shards that `model.safetensors.index.json` lists.
class Weights {
 public:
  /// Errors: those of SafetensorsFile; `not_found` where the folder has neither file; `corrupt_file` where the index
  /// and the shards disagree.
  explicit Weights(const std::filesystem::path& folder) : name_(detail::path_text(folder)) {
    const auto single = folder / "model.safetensors";
    const auto index = folder / "model.safetensors.index.json";
    if (detail::is_there(single)) {
      add(std::make_shared<const SafetensorsFile>(single));
    } else if (detail::is_there(index)) {
      read_shards(folder, index);
    } else {
      const bool pickled = detail::is_there(folder / "pytorch_model.bin");
      throw Error(ErrorKind::not_found,
                  {.file = name_,
                   .problem = "the folder has no weights",
                   .expected = "model.safetensors or model.safetensors.index.json",
                   .found = pickled ? "pytorch_model.bin" : "",
                   .remedy = pickled ? "save the model as safetensors (save_pretrained of transformers does)"
                                     : "copy them from where the model came from"});
    }
    find_prefix();
  }

  /// The weights of one file.
  explicit Weights(const std::shared_ptr<const SafetensorsFile>& file) : name_(file->name()) {
    add(file);
    find_prefix();
  }

  /// The tensor `prefix + name`, where the prefix is whatever the file's names have before "embeddings." and
  /// "encoder." ("bert.", "roberta.", "0.auto_model." or nothing); nothing where it is missing.
  [[nodiscard]] const TensorSource* find(std::string_view name) const {
    const auto it = tensors_.find(prefix_ + std::string(name));
    return it == tensors_.end() ? nullptr : &it->second;
  }

  /// The tensor of this name. Errors: `not_found`.
  [[nodiscard]] const TensorSource& require(std::string_view name) const {
    if (const TensorSource* source = find(name)) return *source;
    throw Error(ErrorKind::not_found, {.file = name_,
                                       .field = prefix_ + std::string(name),
                                       .problem = "the tensor is missing",
                                       .remedy = "is this the architecture that config.json names?"});
  }

  /// The tensor of this name, type and shape. Errors: `not_found`; `corrupt_file` for another type or shape.
  [[nodiscard]] const TensorSource& at(std::string_view name, DType type, const Shape& shape) const {
    const TensorSource& source = require(name);
    if (source.info->shape != shape || source.info->type != type)
      refuse_tensor(name, source, std::string(to_string(type)) + " " + to_string(shape));
    return source;
  }

  /// The bytes of a tensor in the mapped file, and what keeps them there. Errors: those of at(), `io`.
  [[nodiscard]] std::pair<std::shared_ptr<const SafetensorsFile>, std::span<const std::byte>> view(
      std::string_view name, DType type, const Shape& shape) const {
    const TensorSource& source = at(name, type, shape);
    return {source.file, source.file->view(prefix_ + std::string(name)).bytes};
  }

  /// The floating-point tensor of this name and shape. Errors: `not_found`; `corrupt_file` for another shape.
  [[nodiscard]] const TensorSource& at(std::string_view name, const Shape& shape) const {
    const TensorSource* source = &require(name);
    if (source->info->shape == shape && is_other_floating(source->info->type))
      throw Error(ErrorKind::unsupported, {.file = source->file->name(),
                                           .field = prefix_ + std::string(name),
                                           .problem = "weights of this type are not implemented",
                                           .expected = "F64, F32, F16 or BF16",
                                           .found = std::string(to_string(source->info->type)),
                                           .remedy = "convert the model to one of these types"});
    if (source->info->shape != shape || !is_floating(source->info->type))
      refuse_tensor(name, *source, "floating-point values of shape " + to_string(shape));
    return *source;
  }

  /// The whole tensor as T; NaN and infinity are refused, as they would silently spoil every vector.
  template <class T>
  [[nodiscard]] std::vector<T> read(std::string_view name, const Shape& shape) const {
    const TensorSource& source = at(name, shape);
    std::size_t count = 1;
    for (const std::size_t size : shape) count *= size;
    std::vector<T> values(count);
    source.file->read(*source.info, 0, count, values.data());
    for (std::size_t i = 0; i < count; ++i)
      if (!std::isfinite(values[i]))
        throw Error(ErrorKind::corrupt_file, {.file = source.file->name(),
                                              .field = prefix_ + std::string(name),
                                              .problem = "element " + std::to_string(i) + " is not a finite number",
                                              .remedy = "fetch the file again"});
    return values;
  }

  [[nodiscard]] const std::string& prefix() const noexcept { return prefix_; }
  [[nodiscard]] const std::map<std::string, TensorSource, std::less<>>& tensors() const noexcept { return tensors_; }

 private:
  [[noreturn]] void refuse_tensor(std::string_view name, const TensorSource& source,
                                  const std::string& expected) const {
    throw Error(ErrorKind::corrupt_file,
                {.file = source.file->name(),
                 .field = prefix_ + std::string(name),
                 .expected = expected,
                 .found = std::string(to_string(source.info->type)) + " " + to_string(source.info->shape),
                 .remedy = "do config.json and the weights belong together?"});
  }

  void add(const std::shared_ptr<const SafetensorsFile>& file) {
    for (const auto& [name, info] : file->tensors())
      if (!tensors_.emplace(name, TensorSource{file, &info}).second)
        throw Error(ErrorKind::corrupt_file,
                    {.file = file->name(),
                     .field = name,
                     .problem = "another shard holds the same tensor",
                     .remedy = "fetch the shards and their index again; they must be of one model"});
  }

  void read_shards(const std::filesystem::path& folder, const std::filesystem::path& index) {
    const detail::Json document = detail::read_json(index);
    const detail::JsonFields root(document, detail::path_text(index));
    const auto map = root.object("weight_map");
    if (!map) (void)root.at("weight_map");
    std::set<std::string> files;
    for (const auto& [tensor, file] : map->json().items()) {
      if (!file.is_string()) map->wrong(tensor, "a file name", file);
      const std::string name = file.template get<std::string>();
      const bool is_plain = name.find_first_of(std::string_view("/\\:\0", 4)) == std::string::npos;
      if (!is_plain || name.empty() || name == "." || name == "..")
        map->wrong(tensor, "a file name without folders", file);
      files.insert(name);
    }
    for (const std::string& file : files) add(std::make_shared<const SafetensorsFile>(folder / file));
    for (const auto& [tensor, file] : map->json().items()) {
      const auto it = tensors_.find(tensor);
      const std::string name = detail::path_text(folder / file.template get<std::string>());
      if (it == tensors_.end() || it->second.file->name() != name)
        throw Error(ErrorKind::corrupt_file,
                    {.file = name,
                     .field = tensor,
                     .problem = "the index lists the tensor here, but the file lacks it",
                     .remedy = "fetch the shards and their index again; they must be of one model"});
    }
  }

  void find_prefix() {
    constexpr std::string_view kAnchor = "embeddings.word_embeddings.weight";
    std::vector<std::string> found;
    for (const auto& [name, source] : tensors_)
      if (name.ends_with(kAnchor) && (name.size() == kAnchor.size() || name[name.size() - kAnchor.size() - 1] == '.'))
        found.push_back(name.substr(0, name.size() - kAnchor.size()));
    if (found.size() == 1) {
      prefix_ = found.front();
      return;
    }
    throw Error(ErrorKind::unsupported,
                {.file = name_,
                 .field = std::string(kAnchor),
                 .problem = found.empty() ? "the weights are not those of a BERT or XLM-RoBERTa encoder"
                                          : "the weights hold more than one encoder",
                 .found = std::to_string(found.size()) + " tensors of that name",
                 .remedy = "save the encoder alone, with save_pretrained of transformers"});
  }

  std::string name_;
  std::map<std::string, TensorSource, std::less<>> tensors_;
  std::string prefix_;
};

}  // namespace glossa
