// Reads the table of runtime functions: types from the words of the argument lists, attributes from
// the attribute column.
#include "compiler/codegen/runtime_abi.h"

#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/support/check.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

enum class Attribute : uint8_t { Hot, Cold, Plain, Fresh, Apart, Await, HotAwait, NoReturn, Throws };

struct Row {
  const char* name;
  std::string_view result;
  std::string_view args;  // `(I64 size, Ptr frame)`
  Attribute attribute;
};

static constexpr Row kRows[] = {
#define SKEIN_RUNTIME(name, result, args, attribute, doc) \
  {#name, #result, #args, Attribute::attribute},
#include "runtime/abi/functions.def"
#undef SKEIN_RUNTIME
};

static llvm::Type* type_of(llvm::LLVMContext& context, std::string_view word) {
  if (word == "Void") return llvm::Type::getVoidTy(context);
  if (word == "I1") return llvm::Type::getInt1Ty(context);
  if (word == "I8") return llvm::Type::getInt8Ty(context);
  if (word == "I32") return llvm::Type::getInt32Ty(context);
  if (word == "I64") return llvm::Type::getInt64Ty(context);
  if (word == "F64") return llvm::Type::getDoubleTy(context);
  SKEIN_CHECK(word == "Ptr", "an unknown type in functions.def");
  return llvm::PointerType::getUnqual(context);
}

static std::vector<llvm::Type*> arg_types(llvm::LLVMContext& context, std::string_view args) {
  std::vector<llvm::Type*> types;
  args = args.substr(1, args.size() - 2);
  while (!args.empty()) {
    while (args.front() == ' ') args.remove_prefix(1);
    types.push_back(type_of(context, args.substr(0, args.find(' '))));
    size_t comma = args.find(',');
    args = comma == std::string_view::npos ? std::string_view() : args.substr(comma + 1);
  }
  return types;
}

static void add_attributes(llvm::Function& function, Attribute attribute) {
  if (attribute != Attribute::Throws) function.setDoesNotThrow();
  switch (attribute) {
    case Attribute::Hot:
    case Attribute::HotAwait:
    case Attribute::Plain:
    case Attribute::Await:
      break;
    case Attribute::Fresh:
      function.addRetAttr(llvm::Attribute::NoAlias);
      function.addRetAttr(llvm::Attribute::NonNull);
      break;
    case Attribute::Apart:
      function.setOnlyAccessesInaccessibleMemory();
      break;
    case Attribute::Cold:
      function.setCallingConv(llvm::CallingConv::PreserveMost);
      function.addFnAttr(llvm::Attribute::NoInline);
      function.addFnAttr(llvm::Attribute::Cold);
      break;
    case Attribute::NoReturn:
    case Attribute::Throws:
      function.setDoesNotReturn();
      function.addFnAttr(llvm::Attribute::Cold);
      break;
  }
}

llvm::Function* RuntimeAbi::get(Rt rt) {
  const Row& row = kRows[static_cast<size_t>(rt)];
  if (llvm::Function* known = module_.getFunction(row.name)) return known;
  llvm::LLVMContext& context = module_.getContext();
  llvm::FunctionType* type = llvm::FunctionType::get(type_of(context, row.result),
                                                     arg_types(context, row.args), false);
  llvm::Function* function =
      llvm::Function::Create(type, llvm::Function::ExternalLinkage, row.name, module_);
  function->setDSOLocal(true);
  if (type->getReturnType()->isIntegerTy(1)) function->addRetAttr(llvm::Attribute::ZExt);
  for (llvm::Argument& arg : function->args()) {
    if (arg.getType()->isIntegerTy(1)) arg.addAttr(llvm::Attribute::ZExt);
  }
  add_attributes(*function, row.attribute);
  return function;
}

llvm::CallInst* RuntimeAbi::call(llvm::IRBuilderBase& builder, Rt rt,
                                 std::initializer_list<llvm::Value*> args) {
  llvm::Function* function = get(rt);
  llvm::CallInst* call = builder.CreateCall(function, args);
  call->setCallingConv(function->getCallingConv());
  // How an i1 is extended is said at both ends.
  call->setAttributes(function->getAttributes());
  return call;
}

static llvm::GlobalVariable* external_data(llvm::Module& module, const std::string& name) {
  if (llvm::GlobalVariable* known = module.getNamedGlobal(name)) return known;
  llvm::GlobalVariable* global = new llvm::GlobalVariable(
      module, llvm::Type::getInt8Ty(module.getContext()), false,
      llvm::GlobalValue::ExternalLinkage, nullptr, name);
  global->setDSOLocal(true);
  return global;
}

// The runtime has it; that it is empty is said here, so that LLVM need not read it.
llvm::GlobalVariable* RuntimeAbi::empty_buffer() {
  if (llvm::GlobalVariable* known = module_.getNamedGlobal("skn_empty_buffer")) return known;
  const int64_t words[] = {abi::kImmortal, 0, 0, 0};
  static_assert(sizeof(words) == sizeof(abi::Buffer));
  std::vector<uint64_t> content(std::begin(words), std::end(words));
  llvm::Constant* header = llvm::ConstantDataArray::get(module_.getContext(), content);
  llvm::GlobalVariable* buffer = new llvm::GlobalVariable(
      module_, header->getType(), true, llvm::GlobalValue::AvailableExternallyLinkage, header,
      "skn_empty_buffer");
  buffer->setAlignment(llvm::Align(8));
  buffer->setDSOLocal(true);
  return buffer;
}

void RuntimeAbi::add_hash_reference() {
  llvm::GlobalVariable* hash =
      external_data(module_, "skn_abi_" + std::to_string(abi::kHash));
  llvm::GlobalVariable* reference = new llvm::GlobalVariable(
      module_, hash->getType(), true, llvm::GlobalValue::InternalLinkage, hash, "skn.abi");
  llvm::appendToUsed(module_, {reference});
}

}  // namespace skein::codegen
