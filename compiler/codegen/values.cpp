// Appends the code for values; what needs a loop or is long goes into glue functions.
#include "compiler/codegen/values.h"

#include "compiler/codegen/module_emitter.h"
#include "compiler/support/check.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

llvm::Type* Values::pointer_type() { return b.getPtrTy(); }
llvm::IntegerType* Values::int_type(unsigned bits) { return b.getIntNTy(bits); }
llvm::ConstantInt* Values::i64(uint64_t value) { return b.getInt64(value); }
llvm::ConstantInt* Values::i32(uint64_t value) { return b.getInt32(static_cast<uint32_t>(value)); }
llvm::Constant* Values::null() { return llvm::ConstantPointerNull::get(b.getPtrTy()); }
const Layout& Values::layout(TypeId type) { return m.layouts.of(type); }

llvm::CallInst* Values::rt(Rt function, std::initializer_list<llvm::Value*> args) {
  return m.rt.call(b, function, args);
}

// ---- memory ------------------------------------------------------------------------------------

llvm::MaybeAlign Values::align_of(const Layout& layout, uint64_t offset) {
  return llvm::commonAlignment(llvm::Align(layout.align), offset);
}

llvm::Value* Values::load(TypeId type, llvm::Value* place) {
  const Layout& shape = layout(type);
  SKEIN_CHECK(shape.scalar != nullptr, "only scalars are loaded as one value");
  llvm::LoadInst* value = b.CreateAlignedLoad(shape.scalar, place, align_of(shape));
  m.tags.mark_value(value);
  if (m.program.types.kind(type) != TypeKind::Bool) return value;
  return b.CreateTrunc(value, b.getInt1Ty());
}

void Values::store(TypeId type, llvm::Value* value, llvm::Value* place) {
  const Layout& shape = layout(type);
  if (shape.size == 0) return;
  if (m.program.types.kind(type) == TypeKind::Bool) value = b.CreateZExt(value, b.getInt8Ty());
  m.tags.mark_value(b.CreateAlignedStore(value, place, align_of(shape)));
}

void Values::copy(TypeId type, llvm::Value* to, llvm::Value* from) {
  const Layout& shape = layout(type);
  if (shape.size == 0 || to == from) return;
  if (shape.passing == Passing::Direct) {
    std::vector<llvm::Value*> pieces;
    load_pieces(shape, from, pieces);
    // A task was stored in two parts a moment ago, and one wide load of both would stall. LLVM does
    // not join a load that is atomic, if only in name.
    if (m.program.types.kind(type) == TypeKind::Task) {
      llvm::cast<llvm::LoadInst>(pieces[0])->setAtomic(llvm::AtomicOrdering::Unordered);
    }
    return store_pieces(shape, pieces, to);
  }
  m.tags.mark_value(b.CreateMemCpy(to, align_of(shape), from, align_of(shape), shape.size));
}

void Values::load_pieces(const Layout& shape, llvm::Value* place, std::vector<llvm::Value*>& out) {
  for (const Piece& piece : shape.pieces) {
    llvm::LoadInst* load = b.CreateAlignedLoad(piece.type, offset(place, piece.offset),
                                               align_of(shape, piece.offset));
    m.tags.mark_value(load);
    out.push_back(load);
  }
}

void Values::store_pieces(const Layout& shape, llvm::ArrayRef<llvm::Value*> pieces,
                          llvm::Value* place) {
  for (size_t i = 0; i < shape.pieces.size(); ++i) {
    const Piece& piece = shape.pieces[i];
    m.tags.mark_value(b.CreateAlignedStore(pieces[i], offset(place, piece.offset),
                                           align_of(shape, piece.offset)));
  }
}

llvm::Value* Values::offset(llvm::Value* place, uint64_t offset) {
  if (offset == 0) return place;
  return b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), place, offset);
}

llvm::Value* Values::load_word(llvm::Value* place, uint64_t at) {
  return b.CreateAlignedLoad(b.getInt64Ty(), offset(place, at), llvm::Align(8));
}

llvm::Value* Values::load_pointer(llvm::Value* place, uint64_t at) {
  return b.CreateAlignedLoad(b.getPtrTy(), offset(place, at), llvm::Align(8));
}

void Values::store_at(llvm::Value* value, llvm::Value* place, uint64_t at) {
  b.CreateStore(value, offset(place, at));
}

// ---- buffers -----------------------------------------------------------------------------------

llvm::LoadInst* Values::load_header(llvm::Value* buffer, uint64_t at) {
  llvm::LoadInst* load =
      b.CreateAlignedLoad(b.getInt64Ty(), offset(buffer, at), llvm::Align(8));
  m.tags.mark_header(load);
  return load;
}

void Values::store_header(llvm::Value* word, llvm::Value* buffer, uint64_t at) {
  m.tags.mark_header(b.CreateStore(word, offset(buffer, at)));
}

llvm::Value* Values::length(llvm::Value* buffer) {
  llvm::LoadInst* load = load_header(buffer, offsetof(abi::Buffer, length));
  m.tags.mark_length(load);
  return load;
}

void Values::set_length(llvm::Value* buffer, llvm::Value* length) {
  store_header(length, buffer, offsetof(abi::Buffer, length));
}

llvm::Value* Values::is_unique(llvm::Value* buffer, bool is_atomic) {
  return rt(is_atomic ? Rt::skn_is_unique_atomic : Rt::skn_is_unique, {buffer});
}

llvm::Value* Values::data(llvm::Value* buffer) { return offset(buffer, abi::kBufferData); }

llvm::Value* Values::element(llvm::Value* buffer, llvm::Value* index, TypeId element) {
  const Layout& shape = layout(element);
  if (shape.size == 0) return data(buffer);
  return b.CreateInBoundsGEP(m.layouts.memory_type(shape), data(buffer), index);
}

llvm::Value* Values::new_buffer(TypeId element, llvm::Value* capacity) {
  llvm::Value* buffer = rt(Rt::skn_buffer_new, {i64(layout(element).size), capacity});
  // It is there, but LLVM does not see it in the runtime.
  store_header(i64(1), buffer, offsetof(abi::Buffer, count));
  return buffer;
}

llvm::Value* Values::new_buffer_of_one(TypeId element, llvm::Value*& inside) {
  llvm::Value* buffer = new_buffer(element, i64(1));
  set_length(buffer, i64(1));
  inside = data(buffer);
  return buffer;
}

llvm::Value* Values::new_box(TypeId content, llvm::Value*& inside) {
  llvm::Value* box = rt(Rt::skn_box_new, {i64(layout(content).size)});
  inside = this->content(box);
  return box;
}

llvm::Value* Values::content(llvm::Value* box) { return offset(box, abi::kBoxContent); }

llvm::Value* Values::field_address(const FieldLayout& field, llvm::Value* place) {
  if (field.is_place) return load_pointer(place, field.offset);
  if (!field.is_boxed) return offset(place, field.offset);
  return content(load_pointer(place, field.offset));
}

llvm::Value* Values::variant_of(TypeId type, llvm::Value* place) {
  const Layout& shape = layout(type);
  if (shape.tag == nullptr) {
    llvm::Value* pointer = load_pointer(place, 0);
    return b.CreateZExt(b.CreateIsNotNull(pointer), b.getInt64Ty());
  }
  llvm::Value* tag = b.CreateAlignedLoad(shape.tag, offset(place, shape.tag_offset),
                                         align_of(shape, shape.tag_offset));
  return b.CreateZExt(tag, b.getInt64Ty());
}

// ---- counts ------------------------------------------------------------------------------------

void Values::retain_buffer(llvm::Value* buffer, bool is_atomic) {
  rt(is_atomic ? Rt::skn_retain_atomic : Rt::skn_retain, {buffer});
}

llvm::Value* Values::read_here(llvm::Value* scalar) {
  llvm::Type* type = scalar->getType();
  if (type->isIntegerTy(1)) {
    return b.CreateTrunc(read_here(b.CreateZExt(scalar, b.getInt8Ty())), type);
  }
  const char* constraints = type->isFloatingPointTy() ? "=x,0" : "=r,0";
  llvm::FunctionType* signature = llvm::FunctionType::get(type, {type}, false);
  llvm::CallInst* same =
      b.CreateCall(llvm::InlineAsm::get(signature, "", constraints, true), {scalar});
  same->setDoesNotThrow();
  return same;
}

llvm::Value* Values::release_buffer(llvm::Value* buffer, bool is_atomic) {
  return rt(is_atomic ? Rt::skn_release_atomic : Rt::skn_release, {buffer});
}

void Values::retain_fields(const std::vector<FieldLayout>& fields, llvm::Value* place) {
  for (const FieldLayout& field : fields) {
    if (field.is_boxed) {
      retain_buffer(load_pointer(place, field.offset),
                    m.glue.counts_atomically({field.type, true}));
    } else {
      retain(field.type, offset(place, field.offset));
    }
  }
}

void Values::retain(TypeId type, llvm::Value* place) {
  if (!sir::needs_drop(m.sir, type)) return;
  TypeKind kind = m.program.types.kind(type);
  switch (kind) {
    case TypeKind::Chan:
    case TypeKind::Sender:
    case TypeKind::Receiver:
    case TypeKind::Mutex:
    case TypeKind::RwLock:
    case TypeKind::Shared:
      return retain_buffer(load_pointer(place, 0), true);
    case TypeKind::Weak:
      return retain_buffer(offset(load_pointer(place, 0), offsetof(abi::Cell, weak)), true);
    case TypeKind::Str:
    case TypeKind::Array:
    case TypeKind::Atomic:
    case TypeKind::Fn:
    case TypeKind::Dyn:
      return retain_buffer(load_pointer(place, 0), m.glue.counts_atomically({type}));
    case TypeKind::Option: {
      const Layout& shape = layout(type);
      TypeId value = m.program.types.arg(type);
      llvm::Value* is_some = b.CreateICmpNE(variant_of(type, place), i64(0));
      return if_true(is_some, Chance::Even,
                     [&] { retain(value, offset(place, shape.variants[1][0].offset)); });
    }
    case TypeKind::Tuple:
    case TypeKind::Struct:
    case TypeKind::Closure:
    case TypeKind::Range:
    case TypeKind::RangeInclusive:
      return retain_fields(layout(type).fields, place);
    case TypeKind::Enum:
    case TypeKind::Result:
    case TypeKind::FixedArray:
      b.CreateCall(m.glue.retain_value(type), {place});
      return;
    default:
      SKEIN_UNREACHABLE("a value that cannot be copied is");
  }
}

void Values::drop_buffer(llvm::Value* buffer, TypeId content, bool is_box, llvm::Value* list) {
  BufferType type = {content, is_box};
  if (list == nullptr || !m.glue.is_recursive(type)) {
    b.CreateCall(m.glue.drop_buffer(type), {buffer});
    return;
  }
  llvm::Value* is_last = release_buffer(buffer, m.glue.counts_atomically(type));
  if_true(is_last, Chance::Even, [&] {
    store_at(load_pointer(list, 0), buffer, offsetof(abi::Dead, next));
    store_at(m.glue.dispose_buffer(type), buffer, offsetof(abi::Dead, dispose));
    store_at(buffer, list, 0);
  });
}

void Values::drop_fields(const std::vector<FieldLayout>& fields, llvm::Value* place,
                         llvm::Value* list) {
  for (const FieldLayout& field : fields) {
    if (field.is_boxed) {
      drop_buffer(load_pointer(place, field.offset), field.type, true, list);
    } else {
      drop(field.type, offset(place, field.offset), list);
    }
  }
}

void Values::drop(TypeId type, llvm::Value* place, llvm::Value* list) {
  if (!sir::needs_drop(m.sir, type)) return;
  if (list != nullptr && !m.glue.reaches_recursive(type)) list = nullptr;
  TypeKind kind = m.program.types.kind(type);
  switch (kind) {
    case TypeKind::Str:
    case TypeKind::Array:
    case TypeKind::Atomic:
      return drop_buffer(load_pointer(place, 0), type, false, list);
    case TypeKind::Fn:
    case TypeKind::Dyn:
    case TypeKind::Gen:
      b.CreateCall(m.glue.drop_fn(type), {load_pointer(place, 0)});
      return;
    case TypeKind::Chan:
    case TypeKind::Sender:
    case TypeKind::Receiver:
      b.CreateCall(m.glue.drop_chan(type), {load_pointer(place, 0)});
      return;
    case TypeKind::Mutex:
    case TypeKind::RwLock:
    case TypeKind::Shared:
      b.CreateCall(m.glue.drop_cell(type), {load_pointer(place, 0)});
      return;
    case TypeKind::Weak:
      rt(Rt::skn_weak_release, {load_pointer(place, 0)});
      return;
    case TypeKind::Task:
      // Passes have put a `settle` before the end of each task that a function can wait for.
      b.CreateCall(m.glue.drop_task(type), {place});
      return;
    case TypeKind::Option: {
      const Layout& shape = layout(type);
      TypeId value = m.program.types.arg(type);
      llvm::Value* is_some = b.CreateICmpNE(variant_of(type, place), i64(0));
      return if_true(is_some, Chance::Even,
                     [&] { drop(value, offset(place, shape.variants[1][0].offset), list); });
    }
    case TypeKind::Tuple:
    case TypeKind::Closure:
    case TypeKind::Range:
    case TypeKind::RangeInclusive:
      return drop_fields(layout(type).fields, place, list);
    case TypeKind::Struct:
    case TypeKind::Enum:
    case TypeKind::Result:
    case TypeKind::FixedArray:
      if (kind == TypeKind::Struct && m.drop_method(type) == nullptr) {
        return drop_fields(layout(type).fields, place, list);
      }
      if (list != nullptr) {
        b.CreateCall(m.glue.drop_value_into(type), {place, list});
      } else {
        b.CreateCall(m.glue.drop_value(type), {place});
      }
      return;
    default:
      SKEIN_UNREACHABLE("a type whose drop is not known");
  }
}

// ---- control flow ------------------------------------------------------------------------------

llvm::BasicBlock* Values::new_block(const llvm::Twine& name) {
  return llvm::BasicBlock::Create(m.context, name, b.GetInsertBlock()->getParent());
}

void Values::branch(llvm::Value* condition, llvm::BasicBlock* yes, llvm::BasicBlock* no,
                    Chance chance) {
  llvm::MDNode* weights = nullptr;
  llvm::MDBuilder metadata(m.context);
  if (chance == Chance::Likely) weights = metadata.createBranchWeights(2000, 1);
  if (chance == Chance::Unlikely) weights = metadata.createBranchWeights(1, 2000);
  b.CreateCondBr(condition, yes, no, weights);
}

void Values::if_true(llvm::Value* condition, Chance chance, llvm::function_ref<void()> then) {
  llvm::BasicBlock* yes = new_block("then");
  llvm::BasicBlock* after = new_block("after");
  branch(condition, yes, after, chance);
  b.SetInsertPoint(yes);
  then();
  b.CreateBr(after);
  b.SetInsertPoint(after);
}

llvm::Value* Values::select(llvm::Value* condition, Chance chance,
                            llvm::function_ref<llvm::Value*()> then,
                            llvm::function_ref<llvm::Value*()> otherwise) {
  llvm::BasicBlock* yes = new_block("then");
  llvm::BasicBlock* no = new_block("else");
  llvm::BasicBlock* after = new_block("after");
  branch(condition, yes, no, chance);
  b.SetInsertPoint(yes);
  llvm::Value* first = then();
  llvm::BasicBlock* yes_end = b.GetInsertBlock();
  b.CreateBr(after);
  b.SetInsertPoint(no);
  llvm::Value* second = otherwise();
  llvm::BasicBlock* no_end = b.GetInsertBlock();
  b.CreateBr(after);
  b.SetInsertPoint(after);
  llvm::PHINode* result = b.CreatePHI(first->getType(), 2);
  result->addIncoming(first, yes_end);
  result->addIncoming(second, no_end);
  return result;
}

void Values::count_up(llvm::Value* from, llvm::Value* to,
                      llvm::function_ref<void(llvm::Value* index)> body) {
  llvm::BasicBlock* start = b.GetInsertBlock();
  llvm::BasicBlock* head = new_block("each");
  llvm::BasicBlock* inside = new_block("item");
  llvm::BasicBlock* after = new_block("after");
  b.CreateBr(head);
  b.SetInsertPoint(head);
  llvm::PHINode* index = b.CreatePHI(b.getInt64Ty(), 2);
  index->addIncoming(from, start);
  b.CreateCondBr(b.CreateICmpSLT(index, to), inside, after);
  b.SetInsertPoint(inside);
  body(index);
  index->addIncoming(b.CreateAdd(index, i64(1)), b.GetInsertBlock());
  b.CreateBr(head);
  b.SetInsertPoint(after);
}

}  // namespace skein::codegen
