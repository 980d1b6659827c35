// One of several channel operations, whichever can happen first.
//
// First each arm is tried, from a place chosen by chance, so that arms which are ready take turns;
// an arm whose channel does not look ready costs no lock. Then the arms are offered one by one, a
// lock at a time, with one word in common that whoever serves an arm has to claim (channel.h).
#pragma once

#include "runtime/wait/channel.h"

namespace skein::wait {

// Frames an operation made ready, to be handed to the scheduler: at most one an arm.
using Wake = void (*)(Frame*);

// Does an arm that is ready: its number, or abi::kSelectDefault, kSelectBlocked, kSelectAllOff.
// `start` is any number.
int32_t try_arms(abi::Select& select, uint32_t start, Wake wake);

// After kSelectBlocked. False: the task need not suspend; it calls `finish` at once.
enum class Offered : uint8_t { Waits, Served, Again };
Offered offer_arms(abi::Select& select, Frame* frame, Wake wake);

// The task is cancelled: true if no arm was served, nor will be.
bool take_back(abi::Select& select);

// Once the task runs again: no arm is offered any more. The number of the arm that was served, or
// kSelectBlocked: it has to be tried again.
int32_t finish(abi::Select& select);

}  // namespace skein::wait
