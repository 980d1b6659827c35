// Loops. `for` is written out for what it runs over: a range counts, an array is walked by index,
// an array of values that cannot be copied is taken apart.
#include "compiler/lower/lower_iter.h"
#include "compiler/lower/lower_walk.h"
#include "compiler/lower/patterns.h"
#include "compiler/lower/steps.h"
#include "compiler/support/check.h"

namespace skein::lower {

// ---- loop, while ---------------------------------------------------------------------------

void lower_round(Body& body, const ast::Block* block, const LoopTarget& target) {
  body.loops.push_back(target);
  lower_block(body, block, Place());
  body.loops.pop_back();
  body.leave(target.iteration_mark, block->span);
  body.jump(target.continue_block, block->span);
}

void lower_loop(Body& body, const ast::Loop* node, const Place& dest) {
  InLoop in_loop(body);
  BlockId head = body.new_block();
  BlockId done = body.new_block();
  body.jump(head, node->span);
  body.begin(head);
  size_t outer = body.mark();
  lower_round(body, node->body,
              {.label = node->label.name,
               .break_block = done,
               .continue_block = head,
               .outer_mark = outer,
               .iteration_mark = outer,
               .result = dest});
  body.begin(done);
}

void lower_while(Body& body, const ast::While* node) {
  InLoop in_loop(body);
  BlockId head = body.new_block();
  BlockId done = body.new_block();
  body.jump(head, node->span);
  body.begin(head);
  size_t outer = body.mark();
  lower_conditions(body, node->conditions, outer, done, node->body);
  lower_round(body, node->body,
              {.label = node->label.name,
               .break_block = done,
               .continue_block = head,
               .outer_mark = outer,
               .iteration_mark = outer,
               .result = Place()});
  body.begin(done);
}

// ---- for over ranges -----------------------------------------------------------------------

Bounds lower_bounds(Body& body, const ast::Expr* iterable) {
  TypeId type = body.program.type_of(iterable);
  Bounds bounds;
  bounds.is_inclusive = body.unit.kind(type) == TypeKind::RangeInclusive;
  bounds.type = body.program.types.arg(type);
  if (const ast::Range* range = iterable->try_as<ast::Range>()) {
    std::vector<Operand> both = lower_args(
        body, {CallArg(range->low, ParamMode::Own), CallArg(range->high, ParamMode::Own)});
    bounds.low = std::move(both[0]);
    bounds.high = std::move(both[1]);
    return bounds;
  }
  Place range = lower_to_place(body, iterable);
  bounds.low = Operand::copy(field_of(range, 0));
  bounds.high = Operand::copy(field_of(range, 1));
  return bounds;
}

// Goes on behind the surrogates, which are no chars.
static void skip_surrogates(Body& body, LocalId current, TypeId number, Span span) {
  BlockId skip = body.new_block();
  BlockId go_on = body.new_block();
  LocalId is_surrogate = body.new_bool(span);
  body.binary(sir::BinaryOp::Eq, Operand::copy(current), Operand::constant_int(number, 0xd800),
              is_surrogate, span);
  body.branch(Operand::copy(is_surrogate), skip, go_on, span);
  body.begin(skip);
  body.assign(current, Operand::constant_int(number, 0xe000), span);
  body.jump(go_on, span);
  body.begin(go_on);
}

CountedRounds begin_rounds(Body& body, LocalId number, LocalId end, Span span) {
  BlockId head = body.new_block();
  BlockId round = body.new_block();
  BlockId done = body.new_block();
  body.jump(head, span);
  body.begin(head);
  LocalId goes_on = body.new_bool(span);
  body.binary(sir::BinaryOp::Lt, Operand::copy(number), Operand::copy(end), goes_on, span);
  body.branch(Operand::copy(goes_on), round, done, span);
  body.begin(round);
  return {head, done};
}

// A number to count in, for a bound of any type that ranges run over.
static LocalId to_counter(Body& body, Operand bound, TypeId number, Span span) {
  LocalId local = body.new_temp(number, span);
  body.convert(local, std::move(bound), span);
  return local;
}

// The counter is compared before it is increased, so it never passes the greatest number.
static void lower_for_range(Body& body, const ast::For* node) {
  Span span = node->iterable->span;
  Bounds bounds = lower_bounds(body, node->iterable);
  bool is_char = body.unit.kind(bounds.type) == TypeKind::Char;
  TypeId number = is_char ? body.program.types.plain(TypeKind::U32) : bounds.type;
  LocalId current = to_counter(body, std::move(bounds.low), number, span);
  LocalId end = to_counter(body, std::move(bounds.high), number, span);
  BlockId head = body.new_block();
  BlockId round = body.new_block();
  BlockId next = body.new_block();
  BlockId done = body.new_block();

  body.jump(head, span);
  body.begin(head);
  LocalId goes_on = body.new_bool(span);
  body.binary(bounds.is_inclusive ? sir::BinaryOp::Le : sir::BinaryOp::Lt, Operand::copy(current),
              Operand::copy(end), goes_on, span);
  body.branch(Operand::copy(goes_on), round, done, span);

  body.begin(round);
  size_t outer = body.mark();
  LocalId value = is_char ? to_counter(body, Operand::copy(current), bounds.type, span)
                          : current;
  lower_irrefutable(body, node->pattern, value);
  lower_round(body, node->body,
              {.label = node->label.name,
               .break_block = done,
               .continue_block = next,
               .outer_mark = outer,
               .iteration_mark = outer,
               .result = Place()});

  body.begin(next);
  if (bounds.is_inclusive) {
    BlockId increase = body.new_block();
    LocalId is_last = body.new_bool(span);
    body.binary(sir::BinaryOp::Eq, Operand::copy(current), Operand::copy(end), is_last, span);
    body.branch(Operand::copy(is_last), done, increase, span);
    body.begin(increase);
  }
  body.binary(sir::BinaryOp::WrapAdd, Operand::copy(current), Operand::constant_int(number, 1),
              current, span);
  if (is_char) skip_surrogates(body, current, number, span);
  // An inclusive range knows by now that there is a next one.
  body.jump(bounds.is_inclusive ? round : head, span);
  body.begin(done);
}

// ---- for over arrays -----------------------------------------------------------------------

// What an array loop counts with.
struct Walk {
  LocalId index;
  LocalId length;
  BlockId round;
  BlockId next;
  BlockId done;
};

static Walk begin_walk(Body& body, const Place& array, Span span) {
  Walk walk;
  walk.index = body.new_int(0, span);
  walk.length = body.new_temp(body.program.types.int_(), span);
  const types::Type& type = body.program.types.get(body.type_of(array));
  if (type.kind == TypeKind::FixedArray) {
    body.assign(walk.length, body.const_int(static_cast<int64_t>(type.length)), span);
  } else {
    body.builtin(Builtin::ArrayLen, {type.args[0]}, {Operand::borrow(array)}, walk.length, span);
  }
  return walk;
}

// Writes the test at the head of the loop; goes on in `round`.
static void begin_round(Body& body, Walk& walk, BlockId head, Span span) {
  walk.round = body.new_block();
  walk.next = body.new_block();
  walk.done = body.new_block();
  body.jump(head, span);
  body.begin(head);
  LocalId goes_on = body.new_bool(span);
  body.binary(sir::BinaryOp::Lt, Operand::copy(walk.index), Operand::copy(walk.length), goes_on,
              span);
  body.branch(Operand::copy(goes_on), walk.round, walk.done, span);
  body.begin(walk.round);
}

Place element_of(Place array, LocalId index) {
  Projection step;
  step.kind = Projection::Kind::Index;
  step.local = index;
  array.path.push_back(step);
  return array;
}

static LoopTarget target_of(Body& body, const ast::For* node, const Walk& walk) {
  return {.label = node->label.name,
          .break_block = walk.done,
          .continue_block = walk.next,
          .outer_mark = body.mark(),
          .iteration_mark = body.mark(),
          .result = Place()};
}

static void increase(Body& body, LocalId index, Span span) {
  body.binary(sir::BinaryOp::WrapAdd, Operand::copy(index), body.const_int(1), index, span);
}

// What an array has: elements of its own, or the entries of a map or set, which may have gaps.
enum class Elements : uint8_t { Own, OfMap, OfSet };

// The entry of a map or set that `slot` holds; goes on in the next round if it holds none.
static Place skip_gap(Body& body, const Place& slot, BlockId next, bool is_set, Span span) {
  BlockId entry = body.new_block();
  LocalId is_there = body.new_bool(span);
  body.binary(sir::BinaryOp::Ne, Operand::copy(emit_tag(body, slot, span)), body.const_int(0),
              is_there, span);
  body.branch(Operand::copy(is_there), entry, next, span);
  body.begin(entry);
  Place found = payload_of(slot, 1);
  return is_set ? field_of(found, 0) : found;
}

// The array stays as it is; each round sees a copy of an element, or the element in its place.
static void lower_for_elements(Body& body, const ast::For* node, const Place& array,
                               Elements elements = Elements::Own) {
  Span span = node->iterable->span;
  Walk walk = begin_walk(body, array, span);
  BlockId head = body.new_block();
  begin_round(body, walk, head, span);
  LoopTarget target = target_of(body, node, walk);
  Place element = element_of(array, walk.index);
  if (elements != Elements::Own) {
    element = skip_gap(body, element, walk.next, elements == Elements::OfSet, span);
  }
  lower_irrefutable(body, node->pattern, element);
  lower_round(body, node->body, target);
  body.begin(walk.next);
  increase(body, walk.index, span);
  body.jump(head, span);
  body.begin(walk.done);
}

// The elements are moved out one by one. On whatever way the loop is left, those that were taken
// are forgotten and the rest is dropped with the array.
static void lower_for_consuming(Body& body, const ast::For* node, LocalId array,
                                Elements elements = Elements::Own) {
  Span span = node->iterable->span;
  size_t loop = body.mark();
  TypeId type = body.program.types.arg(body.type_of(array));
  Walk walk = begin_walk(body, array, span);
  body.add_cleanup({.kind = Cleanup::Kind::DropTaken,
                    .local = array,
                    .count = walk.index,
                    .span = span});
  BlockId head = body.new_block();
  begin_round(body, walk, head, span);
  LoopTarget target = target_of(body, node, walk);
  target.continue_block = head;
  bool is_binding = node->pattern->is<ast::BindingPattern>() && elements == Elements::Own;
  VarId var = is_binding ? body.program.fact(node->pattern).var : VarId();
  LocalId element = var.valid() ? body.new_var(var) : body.new_temp(type, span);
  if (var.valid()) body.start_life(element, node->pattern->span);
  body.builtin(Builtin::ArrayTakeAt, {type}, {Operand::mut(array), Operand::copy(walk.index)},
               element, span);
  increase(body, walk.index, span);
  body.own(element, span);
  Place found = element;
  if (elements != Elements::Own) {
    BlockId gap = body.new_block();
    found = skip_gap(body, element, gap, elements == Elements::OfSet, span);
    BlockId entry = body.new_block();
    body.jump(entry, span);
    body.begin(gap);
    body.exit(target.iteration_mark, span);
    body.jump(head, span);
    body.begin(entry);
  }
  if (!var.valid()) lower_irrefutable(body, node->pattern, found);
  lower_round(body, node->body, target);
  body.begin(walk.done);
  body.leave(loop, span);
}

// A map or set as it is now: a loop over its entries.
static void lower_for_map(Body& body, const ast::For* node) {
  TypeId type = body.program.type_of(node->iterable);
  Span span = node->iterable->span;
  Elements elements = is_set(body, type) ? Elements::OfSet : Elements::OfMap;
  if (binds_places(body, node->pattern)) {
    Place entries = entries_of(body, write_place(body, lower_pending_place(body, node->iterable)));
    if (!body.unit.is_move_only(type)) {
      body.emit(InstKind::Unshare, {Operand::mut(entries)}, span);
    }
    LocalId held = body.new_ref(body.type_of(entries), Symbol(), span);
    emit_ref(body, held, Operand::mut(entries), span);
    return lower_for_elements(body, node, held, elements);
  }
  bool is_named = is_place(body, node->iterable);
  if (!body.unit.is_move_only(type)) {
    Place collection = lower_to_temp(body, node->iterable);
    return lower_for_elements(body, node, entries_of(body, collection), elements);
  }
  Place collection = is_named ? lower_to_place(body, node->iterable) : Place();
  if (is_named && !sir::owns_value(body.fn.locals[collection.local])) {
    return lower_for_elements(body, node, entries_of(body, collection), elements);
  }
  Place entries = entries_of(body, lower_to_temp(body, node->iterable));
  LocalId taken = body.new_temp(body.type_of(entries), span);
  body.assign(taken, body.taken_from(entries), span);
  lower_for_consuming(body, node, taken, elements);
}

// `for mut x in xs`: the loop holds the array or window, under a name of its own, from its start to its end.
static void lower_for_places(Body& body, const ast::For* node) {
  Span span = node->iterable->span;
  Place array = enter_array(body, node->iterable);
  LocalId held = body.new_ref(body.type_of(array), Symbol(), span);
  emit_ref(body, held, Operand::mut(array), span);
  lower_for_elements(body, node, held);
}

static void lower_for_chunks(Body& body, const ast::For* node, const types::CallFact& call) {
  LoopTarget target = begin_chunks(body, node, call);
  lower_round(body, node->body, target);
  body.begin(target.break_block);
}

static void lower_for_array(Body& body, const ast::For* node) {
  if (const types::CallFact* call =
          call_of_builtin(body, node->iterable, Builtin::ArrayChunksMut)) {
    return lower_for_chunks(body, node, *call);
  }
  TypeId type = body.program.type_of(node->iterable);
  Span span = node->iterable->span;
  bool is_named = is_place(body, node->iterable);
  bool is_growable = body.unit.kind(type) == TypeKind::Array;
  if (binds_places(body, node->pattern)) return lower_for_places(body, node);
  if (is_growable && body.unit.is_move_only(type)) {
    Place array = is_named ? lower_to_place(body, node->iterable) : Place();
    bool is_owned = !is_named || sir::owns_value(body.fn.locals[array.local]);
    // Elements that belong to somebody else are looked at where they are.
    if (!is_owned) return lower_for_elements(body, node, array);
    LocalId taken = body.new_temp(type, span);
    lower_into(body, node->iterable, taken);
    return lower_for_consuming(body, node, taken);
  }
  // The array as it is now, whatever the body does to the variable.
  lower_for_elements(body, node, lower_to_temp(body, node->iterable));
}

void lower_for(Body& body, const ast::For* node) {
  InLoop in_loop(body);
  if (body.program.walks.contains(node->id.index)) return lower_for_walk(body, node);
  size_t outer = body.mark();
  TypeId type = body.program.type_of(node->iterable);
  if (is_map(body, type) || is_set(body, type)) {
    lower_for_map(body, node);
    return body.leave(outer, node->span);
  }
  switch (body.unit.kind(type)) {
    case TypeKind::Range:
    case TypeKind::RangeInclusive:
      lower_for_range(body, node);
      break;
    case TypeKind::Array:
    case TypeKind::FixedArray:
      lower_for_array(body, node);
      break;
    default:
      if (body.program.call_of(node) != nullptr) {
        LoopTarget target = lower_iterator_head(body, node);
        lower_round(body, node->body, target);
        body.begin(target.break_block);
        break;
      }
      SKEIN_UNREACHABLE("check let a `for` over another type through");
  }
  body.leave(outer, node->span);
}

// ---- break, continue -----------------------------------------------------------------------

static const LoopTarget& find_loop(Body& body, const ast::Ident& label) {
  for (size_t i = body.loops.size(); i > 0; --i) {
    const LoopTarget& loop = body.loops[i - 1];
    if (!label.valid() || loop.label == label.name) return loop;
  }
  SKEIN_UNREACHABLE("a jump to a loop that is not around it");
}

void lower_break(Body& body, const ast::Break* node) {
  LoopTarget loop = find_loop(body, node->label);
  size_t outer = body.mark();
  LocalId result = loop.result.valid() ? loop.result.local : LocalId();
  if (node->value != nullptr) lower_into(body, node->value, loop.result);
  body.exit(loop.outer_mark, node->span, result);
  body.jump(loop.break_block, node->span);
  body.forget(outer);
}

void lower_continue(Body& body, const ast::Continue* node) {
  LoopTarget loop = find_loop(body, node->label);
  body.exit(loop.iteration_mark, node->span);
  body.jump(loop.continue_block, node->span);
}

}  // namespace skein::lower
