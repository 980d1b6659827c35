// Writes the glue functions. A function is registered before its body is written, so that types
// which contain themselves find it.
#include "compiler/codegen/glue.h"

#include <set>
#include <vector>

#include "compiler/codegen/merge_glue.h"
#include "compiler/codegen/module_emitter.h"
#include "compiler/codegen/values.h"
#include "compiler/support/check.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

TypeId Glue::element(BufferType buffer) {
  if (buffer.is_box) return buffer.type;
  types::TypeStore& types = m_.program.types;
  if (types.kind(buffer.type) == TypeKind::Str) return types.plain(TypeKind::U8);
  return types.arg(buffer.type);
}

std::string Glue::name(BufferType buffer) {
  return (buffer.is_box ? "box " : "") + m_.type_text(buffer.type);
}

bool Glue::counts_atomically(BufferType buffer) {
  if (m_.program.types.kind(buffer.type) == TypeKind::Atomic) return true;
  return m_.sir.counts_atomically(buffer.type);
}

bool Glue::may_be_shared(BufferType buffer) {
  // All that hold a variant without payload have the same box.
  if (buffer.is_box && m_.layouts.of(buffer.type).has_bare_variant()) return true;
  return !types::traits_of(m_.program, buffer.type).is_move_only;
}

// ---- which types contain themselves ------------------------------------------------------------

// The buffers a value owns directly, those inside them left out.
std::vector<BufferType> Glue::buffers_in(TypeId type) {
  std::vector<BufferType> found;
  std::vector<TypeId> pending = {type};
  std::set<uint32_t> seen;
  while (!pending.empty()) {
    TypeId id = pending.back();
    pending.pop_back();
    if (!seen.insert(id.index).second) continue;
    TypeKind kind = m_.program.types.kind(id);
    if (kind == TypeKind::Str || kind == TypeKind::Array || kind == TypeKind::Atomic) {
      found.push_back({id, false});
      continue;
    }
    if (kind == TypeKind::FixedArray) pending.push_back(m_.program.types.arg(id));
    const Layout& layout = m_.layouts.of(id);
    std::vector<std::vector<FieldLayout>> groups = layout.variants;
    groups.push_back(layout.fields);
    for (const std::vector<FieldLayout>& fields : groups) {
      for (const FieldLayout& field : fields) {
        if (field.is_boxed) {
          found.push_back({field.type, true});
        } else {
          pending.push_back(field.type);
        }
      }
    }
  }
  return found;
}

bool Glue::reaches(TypeId from, BufferType target) {
  std::set<std::pair<uint32_t, bool>> seen;
  std::vector<BufferType> pending = buffers_in(from);
  while (!pending.empty()) {
    BufferType buffer = pending.back();
    pending.pop_back();
    if (buffer.type == target.type && buffer.is_box == target.is_box) return true;
    if (!seen.insert({buffer.type.index, buffer.is_box}).second) continue;
    std::vector<BufferType> inner = buffers_in(element(buffer));
    pending.insert(pending.end(), inner.begin(), inner.end());
  }
  return false;
}

bool Glue::is_recursive(BufferType buffer) {
  std::pair<uint32_t, bool> key = {buffer.type.index, buffer.is_box};
  auto known = recursive_.find(key);
  if (known != recursive_.end()) return known->second;
  return recursive_[key] = reaches(element(buffer), buffer);
}

bool Glue::reaches_recursive(TypeId type) {
  auto known = reaches_recursive_.find(type.index);
  if (known != reaches_recursive_.end()) return known->second;
  std::set<std::pair<uint32_t, bool>> seen;
  std::vector<BufferType> pending = buffers_in(type);
  bool found = false;
  while (!found && !pending.empty()) {
    BufferType buffer = pending.back();
    pending.pop_back();
    if (!seen.insert({buffer.type.index, buffer.is_box}).second) continue;
    found = is_recursive(buffer);
    std::vector<BufferType> inner = buffers_in(element(buffer));
    pending.insert(pending.end(), inner.begin(), inner.end());
  }
  return reaches_recursive_[type.index] = found;
}

// ---- functions ---------------------------------------------------------------------------------

llvm::Function* Glue::make(const char* kind, BufferType type, llvm::Type* result, size_t params,
                           Body body) {
  std::vector<llvm::Type*> args(params, llvm::PointerType::getUnqual(m_.context));
  return make(kind, type, llvm::FunctionType::get(result, args, false), body);
}

llvm::Function* Glue::make(const char* kind, BufferType type, llvm::FunctionType* signature,
                           Body body) {
  Key key = {kind, type.type.index, type.is_box};
  auto known = functions_.find(key);
  if (known != functions_.end()) return known->second;
  llvm::Function* function =
      m_.make_function(signature, std::string(kind) + "." + name(type));
  if (!sir::drop_may_panic(m_.sir, type.type)) function->setDoesNotThrow();
  functions_.emplace(key, function);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(m_.context, "entry", function));
  Values values(m_, builder);
  body(values, *function);
  return function;
}

void Glue::merge_equal() {
  std::vector<llvm::Function*> made;
  for (const auto& [key, function] : functions_) made.push_back(function);
  functions_.clear();
  codegen::merge_equal(std::move(made));
}

void Glue::drop_elements(Values& values, BufferType buffer, llvm::Value* address,
                         llvm::Value* list) {
  TypeId type = element(buffer);
  if (!sir::needs_drop(m_.sir, type)) return;
  if (buffer.is_box) return values.drop(type, values.content(address), list);
  bool is_one = m_.program.types.kind(buffer.type) == TypeKind::Atomic;
  if (is_one) return values.drop(type, values.data(address), list);
  values.count_up(values.i64(0), values.length(address), [&](llvm::Value* index) {
    values.drop(type, values.element(address, index, type), list);
  });
}

void Glue::free_memory(Values& values, BufferType buffer, llvm::Value* address) {
  if (!buffer.is_box) {
    values.rt(Rt::skn_buffer_free, {address});
    return;
  }
  values.rt(Rt::skn_box_free, {address, values.i64(m_.layouts.of(buffer.type).size)});
}

// Disposes of buffers on the list, and of those that come onto it meanwhile, until it is empty.
void Glue::empty_list(Values& values, llvm::Value* list) {
  llvm::IRBuilder<>& b = values.b;
  llvm::BasicBlock* head = values.new_block("next");
  llvm::BasicBlock* body = values.new_block("dead");
  llvm::BasicBlock* after = values.new_block("after");
  b.CreateBr(head);
  b.SetInsertPoint(head);
  llvm::Value* buffer = values.load_pointer(list, 0);
  b.CreateCondBr(b.CreateIsNull(buffer), after, body);
  b.SetInsertPoint(body);
  values.store_at(values.load_pointer(buffer, offsetof(abi::Dead, next)), list, 0);
  llvm::Value* dispose = values.load_pointer(buffer, offsetof(abi::Dead, dispose));
  llvm::FunctionType* type =
      llvm::FunctionType::get(b.getVoidTy(), {b.getPtrTy(), b.getPtrTy()}, false);
  b.CreateCall(type, dispose, {buffer, list});
  b.CreateBr(head);
  b.SetInsertPoint(after);
}

llvm::Function* Glue::drop_buffer(BufferType type) {
  return make("drop", type, llvm::Type::getVoidTy(m_.context), 1,
              [&](Values& values, llvm::Function& function) {
    llvm::IRBuilder<>& b = values.b;
    llvm::Value* buffer = function.getArg(0);
    bool is_atomic = counts_atomically(type);
    if (is_recursive(type)) {
      llvm::Value* list = b.CreateAlloca(b.getPtrTy(), nullptr, "list");
      values.if_true(values.release_buffer(buffer, is_atomic), Chance::Even, [&] {
        values.store_at(values.null(), list, 0);
        drop_elements(values, type, buffer, list);
        free_memory(values, type, buffer);
        empty_list(values, list);
      });
    } else {
      values.if_true(values.release_buffer(buffer, is_atomic), Chance::Even, [&] {
        drop_elements(values, type, buffer, nullptr);
        free_memory(values, type, buffer);
      });
    }
    b.CreateRetVoid();
  });
}

llvm::Function* Glue::dispose_buffer(BufferType type) {
  return make("dispose", type, llvm::Type::getVoidTy(m_.context), 2,
              [&](Values& values, llvm::Function& function) {
    drop_elements(values, type, function.getArg(0), function.getArg(1));
    free_memory(values, type, function.getArg(0));
    values.b.CreateRetVoid();
  });
}

// Calls `each` for the variants that have fields, each in a block of its own.
static void each_variant(Values& values, TypeId type, llvm::Value* place,
                         llvm::function_ref<void(const std::vector<FieldLayout>&)> each) {
  const Layout& layout = values.layout(type);
  llvm::BasicBlock* after = values.new_block("after");
  llvm::SwitchInst* choice = values.b.CreateSwitch(values.variant_of(type, place), after);
  for (size_t variant = 0; variant < layout.variants.size(); ++variant) {
    if (layout.variants[variant].empty()) continue;
    llvm::BasicBlock* block = values.new_block("variant");
    choice->addCase(values.i64(variant), block);
    values.b.SetInsertPoint(block);
    each(layout.variants[variant]);
    values.b.CreateBr(after);
  }
  values.b.SetInsertPoint(after);
}

void Values::drop_parts(TypeId type, llvm::Value* place, llvm::Value* list) {
  const types::Type shape = m.program.types.get(type);
  if (shape.kind == TypeKind::FixedArray) {
    const Layout& element = layout(shape.args[0]);
    count_up(i64(0), i64(shape.length), [&](llvm::Value* index) {
      llvm::Value* at = b.CreateInBoundsGEP(m.layouts.memory_type(element), place, index);
      drop(shape.args[0], at, list);
    });
  } else if (shape.kind == TypeKind::Struct) {
    drop_fields(layout(type).fields, place, list);
  } else {
    each_variant(*this, type, place, [&](const std::vector<FieldLayout>& fields) {
      drop_fields(fields, place, list);
    });
  }
}

void Values::retain_parts(TypeId type, llvm::Value* place) {
  const types::Type shape = m.program.types.get(type);
  if (shape.kind == TypeKind::FixedArray) {
    const Layout& element = layout(shape.args[0]);
    count_up(i64(0), i64(shape.length), [&](llvm::Value* index) {
      retain(shape.args[0], b.CreateInBoundsGEP(m.layouts.memory_type(element), place, index));
    });
  } else {
    each_variant(*this, type, place,
                 [&](const std::vector<FieldLayout>& fields) { retain_fields(fields, place); });
  }
}

llvm::Function* Glue::drop_value(TypeId type) {
  return make("drop", {type}, llvm::Type::getVoidTy(m_.context), 1,
              [&](Values& values, llvm::Function& function) {
    llvm::Value* place = function.getArg(0);
    if (llvm::Function* method = m_.drop_method(type)) {
      values.b.CreateCall(method, {place})->setCallingConv(method->getCallingConv());
    }
    values.drop_parts(type, place, nullptr);
    values.b.CreateRetVoid();
  });
}

llvm::Function* Glue::drop_value_into(TypeId type) {
  return make("drop_into", {type}, llvm::Type::getVoidTy(m_.context), 2,
              [&](Values& values, llvm::Function& function) {
    llvm::Value* place = function.getArg(0);
    if (llvm::Function* method = m_.drop_method(type)) {
      values.b.CreateCall(method, {place})->setCallingConv(method->getCallingConv());
    }
    values.drop_parts(type, place, function.getArg(1));
    values.b.CreateRetVoid();
  });
}

llvm::Constant* Glue::drop_captures(TypeId closure) {
  if (!sir::needs_drop(m_.sir, closure)) {
    return llvm::ConstantPointerNull::get(llvm::PointerType::getUnqual(m_.context));
  }
  return make("drop_captures", {closure}, llvm::Type::getVoidTy(m_.context), 1,
              [&](Values& values, llvm::Function& function) {
    values.drop(closure, values.data(function.getArg(0)));
    values.b.CreateRetVoid();
  });
}

// The value does not say what it has captured, so each tells how to drop that.
llvm::Function* Glue::drop_fn(TypeId fn_type) {
  return make("drop", {fn_type}, llvm::Type::getVoidTy(m_.context), 1,
              [&](Values& values, llvm::Function& function) {
    llvm::IRBuilder<>& b = values.b;
    llvm::Value* buffer = function.getArg(0);
    llvm::Value* is_last = values.release_buffer(buffer, counts_atomically({fn_type}));
    values.if_true(is_last, Chance::Even, [&] {
      llvm::Value* drop = values.load_pointer(buffer, kClosureDrop);
      values.if_true(b.CreateIsNotNull(drop), Chance::Even, [&] {
        llvm::FunctionType* type =
            llvm::FunctionType::get(b.getVoidTy(), {b.getPtrTy()}, false);
        b.CreateCall(type, drop, {buffer});
      });
      values.rt(Rt::skn_buffer_free, {buffer});
    });
    b.CreateRetVoid();
  });
}

// A channel, or one end of it. What is still in it is dropped with it.
llvm::Function* Glue::drop_chan(TypeId type) {
  return make("drop", {type}, llvm::Type::getVoidTy(m_.context), 1,
              [&](Values& values, llvm::Function& function) {
    llvm::IRBuilder<>& b = values.b;
    llvm::Value* handle = function.getArg(0);
    TypeId content = m_.program.types.arg(type);
    bool is_end = m_.program.types.kind(type) != TypeKind::Chan;
    values.if_true(values.release_buffer(handle, true), Chance::Even, [&] {
      if (is_end) {
        TypeId chan = m_.program.types.make(TypeKind::Chan, {content});
        b.CreateCall(drop_chan(chan), {values.rt(Rt::skn_chan_end_free, {handle})});
        return;
      }
      if (sir::needs_drop(m_.sir, content)) drop_contents(values, handle, content);
      values.rt(Rt::skn_chan_free, {handle});
    });
    b.CreateRetVoid();
  });
}

// One that is in a channel, behind a lock, in a closure: a value is dropped, a task is given up.
llvm::Function* Glue::drop_task(TypeId type) {
  return make("drop", {type}, llvm::Type::getVoidTy(m_.context), 1,
              [&](Values& values, llvm::Function& function) {
    llvm::IRBuilder<>& b = values.b;
    llvm::Value* task = function.getArg(0);
    TypeId content = m_.program.types.arg(type);
    bool drops = sir::needs_drop(m_.sir, content);
    llvm::Value* future = values.load_pointer(task, 0);
    llvm::BasicBlock* has_value = values.new_block("value");
    llvm::BasicBlock* has_none = values.new_block("none");
    llvm::BasicBlock* done = values.new_block("done");
    b.CreateCondBr(b.CreateIsNull(future), has_value, has_none);
    b.SetInsertPoint(has_value);
    if (drops) values.drop(content, values.offset(task, abi::kFutureResult));
    b.CreateBr(done);
    b.SetInsertPoint(has_none);
    llvm::Value* drop = drops ? drop_content(content) : values.null();
    llvm::Value* size = values.i64(abi::kFutureResult + m_.layouts.of(content).size);
    values.rt(Rt::skn_task_drop, {future, size, drop});
    b.CreateBr(done);
    b.SetInsertPoint(done);
    b.CreateRetVoid();
  });
}

// With the C convention, for the runtime.
llvm::Function* Glue::drop_content(TypeId content) {
  return make("drop_content", {content}, llvm::Type::getVoidTy(m_.context), 1,
              [&](Values& values, llvm::Function& function) {
    values.drop(content, function.getArg(0));
    values.b.CreateRetVoid();
  });
}

llvm::Function* Glue::drop_cell(TypeId type) {
  return make("drop", {type}, llvm::Type::getVoidTy(m_.context), 1,
              [&](Values& values, llvm::Function& function) {
    llvm::Value* cell = function.getArg(0);
    values.if_true(values.rt(Rt::skn_cell_release, {cell}), Chance::Even, [&] {
      values.drop(m_.program.types.arg(type), values.offset(cell, abi::kCellContent));
      values.rt(Rt::skn_cell_free, {cell});
    });
    values.b.CreateRetVoid();
  });
}

void Glue::drop_contents(Values& values, llvm::Value* chan, TypeId content) {
  llvm::IRBuilder<>& b = values.b;
  const Layout& layout = m_.layouts.of(content);
  llvm::AllocaInst* value = b.CreateAlloca(m_.layouts.memory_type(layout), nullptr, "value");
  value->setAlignment(llvm::Align(layout.align));
  llvm::BasicBlock* head = values.new_block("next");
  llvm::BasicBlock* body = values.new_block("left");
  llvm::BasicBlock* after = values.new_block("empty");
  b.CreateBr(head);
  b.SetInsertPoint(head);
  llvm::Value* outcome = values.rt(Rt::skn_chan_receive_now, {chan, value});
  b.CreateCondBr(b.CreateICmpEQ(outcome, values.i32(0)), body, after);
  b.SetInsertPoint(body);
  values.drop(content, value);
  b.CreateBr(head);
  b.SetInsertPoint(after);
}

llvm::Constant* Glue::retain_content(TypeId content) {
  types::TypeTraits traits = types::traits_of(m_.program, content);
  if (!traits.needs_drop || traits.is_move_only) {
    return llvm::ConstantPointerNull::get(llvm::PointerType::getUnqual(m_.context));
  }
  return make("retain_content", {content}, llvm::Type::getVoidTy(m_.context), 1,
              [&](Values& values, llvm::Function& function) {
    values.retain(content, values.data(function.getArg(0)));
    values.b.CreateRetVoid();
  });
}

llvm::Function* Glue::unshare_dyn(TypeId dyn) {
  llvm::Function* made = make("unshare", {dyn}, llvm::PointerType::getUnqual(m_.context), 1,
                              [&](Values& values, llvm::Function& function) {
    llvm::IRBuilder<>& b = values.b;
    llvm::Value* old = function.getArg(0);
    llvm::BasicBlock* copies = values.new_block("copy");
    llvm::BasicBlock* is_empty = values.new_block("empty");
    // One that holds nothing is a constant.
    llvm::Value* bytes = values.load_word(old, offsetof(abi::Buffer, bytes));
    b.CreateCondBr(b.CreateICmpEQ(bytes, values.i64(0)), is_empty, copies);
    b.SetInsertPoint(is_empty);
    b.CreateRet(old);
    b.SetInsertPoint(copies);
    llvm::Value* size = b.CreateSub(bytes, values.i64(abi::kBufferData));
    llvm::Value* fresh = values.rt(Rt::skn_buffer_new, {values.i64(1), size});
    values.store_at(values.load_pointer(old, kDynTable), fresh, kDynTable);
    values.store_at(values.load_pointer(old, kClosureDrop), fresh, kClosureDrop);
    llvm::MaybeAlign align(8);
    b.CreateMemCpy(values.data(fresh), align, values.data(old), align, size);
    llvm::Value* retain = values.load_pointer(values.load_pointer(old, kDynTable), 0);
    values.if_true(b.CreateIsNotNull(retain), Chance::Even, [&] {
      llvm::FunctionType* type = llvm::FunctionType::get(b.getVoidTy(), {b.getPtrTy()}, false);
      b.CreateCall(type, retain, {fresh});
    });
    b.CreateCall(drop_fn(dyn), {old});
    b.CreateRet(fresh);
  });
  made->addFnAttr(llvm::Attribute::NoInline);
  return made;
}

llvm::Function* Glue::retain_value(TypeId type) {
  return make("retain", {type}, llvm::Type::getVoidTy(m_.context), 1,
              [&](Values& values, llvm::Function& function) {
    values.retain_parts(type, function.getArg(0));
    values.b.CreateRetVoid();
  });
}

// ---- buffers of one's own ----------------------------------------------------------------------

// After skn_buffer_copy: the copies are owners of what the elements own, the old buffer has one
// owner less.
static void finish_copy(ModuleEmitter& m, Values& values, BufferType type, llvm::Value* old,
                        llvm::Value* fresh) {
  TypeId element = m.glue.element(type);
  if (types::traits_of(m.program, element).needs_drop && m.glue.may_be_shared(type)) {
    values.count_up(values.i64(0), values.length(fresh), [&](llvm::Value* index) {
      values.retain(element, values.element(fresh, index, element));
    });
  }
  // It nearly always has other owners: what the last one does need not be written out here.
  values.b.CreateCall(m.glue.drop_buffer(type), {old})->setIsNoInline();
}

llvm::Function* Glue::unshare_box(BufferType type) {
  llvm::Function* made = make("unshare", type, llvm::PointerType::getUnqual(m_.context), 1,
                              [&](Values& values, llvm::Function& function) {
    llvm::Value* old = function.getArg(0);
    llvm::Value* inside = nullptr;
    llvm::Value* fresh = values.new_box(type.type, inside);
    values.copy(type.type, inside, values.content(old));
    // What cannot be copied shares only the boxes that stand for a variant without payload.
    types::TypeTraits traits = types::traits_of(m_.program, type.type);
    if (!traits.is_move_only) values.retain(type.type, inside);
    values.b.CreateCall(drop_buffer(type), {old});
    values.b.CreateRet(fresh);
  });
  made->addFnAttr(llvm::Attribute::NoInline);
  return made;
}

llvm::Function* Glue::unshare(BufferType type) {
  if (type.is_box) return unshare_box(type);
  llvm::Function* made = make("unshare", type, llvm::PointerType::getUnqual(m_.context), 1,
                              [&](Values& values, llvm::Function& function) {
    llvm::Value* old = function.getArg(0);
    llvm::Value* size = values.i64(m_.layouts.of(element(type)).size);
    llvm::Value* fresh =
        values.rt(Rt::skn_buffer_copy, {old, size, values.length(old)});
    finish_copy(m_, values, type, old, fresh);
    values.b.CreateRet(fresh);
  });
  made->addFnAttr(llvm::Attribute::NoInline);
  return made;
}

// The stores change nothing. By them LLVM knows, where the ways meet again, that the buffer has one
// owner and how long it is, whichever it is.
llvm::Value* Glue::call_unshare(Values& values, BufferType type, llvm::Value* old) {
  llvm::Value* length = type.is_box ? nullptr : values.length(old);
  llvm::Value* fresh = values.b.CreateCall(unshare(type), {old});
  values.store_header(values.i64(1), fresh, offsetof(abi::Buffer, count));
  if (length != nullptr) values.set_length(fresh, length);
  return fresh;
}

llvm::Function* Glue::grow(TypeId array) {
  BufferType type = {array};
  llvm::PointerType* pointer = llvm::PointerType::getUnqual(m_.context);
  llvm::Type* params[] = {pointer, llvm::Type::getInt64Ty(m_.context)};
  llvm::FunctionType* signature = llvm::FunctionType::get(pointer, params, false);
  llvm::Function* made =
      make("grow", type, signature, [&](Values& values, llvm::Function& function) {
    llvm::IRBuilder<>& b = values.b;
    llvm::Value* old = function.getArg(0);
    llvm::Value* size = values.i64(m_.layouts.of(element(type)).size);
    llvm::LoadInst* count = b.CreateLoad(b.getInt64Ty(), old);
    count->setAtomic(llvm::AtomicOrdering::Monotonic);
    llvm::Value* more = b.CreateBinaryIntrinsic(llvm::Intrinsic::sadd_sat, values.length(old),
                                                function.getArg(1));
    // A negative count is a literal's: nobody counts its elements either.
    llvm::Value* is_free = b.CreateICmpSLE(count, values.i64(1));
    llvm::Value* result = values.select(
        is_free, Chance::Likely,
        [&]() -> llvm::Value* { return values.rt(Rt::skn_buffer_grow, {old, size, more}); },
        [&]() -> llvm::Value* {
          llvm::Value* fresh = values.rt(Rt::skn_buffer_copy, {old, size, more});
          finish_copy(m_, values, type, old, fresh);
          return fresh;
        });
    b.CreateRet(result);
  });
  made->addFnAttr(llvm::Attribute::NoInline);
  return made;
}

}  // namespace skein::codegen
