// Generators: making one, and running it up to its next value.
//
// A value of type Gen<T> is one pointer, to { count, code, let go, bytes, kept locals }, as a value of
// fn type is one to its code and captures. `code` runs it to its next `yield`; `let go` drops what it
// holds where it stopped. The first local it keeps is the number of the place where it goes on.
#include "compiler/codegen/function_emitter.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

using sir::Inst;

KeptLocals ModuleEmitter::kept_locals(const sir::Function& function) {
  KeptLocals kept;
  for (sir::LocalId id : function.locals.ids()) {
    const sir::Local& local = function.locals[id];
    if (!local.is_kept) continue;
    uint64_t size = 8;
    uint64_t align = 8;
    if (!local.is_ref) {
      const Layout& layout = layouts.of(local.type);
      size = layout.size;
      align = layout.align;
    }
    kept.size = align_up(kept.size, align);
    kept.places.push_back({id, kept.size});
    kept.size += size;
  }
  return kept;
}

void FunctionEmitter::place_kept_locals() {
  KeptLocals kept = m.kept_locals(sir_);
  if (kept.places.empty()) return;
  llvm::Value* first = v.data(function_->getArg(signature_.params[0].first_arg));
  for (const KeptLocals::Place& place : kept.places) {
    locals_[place.local.index] = v.offset(first, place.offset);
  }
}

// Called with the generator when the last owner lets it go.
static llvm::Function* let_go_function(ModuleEmitter& m, const sir::Function& runs) {
  std::string name = "let_go." + runs.name;
  if (llvm::Function* known = m.module.getFunction(name)) return known;
  llvm::PointerType* pointer = llvm::PointerType::getUnqual(m.context);
  llvm::Type* nothing = llvm::Type::getVoidTy(m.context);
  llvm::Function* made =
      m.make_function(llvm::FunctionType::get(nothing, {pointer}, false), name);
  llvm::IRBuilder<> b(llvm::BasicBlock::Create(m.context, "entry", made));
  llvm::Function* inner = m.function(runs.let_go);
  b.CreateCall(inner, {made->getArg(0)})->setCallingConv(inner->getCallingConv());
  b.CreateRetVoid();
  return made;
}

void FunctionEmitter::emit_generator(const Inst& inst) {
  const sir::Function& runs = m.sir.functions[inst.callee];
  KeptLocals kept = m.kept_locals(runs);
  llvm::Value* value = v.rt(Rt::skn_buffer_new, {v.i64(1), v.i64(kept.size)});
  llvm::Value* first = v.data(value);
  v.store_at(v.i64(0), first, 0);
  for (size_t i = 0; i < inst.operands.size(); ++i) {
    put(inst.operands[i], v.offset(first, kept.places[i + 1].offset));
  }
  v.store_at(m.function(inst.callee), value, kClosureCode);
  v.store_at(let_go_function(m, runs), value, kClosureDrop);
  v.store_at(value, address(inst.dest), 0);
}

void FunctionEmitter::emit_gen_next(const Inst& inst) {
  Signature signature = m.gen_signature(type_of(inst.operands[0]));
  std::vector<llvm::Value*> args;
  if (signature.has_out) args.push_back(result_place(inst, signature.result));
  llvm::Value* value = v.load_pointer(location(inst.operands[0]), 0);
  args.push_back(value);
  emit_call_of(inst, signature, v.load_pointer(value, kClosureCode), std::move(args));
}

}  // namespace skein::codegen
