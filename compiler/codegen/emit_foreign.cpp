// Calls of C's functions, and functions of ours that C calls.
//
// A `@blocking` call runs on a thread of its own: the arguments lie in a record in the frame, and a
// function made for the call, `skc.blocking.N`, takes them from there.
//
// What C calls is a function around ours with C's convention. It catches every panic: C's frames have
// no clean-up to run, so the program ends there.
#include "compiler/codegen/c_abi.h"
#include "compiler/codegen/function_emitter.h"
#include "compiler/codegen/optimize.h"
#include "compiler/support/check.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

using sir::Inst;
using sir::Operand;

// ---- values ----------------------------------------------------------------------------------

// A value in memory as what travels, and back.
static void load_c(Values& v, const CValue& value, llvm::Value* place,
                   std::vector<llvm::Value*>& out) {
  if (value.kind == CValue::Kind::None) return;
  if (value.kind != CValue::Kind::Registers) {
    out.push_back(place);
    return;
  }
  for (const Piece& part : value.parts) {
    if (part.type->isIntegerTy(1)) {
      out.push_back(v.load(value.type, place));
    } else {
      out.push_back(v.b.CreateAlignedLoad(part.type, v.offset(place, part.offset), llvm::Align(1)));
    }
  }
}

static void store_c(Values& v, const CValue& value, const std::vector<llvm::Value*>& parts,
                    llvm::Value* place) {
  for (size_t i = 0; i < value.parts.size(); ++i) {
    const Piece& part = value.parts[i];
    if (part.type->isIntegerTy(1)) {
      v.store(value.type, parts[i], place);
    } else {
      v.b.CreateAlignedStore(parts[i], v.offset(place, part.offset), llvm::Align(1));
    }
  }
}

// Calls a function of C's with arguments that are ready, and puts the result into `to`, which may be
// null where there is none.
static void call_c(Values& v, CAbi& abi, const CSignature& signature, const std::string& name,
                   std::vector<llvm::Value*> args, llvm::Value* to) {
  llvm::FunctionCallee callee = v.m.module.getOrInsertFunction(name, signature.type);
  if (signature.result.kind == CValue::Kind::Memory) args.insert(args.begin(), to);
  llvm::CallInst* call = v.b.CreateCall(callee, args);
  call->setDoesNotThrow();
  abi.add_attributes(signature, *call);
  if (signature.result.kind != CValue::Kind::Registers || to == nullptr) return;
  std::vector<llvm::Value*> parts;
  if (signature.result.parts.size() == 1) {
    parts.push_back(call);
  } else {
    parts = {v.b.CreateExtractValue(call, 0u), v.b.CreateExtractValue(call, 1u)};
  }
  store_c(v, signature.result, parts, to);
}

// ---- calls -----------------------------------------------------------------------------------

static CParam c_param(types::Program& program, const Operand& operand, TypeId type) {
  TypeKind kind = program.types.kind(type);
  bool is_elements =
      kind == TypeKind::Array || kind == TypeKind::Window || kind == TypeKind::Str;
  return {type, operand.kind == Operand::Kind::Mut || is_elements};
}

// What C gets for an operand whose address it wants.
llvm::Value* FunctionEmitter::address_for_c(const Operand& operand) {
  switch (kind(type_of(operand))) {
    case TypeKind::Array:
    case TypeKind::Window:
      return elements_of(operand).first;
    case TypeKind::Str:
      return v.data(value(operand));
    default:
      return address(operand.place);
  }
}

void FunctionEmitter::emit_call_c(const Inst& inst) {
  CAbi abi(m.layouts, m.program, m.context);
  std::vector<CParam> params;
  for (const Operand& operand : inst.operands) {
    params.push_back(c_param(m.program, operand, type_of(operand)));
  }
  TypeId result = inst.dest.valid() ? type_of(inst.dest) : m.program.types.unit();
  CSignature signature = abi.signature(result, params);
  if (inst.index == 1) return emit_blocking(inst, signature);
  if (inst.index >= 2) {
    params.resize(inst.index - 2);
    llvm::FunctionType* fixed = abi.signature(result, params).type;
    signature.type = llvm::FunctionType::get(fixed->getReturnType(), fixed->params(), true);
  }
  std::vector<llvm::Value*> args;
  for (size_t i = 0; i < inst.operands.size(); ++i) {
    const CValue& param = signature.params[i];
    bool is_address = param.kind == CValue::Kind::Address;
    llvm::Value* place = is_address ? address_for_c(inst.operands[i]) : location(inst.operands[i]);
    load_c(v, param, place, args);
  }
  llvm::Value* to = nullptr;
  if (signature.result.kind != CValue::Kind::None) to = address(inst.dest);
  call_c(v, abi, signature, inst.text, std::move(args), to);
}

// Where the values of a blocking call lie behind the head of its record.
struct BlockingRecord {
  std::vector<uint64_t> params;
  uint64_t result = 0;
  uint64_t size = 0;
};

static BlockingRecord blocking_record(Layouts& layouts, const CSignature& signature) {
  BlockingRecord record;
  uint64_t at = sizeof(abi::BlockingCall);
  auto place = [&](const CValue& value) {
    uint64_t begin = align_up(at, abi::kAlignment);
    bool is_address = value.kind == CValue::Kind::Address;
    at = begin + (is_address ? 8 : layouts.of(value.type).size);
    return begin;
  };
  for (const CValue& param : signature.params) record.params.push_back(place(param));
  record.result = place(signature.result);
  record.size = at;
  return record;
}

// void (ptr record): makes the call on whatever thread it is run.
static llvm::Function* blocking_function(ModuleEmitter& m, const CSignature& signature,
                                         const BlockingRecord& record, const std::string& name) {
  llvm::PointerType* pointer = llvm::PointerType::getUnqual(m.context);
  llvm::FunctionType* type =
      llvm::FunctionType::get(llvm::Type::getVoidTy(m.context), {pointer}, false);
  llvm::Function* function = m.make_function(type, "skc.blocking." + name);
  function->setDoesNotThrow();
  llvm::IRBuilder<> b(llvm::BasicBlock::Create(m.context, "entry", function));
  Values v(m, b);
  CAbi abi(m.layouts, m.program, m.context);
  std::vector<llvm::Value*> args;
  for (size_t i = 0; i < signature.params.size(); ++i) {
    llvm::Value* place = v.offset(function->getArg(0), record.params[i]);
    bool is_address = signature.params[i].kind == CValue::Kind::Address;
    load_c(v, signature.params[i], is_address ? v.load_pointer(place, 0) : place, args);
  }
  call_c(v, abi, signature, name, std::move(args), v.offset(function->getArg(0), record.result));
  b.CreateRetVoid();
  return function;
}

void FunctionEmitter::emit_blocking(const Inst& inst, const CSignature& signature) {
  BlockingRecord record = blocking_record(m.layouts, signature);
  llvm::Value* memory = temp_bytes(record.size, abi::kAlignment);
  for (size_t i = 0; i < inst.operands.size(); ++i) {
    const CValue& param = signature.params[i];
    if (param.kind == CValue::Kind::None) continue;
    if (param.kind == CValue::Kind::Address) {
      v.store_at(address_for_c(inst.operands[i]), memory, record.params[i]);
    } else {
      v.copy(param.type, v.offset(memory, record.params[i]), location(inst.operands[i]));
    }
  }
  llvm::Function* run = blocking_function(m, signature, record, inst.text);
  v.store_at(run, memory, offsetof(abi::BlockingCall, run));
  note_site();
  suspend(memory, m.rt.get(Rt::skn_await_blocking));
  if (signature.result.kind == CValue::Kind::None) return;
  v.copy(signature.result.type, address(inst.dest), v.offset(memory, record.result));
}

void FunctionEmitter::emit_c_function(const Inst& inst) {
  llvm::Function* function = m.c_entry(inst.callee, "");
  set_dest(b.CreatePtrToInt(function, b.getInt64Ty()));
}

// ---- called by C -----------------------------------------------------------------------------

namespace {

// Writes the function around one of ours.
class CEntry {
 public:
  CEntry(ModuleEmitter& module, sir::FunctionId callee, llvm::Function* function,
         const CSignature& c, bool has_environment)
      : m_(module), ours_(module.signature(callee)), callee_(module.function(callee)), c_(c),
        function_(function), first_(has_environment ? 1 : 0),
        b_(llvm::BasicBlock::Create(module.context, "entry", function)), v_(module, b_) {}

  void run() {
    unsigned arg = 0;
    bool is_out = c_.result.kind == CValue::Kind::Memory;
    llvm::Value* out = is_out ? function_->getArg(arg++) : result_memory();
    if (ours_.has_out) args_.push_back(out);
    for (size_t i = 0; i < c_.params.size(); ++i) pass(c_.params[i], ours_.params[i + first_], arg);
    llvm::BasicBlock* returned = v_.new_block("returned");
    llvm::BasicBlock* thrown = v_.new_block("thrown");
    llvm::InvokeInst* call = b_.CreateInvoke(callee_, returned, thrown, args_);
    call->setCallingConv(callee_->getCallingConv());
    b_.SetInsertPoint(thrown);
    catch_panic();
    b_.SetInsertPoint(returned);
    give(call, out);
  }

 private:
  llvm::Value* memory_of(TypeId type) {
    const Layout& layout = m_.layouts.of(type);
    llvm::AllocaInst* memory = b_.CreateAlloca(m_.layouts.memory_type(layout), nullptr, "value");
    memory->setAlignment(llvm::Align(std::max<uint64_t>(layout.align, 8)));
    return memory;
  }

  llvm::Value* result_memory() {
    return c_.result.kind == CValue::Kind::None ? nullptr : memory_of(c_.result.type);
  }

  void pass(const CValue& param, const ParamPassing& ours, unsigned& arg) {
    if (param.kind == CValue::Kind::None) return;
    llvm::Value* place = nullptr;
    if (param.kind == CValue::Kind::Registers) {
      std::vector<llvm::Value*> parts;
      for (size_t i = 0; i < param.parts.size(); ++i) parts.push_back(function_->getArg(arg++));
      place = memory_of(param.type);
      store_c(v_, param, parts, place);
    } else {
      place = function_->getArg(arg++);
    }
    if (ours.mode == sir::ParamMode::Mut || ours.passing == Passing::Indirect) {
      args_.push_back(place);
    } else {
      v_.load_pieces(m_.layouts.of(ours.type), place, args_);
    }
  }

  void catch_panic() {
    llvm::PointerType* pointer = b_.getPtrTy();
    llvm::StructType* type = llvm::StructType::get(m_.context, {pointer, b_.getInt32Ty()});
    llvm::LandingPadInst* pad = b_.CreateLandingPad(type, 1);
    pad->addClause(v_.null());
    v_.rt(Rt::skn_panic_into_c, {b_.CreateExtractValue(pad, 0u)});
    b_.CreateUnreachable();
  }

  void give(llvm::Value* result, llvm::Value* out) {
    const Layout& layout = m_.layouts.of(ours_.result);
    if (c_.result.kind == CValue::Kind::None) {
      b_.CreateRetVoid();
      return;
    }
    if (!ours_.has_out) {
      std::vector<llvm::Value*> pieces;
      bool is_whole = !result->getType()->isStructTy();
      for (size_t i = 0; i < layout.pieces.size(); ++i) {
        pieces.push_back(is_whole ? result
                                  : b_.CreateExtractValue(result, static_cast<unsigned>(i)));
      }
      v_.store_pieces(layout, pieces, out);
    }
    if (c_.result.kind == CValue::Kind::Memory) {
      b_.CreateRetVoid();
      return;
    }
    std::vector<llvm::Value*> parts;
    load_c(v_, c_.result, out, parts);
    if (parts.size() == 1) {
      b_.CreateRet(parts[0]);
    } else {
      b_.CreateAggregateRet(parts.data(), static_cast<unsigned>(parts.size()));
    }
  }

  ModuleEmitter& m_;
  const Signature& ours_;
  llvm::Function* callee_;
  const CSignature& c_;
  llvm::Function* function_;
  size_t first_;   // the first of our parameters that C knows
  llvm::IRBuilder<> b_;
  Values v_;
  std::vector<llvm::Value*> args_;
};

}  // namespace

llvm::Function* ModuleEmitter::c_entry(sir::FunctionId id, const std::string& name) {
  llvm::Function*& known = c_entries_[id.index];
  if (known != nullptr) return known;
  const sir::Function& function = sir.functions[id];
  bool has_environment = function.param_count > 0 &&
                         program.types.kind(function.locals[function.param(0)].type) ==
                             TypeKind::Closure;
  std::vector<CParam> params;
  for (uint32_t i = has_environment ? 1 : 0; i < function.param_count; ++i) {
    const sir::Local& local = function.locals[function.param(i)];
    params.push_back({local.type, local.mode == sir::ParamMode::Mut});
  }
  CAbi abi(layouts, program, context);
  CSignature signature = abi.signature(function.return_type(), params);
  known = make_function(signature.type, name.empty() ? "skc." + function.name : name);
  if (!name.empty()) {
    known->setLinkage(llvm::GlobalValue::ExternalLinkage);
    known->addFnAttr(kExportedAttribute);
  }
  known->setDoesNotThrow();
  abi.add_attributes(signature, *known);
  CEntry(*this, id, known, signature, has_environment).run();
  return known;
}

}  // namespace skein::codegen
