// Declares every function, emits every function, then what the runtime looks for by name.
#include "compiler/codegen/module_emitter.h"

#include "compiler/codegen/function_emitter.h"
#include "compiler/codegen/once_calls.h"
#include "compiler/codegen/values.h"
#include "compiler/sir/print.h"
#include "compiler/support/check.h"
#include "compiler/types/dyn.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

ModuleEmitter::ModuleEmitter(sir::Module& sir, llvm::Module& module, const Options& options)
    : sir(sir),
      program(*sir.program),
      module(module),
      context(module.getContext()),
      options(options),
      layouts(program, context),
      rt(module),
      constants(module, rt, program.sources),
      glue(*this),
      tags(module.getContext(), options.opt_level != OptLevel::O0) {}

void ModuleEmitter::run() {
  // Text is for reading: places would be on every line of it.
  if (options.debug_info && options.form != Form::Ir && sir.entry.valid()) {
    Span span;
    for (const sir::Function& function : sir.functions) {
      if (!span.valid()) span = function.span;
      if (function.display_name == "main") span = function.span;
    }
    debug = std::make_unique<DebugInfo>(module, program.sources, span,
                                        options.opt_level != OptLevel::O0);
  }
  functions_.resize(sir.functions.size());
  early_exits_.resize(sir.functions.size());
  signatures_.resize(sir.functions.size());
  wrappers_.resize(sir.functions.size());
  for (sir::FunctionId id : sir.functions.ids()) declare(id);
  find_tasks();
  // Where every task is asked about, none ends before it has begun.
  if (!keeps_tasks && !names_tasks) split_early_exits();
  for (sir::FunctionId id : sir.functions.ids()) {
    Doing doing("emitting", sir.functions[id].name);
    emit_function(id);
  }
  for (sir::FunctionId id : sir.functions.ids()) {
    if (!sir.functions[id].c_name.empty()) c_entry(id, sir.functions[id].c_name);
  }
  if (sir.entry.valid()) {
    emit_root();
    constants.emit_sites();
    rt.add_hash_reference();
  }
  glue.merge_equal();
  if (debug != nullptr) debug->finish();
}

std::string ModuleEmitter::type_text(TypeId type) { return sir::type_text(program, type); }

// ---- declarations ------------------------------------------------------------------------------

llvm::Type* result_type(llvm::LLVMContext& context, const Layout& result, bool suspends) {
  std::vector<llvm::Type*> types;
  if (suspends) types.push_back(llvm::PointerType::getUnqual(context));
  if (result.passing == Passing::Direct) {
    for (const Piece& piece : result.pieces) types.push_back(piece.type);
  }
  if (types.empty()) return llvm::Type::getVoidTy(context);
  if (types.size() == 1) return types[0];
  return llvm::StructType::get(context, types);
}

Signature ModuleEmitter::make_signature(const sir::Function& function) {
  SKEIN_CHECK(function.suspends != sir::Suspends::Unknown, "infer_suspend has not run");
  llvm::PointerType* pointer = llvm::PointerType::getUnqual(context);
  Signature signature;
  signature.result = function.return_type();
  signature.suspends = function.suspends == sir::Suspends::Yes;
  const Layout& result = layouts.of(signature.result);
  signature.gives_place = function.gives_place() && !function.gives_window;
  SKEIN_CHECK(!signature.gives_place || !signature.suspends, "a place is given by who suspends");
  signature.has_out = result.passing == Passing::Indirect && !signature.gives_place;
  std::vector<llvm::Type*> args;
  if (signature.has_out) args.push_back(pointer);
  for (uint32_t i = 0; i < function.param_count; ++i) {
    const sir::Local& local = function.locals[function.param(i)];
    const Layout& layout = layouts.of(local.type);
    ParamPassing param = {local.type, local.mode, layout.passing,
                          static_cast<unsigned>(args.size()), 0};
    if (local.mode == sir::ParamMode::Mut || layout.passing == Passing::Indirect) {
      args.push_back(pointer);
    } else {
      for (const Piece& piece : layout.pieces) args.push_back(piece.type);
    }
    param.arg_count = static_cast<unsigned>(args.size()) - param.first_arg;
    signature.params.push_back(param);
  }
  llvm::Type* returned = signature.gives_place
                             ? pointer
                             : result_type(context, result, signature.suspends);
  signature.type = llvm::FunctionType::get(returned, args, false);
  return signature;
}

static void add_local(sir::Function& shape, TypeId type, sir::ParamMode mode) {
  sir::Local local;
  local.type = type;
  local.mode = mode;
  shape.locals.add(local);
}

Signature ModuleEmitter::dyn_signature(TypeId dyn, uint32_t index) {
  types::DynMethod method = types::dyn_methods(program, dyn)[index];
  const types::FnDecl& decl = program.fns[method.fn];
  sir::Function shape;
  add_local(shape, program.types.substitute(decl.result, method.type_args), sir::ParamMode::Own);
  for (const types::ParamDecl& param : decl.params) {
    add_local(shape, program.types.substitute(param.type, method.type_args), param.mode);
  }
  shape.param_count = static_cast<uint32_t>(decl.params.size());
  bool suspends = sir.entry_suspends(dyn, index);
  shape.suspends = suspends ? sir::Suspends::Yes : sir::Suspends::No;
  return make_signature(shape);
}

Signature ModuleEmitter::fn_signature(TypeId fn_type) {
  const types::Type type = program.types.get(fn_type);
  sir::Function shape;
  add_local(shape, type.args.back(), sir::ParamMode::Own);
  bool is_once = program.types.is_once(fn_type);
  add_local(shape, fn_type, is_once ? sir::ParamMode::Own : sir::ParamMode::Borrow);
  for (size_t i = 0; i < type.modes.size(); ++i) add_local(shape, type.args[i], type.modes[i]);
  shape.param_count = static_cast<uint32_t>(type.modes.size()) + 1;
  bool suspends = fn_type.index < sir.fn_suspends.size() && sir.fn_suspends[fn_type.index];
  shape.suspends = suspends ? sir::Suspends::Yes : sir::Suspends::No;
  return make_signature(shape);
}

Signature ModuleEmitter::gen_signature(TypeId gen) {
  sir::Function shape;
  add_local(shape, program.types.make(TypeKind::Option, {program.types.arg(gen)}),
            sir::ParamMode::Own);
  add_local(shape, gen, sir::ParamMode::Borrow);
  shape.param_count = 1;
  bool suspends = gen.index < sir.fn_suspends.size() && sir.fn_suspends[gen.index];
  shape.suspends = suspends ? sir::Suspends::Yes : sir::Suspends::No;
  return make_signature(shape);
}

static bool runs_once(const sir::Function& function) {
  return function.kind == sir::FunctionKind::Entry || function.display_name == "main";
}

void ModuleEmitter::declare(sir::FunctionId id) {
  const sir::Function& function = sir.functions[id];
  signatures_[id.index] = make_signature(function);
  // The prefix keeps names of the user's apart from those of libc and of our own functions.
  std::string name = function.kind == sir::FunctionKind::Entry ? function.name
                                                               : "sk." + function.name;
  llvm::Function* made = make_function(signatures_[id.index].type, name);
  made->setCallingConv(llvm::CallingConv::Fast);
  if (signatures_[id.index].suspends) {
    made->setDoesNotThrow();
  } else {
    // Nobody else reaches what a `mut` parameter is until the call ends.
    for (const ParamPassing& param : signatures_[id.index].params) {
      if (param.mode != sir::ParamMode::Mut) continue;
      made->addParamAttr(param.first_arg, llvm::Attribute::NoAlias);
    }
  }
  if (runs_once(function)) made->addFnAttr(kRunsOnceAttribute);
  functions_[id.index] = made;
}

void ModuleEmitter::note_builtin(types::Builtin builtin) {
  using types::Builtin;
  if (builtin == Builtin::TaskLocalEnter) has_task_locals = true;
  bool about_handle = builtin == Builtin::TaskId || builtin == Builtin::TaskName;
  keeps_tasks = keeps_tasks || about_handle;
  // A name is given to be read in reports.
  if (builtin == Builtin::TaskNameBegin) names_tasks = true;
  asks_for_task = asks_for_task || about_handle || names_tasks || builtin == Builtin::Cancelled ||
                  builtin == Builtin::TimeDeadline || builtin == Builtin::TaskLocalEnter;
}

void ModuleEmitter::find_tasks() {
  for (const sir::Function& function : sir.functions) {
    for (const sir::Block& block : function.blocks) {
      for (const sir::Inst& inst : block.insts) {
        if (inst.kind == sir::InstKind::Builtin) note_builtin(inst.builtin);
        sets_deadlines = sets_deadlines || inst.kind == sir::InstKind::WithinEnter;
        if (inst.kind != sir::InstKind::Spawn) continue;
        names_tasks = names_tasks || !inst.text.empty();
        asks_for_task = asks_for_task || names_tasks;
        Signature& callee = signatures_[inst.callee.index];
        callee.is_task = callee.suspends;
      }
    }
  }
}

llvm::Function* ModuleEmitter::make_function(llvm::FunctionType* type, const std::string& name) {
  llvm::Function* function =
      llvm::Function::Create(type, llvm::Function::InternalLinkage, name, module);
  add_common_attributes(*function);
  return function;
}

void ModuleEmitter::add_common_attributes(llvm::Function& function) {
  function.setUWTableKind(llvm::UWTableKind::Async);
  // Large frames touch each page in turn, so that none steps over the guard of its stack.
  function.addFnAttr("probe-stack", "inline-asm");
  function.setPersonalityFn(rt.get(Rt::skn_personality));
}

llvm::Function* ModuleEmitter::drop_method(TypeId type) {
  const types::Type shape = program.types.get(type);
  types::FnId drop;
  if (shape.kind == TypeKind::Struct) drop = program.structs[types::StructId(shape.decl)].drop_fn;
  if (shape.kind == TypeKind::Enum) drop = program.enums[types::EnumId(shape.decl)].drop_fn;
  if (!drop.valid()) return nullptr;
  for (sir::FunctionId id : sir.functions.ids()) {
    const sir::Function& function = sir.functions[id];
    if (function.decl != drop || function.param_count != 1) continue;
    if (function.locals[function.param(0)].type == type) return functions_[id.index];
  }
  SKEIN_UNREACHABLE("a type whose drop method was not specialised");
}

// ---- small functions of our own ----------------------------------------------------------------

llvm::Function* ModuleEmitter::await_failed() {
  if (await_failed_ != nullptr) return await_failed_;
  llvm::IRBuilder<> b(context);
  llvm::FunctionType* type =
      llvm::FunctionType::get(b.getPtrTy(), {b.getPtrTy(), b.getInt32Ty()}, false);
  llvm::Function* function = make_function(type, "skn.await_failed");
  function->setDoesNotThrow();
  function->addFnAttr(llvm::Attribute::Cold);
  function->addFnAttr(llvm::Attribute::NoInline);
  llvm::Value* site = function->getArg(1);
  b.SetInsertPoint(llvm::BasicBlock::Create(context, "entry", function));
  Values v(*this, b);
  llvm::Value* bits = b.CreatePtrToInt(function->getArg(0), b.getInt64Ty());
  llvm::BasicBlock* panicked = v.new_block("panicked");
  llvm::BasicBlock* cancelled = v.new_block("cancelled");
  llvm::BasicBlock* spent = v.new_block("spent");
  llvm::SwitchInst* choice = b.CreateSwitch(bits, panicked);
  choice->addCase(v.i64(abi::kCancelled), cancelled);
  choice->addCase(v.i64(abi::kSpent), spent);
  b.SetInsertPoint(cancelled);
  llvm::BasicBlock* both = v.new_block("both");
  llvm::BasicBlock* alone = v.new_block("alone");
  b.CreateCondBr(v.rt(Rt::skn_cancelled, {}), both, alone);
  b.SetInsertPoint(both);
  b.CreateRet(function->getArg(0));
  b.SetInsertPoint(alone);
  b.CreateRet(v.tagged(v.rt(Rt::skn_panic_task_cancelled, {site})));
  b.SetInsertPoint(spent);
  b.CreateRet(v.tagged(v.rt(Rt::skn_panic_task_spent, {site})));
  b.SetInsertPoint(panicked);
  llvm::Value* payload =
      b.CreateIntToPtr(b.CreateAnd(bits, v.i64(~abi::kTagMask)), b.getPtrTy());
  v.rt(Rt::skn_panic_passed, {payload, site});
  b.CreateRet(v.tagged(payload));
  return await_failed_ = function;
}

llvm::Function* ModuleEmitter::scope_adopt() {
  if (scope_adopt_ != nullptr) return scope_adopt_;
  llvm::IRBuilder<> b(context);
  llvm::FunctionType* type = llvm::FunctionType::get(
      b.getVoidTy(), {b.getPtrTy(), b.getPtrTy(), b.getInt64Ty()}, false);
  llvm::Function* function = make_function(type, "skn.adopt");
  function->setDoesNotThrow();
  function->addFnAttr(llvm::Attribute::Cold);
  function->addFnAttr(llvm::Attribute::NoInline);
  llvm::Value* scope = function->getArg(0);
  llvm::Value* future = function->getArg(1);
  b.SetInsertPoint(llvm::BasicBlock::Create(context, "entry", function));
  Values v(*this, b);
  llvm::BasicBlock* pending = v.new_block("pending");
  llvm::BasicBlock* ended = v.new_block("ended");
  llvm::BasicBlock* panicked = v.new_block("panicked");
  llvm::BasicBlock* done = v.new_block("done");
  llvm::Value* bits = b.CreatePtrToInt(future, b.getInt64Ty());
  llvm::Value* tag = b.CreateAnd(bits, v.i64(abi::kOutcome));
  b.CreateCondBr(b.CreateICmpEQ(tag, v.i64(0)), pending, ended);
  b.SetInsertPoint(pending);
  v.rt(Rt::skn_scope_adopt, {scope, future, function->getArg(2)});
  b.CreateBr(done);
  b.SetInsertPoint(ended);
  // A cancelled task that nobody waits for is silent.
  b.CreateCondBr(b.CreateICmpEQ(bits, v.i64(abi::kCancelled)), done, panicked);
  b.SetInsertPoint(panicked);
  v.rt(Rt::skn_scope_note_panic, {scope, future});
  b.CreateBr(done);
  b.SetInsertPoint(done);
  b.CreateRetVoid();
  return scope_adopt_ = function;
}

// `{ ptr, i64 } skn_program_main()` with the C convention: the ramp of the whole program.
void ModuleEmitter::emit_root() {
  llvm::IRBuilder<> b(context);
  llvm::Function* entry = functions_[sir.entry.index];
  const Signature& signature = signatures_[sir.entry.index];
  llvm::StructType* result = llvm::StructType::get(b.getPtrTy(), b.getInt64Ty());
  llvm::Function* root =
      llvm::Function::Create(llvm::FunctionType::get(result, false),
                             llvm::Function::ExternalLinkage, "skn_program_main", module);
  add_common_attributes(*root);
  root->setDoesNotThrow();
  // The root has no place in the source, and what is inlined into such a function loses its own.
  entry->addFnAttr(llvm::Attribute::NoInline);
  b.SetInsertPoint(llvm::BasicBlock::Create(context, "entry", root));
  if (signature.suspends) {
    llvm::CallInst* call = b.CreateCall(entry, {});
    call->setCallingConv(entry->getCallingConv());
    b.CreateRet(call);
    return;
  }
  llvm::BasicBlock* returned = llvm::BasicBlock::Create(context, "returned", root);
  llvm::BasicBlock* thrown = llvm::BasicBlock::Create(context, "thrown", root);
  llvm::InvokeInst* call = b.CreateInvoke(entry, returned, thrown, {});
  call->setCallingConv(entry->getCallingConv());
  Values v(*this, b);
  b.SetInsertPoint(returned);
  llvm::Value* value = b.CreateInsertValue(llvm::UndefValue::get(result), v.null(), 0);
  b.CreateRet(b.CreateInsertValue(value, call, 1));
  b.SetInsertPoint(thrown);
  llvm::LandingPadInst* landing =
      b.CreateLandingPad(llvm::StructType::get(b.getPtrTy(), b.getInt32Ty()), 1);
  landing->addClause(v.null());
  llvm::Value* bits = b.CreatePtrToInt(b.CreateExtractValue(landing, 0), b.getInt64Ty());
  llvm::Value* outcome =
      b.CreateIntToPtr(b.CreateOr(bits, v.i64(abi::kOutcome)), b.getPtrTy());
  llvm::Value* none = b.CreateInsertValue(llvm::UndefValue::get(result), outcome, 0);
  b.CreateRet(b.CreateInsertValue(none, v.i64(0), 1));
}

}  // namespace skein::codegen
