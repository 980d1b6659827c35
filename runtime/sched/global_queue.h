// Ready frames that belong to no worker, moved in batches of 128.
//
// A worker's full ready queue puts a batch here, an idle worker takes one. A locked list and not a
// lock-free queue: one lock for 128 frames is 99 % fewer locks than one for each, and the batch
// keeps their order.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/base/spin_lock.h"

namespace skein::sched {

using abi::Frame;

constexpr uint32_t kGlobalBatch = base::kModel ? 2 : 128;

struct Batch {
  Batch* next;
  uint32_t count;
  Frame* frames[kGlobalBatch];
};

Batch* new_batch();
void free_batch(Batch* batch);

class GlobalQueue {
 public:
  // Takes the batch over.
  void push(Batch* batch);

  // The oldest batch, to be freed by the caller, or null.
  Batch* pop();

  // A glance without a promise.
  bool sees_work() const { return count_.load(base::Order::Relaxed) != 0; }

 private:
  base::SpinLock lock_;
  Batch* first_ = nullptr;
  Batch* last_ = nullptr;
  base::Atomic<uint64_t> count_;  // batches; written under the lock
};

}  // namespace skein::sched
