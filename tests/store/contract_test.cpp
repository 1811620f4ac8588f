// The contract of stores, checked on the naive store: what is wrong with the checks shows here.
#include "vector_store_contract.hpp"

#include <map>
#include <memory>
#include <string>
#include <tuple>

namespace {

/// A handle on a naive store that others may hold, too.
class SharedNaiveStore {
 public:
  explicit SharedNaiveStore(std::shared_ptr<test::NaiveStore> store) : store_(std::move(store)) {}
  void upsert(std::span<const glossa::VectorRecord> records) { store_->upsert(records); }
  void remove(std::span<const std::string> ids) { store_->remove(ids); }
  [[nodiscard]] std::vector<glossa::VectorRecord> find(std::span<const std::string> ids) { return store_->find(ids); }
  [[nodiscard]] std::vector<glossa::VectorHit> search(std::span<const float> query, std::size_t k,
                                                      const glossa::Filter& filter) {
    return store_->search(query, k, filter);
  }
  [[nodiscard]] std::size_t size() { return store_->size(); }
  [[nodiscard]] std::size_t dims() { return store_->dims(); }
  [[nodiscard]] glossa::Metric metric() { return store_->metric(); }
  void drop() { store_->drop(); }

 private:
  std::shared_ptr<test::NaiveStore> store_;
};

}  // namespace

TEST_CASE("the naive store keeps the contract of stores") {
  std::map<std::string, std::shared_ptr<test::NaiveStore>> stores;
  test::check_vector_store([&](const std::string& name, std::size_t dims, glossa::Metric metric) {
    auto& store = stores[name];
    if (store == nullptr) store = std::make_shared<test::NaiveStore>(dims, metric);
    if (store->dims() != dims || store->metric() != metric)
      throw glossa::Error(glossa::ErrorKind::invalid_argument, {.field = "dims"});
    return SharedNaiveStore(store);
  });
}
