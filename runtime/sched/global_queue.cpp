// See global_queue.h.
#include "runtime/sched/global_queue.h"

#include "runtime/base/platform.h"

#include <cstdlib>

namespace skein::sched {

Batch* new_batch() {
  Batch* batch = static_cast<Batch*>(malloc(sizeof(Batch)));
  if (batch == nullptr) base::fatal("out of memory");
  batch->next = nullptr;
  batch->count = 0;
  return batch;
}

void free_batch(Batch* batch) { free(batch); }

void GlobalQueue::push(Batch* batch) {
  base::SpinGuard guard(lock_);
  (last_ == nullptr ? first_ : last_->next) = batch;
  last_ = batch;
  count_.add_by_owner(1);
}

Batch* GlobalQueue::pop() {
  if (!sees_work()) return nullptr;
  base::SpinGuard guard(lock_);
  Batch* batch = first_;
  if (batch == nullptr) return nullptr;
  first_ = batch->next;
  if (first_ == nullptr) last_ = nullptr;
  count_.add_by_owner(uint64_t(0) - 1);
  return batch;
}

}  // namespace skein::sched
