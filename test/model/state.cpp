// The word of a result (task/state.h): whoever comes second, the task that ends or the one that
// listens, learns of the other, and sees what it wrote before.
#include "test/model/host.h"

namespace skein::model {

using task::Listener;
using task::StateWord;

// One task ends while another waits for its value, as await does it.
class StateWait : public Model {
 public:
  void thread(unsigned index) override {
    if (index == 0) {
      result_ = 7;
      const Listener listener = StateWord(word_).finish(abi::kValue);
      if (listener.is_frame()) {
        CHECK(waiting_ == 1);
        make_ready(listener.frame());
      }
      return;
    }
    waiting_ = 1;
    if (StateWord(word_).wait(&frame_)) frame_.ready.wait();
    CHECK(StateWord(word_).load() == abi::kValue);
    CHECK(result_ == 7);
  }

 private:
  uint64_t word_ = abi::kPending;
  int result_ = 0;
  int waiting_ = 0;
  ModelFrame frame_ = {};
};
MODEL(StateWait, "a waiter is woken once and sees the result; who ends sees the waiter", 2, All, 0)

// The one that listens looks whether the task is done, and does not wait if so.
class StateLook : public Model {
 public:
  void thread(unsigned index) override {
    if (index == 0) {
      result_ = 7;
      (void)StateWord(word_).finish(abi::kValue);
    } else if (task::is_done(StateWord(word_).load())) {
      CHECK(result_ == 7);
    }
  }

 private:
  uint64_t word_ = abi::kPending;
  int result_ = 0;
};
MODEL(StateLook, "who sees that a task is done sees its result", 2, All, 0)

// A canceller takes the wait back; then somebody is woken once, by one of the two.
class StateWithdraw : public Model {
 public:
  void thread(unsigned index) override {
    if (index == 0) {
      result_ = 7;
      const Listener listener = StateWord(word_).finish(abi::kValue);
      if (listener.is_frame()) make_ready(listener.frame());
    } else if (index == 1) {
      waiting_ = 1;
      started_.raise();
      if (StateWord(word_).wait(&frame_)) frame_.ready.wait();
      // Taken back or done: it may listen anew.
      waiting_ = 2;
      if (StateWord(word_).wait(&frame_)) frame_.ready.wait();
      CHECK(result_ == 7);
    } else {
      started_.wait();
      if (abi::Frame* frame = StateWord(word_).withdraw()) make_ready(frame);
    }
  }

 private:
  uint64_t word_ = abi::kPending;
  int result_ = 0;
  int waiting_ = 0;
  Signal started_;
  ModelFrame frame_ = {};
};
MODEL(StateWithdraw, "a wait that is taken back is over once, and can begin anew", 3, All, 0)

}  // namespace skein::model
