// `par for`.
//
// The loop is cut into parts by its number of rounds alone. The function of one part stands for the
// variables around it, like a closure that is lent, and gives its partials; `run_parts` of
// stdlib/core has tasks call it and keeps the partials of all parts, which are then put together
// here from first to last:
//
//   fn main.closure(env, from: int, to: int) -> Result<int, E>     calls the next one
//   fn main.part(from, to, xs: window, y) -> Result<int, E>        the rounds, in a plain loop
//
// The second function is given what it uses as arguments, as any function is, so that the loop does
// not look through the environment in each round and can be vectorised.
#include <limits>

#include "compiler/lower/lower_closure.h"
#include "compiler/lower/lower_walk.h"
#include "compiler/lower/steps.h"
#include "compiler/lower/walk.h"
#include "compiler/support/check.h"

namespace skein::lower {

// ---- where reductions start --------------------------------------------------------------------

static uint32_t bits_of(Body& body, TypeId type) {
  switch (body.unit.kind(type)) {
    case TypeKind::I8:
    case TypeKind::U8: return 8;
    case TypeKind::I16:
    case TypeKind::U16: return 16;
    case TypeKind::I32:
    case TypeKind::U32: return 32;
    default: return 64;
  }
}

static bool is_unsigned(Body& body, TypeId type) {
  TypeKind kind = body.unit.kind(type);
  return kind == TypeKind::U8 || kind == TypeKind::U16 || kind == TypeKind::U32 ||
         kind == TypeKind::Uint;
}

// The greatest or least number of the type.
static Operand extreme(Body& body, TypeId type, bool is_greatest) {
  if (types::is_float(body.unit.kind(type))) {
    double infinity = std::numeric_limits<double>::infinity();
    return Operand::constant_float(type, is_greatest ? infinity : -infinity);
  }
  uint32_t bits = bits_of(body, type);
  uint64_t all = bits == 64 ? ~uint64_t(0) : (uint64_t(1) << bits) - 1;
  if (is_unsigned(body, type)) return Operand::constant_int(type, is_greatest ? all : 0);
  int64_t greatest = static_cast<int64_t>(all >> 1);
  int64_t number = is_greatest ? greatest : -greatest - 1;
  return Operand::constant_int(type, static_cast<uint64_t>(number));
}

// The value that changes nothing. Of `reduce(f, start)` it is asked for by who has the start.
static Operand identity(Body& body, const ast::Reduce& reduce, TypeId type) {
  using Reduction = ast::Reduce::Kind;
  if (reduce.kind == Reduction::Logical) {
    return body.const_bool(reduce.logical == ast::LogicalOp::And);
  }
  if (reduce.kind == Reduction::Min || reduce.kind == Reduction::Max) {
    return extreme(body, type, reduce.kind == Reduction::Min);
  }
  bool is_one = reduce.binary == ast::BinaryOp::Mul;
  if (types::is_float(body.unit.kind(type))) return Operand::constant_float(type, is_one ? 1 : 0);
  if (reduce.binary != ast::BinaryOp::BitAnd) return Operand::constant_int(type, is_one ? 1 : 0);
  if (is_unsigned(body, type)) return extreme(body, type, true);
  return Operand::constant_int(type, ~uint64_t(0));
}

// ---- one part ----------------------------------------------------------------------------------

// What the part returns: its partials.
static void return_partials(Body& part, const std::vector<LocalId>& partials, Span span) {
  TypeId value_type = part.program.types.arg(part.fn.return_type());
  Operand value = Operand::unit(value_type);
  if (partials.size() == 1) value = part.unit.needs_drop(value_type) ? Operand::move(partials[0])
                                                                   : Operand::copy(partials[0]);
  if (partials.size() > 1) {
    LocalId tuple = part.new_temp(value_type, span);
    Inst inst;
    inst.kind = InstKind::Aggregate;
    inst.span = span;
    inst.dest = tuple;
    for (LocalId partial : partials) {
      bool moves = part.unit.needs_drop(part.type_of(partial));
      inst.operands.push_back(moves ? Operand::move(partial) : Operand::copy(partial));
    }
    part.emit(std::move(inst));
    value = part.unit.needs_drop(value_type) ? Operand::move(tuple) : Operand::copy(tuple);
  }
  emit_variant(part, 0, {std::move(value)}, part.fn.return_local(), span);
}

static std::vector<LocalId> start_partials(Body& part, const ast::ParFor* node,
                                           const types::ParForFact& fact) {
  std::vector<LocalId> partials;
  for (size_t i = 0; i < fact.partial_vars.size(); ++i) {
    const ast::Reduce& reduce = node->reductions[i];
    LocalId partial = part.new_var(fact.partial_vars[i]);
    part.start_life(partial, reduce.span);
    TypeId type = part.type_of(partial);
    bool has_start = fact.starts[i].valid();
    part.assign(partial,
                has_start ? part.value_of(part.local_of(fact.starts[i]))
                          : identity(part, reduce, type),
                reduce.span);
    part.own(partial, reduce.span);
    partials.push_back(partial);
  }
  return partials;
}

static void lower_rounds(Body& part, const ast::ParFor* node, LocalId from, LocalId to) {
  Span span = node->iterable->span;
  std::vector<Walked> walk;
  for (const types::WalkPart& whole : part.program.walks.at(node->id.index)) {
    Walked walked;
    walked.part = &whole;
    if (whole.base.valid()) walked.base = part.local_of(whole.base);
    if (whole.size.valid()) walked.size = part.local_of(whole.size);
    walk.push_back(part_of(part, walked, from, to));
  }
  LocalId count = part.new_temp(part.program.types.int_(), span);
  part.binary(sir::BinaryOp::WrapSub, Operand::copy(to), Operand::copy(from), count, span);
  lower_walk(part, walk, count, node->body, Symbol(), span);
}

// The function with the rounds in it; its parameters are from, to, and the captures.
static FunctionId part_function(Body& parent, const ast::ParFor* node,
                                const types::ClosureDecl& closure) {
  FunctionId id = parent.unit.add_made_up(parent.root_name + ".part", sir::FunctionKind::Normal,
                                          closure.span);
  sir::Function& fn = parent.module.functions[id];
  fn.type_param_count = closure.type_param_count;
  fn.display_name = parent.root_name + ".part";
  sir::Local value;
  value.type = parent.fn.return_type();
  value.kind = sir::LocalKind::Return;
  value.span = closure.span;
  fn.locals.add(value);

  Body part(parent.unit, id);
  part.root_name = parent.root_name;
  part.task_count = parent.task_count;
  part.type_params = parent.type_params;
  TypeId number = part.program.types.int_();
  LocalId from = part.add_param(number, ParamMode::Own, Symbol(), closure.span);
  LocalId to = part.add_param(number, ParamMode::Own, Symbol(), closure.span);
  for (size_t i = 0; i < closure.captures.size(); ++i) {
    const types::VarDecl& decl = part.program.vars[closure.captures[i]];
    ParamMode mode = closure.is_changed[i] ? ParamMode::Mut : ParamMode::Borrow;
    part.bind(closure.captures[i], part.add_param(decl.type, mode, decl.name, decl.span));
  }
  if (gives_up_tasks(part.program, node->body, true)) enter_task_scope(part, node->body->span);
  const types::ParForFact& fact = part.program.par_fors.at(node->id.index);
  std::vector<LocalId> partials = start_partials(part, node, fact);
  lower_rounds(part, node, from, to);
  if (part.is_open()) return_partials(part, partials, node->span);
  part.leave(0, node->body->span, part.fn.return_local());
  part.emit(InstKind::Return, {}, node->body->span);
  part.finish();
  return id;
}

void lower_part(Body& body, const ast::ParFor* node, const types::ClosureDecl& closure,
                LocalId environment, const std::vector<LocalId>& params) {
  Inst call;
  call.kind = InstKind::Call;
  call.span = node->span;
  call.dest = body.fn.return_local();
  call.callee = part_function(body, node, closure);
  for (uint32_t i = 0; i < closure.type_param_count; ++i) {
    call.type_args.push_back(body.program.types.param(i));
  }
  for (LocalId param : params) call.operands.push_back(Operand::copy(param));
  for (uint32_t i = 0; i < closure.captures.size(); ++i) {
    Place captured = field_of(environment, i);
    call.operands.push_back(closure.is_changed[i] ? Operand::mut(captured)
                                                  : body.borrow_of(captured));
  }
  body.emit(std::move(call));
}

// ---- putting the partials together -------------------------------------------------------------

// `total = total op partial`.
static void add_partial(Body& body, const ast::Reduce& reduce, LocalId total, const Place& partial,
                        LocalId function) {
  using Reduction = ast::Reduce::Kind;
  Span span = reduce.span;
  TypeId type = body.type_of(total);
  if (reduce.kind == Reduction::Binary) {
    return emit_binary(body, reduce.binary, type, Operand::copy(total), Operand::copy(partial),
                       total, span);
  }
  if (reduce.kind == Reduction::Function) {
    LocalId both = body.new_temp(type, span);
    Inst call;
    call.kind = InstKind::CallValue;
    call.span = span;
    call.dest = both;
    bool needs_drop = body.unit.needs_drop(type);
    bool is_given = body.program.types.get(body.type_of(function)).modes[0] == ParamMode::Own;
    Operand first = !is_given    ? body.borrow_of(total)
                    : needs_drop ? Operand::move(total)
                                 : Operand::copy(total);
    call.operands = {Operand::borrow(function), std::move(first), body.borrow_of(partial)};
    body.emit(std::move(call));
    if (needs_drop && !is_given) body.drop(total, span);
    return body.assign(total, needs_drop ? Operand::move(both) : Operand::copy(both), span);
  }
  // Of the others the partial takes the place of the total, or it does not.
  LocalId takes = body.new_bool(span);
  if (reduce.kind == Reduction::Logical) {
    Operand kept = body.const_bool(reduce.logical == ast::LogicalOp::And);
    body.binary(sir::BinaryOp::Eq, Operand::copy(total), kept, takes, span);
  } else {
    bool is_min = reduce.kind == Reduction::Min;
    emit_compare(body, is_min ? ast::CompareOp::Lt : ast::CompareOp::Gt, type,
                 Operand::copy(partial), Operand::copy(total), takes, span);
  }
  BlockId taken = body.new_block();
  BlockId join = body.new_block();
  body.branch(Operand::copy(takes), taken, join, span);
  body.begin(taken);
  body.assign(total, Operand::copy(partial), span);
  body.jump(join, span);
  body.begin(join);
}

static void add_partials(Body& body, const ast::ParFor* node, const types::ParForFact& fact,
                         const Place& all, const std::vector<LocalId>& functions) {
  Span span = node->span;
  LocalId index = body.new_int(0, span);
  LocalId length = emit_length(body, all, span);
  CountedRounds rounds = begin_rounds(body, index, length, span);
  size_t outer = body.mark();
  Place partials = element_of(all, index);
  bool is_alone = fact.totals.size() == 1;
  for (uint32_t i = 0; i < fact.totals.size(); ++i) {
    add_partial(body, node->reductions[i], body.local_of(fact.totals[i]),
                is_alone ? partials : field_of(partials, i), functions[i]);
  }
  body.binary(sir::BinaryOp::WrapAdd, Operand::copy(index), body.const_int(1), index, span);
  body.leave(outer, span);
  body.jump(rounds.head, span);
  body.begin(rounds.done);
}

// ---- the loop ----------------------------------------------------------------------------------

// The functions and starts of `reduce(f, start)`, evaluated once.
static std::vector<LocalId> enter_reductions(Body& body, const ast::ParFor* node,
                                             const types::ParForFact& fact) {
  std::vector<LocalId> functions;
  for (size_t i = 0; i < node->reductions.size(); ++i) {
    const ast::Reduce& reduce = node->reductions[i];
    if (reduce.kind != ast::Reduce::Kind::Function) {
      functions.push_back(LocalId());
      continue;
    }
    functions.push_back(lower_to_temp(body, reduce.function));
    LocalId start = body.new_temp(body.program.vars[fact.starts[i]].type, reduce.span);
    lower_into(body, reduce.start, start);
    body.own(start, reduce.span);
    body.bind(fact.starts[i], start);
  }
  return functions;
}

// At most so many parts, of which stdlib/core makes fewer where there are fewer rounds. What a function puts
// together is mostly as large as what the rounds have found, so that each part costs what it found.
static int64_t most_parts(const ast::ParFor* node) {
  for (const ast::Reduce& reduce : node->reductions) {
    if (reduce.kind == ast::Reduce::Kind::Function) return 64;
  }
  return 256;
}

static LocalId emit_run(Body& body, const ast::ParFor* node, const types::ParForFact& fact,
                        LocalId count) {
  Span span = node->span;
  const types::ClosureDecl& closure = body.program.closures[fact.part];
  TypeId part_result = body.program.types.get(closure.signature).args.back();
  TypeId partials = body.program.types.arg(part_result, 0);
  TypeId error = body.program.types.arg(part_result, 1);
  TypeId all = body.program.types.make(TypeKind::Array, {partials});
  TypeId type = body.program.types.make(TypeKind::Result, {all, error});
  TypeId environment_type_id = environment_type(body, fact.part);
  LocalId environment = body.new_temp(environment_type_id, span);
  emit_environment(body, fact.part, environment, span);
  LocalId result = body.new_temp(type, span);
  emit_call(body, body.program.core.run_parts, {partials, error, environment_type_id},
            {Operand::copy(count), body.const_int(most_parts(node)), Operand::copy(environment)},
            type, result, span);
  body.own(result, span);
  return result;
}

void lower_par_for(Body& body, const ast::ParFor* node, const Place& dest) {
  Span span = node->span;
  const types::ParForFact& fact = body.program.par_fors.at(node->id.index);
  size_t outer = body.mark();
  LocalId count = body.new_int(0, span);
  std::vector<Walked> walk =
      enter_walk(body, body.program.walks.at(node->id.index), count, span);
  for (const Walked& walked : walk) {
    if (walked.part->base.valid()) body.bind(walked.part->base, walked.base);
    if (walked.part->size.valid()) body.bind(walked.part->size, walked.size);
  }
  std::vector<LocalId> functions = enter_reductions(body, node, fact);
  LocalId result = emit_run(body, node, fact, count);

  BlockId failed = body.new_block();
  BlockId ended = body.new_block();
  BlockId join = body.new_block();
  LocalId is_ok = body.new_bool(span);
  body.binary(sir::BinaryOp::Eq, Operand::copy(emit_tag(body, result, span)), body.const_int(0),
              is_ok, span);
  body.branch(Operand::copy(is_ok), ended, failed, span);
  body.begin(failed);
  if (!fact.may_fail) {
    body.unreachable(span);
  } else {
    if (dest.valid()) emit_variant(body, 1, {body.taken_from(payload_of(result, 1))}, dest, span);
    body.jump(join, span);
  }
  body.begin(ended);
  if (!fact.totals.empty()) add_partials(body, node, fact, payload_of(result, 0), functions);
  if (fact.may_fail && dest.valid()) {
    emit_variant(body, 0, {Operand::unit(body.program.types.unit())}, dest, span);
  }
  body.jump(join, span);
  body.begin(join);
  body.leave(outer, span, dest.is_local() ? dest.local : LocalId());
}

}  // namespace skein::lower
