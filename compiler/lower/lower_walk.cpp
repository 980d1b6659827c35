// Loops over several things side by side: each round binds the element of that number of each.
//
//   for (i, mut x) in xs.enumerate()      counter, places of xs
//   for (mut a, b) in xs.zip(ys)          places of xs, elements of ys; the shorter one counts
//   for mut part in xs.chunks_mut(n)      windows of xs
#include "compiler/lower/lower_walk.h"

#include "compiler/lower/steps.h"
#include "compiler/support/check.h"

namespace skein::lower {

using Kind = types::WalkPart::Kind;

// ---- what is gone over -------------------------------------------------------------------------

static LocalId to_int(Body& body, Operand number, Span span) {
  LocalId local = body.new_temp(body.program.types.int_(), span);
  body.convert(local, std::move(number), span);
  return local;
}

// `local = min(local, limit)`.
static void limit(Body& body, LocalId local, LocalId most, Span span) {
  LocalId is_more = body.new_bool(span);
  BlockId more = body.new_block();
  BlockId goes_on = body.new_block();
  body.binary(sir::BinaryOp::Gt, Operand::copy(local), Operand::copy(most), is_more, span);
  body.branch(Operand::copy(is_more), more, goes_on, span);
  body.begin(more);
  body.assign(local, Operand::copy(most), span);
  body.jump(goes_on, span);
  body.begin(goes_on);
}

static Walked enter_range(Body& body, const types::WalkPart& part) {
  Span span = part.source->span;
  Bounds bounds = lower_bounds(body, part.source);
  Walked walked;
  walked.part = &part;
  walked.base = to_int(body, std::move(bounds.low), span);
  LocalId high = to_int(body, std::move(bounds.high), span);
  walked.count = body.new_int(0, span);
  // One that ends before it begins has no numbers.
  LocalId has_numbers = body.new_bool(span);
  BlockId some = body.new_block();
  BlockId join = body.new_block();
  body.binary(bounds.is_inclusive ? sir::BinaryOp::Le : sir::BinaryOp::Lt,
              Operand::copy(walked.base), Operand::copy(high), has_numbers, span);
  body.branch(Operand::copy(has_numbers), some, join, span);
  body.begin(some);
  body.binary(sir::BinaryOp::Sub, Operand::copy(high), Operand::copy(walked.base), walked.count,
              span);
  if (bounds.is_inclusive) {
    body.binary(sir::BinaryOp::Add, Operand::copy(walked.count), body.const_int(1), walked.count,
                span);
  }
  body.jump(join, span);
  body.begin(join);
  return walked;
}

// A window of all elements, for the length of the loop.
static LocalId enter_whole(Body& body, const Place& array, bool writes, Span span) {
  TypeKind kind = body.unit.kind(body.type_of(array));
  if (kind == TypeKind::FixedArray) return emit_whole_window(body, array, writes, span);
  TypeId element = body.program.types.arg(body.type_of(array));
  LocalId length = emit_length(body, array, span);
  LocalId window =
      body.new_temp(body.program.types.make(TypeKind::Window, {element}), span);
  body.builtin(Builtin::ArrayWindow, {element},
               {writes ? Operand::mut(array) : Operand::borrow(array), body.const_int(0),
                Operand::copy(length)},
               window, span);
  return window;
}

// The array as it is now; elements that cannot be copied are looked at where they are.
static Place read_array(Body& body, const ast::Expr* source) {
  TypeId type = body.program.type_of(source);
  bool stays = body.unit.is_move_only(type) && is_place(body, source);
  return stays ? lower_to_place(body, source) : Place(lower_to_temp(body, source));
}

static Walked enter_array_part(Body& body, const types::WalkPart& part) {
  Span span = part.source->span;
  bool writes = part.kind == Kind::Places;
  Place array = writes ? enter_array(body, part.source) : read_array(body, part.source);
  Walked walked;
  walked.part = &part;
  walked.base = enter_whole(body, array, writes, span);
  walked.count = emit_length(body, walked.base, span);
  return walked;
}

static Walked enter_chunks(Body& body, const types::WalkPart& part) {
  Span span = part.source->span;
  const types::CallFact& call = *call_of_builtin(body, part.source, Builtin::ArrayChunksMut);
  Walked walked;
  walked.part = &part;
  walked.size = body.new_temp(body.program.types.int_(), span);
  lower_into(body, call.args[1], walked.size);
  walked.base = enter_whole(body, enter_array(body, call.args[0]), true, span);
  walked.count = emit_length(body, walked.base, span);
  // Rounded up. A size of 0 would never get anywhere: it is a division by zero.
  LocalId last = body.new_temp(body.program.types.int_(), span);
  body.binary(sir::BinaryOp::Sub, Operand::copy(walked.size), body.const_int(1), last, span);
  body.binary(sir::BinaryOp::Add, Operand::copy(walked.count), Operand::copy(last), walked.count,
              span);
  body.binary(sir::BinaryOp::Div, Operand::copy(walked.count), Operand::copy(walked.size),
              walked.count, span);
  return walked;
}

std::vector<Walked> enter_walk(Body& body, const std::vector<types::WalkPart>& parts,
                               LocalId count, Span span) {
  std::vector<Walked> walk;
  bool is_first = true;
  for (const types::WalkPart& part : parts) {
    switch (part.kind) {
      case Kind::Counter:
        walk.push_back({.part = &part, .base = {}, .size = {}, .count = {}});
        continue;
      case Kind::Range:
        walk.push_back(enter_range(body, part));
        break;
      case Kind::Elements:
      case Kind::Places:
        walk.push_back(enter_array_part(body, part));
        break;
      case Kind::Chunks:
        walk.push_back(enter_chunks(body, part));
        break;
    }
    if (is_first) {
      body.assign(count, Operand::copy(walk.back().count), span);
    } else {
      limit(body, count, walk.back().count, span);
    }
    is_first = false;
  }
  return walk;
}

// ---- one round ---------------------------------------------------------------------------------

// `base + index`, as the type that the pattern wants.
static LocalId number_of_round(Body& body, const Walked& walked, LocalId index) {
  Span span = walked.part->pattern->span;
  LocalId number = body.new_temp(body.program.types.int_(), span);
  if (!walked.base.valid()) {
    body.assign(number, Operand::copy(index), span);
    return number;
  }
  body.binary(sir::BinaryOp::WrapAdd, Operand::copy(walked.base), Operand::copy(index), number,
              span);
  if (walked.part->kind != Kind::Range) return number;
  TypeId wanted = body.program.types.arg(body.program.type_of(walked.part->source));
  if (wanted == body.program.types.int_()) return number;
  LocalId converted = body.new_temp(wanted, span);
  body.convert(converted, Operand::copy(number), span);
  return converted;
}

static void bind_chunk(Body& body, const Walked& walked, LocalId index) {
  Span span = walked.part->pattern->span;
  VarId var = body.program.fact(walked.part->pattern).var;
  LocalId start = body.new_temp(body.program.types.int_(), span);
  body.binary(sir::BinaryOp::Mul, Operand::copy(index), Operand::copy(walked.size), start, span);
  LocalId length = emit_length(body, walked.base, span);
  LocalId end = emit_chunk_end(body, start, walked.size, length, span);
  TypeId window = body.type_of(walked.base);
  LocalId chunk = body.new_temp(window, span);
  body.fn.locals[chunk].name = body.program.vars[var].name;
  body.fn.locals[chunk].kind = sir::LocalKind::Var;
  body.bind(var, chunk);
  body.builtin(Builtin::ArrayWindow, {body.program.types.arg(window)},
               {Operand::mut(walked.base), Operand::copy(start), Operand::copy(end)}, chunk, span);
}

static void bind_round(Body& body, const std::vector<Walked>& walk, LocalId index) {
  for (const Walked& walked : walk) {
    switch (walked.part->kind) {
      case Kind::Counter:
      case Kind::Range:
        lower_irrefutable(body, walked.part->pattern, number_of_round(body, walked, index));
        break;
      case Kind::Elements:
      case Kind::Places:
        lower_irrefutable(body, walked.part->pattern, element_of(walked.base, index));
        break;
      case Kind::Chunks:
        bind_chunk(body, walked, index);
        break;
    }
  }
}

// ---- a part of a walk --------------------------------------------------------------------------

static LocalId emit_product(Body& body, LocalId a, LocalId b, Span span) {
  LocalId product = body.new_temp(body.program.types.int_(), span);
  body.binary(sir::BinaryOp::Mul, Operand::copy(a), Operand::copy(b), product, span);
  return product;
}

// The stretch of a window between two elements.
static LocalId narrow(Body& body, LocalId window, bool writes, LocalId from, LocalId to, Span span) {
  TypeId type = body.type_of(window);
  LocalId part = body.new_temp(type, span);
  body.builtin(Builtin::ArrayWindow, {body.program.types.arg(type)},
               {writes ? Operand::mut(window) : Operand::borrow(window), Operand::copy(from),
                Operand::copy(to)},
               part, span);
  return part;
}

Walked part_of(Body& body, const Walked& whole, LocalId from, LocalId to) {
  Span span = whole.part->pattern->span;
  Walked part = whole;
  switch (whole.part->kind) {
    case Kind::Counter:
      part.base = from;
      return part;
    case Kind::Range:
      part.base = body.new_temp(body.program.types.int_(), span);
      body.binary(sir::BinaryOp::WrapAdd, Operand::copy(whole.base), Operand::copy(from), part.base,
                  span);
      return part;
    case Kind::Elements:
      part.base = narrow(body, whole.base, false, from, to, span);
      return part;
    case Kind::Places:
      part.base = narrow(body, whole.base, true, from, to, span);
      return part;
    case Kind::Chunks: {
      // The size is read once, where nothing that the rounds write can be in its way.
      part.size = body.new_temp(body.program.types.int_(), span);
      body.assign(part.size, Operand::copy(whole.size), span);
      LocalId end = emit_product(body, to, part.size, span);
      limit(body, end, emit_length(body, whole.base, span), span);
      part.base =
          narrow(body, whole.base, true, emit_product(body, from, part.size, span), end, span);
      return part;
    }
  }
  SKEIN_UNREACHABLE("an unknown kind of walk");
}

// ---- the loop ----------------------------------------------------------------------------------

void lower_walk(Body& body, const std::vector<Walked>& walk, LocalId count, const ast::Block* block,
                Symbol label, Span span) {
  InLoop in_loop(body);
  LocalId index = body.new_int(0, span);
  CountedRounds rounds = begin_rounds(body, index, count, span);
  BlockId next = body.new_block();
  size_t outer = body.mark();
  bind_round(body, walk, index);
  lower_round(body, block,
              {.label = label,
               .break_block = rounds.done,
               .continue_block = next,
               .outer_mark = outer,
               .iteration_mark = outer,
               .result = Place()});
  body.begin(next);
  body.binary(sir::BinaryOp::WrapAdd, Operand::copy(index), body.const_int(1), index, span);
  body.jump(rounds.head, span);
  body.begin(rounds.done);
}

void lower_for_walk(Body& body, const ast::For* node) {
  Span span = node->iterable->span;
  size_t whole = body.mark();
  LocalId count = body.new_int(0, span);
  std::vector<Walked> walk =
      enter_walk(body, body.program.walks.at(node->id.index), count, span);
  lower_walk(body, walk, count, node->body, node->label.name, span);
  body.leave(whole, span);
}

}  // namespace skein::lower
