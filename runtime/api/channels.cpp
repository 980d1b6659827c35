// The part of the ABI for channels: operations of wait/, and what they wake handed to the scheduler.
#include "runtime/api/api.h"
#include "runtime/fault/panic.h"
#include "runtime/sched/worker.h"
#include "runtime/wait/channel.h"
#include "runtime/wait/channel_wait.h"
#include "runtime/wait/select.h"

#include <cstdio>
#include <cstdlib>
#include <new>

using namespace skein;
using namespace skein::api;
using abi::Frame;
using abi::Waiter;
using wait::Channel;

static Channel& channel_at(Ptr chan) { return *static_cast<Channel*>(chan); }
static abi::Select& select_at(Ptr select) { return *static_cast<abi::Select*>(select); }

// A task that was handed something runs next, while that is in the cache.
static void make_ready(Frame* frame) {
  if (frame != nullptr) sched::current().make_ready(frame);
}

extern "C" {

Ptr skn_chan_new(I64 capacity, I64 size, Ptr name) {
  return Channel::make(capacity, static_cast<uint32_t>(size), static_cast<const char*>(name));
}

void skn_chan_free(Ptr chan) { Channel::free(&channel_at(chan)); }

I32 skn_chan_send(Ptr chan, Ptr value) {
  Frame* other = nullptr;
  const wait::Outcome outcome = channel_at(chan).send(value, other);
  make_ready(other);
  return static_cast<I32>(outcome);
}

I32 skn_chan_receive(Ptr chan, Ptr value) {
  Frame* other = nullptr;
  const wait::Outcome outcome = channel_at(chan).receive(value, other);
  make_ready(other);
  return static_cast<I32>(outcome);
}

I1 skn_await_send(Ptr wait, Ptr frame) {
  return wait::send(static_cast<abi::Wait*>(wait), static_cast<Frame*>(frame));
}

I1 skn_await_receive(Ptr wait, Ptr frame) {
  return wait::receive(static_cast<abi::Wait*>(wait), static_cast<Frame*>(frame));
}

void skn_chan_close(Ptr chan) {
  Waiter* served = channel_at(chan).close();
  while (served != nullptr) {
    // The node lies in the frame, which may run and be gone as soon as it is ready.
    Waiter* next = served->next;
    sched::current().make_ready_last(served->frame);
    served = next;
  }
}

I1 skn_chan_is_closed(Ptr chan) { return channel_at(chan).is_closed(); }
I64 skn_chan_length(Ptr chan) { return channel_at(chan).length(); }
I64 skn_chan_capacity(Ptr chan) { return channel_at(chan).capacity(); }

Ptr skn_chan_end_new(Ptr chan) {
  void* memory = aligned_alloc(abi::kAlignment, sizeof(abi::ChanEnd));
  if (memory == nullptr) base::fatal("out of memory");
  return new (memory) abi::ChanEnd{1, chan};
}

Ptr skn_chan_end_free(Ptr end) {
  Ptr chan = static_cast<abi::ChanEnd*>(end)->chan;
  free(end);
  skn_chan_close(chan);
  return chan;
}

SKEIN_COLD Ptr skn_panic_chan_capacity(I64 capacity, I32 site) {
  char text[80];
  const int size = snprintf(text, sizeof(text), "a channel cannot have room for %ld values", capacity);
  return fault::new_panic({text, static_cast<size_t>(size)}, static_cast<uint32_t>(site));
}

SKEIN_COLD Ptr skn_panic_chan_closed(Ptr chan, I32 site) {
  const char* name = channel_at(chan).name();
  const char* format = name == nullptr ? "sent on a closed channel" : "sent on the closed channel `%s`";
  char text[160];
  const int size = snprintf(text, sizeof(text), format, name);
  const size_t length = size < int(sizeof(text)) ? static_cast<size_t>(size) : sizeof(text) - 1;
  return fault::new_panic({text, length}, static_cast<uint32_t>(site));
}

I32 skn_select_try(Ptr select) {
  return wait::try_arms(select_at(select), sched::current().random(), make_ready);
}

I1 skn_await_select(Ptr wait, Ptr frame) {
  return wait::select(static_cast<abi::Wait*>(wait), static_cast<Frame*>(frame));
}

I32 skn_select_finish(Ptr select) { return wait::finish(select_at(select)); }

SKEIN_COLD Ptr skn_panic_select_off(I32 site) {
  return fault::new_panic(std::string_view("no arm is enabled"), static_cast<uint32_t>(site));
}

}  // extern "C"
