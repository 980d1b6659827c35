// See cycles.h.
//
// Each look goes through some of the memory of nodes. From a task that waits it follows those who hold it up,
// depth first, each task once. What it sees on the way may be over by the time a circle closes; so then the waits
// of all its tasks are locked, and each is looked at again. A locked wait is not left. Only a task of the circle
// could end one, and all of them wait: what is true at that moment stays true.
//
// Waits at channels are not judged, since anybody may send. Nor are tasks that a deadline or a token may
// still take out of the circle.
#include "runtime/fault/cycles.h"

#include "runtime/base/platform.h"
#include "runtime/base/spin_lock.h"
#include "runtime/fault/dump.h"
#include "runtime/fault/waiting_task.h"
#include "runtime/task/deadline.h"
#include "runtime/task/locals.h"
#include "runtime/memory/node_chunks.h"
#include "runtime/task/node.h"
#include "runtime/task/record.h"
#include "runtime/task/reasons.h"
#include "runtime/task/scope.h"
#include "runtime/wait/channel_wait.h"
#include "runtime/wait/lock.h"
#include "runtime/wait/readers.h"
#include "runtime/wait/token.h"

namespace skein::fault {

using abi::Node;
using base::Order;
using task::WaitReason;

// --- Who holds a task up -------------------------------------------------------------------------

constexpr uint64_t kTags = task::kWaitFuture | task::kWaitScope;

static abi::Future* awaited(uint64_t what) { return reinterpret_cast<abi::Future*>(what & ~kTags); }
static abi::Scope* scope_at_end(uint64_t what) {
  return reinterpret_cast<abi::Scope*>(what & ~kTags);
}

static task::Listener listener_of(abi::Future* future) {
  return task::Listener(task::StateWord(future->state).load());
}

// A lock that is waited for, null when it was handed over and the task is about to go on. Who wants to change the
// value waits for each who has it. Who wants to look at it and finds others doing so waits for a writer ahead
// of it in the queue, and for nobody else: the next that gives the lock back might let it in.
struct LockWait {
  abi::Cell* cell;
  bool reads;
  Node* writer;  // the nearest one ahead of who reads
};

static LockWait lock_waited_for(uint64_t what) {
  abi::Frame* frame = reinterpret_cast<abi::Frame*>(what);
  if (frame->wait.reason != static_cast<uint8_t>(WaitReason::Lock)) return {};
  abi::Waiter* waiter = task::record_in<abi::Waiter>(frame);
  const wait::LockRequest request(waiter->chan);
  base::WordGuard guard(request.cell()->queue_lock);
  if (!waiter->is_linked) return {};
  if (!request.reads()) return {request.cell(), false, nullptr};
  const abi::Waiter* first = request.cell()->waiting.first;
  abi::Waiter* writer = waiter;
  while (writer != first && wait::LockRequest(writer->chan).reads()) writer = writer->previous;
  const bool is_writer = !wait::LockRequest(writer->chan).reads();
  return {request.cell(), true, is_writer ? task::frame_of(writer)->node : nullptr};
}

// Tasks that are found one by one, as far as there is room.
struct Found {
  Node** list;
  uint32_t count;
  uint32_t most;

  void add(const Node* node) {
    if (node != nullptr && count < most) list[count++] = const_cast<Node*>(node);
  }
};

static void add_found(const Node* node, void* found) { static_cast<Found*>(found)->add(node); }

static uint32_t who_has_lock(const LockWait& lock, Node** list, uint32_t most) {
  Found found = {list, 0, most};
  if (const Node* owner = wait::owner_of(lock.cell)) {
    found.add(owner);
  } else if (lock.reads) {
    found.add(lock.writer);
  } else {
    wait::for_each_reader(lock.cell, add_found, &found);
  }
  return found.count;
}

static bool has_lock(const LockWait& lock, const Node* node) {
  const Node* owner = wait::owner_of(lock.cell);
  if (owner != nullptr || lock.reads) return node == (owner != nullptr ? owner : lock.writer);
  return wait::is_reader(lock.cell, node);
}

// `what` is locked.
static uint32_t who_holds_up(uint64_t what, Node** list, uint32_t most) {
  if (most == 0) return 0;
  if ((what & task::kWaitFuture) != 0) {
    if (!listener_of(awaited(what)).is_frame()) return 0;
    list[0] = task::node_of(awaited(what));
    return 1;
  }
  if ((what & task::kWaitScope) != 0) return task::look_at_children(scope_at_end(what), list, most);
  const LockWait lock = lock_waited_for(what);
  return lock.cell == nullptr ? 0 : who_has_lock(lock, list, most);
}

// Whether `next`, whose wait is locked too, holds up the task that waits for `what`.
static bool is_held_up_by(uint64_t what, Node* next) {
  if ((what & task::kWaitFuture) != 0) {
    return awaited(what) == task::future_of(next) && listener_of(awaited(what)).is_frame();
  }
  if ((what & task::kWaitScope) != 0) {
    if (next == root_node()) return false;
    const task::Listener listener = listener_of(task::future_of(next));
    return listener.is_child() && listener.child()->scope == scope_at_end(what);
  }
  const LockWait lock = lock_waited_for(what);
  return lock.cell != nullptr && has_lock(lock, next);
}

// Whether a deadline or a token may still end the wait; one that is long over did not.
static bool may_be_ended(Node* node, int64_t now) {
  constexpr int64_t kLongOver = 1'000'000'000;
  const int64_t deadline = task::deadline_of(node);
  if (deadline != 0 && now < deadline + kLongOver) return true;
  for (abi::Scope* block = node->block; block != nullptr; block = block->outer) {
    const task::Deadline* limit = static_cast<task::Deadline*>(block->deadline);
    if (limit != nullptr && wait::is_token(limit)) return true;
  }
  return false;
}

// --- The way there -------------------------------------------------------------------------------

constexpr uint32_t kMostSeen = 1 << 14;       // tasks a look comes to
constexpr uint32_t kMostOnPath = 4096;
constexpr uint32_t kMostBranches = 1 << 14;
constexpr uint64_t kMostBlocks = 100'000;     // nodes a look begins at

namespace {

struct Seen {
  Node* node;
  uint32_t look;    // in which it was seen; others are free
  uint32_t place;   // on the path, or kPassed
};
constexpr uint32_t kPassed = UINT32_MAX;

// A task on the way, and who holds it up: branches[next] up to branches[end] are still to be followed.
struct Step {
  Node* node;
  uint32_t next;
  uint32_t end;
};

// Reused by every look, so that none needs memory: a program may have come to this because it has none.
struct Look {
  base::SpinLock lock;
  uint32_t number = 0;
  uint32_t seen_count = 0;
  uint32_t depth = 0;
  uint64_t block = 0;     // that is being visited
  uint64_t first = 0;     // to be looked at this time
  uint64_t next = 0;      // to be the first of the next look
  Seen seen[2 * kMostSeen] = {};
  Step path[kMostOnPath] = {};
  Node* branches[kMostBranches] = {};
  uint64_t waits[kMostOnPath] = {};
};

}  // namespace

static constinit Look look;

// Where the task is in the table, or would be.
static Seen& slot_of(Node* node) {
  uint64_t at = reinterpret_cast<uint64_t>(node) / sizeof(Node) * 0x9E3779B97F4A7C15u >> 32;
  while (true) {
    Seen& slot = look.seen[at++ % (2 * kMostSeen)];
    if (slot.look != look.number || slot.node == node) return slot;
  }
}

// The task becomes the end of the way, if it waits for somebody.
static void enter(Node* node, Seen& slot) {
  if (look.depth == kMostOnPath || look.seen_count == kMostSeen) return;
  const uint64_t what = task::try_lock_wait(node);
  if (what == 0) return;
  const uint32_t begin = look.depth == 0 ? 0 : look.path[look.depth - 1].end;
  const uint32_t count = who_holds_up(what, look.branches + begin, kMostBranches - begin);
  task::unlock_wait(node, what);
  if (count == 0) return;
  slot = {node, look.number, look.depth};
  ++look.seen_count;
  look.path[look.depth++] = {node, begin, begin + count};
}

// --- A circle ------------------------------------------------------------------------------------

// Circles that were printed, by one of their tasks.
constexpr uint32_t kMostPrinted = 64;
static constinit Node* printed[kMostPrinted] = {};
static constinit uint32_t printed_count = 0;

static bool was_printed(const Step* circle, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    for (uint32_t k = 0; k < printed_count && k < kMostPrinted; ++k) {
      if (printed[k] == circle[i].node) return true;
    }
  }
  return false;
}

static void print_circle(const Step* circle, uint32_t count) {
  constexpr uint32_t kMostShown = 100;
  Report report;
  report.text("deadlock: ").number(count).text(count == 1 ? " task waits for itself\n"
                                                          : " tasks wait for each other\n");
  for (uint32_t i = 0; i < count && i < kMostShown; ++i) {
    print_waiting_task(report, circle[i].node, look.waits[i]);
  }
  if (count > kMostShown) report.text("... and ").number(count - kMostShown).text(" more tasks\n");
}

static void report_circle(const Step* circle, uint32_t count) {
  if (!base::environment_is("SKEIN_DEADLOCK", "warn")) {
    if (base::begin_ending()) print_circle(circle, count);
    base::end_process(kDeadlockStatus);
  }
  if (was_printed(circle, count)) return;
  printed[printed_count++ % kMostPrinted] = circle[0].node;
  print_circle(circle, count);
}

static bool still_holds(const Step* circle, uint32_t count) {
  const int64_t now = base::now();
  for (uint32_t i = 0; i < count; ++i) {
    Node* next = circle[(i + 1) % count].node;
    if (!is_held_up_by(look.waits[i], next) || may_be_ended(circle[i].node, now)) return false;
  }
  return true;
}

// The path from `begin` on leads back to its first task.
static void check_circle(uint32_t begin) {
  const Step* circle = look.path + begin;
  const uint32_t count = look.depth - begin;
  uint32_t locked = 0;
  while (locked < count) {
    look.waits[locked] = task::try_lock_wait(circle[locked].node);
    if (look.waits[locked] == 0) break;
    ++locked;
  }
  if (locked == count && still_holds(circle, count)) report_circle(circle, count);
  while (locked > 0) {
    --locked;
    task::unlock_wait(circle[locked].node, look.waits[locked]);
  }
}

// --- All of them ---------------------------------------------------------------------------------

static void follow(Node* start) {
  Seen& first = slot_of(start);
  if (first.look == look.number) return;
  look.depth = 0;
  enter(start, first);
  while (look.depth > 0) {
    Step& step = look.path[look.depth - 1];
    if (step.next == step.end) {
      slot_of(step.node).place = kPassed;
      --look.depth;
      continue;
    }
    Node* next = look.branches[step.next++];
    Seen& slot = slot_of(next);
    if (slot.look != look.number) {
      enter(next, slot);
    } else if (slot.place != kPassed) {
      check_circle(slot.place);
    }
  }
}

static void visit(void* block, void*) {
  Node* node = static_cast<Node*>(block);
  const uint64_t number = look.block++;
  const bool is_due = number >= look.first && number - look.first < kMostBlocks;
  if (!is_due || look.seen_count == kMostSeen) return;
  look.next = number + 1;
  if (task::wait_of(node).load(Order::Relaxed) != 0) follow(node);
}

void look_for_cycles() {
  if (!look.lock.try_lock()) return;
  ++look.number;
  look.seen_count = 0;
  look.block = 0;
  memory::for_each_node_block(visit, nullptr);
  look.first = look.next < look.block ? look.next : 0;
  // The last, since it may lead to so many that there is no room for others.
  if (root_node() != nullptr) follow(root_node());
  look.lock.unlock();
}

}  // namespace skein::fault
