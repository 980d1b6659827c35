// Scopes (task/scope.h): the body goes on once, when the last child is done, and sees what the children
// wrote; who cancels the scope reaches every child.
#include "runtime/task/scope.h"

#include "runtime/task/node.h"
#include "test/model/host.h"

namespace skein::model {

using abi::Frame;
using abi::Node;
using abi::Scope;

static void wake(task::Host&, Frame* frame) { make_ready(frame); }

class ScopeModel : public Model {
 protected:
  task::Host& host() { return host_; }

  task::Host host_{wake};
  Node owner_ = {};
  ModelFrame frame_ = {};
  Scope* scope_ = new (allocate(sizeof(Scope))) Scope();
};

class ScopeWaits : public ScopeModel {
 public:
  void begin() override {
    task::add_child(scope_);
    task::add_child(scope_);
  }
  void thread(unsigned index) override {
    if (index < 2) {
      written_[index] = 1;
      make_ready(task::child_done(scope_));
      return;
    }
    if (task::wait_for_children(scope_, &frame_)) frame_.ready.wait();
    CHECK(written_[0] == 1 && written_[1] == 1);
    // The block is gone.
    release(scope_);
  }

 private:
  int written_[2] = {};
};
MODEL(ScopeWaits, "the body goes on after the last child, which touches the block no more", 3, Switches, 4)

// A child that fails cancels its sibling, whether it is listed before or after.
class ScopeFails : public ScopeModel {
 public:
  void begin() override { task::enter_scope(scope_, &owner_); }
  void thread(unsigned index) override {
    if (index == 0) {
      panic_ = new (allocate(sizeof(abi::Panic))) abi::Panic();
      panic_->site = 7;
      task::note_panic(scope_, panic_, host());
      return;
    }
    task::unlist_child(task::list_child(scope_, &child_, host()), host());
    make_ready(task::child_done(scope_));
  }
  void end() override {
    CHECK(task::is_cancelled(&owner_));
    CHECK(scope_->children == nullptr);
    CHECK(task::take_panic(scope_) == panic_);
  }

 private:
  Node child_ = {};
  abi::Panic* panic_ = nullptr;
};
MODEL(ScopeFails, "a child that is listed while the scope ends is in no list afterwards", 2, Switches, 4)

class ScopeCancels : public ScopeModel {
 public:
  void thread(unsigned index) override {
    if (index == 0) {
      task::cancel_children(scope_, host());
    } else {
      (void)task::list_child(scope_, &child_, host());
    }
  }
  void end() override { CHECK(task::is_cancelled(&child_)); }

 private:
  Node child_ = {};
};
MODEL(ScopeCancels, "a child is cancelled if the scope was, whichever came first", 2, All, 0)

// Blocks so deep that they share a bit: the outer one ends while the inner one is being left.
class ScopeDeep : public ScopeModel {
 public:
  void begin() override {
    task::enter_scope(scope_, &owner_);
    scope_->depth = task::kDeepest;
    task::enter_scope(&inner_, &owner_);
  }
  void thread(unsigned index) override {
    if (index == 0) {
      task::end_scope(scope_, abi::kScopeTimedOut, host());
    } else {
      CHECK(!task::leave_scope(&inner_, abi::kScopeTimedOut));
    }
  }
  void end() override {
    CHECK(task::is_cancelled(&owner_));
    CHECK(task::leave_scope(scope_, abi::kScopeTimedOut));
  }

 private:
  Scope inner_ = {};
};
MODEL(ScopeDeep, "leaving a block does not undo the request to leave the one around it", 2, Chance, 20000)

// A body that sees the request knows why.
class ScopeAsked : public ScopeModel {
 public:
  void begin() override { task::enter_scope(scope_, &owner_); }
  void thread(unsigned index) override {
    if (index == 0) {
      task::end_scope(scope_, abi::kScopeTimedOut, host());
    } else if (task::is_cancelled(&owner_)) {
      CHECK(task::leave_scope(scope_, abi::kScopeTimedOut));
    }
  }
};
MODEL(ScopeAsked, "who sees the request to leave a block sees why", 2, Chance, 20000)

// Two children panic: one is the first, the other attached to it.
class ScopePanics : public ScopeModel {
 public:
  void begin() override {
    task::enter_scope(scope_, &owner_);
    for (int i = 0; i < 3; ++i) task::add_child(scope_);
  }
  void thread(unsigned index) override {
    abi::Panic* panic = new (allocate(sizeof(abi::Panic))) abi::Panic();
    panic->site = index + 1;
    task::note_panic(scope_, panic, host());
    if (Frame* waiter = task::child_done(scope_)) make_ready(waiter);
  }
  void end() override {
    abi::Panic* first = task::take_panic(scope_);
    uint32_t sites = first->site;
    int count = 1;
    for (abi::Panic* other = first->attached; other != nullptr; other = other->next_attached) {
      sites += other->site;
      ++count;
    }
    CHECK(count == 3 && sites == 6);
  }
};
MODEL(ScopePanics, "no panic of a child is lost", 3, Switches, 2)

// Of several who would end a race one is the winner, whose value the body sees.
class ScopeRace : public ScopeModel {
 public:
  void begin() override {
    task::add_child(scope_);
    task::add_child(scope_);
  }
  void thread(unsigned index) override {
    if (index < 2) {
      if (task::claim_scope(scope_, abi::kScopeWon)) winner_ = int(index) + 1;
      make_ready(task::child_done(scope_));
      return;
    }
    if (task::wait_for_children(scope_, &frame_)) frame_.ready.wait();
    CHECK(winner_ != 0);
  }

 private:
  int winner_ = 0;
};
MODEL(ScopeRace, "a race has one winner", 3, Switches, 3)

}  // namespace skein::model
