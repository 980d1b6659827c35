// Cancelling a task that waits (task/node.h): a request and a wait that begin at the same time see each
// other, the wait ends once, and nobody touches the frame after it goes on.
#include "runtime/task/node.h"

#include "runtime/api/api.h"
#include "runtime/task/reasons.h"
#include "runtime/task/record.h"
#include "runtime/task/scope.h"
#include "runtime/wait/channel.h"
#include "runtime/wait/channel_wait.h"
#include "runtime/wait/lock.h"
#include "runtime/wait/scope_end.h"
#include "test/model/host.h"

namespace skein::model {

using abi::Frame;
using abi::Node;
using abi::Waiter;
using task::StateWord;

// Thread 0 begins the wait; the last thread is the worker that resumes the task, so the task may be
// running again while the first one still looks at it.
class CancelModel : public Model {
 protected:
  void cancel() { make_ready(task::cancel(&node_, task::kCancelTask)); }
  // Before the task runs again.
  void resume() {
    frame_->ready.wait();
    task::leave_wait(&node_);
    CHECK(node_.wait == 0);
  }

  Node node_ = {};
  ModelFrame* frame_ = new (allocate(sizeof(ModelFrame))) ModelFrame();
};

class CancelAwait : public CancelModel {
 public:
  void thread(unsigned index) override {
    sched::skn_node = &node_;
    if (index == 0) {
      if (!api::skn_await_future(&future_, frame_)) frame_->ready.raise();
    } else if (index == 1) {
      cancel();
    } else {
      resume();
      CHECK(task::is_cancelled(&node_));
      release(frame_);
    }
  }

 private:
  abi::Future future_ = {};
};
MODEL(CancelAwait, "a task that waits for what never comes is woken by a cancellation", 3, Switches, 4)

class CancelAwaitDone : public CancelModel {
 public:
  void thread(unsigned index) override {
    sched::skn_node = &node_;
    if (index == 0) {
      if (!api::skn_await_future(&future_, frame_)) frame_->ready.raise();
    } else if (index == 1) {
      cancel();
    } else if (index == 2) {
      future_.result[0] = 7;
      const task::Listener listener = StateWord(future_.state).finish(abi::kValue);
      if (listener.is_frame()) make_ready(listener.frame());
    } else {
      resume();
      if (task::is_done(StateWord(future_.state).load())) CHECK(future_.result[0] == 7);
      release(frame_);
    }
  }

 private:
  abi::Future future_ = {};
};
MODEL(CancelAwaitDone, "a result and a cancellation wake the task once", 4, Chance, 30000)

// The body of a scope waits at its end; afterwards the block may be gone.
class CancelScopeEnd : public CancelModel {
 public:
  void begin() override { task::add_child(scope_); }
  void thread(unsigned index) override {
    sched::skn_node = &node_;
    if (index == 0) {
      if (!wait::end_of_scope(scope_, frame_)) frame_->ready.raise();
    } else if (index == 1) {
      cancel();
    } else if (index == 2) {
      written_ = 1;
      make_ready(task::child_done(scope_));
    } else {
      resume();
      // Again, until no child is left: this time nothing is cancelled any more.
      (void)task::set_shield(&node_, task::kShieldAll);
      ModelFrame again = {};
      if (wait::end_of_scope(scope_, &again)) {
        again.ready.wait();
        task::leave_wait(&node_);
      }
      CHECK(written_ == 1);
      release(scope_);
    }
  }

 private:
  abi::Scope* scope_ = new (allocate(sizeof(abi::Scope))) abi::Scope();
  int written_ = 0;
};
MODEL(CancelScopeEnd, "a body that is cancelled while it waits for children can wait anew", 4, Chance,
      30000)

// The child is still there when the body has been cancelled.
class CancelScopeStuck : public CancelModel {
 public:
  void begin() override { task::add_child(&scope_); }
  void thread(unsigned index) override {
    sched::skn_node = &node_;
    if (index == 0) {
      if (!wait::end_of_scope(&scope_, frame_)) frame_->ready.raise();
    } else if (index == 1) {
      cancel();
    } else {
      resume();
      release(frame_);
    }
  }

 private:
  abi::Scope scope_ = {};
};
MODEL(CancelScopeStuck, "a body that waits for a child is woken by a cancellation", 3, Switches, 3)

// A task that waits for a lock: one that is there gets it.
class CancelLock : public CancelModel {
 public:
  void begin() override {
    CHECK(wait::try_lock(request()) == int32_t(abi::kLockTaken));
    frame_->waiter.chan = &cell_;
  }
  void thread(unsigned index) override {
    sched::skn_node = &node_;
    if (index == 0) {
      if (!wait::lock(&frame_->waiter, frame_)) frame_->ready.raise();
    } else if (index == 1) {
      cancel();
    } else if (index == 2) {
      ++value_;
      give_back();
    } else {
      resume();
      if (frame_->wait.cancelled == 0) {
        // One that was woken to try again finds nobody else there.
        int32_t outcome = frame_->waiter.outcome;
        if (outcome == int32_t(abi::kLockBusy)) outcome = wait::try_lock(request());
        CHECK(outcome == int32_t(abi::kLockTaken));
        ++value_;
        give_back();
      }
      release(frame_);
    }
  }
  void end() override { CHECK(cell_.state == 0 && cell_.waiting.first == nullptr); }

 private:
  wait::LockRequest request() { return wait::LockRequest(&cell_); }
  void give_back() {
    for (Waiter *served = wait::release_lock(request(), false), *next; served != nullptr;
         served = next) {
      next = served->next;
      make_ready(task::frame_of(served));
    }
  }

  abi::Cell cell_ = {};
  int value_ = 0;
};
MODEL(CancelLock, "a lock is handed to a task that waits, not to one that was cancelled", 4, Chance, 30000)

// Who sees the request sees what was done before it.
class CancelSeen : public CancelModel {
 public:
  void thread(unsigned index) override {
    if (index == 0) {
      written_ = 1;
      cancel();
    } else if (task::is_cancelled(&node_)) {
      CHECK(written_ == 1);
    }
  }

 private:
  int written_ = 0;
};
MODEL(CancelSeen, "a task that finds itself cancelled sees what its canceller wrote", 2, All, 0)

// A receive, as compiled code has it in its frame.
class CancelReceive : public CancelModel {
 public:
  void begin() override {
    channel_ = wait::Channel::make(0, sizeof(int*), nullptr);
    frame_->waiter.chan = channel_;
  }
  void thread(unsigned index) override {
    sched::skn_node = &node_;
    if (index == 0) {
      if (!wait::receive(&frame_->waiter, frame_)) frame_->ready.raise();
    } else if (index == 1) {
      cancel();
    } else if (index == 2) {
      sent_ = 1;
      int* value = &sent_;
      Frame* woken = nullptr;
      took_ = channel_->send(&value, woken) == wait::Outcome::Done;
      make_ready(woken);
    } else {
      resume();
      if (frame_->wait.cancelled == 0) {
        CHECK(*static_cast<int*>(frame_->waiter.value) == 1);
        received_ = true;
      }
      release(frame_);
    }
  }
  void end() override { CHECK(took_ == received_); }

 private:
  wait::Channel* channel_ = nullptr;
  int sent_ = 0;
  bool took_ = false;
  bool received_ = false;
};
MODEL(CancelReceive, "a value goes to a task that is there, or stays with its sender", 4, Chance, 30000)

// A dump looks at what a task waits for while it is woken.
class CancelLooked : public CancelReceive {
 public:
  void thread(unsigned index) override {
    if (index != 1) CancelReceive::thread(index);
    if (index == 2) cancel();
    if (index != 1) return;
    const uint64_t what = task::try_lock_wait(&node_);
    if (what == 0) return;
    // What is waited for lives until it is unlocked.
    const Frame* frame = reinterpret_cast<Frame*>(what);
    CHECK(frame->wait.reason == uint8_t(task::WaitReason::Receive));
    CHECK(frame == frame_);
    task::unlock_wait(&node_, what);
  }
};
MODEL(CancelLooked, "what a task waits for lives while somebody looks at it", 4, Chance, 20000)

}  // namespace skein::model
