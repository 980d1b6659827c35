// One walk over the direct parts of an expression, and the questions asked with it.
#include "compiler/lower/walk.h"

#include <algorithm>

#include "compiler/support/check.h"

namespace skein::lower {

using ast::ExprKind;

// Calls `visit` with each expression and block directly inside `expr`. Bodies that are functions of
// their own (`spawn { }`, closures) are not visited.
template <class Visit>
static void for_each_part(const ast::Expr* expr, Visit&& visit);

template <class Visit>
static void visit_args(std::span<const ast::Arg> args, Visit&& visit) {
  for (const ast::Arg& arg : args) visit(arg.value);
}

template <class Visit>
static void for_each_in_block(const ast::Block* block, Visit&& visit) {
  for (const ast::Stmt* stmt : block->stmts) {
    if (const ast::LetStmt* let = stmt->try_as<ast::LetStmt>()) {
      visit(let->init);
      if (let->otherwise != nullptr) for_each_in_block(let->otherwise, visit);
    } else if (const ast::ExprStmt* expr = stmt->try_as<ast::ExprStmt>()) {
      visit(expr->expr);
    } else if (const ast::DeferStmt* defer = stmt->try_as<ast::DeferStmt>()) {
      visit(defer->body);
    }
  }
  visit(block->value);
}

template <class Visit>
static void for_each_operand(const ast::Expr* expr, Visit&& visit) {
  switch (expr->kind) {
    case ExprKind::InterpStr:
      for (const ast::InterpPart& part : expr->as<ast::InterpStr>()->parts) visit(part.value);
      return;
    case ExprKind::TypeArgs:
      return visit(expr->as<ast::TypeArgs>()->base);
    case ExprKind::Unary:
      return visit(expr->as<ast::Unary>()->operand);
    case ExprKind::Binary:
      visit(expr->as<ast::Binary>()->left);
      return visit(expr->as<ast::Binary>()->right);
    case ExprKind::Compare:
      visit(expr->as<ast::Compare>()->left);
      return visit(expr->as<ast::Compare>()->right);
    case ExprKind::Logical:
      visit(expr->as<ast::Logical>()->left);
      return visit(expr->as<ast::Logical>()->right);
    case ExprKind::Coalesce:
      visit(expr->as<ast::Coalesce>()->left);
      return visit(expr->as<ast::Coalesce>()->right);
    case ExprKind::Range:
      visit(expr->as<ast::Range>()->low);
      return visit(expr->as<ast::Range>()->high);
    case ExprKind::Call:
      visit(expr->as<ast::Call>()->callee);
      return visit_args(expr->as<ast::Call>()->args, visit);
    case ExprKind::MethodCall:
      visit(expr->as<ast::MethodCall>()->receiver);
      return visit_args(expr->as<ast::MethodCall>()->args, visit);
    case ExprKind::Field:
      return visit(expr->as<ast::Field>()->receiver);
    case ExprKind::TupleIndex:
      return visit(expr->as<ast::TupleIndex>()->receiver);
    case ExprKind::Index:
      visit(expr->as<ast::Index>()->receiver);
      return visit_args(expr->as<ast::Index>()->args, visit);
    case ExprKind::Slice:
      visit(expr->as<ast::Slice>()->receiver);
      return visit(expr->as<ast::Slice>()->range);
    case ExprKind::Try:
      return visit(expr->as<ast::Try>()->operand);
    case ExprKind::Unwrap:
      return visit(expr->as<ast::Unwrap>()->operand);
    case ExprKind::StructLit:
      for (const ast::FieldInit& field : expr->as<ast::StructLit>()->fields) visit(field.value);
      return visit(expr->as<ast::StructLit>()->base);
    case ExprKind::Tuple:
      for (const ast::Expr* element : expr->as<ast::Tuple>()->elements) visit(element);
      return;
    case ExprKind::Array:
      for (const ast::Expr* element : expr->as<ast::Array>()->elements) visit(element);
      return;
    case ExprKind::RepeatArray:
      visit(expr->as<ast::RepeatArray>()->value);
      return visit(expr->as<ast::RepeatArray>()->count);
    case ExprKind::MapLit:
      for (const ast::MapEntry& entry : expr->as<ast::MapLit>()->entries) {
        visit(entry.key);
        visit(entry.value);
      }
      return;
    case ExprKind::Break:
      return visit(expr->as<ast::Break>()->value);
    case ExprKind::Return:
      return visit(expr->as<ast::Return>()->value);
    case ExprKind::Spawn:
      visit(expr->as<ast::Spawn>()->name);
      return visit(expr->as<ast::Spawn>()->call);
    case ExprKind::Await:
      return visit(expr->as<ast::Await>()->task);
    case ExprKind::Yield:
      return visit(expr->as<ast::Yield>()->value);
    case ExprKind::Assign:
      visit(expr->as<ast::Assign>()->place);
      return visit(expr->as<ast::Assign>()->value);
    case ExprKind::Send:
      visit(expr->as<ast::Send>()->channel);
      return visit(expr->as<ast::Send>()->value);
    case ExprKind::Receive:
      return visit(expr->as<ast::Receive>()->channel);
    default:
      return;
  }
}

template <class Visit>
static void for_each_part(const ast::Expr* expr, Visit&& visit) {
  auto conditions = [&](std::span<const ast::Condition> all) {
    for (const ast::Condition& condition : all) visit(condition.value);
  };
  switch (expr->kind) {
    case ExprKind::BlockExpr:
      return for_each_in_block(expr->as<ast::BlockExpr>()->block, visit);
    case ExprKind::If:
      conditions(expr->as<ast::If>()->conditions);
      for_each_in_block(expr->as<ast::If>()->then, visit);
      return visit(expr->as<ast::If>()->otherwise);
    case ExprKind::Match:
      visit(expr->as<ast::Match>()->subject);
      for (const ast::MatchArm& arm : expr->as<ast::Match>()->arms) {
        visit(arm.guard);
        visit(arm.body);
      }
      return;
    case ExprKind::Select:
      for (const ast::SelectArm& arm : expr->as<ast::Select>()->arms) {
        for (const ast::Expr* part : {arm.guard, arm.operand, arm.value, arm.body}) visit(part);
      }
      return;
    case ExprKind::Loop:
      return for_each_in_block(expr->as<ast::Loop>()->body, visit);
    case ExprKind::While:
      conditions(expr->as<ast::While>()->conditions);
      return for_each_in_block(expr->as<ast::While>()->body, visit);
    case ExprKind::For:
      visit(expr->as<ast::For>()->iterable);
      return for_each_in_block(expr->as<ast::For>()->body, visit);
    case ExprKind::Async:
      return for_each_in_block(expr->as<ast::Async>()->body, visit);
    case ExprKind::Lock:
      for (const ast::LockedPlace& place : expr->as<ast::Lock>()->places) visit(place.place);
      return for_each_in_block(expr->as<ast::Lock>()->body, visit);
    case ExprKind::Catch:
      return for_each_in_block(expr->as<ast::Catch>()->body, visit);
    case ExprKind::Within:
      visit(expr->as<ast::Within>()->limit);
      return for_each_in_block(expr->as<ast::Within>()->body, visit);
    case ExprKind::Shield:
      return for_each_in_block(expr->as<ast::Shield>()->body, visit);
    case ExprKind::With:
      visit(expr->as<ast::With>()->value);
      return for_each_in_block(expr->as<ast::With>()->body, visit);
    default:
      return for_each_operand(expr, visit);
  }
}

// What a call that gives a place was lent for it; null for all other expressions.
static const ast::Expr* lent_for_place(const types::Program& program, const ast::Expr* expr) {
  const types::CallFact* call = program.call_of(expr);
  if (call == nullptr || !call->callee.valid()) return nullptr;
  const types::FnDecl& callee = program.fns[call->callee];
  if (!callee.gives_place) return nullptr;
  for (size_t i = 0; i < callee.params.size(); ++i) {
    if (callee.params[i].mode == types::ParamMode::Mut) return call->args[i];
  }
  return nullptr;
}

types::VarId root_variable(const types::Program& program, const ast::Expr* expr) {
  if (const ast::Expr* lent = lent_for_place(program, expr)) return root_variable(program, lent);
  switch (expr->kind) {
    case ExprKind::Name: {
      const types::NameRef& name = program.fact(expr).name;
      const types::VarId* var = std::get_if<types::VarId>(&name);
      return var != nullptr ? *var : types::VarId();
    }
    case ExprKind::Field:
      return root_variable(program, expr->as<ast::Field>()->receiver);
    case ExprKind::TupleIndex:
      return root_variable(program, expr->as<ast::TupleIndex>()->receiver);
    case ExprKind::Index:
      if (program.call_of(expr) != nullptr) return types::VarId();
      return root_variable(program, expr->as<ast::Index>()->receiver);
    case ExprKind::Slice:
      return root_variable(program, expr->as<ast::Slice>()->receiver);
    case ExprKind::Unwrap: {
      const ast::Expr* option = expr->as<ast::Unwrap>()->operand;
      bool is_part = program.types.kind(program.fact(option).type) == types::TypeKind::Option;
      return is_part ? root_variable(program, option) : types::VarId();
    }
    default:
      return types::VarId();
  }
}

// Whether a closure given to a plain parameter changes the variable.
static bool closure_changes(const types::Program& program, const ast::Expr* closure,
                            types::VarId var) {
  const types::ClosureDecl& decl = program.closures[program.closure_of.at(closure->id.index)];
  for (size_t i = 0; i < decl.captures.size(); ++i) {
    if (decl.captures[i] == var) return decl.is_borrowed && decl.is_changed[i];
  }
  return false;
}

// Whether the loop changes elements of the variable, or reduces into it.
static bool loop_changes(const types::Program& program, const ast::Expr* loop, types::VarId var) {
  auto walk = program.walks.find(loop->id.index);
  if (walk == program.walks.end()) return false;
  using Kind = types::WalkPart::Kind;
  for (const types::WalkPart& part : walk->second) {
    const ast::Expr* array = part.source;
    if (part.kind == Kind::Chunks) array = array->as<ast::MethodCall>()->receiver;
    bool changes = part.kind == Kind::Chunks || part.kind == Kind::Places;
    if (changes && root_variable(program, array) == var) return true;
  }
  auto par_for = program.par_fors.find(loop->id.index);
  if (par_for == program.par_fors.end()) return false;
  for (types::VarId total : par_for->second.totals) {
    if (total == var) return true;
  }
  return false;
}

// Whether `expr` itself, not a part of it, writes to the variable.
static bool writes_variable(const types::Program& program, const ast::Expr* expr,
                            types::VarId var) {
  if (const ast::Assign* assign = expr->try_as<ast::Assign>()) {
    if (const ast::Tuple* places = assign->place->try_as<ast::Tuple>()) {
      for (const ast::Expr* place : places->elements) {
        if (root_variable(program, place) == var) return true;
      }
      return false;
    }
    return root_variable(program, assign->place) == var;
  }
  // A place that is awaited gives its task away.
  if (const ast::Select* select = expr->try_as<ast::Select>()) {
    for (const ast::SelectArm& arm : select->arms) {
      bool awaits = arm.kind == ast::SelectArm::Kind::Await;
      if (awaits && root_variable(program, arm.operand) == var) return true;
    }
    return false;
  }
  if (const ast::Await* await = expr->try_as<ast::Await>()) {
    return root_variable(program, await->task) == var;
  }
  if (expr->kind == ExprKind::Closure) return closure_changes(program, expr, var);
  if (loop_changes(program, expr, var)) return true;
  const types::CallFact* call = program.call_of(expr);
  if (call != nullptr && call->fn_type.valid()) {
    const types::Type& fn_type = program.types.get(call->fn_type);
    for (size_t i = 0; i < call->args.size(); ++i) {
      if (fn_type.modes[i] != types::ParamMode::Mut) continue;
      if (root_variable(program, call->args[i]) == var) return true;
    }
    return false;
  }
  if (call == nullptr || !call->callee.valid()) return false;
  const std::vector<types::ParamDecl>& params = program.fns[call->callee].params;
  for (size_t i = 0; i < call->args.size(); ++i) {
    if (call->args[i] == nullptr || params[i].mode != types::ParamMode::Mut) continue;
    if (root_variable(program, call->args[i]) == var) return true;
  }
  return false;
}

bool changes_variable(const types::Program& program, const ast::Expr* expr, types::VarId var) {
  if (writes_variable(program, expr, var)) return true;
  bool changes = false;
  for_each_part(expr, [&](const ast::Expr* part) {
    changes = changes || (part != nullptr && changes_variable(program, part, var));
  });
  return changes;
}

static bool is_detach(const types::Program& program, const ast::Expr* expr) {
  const types::CallFact* call = program.call_of(expr);
  return call != nullptr && call->callee.valid() &&
         program.fns[call->callee].builtin == types::Builtin::TaskDetach;
}

static bool gives_nothing(const types::Program& program, const types::ClosureDecl& closure) {
  types::TypeKind kind = program.types.kind(program.types.get(closure.signature).args.back());
  return kind == types::TypeKind::Unit || kind == types::TypeKind::Never;
}

bool gives_up_outside(const types::Program& program, const ast::Closure* node) {
  auto found = program.closure_of.find(node->id.index);
  if (found == program.closure_of.end()) return false;
  const types::ClosureDecl& closure = program.closures[found->second];
  return closure.is_borrowed &&
         gives_up_tasks(program, node->body, gives_nothing(program, closure));
}

bool gives_up_tasks(const types::Program& program, const ast::Expr* expr, bool discards) {
  if (expr == nullptr) return false;
  if (is_detach(program, expr)) return true;
  discards = discards || program.fact(expr).adjustment == types::Adjustment::DropValue;
  switch (expr->kind) {
    case ExprKind::Spawn:
      if (discards && expr->as<ast::Spawn>()->scope == nullptr) return true;
      break;
    case ExprKind::Async:
      return false;
    case ExprKind::Closure:
      return gives_up_outside(program, expr->as<ast::Closure>());
    case ExprKind::Lock:
      for (const ast::LockedPlace& place : expr->as<ast::Lock>()->places) {
        if (gives_up_tasks(program, place.place, false)) return true;
      }
      return gives_up_tasks(program, expr->as<ast::Lock>()->body, discards);
    case ExprKind::Within:
      return gives_up_tasks(program, expr->as<ast::Within>()->limit, false);
    case ExprKind::Shield:
      return false;
    case ExprKind::Catch:
      return gives_up_tasks(program, expr->as<ast::Catch>()->body, false);
    case ExprKind::With:
      return gives_up_tasks(program, expr->as<ast::With>()->value, false) ||
             gives_up_tasks(program, expr->as<ast::With>()->body, discards);
    case ExprKind::BlockExpr:
      return gives_up_tasks(program, expr->as<ast::BlockExpr>()->block, discards);
    case ExprKind::If: {
      const ast::If* node = expr->as<ast::If>();
      for (const ast::Condition& condition : node->conditions) {
        if (gives_up_tasks(program, condition.value, false)) return true;
      }
      return gives_up_tasks(program, node->then, discards) ||
             gives_up_tasks(program, node->otherwise, discards);
    }
    case ExprKind::Match: {
      const ast::Match* node = expr->as<ast::Match>();
      if (gives_up_tasks(program, node->subject, false)) return true;
      for (const ast::MatchArm& arm : node->arms) {
        if (gives_up_tasks(program, arm.guard, false)) return true;
        if (gives_up_tasks(program, arm.body, discards)) return true;
      }
      return false;
    }
    case ExprKind::Select: {
      for (const ast::SelectArm& arm : expr->as<ast::Select>()->arms) {
        for (const ast::Expr* part : {arm.guard, arm.operand, arm.value}) {
          if (gives_up_tasks(program, part, false)) return true;
        }
        if (gives_up_tasks(program, arm.body, discards)) return true;
      }
      return false;
    }
    case ExprKind::Loop:
      return gives_up_tasks(program, expr->as<ast::Loop>()->body, true);
    case ExprKind::Break:
      // Who knows whether the loop's value is used; a scope too many does no harm.
      return gives_up_tasks(program, expr->as<ast::Break>()->value, true);
    case ExprKind::Assign:
      if (expr->as<ast::Assign>()->place->kind == ExprKind::Underscore) {
        return gives_up_tasks(program, expr->as<ast::Assign>()->value, true);
      }
      break;
    case ExprKind::While: {
      const ast::While* node = expr->as<ast::While>();
      for (const ast::Condition& condition : node->conditions) {
        if (gives_up_tasks(program, condition.value, false)) return true;
      }
      return gives_up_tasks(program, node->body, true);
    }
    case ExprKind::For:
      return gives_up_tasks(program, expr->as<ast::For>()->iterable, false) ||
             gives_up_tasks(program, expr->as<ast::For>()->body, true);
    default:
      break;
  }
  bool gives_up = false;
  for_each_part(expr, [&](const ast::Expr* part) {
    gives_up = gives_up || gives_up_tasks(program, part, false);
  });
  return gives_up;
}

bool gives_up_tasks(const types::Program& program, const ast::Block* block, bool discards) {
  for (const ast::Stmt* stmt : block->stmts) {
    if (const ast::LetStmt* let = stmt->try_as<ast::LetStmt>()) {
      types::VarId var = program.fact(let->pattern).var;
      if (var.valid() && program.vars[var].is_offered) return true;
      if (gives_up_tasks(program, let->init, false)) return true;
      if (let->otherwise != nullptr && gives_up_tasks(program, let->otherwise, true)) return true;
    } else if (const ast::ExprStmt* expr = stmt->try_as<ast::ExprStmt>()) {
      if (gives_up_tasks(program, expr->expr, true)) return true;
    } else if (const ast::DeferStmt* defer = stmt->try_as<ast::DeferStmt>()) {
      if (gives_up_tasks(program, defer->body, true)) return true;
    }
  }
  return gives_up_tasks(program, block->value, discards);
}

// ---- looking ---------------------------------------------------------------------------------

static bool captures(const types::Program& program, const ast::Expr* expr, types::VarId var) {
  auto task = program.captures.find(expr->id.index);
  if (task != program.captures.end()) {
    const std::vector<types::VarId>& all = task->second.captures;
    if (std::find(all.begin(), all.end(), var) != all.end()) return true;
  }
  auto closure = program.closure_of.find(expr->id.index);
  if (closure == program.closure_of.end()) return false;
  const std::vector<types::VarId>& all = program.closures[closure->second].captures;
  return std::find(all.begin(), all.end(), var) != all.end();
}

// `is_lent`: whoever uses the value of `expr` gives it back.
static bool looks_at(types::Program& program, const ast::Expr* expr, types::VarId var,
                     bool is_lent) {
  if (expr == nullptr) return true;
  if (captures(program, expr, var)) return false;
  if (root_variable(program, expr) == var) {
    return is_lent || !types::traits_of(program, program.fact(expr).type).is_move_only;
  }
  bool lends = expr->kind == ExprKind::InterpStr || expr->kind == ExprKind::Compare;
  const types::CallFact* call = program.call_of(expr);
  bool is_call = call != nullptr && call->callee.valid();
  bool only_looks = true;
  auto visit = [&](const ast::Expr* part) {
    bool is_borrowed = lends;
    for (size_t i = 0; is_call && i < call->args.size(); ++i) {
      bool is_plain = program.fns[call->callee].params[i].mode == types::ParamMode::Borrow;
      if (call->args[i] == part && is_plain) is_borrowed = true;
    }
    only_looks = only_looks && looks_at(program, part, var, is_borrowed);
  };
  for_each_part(expr, visit);
  return only_looks;
}

bool only_looks_at(types::Program& program, const ast::Expr* expr, types::VarId var) {
  return looks_at(program, expr, var, false);
}

bool only_looks_at(types::Program& program, const ast::Block* block, types::VarId var) {
  bool only_looks = true;
  for_each_in_block(block, [&](const ast::Expr* part) {
    only_looks = only_looks && looks_at(program, part, var, false);
  });
  return only_looks;
}

}  // namespace skein::lower
