// The hot paths of the ABI, compiled to LLVM bitcode (fast.bc), linked into every program before it
// is optimised, and inlined there. Anything that is not on a fast path is a call into the library.
#include "runtime/api/api.h"
#include "runtime/memory/buffer_pool.h"
#include "runtime/sched/worker.h"
#include "runtime/task/node.h"
#include "runtime/task/state.h"
#include "runtime/value/hash.h"
#include "runtime/value/table.h"
#include "runtime/wait/channel.h"

using namespace skein;
using namespace skein::api;
using base::AtomicRef;
using base::Order;

#define SKEIN_HOT extern "C" __attribute__((always_inline, used))

static SKEIN_INLINE memory::FramePool& frames() { return sched::current().host.frames; }
static SKEIN_INLINE memory::FramePool& nodes() { return sched::current().host.nodes; }
static SKEIN_INLINE size_t node_size(I64 future_size) {
  return task::node_bytes(static_cast<size_t>(future_size));
}

// --- Frames, futures, spawning -------------------------------------------------------------------

SKEIN_HOT Ptr skn_frame_alloc(I64 size) {
  return frames().allocate(memory::aligned_bytes(static_cast<size_t>(size)));
}

SKEIN_HOT void skn_frame_begin(Ptr frame) {
  static_cast<abi::Frame*>(frame)->node = sched::skn_node;
}

SKEIN_HOT void skn_frame_free(Ptr frame, I64 size) {
  frames().free_in_place(frame, memory::aligned_bytes(static_cast<size_t>(size)));
}

SKEIN_HOT Ptr skn_future_alloc(I64 size) {
  abi::Future* future = static_cast<abi::Future*>(nodes().allocate(node_size(size)));
  // Plain: nobody else knows the future before the parent is pushed.
  future->state = abi::kPending;
  return future;
}

SKEIN_HOT void skn_future_free(Ptr future, I64 size) {
  nodes().free_in_place(future, node_size(size));
}

static bool has_spare(I64 size) { return node_size(size) <= memory::kLargestBlock; }

SKEIN_HOT Ptr skn_future_spare(I64 size) {
  static_assert(abi::kPending == 0);
  return has_spare(size) ? nodes().spare(node_size(size)) : skn_future_alloc(size);
}

SKEIN_HOT void skn_future_unused(Ptr future, I64 size) {
  if (!has_spare(size)) skn_future_free(future, size);
}

SKEIN_HOT void skn_future_used(I64 size) {
  if (has_spare(size)) nodes().use_spare(node_size(size));
}

SKEIN_HOT void skn_task_begin(Ptr future, I32 site) {
  abi::Node* node = task::node_of(static_cast<abi::Future*>(future));
  node->site = static_cast<uint32_t>(site);
  sched::skn_node = node;
}

SKEIN_HOT void skn_task_inherit(Ptr future, Ptr parent) {
  abi::Node* node = task::node_of(static_cast<abi::Future*>(future));
  node->inherited = static_cast<abi::Frame*>(parent)->node->inherited;
}

SKEIN_HOT void skn_task_end(Ptr parent) {
  sched::skn_node = static_cast<abi::Frame*>(parent)->node;
}

SKEIN_HOT void skn_push(Ptr frame) { sched::current().push(static_cast<abi::Frame*>(frame)); }

SKEIN_HOT I1 skn_pop_is(Ptr frame) {
  return sched::current().pop_is(static_cast<abi::Frame*>(frame));
}

SKEIN_HOT I1 skn_stack_low() {
  // Compared where it is: a copy of the stack pointer would be a third instruction in each call.
  bool is_low;
  __asm__ volatile("cmpq %1, %%rsp" : "=@ccb"(is_low) : "m"(sched::skn_stack_limit));
  return SKEIN_UNLIKELY(is_low);
}

// --- Maps ----------------------------------------------------------------------------------------

SKEIN_HOT I64 skn_hash_seed() { return static_cast<I64>(value::hash_secret); }

SKEIN_HOT I64 skn_table_probe(Ptr words, I64 size, I64 at, I64 hash) {
  return value::probe(static_cast<const uint64_t*>(words), size, at, static_cast<uint32_t>(hash));
}

// --- Waiting -------------------------------------------------------------------------------------

SKEIN_HOT I1 skn_await_frame(Ptr child, Ptr frame) {
  abi::Frame* waiter = static_cast<abi::Frame*>(frame);
  if (task::StateWord(static_cast<abi::Frame*>(child)->state).wait(waiter)) return true;
  // The child went on elsewhere, and this thread comes from a task it had spawned.
  sched::skn_node = waiter->node;
  return false;
}

SKEIN_HOT I1 skn_await_future(Ptr future, Ptr frame) {
  abi::Node* node = sched::skn_node;
  const uint64_t what = reinterpret_cast<uint64_t>(future) | task::kWaitFuture;
  if (SKEIN_UNLIKELY(task::is_cancelled(node))) return false;
  task::begin_wait(node, what);
  if (task::StateWord(static_cast<abi::Future*>(future)->state)
          .wait(static_cast<abi::Frame*>(frame))) {
    base::fence_after_locked();
    return task::settle_wait(node, what);
  }
  task::drop_wait(node);
  return false;
}

SKEIN_HOT I1 skn_cancelled() { return task::is_cancelled(sched::skn_node); }

// --- Channels ------------------------------------------------------------------------------------

SKEIN_HOT I32 skn_chan_send(Ptr chan, Ptr value, I64 size) {
  wait::Channel& channel = *static_cast<wait::Channel*>(chan);
  // Whoever waits asks again, with the lock.
  if (channel.has_receivers()) return skn_chan_send_now(chan, value);
  if (SKEIN_LIKELY(channel.send_at_once(value, static_cast<size_t>(size)))) return abi::kChanDone;
  if (!channel.may_send()) return abi::kChanBlocked;
  return skn_chan_send_now(chan, value);
}

SKEIN_HOT I32 skn_chan_receive(Ptr chan, Ptr value, I64 size) {
  wait::Channel& channel = *static_cast<wait::Channel*>(chan);
  if (SKEIN_LIKELY(channel.receive_at_once(value, static_cast<size_t>(size)))) {
    return abi::kChanDone;
  }
  if (!channel.may_receive()) return abi::kChanBlocked;
  return skn_chan_receive_now(chan, value);
}

// --- Locks ---------------------------------------------------------------------------------------

SKEIN_HOT I32 skn_lock_try(Ptr request) {
  const bool reads = (reinterpret_cast<uint64_t>(request) & 1) != 0;
  if (reads) return skn_lock_try_slowly(request);
  abi::Cell* cell = static_cast<abi::Cell*>(request);
  uint32_t free = 0;
  if (SKEIN_LIKELY(AtomicRef<uint32_t>(cell->state)
                       .compare_exchange(free, abi::kCellWriter, Order::Acquire, Order::Relaxed))) {
    AtomicRef<abi::Node*>(cell->owner).store(sched::skn_node, Order::Relaxed);
    return static_cast<I32>(AtomicRef<uint32_t>(cell->poisoned).load(Order::Relaxed));
  }
  return skn_lock_try_slowly(request);
}

SKEIN_HOT void skn_lock_release(Ptr lock, I1 reads, I1 poisons) {
  if (reads || poisons) return skn_lock_release_slowly(lock, reads, poisons);
  abi::Cell* cell = static_cast<abi::Cell*>(lock);
  AtomicRef<abi::Node*>(cell->owner).store(nullptr, Order::Relaxed);
  AtomicRef<uint32_t>(cell->state).store(0, Order::Release);
  // Who begins to wait runs this fence for us.
  if (SKEIN_UNLIKELY(sched::skn_fences_always)) {
    base::full_fence();
  } else {
    base::compiler_fence();
  }
  if (SKEIN_UNLIKELY(!wait::seems_empty(cell->waiting))) skn_lock_wake(lock);
}

// --- Counts --------------------------------------------------------------------------------------

SKEIN_HOT void skn_retain(Ptr buffer) {
  int64_t& count = static_cast<abi::Buffer*>(buffer)->count;
  // Constants lie in memory that cannot be written.
  if (SKEIN_LIKELY(count > 0)) ++count;
}

SKEIN_HOT void skn_retain_atomic(Ptr buffer) {
  AtomicRef<int64_t> count(static_cast<abi::Buffer*>(buffer)->count);
  if (SKEIN_LIKELY(count.load(Order::Relaxed) > 0)) count.fetch_add(1, Order::Relaxed);
}

SKEIN_HOT I1 skn_release(Ptr buffer) {
  int64_t& count = static_cast<abi::Buffer*>(buffer)->count;
  if (count == 1) return true;
  if (SKEIN_LIKELY(count > 0)) --count;
  return false;
}

SKEIN_HOT I1 skn_release_atomic(Ptr buffer) {
  AtomicRef<int64_t> count(static_cast<abi::Buffer*>(buffer)->count);
  // Acquire: the last owner sees what the others wrote before they let go.
  const int64_t owners = count.load(Order::Acquire);
  if (owners == 1) return true;
  if (SKEIN_UNLIKELY(owners < 0)) return false;
  return count.fetch_sub(1, Order::AcqRel) == 1;
}

// Unlike a buffer's, the last handle of a cell is not alone: a Weak may become another one until the
// count is 0.
SKEIN_HOT I1 skn_cell_release(Ptr cell) {
  return AtomicRef<int64_t>(static_cast<abi::Cell*>(cell)->count).fetch_sub(1, Order::AcqRel) == 1;
}

SKEIN_HOT I1 skn_is_unique(Ptr buffer) { return static_cast<abi::Buffer*>(buffer)->count == 1; }
SKEIN_HOT I1 skn_is_unique_atomic(Ptr buffer) {
  return AtomicRef<int64_t>(static_cast<abi::Buffer*>(buffer)->count).load(Order::Acquire) == 1;
}

// --- Boxes ---------------------------------------------------------------------------------------

SKEIN_HOT Ptr skn_box_new(I64 size) {
  abi::Box* box = static_cast<abi::Box*>(
      memory::buffers.allocate(abi::kBoxContent + static_cast<size_t>(size)));
  box->count = 1;
  return box;
}
SKEIN_HOT void skn_box_free(Ptr box, I64 size) {
  memory::buffers.free(box, abi::kBoxContent + static_cast<size_t>(size));
}
