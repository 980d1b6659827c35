// Channels: making them, sending, receiving, `select`.
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

// What skn_chan_send and its like give.
static constexpr uint32_t kDone = 0;
static constexpr uint32_t kClosed = 1;
static constexpr uint32_t kBlocked = 2;

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

// Suspends until the operation has happened; what became of it, an i32. Where the wait is taken back,
// it unwinds after what `before` writes.
llvm::Value* FunctionEmitter::wait_at_channel(llvm::Value* chan, llvm::Value* value, Rt wait,
                                              llvm::function_ref<void()> before) {
  llvm::Value* record = temp_bytes(abi::kBehindWait + sizeof(abi::Waiter), alignof(abi::Waiter));
  llvm::Value* waiter = v.offset(record, abi::kBehindWait);
  v.store_at(value, waiter, offsetof(abi::Waiter, value));
  v.store_at(chan, waiter, offsetof(abi::Waiter, chan));
  note_site();
  suspend(record, m.rt.get(wait));
  cancel_if(is_taken_back(record), before);
  llvm::Value* at = v.offset(waiter, offsetof(abi::Waiter, outcome));
  return b.CreateZExt(b.CreateLoad(b.getInt8Ty(), at), b.getInt32Ty());
}

llvm::Value* FunctionEmitter::transfer(llvm::Value* chan, llvm::Value* value, Rt now, Rt later,
                                       TypeId dropped) {
  auto drop = [&] {
    if (dropped.valid()) v.drop(dropped, value);
  };
  cancel_if(v.rt(Rt::skn_cancelled, {}), drop);
  llvm::Value* outcome = v.rt(now, {chan, value});
  return v.select(
      b.CreateICmpEQ(outcome, v.i32(kBlocked)), Chance::Even,
      [&] { return wait_at_channel(chan, value, later, drop); },
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
  llvm::Value* sent = temp(type);
  put(inst.operands[1], sent);
  llvm::Value* outcome = transfer(chan, sent, Rt::skn_chan_send, Rt::skn_await_send, type);
  v.if_true(is_outcome(outcome, kClosed), Chance::Unlikely, [&] {
    v.drop(type, sent);
    raise(v.rt(Rt::skn_panic_chan_closed, {chan, v.i32(site())}));
    b.SetInsertPoint(v.new_block("not_reached"));
  });
}

// `<-ch`.
void FunctionEmitter::emit_chan_receive(const Inst& inst) {
  TypeId option = type_of(inst.dest);
  llvm::Value* got = temp(m.program.types.arg(option));
  llvm::Value* outcome =
      transfer(channel(inst.operands[0]), got, Rt::skn_chan_receive, Rt::skn_await_receive);
  give_received(option, outcome, got, address(inst.dest));
}

void FunctionEmitter::give_received(TypeId option, llvm::Value* outcome, llvm::Value* got,
                                    llvm::Value* dest) {
  llvm::BasicBlock* some = v.new_block("received");
  llvm::BasicBlock* none = v.new_block("through");
  llvm::BasicBlock* after = v.new_block("after");
  v.branch(is_outcome(outcome, kDone), some, none, Chance::Likely);
  b.SetInsertPoint(some);
  v.copy(m.program.types.arg(option), payload_in(option, dest), got);
  set_option(option, dest, true);
  b.CreateBr(after);
  b.SetInsertPoint(none);
  set_option(option, dest, false);
  b.CreateBr(after);
  b.SetInsertPoint(after);
}

// Sends what is in an option and leaves `none`, or leaves it as it is.
void FunctionEmitter::emit_chan_offer(const Inst& inst) {
  TypeId option = type_of(inst.operands[1]);
  llvm::Value* slot = address(inst.operands[1].place);
  llvm::Value* chan = channel(inst.operands[0]);
  llvm::Value* sent = payload_in(option, slot);
  llvm::Value* outcome = inst.builtin == Builtin::ChanTrySend
                             ? v.rt(Rt::skn_chan_send, {chan, sent})
                             : transfer(chan, sent, Rt::skn_chan_send, Rt::skn_await_send);
  v.if_true(is_outcome(outcome, kDone), Chance::Likely, [&] { set_option(option, slot, false); });
  set_dest(b.CreateZExt(outcome, b.getInt64Ty()));
}

void FunctionEmitter::emit_chan_try_receive(const Inst& inst) {
  TypeId option = type_of(inst.operands[1]);
  llvm::Value* slot = address(inst.operands[1].place);
  llvm::Value* got = temp(m.program.types.arg(option));
  llvm::Value* outcome = v.rt(Rt::skn_chan_receive, {channel(inst.operands[0]), got});
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

// ---- select ------------------------------------------------------------------------------------

struct ArmWord {
  const char* word;
  abi::Arm kind;
};
static constexpr ArmWord kArmWords[] = {{"receive", abi::Arm::Receive},
                                        {"send", abi::Arm::Send},
                                        {"each", abi::Arm::Each},
                                        {"closed", abi::Arm::Closed}};

// The operands of one arm: its guard, and for channels the channel and the option that a value
// comes from or goes to.
struct FunctionEmitter::SelectArm {
  abi::Arm kind;
  const Operand* guard;
  const Operand* channel = nullptr;
  const Operand* slot = nullptr;
  llvm::Value* bytes = nullptr;  // the value itself
};

std::vector<FunctionEmitter::SelectArm> FunctionEmitter::arms_of(const Inst& inst) {
  std::vector<SelectArm> arms;
  size_t next = 0;
  llvm::StringRef rest = inst.text;
  while (!rest.empty()) {
    std::pair<llvm::StringRef, llvm::StringRef> parts = rest.split(' ');
    rest = parts.second;
    if (parts.first == "biased" || parts.first == "default") continue;
    const ArmWord* found = nullptr;
    for (const ArmWord& row : kArmWords) {
      if (parts.first == row.word) found = &row;
    }
    SKEIN_CHECK(found != nullptr, "an unknown arm of a select");
    SelectArm arm = {.kind = found->kind, .guard = &inst.operands[next++]};
    if (arm.kind != abi::Arm::Closed) {
      arm.channel = &inst.operands[next++];
      arm.slot = &inst.operands[next++];
    }
    arms.push_back(arm);
  }
  return arms;
}

// Fills the arms in. What is received first goes to a place of its own: an option without a value
// may have no room for one beside its tag.
llvm::Value* FunctionEmitter::build_select(const Inst& inst, std::vector<SelectArm>& arms) {
  llvm::StringRef words = inst.text;
  uint64_t size = abi::kBehindWait + abi::kSelectArms + arms.size() * sizeof(abi::Waiter);
  llvm::Value* select = v.offset(temp_bytes(size, alignof(abi::Waiter)), abi::kBehindWait);
  auto flag = [&](const char* word, uint64_t at) {
    bool is_set = false;
    for (llvm::StringRef rest = words; !rest.empty(); rest = rest.split(' ').second) {
      is_set |= rest.split(' ').first == word;
    }
    v.store_at(b.getInt8(is_set ? 1 : 0), select, at);
  };
  v.store_at(v.i32(abi::kSelectRuns), select, offsetof(abi::Select, claim));
  v.store_at(v.i32(static_cast<uint32_t>(arms.size())), select, offsetof(abi::Select, count));
  flag("biased", offsetof(abi::Select, is_biased));
  flag("default", offsetof(abi::Select, has_default));
  v.store_at(b.getInt8(0), select, offsetof(abi::Select, has_each));
  for (size_t i = 0; i < arms.size(); ++i) {
    SelectArm& arm = arms[i];
    llvm::Value* waiter = v.offset(select, abi::kSelectArms + i * sizeof(abi::Waiter));
    llvm::Value* kind = b.CreateSelect(value(*arm.guard), b.getInt8(uint8_t(arm.kind)),
                                       b.getInt8(uint8_t(abi::Arm::Off)));
    v.store_at(kind, waiter, offsetof(abi::Waiter, kind));
    if (arm.channel == nullptr) continue;
    TypeId option = type_of(*arm.slot);
    arm.bytes = arm.kind == abi::Arm::Send ? payload_in(option, address(arm.slot->place))
                                           : temp(m.program.types.arg(option));
    v.store_at(arm.bytes, waiter, offsetof(abi::Waiter, value));
    v.store_at(channel(*arm.channel), waiter, offsetof(abi::Waiter, chan));
  }
  return select;
}

// Tries, waits, and tries again where that is asked for, until an arm has happened.
llvm::Value* FunctionEmitter::run_select(llvm::Value* select) {
  cancel_if(v.rt(Rt::skn_cancelled, {}));
  llvm::BasicBlock* again = v.new_block("try");
  llvm::BasicBlock* waits = v.new_block("wait");
  llvm::BasicBlock* chosen = v.new_block("chosen");
  b.CreateBr(again);
  b.SetInsertPoint(again);
  llvm::Value* blocked = v.i32(static_cast<uint32_t>(abi::kSelectBlocked));
  llvm::Value* at_once = v.rt(Rt::skn_select_try, {select});
  llvm::BasicBlock* tried = b.GetInsertBlock();
  b.CreateCondBr(b.CreateICmpEQ(at_once, blocked), waits, chosen);
  b.SetInsertPoint(waits);
  note_site();
  llvm::Value* record = b.CreateInBoundsGEP(
      b.getInt8Ty(), select, v.i64(uint64_t(0) - static_cast<uint64_t>(abi::kBehindWait)));
  suspend(record, m.rt.get(Rt::skn_await_select));
  llvm::Value* later = v.rt(Rt::skn_select_finish, {select});
  cancel_if(is_taken_back(record));
  llvm::BasicBlock* waited = b.GetInsertBlock();
  b.CreateCondBr(b.CreateICmpEQ(later, blocked), again, chosen);
  b.SetInsertPoint(chosen);
  llvm::PHINode* arm = b.CreatePHI(b.getInt32Ty(), 2);
  arm->addIncoming(at_once, tried);
  arm->addIncoming(later, waited);
  return arm;
}

// What was received goes into the arm's option, what was sent is taken out of it.
void FunctionEmitter::finish_arm(const SelectArm& arm, llvm::Value* waiter) {
  TypeId option = type_of(*arm.slot);
  llvm::Value* slot = address(arm.slot->place);
  llvm::Value* at = v.offset(waiter, offsetof(abi::Waiter, outcome));
  llvm::Value* outcome = b.CreateZExt(b.CreateLoad(b.getInt8Ty(), at), b.getInt32Ty());
  if (arm.kind != abi::Arm::Send) return give_received(option, outcome, arm.bytes, slot);
  llvm::Value* chan = v.load_pointer(waiter, offsetof(abi::Waiter, chan));
  v.if_true(is_outcome(outcome, kClosed), Chance::Unlikely, [&] {
    raise(v.rt(Rt::skn_panic_chan_closed, {chan, v.i32(site())}));
    b.SetInsertPoint(v.new_block("not_reached"));
  });
  set_option(option, slot, false);
}

void FunctionEmitter::emit_select(const Inst& inst) {
  std::vector<SelectArm> arms = arms_of(inst);
  llvm::Value* select = build_select(inst, arms);
  llvm::Value* chosen = run_select(select);
  panic_if(b.CreateICmpEQ(chosen, v.i32(static_cast<uint32_t>(abi::kSelectAllOff))),
           [&] { return v.rt(Rt::skn_panic_select_off, {v.i32(site())}); });
  llvm::BasicBlock* after = v.new_block("selected");
  llvm::SwitchInst* choice = b.CreateSwitch(chosen, after);
  for (size_t i = 0; i < arms.size(); ++i) {
    if (arms[i].channel == nullptr) continue;
    llvm::BasicBlock* block = v.new_block("arm");
    choice->addCase(b.getInt32(static_cast<uint32_t>(i)), block);
    b.SetInsertPoint(block);
    finish_arm(arms[i], v.offset(select, abi::kSelectArms + i * sizeof(abi::Waiter)));
    b.CreateBr(after);
  }
  b.SetInsertPoint(after);
  set_dest(b.CreateSExt(chosen, b.getInt64Ty()));
}

}  // namespace skein::codegen
