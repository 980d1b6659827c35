// Arrays: literals and the builtin operations. What writes makes sure first that the array is the
// buffer's only owner.
#include "compiler/codegen/function_emitter.h"
#include "compiler/support/check.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

using sir::Inst;
using sir::Operand;
using types::Builtin;

// ---- literals ----------------------------------------------------------------------------------

// Constant elements as data of the program; null where some are none. They need not be counted: what
// a constant text stands for is there for ever.
llvm::Constant* FunctionEmitter::constant_elements(const Inst& inst, TypeId element) {
  // Fewer are as well stored one by one.
  constexpr size_t kFew = 8;
  llvm::Type* memory = v.layout(element).scalar;
  if (inst.operands.size() < kFew || memory == nullptr) return nullptr;
  std::vector<llvm::Constant*> elements;
  for (const Operand& operand : inst.operands) {
    if (operand.is_place()) return nullptr;
    llvm::Constant* value = llvm::cast<llvm::Constant>(constant(operand.constant));
    // A bool is a byte in memory.
    bool is_bit = value->getType()->isIntegerTy(1);
    if (is_bit) value = llvm::ConstantInt::get(memory, value->isOneValue() ? 1 : 0);
    if (value->getType() != memory) return nullptr;
    elements.push_back(value);
  }
  return m.constants.array(memory, elements);
}

void FunctionEmitter::put_elements(const Inst& inst, TypeId element, llvm::Value* place) {
  const Layout& layout = v.layout(element);
  if (llvm::Constant* data = constant_elements(inst, element)) {
    llvm::Align align(layout.align);
    b.CreateMemCpy(place, align, data, align, inst.operands.size() * layout.size);
    return;
  }
  for (size_t i = 0; i < inst.operands.size(); ++i) {
    put(inst.operands[i], v.offset(place, i * layout.size));
  }
}

void FunctionEmitter::emit_array(const Inst& inst) {
  TypeId type = type_of(inst.dest);
  TypeId element = m.program.types.arg(type);
  if (kind(type) == TypeKind::FixedArray) {
    bool needs_temp = may_alias_dest(inst);
    llvm::Value* place = needs_temp ? temp(type) : address(inst.dest);
    put_elements(inst, element, place);
    if (needs_temp) v.copy(type, address(inst.dest), place);
    return;
  }
  if (inst.operands.empty()) return set_dest(m.rt.empty_buffer());
  llvm::Value* count = v.i64(inst.operands.size());
  llvm::Value* buffer = v.new_buffer(element, count);
  put_elements(inst, element, v.data(buffer));
  v.set_length(buffer, count);
  set_dest(buffer);
}

void FunctionEmitter::emit_repeat(const Inst& inst) {
  TypeId type = type_of(inst.dest);
  TypeId element = m.program.types.arg(type);
  const Layout& layout = v.layout(element);
  const Operand& item = inst.operands[0];
  llvm::Value* source = nullptr;
  llvm::Value* scalar = nullptr;
  if (layout.scalar != nullptr) {
    scalar = value(item);
  } else {
    source = location(item);
  }
  llvm::Value* count = nullptr;
  llvm::Value* data = nullptr;
  llvm::Value* buffer = nullptr;
  if (kind(type) == TypeKind::FixedArray) {
    count = v.i64(m.program.types.get(type).length);
    data = address(inst.dest);
  } else {
    count = b.CreateBinaryIntrinsic(llvm::Intrinsic::smax, value(inst.operands[1]), v.i64(0));
    buffer = v.new_buffer(element, count);
    data = v.data(buffer);
  }
  v.count_up(v.i64(0), count, [&](llvm::Value* index) {
    if (layout.size == 0) return;
    llvm::Value* at = b.CreateInBoundsGEP(m.layouts.memory_type(layout), data, index);
    if (scalar != nullptr) {
      v.store(element, scalar, at);
    } else {
      v.copy(element, at, source);
    }
    v.retain(element, at);
  });
  // Every element is an owner now, and the value they came from was one too.
  if (item.kind == Operand::Kind::Move) v.drop(element, location(item));
  if (buffer == nullptr) return;
  v.set_length(buffer, count);
  set_dest(buffer);
}

// ---- buffers -----------------------------------------------------------------------------------

llvm::Value* FunctionEmitter::own_buffer(llvm::Value* place, TypeId array) {
  llvm::Value* buffer = v.load_pointer(place, 0);
  if (!m.glue.may_be_shared({array})) return buffer;
  bool is_atomic = m.glue.counts_atomically({array});
  return v.select(
      v.is_unique(buffer, is_atomic), Chance::Likely, [&] { return buffer; },
      [&]() -> llvm::Value* {
        llvm::Value* fresh = m.glue.call_unshare(v, {array}, buffer);
        v.store_at(fresh, place, 0);
        return fresh;
      });
}

llvm::Value* FunctionEmitter::own_buffer_with_room(llvm::Value* place, TypeId array,
                                                   llvm::Value* more) {
  llvm::Value* buffer = v.load_pointer(place, 0);
  llvm::Value* capacity = v.load_header(buffer, offsetof(abi::Buffer, capacity));
  llvm::Value* fits = b.CreateICmpSGE(b.CreateSub(capacity, v.length(buffer)), more);
  if (m.glue.may_be_shared({array})) {
    fits = b.CreateAnd(v.is_unique(buffer, m.glue.counts_atomically({array})), fits);
  }
  return v.select(
      fits, Chance::Likely, [&] { return buffer; },
      [&]() -> llvm::Value* {
        llvm::Value* fresh = b.CreateCall(m.glue.grow(array), {buffer, more});
        v.store_at(fresh, place, 0);
        return fresh;
      });
}

void FunctionEmitter::move_elements(llvm::Value* buffer, TypeId element, llvm::Value* to,
                                    llvm::Value* from, llvm::Value* count) {
  const Layout& layout = v.layout(element);
  if (layout.size == 0) return;
  llvm::Align align(layout.align);
  b.CreateMemMove(v.element(buffer, to, element), align, v.element(buffer, from, element), align,
                  b.CreateMul(count, v.i64(layout.size)));
}

// ---- operations --------------------------------------------------------------------------------

void FunctionEmitter::emit_array_builtin(const Inst& inst) {
  switch (inst.builtin) {
    case Builtin::ArrayLen:
      return set_dest(elements_of(inst.operands[0]).length);
    case Builtin::ArrayWindow:
      return emit_array_window(inst);
    case Builtin::ArraySplitMut:
      return emit_array_split(inst);
    case Builtin::ArrayOfWindow: {
      TypeId element = m.program.types.arg(type_of(inst.operands[0]));
      return set_dest(copy_elements(elements_of(inst.operands[0]), element));
    }
    case Builtin::ArrayWithCapacity: {
      TypeId element = m.program.types.arg(type_of(inst.dest));
      llvm::Value* count =
          b.CreateBinaryIntrinsic(llvm::Intrinsic::smax, value(inst.operands[0]), v.i64(0));
      return set_dest(v.new_buffer(element, count));
    }
    case Builtin::ArrayPush:
      return emit_array_push(inst);
    case Builtin::ArrayPop:
      return emit_array_pop(inst);
    case Builtin::ArraySwap:
      return emit_array_swap(inst);
    case Builtin::ArrayTruncate:
      return emit_array_truncate(inst);
    case Builtin::ArrayReserve:
      return emit_array_reserve(inst);
    case Builtin::ArrayExtend:
      return emit_array_extend(inst);
    case Builtin::ArraySlice:
      return emit_array_slice(inst);
    case Builtin::ArrayInsert:
      return emit_array_insert(inst);
    case Builtin::ArrayRemove:
      return emit_array_remove(inst);
    case Builtin::ArrayTakeAt: {
      TypeId array = type_of(inst.operands[0]);
      TypeId element = m.program.types.arg(array);
      llvm::Value* buffer = own_buffer(address(inst.operands[0].place), array);
      llvm::Value* at = v.element(buffer, value(inst.operands[1]), element);
      return v.copy(element, address(inst.dest), at);
    }
    case Builtin::ArrayForgetFrom: {
      llvm::Value* place = address(inst.operands[0].place);
      llvm::Value* buffer = v.load_pointer(place, 0);
      llvm::Value* count = value(inst.operands[1]);
      return v.if_true(b.CreateICmpULT(count, v.length(buffer)), Chance::Even,
                       [&] { v.set_length(own_buffer(place, type_of(inst.operands[0])), count); });
    }
    case Builtin::ArrayForgetBefore:
      return emit_array_forget_before(inst);
    default:
      SKEIN_UNREACHABLE("not an operation on arrays");
  }
}

void FunctionEmitter::emit_array_push(const Inst& inst) {
  TypeId array = type_of(inst.operands[0]);
  TypeId element = m.program.types.arg(array);
  llvm::Value* buffer = own_buffer_with_room(address(inst.operands[0].place), array, v.i64(1));
  llvm::Value* length = v.length(buffer);
  put(inst.operands[1], v.element(buffer, length, element));
  v.set_length(buffer, b.CreateNSWAdd(length, v.i64(1)));
}

void FunctionEmitter::emit_array_pop(const Inst& inst) {
  TypeId array = type_of(inst.operands[0]);
  TypeId element = m.program.types.arg(array);
  llvm::Value* place = address(inst.operands[0].place);
  llvm::Value* dest = address(inst.dest);
  const Layout& option = v.layout(type_of(inst.dest));
  llvm::Value* length = v.length(v.load_pointer(place, 0));
  llvm::BasicBlock* none = v.new_block("none");
  llvm::BasicBlock* some = v.new_block("some");
  llvm::BasicBlock* after = v.new_block("popped");
  b.CreateCondBr(b.CreateICmpEQ(length, v.i64(0)), none, some);
  b.SetInsertPoint(none);
  if (option.tag == nullptr) {
    v.store_at(v.null(), dest, 0);
  } else {
    v.store_at(llvm::ConstantInt::get(option.tag, 0), dest, option.tag_offset);
  }
  b.CreateBr(after);
  b.SetInsertPoint(some);
  llvm::Value* buffer = own_buffer(place, array);
  llvm::Value* last = b.CreateSub(length, v.i64(1));
  v.copy(element, v.offset(dest, option.variants[1][0].offset), v.element(buffer, last, element));
  if (option.tag != nullptr) {
    v.store_at(llvm::ConstantInt::get(option.tag, 1), dest, option.tag_offset);
  }
  v.set_length(buffer, last);
  b.CreateBr(after);
  b.SetInsertPoint(after);
}

void FunctionEmitter::emit_array_swap(const Inst& inst) {
  TypeId array = type_of(inst.operands[0]);
  TypeId element = m.program.types.arg(array);
  llvm::Value* first = value(inst.operands[1]);
  llvm::Value* second = value(inst.operands[2]);
  Elements elements = elements_of(inst.operands[0]);
  check_bounds(first, elements.length);
  check_bounds(second, elements.length);
  if (kind(array) == TypeKind::Array) {
    elements.first = v.data(own_buffer(address(inst.operands[0].place), array));
  }
  llvm::Value* a = element_at(elements.first, first, element);
  llvm::Value* c = element_at(elements.first, second, element);
  llvm::Value* held = temp(element);
  llvm::Value* other = temp(element);
  v.copy(element, held, a);
  v.copy(element, other, c);
  v.copy(element, a, other);
  v.copy(element, c, held);
}

void FunctionEmitter::emit_array_truncate(const Inst& inst) {
  llvm::Value* place = address(inst.operands[0].place);
  llvm::Value* count = value(inst.operands[1]);
  llvm::Value* buffer = v.load_pointer(place, 0);
  llvm::Value* is_longer = b.CreateICmpULT(count, v.length(buffer));
  v.if_true(is_longer, Chance::Even, [&] { cut_off(inst, place, buffer, count); });
}

void FunctionEmitter::cut_off(const Inst& inst, llvm::Value* place, llvm::Value* buffer,
                              llvm::Value* count) {
  TypeId array = type_of(inst.operands[0]);
  TypeId element = m.program.types.arg(array);
  llvm::BasicBlock* keep = v.new_block("keep");
  llvm::BasicBlock* replace = v.new_block("replace");
  llvm::BasicBlock* after = v.new_block("cut");
  b.CreateCondBr(v.is_unique(buffer, m.glue.counts_atomically({array})), keep, replace);
  b.SetInsertPoint(keep);
  if (sir::needs_drop(m.sir, element)) {
    v.count_up(count, v.length(buffer), [&](llvm::Value* index) {
      v.drop(element, v.element(buffer, index, element));
    });
  }
  v.set_length(buffer, count);
  b.CreateBr(after);
  b.SetInsertPoint(replace);
  llvm::Value* fresh = v.select(
      b.CreateICmpEQ(count, v.i64(0)), Chance::Even,
      [&]() -> llvm::Value* { return m.rt.empty_buffer(); },
      [&] { return copy_elements({v.data(buffer), count}, element); });
  v.drop(array, place);
  v.store_at(fresh, place, 0);
  b.CreateBr(after);
  b.SetInsertPoint(after);
}

void FunctionEmitter::emit_array_reserve(const Inst& inst) {
  llvm::Value* more =
      b.CreateBinaryIntrinsic(llvm::Intrinsic::smax, value(inst.operands[1]), v.i64(0));
  own_buffer_with_room(address(inst.operands[0].place), type_of(inst.operands[0]), more);
}

void FunctionEmitter::emit_array_extend(const Inst& inst) {
  TypeId array = type_of(inst.operands[0]);
  TypeId element = m.program.types.arg(array);
  Elements other = elements_of(inst.operands[1]);
  llvm::Value* buffer =
      own_buffer_with_room(address(inst.operands[0].place), array, other.length);
  llvm::Value* length = v.length(buffer);
  copy_into(v.element(buffer, length, element), other, element);
  v.set_length(buffer, b.CreateNSWAdd(length, other.length));
}

FunctionEmitter::Elements FunctionEmitter::part_of(const Inst& inst, TypeId element) {
  Elements whole = elements_of(inst.operands[0]);
  llvm::Value* from = value(inst.operands[1]);
  llvm::Value* to = value(inst.operands[2]);
  llvm::Value* bad = b.CreateOr(b.CreateICmpUGT(to, whole.length), b.CreateICmpUGT(from, to));
  panic_if(bad, [&] { return v.rt(Rt::skn_panic_range, {from, to, whole.length, v.i32(site())}); });
  return {element_at(whole.first, from, element), b.CreateSub(to, from)};
}

void FunctionEmitter::emit_array_slice(const Inst& inst) {
  TypeId element = m.program.types.arg(type_of(inst.operands[0]));
  set_dest(copy_elements(part_of(inst, element), element));
}

llvm::Value* FunctionEmitter::copy_elements(const Elements& elements, TypeId element) {
  llvm::Value* fresh = v.new_buffer(element, elements.length);
  copy_into(v.data(fresh), elements, element);
  v.set_length(fresh, elements.length);
  return fresh;
}

void FunctionEmitter::copy_into(llvm::Value* place, const Elements& elements, TypeId element) {
  const Layout& layout = v.layout(element);
  if (layout.size > 0) {
    llvm::Align align(layout.align);
    b.CreateMemCpy(place, align, elements.first, align,
                   b.CreateMul(elements.length, v.i64(layout.size)));
  }
  if (!sir::needs_drop(m.sir, element)) return;
  v.count_up(v.i64(0), elements.length, [&](llvm::Value* index) {
    v.retain(element, element_at(place, index, element));
  });
}

// ---- windows -----------------------------------------------------------------------------------

FunctionEmitter::Elements FunctionEmitter::elements_of(const Operand& array) {
  const types::Type type = m.program.types.get(type_of(array));
  if (type.kind == TypeKind::FixedArray) return {location(array), v.i64(type.length)};
  if (type.kind == TypeKind::Window) {
    llvm::Value* window = location(array);
    return {v.load_pointer(window, 0), v.load_word(window, kWindowLength)};
  }
  llvm::Value* buffer = value(array);
  return {v.data(buffer), v.length(buffer)};
}

void FunctionEmitter::put_window(const Elements& elements, llvm::Value* place) {
  v.store_at(elements.first, place, 0);
  v.store_at(elements.length, place, kWindowLength);
}

void FunctionEmitter::emit_array_window(const Inst& inst) {
  TypeId element = m.program.types.arg(type_of(inst.operands[0]));
  put_window(part_of(inst, element), address(inst.dest));
}

void FunctionEmitter::emit_array_split(const Inst& inst) {
  TypeId element = m.program.types.arg(type_of(inst.operands[0]));
  Elements whole = elements_of(inst.operands[0]);
  llvm::Value* at = value(inst.operands[1]);
  panic_if(b.CreateICmpUGT(at, whole.length), [&] {
    return v.rt(Rt::skn_panic_range, {v.i64(0), at, whole.length, v.i32(site())});
  });
  const Layout& pair = v.layout(type_of(inst.dest));
  llvm::Value* dest = address(inst.dest);
  put_window({whole.first, at}, v.offset(dest, pair.fields[0].offset));
  put_window({element_at(whole.first, at, element), b.CreateSub(whole.length, at)},
             v.offset(dest, pair.fields[1].offset));
}

// ---- taking and putting ------------------------------------------------------------------------

void FunctionEmitter::emit_array_insert(const Inst& inst) {
  TypeId array = type_of(inst.operands[0]);
  TypeId element = m.program.types.arg(array);
  llvm::Value* place = address(inst.operands[0].place);
  llvm::Value* at = value(inst.operands[1]);
  const Operand& item = inst.operands[2];
  llvm::Value* length = v.length(v.load_pointer(place, 0));
  panic_if(b.CreateICmpUGT(at, length), [&] {
    // The value was given to the array, which does not take it.
    if (item.kind == Operand::Kind::Move) v.drop(element, location(item));
    return v.rt(Rt::skn_panic_index, {at, length, v.i32(site())});
  });
  llvm::Value* buffer = own_buffer_with_room(place, array, v.i64(1));
  llvm::Value* next = b.CreateAdd(at, v.i64(1));
  move_elements(buffer, element, next, at, b.CreateSub(length, at));
  put(item, v.element(buffer, at, element));
  v.set_length(buffer, b.CreateNSWAdd(length, v.i64(1)));
}

void FunctionEmitter::emit_array_remove(const Inst& inst) {
  TypeId array = type_of(inst.operands[0]);
  TypeId element = m.program.types.arg(array);
  llvm::Value* place = address(inst.operands[0].place);
  llvm::Value* at = value(inst.operands[1]);
  llvm::Value* length = v.length(v.load_pointer(place, 0));
  check_bounds(at, length);
  llvm::Value* buffer = own_buffer(place, array);
  llvm::Value* dest = inst.dest.valid() ? address(inst.dest) : temp(element);
  v.copy(element, dest, v.element(buffer, at, element));
  llvm::Value* next = b.CreateAdd(at, v.i64(1));
  move_elements(buffer, element, at, next, b.CreateSub(length, next));
  v.set_length(buffer, b.CreateSub(length, v.i64(1)));
}

void FunctionEmitter::emit_array_forget_before(const Inst& inst) {
  TypeId array = type_of(inst.operands[0]);
  TypeId element = m.program.types.arg(array);
  llvm::Value* place = address(inst.operands[0].place);
  llvm::Value* count = value(inst.operands[1]);
  // Nothing was taken out of an array that may be shared or empty for ever.
  v.if_true(b.CreateICmpSGT(count, v.i64(0)), Chance::Even, [&] {
    llvm::Value* buffer = v.load_pointer(place, 0);
    llvm::Value* left = b.CreateSub(v.length(buffer), count);
    // Mostly a loop took all of them.
    v.if_true(b.CreateICmpNE(left, v.i64(0)), Chance::Unlikely,
              [&] { move_elements(buffer, element, v.i64(0), count, left); });
    v.set_length(buffer, left);
  });
}

}  // namespace skein::codegen
