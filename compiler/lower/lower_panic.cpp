// Panics on purpose: `panic`, `assert` and their kin.
#include "compiler/lower/steps.h"
#include "compiler/support/check.h"

namespace skein::lower {

void emit_panic_kind(Body& body, std::string words, Span span) {
  Inst inst;
  inst.kind = InstKind::PanicKind;
  inst.span = span;
  inst.text = std::move(words);
  body.emit(std::move(inst));
}

static void append_text(Body& body, LocalId text, std::string more, Span span) {
  body.builtin(Builtin::StrAppend, {}, {Operand::mut(text), body.const_str(std::move(more))},
               Place(), span);
}

// A fresh text to build a message in, owned by the current scope.
static LocalId new_text(Body& body, std::string start, Span span) {
  LocalId text = body.new_temp(body.program.types.str(), span);
  body.assign(text, body.const_str(std::move(start)), span);
  body.own(text, span);
  return text;
}

static void append_side(Body& body, LocalId text, std::string label, TypeId type,
                        const Operand& value, Span span) {
  append_text(body, text, "\n" + label + ": ", span);
  emit_show(body, type, value, text, "?", span);
}

// The condition of an assert, and what its message can show of it.
struct Asserted {
  const ast::Compare* compare = nullptr;   // null: no comparison with sides to show
  TypeId type;
  std::vector<Operand> sides;
};

// What is shown must still be there when the assert fails, and must be showable.
static bool shows_sides(Body& body, const ast::Expr* condition) {
  const ast::Compare* compare = condition->try_as<ast::Compare>();
  if (compare == nullptr || body.program.call_of(compare) != nullptr) return false;
  TypeId type = body.program.type_of(compare->left);
  return !body.unit.has_task(type) && body.unit.kind(type) != TypeKind::Fn;
}

static Asserted lower_asserted(Body& body, const ast::Expr* condition, BlockId holds,
                               BlockId fails) {
  Asserted asserted;
  if (!shows_sides(body, condition)) {
    lower_branch(body, condition, holds, fails);
    return asserted;
  }
  const ast::Compare* compare = condition->as<ast::Compare>();
  asserted.compare = compare;
  asserted.type = body.program.type_of(compare->left);
  asserted.sides = lower_args(body, {CallArg(compare->left, ParamMode::Borrow),
                                     CallArg(compare->right, ParamMode::Borrow)});
  LocalId answer = body.new_bool(condition->span);
  emit_compare(body, compare->op, asserted.type, asserted.sides[0], asserted.sides[1], answer,
               condition->span);
  body.branch(Operand::copy(answer), holds, fails, condition->span);
  return asserted;
}

static void lower_assert(Body& body, const types::CallFact& call, Span span) {
  const ast::Expr* condition = call.args[0];
  const ast::Expr* why = call.args[1];
  BlockId holds = body.new_block();
  BlockId fails = body.new_block();
  Asserted asserted = lower_asserted(body, condition, holds, fails);

  body.begin(fails);
  size_t outer = body.mark();
  std::string source(body.program.sources.text(condition->span));
  LocalId text = new_text(body, "assertion failed: " + (why == nullptr ? source : ""), span);
  if (why != nullptr) {
    body.builtin(Builtin::StrAppend, {}, {Operand::mut(text), lower_borrowed(body, why)}, Place(),
                 why->span);
    append_text(body, text, "\n" + source, span);
  }
  if (asserted.compare != nullptr) {
    append_side(body, text, "left", asserted.type, asserted.sides[0], span);
    append_side(body, text, "right", asserted.type, asserted.sides[1], span);
  }
  body.emit(InstKind::Panic, {Operand::borrow(text)}, span);
  body.forget(outer);
  body.begin(holds);
}

void lower_panic_call(Body& body, Builtin builtin, const types::CallFact& call, Span span) {
  switch (builtin) {
    case Builtin::Panic:
      return body.emit(InstKind::Panic, {lower_borrowed(body, call.args[0])}, span);
    case Builtin::Unreachable:
      return emit_panic_kind(body, "unreachable", span);
    case Builtin::Todo:
      return emit_panic_kind(body, "todo", span);
    case Builtin::Assert:
      return lower_assert(body, call, span);
    default:
      SKEIN_UNREACHABLE("a builtin that does not panic by itself");
  }
}

}  // namespace skein::lower
