// One function for each instruction about values, places and control flow.
#include "compiler/codegen/function_emitter.h"
#include "compiler/support/check.h"
#include "llvm/IR/Instructions.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

using sir::Inst;
using sir::InstKind;
using sir::Operand;

void FunctionEmitter::emit(const Inst& inst) {
  switch (inst.kind) {
    case InstKind::Assign:
    case InstKind::Unary:
    case InstKind::Binary:
    case InstKind::Convert:
    case InstKind::Aggregate:
    case InstKind::Variant:
    case InstKind::Array:
    case InstKind::Repeat:
    case InstKind::Tag:
    case InstKind::Ref:
      return emit_value(inst);
    case InstKind::CheckIndex:
      return emit_check_index(inst);
    case InstKind::Unshare:
      return emit_unshare(inst);
    case InstKind::Call:
      return emit_call(inst);
    case InstKind::CallValue:
      return emit_call_value(inst);
    case InstKind::Closure:
      return emit_closure(inst);
    case InstKind::CallC:
      return emit_call_c(inst);
    case InstKind::CFunction:
      return emit_c_function(inst);
    case InstKind::ToDyn:
      return emit_to_dyn(inst);
    case InstKind::CallDyn:
      return emit_call_dyn(inst);
    case InstKind::OpenOnce:
      return emit_open_once(inst);
    case InstKind::Generator:
      return emit_generator(inst);
    case InstKind::GenNext:
      return emit_gen_next(inst);
    case InstKind::Builtin:
      return emit_builtin(inst);
    case InstKind::Spawn:
      return emit_spawn(inst);
    case InstKind::Await:
    case InstKind::AwaitPlace:
      return emit_await(inst);
    case InstKind::Settle:
      return emit_settle(inst);
    case InstKind::ScopeEnter:
      return emit_scope_enter(inst);
    case InstKind::ScopeAdopt:
      return emit_scope_adopt(inst);
    case InstKind::ScopeExit:
      return emit_scope_exit(inst);
    case InstKind::Select:
      return emit_select(inst);
    case InstKind::ScopeSlot:
      return emit_scope_slot(inst);
    case InstKind::ScopeCancel:
    case InstKind::ScopeLeave:
    case InstKind::ScopeClaim:
    case InstKind::ScopeWin:
    case InstKind::WithinEnter:
    case InstKind::WithinLeave:
    case InstKind::ShieldEnter:
    case InstKind::ShieldExit:
      SKEIN_CHECK(emit_cancellation(inst), "an instruction of another kind");
      return;
    case InstKind::Yield:
      return emit_yield();
    case InstKind::Live:
      return emit_lifetime(inst, true);
    case InstKind::Dead:
      return emit_lifetime(inst, false);
    case InstKind::Expire:
      SKEIN_UNREACHABLE("expire_values left one");
    case InstKind::Drop:
      return emit_drop(inst);
    case InstKind::Jump:
    case InstKind::Branch:
    case InstKind::Switch:
    case InstKind::Return:
    case InstKind::Panic:
    case InstKind::PanicKind:
    case InstKind::Unreachable:
    case InstKind::ResumeUnwind:
    case InstKind::TakePanic:
    case InstKind::TakeTimeout:
    case InstKind::TakeWin:
      return emit_end(inst);
    case InstKind::YieldValue:
      SKEIN_UNREACHABLE("a generator that split_generators did not take apart");
  }
}

void FunctionEmitter::emit_value(const Inst& inst) {
  switch (inst.kind) {
    case InstKind::Assign:
      return emit_assign(inst);
    case InstKind::Unary:
      return emit_unary(inst);
    case InstKind::Binary:
      return emit_binary(inst);
    case InstKind::Convert:
      return emit_convert(inst);
    case InstKind::Aggregate:
      return emit_aggregate(inst);
    case InstKind::Variant:
      return emit_variant(inst);
    case InstKind::Array:
      return emit_array(inst);
    case InstKind::Repeat:
      return emit_repeat(inst);
    case InstKind::Tag:
      return emit_tag(inst);
    case InstKind::Ref:
      return emit_ref(inst);
    default:
      SKEIN_UNREACHABLE("not an instruction that makes a value");
  }
}

void FunctionEmitter::emit_end(const Inst& inst) {
  switch (inst.kind) {
    case InstKind::Jump:
      b.CreateBr(block(inst.targets[0]));
      return;
    case InstKind::Branch:
      return emit_branch(inst);
    case InstKind::Switch:
      return emit_switch(inst);
    case InstKind::Return:
      return emit_return();
    case InstKind::Panic:
      return emit_panic(inst);
    case InstKind::PanicKind:
      return emit_panic_kind(inst);
    case InstKind::Unreachable:
      b.CreateUnreachable();
      return;
    case InstKind::TakePanic:
      return emit_take_panic(inst);
    case InstKind::TakeTimeout:
    case InstKind::TakeWin:
      return emit_take_cancellation(inst);
    case InstKind::ResumeUnwind:
      b.CreateBr(unwind_exit());
      return;
    default:
      SKEIN_UNREACHABLE("not an instruction that ends a block");
  }
}

// ---- values ------------------------------------------------------------------------------------

void FunctionEmitter::emit_assign(const Inst& inst) {
  const Operand& operand = inst.operands[0];
  if (is_boxed(inst.dest)) {
    return v.store_at(box_of(operand, type_of(operand)), address_of_box(inst.dest), 0);
  }
  llvm::Value* place = address(inst.dest);
  put(operand, place);
  if (operand.kind == Operand::Kind::Move && is_boxed(operand.place)) {
    end_box(operand.place, place);
  }
}

// Its content was moved to `content`. What others see in the box too is copied after all.
void FunctionEmitter::end_box(const sir::Place& place, llvm::Value* content) {
  TypeId type = type_of(place);
  BufferType box_type = {type, true};
  llvm::Value* box = v.load_pointer(address_of_box(place), 0);
  if (!m.glue.may_be_shared(box_type)) return m.glue.free_memory(v, box_type, box);
  llvm::BasicBlock* own = v.new_block("own");
  llvm::BasicBlock* shared = v.new_block("shared");
  llvm::BasicBlock* after = v.new_block("taken");
  b.CreateCondBr(v.is_unique(box, m.glue.counts_atomically(box_type)), own, shared);
  b.SetInsertPoint(own);
  m.glue.free_memory(v, box_type, box);
  b.CreateBr(after);
  b.SetInsertPoint(shared);
  if (!types::traits_of(m.program, type).is_move_only) v.retain(type, content);
  b.CreateCall(m.glue.drop_buffer(box_type), {box});
  b.CreateBr(after);
  b.SetInsertPoint(after);
}

void FunctionEmitter::emit_aggregate(const Inst& inst) {
  TypeId type = type_of(inst.dest);
  const Layout& layout = v.layout(type);
  bool needs_temp = may_alias_dest(inst);
  llvm::Value* place = needs_temp ? temp(type) : address(inst.dest);
  for (size_t i = 0; i < inst.operands.size(); ++i) {
    put_field(inst.operands[i], layout.fields[i], place);
  }
  if (needs_temp) v.copy(type, address(inst.dest), place);
}

void FunctionEmitter::emit_variant(const Inst& inst) {
  TypeId type = type_of(inst.dest);
  const Layout& layout = v.layout(type);
  // The tag may lie where an operand does, so one operand is enough to need a temporary.
  bool needs_temp = may_alias_dest(inst);
  for (const Operand& operand : inst.operands) {
    if (operand.is_place() && operand.place.local == inst.dest.local) needs_temp = true;
  }
  llvm::Value* place = needs_temp ? temp(type) : address(inst.dest);
  fill_variant(inst, layout, place);
  if (needs_temp) v.copy(type, address(inst.dest), place);
}

void FunctionEmitter::fill_variant(const Inst& inst, const Layout& layout, llvm::Value* place) {
  const std::vector<FieldLayout>& fields = layout.variants[inst.index];
  for (size_t i = 0; i < fields.size(); ++i) put_field(inst.operands[i], fields[i], place);
  if (layout.tag != nullptr) {
    v.store_at(llvm::ConstantInt::get(layout.tag, inst.index), place, layout.tag_offset);
  } else if (inst.index == 0) {
    v.store_at(v.null(), place, 0);
  }
}

void FunctionEmitter::emit_tag(const Inst& inst) {
  const Operand& subject = inst.operands[0];
  set_dest(v.variant_of(type_of(subject), location(subject)));
}

void FunctionEmitter::emit_ref(const Inst& inst) {
  const Operand& place = inst.operands[0];
  TypeId outer = type_of(place);
  bool opens_closure =
      kind(outer) == TypeKind::Fn && kind(type_of(inst.dest)) == TypeKind::Closure;
  bool opens_dyn = kind(outer) == TypeKind::Dyn && type_of(inst.dest) != outer;
  if (opens_closure || opens_dyn) {
    llvm::Value* content = v.data(v.load_pointer(location(place), 0));
    return v.store_at(content, locals_[inst.dest.local.index], 0);
  }
  v.store_at(location(inst.operands[0]), locals_[inst.dest.local.index], 0);
}

// ---- places ------------------------------------------------------------------------------------

void FunctionEmitter::emit_check_index(const Inst& inst) {
  const Operand& array = inst.operands[0];
  llvm::Value* index = value(inst.operands[1]);
  check_bounds(index, elements_of(array).length);
}

void FunctionEmitter::check_bounds(llvm::Value* index, llvm::Value* length) {
  panic_if(b.CreateICmpUGE(index, length), [&] {
    return v.rt(Rt::skn_panic_index, {index, length, v.i32(site())});
  });
}

void FunctionEmitter::emit_unshare(const Inst& inst) {
  const sir::Place& place = inst.operands[0].place;
  TypeId type = type_of(place);
  if (kind(type) == TypeKind::FixedArray) return;
  bool is_box = is_boxed(place);
  BufferType buffer = {type, is_box};
  if (!m.glue.may_be_shared(buffer)) return;
  llvm::Value* at = is_box ? address_of_box(place) : address(place);
  llvm::Value* old = v.load_pointer(at, 0);
  llvm::Value* is_shared = b.CreateNot(v.is_unique(old, m.glue.counts_atomically(buffer)));
  v.if_true(is_shared, Chance::Unlikely, [&] {
    bool is_dyn = kind(type) == TypeKind::Dyn && !is_box;
    v.store_at(is_dyn ? b.CreateCall(m.glue.unshare_dyn(type), {old})
                      : m.glue.call_unshare(v, buffer, old),
               at, 0);
  });
}

// ---- lifetimes ---------------------------------------------------------------------------------

void FunctionEmitter::emit_lifetime(const Inst& inst, bool is_start) {
  if (!has_lifetime_[inst.dest.local.index]) return;
  llvm::Value* place = locals_[inst.dest.local.index];
  if (place == nullptr || !llvm::isa<llvm::AllocaInst>(place)) return;
  if (is_start) {
    b.CreateLifetimeStart(place);
  } else {
    b.CreateLifetimeEnd(place);
  }
}

void FunctionEmitter::emit_drop(const Inst& inst) {
  const Operand& operand = inst.operands[0];
  TypeId type = type_of(operand);
  if (!sir::needs_drop(m.sir, type)) return;
  if (is_boxed(operand.place)) {
    llvm::Value* box = v.load_pointer(address_of_box(operand.place), 0);
    return v.drop_buffer(box, type, true, nullptr);
  }
  llvm::Value* place = location(operand);
  if (m.drop_method(type) != nullptr) {
    call_unwinding(m.glue.drop_value(type), {place});
  } else if (kind(type) == TypeKind::Dyn || kind(type) == TypeKind::Gen ||
             m.program.types.is_once(type)) {
    call_unwinding(m.glue.drop_fn(type), {v.load_pointer(place, 0)});
  } else {
    v.drop(type, place);
  }
}

// ---- control flow ------------------------------------------------------------------------------

void FunctionEmitter::emit_branch(const Inst& inst) {
  llvm::Value* condition = value(inst.operands[0]);
  b.CreateCondBr(condition, block(inst.targets[0]), block(inst.targets[1]));
}

void FunctionEmitter::emit_switch(const Inst& inst) {
  llvm::Value* number = value(inst.operands[0]);
  llvm::IntegerType* type = llvm::cast<llvm::IntegerType>(number->getType());
  llvm::SwitchInst* choice =
      b.CreateSwitch(number, block(inst.targets.back()), static_cast<unsigned>(inst.cases.size()));
  for (size_t i = 0; i < inst.cases.size(); ++i) {
    llvm::APInt bits(type->getBitWidth(), inst.cases[i], false, true);
    choice->addCase(b.getInt(bits), block(inst.targets[i]));
  }
}

void FunctionEmitter::emit_panic(const Inst& inst) {
  raise(v.rt(Rt::skn_panic_str, {value(inst.operands[0]), v.i32(site())}));
}

void FunctionEmitter::emit_panic_kind(const Inst& inst) {
  if (inst.text == "none") return raise(v.rt(Rt::skn_panic_none, {v.i32(site())}));
  llvm::Constant* text = m.constants.c_string(inst.text);
  raise(v.rt(Rt::skn_panic_text, {text, v.i64(inst.text.size()), v.i32(site())}));
}

}  // namespace skein::codegen
