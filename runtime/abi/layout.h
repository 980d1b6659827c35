// Every struct that compiled programs and the runtime both know, and the hash that keeps them from
// drifting apart.
//
// No code that runs lives here. Words that several threads touch are plain integers in these
// structs; the runtime reaches them through base/atomic.h, compiled code through LLVM's atomics.
//
// The life of a result, in one word (`state` of Frame and of Future):
//
//   0                 pending, nobody waits yet
//   Frame*            pending, that frame waits
//   Future* | 2       pending, the result is copied on into that future
//   Child*  | 4       pending, a scope counts it and drops the result
//   SelectArm* | 6    pending, a select waits for it among other things
//   1                 done, the value is in `result`
//   Panic*  | 5       done by a panic
//   9                 done by cancellation
//
// Bit 0 says done. Everything pointed at is 8-aligned; frames and panics are 16-aligned.
//
// What a ramp returns, `{ ptr h, T }`, and what a Task<T> value holds, `{ ptr future, T }`, is
// tagged alike: null = the value is in T; bit 0 set = an outcome, Panic*|1, or 9 for cancelled
// (test that first, it has bit 0 set too); otherwise the Frame or the Future that will have it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace skein::abi {

constexpr uint64_t kPending = 0;
constexpr uint64_t kDone = 1;         // bit: set in every final state
constexpr uint64_t kValue = 1;        // state: done with a value
constexpr uint64_t kPanicked = 5;     // tag of a payload in a state word
constexpr uint64_t kCancelled = 9;    // state and outcome: cancelled
constexpr uint64_t kForward = 2;      // tag of a Future in a state word
constexpr uint64_t kCounted = 4;      // tag of a Child in a state word
constexpr uint64_t kOffered = 6;      // tag of a SelectArm in a state word
constexpr uint64_t kListenerMask = 7; // the tags of those who wait for a result
constexpr uint64_t kOutcome = 1;      // tag of a payload in a ramp's handle or a Task's future
constexpr uint64_t kSpent = 3;        // in a Task whose value was taken out of its place
constexpr uint64_t kTagMask = 15;
constexpr size_t kAlignment = 16;     // of frames, scopes and panics

struct Child;
struct Node;
struct Scope;

// What a task waits for, where a word does not say it all.
struct Wait {
  uint8_t reason;      // WaitReason
  uint8_t cancelled;   // 1: it was taken back
  uint16_t detail;     // what `reason` says
};

// A suspended coroutine, as LLVM's switched-resume lowering lays it out with a promise of
// alignment 16. `node` lies where LLVM puts what destroys a coroutine, which nobody calls; it is written
// when the frame is made, `size` and the result before an asynchronous completion, `site` and `wait`
// when the frame suspends. What it waits with, a record, lies behind that, where the result comes later:
// a Timer, a Waiter, the address of a Select. The rest of the frame is the coroutine's own.
struct alignas(kAlignment) Frame {
  void* resume;
  Node* node;         // the task it belongs to
  uint64_t state;     // the promise begins here
  union {
    uint32_t size;    // bytes, as llvm.coro.size says
    Wait wait;
  };
  uint32_t site;      // index into skn_sites
  // The record or the result follows, at kFrameResult.
};
constexpr size_t kFramePromise = 16;
constexpr size_t kFrameResult = 32;
static_assert(offsetof(Frame, resume) == 0 && offsetof(Frame, node) == 8);
static_assert(offsetof(Frame, state) == kFramePromise);
static_assert(offsetof(Frame, size) == 24 && offsetof(Frame, site) == 28);
static_assert(sizeof(Frame) == kFrameResult && sizeof(Wait) == sizeof(uint32_t));

// Where the result of a spawned call goes that did not end before its parent went on. Its size is
// 8 bytes plus those of the result, whose alignment is at most 8. It is the end of the task's Node.
struct Future {
  uint64_t state;
  uint64_t result[1];
};
constexpr size_t kFutureResult = 8;
static_assert(offsetof(Future, state) == 0 && offsetof(Future, result) == kFutureResult);

// A task, as far as it can be cancelled, named and looked at from outside. It ends in the future of the
// task, whose result may be longer, and is the current one of the worker while the task runs.
//
// While a node is in its pool, and when a task begins, everything is zero but `state`, and `site`, which a
// spawn writes, and in programs that set deadlines or task locals `inherited`. So a task that ends in place
// costs one store more than a call.
struct Node {
  int64_t inherited;  // its deadline and task locals (task/locals.h); 0 = none
  uint32_t cancel;    // bit 0: the task is cancelled; bit d: the block of depth d is to be left
  uint32_t site;      // where it was spawned; above kSiteBits, how many bits are shielded
  uint64_t wait;      // what it waits for (task/node.h), 0 while it runs
  uint64_t state;     // here its future begins
  Scope* block;       // the innermost one its body is in; once that is over, the result
};
constexpr size_t kNodeFuture = 24;
constexpr uint32_t kSiteBits = 24;
constexpr uint32_t kNodeBound = uint32_t(1) << 31;  // in `site`: the task runs on a thread of its own
static_assert(sizeof(Node) == 40 && offsetof(Node, cancel) == 8 && offsetof(Node, site) == 12);
static_assert(offsetof(Node, state) == kNodeFuture && kNodeFuture + sizeof(Future) == sizeof(Node));

// A block that waits for the tasks started in it. It lies in the frame of its function, and
// sixteen-aligned zero bytes are a fresh one that is not entered yet.
struct alignas(kAlignment) Scope {
  int64_t pending;    // unfinished children, and whether the body waits for them
  Frame* waiter;      // written before the body waits
  uint64_t panic;     // Panic* of the first child that panicked, later ones attached to it
  Child* children;    // those that were not cancelled yet; locked
  Node* owner;        // the task whose block it is; null: it was not entered
  Scope* outer;       // the block around it in that task
  uint32_t depth;     // 1 for the outermost
  uint32_t flags;     // ScopeFlag
  void* deadline;     // of a `within`: its timer
  int64_t threshold;  // the body waits until no more children than that are left
};
static_assert(offsetof(Scope, pending) == 0 && offsetof(Scope, waiter) == 8);
static_assert(offsetof(Scope, panic) == 16 && offsetof(Scope, flags) == 52);
static_assert(offsetof(Scope, threshold) == 64 && sizeof(Scope) == 80);

// A task that a scope counts, since it was given up: an awaited one needs none of this.
struct alignas(kAlignment) Child {
  Scope* scope;
  Node* node;
  Child* next;    // in the list of those that can be cancelled
  Child** link;   // the pointer that points here; null when it is in no list
};

enum ScopeFlag : uint32_t {
  kScopeCancelled = 1,    // its tasks are cancelled, those started later as well
  kScopeFailed = 2,       // a child panicked: the body is to be left
  kScopeTimedOut = 4,     // its deadline passed, or its token is cancelled: the body is to be left
  kScopeWon = 8,          // a race has its winner: the body is to be left
  kScopeOfFunction = 16,  // of the body of a function or task; for reports
};

// The bytes behind a str, an array and whatever else is counted. A value is never null: empty ones
// are skn_empty_buffer. count: 1 = one owner, who may write in place; negative = never freed and
// never counted (literals, constants, the empty one).
struct Buffer {
  int64_t count;
  int64_t capacity;  // in elements
  int64_t length;    // in elements (bytes of a str)
  int64_t bytes;     // allocated, header included; 0 in a literal
  // Elements follow, at kBufferData.
};
constexpr size_t kBufferData = 32;
constexpr int64_t kImmortal = INT64_MIN;
static_assert(sizeof(Buffer) == kBufferData);

// What is behind a field that makes its type contain itself: one value, whose size the program knows.
// Counts as a Buffer does.
struct Box {
  int64_t count;
  void* unused;   // the value is 16-aligned
  // The value follows, at kBoxContent.
};
constexpr size_t kBoxContent = 16;
static_assert(sizeof(Box) == kBoxContent);

// One whose last owner is gone waits on a list for its parts to be dropped, either of them.
struct Dead {
  Dead* next;
  void (*dispose)(Dead*, Dead** list);   // drops the parts and frees the memory
};
static_assert(offsetof(Dead, next) == offsetof(Buffer, count));
static_assert(offsetof(Dead, dispose) == offsetof(Buffer, capacity));
static_assert(offsetof(Dead, dispose) == offsetof(Box, unused));

// A panic under way. Compiled code only passes it on; `unwind` is an _Unwind_Exception, so that
// plain functions can be unwound by tables.
struct LogicalFrame;
struct alignas(kAlignment) Panic {
  alignas(16) unsigned char unwind[32];
  Buffer* message;          // owned str
  uint32_t site;            // where it was raised: index into skn_sites
  uint32_t native_count;    // return addresses in `native`
  LogicalFrame* passed;     // awaits it crossed, the latest first
  Panic* attached;          // panics of others that ended with this one
  Panic* next_attached;     // link in that list
  uint32_t task;            // where the task was spawned that raised it; 0: `main`, or not known
  uint32_t unused;
  void* native[26];         // the native stack where it was raised, innermost first
};
static_assert(sizeof(Panic) % kAlignment == 0 && offsetof(Panic, message) == 32);

// A place in the program. The compiler emits `skn_sites[skn_site_count]`, site 0 being no place.
struct Site {
  const char* function;
  const char* file;
  uint32_t line;
  uint32_t column;
  const char* task;   // of a `spawn` that names its task; else null
};
static_assert(sizeof(Site) == 32);

// A timer, the record of a sleep, or part of what else waits for time to pass. Before it lies a Wait that
// says which. Owner: the worker in whose wheel it is.
struct Timer {
  union {
    Timer* next;
    int64_t nanoseconds;  // before it is set: how long
  };
  Timer** link;           // the pointer that points here; null when it is in no wheel
  uint32_t when;          // tick, the lower half
  uint16_t when_high;
};
constexpr size_t kTimerBytes = 22;  // a frame has something else behind it
constexpr size_t kTimerAfterWait = kFrameResult - offsetof(Frame, wait);
static_assert(offsetof(Timer, nanoseconds) == 0 && offsetof(Timer, when_high) + 2 == kTimerBytes);

constexpr uint64_t kUnbounded = ~uint64_t(0);   // the capacity of a channel with room for any number

// What an operation at a channel gives, and `outcome` of a waiter says (a wait::Outcome).
constexpr uint32_t kChanDone = 0;
constexpr uint32_t kChanClosed = 1;
constexpr uint32_t kChanBlocked = 2;

// A task that waits at a channel, in one of its two queues, or for a lock. It is the record of the frame,
// for which `value` and `chan` are set, or the arm of a select.
struct Waiter {
  Waiter* next;
  Waiter* previous;
  void* value;        // where the bytes are that are sent, or go that are received; in a record, of up to
                      // kSmallValue, these bytes. Of an After, its timer
  void* chan;         // a wait::Channel; of an Await, what the Task has in place of a future
  uint8_t outcome;    // a wait::Outcome
  uint8_t kind;       // an abi::Arm; of a lock: how often it was woken and found it taken again
  uint8_t is_linked;  // in a queue; under the channel's lock. Of an Await or After: is being offered
  uint8_t is_arm;     // a SelectArm
  uint32_t arm;       // of a select: its number. Not part of a record
};
constexpr size_t kWaiterBytes = 36;
constexpr size_t kSmallValue = sizeof(void*);
static_assert(sizeof(Waiter) == 40 && offsetof(Waiter, value) == 16);
static_assert(offsetof(Waiter, outcome) == 32 && offsetof(Waiter, arm) == kWaiterBytes);

// Tasks that wait for the same thing, the first first; `previous` of that is the last. See wait/wait_queue.h.
struct WaitQueue {
  Waiter* first;
};

// What a Mutex, RwLock or Shared is a handle to: a value, behind this, and the lock that protects it.
struct alignas(kAlignment) Cell {
  int64_t count;        // handles that keep the value
  int64_t weak;         // Weak handles, and one for all that keep the value: these keep the memory
  uint32_t state;       // kCellWriter: somebody may change the value; else twice those who look at it
  uint32_t queue_lock;  // of `waiting`
  WaitQueue waiting;    // for the lock
  uint32_t poisoned;    // 1: a panic left a block that could change the value
  uint32_t waits;       // how often a task had to wait; under queue_lock, as the next
  uint64_t waited;      // for how long, all together, in nanoseconds
  Node* owner;          // the task that may change the value; null: none, or a guard that travels
};
constexpr uint32_t kCellWriter = 1;
constexpr size_t kCellContent = 64;
static_assert(sizeof(Cell) == kCellContent && offsetof(Cell, weak) == 8);

// What skn_lock_try gives, and `outcome` of a waiter says after skn_await_lock.
constexpr uint32_t kLockTaken = 0;
constexpr uint32_t kLockPoisoned = 1;  // taken, but poisoned; the word of the cell says so alike
constexpr uint32_t kLockBusy = 2;
constexpr uint32_t kLockHeld = 3;      // the task that asks has it already

// One end of a channel, a Sender or Receiver: a counted handle whose last owner closes.
struct alignas(kAlignment) ChanEnd {
  int64_t count;
  void* chan;  // owned
};
static_assert(offsetof(ChanEnd, count) == 0 && offsetof(ChanEnd, chan) == 8);

// What an arm of a select waits for. The single operations are Receive and Send.
enum class Arm : uint8_t {
  Receive,   // a value, or that there will be none
  Send,
  Each,      // a value; off when there will be none
  Closed,    // all Each are off
  Await,     // the end of a task
  After,     // time to pass
  Off,       // its guard is false, or it was an Each that is through
};

// One arm of a select.
struct SelectArm : Waiter {
  Frame* frame;       // made ready when it is served
  uint32_t* claim;    // that of the select: who serves an arm first wins
};
static_assert(sizeof(SelectArm) == 56);

// The time of an After: a timer, and whose arm it is.
struct After {
  Wait wait;
  Timer timer;
  SelectArm* arm;
  int64_t until;        // when its time is over; 0: it has not begun
};
static_assert(offsetof(After, timer) == kTimerAfterWait && sizeof(After) == 48);

// A select: `count` arms follow. The record of a frame that waits in one is its address. Compiled code
// sets what is not marked, and `kind`, `value` and `chan` of the arms.
struct Select {
  uint32_t claim;      // kSelect…: ours
  uint32_t count;
  uint8_t is_biased;   // the first arm that is ready wins, else any
  uint8_t has_default;
  uint8_t has_each;    // ours: an Each was among the arms
  uint8_t unused;
};
constexpr size_t kSelectArms = 16;
static_assert(sizeof(Select) <= kSelectArms && offsetof(Select, is_biased) == 8);

// What a select's word says: it was not offered yet, is being offered, waits, or this plus the arm
// that was served.
constexpr uint32_t kSelectRuns = 0;
constexpr uint32_t kSelectRegisters = 1;
constexpr uint32_t kSelectWaits = 2;
constexpr uint32_t kSelectTakenBack = 3;   // its task is cancelled
constexpr uint32_t kSelectChosen = 16;

// What skn_select_try gives beside the number of an arm.
constexpr int32_t kSelectDefault = -1;
constexpr int32_t kSelectBlocked = -2;
constexpr int32_t kSelectAllOff = -3;
// The awaiter of skn_await_blocking. The arguments and room for the result lie behind it.
struct alignas(kAlignment) BlockingCall {
  void (*run)(BlockingCall*);
  Frame* frame;           // made ready when `run` has returned
  BlockingCall* next;
};
static_assert(offsetof(BlockingCall, run) == 0 && sizeof(BlockingCall) % kAlignment == 0);

// How a value is written: `[fill][<>^][0][width][.precision][x|b|o|e|?]`. A null pointer to one is
// the plain form.
struct FormatSpec {
  uint32_t fill;      // a char; 0 = space
  int32_t width;      // in chars; 0 = none
  int32_t precision;  // -1 = none
  uint8_t align;      // 0 by kind (numbers right, others left), or '<' '>' '^'
  uint8_t zero;       // 1: pad numbers with zeros after the sign
  uint8_t kind;       // 0, or 'x' 'b' 'o' 'e' '?'
  uint8_t unused;
};
static_assert(sizeof(FormatSpec) == 16);

// What skn_panic_overflow was asked to do, in the order of its messages.
enum class Overflow : int32_t { Add, Subtract, Multiply, Negate, Divide, Remainder, Power, Absolute };

// --- The hash ------------------------------------------------------------------------------------
// It covers the offsets and sizes above and the names and types of functions.def. The runtime
// defines the symbol `skn_abi_<kHash in decimal>` and compiled code refers to it, so a program does
// not link with a runtime of another make.

constexpr uint64_t hash_text(const char* text, uint64_t hash) {
  for (; *text != 0; ++text) hash = (hash ^ static_cast<unsigned char>(*text)) * 1099511628211u;
  return hash;
}

constexpr uint64_t hash_numbers(uint64_t hash) {
  const uint64_t numbers[] = {
      sizeof(Frame),           offsetof(Frame, state),    offsetof(Frame, size),
      offsetof(Frame, site),   offsetof(Frame, node),     kFutureResult,
      sizeof(Scope),           offsetof(Scope, waiter),   offsetof(Scope, panic),
      sizeof(Node) + kNodeFuture, sizeof(Wait),              offsetof(Wait, cancelled),
      offsetof(Buffer, count), offsetof(Buffer, length),  offsetof(Buffer, capacity),
      offsetof(Buffer, bytes), kBufferData,               sizeof(Site),
      sizeof(SelectArm),       kTimerBytes,               sizeof(FormatSpec),
      kBoxContent,             sizeof(Dead),
      sizeof(Waiter),          offsetof(Waiter, value),   offsetof(Waiter, outcome),
      sizeof(Cell),            offsetof(Cell, weak),      kLockBusy,
      offsetof(Waiter, kind),  kSelectArms,               offsetof(Select, is_biased),
      sizeof(BlockingCall),    sizeof(After),             static_cast<uint64_t>(Arm::Off),
      kValue,                  kPanicked,                 kCancelled,
      kForward,                kCounted,                  kOutcome,
  };
  for (uint64_t number : numbers) hash = (hash ^ number) * 1099511628211u;
  return hash;
}

constexpr const char* kFunctionTable =
#define SKEIN_RUNTIME(name, result, args, attribute, doc) #name #result #args #attribute "\n"
#include "runtime/abi/functions.def"
#undef SKEIN_RUNTIME
    "";

// 63 bits: assemblers write constants as signed numbers.
constexpr uint64_t kHash = hash_text(kFunctionTable, hash_numbers(14695981039346656037u)) >> 1;

}  // namespace skein::abi
