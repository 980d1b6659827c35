// Typed 32-bit ids and the stores they index.
//
// Graphs (types, declarations, SIR) are held together by ids, not pointers: the store owns
// everything, so nothing dangles, ids print as `fn7`, and two kinds of id never mix.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>

namespace skein {

template <class Self>
struct Id {
  static constexpr uint32_t kNone = UINT32_MAX;
  uint32_t index = kNone;

  constexpr Id() = default;
  constexpr explicit Id(uint32_t i) : index(i) {}
  constexpr bool valid() const { return index != kNone; }
  friend constexpr bool operator==(Id a, Id b) { return a.index == b.index; }
  friend constexpr bool operator<(Id a, Id b) { return a.index < b.index; }
};

// Declares `struct Name`, an id of its own type.
#define SKEIN_ID(Name)                \
  struct Name : ::skein::Id<Name> {   \
    using ::skein::Id<Name>::Id;      \
  }

// An append-only table. Addresses of elements stay put while it grows.
template <class IdT, class T>
class Store {
 public:
  IdT add(T value) {
    items_.push_back(std::move(value));
    return IdT(static_cast<uint32_t>(items_.size() - 1));
  }
  T& operator[](IdT id) { return items_[id.index]; }
  const T& operator[](IdT id) const { return items_[id.index]; }
  size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  IdT last_id() const { return IdT(static_cast<uint32_t>(items_.size() - 1)); }

  typename std::deque<T>::iterator begin() { return items_.begin(); }
  typename std::deque<T>::iterator end() { return items_.end(); }
  typename std::deque<T>::const_iterator begin() const { return items_.begin(); }
  typename std::deque<T>::const_iterator end() const { return items_.end(); }

  // The ids in order: `for (FunctionId id : functions.ids())`. Elements added while the loop runs
  // are visited too.
  struct Ids {
    const Store* store;
    struct Iterator {
      const Store* store;
      uint32_t index;
      IdT operator*() const { return IdT(index); }
      Iterator& operator++() {
        ++index;
        return *this;
      }
      bool operator!=(const Iterator&) const { return index < store->size(); }
    };
    Iterator begin() const { return {store, 0}; }
    Iterator end() const { return {store, 0}; }
  };
  Ids ids() const { return {this}; }

 private:
  std::deque<T> items_;
};

// Hash for ids in unordered containers.
struct IdHash {
  template <class Self>
  size_t operator()(const Id<Self>& id) const {
    return std::hash<uint32_t>()(id.index);
  }
};

}  // namespace skein
