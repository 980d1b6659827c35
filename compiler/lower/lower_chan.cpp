// Channels: `ch <- v` and `<-ch` are calls; a `select` is one instruction, and a switch to the arms.
#include "compiler/lower/steps.h"
#include "compiler/support/check.h"

namespace skein::lower {

void lower_send(Body& body, const ast::Send* node) {
  const types::CallFact& call = *body.program.call_of(node);
  std::vector<Operand> operands = lower_args(
      body, {CallArg(node->channel, ParamMode::Borrow), CallArg(node->value, ParamMode::Own)});
  emit_call(body, call.callee, call.type_args, std::move(operands), body.program.types.unit(),
            Place(), node->span);
}

void lower_receive(Body& body, const ast::Receive* node, const Place& dest) {
  const types::CallFact& call = *body.program.call_of(node);
  std::vector<Operand> operands =
      lower_args(body, {CallArg(node->channel, ParamMode::Borrow)});
  emit_call(body, call.callee, call.type_args, std::move(operands), body.program.fact(node).type,
            dest, node->span);
}

static LocalId emit_is_some(Body& body, const Place& option, Span span) {
  LocalId tag = emit_tag(body, option, span);
  LocalId is_some = body.new_bool(span);
  body.binary(sir::BinaryOp::Eq, Operand::copy(tag), body.const_int(1), is_some, span);
  return is_some;
}

void lower_let_ok(Body& body, const ast::LetStmt* node) {
  LocalId received = body.new_temp(body.program.type_of(node->init), node->init->span);
  size_t statement = body.mark();
  lower_into(body, node->init, received);
  body.leave(statement, node->span, received);
  body.own(received, node->init->span);
  LocalId is_some = emit_is_some(body, received, node->span);
  lower_irrefutable(body, node->pattern, received);
  lower_irrefutable(body, node->ok, is_some);
}

// ---- select --------------------------------------------------------------------------------

// One arm: the option that a value comes from or goes to.
struct LoweredArm {
  const ast::SelectArm* source;
  LocalId slot = {};
};

static bool uses_channel(const ast::SelectArm& arm) {
  using Kind = ast::SelectArm::Kind;
  return arm.kind == Kind::Receive || arm.kind == Kind::Each || arm.kind == Kind::Send;
}

static const char* word_of(const ast::SelectArm& arm) {
  using Kind = ast::SelectArm::Kind;
  switch (arm.kind) {
    case Kind::Receive:
      return "receive";
    case Kind::Each:
      return "each";
    case Kind::Send:
      return "send";
    case Kind::Closed:
      return "closed";
    default:
      SKEIN_UNREACHABLE("check let an arm of a select through");
  }
}

static LocalId new_slot(Body& body, TypeId content, Span span) {
  return body.new_temp(body.program.types.make(TypeKind::Option, {content}), span);
}

static void set_none(Body& body, LocalId slot, Span span) {
  types::VariantRef none = {.type = body.type_of(slot), .variant = 0};
  lower_variant_value(body, none, slot, span);
  body.own(slot, span);
}

// The value that is offered, if the arm is on: it is not evaluated otherwise.
static void lower_offered(Body& body, const LoweredArm& arm, const Operand& guard) {
  const ast::SelectArm& source = *arm.source;
  set_none(body, arm.slot, source.span);
  BlockId on = body.new_block();
  BlockId after = body.new_block();
  body.branch(guard, on, after, source.span);
  body.begin(on);
  size_t outer = body.mark();
  LocalId value = body.new_temp(body.program.types.arg(body.type_of(arm.slot)), source.span);
  lower_into(body, source.value, value);
  body.own(value, source.span);
  emit_variant(body, 1, {body.taken_from(value)}, arm.slot, source.span);
  body.leave(outer, source.span);
  body.jump(after, source.span);
  body.begin(after);
}

// Evaluates guards, channels and what is offered, in the order of the arms.
static std::vector<Operand> lower_arms(Body& body, std::vector<LoweredArm>& arms) {
  std::vector<Operand> guards;
  for (const LoweredArm& arm : arms) {
    const ast::SelectArm& source = *arm.source;
    guards.push_back(body.const_bool(true));
    if (source.guard != nullptr) {
      guards.back() = Operand::copy(lower_to_temp(body, source.guard));
    }
  }
  std::vector<Operand> operands;
  for (size_t i = 0; i < arms.size(); ++i) {
    LoweredArm& arm = arms[i];
    const ast::SelectArm& source = *arm.source;
    operands.push_back(guards[i]);
    if (!uses_channel(source)) continue;
    LocalId channel = lower_to_temp(body, source.operand);
    arm.slot = new_slot(body, body.program.types.arg(body.type_of(channel)), source.span);
    if (source.kind == ast::SelectArm::Kind::Send) {
      lower_offered(body, arm, guards[i]);
    } else {
      set_none(body, arm.slot, source.span);
    }
    operands.push_back(Operand::borrow(channel));
    operands.push_back(Operand::mut(arm.slot));
  }
  return operands;
}

static void bind_received(Body& body, const LoweredArm& arm) {
  const ast::SelectArm& source = *arm.source;
  bool is_each = source.kind == ast::SelectArm::Kind::Each;
  LocalId is_some = {};
  if (source.ok != nullptr) is_some = emit_is_some(body, arm.slot, source.span);
  if (source.pattern != nullptr) {
    lower_irrefutable(body, source.pattern, is_each ? payload_of(arm.slot, 1) : Place(arm.slot));
  }
  if (source.ok != nullptr) lower_irrefutable(body, source.ok, is_some);
}

static void lower_arm_body(Body& body, const LoweredArm* arm, const ast::SelectArm& source,
                           const Place& dest, BlockId join) {
  size_t outer = body.mark();
  bool receives = arm != nullptr && arm->slot.valid() &&
                  source.kind != ast::SelectArm::Kind::Send;
  if (receives) bind_received(body, *arm);
  lower_into(body, source.body, dest);
  body.leave(outer, source.span, dest.valid() ? dest.local : LocalId());
  body.jump(join, source.span);
}

void lower_select(Body& body, const ast::Select* node, const Place& dest) {
  size_t outer = body.mark();
  std::vector<LoweredArm> arms;
  const ast::SelectArm* otherwise = nullptr;
  std::string words = node->is_biased ? "biased" : "";
  auto add_word = [&](const char* word) { words += (words.empty() ? "" : " ") + std::string(word); };
  for (const ast::SelectArm& source : node->arms) {
    if (source.kind == ast::SelectArm::Kind::Default) {
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
