// Vectors with ids come in; they lie side by side in the form of an index, and can be taken out and saved.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/fair_shared_mutex.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/core/thread_pool.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/search/growing_rows.hpp>
#include <glossa/search/index.hpp>
#include <glossa/search/index_file.hpp>
#include <glossa/search/slot_table.hpp>
#include <glossa/search/vector_coder.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace glossa::detail {

struct IdOf {
  const GrowingRows& ids;
  [[nodiscard]] std::uint64_t operator()(std::uint32_t slot) const noexcept { return *ids.as<std::uint64_t>(slot); }
};

/// The rows of an index. A slot is the place of a row; it can be free (its row was removed, or is not yet written) or
/// taken. Who reads rows holds lock() shared, and who changes those that others may be reading holds it alone.
class RowStore {
 public:
  /// keeps_length: rows of floats are not brought to unit length for Metric::cosine.
  RowStore(IndexOptions options, bool keeps_length) : options_(std::move(options)), keeps_length_(keeps_length) {
    if (options_.metric == Metric::manhattan)
      throw Error(ErrorKind::unsupported, {.field = "IndexOptions::metric",
                                           .expected = "cosine, dot or euclidean",
                                           .found = to_string(options_.metric),
                                           .remedy = "use top_k for it"});
    kernels_ = kernels_of<float>(choose_level(options_.cpu_level));
    executor_ = options_.executor;
    if (executor_ == nullptr) executor_ = std::make_shared<ThreadPool>(options_.threads);
  }

  /// The rows in a file. Errors: `corrupt_file`.
  RowStore(std::shared_ptr<const IndexFile> file, const IndexLoadOptions& load, bool keeps_length)
      : RowStore(read_options(*file, load), keeps_length) {
    file_ = std::move(file);
    const Params params = file_->value<Params>("params");
    const std::size_t slots = checked_slots(params.slots);
    if (params.dims > kMostDims) file_->damaged("params", "the vectors are too long", "");
    has_unit_rows_ = params.has_unit_rows == 1;
    dims_ = static_cast<std::size_t>(params.dims);
    if (dims_ != 0) set_coders(new_coder(dims_), new_fine_coder(dims_));
    if (dims_ == 0 && slots != 0) file_->damaged("params", "the vectors have no length", "");
    const auto rows_of = [&](const char* name, std::size_t row_bytes) {
      return GrowingRows(row_bytes, row_bytes == 0 ? std::span<std::byte>{} : file_->section(name, slots * row_bytes));
    };
    codes_ = rows_of("codes", coder_.row_bytes());
    ids_ = rows_of("ids", sizeof(std::uint64_t));
    states_ = rows_of("states", 1);
    if (options_.rescore) fine_ = rows_of("fine", fine_coder_.row_bytes());
    if (coder_.has_mean() && dims_ != 0) coder_.set_mean(read_mean("mean"));
    if (options_.rescore && fine_coder_.has_mean() && dims_ != 0) fine_coder_.set_mean(read_mean("finemean"));
    slots_ = slots;
    for (std::size_t slot = 0; slot < slots; ++slot) {
      const auto state = std::to_integer<unsigned>(*states_[slot]);
      if (state > 1) file_->damaged("states", "a row is neither there nor free", "");
      if (state == 1) ++size_;
      if (state == 0) free_.push_back(static_cast<std::uint32_t>(slot));
    }
    has_table_ = false;
  }

  [[nodiscard]] const IndexOptions& options() const noexcept { return options_; }
  [[nodiscard]] const Kernels<float>& kernels() const noexcept { return kernels_; }
  [[nodiscard]] Executor& executor() const noexcept { return *executor_; }
  [[nodiscard]] const std::shared_ptr<Executor>& shared_executor() const noexcept { return executor_; }
  [[nodiscard]] FairSharedMutex& lock() const noexcept { return lock_; }
  [[nodiscard]] const std::shared_ptr<const IndexFile>& file() const noexcept { return file_; }

  [[nodiscard]] const VectorCoder& coder() const noexcept { return coder_; }
  [[nodiscard]] std::size_t dims() const noexcept { return dims_.load(std::memory_order_relaxed); }
  /// Rows that are there.
  [[nodiscard]] std::size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }
  /// Slots that were ever taken.
  [[nodiscard]] std::size_t slots() const noexcept { return slots_.load(std::memory_order_acquire); }

  [[nodiscard]] bool is_taken(std::size_t slot) const noexcept {
    return std::atomic_ref(*const_cast<unsigned char*>(states_.as<unsigned char>(slot)))
               .load(std::memory_order_acquire) != 0;
  }
  [[nodiscard]] std::uint64_t id(std::size_t slot) const noexcept { return *ids_.as<std::uint64_t>(slot); }
  [[nodiscard]] const GrowingRows& codes() const noexcept { return codes_; }
  [[nodiscard]] const GrowingRows& ids() const noexcept { return ids_; }

  /// The similarity in double of a query and a row's finest copy.
  [[nodiscard]] double exact_score(std::span<const float> query, std::size_t slot, std::vector<float>& scratch) const {
    scratch.resize(dims_);
    if (options_.rescore) {
      fine_coder_.decode(fine_[slot], scratch.data());
    } else {
      coder_.decode(codes_[slot], scratch.data());
    }
    return exact_similarity(query, scratch, options_.metric);
  }

  /// Whether all vectors ever added had unit length, so that products are cosines.
  [[nodiscard]] bool has_unit_rows() const noexcept { return has_unit_rows_.load(std::memory_order_relaxed); }

  /// Errors: `invalid_argument` for a query of another length or with NaN or infinity in it. True where there is
  /// nothing to look for.
  [[nodiscard]] bool has_nothing_for(std::span<const float> query, std::size_t k) const {
    if (dims() != 0) require_same_size("search", query.size(), dims());
    if (!is_finite(query)) refuse_values("the query");
    return size() == 0 || k == 0;
  }

  /// Checks vectors to be added, and gives the rows that count: of those with the same id the last. The first ones
  /// decide on the length and the mean. Errors: `invalid_argument`.
  [[nodiscard]] std::vector<std::size_t> prepare(std::span<const std::uint64_t> ids, const Embeddings& vectors) {
    if (ids.size() != vectors.rows())
      throw Error(ErrorKind::invalid_argument,
                  {.field = "add",
                   .expected = "an id for each of " + std::to_string(vectors.rows()) + " vectors",
                   .found = std::to_string(ids.size()) + " ids"});
    for (std::size_t r = 0; r < ids.size(); ++r)
      if (!is_finite(vectors[r])) refuse_values("the vector with id " + std::to_string(ids[r]));
    std::vector<std::size_t> rows;
    std::unordered_set<std::uint64_t> known;
    for (std::size_t r = ids.size(); r > 0; --r)
      if (known.insert(ids[r - 1]).second) rows.push_back(r - 1);
    std::reverse(rows.begin(), rows.end());
    if (rows.empty()) return rows;
    {
      const std::lock_guard books(books_);  // before lock() is held alone, since it takes its time
      (void)table();
    }
    const std::unique_lock lock(lock_);
    if (dims_ != 0) require_same_size("add", vectors.dims(), dims_);
    note_lengths(vectors);
    if (dims_ != 0) return rows;
    if (vectors.dims() == 0 || vectors.dims() > kMostDims)
      throw Error(ErrorKind::invalid_argument, {.field = "add",
                                                .expected = "vectors of 1 to " + std::to_string(kMostDims) + " numbers",
                                                .found = std::to_string(vectors.dims())});
    // Of so many the mean is as good as of all.
    const std::size_t sample = std::min<std::size_t>(vectors.rows(), 20000);
    VectorCoder coder = new_coder(vectors.dims());
    if (coder.has_mean()) coder.set_mean_of(vectors.values().data(), sample);
    VectorCoder fine_coder = new_fine_coder(vectors.dims());
    if (options_.rescore && fine_coder.has_mean()) fine_coder.set_mean_of(vectors.values().data(), sample);
    set_coders(std::move(coder), std::move(fine_coder));
    dims_ = vectors.dims();
    return rows;
  }

  [[nodiscard]] std::optional<std::uint32_t> find(std::uint64_t id) const {
    const std::lock_guard books(books_);
    return table().find(id, IdOf{ids_});
  }

  [[nodiscard]] bool contains(std::uint64_t id) const {
    const std::shared_lock lock(lock_);
    const std::optional<std::uint32_t> slot = find(id);
    return slot && is_taken(*slot);
  }

  struct NewSlot {
    std::uint32_t slot = 0;
    bool recycled = false;  ///< it held a row before
  };

  /// A slot for an id; one that the id has is given up. A free one, unless a fresh one is asked for, for which
  /// make_room(slot) is called. It is not taken yet. With lock(): alone, or shared for a fresh one. Where memory runs
  /// out, nothing has changed.
  template <class MakeRoom>
  [[nodiscard]] NewSlot new_slot(std::uint64_t id, bool fresh, MakeRoom&& make_room) {
    const std::lock_guard books(books_);
    table().make_room(IdOf{ids_});
    if (free_.size() == free_.capacity()) free_.reserve(2 * free_.size() + 16);
    NewSlot out;
    if (!fresh && !free_.empty()) {
      retire(id);
      out = {free_.back(), true};
      free_.pop_back();
    } else {
      const std::size_t next = slots_.load(std::memory_order_relaxed);
      if (next >= kMostSlots)
        throw Error(ErrorKind::unsupported,
                    {.field = "add", .expected = "at most " + std::to_string(kMostSlots) + " vectors"});
      grow_to(next + 1);
      out.slot = static_cast<std::uint32_t>(next);
      make_room(out.slot);
      retire(id);
      *states_.as<unsigned char>(next) = 0;
      slots_.store(next + 1, std::memory_order_release);
    }
    *ids_.as<std::uint64_t>(out.slot) = id;
    table().add(id, out.slot, IdOf{ids_});
    return out;
  }

  /// A slot that new_slot() would give again, if there is one.
  [[nodiscard]] bool has_free_slot() const {
    const std::lock_guard books(books_);
    return !free_.empty();
  }

  /// Writes a row that nobody reads.
  void write(std::uint32_t slot, std::span<const float> vector) {
    coder_.encode(vector, codes_[slot]);
    if (options_.rescore) fine_coder_.encode(vector, fine_[slot]);
  }

  /// Rows in the forms of this store, on their way to it.
  struct EncodedRows {
    AlignedBuffer<std::byte> codes;
    AlignedBuffer<std::byte> fine;
  };

  /// Encodes some rows with all threads. Without lock(): a task must not wait for who holds it.
  void encode(const Embeddings& vectors, std::span<const std::size_t> rows, EncodedRows& out) const {
    const std::size_t bytes = coder_.row_bytes();
    const std::size_t fine_bytes = options_.rescore ? fine_coder_.row_bytes() : 0;
    std::byte* codes = out.codes.ensure(rows.size() * bytes);
    std::byte* fine = out.fine.ensure(rows.size() * fine_bytes);
    constexpr std::size_t kShare = 64;
    parallel_for(*executor_, (rows.size() + kShare - 1) / kShare, [&](std::size_t share, std::size_t) {
      for (std::size_t i = share * kShare; i < std::min(rows.size(), (share + 1) * kShare); ++i) {
        coder_.encode(vectors[rows[i]], codes + i * bytes);
        if (fine_bytes != 0) fine_coder_.encode(vectors[rows[i]], fine + i * fine_bytes);
      }
    });
  }

  /// Writes row i of those.
  void write(std::uint32_t slot, const EncodedRows& rows, std::size_t i) {
    std::memcpy(codes_[slot], rows.codes.data() + i * codes_.row_bytes(), codes_.row_bytes());
    if (options_.rescore) std::memcpy(fine_[slot], rows.fine.data() + i * fine_.row_bytes(), fine_.row_bytes());
  }

  /// From now on the row can be found, unless its id was removed or added again since new_slot().
  void publish(std::uint32_t slot) {
    const std::lock_guard books(books_);
    if (table().find(id(slot), IdOf{ids_}) != slot) return free_.push_back(slot);
    std::atomic_ref(*states_.as<unsigned char>(slot)).store(1, std::memory_order_release);
    size_.fetch_add(1, std::memory_order_relaxed);
  }

  /// Takes an id out; its row stays where it is until the slot is used again. False where the id is not there.
  bool remove(std::uint64_t id) {
    const std::lock_guard books(books_);
    return retire(id);
  }

  /// Shared.
  [[nodiscard]] std::size_t memory_bytes() const {
    const std::lock_guard books(books_);
    const std::size_t row = codes_.row_bytes() + fine_.row_bytes() + ids_.row_bytes() + states_.row_bytes();
    return slots() * row + table_.bytes() + free_.capacity() * sizeof(std::uint32_t);
  }

  /// The slots that are taken, in order.
  [[nodiscard]] std::vector<std::uint32_t> taken_slots() const {
    std::vector<std::uint32_t> out;
    out.reserve(size());
    for (std::size_t slot = 0; slot < slots(); ++slot)
      if (is_taken(slot)) out.push_back(static_cast<std::uint32_t>(slot));
    return out;
  }

  /// Writes these slots, in this order. Shared.
  void save(IndexWriter& writer, std::span<const std::uint32_t> order) const {
    Params params;
    params.metric = static_cast<std::uint32_t>(options_.metric);
    params.vectors = static_cast<std::uint32_t>(options_.vectors);
    params.rescore = options_.rescore ? static_cast<std::uint32_t>(*options_.rescore) + 1 : 0;
    params.has_unit_rows = has_unit_rows() ? 1 : 0;
    params.dims = dims_;
    params.slots = order.size();
    writer.values("params", std::span<const Params>(&params, 1));
    writer.section("model", std::as_bytes(std::span(options_.model)));
    if (coder_.has_mean()) writer.values("mean", std::span(coder_.mean()));
    if (options_.rescore && fine_coder_.has_mean()) writer.values("finemean", std::span(fine_coder_.mean()));
    save_rows(writer, "codes", codes_, order);
    save_rows(writer, "ids", ids_, order);
    save_rows(writer, "states", states_, order);
    save_rows(writer, "fine", fine_, order);
  }

  /// Writes rows of the caller's, one a slot, in the order of the slots.
  static void save_rows(IndexWriter& writer, const char* name, const GrowingRows& rows,
                        std::span<const std::uint32_t> order) {
    if (rows.row_bytes() == 0) return;
    writer.begin(name);
    for (std::size_t i = 0; i < order.size();) {
      std::size_t count = 1;
      const std::size_t run = rows.run_from(order[i]);
      while (i + count < order.size() && count < run && order[i + count] == order[i] + count) ++count;
      writer.add({rows[order[i]], count * rows.row_bytes()});
      i += count;
    }
    writer.end();
  }

  static constexpr std::size_t kMostDims = std::size_t{1} << 16;  ///< for which sums of bytes fit into 32 bits
  static constexpr std::size_t kMostSlots = 0x7FFFFFF0u;

 private:
  struct Params {
    std::uint32_t metric = 0;
    std::uint32_t vectors = 0;
    std::uint32_t rescore = 0;
    std::uint32_t has_unit_rows = 0;
    std::uint64_t dims = 0;
    std::uint64_t slots = 0;
  };

  static IndexOptions read_options(const IndexFile& file, const IndexLoadOptions& load) {
    const auto params = file.value<Params>("params");
    if (params.metric > static_cast<std::uint32_t>(Metric::euclidean))
      file.damaged("params", "there is no such metric", "");
    if (params.vectors > 4 || params.rescore > 5) file.damaged("params", "there is no such form of vectors", "");
    IndexOptions options;
    options.metric = static_cast<Metric>(params.metric);
    options.vectors = static_cast<VectorForm>(params.vectors);
    if (params.rescore != 0) options.rescore = static_cast<VectorForm>(params.rescore - 1);
    const std::span<const std::byte> model = file.section("model");
    options.model.assign(reinterpret_cast<const char*>(model.data()), model.size());
    options.threads = load.threads;
    options.executor = load.executor;
    options.cpu_level = load.cpu_level;
    return options;
  }

  [[nodiscard]] std::size_t checked_slots(std::uint64_t slots) const {
    if (slots > kMostSlots) file_->damaged("params", "there are too many rows", "");
    return static_cast<std::size_t>(slots);
  }

  [[nodiscard]] std::vector<float> read_mean(const char* name) const {
    std::vector<float> mean(dims_);
    const std::span<const std::byte> bytes = file_->section(name, dims_ * sizeof(float));
    std::memcpy(mean.data(), bytes.data(), bytes.size());
    if (!is_finite(mean)) file_->damaged(name, "a number is not finite", "");
    return mean;
  }

  [[nodiscard]] VectorCoder new_coder(std::size_t dims) const {
    return VectorCoder(options_.vectors, options_.metric, dims, keeps_length_ && options_.vectors == VectorForm::f32);
  }
  [[nodiscard]] VectorCoder new_fine_coder(std::size_t dims) const {
    return options_.rescore ? VectorCoder(*options_.rescore, options_.metric, dims, true) : VectorCoder();
  }
  void set_coders(VectorCoder coder, VectorCoder fine_coder) noexcept {
    coder_ = std::move(coder);
    codes_ = GrowingRows(coder_.row_bytes());
    fine_coder_ = std::move(fine_coder);
    fine_ = GrowingRows(options_.rescore ? fine_coder_.row_bytes() : 0);
  }

  void note_lengths(const Embeddings& vectors) noexcept {
    for (std::size_t r = 0; r < vectors.rows() && has_unit_rows(); ++r)
      if (std::abs(exact_dot(vectors[r], vectors[r]) - 1) > 1e-3)
        has_unit_rows_.store(false, std::memory_order_relaxed);
  }

  /// With books_ held. A slot that is not yet published is left to publish().
  bool retire(std::uint64_t id) {
    const std::optional<std::uint32_t> slot = table().find(id, IdOf{ids_});
    if (!slot) return false;
    table().remove(id, IdOf{ids_});
    if (std::atomic_ref(*states_.as<unsigned char>(*slot)).exchange(0, std::memory_order_acq_rel) == 0) return true;
    size_.fetch_sub(1, std::memory_order_relaxed);
    free_.push_back(*slot);
    return true;
  }

  void grow_to(std::size_t rows) {
    for (GrowingRows* each : {&codes_, &fine_, &ids_, &states_}) each->grow_to(rows);
  }

  /// The table, made when it is first needed, since a search does without. With books_ held.
  SlotTable& table() const {
    if (has_table_) return table_;
    table_.reserve(size());
    for (std::size_t slot = 0; slot < slots(); ++slot)
      if (is_taken(slot)) table_.add(id(slot), static_cast<std::uint32_t>(slot), IdOf{ids_});
    has_table_ = true;
    return table_;
  }

  [[nodiscard]] static bool is_finite(std::span<const float> values) noexcept {
    return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
  }
  [[noreturn]] static void refuse_values(const std::string& what) {
    throw Error(ErrorKind::invalid_argument, {.field = what, .expected = "numbers", .found = "NaN or infinity"});
  }

  IndexOptions options_;
  bool keeps_length_;
  Kernels<float> kernels_;
  std::shared_ptr<Executor> executor_;
  std::shared_ptr<const IndexFile> file_;
  std::atomic<std::size_t> dims_{0};
  VectorCoder coder_;
  VectorCoder fine_coder_;
  GrowingRows codes_;
  GrowingRows fine_;
  GrowingRows ids_{sizeof(std::uint64_t)};
  GrowingRows states_{1};
  std::atomic<std::size_t> slots_{0};
  std::atomic<std::size_t> size_{0};
  std::atomic<bool> has_unit_rows_{true};
  mutable FairSharedMutex lock_;
  mutable std::mutex books_;  // of what follows
  mutable SlotTable table_;
  mutable bool has_table_ = true;
  std::vector<std::uint32_t> free_;
};

}  // namespace glossa::detail
