// Channels: making them, sending, receiving.
//
// An operation is tried first, which takes one call; only where it would have to wait does the task
// suspend, with a node in its frame that says what it waits for.
#include "compiler/codegen/function_emitter.h"
#include "compiler/support/check.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

using sir::Inst;
using sir::Operand;
using types::Builtin;

void FunctionEmitter::set_option(TypeId option, llvm::Value* place, bool is_some) {
  const Layout& layout = v.layout(option);
  if (layout.tag != nullptr) {
    v.store_at(llvm::ConstantInt::get(layout.tag, is_some ? 1 : 0), place, layout.tag_offset);
  } else if (!is_some) {
    v.store_at(v.null(), place, 0);
  }
}

llvm::Value* FunctionEmitter::payload_in(TypeId option, llvm::Value* place) {
  return v.offset(place, v.layout(option).variants[1][0].offset);
}

// The channel of a `Chan`, or of one of its ends.
llvm::Value* FunctionEmitter::channel(const Operand& operand) {
  llvm::Value* handle = value(operand);
  if (kind(type_of(operand)) == TypeKind::Chan) return handle;
  return v.load_pointer(handle, offsetof(abi::ChanEnd, chan));
}

// Suspends until the operation has happened; what became of it, an i32. Without `value` it is in the record.
// Where the wait is taken back, it unwinds after what `before` writes.
llvm::Value* FunctionEmitter::wait_at_channel(llvm::Value* chan, llvm::Value* value, Rt wait,
                                              llvm::function_ref<void()> before) {
  llvm::Value* waiter = record(abi::kWaiterBytes);
  if (value != nullptr) v.store_at(value, waiter, offsetof(abi::Waiter, value));
  v.store_at(chan, waiter, offsetof(abi::Waiter, chan));
  note_site();
  suspend(waiter, m.rt.get(wait));
  cancel_if(is_taken_back(), before);
  return outcome_of(waiter);
}

bool FunctionEmitter::is_small(TypeId content) {
  return v.layout(content).size > 0 && v.layout(content).size <= abi::kSmallValue;
}

// Small values lie in the record.
llvm::Value* FunctionEmitter::transfer_place(TypeId content) {
  if (!is_small(content)) return temp(content);
  return v.offset(record(abi::kWaiterBytes), offsetof(abi::Waiter, value));
}

llvm::Value* FunctionEmitter::transfer(llvm::Value* chan, llvm::Value* value, TypeId content, Rt now,
                                       Rt later, TypeId dropped) {
  auto drop = [&] {
    if (dropped.valid()) v.drop(dropped, value);
  };
  cancel_if(v.rt(Rt::skn_cancelled, {}), drop);
  llvm::Value* outcome = v.rt(now, {chan, value, v.i64(v.layout(content).size)});
  return v.select(
      b.CreateICmpEQ(outcome, v.i32(abi::kChanBlocked)), Chance::Even,
      [&] {
        return wait_at_channel(chan, is_small(content) ? nullptr : value, later, drop);
      },
      [&]() -> llvm::Value* { return outcome; });
}

llvm::Value* FunctionEmitter::is_outcome(llvm::Value* outcome, uint32_t wanted) {
  return b.CreateICmpEQ(outcome, v.i32(wanted));
}

void FunctionEmitter::emit_chan_new(const Inst& inst) {
  bool is_bounded = inst.builtin == Builtin::ChanNew;
  size_t known = is_bounded ? 1 : 0;
  llvm::Value* capacity = is_bounded ? value(inst.operands[0]) : v.i64(abi::kUnbounded);
  if (is_bounded) {
    panic_if(b.CreateICmpSLT(capacity, v.i64(0)),
             [&] { return v.rt(Rt::skn_panic_chan_capacity, {capacity, v.i32(site())}); });
  }
  llvm::Value* name = v.null();
  if (inst.operands.size() > known) {
    name = m.constants.c_string(inst.operands[known].constant.text);
  }
  uint64_t size = v.layout(m.program.types.arg(type_of(inst.dest))).size;
  set_dest(v.rt(Rt::skn_chan_new, {capacity, v.i64(size), name}));
}

// `ch <- v`.
void FunctionEmitter::emit_chan_send(const Inst& inst) {
  TypeId type = type_of(inst.operands[1]);
  llvm::Value* chan = channel(inst.operands[0]);
  llvm::Value* sent = transfer_place(type);
  put(inst.operands[1], sent);
  llvm::Value* outcome = transfer(chan, sent, type, Rt::skn_chan_send, Rt::skn_await_send, type);
  v.if_true(is_outcome(outcome, abi::kChanClosed), Chance::Unlikely, [&] {
    v.drop(type, sent);
    raise(v.rt(Rt::skn_panic_chan_closed, {chan, v.i32(site())}));
    b.SetInsertPoint(v.new_block("not_reached"));
  });
}

// `<-ch`.
void FunctionEmitter::emit_chan_receive(const Inst& inst) {
  TypeId option = type_of(inst.dest);
  TypeId content = m.program.types.arg(option);
  llvm::Value* got = transfer_place(content);
  llvm::Value* outcome = transfer(channel(inst.operands[0]), got, content, Rt::skn_chan_receive,
                                  Rt::skn_await_receive);
  give_received(option, outcome, got, address(inst.dest));
}

void FunctionEmitter::give_if(llvm::Value* is_some, TypeId option, llvm::Value* dest,
                              llvm::function_ref<void()> fill) {
  llvm::BasicBlock* some = v.new_block("some");
  llvm::BasicBlock* none = v.new_block("none");
  llvm::BasicBlock* after = v.new_block("after");
  v.branch(is_some, some, none, Chance::Likely);
  b.SetInsertPoint(some);
  fill();
  set_option(option, dest, true);
  b.CreateBr(after);
  b.SetInsertPoint(none);
  set_option(option, dest, false);
  b.CreateBr(after);
  b.SetInsertPoint(after);
}

void FunctionEmitter::give_received(TypeId option, llvm::Value* outcome, llvm::Value* got,
                                    llvm::Value* dest) {
  give_if(is_outcome(outcome, abi::kChanDone), option, dest,
          [&] { v.copy(m.program.types.arg(option), payload_in(option, dest), got); });
}

// Sends what is in a place, where it stays when the channel is closed.
llvm::Value* FunctionEmitter::offer(llvm::Value* chan, llvm::Value* place, TypeId content) {
  llvm::Value* sent = place;
  if (is_small(content)) {
    sent = transfer_place(content);
    v.copy(content, sent, place);
  }
  return transfer(chan, sent, content, Rt::skn_chan_send, Rt::skn_await_send);
}

// Sends what is in an option and leaves `none`, or leaves it as it is.
void FunctionEmitter::emit_chan_offer(const Inst& inst) {
  TypeId option = type_of(inst.operands[1]);
  llvm::Value* slot = address(inst.operands[1].place);
  llvm::Value* chan = channel(inst.operands[0]);
  llvm::Value* sent = payload_in(option, slot);
  llvm::Value* outcome = inst.builtin == Builtin::ChanTrySend
                             ? v.rt(Rt::skn_chan_send_now, {chan, sent})
                             : offer(chan, sent, m.program.types.arg(option));
  v.if_true(is_outcome(outcome, abi::kChanDone), Chance::Likely,
            [&] { set_option(option, slot, false); });
  set_dest(b.CreateZExt(outcome, b.getInt64Ty()));
}

void FunctionEmitter::emit_chan_try_receive(const Inst& inst) {
  TypeId option = type_of(inst.operands[1]);
  llvm::Value* slot = address(inst.operands[1].place);
  llvm::Value* got = temp(m.program.types.arg(option));
  llvm::Value* outcome = v.rt(Rt::skn_chan_receive_now, {channel(inst.operands[0]), got});
  give_received(option, outcome, got, slot);
  set_dest(b.CreateZExt(outcome, b.getInt64Ty()));
}

bool FunctionEmitter::emit_chan_builtin(const Inst& inst) {
  switch (inst.builtin) {
    case Builtin::ChanNew:
    case Builtin::ChanUnbounded:
      emit_chan_new(inst);
      return true;
    case Builtin::ChanSend:
      emit_chan_send(inst);
      return true;
    case Builtin::ChanReceive:
    case Builtin::ChanNext:
      emit_chan_receive(inst);
      return true;
    case Builtin::ChanOffer:
    case Builtin::ChanTrySend:
      emit_chan_offer(inst);
      return true;
    case Builtin::ChanTryReceive:
      emit_chan_try_receive(inst);
      return true;
    case Builtin::ChanClose:
      v.rt(Rt::skn_chan_close, {channel(inst.operands[0])});
      return true;
    case Builtin::ChanIsClosed:
      set_dest(v.rt(Rt::skn_chan_is_closed, {channel(inst.operands[0])}));
      return true;
    case Builtin::ChanLength:
      set_dest(v.rt(Rt::skn_chan_length, {channel(inst.operands[0])}));
      return true;
    case Builtin::ChanCapacity:
      set_dest(v.rt(Rt::skn_chan_capacity, {channel(inst.operands[0])}));
      return true;
    case Builtin::ChanTick:
      v.rt(Rt::skn_chan_tick, {channel(inst.operands[0]), value(inst.operands[1]),
                               value(inst.operands[2])});
      return true;
    case Builtin::SelectAny:
      emit_select_any(inst);
      return true;
    case Builtin::AwaitAny:
      emit_await_any(inst);
      return true;
    case Builtin::ChanEnd: {
      llvm::Value* owned = temp(type_of(inst.operands[0]));
      put(inst.operands[0], owned);
      set_dest(v.rt(Rt::skn_chan_end_new, {v.load_pointer(owned, 0)}));
      return true;
    }
    default:
      return false;
  }
}

}  // namespace skein::codegen
