// Vectors with ids come in; they lie side by side in the form of an index, and can be taken out and saved.
#pragma once

#include <glossa/core/aligned_buffer.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/fair_shared_mutex.hpp>
#include <glossa/core/parallel_for.hpp>
#include <glossa/core/thread_pool.hpp>
#include <glossa/kernels/dispatch.hpp>
#include <glossa/search/added_vectors.hpp>
#include <glossa/search/growing_rows.hpp>
#include <glossa/search/index.hpp>
#include <glossa/search/index_file.hpp>
#include <glossa/search/row_file.hpp>
#include <glossa/search/slot_book.hpp>
#include <glossa/search/vector_coder.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {

/// The rows of an index, each in a slot of its book(). Who reads rows holds lock() shared, and who changes those that
/// others may be reading holds it alone.
class RowStore {
 public:
  /// keeps_length: rows of floats are not brought to unit length for Metric::cosine.
  RowStore(IndexOptions options, bool keeps_length) : options_(std::move(options)), keeps_length_(keeps_length) {
    if (options_.metric == Metric::manhattan)
      throw Error(ErrorKind::unsupported, {.field = "IndexOptions::metric",
                                           .expected = "cosine, dot or euclidean",
                                           .found = to_string(options_.metric),
                                           .remedy = "use top_k for it"});
    if (options_.rescore && !is_finer(*options_.rescore, options_.vectors))
      throw Error(ErrorKind::invalid_argument,
                  {.field = "IndexOptions::rescore",
                   .expected = std::string("a form that keeps more of a vector than ") + to_string(options_.vectors),
                   .found = to_string(*options_.rescore),
                   .remedy = "leave it out, or choose a finer one"});
    kernels_ = kernels_of<float>(choose_level(options_.cpu_level));
    executor_ = options_.executor;
    if (executor_ == nullptr) executor_ = std::make_shared<ThreadPool>(options_.threads);
  }

  /// The rows in a file. Errors: `corrupt_file`.
  RowStore(std::shared_ptr<const IndexFile> file, const IndexLoadOptions& load, bool keeps_length)
      : RowStore(read_options(*file, load), keeps_length) {
    file_ = std::move(file);
    const auto params = file_->value<RowParams>("params");
    if (params.slots > SlotBook::kMostSlots) file_->damaged("params", "there are too many rows", "");
    const auto slots = static_cast<std::size_t>(params.slots);
    if (params.dims > kMostDims) file_->damaged("params", "the vectors are too long", "");
    has_unit_rows_ = params.has_unit_rows == 1;
    dims_ = static_cast<std::size_t>(params.dims);
    if (dims_ != 0) set_coders(new_coder(dims_), new_fine_coder(dims_));
    if (dims_ == 0 && slots != 0) file_->damaged("params", "the vectors have no length", "");
    const auto rows_of = [&](const char* name, std::size_t row_bytes) {
      return GrowingRows(row_bytes, row_bytes == 0 ? std::span<std::byte>{} : file_->section(name, slots * row_bytes));
    };
    codes_ = rows_of("codes", coder_.row_bytes());
    if (options_.rescore) fine_ = rows_of("fine", fine_coder_.row_bytes());
    if (coder_.has_mean() && dims_ != 0) coder_.set_mean(read_mean(*file_, "mean", dims_));
    if (options_.rescore && fine_coder_.has_mean() && dims_ != 0)
      fine_coder_.set_mean(read_mean(*file_, "finemean", dims_));
    book_.load(*file_, slots);
  }

  [[nodiscard]] const IndexOptions& options() const noexcept { return options_; }
  [[nodiscard]] const Kernels<float>& kernels() const noexcept { return kernels_; }
  [[nodiscard]] Executor& executor() const noexcept { return *executor_; }
  [[nodiscard]] const std::shared_ptr<Executor>& shared_executor() const noexcept { return executor_; }
  [[nodiscard]] FairSharedMutex& lock() const noexcept { return lock_; }
  [[nodiscard]] const std::shared_ptr<const IndexFile>& file() const noexcept { return file_; }

  [[nodiscard]] const VectorCoder& coder() const noexcept { return coder_; }
  [[nodiscard]] std::size_t dims() const noexcept { return dims_.load(std::memory_order_relaxed); }
  [[nodiscard]] SlotBook& book() noexcept { return book_; }
  [[nodiscard]] const SlotBook& book() const noexcept { return book_; }
  /// Rows that are there.
  [[nodiscard]] std::size_t size() const noexcept { return book_.size(); }
  [[nodiscard]] std::size_t slots() const noexcept { return book_.slots(); }
  [[nodiscard]] bool is_taken(std::size_t slot) const noexcept { return book_.is_taken(slot); }
  [[nodiscard]] std::uint64_t id(std::size_t slot) const noexcept { return book_.id(slot); }
  [[nodiscard]] const GrowingRows& codes() const noexcept { return codes_; }
  [[nodiscard]] const GrowingRows& ids() const noexcept { return book_.ids(); }

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
    require_numbers(query, "the query");
    return size() == 0 || k == 0;
  }

  /// Checks vectors to be added, and gives the rows that count: of those with the same id the last. The first ones
  /// decide on the length and the mean. Errors: `invalid_argument`.
  [[nodiscard]] std::vector<std::size_t> prepare(std::span<const std::uint64_t> ids, const Embeddings& vectors) {
    std::vector<std::size_t> rows = checked_rows(ids, vectors);
    if (rows.empty()) return rows;
    book_.prepare();  // before lock() is held alone, since it takes its time
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

  /// SlotBook::claim(), with room for the row. With lock(): alone, or shared for a fresh slot.
  template <class MakeRoom>
  [[nodiscard]] SlotBook::Claim claim(std::uint64_t id, bool fresh, MakeRoom&& make_room) {
    return book_.claim(id, fresh, [&](std::uint32_t slot) {
      codes_.grow_to(std::size_t{slot} + 1);
      fine_.grow_to(std::size_t{slot} + 1);
      make_room(slot);
    });
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

  /// Shared.
  [[nodiscard]] std::size_t memory_bytes() const {
    return slots() * (codes_.row_bytes() + fine_.row_bytes()) + book_.memory_bytes();
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
    RowParams params;
    params.has_unit_rows = has_unit_rows() ? 1 : 0;
    params.dims = dims_;
    params.slots = order.size();
    save_options(writer, options_, params);
    if (coder_.has_mean()) writer.values("mean", std::span(coder_.mean()));
    if (options_.rescore && fine_coder_.has_mean()) writer.values("finemean", std::span(fine_coder_.mean()));
    save_rows(writer, "codes", codes_, order);
    save_rows(writer, "ids", book_.ids(), order);
    save_rows(writer, "states", book_.states(), order);
    save_rows(writer, "fine", fine_, order);
  }

  static constexpr std::size_t kMostDims = std::size_t{1} << 16;  ///< for which sums of bytes fit into 32 bits

 private:
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
  SlotBook book_;
  std::atomic<bool> has_unit_rows_{true};
  mutable FairSharedMutex lock_;
};

}  // namespace glossa::detail
