// A trained model comes in; a folder in the layout of Hugging Face and sentence-transformers goes out.
#pragma once

#include <glossa/core/partial_folder.hpp>
#include <glossa/embedder/verify_report.hpp>
#include <glossa/kernels/isa.hpp>
#include <glossa/model/companions.hpp>
#include <glossa/model/safetensors_writer.hpp>
#include <glossa/train/trained_numbers.hpp>
#include <glossa/train/training_setup.hpp>

#include <filesystem>
#include <span>
#include <system_error>
#include <vector>

namespace glossa::detail {
inline namespace GLOSSA_ISA {

/// Writes the model to `target`, which must not exist or be empty; it appears when all is written. initial: the weights
/// of setup.folder(), with which the model began. Errors: `invalid_argument` where the name is taken, `io`.
template <class T>
void write_trained_folder(const TrainingSetup& setup, TrainedNumbers<T> numbers, const std::filesystem::path& target) {
  PartialFolder partial(target);
  copy_companions(setup.folder(), partial.path());
  std::error_code code;
  std::filesystem::remove(partial.path() / kGoldenFile, code);  // it has vectors of the initial weights
  const auto place = partial.path() / setup.sentence().encoder_folder.lexically_relative(setup.folder());
  SafetensorsWriter writer(place / "model.safetensors", numbers.plan());
  for (const auto& [name, source] : numbers.initial().tensors()) {
    if (numbers.is_word_table(name)) {
      numbers.for_each_word([&](const std::vector<float>& row) { writer.write(std::as_bytes(std::span(row))); });
    } else if (numbers.is_dense(name)) {
      const std::vector<float> values = numbers.dense(name);
      writer.write(std::as_bytes(std::span(values)));
    } else {
      writer.write(source.file->view(name).bytes);
    }
  }
  writer.finish();
  partial.commit();
}

}  // namespace GLOSSA_ISA
}  // namespace glossa::detail
