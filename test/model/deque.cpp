// The deque (sched/deque.h) and its adaptive fence: each entry goes to one taker, who sees what was
// written before it was pushed.
#include "test/model/host.h"

namespace skein::model {

using sched::Deque;
using sched::Thief;

class DequeModel : public Model {
 public:
  void end() override {
    for (int i = 0; i < kFrames; ++i) CHECK(taken_[i] == (pushed_[i] != 0 ? 1 : 0));
  }

 protected:
  static constexpr int kFrames = 4;

  void push(int number) {
    pushed_[number] = 1;
    deque_.push(&frames_[number]);
  }
  // Whoever takes a frame runs it: that is a race unless it is alone with it.
  bool take(abi::Frame* frame) {
    if (frame == nullptr) return false;
    const long number = static_cast<ModelFrame*>(frame) - frames_;
    CHECK(number >= 0 && number < kFrames);
    CHECK(pushed_[number] == 1);
    taken_[number]++;
    return true;
  }
  bool pop() { return take(deque_.pop()); }
  bool steal() { return take(Thief(deque_).steal()); }

  Deque deque_;
  ModelFrame frames_[kFrames] = {};
  int pushed_[kFrames] = {};
  int taken_[kFrames] = {};
};

// The last entry, which owner and thief want at the same time; again with the fence in use.
class DequeLast : public DequeModel {
 public:
  void thread(unsigned index) override {
    if (index == 1) {
      steal();
      steal();
      return;
    }
    for (int i = 0; i < 3; ++i) {
      push(i);
      pop();
    }
  }
};
MODEL(DequeLast, "owner and thief never both have the last entry, nor none of them", 2, Switches, 3)

// More than one entry: the owner at one end and the thief at the other.
class DequeEnds : public DequeModel {
 public:
  void thread(unsigned index) override {
    if (index == 1) {
      steal();
      steal();
      return;
    }
    push(0);
    push(1);
    pop();
    push(2);
    while (pop()) {
    }
  }
};
MODEL(DequeEnds, "entries are taken once, from both ends", 2, Switches, 3)

// Somebody has stolen before, so the owner fences itself and the thief does not do it for it.
class DequeStolen : public DequeModel {
 public:
  void begin() override {
    push(0);
    steal();
  }
  void thread(unsigned index) override {
    if (index == 1) {
      steal();
      return;
    }
    push(1);
    push(2);
    pop();
    pop();
  }
};
MODEL(DequeStolen, "what is stolen is seen as it was pushed, also below an entry that was popped", 2,
      Switches, 3)

// Two thieves, of whom the second arrives while the owner still has no fence.
class DequeThieves : public DequeModel {
 public:
  void thread(unsigned index) override {
    if (index > 0) {
      steal();
      return;
    }
    push(0);
    push(1);
    pop();
    pop();
    push(2);
    pop();
  }
};
MODEL(DequeThieves, "two thieves and the owner take each entry once", 3, Chance, 30000)

// A slot that is used again holds the entry of this time.
class DequeWraps : public DequeModel {
 public:
  void thread(unsigned index) override {
    if (index == 1) {
      for (int i = 0; i < 3; ++i) steal();
      return;
    }
    for (int i = 0; i < 4; ++i) push(i);
    while (pop()) {
    }
  }
};
MODEL(DequeWraps, "a full ring loses nothing", 2, Switches, 2)

// Without membarrier the owner fences always.
class DequeFenced : public DequeModel {
 public:
  void begin() override { deque_.fence_always(); }
  void thread(unsigned index) override {
    if (index == 1) {
      steal();
      steal();
      return;
    }
    push(0);
    pop();
    push(1);
    pop();
  }
};
MODEL(DequeFenced, "the same holds where the owner fences always", 2, Switches, 4)

}  // namespace skein::model
