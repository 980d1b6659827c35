// Locks that tasks wait for (wait/lock.h): writers are alone, whoever waits is woken once with the
// lock, and who has it sees what the one before wrote.
#include "runtime/wait/lock.h"

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
  LockRequest request(bool reads) {
    return LockRequest(reinterpret_cast<void*>(reinterpret_cast<uint64_t>(&cell_) | reads));
  }
  // As compiled code does it: gives what the lock says.
  uint32_t take(bool reads) {
    const int32_t outcome = wait::try_lock(request(reads));
    if (outcome != abi::kLockBusy) return uint32_t(outcome);
    ModelFrame* frame = new (allocate(sizeof(ModelFrame))) ModelFrame();
    Waiter* waiter = new (allocate(sizeof(Waiter))) Waiter();
    waiter->frame = frame;
    waiter->chan = reinterpret_cast<void*>(reinterpret_cast<uint64_t>(&cell_) | reads);
    if (wait::wait_for_lock(request(reads), waiter)) frame->ready.wait();
    const uint32_t taken = waiter->outcome;
    release(waiter);
    release(frame);
    return taken;
  }
  void give_back(bool reads, bool poisons = false) {
    Waiter* served = wait::release_lock(request(reads), poisons);
    while (served != nullptr) {
      Waiter* next = served->next;
      make_ready(served->frame);
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

  Cell cell_ = {};
  int value_ = 0;
};

class LockWriters : public LockModel {
 public:
  void thread(unsigned) override { write(); }
  void end() override {
    CHECK(value_ == 3);
    LockModel::end();
  }
};
MODEL(LockWriters, "three tasks change a value one after the other", 3, Switches, 2)

class LockTwice : public LockModel {
 public:
  void thread(unsigned) override {
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
  void thread(unsigned index) override { index == 0 ? write() : read(); }
};
MODEL(LockReaders, "readers never meet a writer", 3, Chance, 30000)

// A task gives up waiting, and then takes the lock as if it had never waited.
class LockWithdrawn : public LockModel {
 public:
  void begin() override { CHECK(wait::try_lock(request(false)) == int32_t(abi::kLockTaken)); }
  void thread(unsigned index) override {
    if (index == 0) {
      ++value_;
      return give_back(false);
    }
    Waiter waiter = {};
    ModelFrame frame = {};
    waiter.frame = &frame;
    waiter.chan = &cell_;
    bool has_lock = !wait::wait_for_lock(request(false), &waiter);
    if (!has_lock && !wait::stop_waiting_for_lock(&waiter)) {
      frame.ready.wait();
      has_lock = true;
    }
    if (!has_lock) has_lock = wait::try_lock(request(false)) == int32_t(abi::kLockTaken);
    if (!has_lock) return;
    ++value_;
    give_back(false);
  }
};
MODEL(LockWithdrawn, "a lock whose waiters have gone is free for others", 3, Switches, 2)

// A panic leaves a mark that whoever takes the lock next sees.
class LockPoisoned : public LockModel {
 public:
  void thread(unsigned index) override {
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

}  // namespace skein::model
