// Drop functions are written on demand, each once for its type, while the function that needs the
// first one is being rewritten; what they need in turn is found the same way.
#include "compiler/passes/drop_glue.h"

#include <unordered_set>
#include <utility>

#include "compiler/sir/print.h"
#include "compiler/support/check.h"

namespace skein::passes {

using types::Builtin;
using types::TypeKind;

static constexpr std::string_view kPrefix = "drop.";

bool DropGlue::is_drop_glue(const sir::Function& function) {
  return function.kind == sir::FunctionKind::Glue && function.name.starts_with(kPrefix);
}

static types::FnId drop_method(const types::Program& program, TypeId id) {
  const types::Type& type = program.types.get(id);
  if (type.kind == TypeKind::Struct) return program.structs[types::StructId(type.decl)].drop_fn;
  if (type.kind == TypeKind::Enum) return program.enums[types::EnumId(type.decl)].drop_fn;
  return types::FnId();
}

DropGlue::DropGlue(sir::Module& module) : module_(module) {
  for (FunctionId id : module.functions.ids()) {
    const sir::Function& function = module.functions[id];
    if (is_drop_glue(function)) functions_.emplace(function.name, id);
    if (!function.decl.valid() || function.param_count != 1) continue;
    TypeId self = function.locals[function.param(0)].type;
    if (drop_method(*module.program, self) == function.decl) methods_.emplace(self, id);
  }
}

FunctionId DropGlue::method_of(TypeId type) const {
  auto found = methods_.find(type);
  return found == methods_.end() ? FunctionId() : found->second;
}

std::vector<TypeId> field_types(sir::Module& module, TypeId type) {
  switch (module.types().kind(type)) {
    case TypeKind::Struct:
    case TypeKind::Closure:
    case TypeKind::Tuple:
      return module.program->fields(type);
    case TypeKind::Range:
    case TypeKind::RangeInclusive: {
      TypeId bound = module.types().arg(type);
      return {bound, bound};
    }
    default:
      return {};
  }
}

bool has_variants(const sir::Module& module, TypeId type) {
  TypeKind kind = module.types().kind(type);
  return kind == TypeKind::Option || kind == TypeKind::Result || kind == TypeKind::Enum;
}

// The values directly inside a value of the type. What handles lead to is not inside.
static std::vector<TypeId> inner_types(sir::Module& module, TypeId type) {
  TypeKind kind = module.types().kind(type);
  if (kind == TypeKind::Array || kind == TypeKind::FixedArray) {
    return module.types().get(type).args;
  }
  if (!has_variants(module, type)) return field_types(module, type);
  std::vector<TypeId> inner;
  for (uint32_t i = 0; i < module.program->variant_count(type); ++i) {
    std::vector<TypeId> fields = module.program->variant_fields(type, i);
    inner.insert(inner.end(), fields.begin(), fields.end());
  }
  return inner;
}

// Whoever knows what is in it drops that, by a `drop` method maybe: a generator, a `once fn`,
// a value of a `unique trait`.
static bool is_unique_box(sir::Module& module, TypeId type) {
  TypeKind kind = module.types().kind(type);
  return (kind == TypeKind::Dyn || kind == TypeKind::Gen || kind == TypeKind::Fn) &&
         types::traits_of(*module.program, type).is_move_only;
}

DropGlue::Way DropGlue::way_of(TypeId type) {
  auto known = ways_.find(type);
  if (known != ways_.end()) return known->second;
  Way way = Way::Release;
  if (!sir::needs_drop(module_, type)) {
    way = Way::Nothing;
  } else if (module_.types().kind(type) == TypeKind::Task) {
    way = Way::Settle;
  } else if (is_unique_box(module_, type)) {
    way = Way::ReleaseBox;
  } else if (types::is_guard(*module_.program, type)) {
    way = Way::Unlock;
  } else {
    std::unordered_set<TypeId, IdHash> seen = {type};
    std::vector<TypeId> pending = {type};
    while (!pending.empty() && way == Way::Release) {
      TypeId part = pending.back();
      pending.pop_back();
      bool is_task = module_.types().kind(part) == TypeKind::Task;
      bool has_end = drop_method(*module_.program, part).valid() || is_unique_box(module_, part);
      if (is_task || has_end) way = Way::Call;
      for (TypeId inner : inner_types(module_, part)) {
        if (seen.insert(inner).second) pending.push_back(inner);
      }
    }
  }
  ways_.emplace(type, way);
  return way;
}

void DropGlue::write(Writer& writer, const DropPiece& piece, BlockId unwind) {
  Way way = piece.method.valid() ? Way::Call : way_of(piece.type);
  if (way == Way::Nothing) return;
  BlockId done;
  if (piece.flag.valid()) {
    BlockId drop = writer.new_block(writer.in_cleanup());
    done = writer.new_block(writer.in_cleanup());
    writer.branch(Operand::copy(piece.flag), drop, done);
    writer.begin(drop);
  }
  if (piece.method.valid()) {
    writer.call(piece.method, {Operand::mut(piece.place)}, Place(), unwind);
  } else if (way == Way::Release) {
    // Of a place in a box this releases the box.
    write_release(writer, piece.place);
  } else {
    write_end(writer, way, out_of_box(writer, piece.place), unwind);
  }
  if (done.valid()) {
    writer.jump(done);
    writer.begin(done);
  }
}

void DropGlue::write_inst(Writer& writer, InstKind kind, const Place& place, BlockId unwind) {
  Inst inst;
  inst.kind = kind;
  inst.operands = {Operand::move(place)};
  inst.in_cleanup = writer.in_cleanup();
  inst.unwind = unwind;
  writer.emit(std::move(inst));
}

void DropGlue::write_release(Writer& writer, const Place& place, BlockId unwind) {
  write_inst(writer, InstKind::Drop, place, unwind);
}

void DropGlue::write_end(Writer& writer, Way way, const Place& place, BlockId unwind) {
  if (way == Way::Unlock) return write_unlock(writer, place);
  TypeId type = sir::place_type(module_, writer.function, place);
  if (way == Way::Call) {
    return writer.call(function_for(type), {Operand::move(place)}, Place(), unwind);
  }
  if (way == Way::ReleaseBox) return write_release(writer, place, unwind);
  write_inst(writer, InstKind::Settle, place, unwind);
}

Place out_of_box(Writer& writer, const Place& place) {
  if (!sir::is_boxed(writer.module, writer.function, place)) return place;
  LocalId content = writer.new_temp(sir::place_type(writer.module, writer.function, place));
  writer.assign(content, Operand::move(place));
  return content;
}

std::vector<Operand> lock_operands(Writer& writer, const Place& guard, TypeId type) {
  bool reads = !types::changes_by_guard(*writer.module.program, type);
  return {Operand::borrow(field_of(guard, 0)), writer.bool_const(reads)};
}

void DropGlue::write_unlock(Writer& writer, const Place& guard) {
  Inst unlock;
  unlock.kind = InstKind::Builtin;
  unlock.builtin = Builtin::LockRelease;
  TypeId type = sir::place_type(module_, writer.function, guard);
  unlock.operands = lock_operands(writer, guard, type);
  writer.emit(std::move(unlock));
  write_release(writer, field_of(guard, 0));
}

void DropGlue::write_all(Writer& writer, const std::vector<DropPiece>& pieces, BlockId unwind) {
  size_t first_risky = 0;
  auto is_risky = [&](const DropPiece& piece) {
    if (piece.method.valid()) return true;
    Way way = way_of(piece.type);
    return way == Way::Settle || way == Way::Call || way == Way::ReleaseBox;
  };
  while (first_risky < pieces.size() && !is_risky(pieces[first_risky])) ++first_risky;

  // Where each goes if it panics: to blocks that drop those after it.
  std::vector<BlockId> ways_out(pieces.size(), unwind);
  BlockId here = writer.current();
  BlockId next = unwind;
  for (size_t i = pieces.size(); i-- > 0;) {
    ways_out[i] = next;
    if (i <= first_risky) continue;
    BlockId after = next;
    if (!after.valid()) {
      after = writer.new_block(true);
      writer.begin(after);
      writer.emit(InstKind::ResumeUnwind, {});
      ways_out[i] = after;
    }
    next = writer.new_block(true);
    writer.begin(next);
    write(writer, pieces[i], after);
    writer.jump(after);
  }
  writer.begin(here);
  for (size_t i = 0; i < pieces.size(); ++i) write(writer, pieces[i], ways_out[i]);
}

FunctionId DropGlue::function_for(TypeId type) {
  std::string name = std::string(kPrefix) + sir::type_text(*module_.program, type);
  auto found = functions_.find(name);
  if (found != functions_.end()) return found->second;
  FunctionId id = add_glue(module_, name, module_.types().unit());
  functions_.emplace(std::move(name), id);
  write_body(id, type);
  return id;
}

// What `[T].iter()` gives, which leaves the elements it has handed out where they were.
static bool is_array_iter(const types::Program& program, const types::Type& type) {
  if (type.kind != TypeKind::Struct) return false;
  const types::StructDecl& decl = program.structs[types::StructId(type.decl)];
  bool is_std = decl.module.valid() && program.modules[decl.module].is_std;
  return is_std && program.interner.text(decl.name) == "ArrayIter";
}

FunctionId DropGlue::settling_function(TypeId task) {
  std::string name = std::string(kPrefix) + "later." + sir::type_text(*module_.program, task);
  auto found = functions_.find(name);
  if (found != functions_.end()) return found->second;
  FunctionId id = add_glue(module_, name, module_.types().unit());
  functions_.emplace(std::move(name), id);
  Writer writer(module_, id);
  LocalId value = add_param(writer.function, task, types::ParamMode::Own);
  writer.begin(BlockId(0));
  writer.emit(InstKind::Settle, {Operand::move(value)});
  writer.ret();
  return id;
}

void DropGlue::replace_truncate(Inst& inst) {
  Way way = way_of(inst.type_args[0]);
  if (way == Way::Nothing || way == Way::Release) return;
  TypeId type = module_.types().make(TypeKind::Array, {inst.type_args[0]});
  std::string name = std::string(kPrefix) + "behind." + sir::type_text(*module_.program, type);
  auto found = functions_.find(name);
  inst.kind = InstKind::Call;
  inst.type_args.clear();
  if (found != functions_.end()) {
    inst.callee = found->second;
    return;
  }
  inst.callee = add_glue(module_, name, module_.types().unit());
  functions_.emplace(std::move(name), inst.callee);
  Writer writer(module_, inst.callee);
  LocalId array = add_param(writer.function, type, types::ParamMode::Mut);
  LocalId kept = add_param(writer.function, module_.types().int_(), types::ParamMode::Borrow);
  LocalId next = writer.new_temp(module_.types().int_());
  writer.begin(BlockId(0));
  writer.assign(next, Operand::copy(kept));
  write_rest_of_array(writer, array, type, next, kept);
  writer.ret();
}

void DropGlue::write_body(FunctionId function, TypeId type) {
  Writer writer(module_, function);
  LocalId value = add_param(writer.function, type, types::ParamMode::Own);
  writer.begin(BlockId(0));
  TypeKind kind = module_.types().kind(type);
  if (kind == TypeKind::Array || kind == TypeKind::FixedArray) {
    write_array(writer, value, type);
    return;
  }
  FunctionId method = method_of(type);
  if (has_variants(module_, type)) {
    if (method.valid()) {
      BlockId on_panic = writer.new_block(true);
      writer.begin(on_panic);
      write_variants(writer, value, type);
      writer.begin(BlockId(0));
      writer.call(method, {Operand::mut(value)}, Place(), on_panic);
    }
    write_variants(writer, value, type);
    return;
  }
  std::vector<DropPiece> pieces;
  if (method.valid()) {
    pieces.push_back({.place = value, .type = type, .flag = {}, .method = method});
  }
  std::vector<TypeId> fields = field_types(module_, type);
  if (is_array_iter(*module_.program, module_.types().get(type))) {
    writer.builtin(Builtin::ArrayForgetBefore, module_.types().arg(fields[0]),
                   {Operand::mut(field_of(value, 0)), Operand::copy(field_of(value, 1))});
  }
  for (uint32_t i = 0; i < fields.size(); ++i) {
    if (way_of(fields[i]) == Way::Nothing) continue;
    pieces.push_back({.place = field_of(value, i), .type = fields[i], .flag = {}, .method = {}});
  }
  write_all(writer, pieces, BlockId());
  writer.ret();
}

void DropGlue::write_variants(Writer& writer, LocalId value, TypeId type) {
  LocalId tag = writer.new_temp(module_.types().int_());
  Inst read_tag;
  read_tag.kind = InstKind::Tag;
  read_tag.dest = tag;
  read_tag.operands = {Operand::borrow(value)};
  writer.emit(std::move(read_tag));
  std::vector<BlockId> arms;
  bool in_cleanup = writer.in_cleanup();
  for (uint32_t i = 0; i < module_.program->variant_count(type); ++i) {
    arms.push_back(writer.new_block(in_cleanup));
  }
  writer.switch_on(Operand::copy(tag), arms);
  for (uint32_t variant = 0; variant < arms.size(); ++variant) {
    writer.begin(arms[variant]);
    std::vector<DropPiece> pieces;
    std::vector<TypeId> fields = module_.program->variant_fields(type, variant);
    for (uint32_t i = 0; i < fields.size(); ++i) {
      pieces.push_back(
          {.place = payload_of(value, variant, i), .type = fields[i], .flag = {}, .method = {}});
    }
    BlockId resume;
    if (in_cleanup) {
      resume = writer.new_block(true);
      writer.begin(resume);
      writer.emit(InstKind::ResumeUnwind, {});
      writer.begin(arms[variant]);
    }
    write_all(writer, pieces, resume);
    if (in_cleanup) {
      writer.jump(resume);
    } else {
      writer.ret();
    }
  }
}

// An empty one, as a loop that takes every element leaves it, is let go before there is a frame.
void DropGlue::write_empty_array(Writer& writer, LocalId array, TypeId type) {
  LocalId count = writer.new_temp(module_.types().int_());
  LocalId is_empty = writer.new_temp(module_.types().bool_());
  BlockId none = writer.new_block(false);
  BlockId some = writer.new_block(false);
  writer.builtin(Builtin::ArrayLen, module_.types().arg(type), {Operand::borrow(array)}, count);
  writer.binary(sir::BinaryOp::Eq, is_empty, Operand::copy(count), writer.int_const(0));
  writer.branch(Operand::copy(is_empty), none, some);
  writer.begin(none);
  write_release(writer, array);
  writer.ret();
  writer.begin(some);
}

// Element by element, then the buffer. When one panics the rest follows all the same.
void DropGlue::write_array(Writer& writer, LocalId array, TypeId type) {
  if (module_.types().kind(type) == TypeKind::Array) write_empty_array(writer, array, type);
  LocalId next = writer.new_temp(module_.types().int_());
  writer.assign(next, writer.int_const(0));
  write_rest_of_array(writer, array, type, next);
  writer.ret();
}

void DropGlue::write_rest_of_array(Writer& writer, LocalId array, TypeId type, LocalId next,
                                   LocalId kept) {
  bool in_cleanup = writer.in_cleanup();
  bool is_growable = module_.types().kind(type) == TypeKind::Array;
  TypeId element = module_.types().arg(type);
  LocalId count = writer.new_temp(module_.types().int_());
  LocalId index = writer.new_temp(module_.types().int_());
  LocalId has_more = writer.new_temp(module_.types().bool_());
  BlockId head = writer.new_block(in_cleanup);
  BlockId body = writer.new_block(in_cleanup);
  BlockId done = writer.new_block(in_cleanup);

  if (is_growable) {
    writer.builtin(Builtin::ArrayLen, element, {Operand::borrow(array)}, count);
  } else {
    int64_t length = static_cast<int64_t>(module_.types().get(type).length);
    writer.assign(count, writer.int_const(length));
  }
  writer.jump(head);
  writer.begin(head);
  writer.binary(sir::BinaryOp::Lt, has_more, Operand::copy(next), Operand::copy(count));
  writer.branch(Operand::copy(has_more), body, done);

  BlockId on_panic = head;
  if (!in_cleanup) {
    on_panic = writer.new_block(true);
    writer.begin(on_panic);
    write_rest_of_array(writer, array, type, next, kept);
    writer.emit(InstKind::ResumeUnwind, {});
  }
  writer.begin(body);
  writer.assign(index, Operand::copy(next));
  writer.binary(sir::BinaryOp::WrapAdd, next, Operand::copy(next), writer.int_const(1));
  DropPiece piece{.place = element_of(array, index), .type = element, .flag = {}, .method = {}};
  if (is_growable) {
    LocalId taken = writer.new_temp(element);
    writer.builtin(Builtin::ArrayTakeAt, element, {Operand::mut(array), Operand::copy(index)},
                   taken);
    piece.place = taken;
  }
  write(writer, piece, on_panic);
  writer.jump(head);

  writer.begin(done);
  if (kept.valid()) {
    writer.builtin(Builtin::ArrayForgetFrom, element,
                   {Operand::mut(array), Operand::copy(kept)});
  } else if (is_growable) {
    writer.builtin(Builtin::ArrayForgetBefore, element,
                   {Operand::mut(array), Operand::copy(count)});
    // The array is empty: this frees its buffer and nothing else.
    write_release(writer, array);
  }
}

}  // namespace skein::passes
