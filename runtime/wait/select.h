// One of several things, whichever can happen first: a channel operation, the end of a task, or that
// some time has passed.
//
// First each arm is tried, from a place chosen by chance, so that arms which are ready take turns;
// an arm whose channel does not look ready costs no lock. Then the arms are offered one by one, a
// lock at a time, with one word in common that whoever serves an arm has to claim (task/claim.h).
//
// A task has the arm in its state word, where an await would have its frame, and a timer points at
// its arm. Neither has a lock that the select could take: who finds the arm there says when it is
// done with it, and the select waits for that before the arm goes.
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

// A select over an array, in memory of its own: an arm for each element, which begins with a channel
// to receive from, all into `value`, or with what a Task has. Ends the program when memory is out.
abi::Select* make_select(const char* elements, uint32_t count, size_t size, void* value);
void free_select(abi::Select* select);

}  // namespace skein::wait
