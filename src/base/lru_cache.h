#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <unordered_map>
#include <utility>

namespace fleet::base {

// The values that were used last, as many as fit. One thread. Sizes in bytes; one value is kept even if it is
// larger than all there is room for.
template <class Key, class Value, class Hash = std::hash<Key>>
class LruCache {
 public:
  explicit LruCache(std::size_t capacity) : capacity_(capacity) {}

  // Null: not there. Valid until the next add() or clear().
  [[nodiscard]] const Value* find(const Key& key) {
    const auto found = where_.find(key);
    if (found == where_.end()) return nullptr;
    recent_.splice(recent_.begin(), recent_, found->second);
    return &found->second->value;
  }
  // No effect where the key is there already.
  void add(const Key& key, Value value, std::size_t size) {
    if (where_.contains(key)) return;
    size_ += size;
    recent_.push_front({key, std::move(value), size});
    where_.emplace(key, recent_.begin());
    while (size_ > capacity_ && recent_.size() > 1) {
      size_ -= recent_.back().size;
      where_.erase(recent_.back().key);
      recent_.pop_back();
    }
  }
  void clear() {
    recent_.clear();
    where_.clear();
    size_ = 0;
  }

 private:
  struct Item {
    Key key;
    Value value;
    std::size_t size;
  };
  std::size_t capacity_;
  std::size_t size_ = 0;
  std::list<Item> recent_;  // the last used first
  std::unordered_map<Key, typename std::list<Item>::iterator, Hash> where_;
};

}  // namespace fleet::base
