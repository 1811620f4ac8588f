// One Embedder, many threads; and threads that someone else provides.
#include "catch.hpp"
#include "small_model.hpp"

#include <glossa/core/thread_pool.hpp>
#include <glossa/glossa.hpp>

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

TEST_CASE("eight threads share one const Embedder") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path(), {.threads = 3, .batch_tokens = 64});
  const auto texts = test::mixed_texts(60);
  const auto expected = embedder.embed(texts);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int round = 0; round < 5; ++round) {
        if (t % 2 == 0) {
          if (!std::ranges::equal(embedder.embed(texts).values(), expected.values())) ++wrong;
        } else {
          const std::size_t i = (t * 7 + static_cast<std::size_t>(round) * 13) % texts.size();
          if (!std::ranges::equal(embedder.embed(texts[i]), expected[i])) ++wrong;
          if (embedder.tokenizer().encode(texts[i]).ids.empty()) ++wrong;
        }
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

namespace {

/// Counts what it is asked to run; runs it on one thread, last task first.
class BackwardExecutor final : public glossa::Executor {
 public:
  std::size_t concurrency() const noexcept override { return 4; }
  void run(std::size_t count, const std::function<void(std::size_t)>& task) override {
    tasks += count;
    for (std::size_t i = count; i-- > 0;) task(i);
  }
  std::atomic<std::size_t> tasks{0};
};

}  // namespace

TEST_CASE("the work can run on the caller's executor") {
  const test::SmallModel model;
  const auto executor = std::make_shared<BackwardExecutor>();
  const glossa::Embedder borrowed(model.path(), {.executor = executor});
  const std::size_t after_loading = executor->tasks;
  const glossa::Embedder own(model.path(), {.threads = 1});
  const auto texts = test::mixed_texts(50);
  CHECK(std::ranges::equal(borrowed.embed(texts).values(), own.embed(texts).values()));
  CHECK(executor->tasks > after_loading);
  CHECK(borrowed.info().threads == 4);
}

TEST_CASE("two Embedders can share a pool") {
  const test::SmallModel a("multilingual-e5-small");
  const test::SmallModel b("e5-base-v2");
  const auto pool = std::make_shared<glossa::ThreadPool>(3);
  const glossa::Embedder first(a.path(), {.executor = pool});
  const glossa::Embedder second(b.path(), {.executor = pool});
  const auto texts = test::mixed_texts(40);
  const auto expected_first = first.embed(texts);
  const auto expected_second = second.embed(texts);
  std::atomic<int> wrong{0};
  std::thread other([&] {
    for (int i = 0; i < 5; ++i) wrong += !std::ranges::equal(second.embed(texts).values(), expected_second.values());
  });
  for (int i = 0; i < 5; ++i) wrong += !std::ranges::equal(first.embed(texts).values(), expected_first.values());
  other.join();
  CHECK(wrong == 0);
}

namespace {

/// Has another number of threads each time it is asked, now and then none.
class ChangingExecutor final : public glossa::Executor {
 public:
  std::size_t concurrency() const noexcept override { return asked_++ % 5; }
  void run(std::size_t count, const std::function<void(std::size_t)>& task) override {
    for (std::size_t i = 0; i < count; ++i) task(i);
  }

 private:
  mutable std::atomic<std::size_t> asked_{0};
};

/// One thread that runs another of the waiting tasks whenever a task waits, as work-stealing schedulers do.
class HelpingExecutor final : public glossa::Executor {
 public:
  std::size_t concurrency() const noexcept override { return 3; }
  void run(std::size_t count, const std::function<void(std::size_t)>& task) override {
    for (std::size_t i = 0; i < count; ++i) waiting_.emplace_back([&task, i] { task(i); });
    while (!waiting_.empty()) {
      const auto next = waiting_.front();
      waiting_.pop_front();
      next();
    }
  }

 private:
  std::deque<std::function<void()>> waiting_;
};

}  // namespace

TEST_CASE("an executor may change its number of threads at any time") {
  const test::SmallModel model;
  const glossa::Embedder changing(model.path(), {.executor = std::make_shared<ChangingExecutor>(), .batch_tokens = 32});
  const glossa::Embedder own(model.path(), {.threads = 1});
  const auto texts = test::mixed_texts(60);
  for (int i = 0; i < 5; ++i) CHECK(std::ranges::equal(changing.embed(texts).values(), own.embed(texts).values()));
}

TEST_CASE("a callback may embed on the same executor, whose threads take up other work of the call meanwhile") {
  const test::SmallModel model;
  const glossa::Embedder embedder(model.path(), {.executor = std::make_shared<HelpingExecutor>(), .batch_tokens = 16});
  const auto texts = test::mixed_texts(30);
  glossa::EmbedOptions options;
  std::size_t last = 0;
  options.progress = [&](const glossa::Progress& progress) {
    (void)embedder.embed({"the cat", "sleep", "a protein", "museo"});
    last = progress.done;
  };
  const auto vectors = embedder.embed(texts, options);
  CHECK(last == texts.size());
  CHECK(std::ranges::equal(vectors.values(), glossa::Embedder(model.path()).embed(texts).values()));
}

TEST_CASE("more threads than anything has are refused") {
  CHECK_THROWS_AS(glossa::ThreadPool(glossa::ThreadPool::kMost + 1), glossa::Error);
}
