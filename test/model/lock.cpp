// Locks that tasks wait for (wait/lock.h): writers are alone, whoever waits is woken with the lock or to
// try again, and who has it sees what the one before wrote.
#include "runtime/wait/lock.h"

#include "runtime/api/api.h"
#include "runtime/task/record.h"
#include "runtime/wait/channel_wait.h"
#include "test/model/host.h"

namespace skein::model {

using abi::Cell;
using abi::Waiter;
using wait::LockRequest;

class LockModel : public Model {
 public:
  void end() override {
    CHECK(cell_.state == 0);
    CHECK(cell_.waiting.first == nullptr);
  }

 protected:
  void* bits(bool reads) {
    return reinterpret_cast<void*>(reinterpret_cast<uint64_t>(&cell_) | reads);
  }
  LockRequest request(bool reads) { return LockRequest(bits(reads)); }
  // As compiled code does it: gives what the lock says.
  uint32_t take(bool reads) {
    const int32_t outcome = api::skn_lock_try(bits(reads));
    if (outcome != abi::kLockBusy) return uint32_t(outcome);
    uint8_t times_woken = 0;
    uint32_t taken = abi::kLockBusy;
    while (taken == abi::kLockBusy) {
      ModelFrame* frame = new (allocate(sizeof(ModelFrame))) ModelFrame();
      frame->node = sched::skn_node;
      frame->waiter.chan = bits(reads);
      frame->waiter.kind = times_woken;
      if (wait::wait_for_lock(request(reads), &frame->waiter)) frame->ready.wait();
      taken = frame->waiter.outcome;
      times_woken = frame->waiter.kind;
      release(frame);
      if (taken == abi::kLockBusy) taken = uint32_t(wait::try_lock(request(reads)));
    }
    return taken;
  }
  void give_back(bool reads, bool poisons = false) {
    api::skn_lock_release(&cell_, reads, poisons);
  }
  static void wake(Waiter* served) {
    while (served != nullptr) {
      Waiter* next = served->next;
      make_ready(task::frame_of(served));
      served = next;
    }
  }
  void write() {
    CHECK(take(false) == abi::kLockTaken);
    ++value_;
    give_back(false);
  }
  void read() {
    CHECK(take(true) == abi::kLockTaken);
    CHECK(value_ >= 0);
    give_back(true);
  }

  // The thread is this task from here on.
  void be_task(unsigned index) { sched::skn_node = &tasks_[index]; }

  Cell cell_ = {};
  int value_ = 0;
  abi::Node tasks_[3] = {};
};

class LockWriters : public LockModel {
 public:
  void thread(unsigned index) override {
    be_task(index);
    write();
  }
  void end() override {
    CHECK(value_ == 3);
    LockModel::end();
  }
};
MODEL(LockWriters, "three tasks change a value one after the other", 3, Switches, 2)

class LockTwice : public LockModel {
 public:
  void thread(unsigned index) override {
    be_task(index);
    write();
    write();
  }
  void end() override {
    CHECK(value_ == 4);
    LockModel::end();
  }
};
MODEL(LockTwice, "nobody is forgotten when the lock changes hands again and again", 2, Switches, 4)

class LockReaders : public LockModel {
 public:
  void thread(unsigned index) override {
    be_task(index);
    index == 0 ? write() : read();
  }
};
MODEL(LockReaders, "readers never meet a writer", 3, Chance, 30000)

// A task gives up waiting, and then takes the lock as if it had never waited.
class LockWithdrawn : public LockModel {
 public:
  void begin() override {
    be_task(0);
    CHECK(wait::try_lock(request(false)) == int32_t(abi::kLockTaken));
  }
  void thread(unsigned index) override {
    be_task(index);
    if (index == 0) {
      ++value_;
      return give_back(false);
    }
    ModelFrame frame = {};
    Waiter& waiter = frame.waiter;
    frame.node = sched::skn_node;
    waiter.chan = &cell_;
    bool has_lock = !wait::wait_for_lock(request(false), &waiter);
    if (!has_lock && !wait::stop_waiting_for_lock(&waiter)) {
      frame.ready.wait();
      has_lock = waiter.outcome == abi::kLockTaken;
    }
    const bool was_woken = !has_lock && waiter.kind != 0;
    if (!has_lock) has_lock = wait::try_lock(request(false)) == int32_t(abi::kLockTaken);
    if (!has_lock) {
      // Who was woken and does not take it leaves that to the next.
      if (was_woken) wake(wait::wake_for_lock(&cell_));
      return;
    }
    ++value_;
    give_back(false);
  }
};
MODEL(LockWithdrawn, "a lock whose waiters have gone is free for others", 3, Switches, 2)

// A third task shares the lock from beginning to end.
class LockReaderBehindWriter : public LockModel {
 public:
  void begin() override {
    be_task(2);
    CHECK(wait::try_lock(request(true)) == int32_t(abi::kLockTaken));
  }
  void thread(unsigned index) override {
    be_task(index);
    if (index == 1) return read();
    ModelFrame frame = {};
    Waiter& waiter = frame.waiter;
    frame.node = sched::skn_node;
    waiter.chan = bits(false);
    CHECK(wait::wait_for_lock(request(false), &waiter));
    CHECK(wait::stop_waiting_for_lock(&waiter));
    wake(wait::wake_for_lock(&cell_));
  }
  void end() override {
    be_task(2);
    give_back(true);
    LockModel::end();
  }
};
MODEL(LockReaderBehindWriter, "a reader does not wait for a writer that has gone", 2, Switches, 4)

// A panic leaves a mark that whoever takes the lock next sees.
class LockPoisoned : public LockModel {
 public:
  void thread(unsigned index) override {
    be_task(index);
    if (index == 0) {
      CHECK(take(false) == abi::kLockTaken || value_ == 2);
      value_ = 1;
      give_back(false, true);
    } else {
      const uint32_t outcome = take(false);
      CHECK((outcome == abi::kLockPoisoned) == (value_ == 1));
      value_ = value_ == 1 ? 3 : 2;
      give_back(false);
    }
  }
};
MODEL(LockPoisoned, "who takes the lock after a panic knows of it", 2, Switches, 4)

// Without membarrier who gives a lock back has to fence by itself, before it looks for who waits.
class LockFenced : public LockModel {
 public:
  LockFenced(bool reads, bool poisons) : reads_(reads), poisons_(poisons) {}
  void begin() override {
    sched::skn_fences_always = true;
    be_task(0);
    CHECK(wait::try_lock(request(reads_)) == int32_t(abi::kLockTaken));
  }
  void thread(unsigned index) override {
    be_task(index);
    if (index == 0) return give_back(reads_, poisons_);
    CHECK(take(false) == (poisons_ ? abi::kLockPoisoned : abi::kLockTaken));
    give_back(false);
  }

 private:
  bool reads_;
  bool poisons_;
};
struct LockWriterFenced : LockFenced {
  LockWriterFenced() : LockFenced(false, false) {}
};
struct LockReaderFenced : LockFenced {
  LockReaderFenced() : LockFenced(true, false) {}
};
struct LockPoisonedFenced : LockFenced {
  LockPoisonedFenced() : LockFenced(false, true) {}
};
MODEL(LockWriterFenced, "who waits for a writer is woken where the holder fences always", 2, Switches, 4)
MODEL(LockReaderFenced, "who waits for a reader is woken there too", 2, Switches, 4)
MODEL(LockPoisonedFenced, "who waits for one that panics is woken there too", 2, Switches, 4)

}  // namespace skein::model
