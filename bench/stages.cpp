// A model folder comes in; tables of where its encoder's time goes come out, stage by stage, with each stage's share of
// what the machine can do.
//   bench_stages [MODEL_DIR] [--precisions f32,bf16,int8] [--shapes 1x20,25x20,4x128] [--level NAME] [--runs N]
//                [--readme FILE]
// By default models/multilingual-e5-small. A shape is a number of texts and their tokens. One thread; medians of N
// runs.
// "% of peak" is the time that a stage's multiplications and additions take at the peak of the instructions in use
// (ideal_time.hpp), measured at the start, divided by the time that it takes. Stages that move data rather than
// compute, or compute what is not counted, have a small share, or none. --readme puts the tables between that file's
// marks.
#include "ideal_time.hpp"
#include "precision_names.hpp"
#include "readme_part.hpp"
#include "staged_encoder.hpp"

#include <glossa/embedder/calibration_texts.hpp>
#include <glossa/glossa.hpp>
#include <glossa/model/encoder_config_reader.hpp>
#include <glossa/model/weights.hpp>

#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using glossa::detail::WeightForm;

struct Arguments {
  std::filesystem::path model = GLOSSA_SOURCE "/models/multilingual-e5-small";
  std::vector<std::string> precisions{"f32", "bf16", "int8"};
  std::vector<std::string> shapes{"1x20", "25x20", "4x128"};
  glossa::CpuLevel level = glossa::default_level();
  int runs = 25;
  std::string readme;
};

glossa::CpuLevel level_named(const std::string& name) {
  for (const glossa::CpuLevel level : glossa::supported_levels())
    if (to_string(level) == name) return level;
  throw std::invalid_argument("this processor has no level of the name " + name);
}

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (!name.starts_with("--")) {
      arguments.model = name;
      continue;
    }
    if (++i == argc) throw std::invalid_argument(name + " needs a value");
    const std::string value = argv[i];
    if (name == "--precisions")
      arguments.precisions = bench::split(value);
    else if (name == "--shapes")
      arguments.shapes = bench::split(value);
    else if (name == "--level")
      arguments.level = level_named(value);
    else if (name == "--runs")
      arguments.runs = std::stoi(value);
    else if (name == "--readme")
      arguments.readme = value;
    else
      throw std::invalid_argument("there is no option " + name);
  }
  return arguments;
}

/// Texts of equal length in one call.
struct Shape {
  explicit Shape(const std::string& name)
      : texts(std::stoul(name)), length(std::stoul(name.substr(name.find('x') + 1))) {
    for (std::size_t text = 0; text < texts; ++text) {
      std::vector<glossa::TokenId> ids(length);
      for (std::size_t i = 0; i < length; ++i)
        ids[i] = static_cast<glossa::TokenId>(5 + (text * 7919 + i * 104729) % 20000);
      batch.add(ids);
    }
  }

  std::size_t texts;
  std::size_t length;
  glossa::RaggedBatch batch;
};

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void print(std::string& out, const char* format, ...) {
  char text[400];
  va_list values;
  va_start(values, format);
  std::vsnprintf(text, sizeof text, format, values);
  va_end(values);
  out += text;
}

/// One precision: a row a stage, three columns a shape.
void add_table(std::string& out, const std::string& precision, double weight_bytes, double bandwidth,
               const std::vector<std::string>& names, const std::vector<bench::StageReport>& reports,
               const bench::IdealTime& ideal) {
  std::string head = "| " + precision + " |";
  std::string line = "|---|";
  std::string whole = "| whole encoder, without clocks |";
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Shape shape(names[i]);
    const auto texts = static_cast<double>(shape.texts);
    const auto length = static_cast<double>(shape.length);
    head += " " + names[i] + ": µs a token | share | % of peak |";
    line += "---:|---:|---:|";
    print(whole, " **%.2f** | %.2f ms, best %.2f | **%.0f** |", reports[i].whole / (texts * length) * 1e6,
          reports[i].whole * 1e3, reports[i].best * 1e3, 100 * ideal.of_all(texts, length) / reports[i].whole);
  }
  out += head + "\n" + line + "\n";
  for (std::size_t s = 0; s < bench::kStages; ++s) {
    const auto stage = static_cast<bench::Stage>(s);
    print(out, "| %s |", to_string(stage));
    for (std::size_t i = 0; i < names.size(); ++i) {
      const Shape shape(names[i]);
      const auto texts = static_cast<double>(shape.texts);
      const auto length = static_cast<double>(shape.length);
      double sum = 0;
      for (const double seconds : reports[i].stages) sum += seconds;
      const double seconds = reports[i].stages[s];
      const double least = ideal.of(stage, texts, length);
      print(out, " %.2f | %.1f %% |", seconds / (texts * length) * 1e6, 100 * seconds / sum);
      if (least > 0 && seconds > 0)
        print(out, " %.0f |", 100 * least / seconds);
      else
        out += " |";
    }
    out += "\n";
  }
  out += whole + "\n\n";
  print(out, "The layers' weights are %.1f MB, which take %.2f ms where they come from memory.\n\n", weight_bytes / 1e6,
        weight_bytes / bandwidth * 1e3);
}

/// How the weights of a precision are kept, and the bytes that one takes with its scale.
struct Form {
  WeightForm form;
  double bytes;
};

Form form_named(const std::string& precision) {
  switch (bench::precision_named(precision)) {
    case glossa::Precision::f32: return {WeightForm::full, 4};
    case glossa::Precision::bf16: return {WeightForm::bf16, 2};
    case glossa::Precision::int8: return {WeightForm::int8, 1 + 4.0 / glossa::detail::kInt8Group};
    case glossa::Precision::int4: return {WeightForm::int4, 0.5 + 2.0 / glossa::detail::kInt4Block};
    default:
      throw glossa::Error(glossa::ErrorKind::invalid_argument,
                          {.field = "--precisions", .expected = "f32, bf16, int8 or int4", .found = precision});
  }
}

std::string measure(const Arguments& arguments) {
  const glossa::Weights weights(arguments.model);
  const glossa::EncoderConfig config = glossa::read_encoder_config(arguments.model);
  const bench::Peak f32 = bench::float_peak(arguments.level);
  const bench::Peak bf16 = bench::bf16_peak(arguments.level);
  const bench::Peak int8 = bench::int8_peak(arguments.level);
  const double bandwidth = bench::read_bandwidth();
  std::string out;
  print(out,
        "Kernels: %s. One thread, measured: f32 %.0f G operations/s (%s), bf16 %.0f (%s), int8 %.0f (%s); %.1f GB/s "
        "read from memory.\n\n",
        to_string(arguments.level), f32.per_second / 1e9, f32.of, bf16.per_second / 1e9, bf16.of, int8.per_second / 1e9,
        int8.of, bandwidth / 1e9);
  const bool has_bf16_attention = glossa::detail::kernels_of<float>(arguments.level).bf16.attention != nullptr;
  const glossa::RaggedBatch calibration =
      glossa::detail::calibration_batch(glossa::Tokenizer(arguments.model), config.max_tokens());
  for (const std::string& precision : arguments.precisions) {
    const Form form = form_named(precision);
    const bool full = form.form == WeightForm::full;
    bench::StagedEncoder encoder(weights, config, arguments.level, form.form, calibration);
    const bench::IdealTime ideal(config, {full                            ? f32
                                          : form.form == WeightForm::int8 ? int8
                                                                          : bf16,
                                          !full && has_bf16_attention ? bf16 : f32, f32});
    std::vector<bench::StageReport> reports;
    for (const std::string& name : arguments.shapes) {
      const Shape shape(name);
      // A short batch is measured as often as makes up for its small times.
      const int times = arguments.runs * (shape.batch.tokens() < 100 ? 8 : 1);
      reports.push_back(encoder.measure(shape.batch, times));
    }
    add_table(out, precision, form.bytes * ideal.layer_weights(), bandwidth, arguments.shapes, reports, ideal);
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) try {
  const Arguments arguments = parse(argc, argv);
  const std::string tables = measure(arguments);
  std::fputs(tables.c_str(), stdout);
  if (!arguments.readme.empty()) bench::replace_part(arguments.readme, "stages", tables);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
