// Maps and sets. They are structs of stdlib/core, whose methods find and insert entries; what is
// written here leads from a map to the place of a value in it, so that the value can be read and
// changed where it is.
#include "compiler/lower/steps.h"
#include "compiler/support/check.h"

namespace skein::lower {

using ast::ExprKind;

static bool is_struct(Body& body, TypeId id, types::StructId wanted) {
  const types::Type& type = body.program.types.get(id);
  return type.kind == TypeKind::Struct && type.decl == wanted.index;
}

bool is_map(Body& body, TypeId type) { return is_struct(body, type, body.program.core.map); }
bool is_set(Body& body, TypeId type) { return is_struct(body, type, body.program.core.set); }

Place entries_of(Body& body, Place collection) {
  if (is_set(body, body.type_of(collection))) collection = field_of(std::move(collection), 0);
  return field_of(std::move(collection), 0);
}

// Calls a method of maps, whose type arguments are those of the map.
static void call_method(Body& body, types::FnId method, TypeId map, std::vector<Operand> operands,
                        TypeId result, const Place& dest, Span span) {
  SKEIN_CHECK(method.valid(), "the core library lacks a method of maps");
  const std::vector<TypeId> type_args = body.program.types.get(map).args;
  emit_call(body, method, type_args, std::move(operands), result, dest, span);
}

static void insert(Body& body, const Place& map, Operand key, Operand value, Span span) {
  TypeId is_new = body.program.types.bool_();
  call_method(body, body.program.core.map_insert, body.type_of(map),
              {Operand::mut(map), std::move(key), std::move(value)}, is_new, body.new_bool(span),
              span);
}

// ---- literals ------------------------------------------------------------------------------

void lower_map(Body& body, const ast::MapLit* node, const Place& dest) {
  TypeId type = body.program.fact(node).type;
  LocalId map = body.new_temp(type, node->span);
  call_method(body, body.program.core.map_new, type, {}, type, map, node->span);
  body.own(map, node->span);
  for (const ast::MapEntry& entry : node->entries) {
    std::vector<Operand> both = lower_args(
        body, {CallArg(entry.key, ParamMode::Own), CallArg(entry.value, ParamMode::Own)});
    insert(body, map, std::move(both[0]), std::move(both[1]), entry.key->span);
  }
  if (dest.valid()) body.assign(dest, body.taken_from(map), node->span);
}

// ---- `m[k]` --------------------------------------------------------------------------------

// The key stays as it is until the access. A variable that cannot change serves itself.
static Operand lower_key(Body& body, const ast::Expr* key) {
  if (std::optional<Operand> constant = constant_of(body, key)) return *constant;
  if (is_place(body, key) && key->kind == ExprKind::Name) {
    VarId var = std::get<VarId>(body.program.fact(key).name);
    LocalId local = body.local_of(var);
    if (!body.program.vars[var].is_mutable && !body.fn.locals[local].is_ref) {
      return body.borrow_of(local);
    }
  }
  return body.borrow_of(lower_to_temp(body, key));
}

void add_map_step(Body& body, const ast::Index* node, PendingPlace& pending) {
  PendingPlace::Step step;
  step.span = node->span;
  step.container = body.program.type_of(node->receiver);
  step.key = lower_key(body, node->args[0].value);
  if (node->args.size() > 1) {
    const ast::Expr* value = node->args[1].value;
    std::optional<Operand> constant = constant_of(body, value);
    step.fallback = constant ? *constant : Operand::borrow(lower_to_temp(body, value));
  }
  pending.steps.push_back(std::move(step));
}

// What was only looked at so far, as a value of its own.
static Operand owned(Body& body, const Operand& operand) {
  return operand.is_place() ? body.taken_from(operand.place) : operand;
}

static Place value_in(Body& body, const Place& map, LocalId slot) {
  Projection step;
  step.kind = Projection::Kind::Index;
  step.local = slot;
  Place entry = entries_of(body, map);
  entry.path.push_back(step);
  return field_of(payload_of(std::move(entry), 1), 1);
}

// The number of the entry, or one below 0.
static LocalId find_slot(Body& body, const Place& map, const PendingPlace::Step& step) {
  TypeId int_type = body.program.types.int_();
  LocalId slot = body.new_temp(int_type, step.span);
  call_method(body, body.program.core.map_slot, step.container, {Operand::borrow(map), *step.key},
              int_type, slot, step.span);
  return slot;
}

static void branch_if_missing(Body& body, LocalId slot, BlockId missing, BlockId found,
                              Span span) {
  LocalId is_missing = body.new_bool(span);
  body.binary(sir::BinaryOp::Lt, Operand::copy(slot), body.const_int(0), is_missing, span);
  body.branch(Operand::copy(is_missing), missing, found, span);
}

static void panic_without_key(Body& body, const PendingPlace::Step& step) {
  size_t outer = body.mark();
  LocalId text = body.new_temp(body.program.types.str(), step.span);
  body.assign(text, body.const_str("the map has no entry for the key "), step.span);
  body.own(text, step.span);
  TypeId key = body.program.types.arg(step.container);
  emit_show(body, key, *step.key, text, "?", step.span);
  body.emit(InstKind::Panic, {Operand::borrow(text)}, step.span);
  body.forget(outer);
}

// Reading with a value for what is missing: a copy of one or the other.
static Place read_or(Body& body, const Place& map, const PendingPlace::Step& step) {
  LocalId value = body.new_temp(body.program.types.arg(step.container, 1), step.span);
  LocalId slot = find_slot(body, map, step);
  BlockId missing = body.new_block();
  BlockId found = body.new_block();
  BlockId done = body.new_block();
  branch_if_missing(body, slot, missing, found, step.span);
  body.begin(missing);
  body.assign(value, owned(body, *step.fallback), step.span);
  body.jump(done, step.span);
  body.begin(found);
  body.assign(value, body.value_of(value_in(body, map, slot)), step.span);
  body.jump(done, step.span);
  body.begin(done);
  body.own(value, step.span);
  return value;
}

// Before a write to an entry of a map whose copies share the entries.
static void unshare_entries(Body& body, const Place& map, const PendingPlace::Step& step) {
  if (body.unit.is_move_only(step.container)) return;
  body.emit(InstKind::Unshare, {Operand::mut(entries_of(body, map))}, step.span);
}

// The place of the value, with an entry made if there is none.
static Place found_or_entered(Body& body, const Place& map, const PendingPlace::Step& step) {
  LocalId slot = find_slot(body, map, step);
  BlockId missing = body.new_block();
  BlockId done = body.new_block();
  branch_if_missing(body, slot, missing, done, step.span);
  body.begin(missing);
  call_method(body, body.program.core.map_enter, step.container,
              {Operand::mut(map), Operand::copy(slot), owned(body, *step.key),
               owned(body, *step.fallback)},
              body.program.types.int_(), slot, step.span);
  body.jump(done, step.span);
  body.begin(done);
  unshare_entries(body, map, step);
  return value_in(body, map, slot);
}

Place enter_map(Body& body, const Place& map, const PendingPlace::Step& step, bool writes) {
  if (step.fallback && !writes) return read_or(body, map, step);
  if (step.fallback) return found_or_entered(body, map, step);
  LocalId slot = find_slot(body, map, step);
  BlockId missing = body.new_block();
  BlockId found = body.new_block();
  branch_if_missing(body, slot, missing, found, step.span);
  body.begin(missing);
  panic_without_key(body, step);
  body.begin(found);
  if (writes) unshare_entries(body, map, step);
  return value_in(body, map, slot);
}

void insert_into_map(Body& body, const Place& map, const PendingPlace::Step& step, Operand value) {
  insert(body, map, owned(body, *step.key), std::move(value), step.span);
}

}  // namespace skein::lower
