// Work on a store comes in; it is done in one order, and what it wrote is there as a whole or not at all.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/store/store_database.hpp>

#include <functional>
#include <mutex>
#include <utility>

namespace glossa::detail {

/// For several threads, one at a time: mutex() is held by whoever reads or writes.
class StoreTransactions {
 public:
  /// begun() is called in each transaction that writes, before its work; undone() where a part of one failed.
  StoreTransactions(StoreDatabase& database, std::function<void()> begun, std::function<void()> undone)
      : database_(database), begun_(std::move(begun)), undone_(std::move(undone)) {}

  [[nodiscard]] std::recursive_mutex& mutex() noexcept { return mutex_; }
  /// With mutex() held: whether a transaction writes.
  [[nodiscard]] bool is_writing() const noexcept { return depth_ > 0; }

  /// Calls work() with the database as it is at one moment.
  template <class Work>
  auto read(Work&& work) {
    const std::lock_guard lock(mutex_);
    if (depth_ > 0) require_open();
    if (database_.connection().in_transaction()) return work();
    database_.begin_read();
    const Finally end{[this] { database_.roll_back(); }};  // nothing was written: that ends it as well as a commit
    return work();
  }

  /// Calls work() in a transaction: what it wrote is there when this has returned, or nothing of it. Inside of another
  /// one it is a part of that, and leaves nothing where it fails, so that the rest can go on.
  template <class Work>
  void write(Work&& work) {
    const std::lock_guard lock(mutex_);
    if (depth_ > 0) return write_part(work);
    if (database_.connection().in_transaction())
      throw Error(ErrorKind::invalid_argument, {.file = database_.file(),
                                                .problem = "a call that reads the store cannot write to it",
                                                .remedy = "write when it has returned"});
    database_.begin_write();
    depth_ = 1;
    bool done = false;
    const Finally end{[&] {
      depth_ = 0;
      if (done) return;
      database_.roll_back();
      undone_();
    }};
    begun_();
    work();
    require_open();
    database_.commit();
    done = true;
  }

 private:
  template <class F>
  struct Finally {
    F call;
    ~Finally() { call(); }
  };
  template <class F>
  Finally(F) -> Finally<F>;

  template <class Work>
  void write_part(Work& work) {
    require_open();
    const StoreState before = database_.writing();
    database_.connection().execute("SAVEPOINT part");
    ++depth_;
    bool done = false;
    const Finally end{[&] {
      --depth_;
      if (done) return;
      database_.writing() = before;
      sqlite3_exec(database_.connection().get(), "ROLLBACK TO part; RELEASE part", nullptr, nullptr, nullptr);
      undone_();
    }};
    work();
    require_open();
    database_.connection().execute("RELEASE part");
    done = true;
  }

  /// SQLite itself takes all of a transaction back where the disk is full or fails. What came then would be kept
  /// statement by statement: nothing may.
  void require_open() const {
    if (database_.connection().in_transaction()) return;
    throw Error(ErrorKind::io, {.file = database_.file(),
                                .problem = "the transaction was taken back as a whole, because a part of it failed",
                                .remedy = "let the error of that part end the transaction, and begin it anew"});
  }

  StoreDatabase& database_;
  std::function<void()> begun_;
  std::function<void()> undone_;
  std::recursive_mutex mutex_;
  int depth_ = 0;  ///< of transactions that write
};

}  // namespace glossa::detail
