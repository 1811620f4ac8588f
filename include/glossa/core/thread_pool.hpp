// A number of threads comes in; an executor that runs tasks on them goes out.
#pragma once

#include <glossa/core/cpu_count.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/executor.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace glossa {

/// A fixed number of threads that sleep while there is nothing to do. They start with the first job that needs
/// them; the thread that calls run() works too, so a busy pool delays nobody and nested calls cannot deadlock.
class ThreadPool final : public Executor {
 public:
  /// `threads` counts the caller: 1 starts none. 0 means available_threads().
  /// Errors: `invalid_argument` for more than kMost. Where the system gives fewer threads, those do the work.
  explicit ThreadPool(std::size_t threads = 0) : concurrency_(threads == 0 ? available_threads() : threads) {
    if (threads > kMost)
      throw Error(
          ErrorKind::invalid_argument,
          {.field = "threads", .expected = "at most " + std::to_string(kMost), .found = std::to_string(threads)});
  }

  static constexpr std::size_t kMost = 4096;

  ~ThreadPool() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  [[nodiscard]] std::size_t concurrency() const noexcept override { return concurrency_; }

  void run(std::size_t count, const std::function<void(std::size_t)>& task) override {
    if (count == 0) return;
    if (count == 1 || concurrency_ == 1) {
      for (std::size_t i = 0; i < count; ++i) task(i);
      return;
    }
    const auto job = std::make_shared<Job>(count, &task);
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(job);
      start_threads();
    }
    wake_.notify_all();
    work_on(*job);
    std::unique_lock lock(mutex_);
    job->finished.wait(lock, [&] { return job->done == job->count; });
    jobs_.erase(std::remove(jobs_.begin(), jobs_.end(), job), jobs_.end());
  }

 private:
  struct Job {
    Job(std::size_t n, const std::function<void(std::size_t)>* t) : count(n), task(t) {}
    const std::size_t count;
    const std::function<void(std::size_t)>* task;  // lives until run() returns, which waits for `done`
    std::atomic<std::size_t> next{0};
    std::size_t done = 0;  // guarded by mutex_
    std::condition_variable finished;
  };

  /// Starts the threads that are missing, or as many as the system gives. With mutex_ held.
  void start_threads() {
    try {
      while (threads_.size() + 1 < concurrency_) threads_.emplace_back([this] { serve(); });
    } catch (const std::system_error&) {
    } catch (const std::bad_alloc&) {
    }
  }

  void work_on(Job& job) {
    std::size_t mine = 0;
    for (std::size_t i; (i = job.next.fetch_add(1)) < job.count; ++mine) (*job.task)(i);
    if (mine == 0) return;
    const std::lock_guard lock(mutex_);
    job.done += mine;
    if (job.done == job.count) job.finished.notify_all();
  }

  void serve() {
    std::unique_lock lock(mutex_);
    while (true) {
      std::shared_ptr<Job> job;
      wake_.wait(lock, [&] {
        for (const auto& candidate : jobs_)
          if (candidate->next.load() < candidate->count) return job = candidate, true;
        return stopping_;
      });
      if (!job) return;
      lock.unlock();
      work_on(*job);
      lock.lock();
    }
  }

  const std::size_t concurrency_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Job>> jobs_;
  std::vector<std::thread> threads_;
  bool stopping_ = false;
};

}  // namespace glossa
