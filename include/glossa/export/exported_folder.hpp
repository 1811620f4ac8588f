// A model's folder comes in; a folder for its graph goes out, with tokenizer, configuration and a model card.
#pragma once

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/partial_folder.hpp>
#include <glossa/export/model.hpp>
#include <glossa/export/report.hpp>
#include <glossa/model/companions.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace glossa::detail {

/// The folder of an export: the graph lies in a subfolder of the encoder's. It appears in commit(), or not at all.
class ExportedFolder {
 public:
  /// graph_folder: the subfolder's name. Errors: those of PartialFolder.
  ExportedFolder(const ExportModel& model, const std::filesystem::path& output, const std::string& graph_folder)
      : model_(model),
        output_(output),
        partial_(output),
        place_(model.sentence.encoder_folder.lexically_relative(model.folder) / graph_folder) {
    copy_companions(model.folder, partial_.path());
    std::error_code code;
    std::filesystem::remove(partial_.path() / "glossa_golden.json", code);  // vectors of other weights
    std::filesystem::create_directories(this->graph_folder(), code);
    if (code)
      throw Error(ErrorKind::io, {.file = path_text(output_),
                                  .problem = "cannot create a folder in it: " + code.message(),
                                  .remedy = "is the disk full?"});
  }

  /// Where the graph is to be written.
  [[nodiscard]] std::filesystem::path graph_folder() const { return (partial_.path() / place_).lexically_normal(); }

  /// Puts `card` before what the model's own README.md says; fields for Hugging Face's hub stay on top.
  void write_card(std::string_view card) const {
    constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 24;
    std::string fields;
    std::string text;
    const std::filesystem::path own = model_.folder / "README.md";
    if (is_there(own)) {
      const AlignedBuffer<char> bytes = read_bytes(own, kMostBytes);
      text = view(bytes);
      const std::size_t end = text.starts_with("---\n") ? text.find("\n---\n", 3) : std::string::npos;
      if (end != std::string::npos) {
        fields = text.substr(0, end + 5) + "\n";
        text.erase(0, end + 5);
      }
      text = "\n# The model's own card\n\n" + text;
    }
    AtomicFile file(partial_.path() / "README.md");
    file.write(fields);
    file.write(card);
    file.write(text);
    file.commit();
  }

  /// Puts the folder in place; where the graph then is.
  std::filesystem::path commit() {
    partial_.commit();
    return (output_ / place_).lexically_normal();
  }

 private:
  const ExportModel& model_;
  std::filesystem::path output_;
  PartialFolder partial_;
  std::filesystem::path place_;
};

/// Exports the model of `folder`: write(model, path) writes the graph `name` and returns all bytes, card(model) is what
/// a user has to know of it.
template <class Write, class Card>
[[nodiscard]] ExportReport export_to_folder(const std::filesystem::path& folder, const std::filesystem::path& output,
                                            const std::string& graph_folder, const std::string& name, Write&& write,
                                            Card&& card) {
  const ExportModel model(folder);
  ExportedFolder target(model, output, graph_folder);
  ExportReport report;
  report.bytes = write(model, target.graph_folder() / name);
  target.write_card(card(model));
  report.graph = target.commit() / name;
  return report;
}

}  // namespace glossa::detail
