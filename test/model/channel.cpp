// Channels (wait/channel.h): each value that is sent is received once, with what was written before it
// was sent, and nobody waits for ever.
#include "runtime/wait/channel.h"

#include "runtime/task/record.h"
#include "test/model/host.h"

namespace skein::model {

using abi::Waiter;
using wait::Channel;
using wait::Outcome;

class ChannelModel : public Model {
 public:
  void begin() override { channel_ = Channel::make(capacity(), sizeof(int*), nullptr); }
  void end() override {
    CHECK(channel_->length() == 0);
    Channel::free(channel_);
  }

 protected:
  virtual int64_t capacity() const { return 1; }

  // A task's node, gone as soon as the task goes on.
  struct Waiting {
    ModelFrame* frame = new (allocate(sizeof(ModelFrame))) ModelFrame();
    Waiter* waiter = &frame->waiter;
    int*& value;
    Waiting(Channel* channel, int*& bytes, abi::Arm kind) : value(bytes) {
      waiter->value = value;
      waiter->chan = channel;
      waiter->kind = uint8_t(kind);
    }
    Outcome finish(bool waits) {
      if (waits) frame->ready.wait();
      const Outcome outcome = Outcome(waiter->outcome);
      value = static_cast<int*>(waiter->value);
      release(frame);
      return outcome;
    }
  };

  // As compiled code does it: first without waiting.
  Outcome send(int number) {
    written_[number] = number;
    int* value = &written_[number];
    abi::Frame* woken = nullptr;
    Outcome outcome = channel_->send(&value, woken);
    make_ready(woken);
    if (outcome != Outcome::Blocked) return outcome;
    Waiting waiting(channel_, value, abi::Arm::Send);
    woken = nullptr;
    const bool waits = channel_->wait_to_send(waiting.waiter, woken);
    make_ready(woken);
    return waiting.finish(waits);
  }
  // Gives the number of the value, or -1 when the channel is closed.
  int receive() {
    int* value = nullptr;
    abi::Frame* woken = nullptr;
    Outcome outcome = channel_->receive(&value, woken);
    make_ready(woken);
    if (outcome == Outcome::Blocked) {
      Waiting waiting(channel_, value, abi::Arm::Receive);
      woken = nullptr;
      const bool waits = channel_->wait_to_receive(waiting.waiter, woken);
      make_ready(woken);
      outcome = waiting.finish(waits);
    }
    if (outcome == Outcome::Closed) return -1;
    CHECK(outcome == Outcome::Done);
    const int number = *value;
    CHECK(++received_[number] == 1);
    return number;
  }
  void close() {
    Waiter* served = channel_->close();
    while (served != nullptr) {
      Waiter* next = served->next;
      make_ready(task::frame_of(served));
      served = next;
    }
  }

  Channel* channel_ = nullptr;
  int written_[5] = {};
  int received_[5] = {};
};

class ChannelBuffered : public ChannelModel {
 public:
  void thread(unsigned index) override {
    if (index == 0) {
      for (int i = 1; i <= 2; ++i) CHECK(send(i) == Outcome::Done);
    } else {
      for (int i = 1; i <= 2; ++i) CHECK(receive() == i);
    }
  }
};
MODEL(ChannelBuffered, "values come in the order in which they were sent", 2, Switches, 3)

class ChannelRendezvous : public ChannelModel {
 public:
  void thread(unsigned index) override {
    index < 2 ? CHECK(send(int(index) + 1) == Outcome::Done) : (void)(receive() + receive());
  }
  int64_t capacity() const override { return 0; }
};
MODEL(ChannelRendezvous, "each send without a buffer meets one receive", 3, Chance, 30000)

class ChannelCloses : public ChannelModel {
 public:
  void thread(unsigned index) override {
    if (index == 0) {
      CHECK(send(1) == Outcome::Done);
      close();
    } else {
      while (receive() != -1) {
      }
    }
  }
  void end() override {
    CHECK(received_[1] == 1);
    ChannelModel::end();
  }
};
MODEL(ChannelCloses, "receivers get what was sent before the close, and all of them end", 3, Switches,
      2)

// What was written before the channel was closed is seen by who sees that it is.
class ChannelIsClosed : public ChannelModel {
 public:
  void thread(unsigned index) override {
    if (index == 0) {
      written_[0] = 1;
      close();
    } else if (channel_->is_closed()) {
      CHECK(written_[0] == 1);
    }
  }
};
MODEL(ChannelIsClosed, "who sees the channel closed sees what was written before", 2, All, 0)

}  // namespace skein::model
