// Vectors come in; how long an algorithm takes to cluster them, and how well it does, goes out, as JSON.
//   bench_cluster --kind kmeans|minibatch|silhouette|vmeasure --data F.npy [--rows N] [--threads 2] [--repeat 1]
//                 [--clusters 100] [--seed 42] [--labels OUT.npy]
//   kmeans: [--start plus_plus|parallel|random] [--iterations 300] [--centers START.npy] [--bounds BYTES]
//   minibatch: [--batch 1024]; with --parts N the vectors come in parts of N, once
//   silhouette: k-means first, then silhouettes of --sample vectors
//   vmeasure: --truth F.jsonl, with a "label" each: mteb's protocol for clustering, fast or, with --legacy 1, of old
#include "arguments.hpp"
#include "npy.hpp"
#include "process_stats.hpp"
#include "samples.hpp"

#include <glossa/glossa.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace {

using bench::Arguments;
using nlohmann::json;
using Points = glossa::Points<float>;

/// The median of the seconds that body() takes; what it returned last goes to `result`.
template <class Result, class Body>
double seconds_of(const Arguments& arguments, Result& result, Body&& body) {
  using Clock = std::chrono::steady_clock;
  bench::Samples samples;
  for (std::size_t i = 0; i < arguments.number("repeat", 1); ++i) {
    const auto start = Clock::now();
    result = body();
    samples.add(std::chrono::duration<double>(Clock::now() - start).count());
  }
  return samples.median();
}

glossa::ClusterRun run_of(const Arguments& arguments) { return {.threads = arguments.number("threads", 2)}; }

glossa::KMeansStart start_of(const std::string& name) {
  const std::map<std::string, glossa::KMeansStart> starts{{"plus_plus", glossa::KMeansStart::plus_plus},
                                                          {"parallel", glossa::KMeansStart::parallel},
                                                          {"random", glossa::KMeansStart::random}};
  return starts.at(name);
}

glossa::KMeansOptions kmeans_options(const Arguments& arguments) {
  glossa::KMeansOptions options{.clusters = arguments.number("clusters", 100),
                                .start = start_of(arguments.text("start", "plus_plus")),
                                .starts = arguments.number("starts", 1),
                                .max_iterations = arguments.number("iterations", 300),
                                .seed = arguments.number("seed", 42),
                                .run = run_of(arguments)};
  options.bounds_bytes = arguments.number("bounds", options.bounds_bytes);
  return options;
}

json report(const Arguments& arguments, double seconds, const glossa::KMeansResult<float>& result) {
  if (arguments.has("labels")) bench::write_npy(arguments.text("labels", ""), result.labels);
  return {{"seconds", seconds},
          {"inertia", result.inertia},
          {"iterations", result.iterations},
          {"converged", result.converged},
          {"clusters", result.clusters()}};
}

json run_kmeans(const Points& points, const Arguments& arguments) {
  const glossa::KMeansOptions options = kmeans_options(arguments);
  glossa::KMeansResult<float> result;
  double seconds = 0;
  if (arguments.has("centers")) {
    const bench::Npy file(arguments.text("centers", ""));
    const Points centers(file.floats(), file.rows(), file.columns());
    seconds = seconds_of(arguments, result, [&] { return glossa::kmeans(points, centers, options); });
  } else {
    seconds = seconds_of(arguments, result, [&] { return glossa::kmeans(points, options); });
  }
  return report(arguments, seconds, result);
}

glossa::MiniBatchOptions batch_options(const Arguments& arguments) {
  return {.clusters = arguments.number("clusters", 100),
          .batch = arguments.number("batch", 1024),
          .seed = arguments.number("seed", 42),
          .run = run_of(arguments)};
}

/// The centres of a stream of parts, and labels by them.
glossa::KMeansResult<float> stream_kmeans(const Points& points, const Arguments& arguments) {
  glossa::MiniBatchKMeans<float> stream(batch_options(arguments));
  const std::size_t part = arguments.number("parts", 0);
  for (std::size_t first = 0; first < points.rows(); first += part)
    stream.partial_fit({points[first].data(), std::min(part, points.rows() - first), points.dims()});
  glossa::KMeansResult<float> result;
  result.labels = stream.labels(points);
  result.dims = points.dims();
  result.centers.assign(stream.centers().values().begin(), stream.centers().values().end());
  for (std::size_t i = 0; i < points.rows(); ++i) {
    const double distance = static_cast<double>(
        glossa::euclidean_distance(points[i], stream.centers()[static_cast<std::size_t>(result.labels[i])]));
    result.inertia += distance * distance;
  }
  return result;
}

json run_mini_batch(const Points& points, const Arguments& arguments) {
  glossa::KMeansResult<float> result;
  const double seconds = seconds_of(arguments, result, [&] {
    return arguments.has("parts") ? stream_kmeans(points, arguments)
                                  : glossa::mini_batch_kmeans(points, batch_options(arguments));
  });
  return report(arguments, seconds, result);
}

json run_silhouette(const Points& points, const Arguments& arguments) {
  const glossa::Labels labels = glossa::kmeans(points, kmeans_options(arguments)).labels;
  const glossa::SilhouetteOptions options{
      .metric = arguments.text("metric", "euclidean") == "cosine" ? glossa::Metric::cosine : glossa::Metric::euclidean,
      .sample = arguments.number("sample", 0),
      .run = run_of(arguments)};
  if (arguments.has("labels")) bench::write_npy(arguments.text("labels", ""), labels);
  double score = 0;
  const double seconds = seconds_of(arguments, score, [&] { return glossa::silhouette(points, labels, options); });
  return {{"seconds", seconds}, {"silhouette", score}};
}

glossa::Labels read_truth(const std::string& path, std::size_t rows) {
  std::ifstream lines(path);
  std::vector<std::string> names;
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) names.push_back(json::parse(line).at("label").get<std::string>());
  if (names.size() != rows)
    throw glossa::Error(
        glossa::ErrorKind::corrupt_file,
        {.file = path, .expected = std::to_string(rows) + " labels", .found = std::to_string(names.size())});
  return glossa::number_labels(names);
}

/// mteb's protocols, with draws of our own: ten rounds of mini-batch k-means with as many clusters as there are labels.
/// Fast: each of 16,384 vectors drawn with replacement. Legacy: of all, from different seeds.
json run_v_measure(const Points& points, const Arguments& arguments) {
  const glossa::Labels truth = read_truth(arguments.text("truth", ""), points.rows());
  const bool legacy = arguments.number("legacy", 0) != 0;
  glossa::MiniBatchOptions options = batch_options(arguments);
  options.clusters = std::set<std::int32_t>(truth.begin(), truth.end()).size();
  options.batch = legacy ? 500 : 512;
  std::mt19937_64 random(options.seed);
  std::vector<double> scores;
  for (std::uint64_t round = 0; round < 10; ++round) {
    std::vector<float> values;
    glossa::Labels expected;
    for (std::size_t i = 0; i < (legacy ? points.rows() : std::size_t{16384}); ++i) {
      const std::size_t row = legacy ? i : random() % points.rows();
      values.insert(values.end(), points[row].begin(), points[row].end());
      expected.push_back(truth[row]);
    }
    options.seed = 1000 * arguments.number("seed", 42) + round;
    const Points drawn(values.data(), expected.size(), points.dims());
    scores.push_back(glossa::v_measure(expected, glossa::mini_batch_kmeans(drawn, options).labels).v_measure);
  }
  double mean = 0;
  for (const double score : scores) mean += score / 10;
  double square = 0;
  for (const double score : scores) square += (score - mean) * (score - mean) / 10;
  return {{"v_measure", mean}, {"deviation", std::sqrt(square)}};
}

using Kind = json (*)(const Points&, const Arguments&);

/// What each --kind runs; what it returns is printed.
const std::map<std::string, Kind> kKinds{
    {"kmeans", run_kmeans}, {"minibatch", run_mini_batch}, {"silhouette", run_silhouette}, {"vmeasure", run_v_measure}};

}  // namespace

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv);
  const auto kind = kKinds.find(arguments.text("kind", "kmeans"));
  if (kind == kKinds.end())
    throw glossa::Error(glossa::ErrorKind::invalid_argument, {.field = "--kind", .found = arguments.text("kind", "")});
  const bench::Npy data(arguments.text("data", ""));
  const Points points(data.floats(), std::min(arguments.number("rows", data.rows()), data.rows()), data.columns());
  // The file's pages are read before time counts, as a peer's array is.
  if (!std::isfinite(std::accumulate(points.values().begin(), points.values().end(), 0.0)))
    throw glossa::Error(glossa::ErrorKind::invalid_argument, {.field = "--data", .found = "NaN or infinity"});
  json result = kind->second(points, arguments);
  result["kind"] = kind->first;
  result["rows"] = points.rows();
  result["peak_rss_bytes"] = bench::peak_megabytes() * 1e6;
  std::printf("%s\n", result.dump().c_str());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "bench_cluster: %s\n", error.what());
  return 1;
}
