// The hot paths of the ABI, compiled to LLVM bitcode (fast.bc), linked into every program before it
// is optimised, and inlined there. Anything that is not on a fast path is a call into the library.
#include "runtime/api/api.h"
#include "runtime/sched/worker.h"
#include "runtime/task/state.h"
#include "runtime/value/hash.h"

using namespace skein;
using namespace skein::api;
using base::AtomicRef;
using base::Order;

#define SKEIN_HOT extern "C" __attribute__((always_inline, used))

static SKEIN_INLINE task::FramePool& pool() { return sched::current().pool; }

// --- Frames, futures, spawning -------------------------------------------------------------------

SKEIN_HOT Ptr skn_frame_alloc(I64 size) { return pool().allocate(static_cast<size_t>(size)); }

SKEIN_HOT void skn_frame_free(Ptr frame, I64 size) {
  pool().free_in_place(frame, static_cast<size_t>(size));
}

SKEIN_HOT Ptr skn_future_alloc(I64 size) {
  abi::Future* future = static_cast<abi::Future*>(pool().allocate(static_cast<size_t>(size)));
  // Plain: nobody else knows the future before the parent is pushed.
  future->state = abi::kPending;
  return future;
}

SKEIN_HOT void skn_future_free(Ptr future, I64 size) {
  pool().free_in_place(future, static_cast<size_t>(size));
}

SKEIN_HOT void skn_push(Ptr frame) { sched::current().push(static_cast<abi::Frame*>(frame)); }

SKEIN_HOT I1 skn_pop_is(Ptr frame) {
  return sched::current().pop_is(static_cast<abi::Frame*>(frame));
}

SKEIN_HOT I1 skn_stack_low() {
  const char* stack;
  __asm__ volatile("movq %%rsp, %0" : "=r"(stack));
  return SKEIN_UNLIKELY(stack < sched::skn_stack_limit);
}

SKEIN_HOT I64 skn_hash_seed() { return static_cast<I64>(value::hash_secret); }

// --- Waiting -------------------------------------------------------------------------------------

SKEIN_HOT I1 skn_await_frame(Ptr child, Ptr frame) {
  return task::StateWord(static_cast<abi::Frame*>(child)->state)
      .wait(static_cast<abi::Frame*>(frame));
}

SKEIN_HOT I1 skn_await_future(Ptr future, Ptr frame) {
  return task::StateWord(static_cast<abi::Future*>(future)->state)
      .wait(static_cast<abi::Frame*>(frame));
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

SKEIN_HOT I1 skn_is_unique(Ptr buffer) {
  return AtomicRef<int64_t>(static_cast<abi::Buffer*>(buffer)->count).load(Order::Acquire) == 1;
}
