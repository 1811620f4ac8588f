// Labelled vectors come in; an index of Faiss holds them, flat or as lists of codes, and finds the nearest among those
// that a test lets through.
#pragma once

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/store/connectors/faiss_options.hpp>

#include <faiss/IndexFlat.h>
#include <faiss/IndexIDMap.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/impl/FaissException.h>
#include <faiss/impl/IDSelector.h>
#include <faiss/impl/io.h>
#include <faiss/index_io.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Calls f(); what Faiss throws becomes an Error.
template <class F>
auto faiss_call(const std::string& file, ErrorKind kind, F&& f) -> decltype(f()) {
  try {
    return f();
  } catch (const faiss::FaissException& error) {
    throw Error(kind, {.file = file, .problem = "Faiss refuses: " + shortened(error.what(), 200)});
  }
}

using FaissTest = std::function<bool(std::int64_t label)>;

/// The labels that a search may find; of a flat index, where Faiss asks for positions, by its map.
struct FaissSelector final : faiss::IDSelector {
  const FaissTest* test;
  const std::vector<std::int64_t>* labels;
  FaissSelector(const FaissTest& may, const std::vector<std::int64_t>* map) : test(&may), labels(map) {}
  bool is_member(std::int64_t id) const override {
    return (*test)(labels == nullptr ? id : (*labels)[static_cast<std::size_t>(id)]);
  }
};

struct FaissWriter final : faiss::IOWriter {
  AtomicFile file;
  explicit FaissWriter(const std::filesystem::path& path) : file(path) {}
  std::size_t operator()(const void* data, std::size_t size, std::size_t count) override {
    file.write(data, size * count);
    return count;
  }
};

class FaissIndex {
 public:
  FaissIndex() = default;

  [[nodiscard]] static FaissIndex flat(const FaissOptions& options) {
    auto inner = std::make_unique<faiss::IndexFlat>(static_cast<std::int64_t>(options.dims), metric_of(options.metric));
    auto map = std::make_unique<faiss::IndexIDMap2>(inner.get());
    map->own_fields = true;
    [[maybe_unused]] auto* owned = inner.release();
    return FaissIndex(std::move(map));
  }

  /// Trained on the rows.
  [[nodiscard]] static FaissIndex ivf_pq(const FaissOptions& options, std::span<const float> rows) {
    const auto dims = static_cast<std::int64_t>(options.dims);
    auto lists = std::make_unique<faiss::IndexFlat>(dims, metric_of(options.metric));
    auto index = std::make_unique<faiss::IndexIVFPQ>(lists.get(), options.dims, options.lists, pq_parts_of(options),
                                                     options.pq_bits, metric_of(options.metric));
    index->own_fields = true;
    [[maybe_unused]] auto* owned = lists.release();
    for (faiss::ClusteringParameters* centres : {&index->cp, &index->pq.cp}) {
      centres->seed = static_cast<int>(options.seed);
      centres->min_points_per_centroid = 1;  // fewer than 39 make Faiss print a warning
    }
    faiss_call("", ErrorKind::invalid_argument,
               [&] { index->train(static_cast<std::int64_t>(rows.size() / options.dims), rows.data()); });
    if (!options.keep_vectors) index->set_direct_map_type(faiss::DirectMap::Hashtable);  // for reconstruct()
    return FaissIndex(std::move(index));
  }

  /// Errors: `corrupt_file` for another kind of index than one of these two.
  [[nodiscard]] static FaissIndex read(const std::string& file, const FaissOptions& options) {
    std::unique_ptr<faiss::Index> index(
        faiss_call(file, ErrorKind::corrupt_file, [&] { return faiss::read_index(file.c_str()); }));
    const bool fits = index->d == static_cast<std::int64_t>(options.dims) &&
                      index->metric_type == metric_of(options.metric) &&
                      (dynamic_cast<faiss::IndexIDMap2*>(index.get()) != nullptr ||
                       (options.kind == FaissKind::ivf_pq && dynamic_cast<faiss::IndexIVFPQ*>(index.get()) != nullptr));
    if (!fits)
      throw Error(ErrorKind::corrupt_file, {.file = file, .problem = "an index of another kind, or of other vectors"});
    return FaissIndex(std::move(index));
  }

  /// Faiss's own writer does not wait for the disk, and is silent about what it cannot write at the end.
  void write(const std::filesystem::path& file) const {
    FaissWriter writer(file);
    faiss_call(path_text(file), ErrorKind::io, [&] { faiss::write_index(index_.get(), &writer); });
    writer.file.commit();
  }

  [[nodiscard]] bool has_lists() const { return ivf() != nullptr; }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(index_->ntotal); }

  void add(std::span<const float> rows, const std::vector<std::int64_t>& labels) {
    faiss_call("", ErrorKind::invalid_argument,
               [&] { index_->add_with_ids(static_cast<std::int64_t>(labels.size()), rows.data(), labels.data()); });
  }

  void remove(const std::vector<std::int64_t>& labels) {
    const faiss::IDSelectorBatch set(labels.size(), labels.data());
    const faiss::IDSelectorArray list(labels.size(), labels.data());
    const auto* lists = ivf();  // with a table of labels it takes no other selector
    const bool has_table = lists != nullptr && lists->direct_map.type == faiss::DirectMap::Hashtable;
    const faiss::IDSelector& which = has_table ? static_cast<const faiss::IDSelector&>(list) : set;
    faiss_call("", ErrorKind::invalid_argument, [&] { index_->remove_ids(which); });
  }

  /// The row of a label, as the index holds it.
  void reconstruct(std::int64_t label, float* row) const { index_->reconstruct(label, row); }

  /// Labels and scores, the best first; larger scores are better.
  [[nodiscard]] std::vector<std::pair<std::int64_t, float>> search(std::span<const float> query, std::size_t k,
                                                                   std::size_t probes, const FaissTest& test) const {
    const bool tests_late = test && index_->metric_type == faiss::METRIC_L1;  // where Faiss takes no selector
    const std::size_t most = tests_late ? size() : std::min(k, size());
    std::vector<std::int64_t> labels(most, -1);
    std::vector<float> distances(most);
    std::vector<std::pair<std::int64_t, float>> out;
    if (most == 0) return out;
    const auto* map = dynamic_cast<const faiss::IndexIDMap2*>(index_.get());
    const FaissSelector selector(test, map == nullptr ? nullptr : &map->id_map);
    faiss::IVFPQSearchParameters params;
    params.nprobe = probes;
    faiss::SearchParameters plain;
    params.sel = plain.sel = test && !tests_late ? const_cast<FaissSelector*>(&selector) : nullptr;
    const faiss::Index& index = map == nullptr ? *index_ : *map->index;
    faiss_call("", ErrorKind::invalid_argument, [&] {
      index.search(1, query.data(), static_cast<std::int64_t>(most), distances.data(), labels.data(),
                   map == nullptr ? &params : &plain);
    });
    for (std::size_t i = 0; i < most && labels[i] >= 0 && out.size() < k; ++i) {
      const std::int64_t label = map == nullptr ? labels[i] : map->id_map[static_cast<std::size_t>(labels[i])];
      if (!tests_late || test(label)) out.emplace_back(label, score_of(distances[i]));
    }
    return out;
  }

 private:
  explicit FaissIndex(std::unique_ptr<faiss::Index> index) : index_(std::move(index)) {}

  [[nodiscard]] static faiss::MetricType metric_of(Metric metric) {
    if (metric == Metric::euclidean) return faiss::METRIC_L2;
    return metric == Metric::manhattan ? faiss::METRIC_L1 : faiss::METRIC_INNER_PRODUCT;
  }

  [[nodiscard]] float score_of(float distance) const {
    if (index_->metric_type == faiss::METRIC_INNER_PRODUCT) return distance;
    return index_->metric_type == faiss::METRIC_L2 ? -std::sqrt(std::max(distance, 0.0F)) : -distance;
  }

  [[nodiscard]] faiss::IndexIVFPQ* ivf() const { return dynamic_cast<faiss::IndexIVFPQ*>(index_.get()); }

  std::unique_ptr<faiss::Index> index_{};
};

}  // namespace glossa::detail
