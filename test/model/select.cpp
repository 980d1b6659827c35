// Selects (wait/select.h): one arm of each is served, and who serves it and the task agree on which.
#include "runtime/wait/select.h"

#include "runtime/task/record.h"
#include "test/model/host.h"

namespace skein::model {

using abi::Arm;
using abi::Select;
using abi::Waiter;
using wait::Channel;
using wait::Offered;
using wait::Outcome;

constexpr int kArms = 2;

// As it lies in a frame.
struct Arms {
  Select select;
  char gap[abi::kSelectArms - sizeof(Select)];
  abi::SelectArm arms[kArms];
};

class SelectModel : public Model {
 public:
  void begin() override {
    for (Channel*& channel : channels_) channel = Channel::make(capacity(), sizeof(int*), nullptr);
  }

 protected:
  virtual int64_t capacity() const { return 0; }

  // One round: gives the arm.
  int select(Arm first, Arm second, int value) {
    Arms* arms = new (allocate(sizeof(Arms))) Arms();
    ModelFrame* frame = new (allocate(sizeof(ModelFrame))) ModelFrame();
    const Arm kinds[kArms] = {first, second};
    int** values = static_cast<int**>(allocate(sizeof(int*) * kArms));
    arms->select.count = kArms;
    for (int i = 0; i < kArms; ++i) {
      values[i] = kinds[i] == Arm::Send ? write(value) : nullptr;
      arms->arms[i].kind = uint8_t(kinds[i]);
      arms->arms[i].value = &values[i];
      arms->arms[i].chan = channels_[i];
    }
    int32_t chosen = abi::kSelectBlocked;
    while (true) {
      chosen = wait::try_arms(arms->select, 0, make_ready);
      if (chosen != abi::kSelectBlocked) break;
      const Offered offered = wait::offer_arms(arms->select, frame, make_ready);
      if (offered == Offered::Waits) frame->ready.wait();
      if (offered == Offered::Again) yield();
      chosen = wait::finish(arms->select);
      if (chosen != abi::kSelectBlocked) break;
    }
    CHECK(chosen >= 0 && chosen < kArms);
    const Outcome outcome = Outcome(arms->arms[chosen].outcome);
    CHECK(outcome == Outcome::Done || outcome == Outcome::Closed);
    if (kinds[chosen] == Arm::Receive && outcome == Outcome::Done) read(values[chosen]);
    release(values);
    release(frame);
    release(arms);
    return outcome == Outcome::Closed ? -1 : chosen;
  }

  int* write(int value) {
    written_[value] = value;
    return &written_[value];
  }
  void read(int* value) { CHECK(++received_[*value] == 1); }

  // A task that does nothing else.
  void send(int channel, int value) {
    int* text = write(value);
    abi::Frame* woken = nullptr;
    ModelFrame* frame = new (allocate(sizeof(ModelFrame))) ModelFrame();
    Waiter* waiter = &frame->waiter;
    waiter->value = text;
    waiter->chan = channels_[channel];
    waiter->kind = uint8_t(Arm::Send);
    const bool waits = channels_[channel]->wait_to_send(waiter, woken);
    make_ready(woken);
    if (waits) frame->ready.wait();
    release(frame);
  }
  void close(int channel) {
    Waiter* served = channels_[channel]->close();
    while (served != nullptr) {
      Waiter* next = served->next;
      make_ready(task::frame_of(served));
      served = next;
    }
  }

  Channel* channels_[kArms] = {};
  int written_[4] = {};
  int received_[4] = {};
};

class SelectReceives : public SelectModel {
 public:
  void thread(unsigned index) override {
    if (index == 2) {
      select(Arm::Receive, Arm::Receive, 0);
      select(Arm::Receive, Arm::Receive, 0);
    } else {
      send(int(index), int(index) + 1);
    }
  }
  void end() override { CHECK(received_[1] == 1 && received_[2] == 1); }
};
MODEL(SelectReceives, "two senders on two arms are both received, one after the other", 3, Chance, 30000)

class SelectMeets : public SelectModel {
 public:
  void thread(unsigned index) override {
    if (index == 0) {
      chosen_[0] = select(Arm::Send, Arm::Receive, 1);
    } else {
      chosen_[1] = select(Arm::Receive, Arm::Send, 2);
    }
  }
  void end() override {
    CHECK(chosen_[0] == chosen_[1]);
    CHECK(received_[1] + received_[2] == 1);
  }

 private:
  int chosen_[2] = {};
};
MODEL(SelectMeets, "two selects that can meet at two channels meet at one", 2, Chance, 30000)

class SelectCloses : public SelectModel {
 public:
  void thread(unsigned index) override {
    if (index == 0) {
      const int chosen = select(Arm::Receive, Arm::Receive, 0);
      CHECK(chosen == -1 || chosen == 1);
    } else if (index == 1) {
      close(0);
    } else {
      abi::Frame* woken = nullptr;
      int* value = write(1);
      if (channels_[1]->send(&value, woken) == Outcome::Done) sent_ = 1;
      make_ready(woken);
    }
  }
  void end() override { CHECK(sent_ == received_[1]); }

 private:
  int sent_ = 0;
};
MODEL(SelectCloses, "a close and a value at the same time serve one arm", 3, Switches, 2)

class SelectTakenBack : public SelectModel {
 public:
  void thread(unsigned index) override {
    if (index == 0) {
      arms_.select.count = kArms;
      for (int i = 0; i < kArms; ++i) {
        arms_.arms[i].kind = uint8_t(Arm::Receive);
        arms_.arms[i].value = &value_;
        arms_.arms[i].chan = channels_[i];
      }
      const Offered offered = wait::offer_arms(arms_.select, &frame_, make_ready);
      offered_.raise();
      if (offered == Offered::Waits) frame_.ready.wait();
      const int32_t chosen = wait::finish(arms_.select);
      CHECK((chosen == abi::kSelectBlocked) == (taken_back_ == 1));
      if (chosen != abi::kSelectBlocked) read(value_);
    } else if (index == 1) {
      abi::Frame* woken = nullptr;
      int* value = write(1);
      if (channels_[0]->send(&value, woken) == Outcome::Done) sent_ = 1;
      make_ready(woken);
    } else {
      offered_.wait();
      if (!wait::take_back(arms_.select)) return;
      taken_back_ = 1;
      make_ready(&frame_);
    }
  }
  void end() override { CHECK(sent_ == received_[1]); }

 private:
  Arms arms_ = {};
  ModelFrame frame_ = {};
  Signal offered_;
  int* value_ = nullptr;
  int taken_back_ = 0;
  int sent_ = 0;
};
MODEL(SelectTakenBack, "a select that is cancelled takes no value, or was served before", 3, Chance, 30000)

}  // namespace skein::model
