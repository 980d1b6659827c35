// Atomics: a buffer with one cell, read and changed by one instruction each.
//
// The order of an operation is a number at run time, that of an `Ordering` (stdlib/core/atomic.sk). So each
// operation is a choice among the orders it can have; where the order is a constant, as nearly always, the
// optimiser leaves one instruction of it.
//
// A counted handle needs more than one instruction: its cell is locked for them (runtime/value/handle_cell.h),
// which orders them all.
#include "compiler/codegen/function_emitter.h"
#include "compiler/support/check.h"

#include <span>

namespace skein::codegen {

using llvm::AtomicOrdering;
using sir::Inst;
using types::Builtin;

namespace {

// Numbered as `Ordering` is. What is not among the orders of an operation counts as the strongest.
struct Order {
  uint64_t number;
  AtomicOrdering ordering;
};
constexpr Order kRelaxed = {0, AtomicOrdering::Monotonic};
constexpr Order kAcquire = {1, AtomicOrdering::Acquire};
constexpr Order kRelease = {2, AtomicOrdering::Release};
constexpr Order kAcqRel = {3, AtomicOrdering::AcquireRelease};

constexpr Order kLoadOrders[] = {kRelaxed, kAcquire};
constexpr Order kStoreOrders[] = {kRelaxed, kRelease};
constexpr Order kChangeOrders[] = {kRelaxed, kAcquire, kRelease, kAcqRel};

std::span<const Order> orders_of(Builtin builtin) {
  if (builtin == Builtin::AtomicLoad) return kLoadOrders;
  if (builtin == Builtin::AtomicStore) return kStoreOrders;
  return kChangeOrders;
}

llvm::AtomicRMWInst::BinOp change_of(Builtin builtin, bool is_signed) {
  using llvm::AtomicRMWInst;
  switch (builtin) {
    case Builtin::AtomicSwap: return AtomicRMWInst::Xchg;
    case Builtin::AtomicAdd: return AtomicRMWInst::Add;
    case Builtin::AtomicSub: return AtomicRMWInst::Sub;
    case Builtin::AtomicAnd: return AtomicRMWInst::And;
    case Builtin::AtomicOr: return AtomicRMWInst::Or;
    case Builtin::AtomicXor: return AtomicRMWInst::Xor;
    case Builtin::AtomicMin: return is_signed ? AtomicRMWInst::Min : AtomicRMWInst::UMin;
    case Builtin::AtomicMax: return is_signed ? AtomicRMWInst::Max : AtomicRMWInst::UMax;
    default: SKEIN_UNREACHABLE("an unknown atomic operation");
  }
}

}  // namespace

void FunctionEmitter::emit_atomic_new(const Inst& inst) {
  if (sir_.kind == sir::FunctionKind::Static) {
    // The one cell of the static, which is there from the start.
    llvm::Value* content = value(inst.operands[0]);
    llvm::Type* stored = v.layout(type_of(inst.operands[0])).scalar;
    if (content->getType() != stored) content = b.CreateZExt(content, stored);
    return set_dest(m.constants.cell(llvm::cast<llvm::Constant>(content), "sk." + sir_.name));
  }
  llvm::Value* cell = nullptr;
  llvm::Value* box = v.new_buffer_of_one(type_of(inst.operands[0]), cell);
  put(inst.operands[0], cell);
  set_dest(box);
}

// The operation in one order; its result as a value, null for a store.
llvm::Value* FunctionEmitter::emit_atomic(const Inst& inst, llvm::Value* cell,
                                          std::span<llvm::Value* const> values,
                                          AtomicOrdering order) {
  TypeId type = m.program.types.arg(type_of(inst.operands[0]));
  llvm::Type* memory = v.layout(type).scalar;
  llvm::Align align(v.layout(type).align);
  if (inst.builtin == Builtin::AtomicStore) {
    b.CreateAlignedStore(values[0], cell, align)->setAtomic(order);
    return nullptr;
  }
  if (inst.builtin == Builtin::AtomicCompareExchange) {
    AtomicOrdering failure = llvm::AtomicCmpXchgInst::getStrongestFailureOrdering(order);
    llvm::Value* both = b.CreateAtomicCmpXchg(cell, values[0], values[1], align, order, failure);
    return b.CreateExtractValue(both, 1);
  }
  llvm::Value* old = nullptr;
  if (inst.builtin == Builtin::AtomicLoad) {
    llvm::LoadInst* load = b.CreateAlignedLoad(memory, cell, align);
    load->setAtomic(order);
    old = load;
  } else {
    auto change = change_of(inst.builtin, types::is_signed(kind(type)));
    old = b.CreateAtomicRMW(change, cell, values[0], align, order);
  }
  return kind(type) == TypeKind::Bool ? b.CreateTrunc(old, b.getInt1Ty()) : old;
}

// What the cell gave up is left to the one who called: in place of what was stored, or as the result.
void FunctionEmitter::emit_handle_atomic(const Inst& inst) {
  TypeId type = m.program.types.arg(type_of(inst.operands[0]));
  llvm::Value* cell = v.data(value(inst.operands[0]));
  llvm::Value* expected = nullptr;
  llvm::Value* stored = nullptr;
  if (inst.builtin == Builtin::AtomicCompareExchange) {
    expected = value(inst.operands[1]);
    stored = address(inst.operands[2].place);
  } else if (inst.builtin == Builtin::AtomicStore) {
    stored = address(inst.operands[1].place);
  } else {
    stored = temp(type);
    if (inst.builtin == Builtin::AtomicSwap) put(inst.operands[1], stored);
  }
  llvm::Value* held = v.rt(Rt::skn_handle_lock, {cell});
  if (inst.builtin == Builtin::AtomicLoad) {
    v.store_at(held, stored, 0);
    v.retain(type, stored);
    v.rt(Rt::skn_handle_unlock, {cell, held});
    return set_dest(held);
  }
  llvm::Value* fresh = v.load_pointer(stored, 0);
  if (expected == nullptr) {
    v.rt(Rt::skn_handle_unlock, {cell, fresh});
    if (inst.builtin == Builtin::AtomicSwap) return set_dest(held);
    return v.store_at(held, stored, 0);
  }
  llvm::Value* is_same = b.CreateICmpEQ(held, expected);
  v.rt(Rt::skn_handle_unlock, {cell, b.CreateSelect(is_same, fresh, held)});
  v.store_at(b.CreateSelect(is_same, held, fresh), stored, 0);
  set_dest(is_same);
}

bool FunctionEmitter::emit_atomic_builtin(const Inst& inst) {
  if (inst.builtin < Builtin::AtomicNew || inst.builtin > Builtin::AtomicMax) return false;
  if (inst.builtin == Builtin::AtomicNew) {
    emit_atomic_new(inst);
    return true;
  }
  if (sir::needs_drop(m.sir, m.program.types.arg(type_of(inst.operands[0])))) {
    emit_handle_atomic(inst);
    return true;
  }
  llvm::Type* memory = v.layout(m.program.types.arg(type_of(inst.operands[0]))).scalar;
  llvm::Value* cell = v.data(value(inst.operands[0]));
  std::vector<llvm::Value*> values;
  for (size_t i = 1; i + 1 < inst.operands.size(); ++i) {
    const sir::Operand& operand = inst.operands[i];
    bool is_place = operand.kind == sir::Operand::Kind::Mut;
    llvm::Value* scalar = is_place ? v.load(type_of(operand), address(operand.place)) : value(operand);
    values.push_back(scalar->getType() == memory ? scalar : b.CreateZExt(scalar, memory));
  }
  llvm::Value* order = value(inst.operands.back());
  llvm::BasicBlock* strongest = v.new_block("seq_cst");
  llvm::BasicBlock* join = v.new_block("ordered");
  std::span<const Order> orders = orders_of(inst.builtin);
  llvm::SwitchInst* choice = b.CreateSwitch(order, strongest, orders.size());
  std::vector<std::pair<llvm::Value*, llvm::BasicBlock*>> results;
  auto emit_in = [&](llvm::BasicBlock* block, AtomicOrdering ordering) {
    b.SetInsertPoint(block);
    results.emplace_back(emit_atomic(inst, cell, values, ordering), block);
    b.CreateBr(join);
  };
  for (const Order& allowed : orders) {
    llvm::BasicBlock* block = v.new_block("in_order");
    choice->addCase(b.getInt64(allowed.number), block);
    emit_in(block, allowed.ordering);
  }
  emit_in(strongest, AtomicOrdering::SequentiallyConsistent);
  b.SetInsertPoint(join);
  if (results[0].first == nullptr) return true;
  llvm::PHINode* result = b.CreatePHI(results[0].first->getType(), results.size());
  for (auto [found, block] : results) result->addIncoming(found, block);
  set_dest(result);
  return true;
}

}  // namespace skein::codegen
