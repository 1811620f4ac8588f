// A store of this process's memory comes in; handles on it go out, as a server gives them.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/store/vector_store.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace test {

/// Stores by name.
template <class Store>
class SharedStores {
 public:
  class Handle {
   public:
    explicit Handle(std::shared_ptr<Store> store) : store_(std::move(store)) {}
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
    std::shared_ptr<Store> store_;
  };

  template <class Make>
  Handle open(const std::string& name, std::size_t dims, glossa::Metric metric, Make&& make) {
    auto& store = stores_[name];
    if (store == nullptr) store = std::make_shared<Store>(make());
    if (store->dims() != dims || store->metric() != metric)
      throw glossa::Error(glossa::ErrorKind::invalid_argument, {.field = "dims"});
    return Handle(store);
  }

 private:
  std::map<std::string, std::shared_ptr<Store>> stores_;
};

}  // namespace test
