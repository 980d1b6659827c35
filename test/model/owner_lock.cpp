// The lock whose owner takes it with two plain stores (sched/owner_lock.h).
#include "runtime/sched/owner_lock.h"

#include "test/model/host.h"

namespace skein::model {

using sched::OwnerGuard;
using sched::OwnerLock;

class OwnerLockModel : public Model {
 public:
  void end() override { CHECK(value_ == changes_[0] + changes_[1] + changes_[2]); }

 protected:
  void enter(unsigned index) {
    OwnerGuard guard(lock_);
    ++value_;
    ++changes_[index];
  }
  void visit(unsigned index) {
    if (!lock_.try_close()) return;
    ++value_;
    ++changes_[index];
    lock_.open();
  }

  OwnerLock lock_;
  int value_ = 0;
  int changes_[3] = {};
};

class OwnerAndGuest : public OwnerLockModel {
 public:
  void thread(unsigned index) override {
    if (index == 0) {
      for (int i = 0; i < 3; ++i) enter(0);
    } else {
      visit(1);
      visit(1);
    }
  }
};
MODEL(OwnerAndGuest, "owner and guest are never inside together", 2, Switches, 3)

class OwnerAndGuests : public OwnerLockModel {
 public:
  void thread(unsigned index) override {
    if (index == 0) {
      enter(0);
      enter(0);
    } else {
      visit(index);
    }
  }
};
MODEL(OwnerAndGuests, "nor two guests and the owner", 3, Chance, 30000)

class OwnerFenced : public OwnerLockModel {
 public:
  void begin() override { lock_.fence_always(); }
  void thread(unsigned index) override {
    if (index == 0) {
      enter(0);
      enter(0);
    } else {
      visit(1);
    }
  }
};
MODEL(OwnerFenced, "nor where the owner fences always", 2, Switches, 4)

}  // namespace skein::model
