// What the command line says of a store and its model comes in; both go out, opened. And documents from JSON lines.
#pragma once

#include "index_model.hpp"
#include "interrupt.hpp"
#include "json_line.hpp"
#include "progress_bar.hpp"
#include "store_arguments.hpp"

#include <glossa/core/thread_pool.hpp>
#include <glossa/embedder.hpp>
#include <glossa/store/document_store.hpp>
#include <glossa/store/metadata_json.hpp>
#include <glossa/text/utf8.hpp>

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace tool {

/// Opens a store with the model that it was made for, in its precision unless another is asked for.
[[nodiscard]] inline glossa::DocumentStore open_store(const std::string& folder, const ModelArguments& model,
                                                      glossa::Role role, bool read_only) {
  glossa::IndexOptions own;
  own.model = glossa::DocumentStore(folder, {.create = false, .read_only = true}).model();
  own.executor = std::make_shared<glossa::ThreadPool>(model.threads);
  const glossa::Embedder embedder = load_model_of(own, folder, model, role);
  return {folder, embedder, {.create = false, .read_only = read_only, .threads = model.threads}};
}

/// A line {"id", "text", "title"?, "metadata"?, "format"?}. Errors: `corrupt_file` naming the line and the field.
[[nodiscard]] inline glossa::Document parse_stored_document(std::string_view text, const LineName& line) {
  const std::string file = line.file + ", line " + std::to_string(line.number);
  const glossa::detail::ValidText valid(text);
  const glossa::detail::Json json = glossa::detail::parse_json(valid.view(), file);
  const std::string example = R"({"id": "...", "text": "..."})";
  if (!json.is_object()) line.refuse("", "not a JSON object", example);
  const auto string = [&](const char* name, const char* other = nullptr) -> std::string {
    auto found = json.find(name);
    if (found == json.end() && other != nullptr) found = json.find(other);
    if (found == json.end() || found->is_null()) return {};
    if (found->is_number_integer() && other != nullptr) return glossa::detail::json_text(*found);
    if (!found->is_string()) line.refuse(name, "", "a string");
    return found->get<std::string>();
  };
  glossa::Document document;
  document.id = string("id", "_id");
  if (document.id.empty()) line.refuse("id", "the field is missing", example);
  if (!json.contains("text")) line.refuse("text", "the field is missing", example);
  document.text = string("text");
  document.title = string("title");
  const std::string format = string("format");
  if (format == "markdown") document.format = glossa::TextFormat::markdown;
  if (!format.empty() && format != "markdown" && format != "plain") line.refuse("format", "", "plain or markdown");
  if (const auto metadata = json.find("metadata"); metadata != json.end() && !metadata->is_null())
    document.metadata = glossa::detail::metadata_of(*metadata, file);
  return document;
}

/// Ctrl-C asks for an end, whatever the work is at, and how far it is goes to the terminal.
class StoreProgress {
 public:
  explicit StoreProgress(std::string what)
      : what_(std::move(what)), watch_([this](const std::stop_token& end) {
          while (!end.stop_requested() && !interrupted) std::this_thread::sleep_for(std::chrono::milliseconds(20));
          if (interrupted) stop_.request_stop();
        }) {}
  StoreProgress(const StoreProgress&) = delete;
  StoreProgress& operator=(const StoreProgress&) = delete;

  [[nodiscard]] glossa::ProgressCallback callback() {
    return [this](const glossa::Progress& progress) {
      bar_.update(std::to_string(before_ + progress.done) + " " + what_, 0, 0);
    };
  }
  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }
  void begin(std::size_t before) { before_ = before; }
  void finish() { bar_.clear(); }

 private:
  std::string what_;
  ProgressBar bar_;
  std::stop_source stop_;
  std::size_t before_ = 0;
  std::jthread watch_;
};

}  // namespace tool
