// `select`: guards and what the arms work with are evaluated, then one instruction does one of the arms,
// and a switch goes to its body.
#include "compiler/lower/steps.h"
#include "compiler/lower/walk.h"
#include "compiler/support/check.h"

namespace skein::lower {

using Kind = ast::SelectArm::Kind;

// One arm: the option that a value comes from or goes to, or the task it waits for.
struct PlannedArm {
  const ast::SelectArm* source;
  LocalId slot = {};
  std::optional<PendingPlace> pending = {};
  Place task = {};
};

static bool uses_channel(const ast::SelectArm& arm) {
  return arm.kind == Kind::Receive || arm.kind == Kind::Each || arm.kind == Kind::Send;
}

static const char* word_of(const ast::SelectArm& arm) {
  switch (arm.kind) {
    case Kind::Receive:
      return "receive";
    case Kind::Each:
      return "each";
    case Kind::Send:
      return "send";
    case Kind::Closed:
      return "closed";
    case Kind::Await:
      return "await";
    case Kind::After:
      return "after";
    case Kind::Default:
      return "default";
  }
  SKEIN_UNREACHABLE("an unknown arm of a select");
}

// What goes through the channel that an expression gives.
static TypeId carried_by(Body& body, const ast::Expr* channel) {
  return body.program.types.arg(body.program.type_of(channel));
}

static LocalId new_slot(Body& body, TypeId content, Span span) {
  return body.new_temp(body.program.types.make(TypeKind::Option, {content}), span);
}

static void set_none(Body& body, LocalId slot, Span span) {
  types::VariantRef none = {.type = body.type_of(slot), .variant = 0};
  lower_variant_value(body, none, slot, span);
  body.own(slot, span);
}

// Writes what is evaluated only if the arm is on.
static void when_on(Body& body, const Operand& guard, Span span,
                    const std::function<void()>& evaluate) {
  if (guard.kind == Operand::Kind::Const) return evaluate();
  BlockId on = body.new_block();
  BlockId after = body.new_block();
  body.branch(guard, on, after, span);
  body.begin(on);
  size_t outer = body.mark();
  evaluate();
  body.leave(outer, span);
  body.jump(after, span);
  body.begin(after);
}

// An option with the value of an expression; without one where the arm is off.
static void lower_optional(Body& body, const ast::Expr* expr, LocalId option,
                           const Operand& guard) {
  set_none(body, option, expr->span);
  when_on(body, guard, expr->span, [&] {
    size_t outer = body.mark();
    LocalId value = body.new_temp(body.program.types.arg(body.type_of(option)), expr->span);
    lower_into(body, expr, value);
    body.own(value, expr->span);
    emit_variant(body, 1, {body.taken_from(value)}, option, expr->span);
    body.leave(outer, expr->span);
  });
}

// A variable or field is there whether the arm is on or not, and needs no copy unless something that
// is evaluated later changes it.
static bool is_lent(Body& body, const std::vector<PlannedArm>& arms, size_t i, bool has_guard) {
  const ast::Expr* channel = arms[i].source->operand;
  if (!is_place(body, channel)) return false;
  VarId root = root_variable(body.program, channel);
  if (!root.valid()) return false;
  for (const ast::Expr* part = channel; has_guard && part->kind != ast::ExprKind::Name;) {
    const ast::Field* field = part->try_as<ast::Field>();
    if (field == nullptr) return false;
    part = field->receiver;
  }
  for (size_t later = i; later < arms.size(); ++later) {
    for (const ast::Expr* expr : {arms[later].source->operand, arms[later].source->value}) {
      if (expr != nullptr && changes_variable(body.program, expr, root)) return false;
    }
  }
  return true;
}

static Operand lower_channel(Body& body, const std::vector<PlannedArm>& arms, size_t i,
                             const Operand& guard) {
  const ast::Expr* channel = arms[i].source->operand;
  bool has_guard = guard.kind != Operand::Kind::Const;
  if (is_lent(body, arms, i, has_guard)) return Operand::borrow(lower_to_place(body, channel));
  if (!has_guard) return Operand::borrow(lower_to_temp(body, channel));
  LocalId option = new_slot(body, body.program.type_of(channel), channel->span);
  lower_optional(body, channel, option, guard);
  return Operand::borrow(option);
}

static Operand lower_time(Body& body, const ast::Expr* time, const Operand& guard) {
  if (guard.kind == Operand::Kind::Const) return lower_value(body, time);
  TypeId type = body.program.types.plain(TypeKind::Duration);
  LocalId value = body.new_temp(type, time->span);
  body.assign(value, Operand::constant_int(type, 0), time->span);
  when_on(body, guard, time->span, [&] { lower_into(body, time, value); });
  return Operand::copy(value);
}

// Where the arms are that are always on, the places of tasks are entered last of all (language
// rule 2).
static void lower_task_place(Body& body, PlannedArm& arm, const Operand& guard) {
  const ast::Expr* task = arm.source->operand;
  if (guard.kind == Operand::Kind::Const) {
    arm.pending = lower_pending_place(body, task);
    return;
  }
  when_on(body, guard, task->span,
          [&] { arm.task = write_place(body, lower_pending_place(body, task)); });
}

static std::vector<Operand> lower_guards(Body& body, const std::vector<PlannedArm>& arms) {
  std::vector<Operand> guards;
  for (const PlannedArm& arm : arms) {
    const ast::Expr* guard = arm.source->guard;
    guards.push_back(guard == nullptr ? body.const_bool(true)
                                      : Operand::copy(lower_to_temp(body, guard)));
  }
  return guards;
}

// Evaluates guards first, then what the arms that are on work with, in the order of the arms.
static std::vector<Operand> lower_arms(Body& body, std::vector<PlannedArm>& arms) {
  std::vector<Operand> guards = lower_guards(body, arms);
  std::vector<Operand> operands;
  for (size_t i = 0; i < arms.size(); ++i) {
    PlannedArm& arm = arms[i];
    const ast::SelectArm& source = *arm.source;
    operands.push_back(guards[i]);
    if (uses_channel(source)) {
      Operand channel = lower_channel(body, arms, i, guards[i]);
      arm.slot = new_slot(body, carried_by(body, source.operand), source.span);
      if (source.kind == Kind::Send) {
        lower_optional(body, source.value, arm.slot, guards[i]);
      } else {
        set_none(body, arm.slot, source.span);
      }
      operands.push_back(std::move(channel));
      operands.push_back(Operand::mut(arm.slot));
    } else if (source.kind == Kind::After) {
      operands.push_back(lower_time(body, source.operand, guards[i]));
    } else if (source.kind == Kind::Await) {
      lower_task_place(body, arm, guards[i]);
      operands.push_back(Operand());
    }
  }
  return operands;
}

// The places of tasks are entered when all else is evaluated.
static void enter_tasks(Body& body, std::vector<PlannedArm>& arms, std::vector<Operand>& operands) {
  size_t next = 0;
  for (PlannedArm& arm : arms) {
    ++next;
    if (uses_channel(*arm.source)) next += 2;
    if (arm.source->kind == Kind::After) ++next;
    if (arm.source->kind != Kind::Await) continue;
    if (arm.pending) arm.task = write_place(body, *arm.pending);
    operands[next++] = Operand::mut(arm.task);
  }
}

// The task is over, so this does not wait.
static void take_result(Body& body, const PlannedArm& arm) {
  const ast::SelectArm& source = *arm.source;
  LocalId value = body.new_temp(body.program.types.arg(body.type_of(arm.task)), source.span);
  emit_await(body, arm.task, value, source.operand->span);
  body.own(value, source.span);
  if (source.pattern != nullptr) lower_irrefutable(body, source.pattern, value);
}

static void bind_received(Body& body, const PlannedArm& arm) {
  const ast::SelectArm& source = *arm.source;
  bool is_each = source.kind == Kind::Each;
  LocalId is_some = {};
  if (source.ok != nullptr) is_some = emit_is_some(body, arm.slot, source.span);
  if (source.pattern != nullptr) {
    lower_irrefutable(body, source.pattern, is_each ? payload_of(arm.slot, 1) : Place(arm.slot));
  }
  if (source.ok != nullptr) lower_irrefutable(body, source.ok, is_some);
}

static void lower_arm_body(Body& body, const PlannedArm* arm, const ast::SelectArm& source,
                           const Place& dest, BlockId join) {
  size_t outer = body.mark();
  bool receives = arm != nullptr && arm->slot.valid() && source.kind != Kind::Send;
  if (receives) bind_received(body, *arm);
  if (source.kind == Kind::Await) take_result(body, *arm);
  lower_into(body, source.body, dest);
  body.leave(outer, source.span, dest.valid() ? dest.local : LocalId());
  body.jump(join, source.span);
}

void lower_select(Body& body, const ast::Select* node, const Place& dest) {
  size_t outer = body.mark();
  std::vector<PlannedArm> arms;
  const ast::SelectArm* otherwise = nullptr;
  std::string words = node->is_biased ? "biased" : "";
  auto add_word = [&](const char* word) { words += (words.empty() ? "" : " ") + std::string(word); };
  for (const ast::SelectArm& source : node->arms) {
    if (source.kind == Kind::Default) {
      otherwise = &source;
      add_word("default");
      continue;
    }
    arms.push_back({.source = &source});
    add_word(word_of(source));
  }
  Inst inst;
  inst.kind = InstKind::Select;
  inst.span = node->span;
  inst.operands = lower_arms(body, arms);
  enter_tasks(body, arms, inst.operands);
  inst.text = words;
  LocalId chosen = body.new_temp(body.program.types.int_(), node->span);
  inst.dest = chosen;
  body.emit(std::move(inst));

  BlockId join = body.new_block();
  Inst choice;
  choice.kind = InstKind::Switch;
  choice.span = node->span;
  choice.operands = {Operand::copy(chosen)};
  std::vector<BlockId> blocks;
  for (size_t i = 0; i < arms.size(); ++i) {
    blocks.push_back(body.new_block());
    choice.cases.push_back(i);
  }
  blocks.push_back(body.new_block());
  choice.targets = blocks;
  body.emit(std::move(choice));
  for (size_t i = 0; i < arms.size(); ++i) {
    body.begin(blocks[i]);
    lower_arm_body(body, &arms[i], *arms[i].source, dest, join);
  }
  body.begin(blocks.back());
  if (otherwise != nullptr) {
    lower_arm_body(body, nullptr, *otherwise, dest, join);
  } else {
    body.unreachable(node->span);
  }
  body.begin(join);
  body.leave(outer, node->span, dest.valid() ? dest.local : LocalId());
}

}  // namespace skein::lower
