// A trained model comes in; a folder in the layout of Hugging Face and sentence-transformers goes out.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/core/partial_folder.hpp>
#include <glossa/model/companions.hpp>
#include <glossa/model/safetensors_writer.hpp>
#include <glossa/model/weights.hpp>
#include <glossa/train/training_model.hpp>
#include <glossa/train/training_setup.hpp>

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Writes `model`, which began with the weights of setup.folder(), to `target`, which must not exist or be empty; it
/// appears when all is written. Where the model keeps averages of its weights, they are what is written. Weights are
/// f32; what training does not know of, such as a pooler, stays as it was. share: of the initial weights in each number
/// (WiSE-FT of Wortsman et al. 2022). Errors: `invalid_argument` where the name is taken, `io`.
template <class T>
class TrainedFolder {
 public:
  TrainedFolder(const TrainingSetup& setup, const Weights& initial, TrainingModel<T>& model, double share)
      : setup_(setup), initial_(initial), model_(model), share_(share) {
    for (const Parameter& one : model.encoder().layout().parameters())
      trained_[initial.prefix() + stored_name(initial, one)] = &one;
  }

  void write(const std::filesystem::path& target) {
    PartialFolder partial(target);
    copy_companions(setup_.folder(), partial.path());
    const auto place = partial.path() / setup_.sentence().encoder_folder.lexically_relative(setup_.folder());
    std::vector<TensorPlan> plan;
    for (const auto& [name, source] : initial_.tensors())
      plan.push_back({name, is_trained(name) ? DType::f32 : source.info->type, source.info->shape});
    SafetensorsWriter writer(place / "model.safetensors", plan);
    for (const auto& [name, source] : initial_.tensors()) write_tensor(writer, name, source);
    writer.finish();
    partial.commit();
  }

 private:
  [[nodiscard]] std::string word_table() const { return initial_.prefix() + "embeddings.word_embeddings.weight"; }
  [[nodiscard]] bool is_trained(const std::string& name) const {
    return name == word_table() || trained_.find(name) != trained_.end();
  }

  void write_tensor(SafetensorsWriter& writer, const std::string& name, const TensorSource& source) {
    if (name == word_table()) return write_words(writer);
    const auto found = trained_.find(name);
    if (found == trained_.end()) {
      const TensorView view = source.file->view(name);
      return writer.write(view.bytes);
    }
    const Parameter& one = *found->second;
    const std::vector<T> before = initial_.read<T>(stored_name(initial_, one), one.shape);
    std::vector<float> values;
    values.reserve(before.size());
    const T* given = model_.given() + one.offset;
    for (std::size_t r = 0; r < one.rows; ++r)
      for (std::size_t c = 0; c < one.columns; ++c)
        values.push_back(mixed(given[r * one.stride + c], before[r * one.columns + c]));
    writer.write(std::as_bytes(std::span(values)));
  }

  void write_words(SafetensorsWriter& writer) {
    const std::size_t hidden = model_.words().size();
    std::vector<T> before(hidden);
    std::vector<float> values(hidden);
    model_.for_each_given_word([&](std::size_t id, const T* row) {
      if (share_ > 0) model_.words().read_initial(static_cast<TokenId>(id), before.data());
      for (std::size_t k = 0; k < hidden; ++k) values[k] = mixed(row[k], before[k]);
      writer.write(std::as_bytes(std::span(values)));
    });
  }

  [[nodiscard]] float mixed(T trained, T before) const noexcept {
    return static_cast<float>(share_ == 0 ? trained
                                          : static_cast<T>(1 - share_) * trained + static_cast<T>(share_) * before);
  }

  const TrainingSetup& setup_;
  const Weights& initial_;
  TrainingModel<T>& model_;
  double share_;
  std::map<std::string, const Parameter*> trained_;
};

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
