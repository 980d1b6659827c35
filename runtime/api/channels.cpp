// The part of the ABI for channels: operations of wait/, and what they wake handed to the scheduler.
#include "runtime/api/api.h"
#include "runtime/fault/panic.h"
#include "runtime/sched/worker.h"
#include "runtime/wait/channel.h"
#include "runtime/wait/channel_wait.h"
#include "runtime/wait/select.h"
#include "runtime/wait/ticker.h"

#include <cstdlib>
#include <new>

using namespace skein;
using namespace skein::api;
using abi::Frame;
using abi::Waiter;
using wait::Channel;

static Channel& channel_at(Ptr chan) { return *static_cast<Channel*>(chan); }
static abi::Select& select_at(Ptr select) { return *static_cast<abi::Select*>(select); }

extern "C" {

Ptr skn_chan_new(I64 capacity, I64 size, Ptr name) {
  return Channel::make(capacity, static_cast<uint32_t>(size), static_cast<const char*>(name));
}

void skn_chan_free(Ptr chan) { Channel::free(&channel_at(chan)); }

I32 skn_chan_send_now(Ptr chan, Ptr value) {
  Frame* other = nullptr;
  const wait::Outcome outcome = channel_at(chan).send(value, other);
  wait::wake(other);
  return static_cast<I32>(outcome);
}

I32 skn_chan_receive_now(Ptr chan, Ptr value) {
  Frame* other = nullptr;
  const wait::Outcome outcome = channel_at(chan).receive(value, other);
  wait::wake(other);
  return static_cast<I32>(outcome);
}

I1 skn_await_send(Ptr waiter, Ptr frame) {
  return wait::send(static_cast<abi::Waiter*>(waiter), static_cast<Frame*>(frame));
}

I1 skn_await_receive(Ptr waiter, Ptr frame) {
  return wait::receive(static_cast<abi::Waiter*>(waiter), static_cast<Frame*>(frame));
}

void skn_chan_close(Ptr chan) { wait::wake_all(channel_at(chan).close()); }

I1 skn_chan_is_closed(Ptr chan) { return channel_at(chan).is_closed(); }
I64 skn_chan_length(Ptr chan) { return channel_at(chan).length(); }
I64 skn_chan_capacity(Ptr chan) { return channel_at(chan).capacity(); }

void skn_chan_tick(Ptr chan, I64 nanoseconds, I1 once) {
  wait::start_ticker(&channel_at(chan), nanoseconds, once);
}

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
  return fault::panic_with(site, "a channel cannot have room for %ld values", capacity);
}

SKEIN_COLD Ptr skn_panic_chan_closed(Ptr chan, I32 site) {
  const char* name = channel_at(chan).name();
  if (name == nullptr) return fault::panic_with(site, "sent on a closed channel");
  return fault::panic_with(site, "sent on the closed channel `%s`", name);
}

I32 skn_select_try(Ptr select) {
  return wait::try_arms(select_at(select), sched::current().turn(), wait::wake);
}

I1 skn_await_select(Ptr record, Ptr frame) {
  return wait::select(*static_cast<abi::Select**>(record), static_cast<Frame*>(frame));
}

I32 skn_select_finish(Ptr select) { return wait::finish(select_at(select)); }

Ptr skn_select_any(Ptr elements, I64 count, I64 size, Ptr value) {
  return wait::make_select(static_cast<char*>(elements), static_cast<uint32_t>(count),
                           static_cast<size_t>(size), value);
}

void skn_select_any_free(Ptr select) { wait::free_select(&select_at(select)); }

SKEIN_COLD Ptr skn_panic_select_off(I32 site) {
  return fault::panic_with(site, "no arm is enabled");
}

}  // extern "C"
