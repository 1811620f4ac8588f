// Vectors come in; how long it takes to project them into a plane goes out, as JSON.
//   bench_projection --data F.npy [--rows N] [--method pca|tsne] [--threads 2] [--repeat 1] [--seed 42]
//                    [--iterations 1000] [--neighbors automatic|exact|approximate] [--places OUT.npy]
#include "arguments.hpp"
#include "npy.hpp"
#include "process_stats.hpp"
#include "samples.hpp"

#include <glossa/glossa.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

namespace {

using bench::Arguments;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Raw float32, [rows, 2]: numpy.fromfile() reads it.
void write_places(const std::string& path, const std::vector<float>& places) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(places.data()), static_cast<std::streamsize>(places.size() * sizeof(float)));
}

glossa::TsneNeighbors neighbors_from(const std::string& name) {
  using enum glossa::TsneNeighbors;
  return name == "exact" ? exact : name == "approximate" ? approximate : automatic;
}

json run(const Arguments& arguments) {
  const bench::Npy file(arguments.text("data", ""));
  const std::size_t rows = std::min(arguments.number("rows", file.rows()), file.rows());
  const glossa::Points<float> points(file.floats(), rows, file.columns());
  const std::string method = arguments.text("method", "tsne");
  bench::Samples samples;
  std::vector<float> places;
  json result{{"method", method}, {"rows", rows}, {"dims", file.columns()}};
  for (std::size_t i = 0; i < arguments.number("repeat", 1); ++i) {
    const auto start = Clock::now();
    glossa::ClusterRun run{.threads = arguments.number("threads", 2)};
    if (method == "pca") {
      auto found = glossa::pca(points, {.run = run});
      result["explained_variance"] = found.explained_variance;
      places = std::move(found.coordinates);
    } else {
      double before = 0;  // the first iteration ends
      run.progress = [&](const glossa::Progress& progress) {
        if (progress.done == 1) before = seconds_since(start);
      };
      auto found = glossa::tsne(points, {.iterations = arguments.number("iterations", 1000),
                                         .neighbors = neighbors_from(arguments.text("neighbors", "automatic")),
                                         .seed = arguments.number("seed", 42),
                                         .run = run});
      result["divergence"] = found.divergence;
      result["neighbors_s"] = before;
      places = std::move(found.coordinates);
    }
    samples.add(seconds_since(start));
  }
  if (arguments.has("places")) write_places(arguments.text("places", ""), places);
  result["seconds"] = samples.median();
  result["peak_mb"] = bench::peak_megabytes();
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    std::printf("%s\n", run(Arguments(argc, argv)).dump().c_str());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_projection: %s\n", error.what());
    return 1;
  }
}
