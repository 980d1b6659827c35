// Blocks that wait for their tasks: counting unfinished children, keeping the panics of those that
// nobody awaits.
//
// `pending` is the number of unfinished children, less one while the body waits. So the last child
// to end, and only it, brings the count from zero to minus one and wakes the body; and a body whose
// own step does that goes on without waiting.
#pragma once

#include "runtime/abi/layout.h"

namespace skein::task {

// One more child. The scope's body calls this, or a child of it, so the scope cannot end meanwhile.
void add_child(abi::Scope* scope);

// A child is done. Gives the frame to make ready, or null.
abi::Frame* child_done(abi::Scope* scope);

// True: `frame` stays suspended until the last child is done. False: there is nothing to wait for.
bool wait_for_children(abi::Scope* scope, abi::Frame* frame);

// Keeps a child's panic: the first one, the others attached to it.
void note_panic(abi::Scope* scope, abi::Panic* panic);

// Takes it out, or null. Only the body calls this, after waiting.
abi::Panic* take_panic(abi::Scope* scope);

// Adds `second` to the panics shown with `first`. Several tasks may do so at once.
void attach_panic(abi::Panic* first, abi::Panic* second);

}  // namespace skein::task
