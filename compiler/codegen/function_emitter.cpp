// Blocks, locals, places and operands.
#include "compiler/codegen/function_emitter.h"

#include <algorithm>
#include <utility>

#include "compiler/support/check.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

using sir::BlockId;
using sir::Inst;
using sir::InstKind;
using sir::Local;
using sir::LocalId;
using sir::Operand;
using sir::ParamMode;
using sir::Place;
using sir::Projection;

FunctionEmitter::FunctionEmitter(ModuleEmitter& module, sir::FunctionId id,
                                 llvm::Function* function)
    : m(module),
      sir_(module.sir.functions[id]),
      signature_(module.signature(id)),
      function_(function),
      b(module.context),
      v(module, b),
      is_early_(function == module.early_exit(id).early) {
  if (signature_.suspends) plan_ = module.frame_plan(id);
  if (function == module.early_exit(id).frame) first_ = std::exchange(plan_.begin, BlockId());
  if (plan_.needs_frame && !is_early_) function_->setPresplitCoroutine();
}

void FunctionEmitter::run() {
  if (m.debug != nullptr && !is_early_) {
    subprogram_ = m.debug->describe(*function_, sir_.display_name, sir_.span);
  }
  llvm::BasicBlock* entry = llvm::BasicBlock::Create(m.context, "entry", function_);
  llvm::BasicBlock* start = llvm::BasicBlock::Create(m.context, "start", function_);
  b.SetInsertPoint(entry);
  set_location(sir_.span);
  alloca_point_ = b.CreateBr(start);
  b.SetInsertPoint(start);
  find_spawn_room();
  find_lifetimes();
  create_locals();
  if (signature_.suspends && plan_.needs_frame && !plan_.begin.valid()) {
    region_ = Region::Body;
    begin_frame();
    receive_params();
    test_stack();
  } else {
    if (signature_.suspends) region_ = Region::Before;
    receive_params();
  }
  b.CreateBr(block(first_));
  emit_blocks();
  if (ret_block_ != nullptr) emit_ret_block();
}

void FunctionEmitter::emit_begin_block() {
  b.SetInsertPoint(begin_block_);
  if (is_early_) {
    // Any handle but null.
    b.CreateRet(pack_result(b.CreateIntToPtr(v.i64(abi::kOutcome), b.getPtrTy()), {}));
    return;
  }
  region_ = Region::Body;
  inst_ = nullptr;
  set_location(sir_.span);
  begin_frame();
  test_stack();
  b.CreateBr(block(plan_.begin));
}

void FunctionEmitter::emit_blocks() {
  while (!pending_.empty() || (begin_block_ != nullptr && begin_block_->empty())) {
    if (pending_.empty()) {
      emit_begin_block();
      continue;
    }
    std::tie(region_, block_id_) = pending_.back();
    pending_.pop_back();
    b.SetInsertPoint(blocks_[{region_, block_id_.index}]);
    for (const Inst& inst : sir_.blocks[block_id_].insts) {
      inst_ = &inst;
      set_location(inst.span);
      emit(inst);
      if (!sir::ends_block(inst)) end_temps();
      temps_.clear();
    }
  }
}

// The copy of a block for the region being emitted.
llvm::BasicBlock* FunctionEmitter::block(BlockId id) {
  if (region_ == Region::Before && id == plan_.begin) {
    if (begin_block_ == nullptr) {
      begin_block_ = llvm::BasicBlock::Create(m.context, "frame", function_);
    }
    return begin_block_;
  }
  llvm::BasicBlock*& found = blocks_[{region_, id.index}];
  if (found == nullptr) {
    std::string name = "bb" + std::to_string(id.index);
    if (region_ == Region::Before) name += ".early";
    found = llvm::BasicBlock::Create(m.context, name, function_);
    pending_.push_back({region_, id});
  }
  return found;
}

void FunctionEmitter::set_location(Span span) {
  if (subprogram_ == nullptr) return;
  b.SetCurrentDebugLocation(m.debug->location(*subprogram_, span));
}

uint32_t FunctionEmitter::site() {
  Span span = inst_ != nullptr && inst_->span.valid() ? inst_->span : sir_.span;
  bool is_spawn = inst_ != nullptr && inst_->kind == InstKind::Spawn;
  return m.constants.site(sir_.display_name, span, is_spawn ? inst_->text : std::string());
}

// ---- memory ------------------------------------------------------------------------------------

llvm::AllocaInst* FunctionEmitter::entry_alloca(llvm::Type* type, uint64_t align,
                                                const llvm::Twine& name) {
  llvm::IRBuilder<> entry(alloca_point_);
  llvm::AllocaInst* place = entry.CreateAlloca(type, nullptr, name);
  place->setAlignment(llvm::Align(align));
  return place;
}

llvm::Value* FunctionEmitter::temp_bytes(uint64_t size, uint64_t align) {
  llvm::Type* type = llvm::ArrayType::get(b.getInt64Ty(), align_up(size, 8) / 8);
  llvm::AllocaInst* place = entry_alloca(type, std::max<uint64_t>(align, 8), "temp");
  b.CreateLifetimeStart(place);
  temps_.push_back(place);
  return place;
}

llvm::Value* FunctionEmitter::temp(TypeId type) {
  const Layout& layout = v.layout(type);
  if (layout.size == 0) return v.null();
  llvm::AllocaInst* place = entry_alloca(m.layouts.memory_type(layout), layout.align, "temp");
  b.CreateLifetimeStart(place);
  temps_.push_back(place);
  return place;
}

bool FunctionEmitter::is_temp(llvm::Value* place) const {
  return std::find(temps_.begin(), temps_.end(), place) != temps_.end();
}

void FunctionEmitter::end_temps() {
  for (llvm::AllocaInst* place : temps_) b.CreateLifetimeEnd(place);
}

// ---- locals ------------------------------------------------------------------------------------

// A Task local that a spawn sets is given room for the spawn's arguments behind it, so that the
// wrapper leaves the task where it is wanted.
void FunctionEmitter::find_spawn_room() {
  spawn_room_.resize(sir_.locals.size());
  for (const sir::Block& block : sir_.blocks) {
    for (const Inst& inst : block.insts) {
      if (inst.kind != InstKind::Spawn || !inst.dest.is_local()) continue;
      const Local& local = sir_.locals[inst.dest.local];
      if (local.is_ref || local.kind == sir::LocalKind::Param) continue;
      uint64_t& room = spawn_room_[inst.dest.local.index];
      room = std::max(room, m.spawn_shape(inst.callee).size);
    }
  }
}

// Locals whose life has a beginning and an end in SIR tell LLVM so; frames get smaller by it.
void FunctionEmitter::find_lifetimes() {
  std::vector<bool> begins(sir_.locals.size());
  std::vector<bool> ends(sir_.locals.size());
  for (const sir::Block& block : sir_.blocks) {
    for (const Inst& inst : block.insts) {
      if (inst.kind == InstKind::Live) begins[inst.dest.local.index] = true;
      if (inst.kind == InstKind::Dead) ends[inst.dest.local.index] = true;
    }
  }
  has_lifetime_.resize(sir_.locals.size());
  for (size_t i = 0; i < has_lifetime_.size(); ++i) has_lifetime_[i] = begins[i] && ends[i];
}

void FunctionEmitter::create_locals() {
  locals_.resize(sir_.locals.size());
  for (LocalId id : sir_.locals.ids()) create_local(id);
  place_kept_locals();
}

void FunctionEmitter::create_local(LocalId id) {
  const Local& local = sir_.locals[id];
  if (local.is_kept) return;
  std::string name = "l" + std::to_string(id.index);
  if (local.name.valid()) name = m.program.interner.text(local.name);
  if (id.index == 0) name = "result";
  if (local.kind == sir::LocalKind::Param) {
    const ParamPassing& param = signature_.params[id.index - 1];
    bool is_pointer = param.mode == ParamMode::Mut ||
                      (param.mode == ParamMode::Borrow && param.passing == Passing::Indirect &&
                       !signature_.is_task);
    if (is_pointer) {
      locals_[id.index] = function_->getArg(param.first_arg);
      return;
    }
  }
  if (local.is_ref) {
    locals_[id.index] = entry_alloca(b.getPtrTy(), 8, name);
    return;
  }
  const Layout& layout = v.layout(local.type);
  if (uint64_t room = spawn_room_[id.index]; room > layout.size) {
    llvm::Type* type = llvm::ArrayType::get(b.getInt64Ty(), align_up(room, 8) / 8);
    locals_[id.index] = entry_alloca(type, 16, name);
  } else if (layout.size > 0) {
    locals_[id.index] = entry_alloca(m.layouts.memory_type(layout), layout.align, name);
  }
}

void FunctionEmitter::receive_params() {
  for (uint32_t i = 0; i < sir_.param_count; ++i) {
    const ParamPassing& param = signature_.params[i];
    llvm::Value* place = locals_[i + 1];
    if (place == nullptr || !llvm::isa<llvm::AllocaInst>(place)) continue;
    if (param.passing == Passing::Indirect) {
      v.copy(param.type, place, function_->getArg(param.first_arg));
      continue;
    }
    std::vector<llvm::Value*> pieces;
    for (unsigned n = 0; n < param.arg_count; ++n) {
      pieces.push_back(function_->getArg(param.first_arg + n));
    }
    v.store_pieces(v.layout(param.type), pieces, place);
  }
}

// ---- places ------------------------------------------------------------------------------------

TypeId FunctionEmitter::type_of(const Place& place) {
  return sir::place_type(m.sir, sir_, place);
}

TypeId FunctionEmitter::type_of(const Operand& operand) {
  return sir::operand_type(m.sir, sir_, operand);
}

llvm::Value* FunctionEmitter::local_address(LocalId id) {
  llvm::Value* place = locals_[id.index];
  if (place == nullptr) return v.null();
  const Local& local = sir_.locals[id];
  if (local.is_ref && local.kind != sir::LocalKind::Param) return v.load_pointer(place, 0);
  return place;
}

llvm::Value* FunctionEmitter::project(llvm::Value* place, TypeId type, const Projection& step) {
  switch (step.kind) {
    case Projection::Kind::Field:
      return v.field_address(v.layout(type).fields[step.index], place);
    case Projection::Kind::Variant:
      return v.field_address(v.layout(type).variants[step.variant][step.index], place);
    case Projection::Kind::Index: {
      TypeId element = m.program.types.arg(type);
      llvm::Value* index = v.load(m.program.types.int_(), local_address(step.local));
      if (kind(type) == TypeKind::Array) return v.element(v.load_pointer(place, 0), index, element);
      if (kind(type) == TypeKind::Window) place = v.load_pointer(place, 0);
      if (types::is_cell(kind(type))) {
        return v.offset(v.load_pointer(place, 0), abi::kCellContent);
      }
      return element_at(place, index, element);
    }
  }
  SKEIN_UNREACHABLE("an unknown projection");
}

llvm::Value* FunctionEmitter::element_at(llvm::Value* first, llvm::Value* index, TypeId element) {
  const Layout& layout = v.layout(element);
  if (layout.size == 0) return first;
  return b.CreateInBoundsGEP(m.layouts.memory_type(layout), first, index);
}

// The type of a place after its first steps.
static TypeId type_after(sir::Module& module, const sir::Function& function, const Place& place,
                         size_t steps) {
  Place part = place;
  part.path.resize(steps);
  return sir::place_type(module, function, part);
}

llvm::Value* FunctionEmitter::address(const Place& place) {
  llvm::Value* at = local_address(place.local);
  for (size_t i = 0; i < place.path.size(); ++i) {
    at = project(at, type_after(m.sir, sir_, place, i), place.path[i]);
  }
  return at;
}

const FieldLayout& FunctionEmitter::field_of(const Place& place, size_t steps) {
  const Projection& step = place.path[steps - 1];
  const Layout& layout = v.layout(type_after(m.sir, sir_, place, steps - 1));
  if (step.kind == Projection::Kind::Variant) return layout.variants[step.variant][step.index];
  return layout.fields[step.index];
}

bool FunctionEmitter::is_boxed(const Place& place) { return sir::is_boxed(m.sir, sir_, place); }

llvm::Value* FunctionEmitter::address_of_box(const Place& place) {
  Place outer = place;
  outer.path.pop_back();
  return v.offset(address(outer), field_of(place, place.path.size()).offset);
}

// ---- operands ----------------------------------------------------------------------------------

llvm::Value* FunctionEmitter::constant(const sir::Constant& constant) {
  TypeKind kind_of = kind(constant.type);
  switch (kind_of) {
    case TypeKind::Bool:
      return b.getInt1(constant.bits != 0);
    case TypeKind::Str:
    case TypeKind::Array:
      return m.constants.buffer(constant.text);
    case TypeKind::Float:
      return llvm::ConstantFP::get(b.getDoubleTy(), constant.number);
    case TypeKind::F32:
      return llvm::ConstantFP::get(b.getFloatTy(), constant.number);
    default:
      break;
  }
  llvm::Type* type = v.layout(constant.type).scalar;
  SKEIN_CHECK(type != nullptr && type->isIntegerTy(), "a constant of a type that has none");
  return b.getInt(llvm::APInt(type->getIntegerBitWidth(), constant.bits, false, true));
}

llvm::Value* FunctionEmitter::value(const Operand& operand) {
  if (!operand.is_place()) return constant(operand.constant);
  return v.load(type_of(operand), address(operand.place));
}

llvm::Value* FunctionEmitter::location(const Operand& operand) {
  if (operand.is_place()) return address(operand.place);
  llvm::Value* place = temp(operand.constant.type);
  put(operand, place);
  return place;
}

void FunctionEmitter::put(const Operand& operand, llvm::Value* place) {
  TypeId type = type_of(operand);
  if (v.layout(type).size == 0) return;
  if (!operand.is_place()) return v.store(type, constant(operand.constant), place);
  v.copy(type, place, address(operand.place));
  if (operand.kind == Operand::Kind::Copy) v.retain(type, place);
}

void FunctionEmitter::put_field(const Operand& operand, const FieldLayout& field,
                                llvm::Value* place) {
  if (field.is_place) return v.store_at(location(operand), place, field.offset);
  if (!field.is_boxed) return put(operand, v.offset(place, field.offset));
  v.store_at(box_of(operand, field.type), place, field.offset);
}

// A variant without payload has one box for all, a constant: a leaf of a tree costs nothing.
llvm::Value* FunctionEmitter::box_of(const Operand& operand, TypeId type) {
  const Layout& layout = v.layout(type);
  if (!operand.is_place() || !layout.has_bare_variant()) return new_box_of(operand, type);
  llvm::BasicBlock* other = v.new_block("box");
  llvm::BasicBlock* after = v.new_block("boxed");
  llvm::SwitchInst* choice = b.CreateSwitch(v.variant_of(type, location(operand)), other);
  b.SetInsertPoint(other);
  llvm::Value* made = new_box_of(operand, type);
  llvm::BasicBlock* end = b.GetInsertBlock();
  b.CreateBr(after);
  b.SetInsertPoint(after);
  llvm::PHINode* box = b.CreatePHI(b.getPtrTy(), 2);
  box->addIncoming(made, end);
  for (uint32_t i = 0; i < layout.variants.size(); ++i) {
    if (!layout.variants[i].empty()) continue;
    llvm::BasicBlock* bare = v.new_block("bare");
    choice->addCase(v.i64(i), bare);
    box->addIncoming(m.constants.bare_box(layout, i), bare);
    b.SetInsertPoint(bare);
    b.CreateBr(after);
  }
  b.SetInsertPoint(after);
  return box;
}

llvm::Value* FunctionEmitter::new_box_of(const Operand& operand, TypeId type) {
  llvm::Value* inside = nullptr;
  llvm::Value* box = v.new_box(type, inside);
  put(operand, inside);
  return box;
}

// Whether writing the result part by part could change an operand that is read later.
bool FunctionEmitter::may_alias_dest(const Inst& inst) {
  if (inst.operands.size() < 2) return false;
  bool dest_is_ref = sir_.locals[inst.dest.local].is_ref;
  for (const Operand& operand : inst.operands) {
    if (!operand.is_place()) continue;
    if (operand.place.local == inst.dest.local) return true;
    if (dest_is_ref || sir_.locals[operand.place.local].is_ref) return true;
  }
  return false;
}

void FunctionEmitter::set_dest(llvm::Value* value) {
  if (!inst_->dest.valid()) return;
  v.store(type_of(inst_->dest), value, address(inst_->dest));
}

}  // namespace skein::codegen
