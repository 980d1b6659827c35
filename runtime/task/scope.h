// Blocks that wait for their tasks: counting unfinished children, keeping the panics of those that
// nobody awaits, and ending what goes on when one fails.
//
// `pending` is the number of unfinished children, and says whether the body waits: for the last of them
// at the end of the block, or for a place where only so many may run. The child whose end that is takes
// itself and the waiting away in one step, and wakes the body.
//
// `children` lists those that were not cancelled yet, under a lock found by the scope's address. A
// child that ends takes its record out under the lock, so what a canceller finds there is alive. Whoever
// cancels the scope empties the list, a few at a time; children that come later are cancelled as they
// are counted.
//
// A child's panic cancels its siblings and asks the body to leave the block. It counts itself off only
// afterwards, so the block is still there.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/task/host.h"
#include "runtime/task/node.h"

namespace skein::task {

inline AtomicRef<uint32_t> flags_of(abi::Scope* scope) { return AtomicRef<uint32_t>(scope->flags); }

// The task enters a block, whose bytes are zero.
SKEIN_INLINE void enter_scope(abi::Scope* scope, abi::Node* owner) {
  scope->owner = owner;
  scope->outer = owner->block;
  scope->depth = scope->outer == nullptr ? 1 : scope->outer->depth + 1;
  owner->block = scope;
}

// The task leaves it, with no child left. True: it had been asked to, by one of `flags`, and by
// nobody further out.
SKEIN_COLD bool leave_requested_scope(abi::Scope* scope, uint32_t flags, uint32_t requests);
SKEIN_INLINE bool leave_scope(abi::Scope* scope, uint32_t flags) {
  abi::Node* owner = scope->owner;
  if (SKEIN_UNLIKELY(owner == nullptr)) return false;
  owner->block = scope->outer;
  const uint32_t requests = cancel_of(owner).load(Order::Acquire);
  // Relaxed: whoever could end the block was done before the body saw that no child is left.
  const uint32_t asked = flags_of(scope).load(Order::Relaxed) & flags;
  return SKEIN_UNLIKELY((requests | asked) != 0) && leave_requested_scope(scope, flags, requests);
}

// One more child. The scope's body calls this, or a child of it, so the scope cannot end meanwhile.
void add_child(abi::Scope* scope);
// The same for one that can be cancelled: its record.
abi::Child* list_child(abi::Scope* scope, abi::Node* node, Host& host);

// A child is done. Gives the frame to make ready, or null.
[[nodiscard]] abi::Frame* child_done(abi::Scope* scope);
// Before that, for one that was listed: its record is gone.
void unlist_child(abi::Child* child, Host& host);

// True: `frame` stays suspended until no more children are left than the scope's threshold. False: there
// is nothing to wait for.
bool wait_for_children(abi::Scope* scope, abi::Frame* frame);
// Gives the frame that waited; null: the last child is done.
abi::Frame* stop_waiting_for_children(abi::Scope* scope);

// Cancels all children, those that come later as well.
void cancel_children(abi::Scope* scope, Host& host);
// The same, and asks the body to leave the block; `why` is a flag.
void end_scope(abi::Scope* scope, uint32_t why, Host& host);
// One of several who would end a scope: true for the first.
bool claim_scope(abi::Scope* scope, uint32_t why);

// Up to `most` children that can be cancelled, for reports: gives how many, none when the list is being
// changed just now. The body must not leave meanwhile.
uint32_t look_at_children(abi::Scope* scope, abi::Node** children, uint32_t most);

// Keeps a child's panic, the first one, the others attached to it, and ends the scope.
void note_panic(abi::Scope* scope, abi::Panic* panic, Host& host);

// Takes it out, or null. Only the body calls this, after waiting.
abi::Panic* take_panic(abi::Scope* scope);

// Adds `second` to the panics shown with `first`. Several tasks may do so at once.
void attach_panic(abi::Panic* first, abi::Panic* second);

}  // namespace skein::task
