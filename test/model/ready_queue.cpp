// The queue of ready frames (sched/ready_queue.h) and the batches that overflow from it
// (sched/global_queue.h): each frame comes out once, and what was written before it was made ready is
// seen by who runs it.
#include "runtime/sched/ready_queue.h"

#include "runtime/sched/global_queue.h"
#include "test/model/host.h"

namespace skein::model {

using sched::Batch;
using sched::ReadyQueue;

class ReadyModel : public Model {
 protected:
  static constexpr int kFrames = 8;

  void add(int number, bool next) {
    written_[number] = 1;
    abi::Frame* frame = &frames_[number];
    const ReadyQueue::Added added = next ? queue_.add_next(frame) : queue_.add_last(frame);
    if (added.overflow != nullptr) global_.push(added.overflow);
  }
  bool take(abi::Frame* frame) {
    if (frame == nullptr) return false;
    const long number = static_cast<ModelFrame*>(frame) - frames_;
    CHECK(number >= 0 && number < kFrames);
    CHECK(written_[number] == 1);
    // A race, or 2, if somebody else has it too.
    CHECK(++taken_[number] == 1);
    return true;
  }
  void steal() {
    abi::Frame* frames[ReadyQueue::kMostStolen];
    const uint32_t count = queue_.steal(frames);
    for (uint32_t i = 0; i < count; ++i) take(frames[i]);
  }
  void take_global() {
    Batch* batch = global_.pop();
    if (batch == nullptr) return;
    for (uint32_t i = 0; i < batch->count; ++i) take(batch->frames[i]);
    sched::free_batch(batch);
  }
  // What is left, when all threads are through.
  void end() override {
    while (take(queue_.pick())) {
    }
    for (int i = 0; i < kFrames; ++i) take_global();
    for (int i = 0; i < kFrames; ++i) CHECK(taken_[i] == written_[i]);
  }

  ReadyQueue queue_;
  sched::GlobalQueue global_;
  ModelFrame frames_[kFrames] = {};
  int written_[kFrames] = {};
  int taken_[kFrames] = {};
};

class ReadyTaken : public ReadyModel {
 public:
  void thread(unsigned index) override {
    if (index == 1) {
      steal();
      steal();
      return;
    }
    add(0, true);
    add(1, true);
    take(queue_.pick());
    add(2, false);
    take(queue_.pick());
    take(queue_.pick());
  }
};
MODEL(ReadyTaken, "owner and thief take each frame once", 2, Chance, 20000)

class ReadyOverflows : public ReadyModel {
 public:
  void thread(unsigned index) override {
    if (index == 1) {
      take_global();
      steal();
      return;
    }
    for (int i = 0; i < 6; ++i) add(i, false);
    take(queue_.pick());
    take_global();
  }
};
MODEL(ReadyOverflows, "frames for which there is no room are taken once from the global queue", 2,
      Chance, 20000)

}  // namespace skein::model
