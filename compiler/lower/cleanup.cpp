// The stack of clean-ups: writing them on the ways out of scopes, and the blocks that run them
// when a panic or a cancellation unwinds.
#include "compiler/lower/body.h"
#include "compiler/lower/lower_test.h"
#include "compiler/lower/steps.h"
#include "compiler/support/check.h"

namespace skein::lower {

// The body of a `defer`, as it means where it is written: an `async` block that is being left
// further in takes no more tasks.
void Body::run_defer(const Cleanup& cleanup, Span span) {
  std::vector<LocalId> scopes = task_scopes;
  task_scopes.resize(cleanup.scope_count);
  // While unwinding, the tasks of the block are cancelled first.
  for (size_t i = cleanups_.size(); in_cleanup_ && i > 0; --i) {
    if (cleanups_[i - 1].kind != Cleanup::Kind::ScopeExit) continue;
    emit(InstKind::ScopeCancel, {Operand::mut(cleanups_[i - 1].local)}, span);
    break;
  }
  size_t outside = mark();
  enter_shield(*this, span);
  lower_discarded(*this, cleanup.deferred);
  leave(outside, span);
  task_scopes = std::move(scopes);
}

// What a clean-up does where it stands; the entries above it are off the stack by now.
void Body::run(const Cleanup& cleanup, Span span) {
  switch (cleanup.kind) {
    case Cleanup::Kind::Dead: {
      Inst inst;
      inst.kind = InstKind::Dead;
      inst.span = span;
      inst.dest = cleanup.local;
      return emit(std::move(inst));
    }
    case Cleanup::Kind::Drop:
      if (in_cleanup_ || !cleanup.scope.valid()) return drop(cleanup.local, cleanup.span);
      return emit(InstKind::Drop, {Operand::move(cleanup.local), Operand::mut(cleanup.scope)},
                  cleanup.span);
    case Cleanup::Kind::DropIfUnwind:
      if (in_cleanup_) drop(cleanup.local, cleanup.span);
      return;
    case Cleanup::Kind::DropTaken:
      builtin(Builtin::ArrayForgetBefore, {program.types.arg(type_of(cleanup.local))},
              {Operand::mut(cleanup.local), Operand::copy(cleanup.count)}, Place(), cleanup.span);
      return drop(cleanup.local, cleanup.span);
    case Cleanup::Kind::Defer:
      return run_defer(cleanup, span);
    case Cleanup::Kind::ScopeExit:
      return emit(InstKind::ScopeExit, {Operand::mut(cleanup.local)}, cleanup.span);
    case Cleanup::Kind::Unlock:
      return builtin(Builtin::LockRelease, {}, cleanup.locked, Place(), cleanup.span);
    case Cleanup::Kind::Catch:
      return in_cleanup_ ? take_panic(cleanup) : leave_catch(cleanup, span);
    case Cleanup::Kind::Timeout:
    case Cleanup::Kind::Win:
      return in_cleanup_ ? take_cancellation(cleanup) : leave_block(cleanup, span);
    case Cleanup::Kind::NameEnd:
      return builtin(Builtin::TaskNameEnd, {}, {Operand::copy(cleanup.local)}, Place(), cleanup.span);
    case Cleanup::Kind::WithExit:
      return builtin(Builtin::TaskLocalLeave, {}, {}, Place(), cleanup.span);
    case Cleanup::Kind::ShieldExit:
      return emit(InstKind::ShieldExit, {Operand::copy(cleanup.local)}, cleanup.span);
    case Cleanup::Kind::TestEnd:
      return in_cleanup_ ? void() : emit_test_end(*this, cleanup.span);
  }
  SKEIN_UNREACHABLE("an unknown clean-up");
}

// In a clean-up the inside is normal code again: its panics are not those under way.
Cleanup Body::enter_catch(Cleanup::Kind kind, LocalId local, Span span) {
  Cleanup cleanup;
  cleanup.kind = kind;
  cleanup.local = local;
  cleanup.span = span;
  cleanup.is_in_cleanup = in_cleanup_;
  if (in_cleanup_) {
    in_cleanup_ = false;
    ++depth_;
    BlockId inside = new_block();
    jump(inside, span);
    begin(inside);
  }
  cleanup.caught = new_block();
  add_cleanup(cleanup);
  return cleanup;
}

void Body::leave_catch(const Cleanup& cleanup, Span span) {
  if (!cleanup.is_in_cleanup) return;
  in_cleanup_ = true;
  --depth_;
  BlockId outside = new_block();
  jump(outside, span);
  begin(outside);
}

// Unwinding has come to a `catch`.
void Body::take_panic(const Cleanup& cleanup) {
  Inst inst;
  inst.kind = InstKind::TakePanic;
  inst.span = cleanup.span;
  inst.dest = cleanup.local;
  inst.targets = {cleanup.caught};
  emit(std::move(inst));
}

// Unwinding has come to a block that may have been what it was for.
void Body::take_cancellation(const Cleanup& cleanup) {
  Inst inst;
  bool is_timeout = cleanup.kind == Cleanup::Kind::Timeout;
  inst.kind = is_timeout ? InstKind::TakeTimeout : InstKind::TakeWin;
  inst.span = cleanup.span;
  inst.operands = {Operand::mut(cleanup.local)};
  inst.targets = {cleanup.caught};
  emit(std::move(inst));
}

void Body::leave_block(const Cleanup& cleanup, Span span) {
  Inst inst;
  inst.kind = InstKind::ScopeLeave;
  inst.span = span;
  inst.operands = {Operand::mut(cleanup.local)};
  if (cleanup.kind == Cleanup::Kind::Timeout) {
    inst.kind = InstKind::WithinLeave;
    inst.dest = new_bool(span);
  }
  emit(std::move(inst));
  leave_catch(cleanup, span);
}

void Body::cancel_scopes(Span span) {
  for (size_t i = cleanups_.size(); i > 0; --i) {
    const Cleanup& cleanup = cleanups_[i - 1];
    if (cleanup.kind != Cleanup::Kind::ScopeExit || !cleanup.is_block) continue;
    emit(InstKind::ScopeCancel, {Operand::mut(cleanup.local)}, span);
  }
}

void Body::exit(size_t mark, Span span, LocalId value) {
  if (!is_open()) return;
  // Leaving a `catch` changes what is a clean-up; the code that follows is inside all the same.
  bool was_in_cleanup = in_cleanup_;
  uint32_t depth = depth_;
  bool guards_value = value.valid() && !fn.locals[value].is_ref && unit.needs_drop(type_of(value));
  std::vector<Cleanup> above;
  while (cleanups_.size() > mark) {
    above.push_back(cleanups_.back());
    cleanups_.pop_back();
    size_t below = cleanups_.size();
    if (guards_value) {
      add_cleanup({.kind = Cleanup::Kind::DropIfUnwind, .local = value, .span = span});
    }
    // A copy: running it may add to the stack.
    Cleanup cleanup = above.back();
    run(cleanup, span);
    cleanups_.resize(below);
  }
  cleanups_.insert(cleanups_.end(), above.rbegin(), above.rend());
  in_cleanup_ = was_in_cleanup;
  depth_ = depth;
}

void Body::leave(size_t mark, Span span, LocalId value) {
  exit(mark, span, value);
  forget(mark);
}

BlockId Body::resume_block() {
  if (resume_block_.valid()) return resume_block_;
  resume_block_ = fn.blocks.add({});
  fn.blocks[resume_block_].is_cleanup = true;
  Inst inst;
  inst.kind = InstKind::ResumeUnwind;
  inst.span = fn.span;
  fn.blocks[resume_block_].insts.push_back(std::move(inst));
  return resume_block_;
}

// Where an instruction goes that panics here. In a clean-up block there is always such a place: the
// panic is attached to the one under way, and the clean-ups that are left run all the same.
BlockId Body::unwind_target() {
  size_t height = cleanups_.size();
  while (height > 0 && cleanups_[height - 1].kind == Cleanup::Kind::Dead) --height;
  if (height == 0) return in_cleanup_ ? resume_block() : BlockId();
  size_t first = height;
  while (first > 0 && !cleanups_[first - 1].unwind.valid()) --first;
  if (first < height) build_unwind(first);
  return cleanups_[height - 1].unwind;
}

// Makes the blocks of the stack from an entry up. They are made from the bottom up, so that a long
// stack takes no deep recursion, and what is above is put aside once for all of them.
void Body::build_unwind(size_t index) {
  BlockId interrupted = current_;
  bool was_in_cleanup = in_cleanup_;
  uint32_t depth = depth_;
  std::vector<Cleanup> aside(cleanups_.begin() + index, cleanups_.end());
  cleanups_.resize(index);
  for (Cleanup& cleanup : aside) {
    if (cleanup.kind != Cleanup::Kind::Dead) {
      size_t below = cleanups_.size();
      in_cleanup_ = true;
      depth_ = cleanup.depth;
      current_ = BlockId();
      cleanup.unwind = new_block();
      begin(cleanup.unwind);
      run(cleanup, cleanup.span);
      cleanups_.resize(below);
      if (is_open()) jump(unwind_target(), cleanup.span);
    }
    cleanups_.push_back(cleanup);
  }
  in_cleanup_ = was_in_cleanup;
  depth_ = depth;
  current_ = interrupted;
}

}  // namespace skein::lower
