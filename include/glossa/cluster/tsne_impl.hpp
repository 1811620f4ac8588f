// Definitions of tsne's functions; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/affinities.hpp>
#include <glossa/cluster/leading_eigenvectors.hpp>
#include <glossa/cluster/nearest_rows.hpp>
#include <glossa/cluster/pair_sieve.hpp>
#include <glossa/cluster/pca.hpp>
#include <glossa/cluster/quad_tree.hpp>
#include <glossa/cluster/run_executor.hpp>
#include <glossa/cluster/scaled_points.hpp>
#include <glossa/cluster/shares.hpp>
#include <glossa/cluster/tsne.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/core/progress.hpp>
#include <glossa/kernels/dispatch.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

inline void require_tsne_options(const TsneOptions& options) {
  const auto require = [](bool is_right, const char* field, const char* expected, double found) {
    if (!is_right)
      throw Error(ErrorKind::invalid_argument, {.field = field, .expected = expected, .found = std::to_string(found)});
  };
  require(options.perplexity >= 1 && std::isfinite(options.perplexity), "perplexity", "at least 1", options.perplexity);
  require(options.early_exaggeration >= 1 && std::isfinite(options.early_exaggeration), "early_exaggeration",
          "at least 1", options.early_exaggeration);
  require(options.learning_rate >= 0 && std::isfinite(options.learning_rate), "learning_rate",
          "a positive number, or 0 for the default", options.learning_rate);
  require(options.angle >= 0 && options.angle <= 1, "angle", "0 to 1", options.angle);
}

/// The first two principal components, so small that the first steps do not depend on their scale. A hundredth of
/// noise keeps vectors that have no second component from staying on a line.
template <std::floating_point T>
[[nodiscard]] std::vector<T> tsne_start(const Points<T>& points, const TsneOptions& options,
                                        const std::shared_ptr<Executor>& executor,
                                        const std::function<void()>& report) {
  constexpr double kDeviation = 1e-4;
  ClusterRun run = options.run;
  run.executor = executor;
  run.progress = [&](const Progress&) { report(); };
  const std::size_t components = std::min<std::size_t>(2, points.dims());
  PcaResult<T> start;
  if (components > 0) start = pca(points, {.components = components, .seed = options.seed, .run = run});
  const double variance = components > 0 ? start.explained_variance[0] : 0.0;
  const double scale = variance > 0 ? kDeviation / std::sqrt(variance) : 0.0;
  std::mt19937_64 random(options.seed);
  std::vector<T> places(points.rows() * 2);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const double noise = normal_number(random) * kDeviation / 100;
    const bool is_known = i % 2 < components;
    places[i] = static_cast<T>(
        noise + (is_known ? scale * static_cast<double>(start.coordinates[i / 2 * components + i % 2]) : 0.0));
  }
  return places;
}

/// Where the points are, and how they move.
template <std::floating_point T>
class TsneDescent {
 public:
  TsneDescent(Affinities<T> affinities, std::vector<T> places, const TsneOptions& options, Executor& executor)
      : affinities_(std::move(affinities)),
        places_(std::move(places)),
        rows_(places_.size() / 2),
        angle_(options.angle),
        executor_(executor),
        kernels_(kernels_of<T>(choose_level(options.run.cpu_level))),
        xs_(rows_),
        ys_(rows_),
        pushes_(rows_),
        velocity_(places_.size()),
        gains_(places_.size(), T(1)) {}

  /// One step down the gradient, with momentum and a gain for each coordinate (Jacobs 1988).
  void step(double exaggeration, double momentum, double learning_rate) {
    const double all = repulsion();
    const T inverse = static_cast<T>(all > 0 ? 1 / all : 0);
    const auto rate = narrowed<T>(learning_rate);
    const auto share = static_cast<T>(momentum);
    const auto pull = narrowed<T>(exaggeration);
    for_shares(executor_, rows_, [&](std::size_t i) {
      const std::pair<T, T> attraction = attraction_of(i);
      const T gradient[2] = {4 * (pull * attraction.first - inverse * pushes_[i].x),
                             4 * (pull * attraction.second - inverse * pushes_[i].y)};
      for (std::size_t c = 0; c < 2; ++c) {
        T& gain = gains_[2 * i + c];
        T& velocity = velocity_[2 * i + c];
        gain = velocity * gradient[c] < 0 ? gain + T(0.2) : std::max(gain * T(0.8), T(0.01));
        velocity = share * velocity - rate * gain * gradient[c];
      }
    });
    // Further out, squared distances are no numbers.
    const T most = std::sqrt(std::numeric_limits<T>::max()) / 4;
    bool is_within = true;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      places_[i] += velocity_[i];
      is_within &= std::abs(places_[i]) <= most;
    }
    if (!is_within) throw_diverged(learning_rate);
  }

  /// Forgets how the points moved.
  void rest() {
    std::fill(velocity_.begin(), velocity_.end(), T(0));
    std::fill(gains_.begin(), gains_.end(), T(1));
  }

  /// Σ p·log(p / q).
  [[nodiscard]] double divergence() {
    const double all = repulsion();
    return sum_shares(executor_, rows_, [&](std::size_t i) {
      double sum = 0;
      for (std::size_t at = affinities_.begin[i]; at < affinities_.begin[i + 1]; ++at) {
        const auto p = static_cast<double>(affinities_.values[at]);
        const double q = static_cast<double>(closeness(i, affinities_.columns[at])) / all;
        if (p > 0) sum += p * std::log(p / q);
      }
      return sum;
    });
  }

  [[nodiscard]] std::vector<T> take_places() noexcept { return std::move(places_); }

 private:
  [[noreturn]] static void throw_diverged(double learning_rate) {
    throw Error(ErrorKind::numeric, {.field = "learning_rate",
                                     .problem = "the points fly apart",
                                     .expected = "steps that lead down",
                                     .found = std::to_string(learning_rate),
                                     .remedy = "take a smaller one, or 0, and a smaller early_exaggeration"});
  }

  /// Sets pushes_, and returns the sum of their weights.
  double repulsion() {
    for (std::size_t i = 0; i < rows_; ++i) {
      xs_[i] = places_[2 * i];
      ys_[i] = places_[2 * i + 1];
    }
    tree_.build(xs_.data(), ys_.data(), rows_, angle_, executor_);
    const std::size_t workers = workers_for(executor_, tree_.groups());
    scratch_.resize(std::max(workers, scratch_.size()));
    constexpr std::size_t kGroups = 16;
    parallel_for(executor_, (tree_.groups() + kGroups - 1) / kGroups, workers,
                 [&](std::size_t share, std::size_t worker) {
                   const std::size_t end = std::min(tree_.groups(), (share + 1) * kGroups);
                   for (std::size_t group = share * kGroups; group < end; ++group)
                     tree_.push_group(group, kernels_, scratch_[worker],
                                      [&](std::size_t i, const auto& push) { pushes_[i] = push; });
                 });
    return sum_shares(executor_, rows_, [&](std::size_t i) { return static_cast<double>(pushes_[i].weight); });
  }

  [[nodiscard]] T closeness(std::size_t i, std::size_t j) const noexcept {
    const T dx = xs_[i] - xs_[j];
    const T dy = ys_[i] - ys_[j];
    return 1 / (1 + dx * dx + dy * dy);
  }

  [[nodiscard]] std::pair<T, T> attraction_of(std::size_t i) const noexcept {
    T x = 0, y = 0;
    for (std::size_t at = affinities_.begin[i]; at < affinities_.begin[i + 1]; ++at) {
      const std::size_t j = affinities_.columns[at];
      const T force = affinities_.values[at] * closeness(i, j);
      x += force * (xs_[i] - xs_[j]);
      y += force * (ys_[i] - ys_[j]);
    }
    return {x, y};
  }

  Affinities<T> affinities_;
  std::vector<T> places_;
  std::size_t rows_;
  double angle_;
  Executor& executor_;
  Kernels<T> kernels_;
  QuadTree<T> tree_;
  std::vector<T> xs_, ys_;
  std::vector<typename QuadTree<T>::Push> pushes_;
  std::vector<typename QuadTree<T>::Scratch> scratch_;
  std::vector<T> velocity_;
  std::vector<T> gains_;
};

}  // namespace detail

template <std::floating_point T>
TsneResult<T> tsne(const Points<T>& points, const TsneOptions& options) {
  constexpr std::size_t kExactRows = 50000;
  detail::require_tsne_options(options);
  detail::require_finite(points, "points");
  const std::size_t rows = points.rows();
  TsneResult<T> result;
  if (rows < 2) {
    result.coordinates.resize(2 * rows);
    return result;
  }
  const std::shared_ptr<Executor> executor = detail::executor_of(options.run);
  const auto report = [&](std::size_t done) {
    if (options.run.progress) options.run.progress({done, options.iterations, 0});
  };
  const auto wait = [&] { report(0); };
  wait();
  const detail::ScaledPoints<T> scaled(points, detail::scaling_power(points));  // the map does not depend on it
  const double others = static_cast<double>(rows - 1);
  const double perplexity = std::max(1.0, std::min(options.perplexity, others / 3));
  const auto count = static_cast<std::size_t>(std::min(3 * perplexity + 1, others));
  const bool is_exact = options.neighbors == TsneNeighbors::exact ||
                        (options.neighbors == TsneNeighbors::automatic && rows <= kExactRows);
  const detail::NearestRows nearest =
      is_exact ? detail::exact_nearest_rows(scaled.points(), count, options.run, *executor, wait)
               : detail::approximate_nearest_rows(scaled.points(), count, options.run, options.seed, executor, wait);
  const double rate = options.learning_rate > 0
                          ? options.learning_rate
                          : std::max(static_cast<double>(rows) / options.early_exaggeration / 4, 50.0);
  detail::TsneDescent<T> descent(detail::affinities_of<T>(nearest, rows, perplexity, *executor, wait),
                                 detail::tsne_start(scaled.points(), options, executor, wait), options, *executor);
  for (std::size_t iteration = 0; iteration < options.iterations; ++iteration) {
    const bool is_early = iteration < options.exaggerated_iterations;
    if (iteration == options.exaggerated_iterations) descent.rest();
    descent.step(is_early ? options.early_exaggeration : 1.0, is_early ? 0.5 : 0.8, rate);
    report(iteration + 1);
  }
  result.divergence = descent.divergence();
  result.coordinates = descent.take_places();
  return result;
}

#if defined(GLOSSA_IMPLEMENTATION)
template TsneResult<float> tsne(const Points<float>&, const TsneOptions&);
template TsneResult<double> tsne(const Points<double>&, const TsneOptions&);
#endif

}  // namespace glossa
