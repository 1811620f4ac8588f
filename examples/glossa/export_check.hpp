// An exported graph and its model come in; how far the vectors of both are from each other goes out.
#pragma once

#include "json_line.hpp"

#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/embedder.hpp>
#include <glossa/embedder/calibration_texts.hpp>

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#if !defined(_WIN32)
#include <sys/wait.h>
#endif

namespace tool {

/// Reads a JSON file with runtime, graph, ids, padding and vectors; writes the deviations as JSON, or fails with status
/// 3 where the runtime is not installed.
inline constexpr const char* kExportCheckScript = R"(import importlib, json, sys
task = json.load(open(sys.argv[1], encoding="utf-8"))
try:
    import numpy
    runtime = importlib.import_module(task["runtime"])
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(3)
if task["runtime"] == "openvino":
    model = runtime.Core().compile_model(task["graph"], "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    names = [port.any_name for port in model.inputs]
    run = lambda values: model(values)[model.output("sentence_embedding")].copy()
else:
    options = runtime.SessionOptions()
    options.log_severity_level = 3
    session = runtime.InferenceSession(task["graph"], options, providers=["CPUExecutionProvider"])
    names = [port.name for port in session.get_inputs()]
    run = lambda values: session.run(["sentence_embedding"], values)[0]
rows = []
for start in range(0, len(task["ids"]), 8):
    some = task["ids"][start:start + 8]
    length = max(len(ids) for ids in some)
    values = {
        "input_ids": numpy.array([ids + [task["padding"]] * (length - len(ids)) for ids in some], numpy.int64),
        "attention_mask": numpy.array([[1] * len(ids) + [0] * (length - len(ids)) for ids in some], numpy.int64),
    }
    values["token_type_ids"] = numpy.zeros_like(values["input_ids"])
    rows.append(run({name: values[name] for name in names}))
own = numpy.concatenate(rows).astype(numpy.float64)
other = numpy.array(task["vectors"], numpy.float64)
norms = numpy.linalg.norm(own, axis=1) * numpy.linalg.norm(other, axis=1)
cosines = (own * other).sum(axis=1) / norms
print(json.dumps({"version": runtime.__version__.split("-")[0], "texts": len(own),
                  "largest": float(abs(own - other).max()), "mean": float(cosines.mean()),
                  "lowest": float(cosines.min())}))
)";

/// How far the vectors of a graph are from those of the model.
struct ExportDeviation {
  std::string runtime;
  std::size_t texts = 0;
  double largest = 0;  ///< of any element
  double mean_cosine = 0;
  double lowest_cosine = 0;
};

/// A file that is removed with this object.
class PassingFile {
 public:
  PassingFile(const std::string& suffix, std::string_view text)
      : path_(std::filesystem::temp_directory_path() / ("glossa-" + std::to_string(std::random_device{}()) + suffix)) {
    std::ofstream out(path_, std::ios::binary);
    out << text;
    if (!out.flush())
      throw glossa::Error(glossa::ErrorKind::io, {.file = glossa::detail::path_text(path_),
                                                  .problem = "cannot write",
                                                  .remedy = "is the disk for temporary files full?"});
  }
  ~PassingFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  PassingFile(const PassingFile&) = delete;
  PassingFile& operator=(const PassingFile&) = delete;
  [[nodiscard]] std::string name() const { return glossa::detail::path_text(path_); }

 private:
  std::filesystem::path path_;
};

/// An argument for the shell, whatever is in it.
[[nodiscard]] inline std::string quoted(const std::string& argument) {
#if defined(_WIN32)
  return "\"" + argument + "\"";
#else
  std::string out = "'";
  for (const char c : argument) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
#endif
}

/// Runs texts in many languages through `graph`, by the runtime (onnxruntime or openvino) of `python`, and through the
/// model. Errors: `not_found` where there is no such program or runtime; `io`.
[[nodiscard]] inline ExportDeviation check_export(const std::string& runtime, const std::filesystem::path& graph,
                                                  const std::string& model, const std::string& python) {
  const glossa::Embedder embedder(model, {.precision = glossa::Precision::f32});
  OrderedJson task{{"runtime", runtime},
                   {"graph", glossa::detail::path_text(graph)},
                   {"padding", embedder.info().encoder.padding_id}};
  for (const std::string_view text : glossa::detail::kCalibrationTexts) {
    task["ids"].push_back(embedder.tokenizer().encode(text, {.max_tokens = embedder.max_tokens()}).ids);
    const auto vector = embedder.embed(text);
    task["vectors"].push_back(std::vector<float>(vector.begin(), vector.end()));
  }
  const PassingFile script(".py", kExportCheckScript);
  const PassingFile texts(".json", task.dump());
#if defined(_WIN32)
  const std::string command = "\"" + quoted(python) + " " + quoted(script.name()) + " " + quoted(texts.name()) + "\"";
  std::FILE* pipe = ::_popen(command.c_str(), "r");
#else
  const std::string command = quoted(python) + " " + quoted(script.name()) + " " + quoted(texts.name());
  std::FILE* pipe = ::popen(command.c_str(), "r");
#endif
  std::string out;
  char buffer[4096];
  while (pipe != nullptr) {
    const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe);
    if (got == 0) break;
    out.append(buffer, got);
  }
#if defined(_WIN32)
  const int status = pipe == nullptr ? -1 : ::_pclose(pipe);
#else
  const int ended = pipe == nullptr ? -1 : ::pclose(pipe);
  const int status = ended != -1 && WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;  // a signal may have ended it
#endif
  const OrderedJson found = OrderedJson::parse(out, nullptr, false);
  const auto number = [&](const char* name) {
    return found.is_object() && found.contains(name) && found[name].is_number();
  };
  if (status == 0 && number("texts") && number("largest") && number("mean") && number("lowest"))
    return {
        runtime + (found.contains("version") && found["version"].is_string() ? " " + found["version"].get<std::string>()
                                                                             : std::string()),
        found["texts"], found["largest"], found["mean"], found["lowest"]};
  if (status == 0)
    throw glossa::Error(glossa::ErrorKind::io, {.file = glossa::detail::path_text(graph),
                                                .problem = "the folder is written, but the check has told no deviation",
                                                .expected = "numbers",
                                                .found = out.substr(0, 200),
                                                .remedy = "look at what " + runtime + " gives for the graph"});
  if (status == 3 || status == 126 || status == 127)
    throw glossa::Error(
        glossa::ErrorKind::not_found,
        {.file = python,
         .problem = status == 3 ? "the folder is written, but this Python has no " + runtime + " to check it"
                                : "the folder is written, but there is no such Python to check it",
         .remedy = "install it (pip install " + runtime + "), or name another Python by --python"});
  throw glossa::Error(glossa::ErrorKind::io,
                      {.file = glossa::detail::path_text(graph),
                       .problem = "the folder is written, but " + runtime + " cannot run the graph",
                       .remedy = "see what it says above"});
}

}  // namespace tool
