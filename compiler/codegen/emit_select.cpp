// `select`: its arms lie in the frame as the runtime knows them (abi::Select). They are tried first, which
// takes one call; where none can happen the task suspends with all of them offered.
#include "compiler/codegen/function_emitter.h"
#include "compiler/support/check.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

using sir::Inst;
using sir::Operand;

struct ArmWord {
  const char* word;
  abi::Arm kind;
};
static constexpr ArmWord kArmWords[] = {{"receive", abi::Arm::Receive},
                                        {"send", abi::Arm::Send},
                                        {"each", abi::Arm::Each},
                                        {"closed", abi::Arm::Closed},
                                        {"await", abi::Arm::Await},
                                        {"after", abi::Arm::After}};

// The operands of one arm: its guard; for channels the channel, and the option that a value comes from
// or goes to; else the task or the time.
struct FunctionEmitter::SelectArm {
  abi::Arm kind;
  const Operand* guard;
  const Operand* channel = nullptr;
  const Operand* slot = nullptr;
  const Operand* other = nullptr;
  llvm::Value* bytes = nullptr;  // the value itself
  llvm::Value* task = nullptr;   // the place of the task; null where the arm is off
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
    if (arm.kind == abi::Arm::Await || arm.kind == abi::Arm::After) {
      arm.other = &inst.operands[next++];
    } else if (arm.kind != abi::Arm::Closed) {
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
  uint64_t size = abi::kSelectArms + arms.size() * sizeof(abi::SelectArm);
  llvm::Value* select = temp_bytes(size, alignof(abi::SelectArm));
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
    llvm::Value* waiter = v.offset(select, abi::kSelectArms + i * sizeof(abi::SelectArm));
    llvm::Value* kind = b.CreateSelect(value(*arm.guard), b.getInt8(uint8_t(arm.kind)),
                                       b.getInt8(uint8_t(abi::Arm::Off)));
    v.store_at(kind, waiter, offsetof(abi::Waiter, kind));
    fill_arm(arm, waiter);
  }
  check_tasks_differ(arms);
  return select;
}

void FunctionEmitter::fill_arm(SelectArm& arm, llvm::Value* waiter) {
  if (arm.kind == abi::Arm::Await) {
    arm.task = only_if_on(arm, [&] { return location(*arm.other); });
    llvm::Value* future = only_if_on(arm, [&] { return v.load_pointer(arm.task, 0); });
    v.store_at(future, waiter, offsetof(abi::Waiter, chan));
  } else if (arm.kind == abi::Arm::After) {
    llvm::Value* after = temp_bytes(sizeof(abi::After), alignof(abi::After));
    v.store_at(value(*arm.other), after,
               offsetof(abi::After, timer) + offsetof(abi::Timer, nanoseconds));
    v.store_at(v.i64(0), after, offsetof(abi::After, until));
    v.store_at(after, waiter, offsetof(abi::Waiter, value));
  } else if (arm.channel != nullptr) {
    TypeId option = type_of(*arm.slot);
    arm.bytes = arm.kind == abi::Arm::Send ? payload_in(option, address(arm.slot->place))
                                           : temp(m.program.types.arg(option));
    v.store_at(arm.bytes, waiter, offsetof(abi::Waiter, value));
    llvm::Value* chan = only_if_on(arm, [&] { return channel_of_arm(*arm.channel); });
    v.store_at(chan, waiter, offsetof(abi::Waiter, chan));
  }
}

// Of two elements nobody but the program itself knows that they are not the same one.
void FunctionEmitter::check_tasks_differ(const std::vector<SelectArm>& arms) {
  for (size_t i = 0; i < arms.size(); ++i) {
    for (size_t j = i + 1; j < arms.size(); ++j) {
      if (arms[i].task == nullptr || arms[j].task == nullptr) continue;
      if (arms[i].other->place.local != arms[j].other->place.local) continue;
      llvm::Value* is_on = b.CreateIsNotNull(arms[i].task);
      llvm::Value* is_same = b.CreateICmpEQ(arms[i].task, arms[j].task);
      panic_if(b.CreateAnd(is_on, is_same), [&] {
        std::string words = "two arms of the select wait for the same task";
        llvm::Constant* text = m.constants.c_string(words);
        return v.rt(Rt::skn_panic_text, {text, v.i64(words.size()), v.i32(site())});
      });
    }
  }
}

// What can only be looked at where the arm is on; null where it is off.
llvm::Value* FunctionEmitter::only_if_on(const SelectArm& arm,
                                         llvm::function_ref<llvm::Value*()> look) {
  if (arm.guard->kind == Operand::Kind::Const) return look();
  return v.select(value(*arm.guard), Chance::Even, look, [&]() -> llvm::Value* { return v.null(); });
}

// The channel of an arm, or of one with a guard what is in its option.
llvm::Value* FunctionEmitter::channel_of_arm(const Operand& operand) {
  TypeId type = type_of(operand);
  if (kind(type) != TypeKind::Option) return channel(operand);
  llvm::Value* handle = v.load_pointer(payload_in(type, location(operand)), 0);
  if (kind(m.program.types.arg(type)) == TypeKind::Chan) return handle;
  return v.load_pointer(handle, offsetof(abi::ChanEnd, chan));
}

// Tries, waits, and tries again where that is asked for, until an arm has happened.
// Where it is cancelled, it unwinds after what `before` writes.
llvm::Value* FunctionEmitter::run_select(llvm::Value* select, llvm::function_ref<void()> before) {
  cancel_if(v.rt(Rt::skn_cancelled, {}), before);
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
  llvm::Value* waits_with = record(sizeof(abi::Select*));
  v.store_at(select, waits_with, 0);
  suspend(waits_with, m.rt.get(Rt::skn_await_select));
  llvm::Value* later = v.rt(Rt::skn_select_finish, {select});
  cancel_if(is_taken_back(), before);
  llvm::BasicBlock* waited = b.GetInsertBlock();
  b.CreateCondBr(b.CreateICmpEQ(later, blocked), again, chosen);
  b.SetInsertPoint(chosen);
  llvm::PHINode* arm = b.CreatePHI(b.getInt32Ty(), 2);
  arm->addIncoming(at_once, tried);
  arm->addIncoming(later, waited);
  return arm;
}

llvm::Value* FunctionEmitter::outcome_of(llvm::Value* waiter) {
  llvm::Value* at = v.offset(waiter, offsetof(abi::Waiter, outcome));
  return b.CreateZExt(b.CreateLoad(b.getInt8Ty(), at), b.getInt32Ty());
}

// What was received goes into the arm's option, what was sent is taken out of it.
void FunctionEmitter::finish_arm(const SelectArm& arm, llvm::Value* waiter) {
  TypeId option = type_of(*arm.slot);
  llvm::Value* slot = address(arm.slot->place);
  llvm::Value* outcome = outcome_of(waiter);
  if (arm.kind != abi::Arm::Send) return give_received(option, outcome, arm.bytes, slot);
  llvm::Value* chan = v.load_pointer(waiter, offsetof(abi::Waiter, chan));
  v.if_true(is_outcome(outcome, abi::kChanClosed), Chance::Unlikely, [&] {
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
    finish_arm(arms[i], v.offset(select, abi::kSelectArms + i * sizeof(abi::SelectArm)));
    b.CreateBr(after);
  }
  b.SetInsertPoint(after);
  set_dest(b.CreateSExt(chosen, b.getInt64Ty()));
}

// ---- over arrays -------------------------------------------------------------------------------

// One over all elements, whose arms lie in memory of their own until it is over. Gives its arm.
llvm::Value* FunctionEmitter::run_select_over(const Operand& array, llvm::Value* received,
                                              llvm::function_ref<void(llvm::Value*)> finish) {
  Elements elements = elements_of(array);
  llvm::Value* size = v.i64(v.layout(m.program.types.arg(type_of(array))).size);
  llvm::Value* select =
      v.rt(Rt::skn_select_any, {elements.first, elements.length, size, received});
  auto free = [&] { v.rt(Rt::skn_select_any_free, {select}); };
  llvm::Value* chosen = run_select(select, free);
  llvm::Value* is_off =
      b.CreateICmpEQ(chosen, v.i32(static_cast<uint32_t>(abi::kSelectAllOff)));
  panic_if(is_off, [&] {
    free();
    return v.rt(Rt::skn_panic_select_off, {v.i32(site())});
  });
  llvm::Value* number = b.CreateSExt(chosen, b.getInt64Ty());
  llvm::Value* arms = v.offset(select, abi::kSelectArms);
  finish(b.CreateInBoundsGEP(b.getInt8Ty(), arms,
                             b.CreateMul(number, v.i64(sizeof(abi::SelectArm)))));
  free();
  return number;
}

void FunctionEmitter::emit_select_any(const Inst& inst) {
  TypeId option = type_of(inst.operands[1]);
  llvm::Value* slot = address(inst.operands[1].place);
  llvm::Value* got = temp(m.program.types.arg(option));
  set_dest(run_select_over(inst.operands[0], got, [&](llvm::Value* arm) {
    give_received(option, outcome_of(arm), got, slot);
  }));
}

void FunctionEmitter::emit_await_any(const Inst& inst) {
  set_dest(run_select_over(inst.operands[0], v.null(), [](llvm::Value*) {}));
}

}  // namespace skein::codegen
