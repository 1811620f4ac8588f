// One Embedder, many threads; and threads that someone else provides.
#include "catch.hpp"
#include "small_model.hpp"

#include <glossa/core/thread_pool.hpp>
#include <glossa/glossa.hpp>

#include <algorithm>
#include <atomic>
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
