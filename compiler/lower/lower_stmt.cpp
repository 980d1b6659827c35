// Statements, conditions and the ways out of a function.
//
// A statement is a scope for its temporaries; the variables it declares belong to the block. So a
// variable starts to live before the statement's scope begins, and is dropped on the ways out only
// once it has its value.
#include "compiler/lower/patterns.h"
#include "compiler/lower/steps.h"
#include "compiler/support/check.h"

namespace skein::lower {

using ast::ExprKind;

// ---- let -----------------------------------------------------------------------------------

// `let x = e`, by far the most frequent: the value is made in its place.
static void lower_let_variable(Body& body, const ast::LetStmt* node, VarId var) {
  LocalId local = body.new_var(var);
  body.start_life(local, node->pattern->span);
  if (node->init == nullptr) {
    // Set later. Until then the drop finds nothing.
    return body.own_variable(var, local, node->pattern->span);
  }
  const ast::InterpStr* text = node->init->try_as<ast::InterpStr>();
  bool is_built_in_place = text != nullptr && body.program.type_of(text) == body.type_of(local);
  if (is_built_in_place) start_text(body, text, local);
  size_t statement = body.mark();
  if (is_built_in_place) {
    append_parts(body, text, local);
  } else {
    bool makes_channel = call_of_builtin(body, node->init, Builtin::ChanNew) != nullptr ||
                         call_of_builtin(body, node->init, Builtin::ChanUnbounded) != nullptr;
    if (makes_channel) body.named = body.program.vars[var].name;
    lower_into(body, node->init, local);
    body.named = Symbol();
  }
  body.leave(statement, node->span, local);
  if (!is_built_in_place) body.own_variable(var, local, node->pattern->span);
}

// The value that a pattern takes apart. Parts that no variable takes are dropped with the block.
static Place lower_subject(Body& body, const ast::LetStmt* node) {
  if (is_place(body, node->init)) return lower_to_place(body, node->init);
  LocalId subject = body.new_temp(body.program.type_of(node->init), node->init->span);
  size_t statement = body.mark();
  lower_into(body, node->init, subject);
  body.leave(statement, node->span, subject);
  body.own(subject, node->init->span);
  return subject;
}

static void lower_let_else(Body& body, const ast::LetStmt* node) {
  size_t outer = body.mark();
  Place subject = lower_subject(body, node);
  lower_refutable(body, node->pattern, subject, node->span, [&] {
    size_t height = body.mark();
    body.exit(outer, node->span);
    lower_block(body, node->otherwise, Place());
    SKEIN_CHECK(!body.is_open() && body.mark() == height, "the `else` of a `let` goes on");
  });
}

static void lower_let(Body& body, const ast::LetStmt* node) {
  if (node->ok != nullptr) return lower_let_ok(body, node);
  if (node->otherwise != nullptr) return lower_let_else(body, node);
  if (node->pattern->is<ast::BindingPattern>()) {
    return lower_let_variable(body, node, body.program.fact(node->pattern).var);
  }
  SKEIN_CHECK(node->init != nullptr, "a pattern without a value");
  if (const types::CallFact* call = call_of_builtin(body, node->init, Builtin::ArraySplitMut)) {
    return lower_split(body, node, *call);
  }
  lower_irrefutable(body, node->pattern, lower_subject(body, node));
}

void lower_stmt(Body& body, const ast::Stmt* stmt) {
  switch (stmt->kind) {
    case ast::StmtKind::Let:
      return lower_let(body, stmt->as<ast::LetStmt>());
    case ast::StmtKind::Expr: {
      size_t statement = body.mark();
      lower_discarded(body, stmt->as<ast::ExprStmt>()->expr);
      return body.leave(statement, stmt->span);
    }
    case ast::StmtKind::Defer:
      return body.add_cleanup({.kind = Cleanup::Kind::Defer,
                               .deferred = stmt->as<ast::DeferStmt>()->body,
                               .scope_count = body.task_scopes.size(),
                               .span = stmt->span});
    case ast::StmtKind::Item:
      // A function in a block is a function like any other.
      return;
  }
  SKEIN_UNREACHABLE("an unknown statement");
}

// ---- if ------------------------------------------------------------------------------------

void lower_conditions(Body& body, std::span<const ast::Condition> conditions, size_t outer,
                      BlockId otherwise, const ast::Block* then) {
  for (const ast::Condition& condition : conditions) {
    Span span = condition.value->span;
    if (condition.pattern == nullptr) {
      BlockId holds = body.new_block();
      BlockId fails = body.new_block();
      lower_branch(body, condition.value, holds, fails);
      body.begin(fails);
      body.exit(outer, span);
      body.jump(otherwise, span);
      body.begin(holds);
      continue;
    }
    Place subject = binds_places(body, condition.pattern)
                        ? write_place(body, lower_pending_place(body, condition.value))
                        : lower_to_place(body, condition.value);
    auto fails = [&] {
      body.exit(outer, span);
      body.jump(otherwise, span);
    };
    lower_refutable(body, condition.pattern, subject, span, fails, then);
  }
}

void lower_if(Body& body, const ast::If* node, const Place& dest) {
  BlockId otherwise = body.new_block();
  BlockId join = body.new_block();
  size_t outer = body.mark();
  LocalId result = dest.valid() ? dest.local : LocalId();
  lower_conditions(body, node->conditions, outer, otherwise, node->then);
  lower_block(body, node->then, dest);
  body.leave(outer, node->then->span, result);
  body.jump(join, node->span);
  body.begin(otherwise);
  if (node->otherwise != nullptr) {
    size_t branch = body.mark();
    lower_into(body, node->otherwise, dest);
    body.leave(branch, node->otherwise->span, result);
  }
  body.jump(join, node->span);
  body.begin(join);
}

// ---- return --------------------------------------------------------------------------------

void lower_return(Body& body, const ast::Return* node) {
  LocalId result = body.fn.return_local();
  size_t outer = body.mark();
  if (node->value != nullptr) {
    TypeKind kind = body.unit.kind(body.fn.return_type());
    bool gives_value = kind != TypeKind::Unit && kind != TypeKind::Never && !body.drops_result;
    lower_into(body, node->value, gives_value ? Place(result) : Place());
  }
  body.exit(0, node->span, result);
  body.emit(InstKind::Return, {}, node->span);
  body.forget(outer);
}

}  // namespace skein::lower
