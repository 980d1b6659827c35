// Whether a history of operations on channels and cells can be explained by one order of them.
//
// The search is that of Wing and Gong (Testing and verifying concurrent objects, 1993), with the
// configurations it has been in remembered, as Lowe does (Testing for linearizability, 2017). A send
// without a buffer happens together with the receive that takes its value.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace skein::stress {

enum class Kind : uint8_t { Send, Receive, Close, Add, Read };

struct Operation {
  Kind kind;
  uint8_t object;   // which channel or cell
  bool is_closed;   // a send or receive was told so
  int64_t value;    // sent, received; what a cell held before it was added to, or was read
  uint64_t begin;   // moments, all different
  uint64_t end;
};

class Linearizability {
 public:
  explicit Linearizability(std::vector<int64_t> capacities) : channels_(capacities.size()) {
    for (size_t i = 0; i < capacities.size(); ++i) channels_[i].capacity = capacities[i];
  }

  // `cells` begin at 0; adding adds 1. At most 64 operations.
  bool explains(const std::vector<Operation>& operations, size_t cells) {
    operations_ = &operations;
    cells_.assign(cells, 0);
    seen_.clear();
    return search(0);
  }

 private:
  struct Channel {
    int64_t capacity = 0;  // -1 = no limit
    bool is_closed = false;
    std::vector<int64_t> values;
  };

  // All but those in `done` ended before this one began: it can be the next.
  uint64_t first_end(uint64_t done) const {
    uint64_t first = UINT64_MAX;
    for (size_t i = 0; i < operations_->size(); ++i) {
      if ((done >> i & 1) == 0 && (*operations_)[i].end < first) first = (*operations_)[i].end;
    }
    return first;
  }

  std::string configuration(uint64_t done) const {
    std::string text(reinterpret_cast<const char*>(&done), sizeof(done));
    for (const Channel& channel : channels_) {
      text += channel.is_closed ? 'c' : 'o';
      for (int64_t value : channel.values) {
        text.append(reinterpret_cast<const char*>(&value), sizeof(value));
      }
      text += '|';
    }
    for (int64_t cell : cells_) text.append(reinterpret_cast<const char*>(&cell), sizeof(cell));
    return text;
  }

  bool search(uint64_t done) {
    const size_t count = operations_->size();
    if (done == (count == 64 ? UINT64_MAX : (uint64_t(1) << count) - 1)) return true;
    if (!seen_.insert(configuration(done)).second) return false;
    const uint64_t limit = first_end(done);
    for (size_t i = 0; i < count; ++i) {
      const Operation& operation = (*operations_)[i];
      if ((done >> i & 1) != 0 || operation.begin > limit) continue;
      if (try_alone(done | uint64_t(1) << i, operation) || try_meeting(done, i, limit)) return true;
    }
    return false;
  }

  // The operation happens now, and the rest after it.
  bool try_alone(uint64_t done, const Operation& operation) {
    if (operation.kind == Kind::Add || operation.kind == Kind::Read) {
      int64_t& cell = cells_[operation.object];
      if (cell != operation.value) return false;
      const int64_t step = operation.kind == Kind::Add ? 1 : 0;
      cell += step;
      if (search(done)) return true;
      cells_[operation.object] -= step;
      return false;
    }
    Channel& channel = channels_[operation.object];
    const Channel before = channel;
    if (!apply(channel, operation)) return false;
    if (search(done)) return true;
    channels_[operation.object] = before;
    return false;
  }

  static bool apply(Channel& channel, const Operation& operation) {
    if (operation.kind == Kind::Close) {
      channel.is_closed = true;
      return true;
    }
    if (operation.kind == Kind::Send) {
      if (operation.is_closed || channel.is_closed) return operation.is_closed && channel.is_closed;
      const int64_t length = static_cast<int64_t>(channel.values.size());
      if (channel.capacity >= 0 && length >= channel.capacity) return false;
      channel.values.push_back(operation.value);
      return true;
    }
    if (operation.is_closed) return channel.is_closed && channel.values.empty();
    if (channel.values.empty() || channel.values.front() != operation.value) return false;
    channel.values.erase(channel.values.begin());
    return true;
  }

  // A send without a buffer and its receive, in one moment.
  bool try_meeting(uint64_t done, size_t sender, uint64_t limit) {
    const Operation& sent = (*operations_)[sender];
    if (sent.kind != Kind::Send || sent.is_closed) return false;
    const Channel& channel = channels_[sent.object];
    if (channel.capacity != 0 || channel.is_closed) return false;
    for (size_t i = 0; i < operations_->size(); ++i) {
      const Operation& received = (*operations_)[i];
      if ((done >> i & 1) != 0 || received.begin > limit || received.kind != Kind::Receive ||
          received.is_closed || received.object != sent.object || received.value != sent.value) {
        continue;
      }
      if (search(done | uint64_t(1) << i | uint64_t(1) << sender)) return true;
    }
    return false;
  }

  const std::vector<Operation>* operations_ = nullptr;
  std::vector<Channel> channels_;
  std::vector<int64_t> cells_;
  std::set<std::string> seen_;
};

}  // namespace skein::stress
