// Expressions: which of the steps lowers each kind, and the three ways a value is wanted.
#include "compiler/lower/lower_closure.h"
#include "compiler/lower/lower_generator.h"
#include "compiler/lower/steps.h"
#include "compiler/support/check.h"
#include "compiler/types/dyn.h"

namespace skein::lower {

using ast::ExprKind;
using types::Adjustment;

// ---- constants -----------------------------------------------------------------------------

static bool is_real(Body& body, TypeId type) {
  const types::Type& found = body.program.types.get(type);
  if (found.kind != TypeKind::Param) return types::is_float(found.kind);
  return body.has_bound(type, body.program.core.real);
}

static Operand number_constant(Body& body, TypeId type, syntax::WideInt value, bool is_negative) {
  uint64_t bits = static_cast<uint64_t>(value);
  if (!is_real(body, type)) return Operand::constant_int(type, is_negative ? -bits : bits);
  double number = static_cast<double>(value);
  return Operand::constant_float(type, is_negative ? -number : number);
}

static bool is_constant_name(const ast::Expr* expr) {
  return expr->kind == ExprKind::Name || expr->kind == ExprKind::Field;
}

std::optional<Operand> value_of_const(Body& body, types::ConstId id) {
  const types::ConstDecl& decl = body.program.consts[id];
  if (decl.known) return Operand::constant_int(decl.type, *decl.known);
  // A name may lead in a circle.
  return is_constant_name(decl.value) ? std::nullopt : constant_of(body, decl.value);
}

// The constant that a literal is, before its adjustment.
static std::optional<Operand> literal_of(Body& body, const ast::Expr* expr) {
  const types::ExprFact& fact = body.program.fact(expr);
  if (fact.call != UINT32_MAX) return std::nullopt;
  switch (expr->kind) {
    case ExprKind::IntLit:
      return number_constant(body, fact.type, expr->as<ast::IntLit>()->value, false);
    case ExprKind::FloatLit:
      return Operand::constant_float(fact.type, expr->as<ast::FloatLit>()->value);
    case ExprKind::BoolLit:
      return body.const_bool(expr->as<ast::BoolLit>()->value);
    case ExprKind::CharLit:
      return Operand::constant_int(fact.type, expr->as<ast::CharLit>()->value);
    case ExprKind::DurationLit:
      return Operand::constant_int(
          fact.type, static_cast<uint64_t>(expr->as<ast::DurationLit>()->nanoseconds));
    case ExprKind::StrLit:
      return Operand::constant_str(
          fact.type, std::string(body.program.interner.text(expr->as<ast::StrLit>()->value)));
    case ExprKind::ByteStrLit:
      return Operand::constant_str(
          fact.type, std::string(body.program.interner.text(expr->as<ast::ByteStrLit>()->value)));
    case ExprKind::Unary: {
      // The least value of a signed type is no negation of a value of that type.
      const ast::Unary* node = expr->as<ast::Unary>();
      if (node->op != ast::UnaryOp::Neg) return std::nullopt;
      if (const ast::IntLit* literal = node->operand->try_as<ast::IntLit>()) {
        return number_constant(body, fact.type, literal->value, true);
      }
      if (const ast::FloatLit* literal = node->operand->try_as<ast::FloatLit>()) {
        return Operand::constant_float(fact.type, -literal->value);
      }
      return std::nullopt;
    }
    case ExprKind::Tuple:
      if (!expr->as<ast::Tuple>()->elements.empty()) return std::nullopt;
      return Operand::unit(fact.type);
    case ExprKind::Name:
    case ExprKind::Field:
      if (const types::ConstId* id = std::get_if<types::ConstId>(&fact.name)) {
        return value_of_const(body, *id);
      }
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

static bool is_adjusted(Body& body, const ast::Expr* expr) {
  Adjustment adjustment = body.program.fact(expr).adjustment;
  return adjustment != Adjustment::None && adjustment != Adjustment::NeverToAny;
}

std::optional<Operand> constant_of(Body& body, const ast::Expr* expr) {
  return is_adjusted(body, expr) ? std::nullopt : literal_of(body, expr);
}

bool is_place(Body& body, const ast::Expr* expr) {
  return !is_adjusted(body, expr) && has_place_form(body, expr);
}

// ---- the kinds of expressions --------------------------------------------------------------

void lower_item(Body& body, FunctionId item, const Place& dest, Span span) {
  if (!dest.valid()) return;
  Inst call;
  call.kind = InstKind::Call;
  call.span = span;
  call.dest = dest;
  call.callee = item;
  body.emit(std::move(call));
}

// What a name or path stands for, where it is no place and no call.
static void lower_name(Body& body, const ast::Expr* expr, const Place& dest) {
  if (closure_of(body, expr).valid()) return lower_closure(body, expr, dest);
  // A constant of a type.
  if (body.program.call_of(expr) != nullptr) return lower_call(body, expr, dest);
  const types::NameRef& name = body.program.fact(expr).name;
  if (const types::VariantRef* variant = std::get_if<types::VariantRef>(&name)) {
    return lower_variant_value(body, *variant, dest, expr->span);
  }
  if (const types::ConstId* id = std::get_if<types::ConstId>(&name)) {
    return lower_item(body, body.unit.function_of(*id), dest, expr->span);
  }
  if (const types::StaticId* id = std::get_if<types::StaticId>(&name)) {
    if (body.program.statics[*id].kind != types::StaticKind::Program) {
      return lower_local(body, *id, dest, expr->span);
    }
    return lower_item(body, body.unit.function_of(*id), dest, expr->span);
  }
  SKEIN_UNREACHABLE("a name that check gave no meaning");
}

static void lower_none(Body& body, const ast::Expr* expr, const Place& dest) {
  types::VariantRef none = {.type = body.program.fact(expr).type, .variant = 0};
  lower_variant_value(body, none, dest, expr->span);
}

static void lower_field(Body& body, const ast::Expr* expr, const Place& dest) {
  if (const ast::Field* field = expr->try_as<ast::Field>()) {
    if (!field->optional) return lower_name(body, expr, dest);
    return lower_chain(body, expr, field->receiver, dest);
  }
  const ast::TupleIndex* index = expr->as<ast::TupleIndex>();
  SKEIN_CHECK(index->optional, "a tuple's element is a place");
  lower_chain(body, expr, index->receiver, dest);
}

static void lower_method_call(Body& body, const ast::MethodCall* node, const Place& dest) {
  if (node->optional) return lower_chain(body, node, node->receiver, dest);
  lower_call(body, node, dest);
}

// The expression without its adjustment.
static void lower_plain(Body& body, const ast::Expr* expr, const Place& dest) {
  if (std::optional<Operand> constant = literal_of(body, expr)) {
    if (dest.valid()) body.assign(dest, *constant, expr->span);
    return;
  }
  if (has_place_form(body, expr)) {
    Place place = read_place(body, lower_pending_place(body, expr));
    if (dest.valid()) body.assign(dest, body.value_of(place), expr->span);
    return;
  }
  switch (expr->kind) {
    case ExprKind::InterpStr: {
      LocalId text = lower_interp(body, expr->as<ast::InterpStr>());
      if (dest.valid()) body.assign(dest, Operand::move(text), expr->span);
      return;
    }
    case ExprKind::NoneLit:
      return lower_none(body, expr, dest);
    case ExprKind::Name:
      return lower_name(body, expr, dest);
    case ExprKind::Field:
    case ExprKind::TupleIndex:
      return lower_field(body, expr, dest);
    case ExprKind::TypeArgs:
      return lower_plain(body, expr->as<ast::TypeArgs>()->base, dest);
    case ExprKind::Unary:
      return lower_unary(body, expr->as<ast::Unary>(), dest);
    case ExprKind::Binary:
      return lower_binary(body, expr->as<ast::Binary>(), dest);
    case ExprKind::Compare:
      return lower_compare(body, expr->as<ast::Compare>(), dest);
    case ExprKind::Logical:
      return lower_logical(body, expr->as<ast::Logical>(), dest);
    case ExprKind::Coalesce:
      return lower_coalesce(body, expr->as<ast::Coalesce>(), dest);
    case ExprKind::Range:
      return lower_range(body, expr->as<ast::Range>(), dest);
    case ExprKind::Call:
      return lower_call(body, expr, dest);
    case ExprKind::MethodCall:
      return lower_method_call(body, expr->as<ast::MethodCall>(), dest);
    case ExprKind::Slice:
      return lower_slice(body, expr->as<ast::Slice>(), dest);
    case ExprKind::Try:
      return lower_try(body, expr->as<ast::Try>(), dest);
    case ExprKind::Unwrap:
      return lower_unwrap(body, expr->as<ast::Unwrap>(), dest);
    case ExprKind::StructLit:
      return lower_struct_lit(body, expr->as<ast::StructLit>(), dest);
    case ExprKind::Tuple:
      return lower_tuple(body, expr->as<ast::Tuple>(), dest);
    case ExprKind::Array:
      return lower_array(body, expr->as<ast::Array>(), dest);
    case ExprKind::RepeatArray:
      return lower_repeat(body, expr->as<ast::RepeatArray>(), dest);
    case ExprKind::BlockExpr:
      return lower_block(body, expr->as<ast::BlockExpr>()->block, dest);
    case ExprKind::If:
      return lower_if(body, expr->as<ast::If>(), dest);
    case ExprKind::Match:
      return lower_match(body, expr->as<ast::Match>(), dest);
    case ExprKind::Loop:
      return lower_loop(body, expr->as<ast::Loop>(), dest);
    case ExprKind::While:
      return lower_while(body, expr->as<ast::While>());
    case ExprKind::For:
      return lower_for(body, expr->as<ast::For>());
    case ExprKind::Break:
      return lower_break(body, expr->as<ast::Break>());
    case ExprKind::Continue:
      return lower_continue(body, expr->as<ast::Continue>());
    case ExprKind::Return:
      return lower_return(body, expr->as<ast::Return>());
    case ExprKind::Closure:
      return lower_closure(body, expr, dest);
    case ExprKind::Spawn:
      return lower_spawn(body, expr->as<ast::Spawn>(), dest);
    case ExprKind::Await:
      return lower_await(body, expr->as<ast::Await>(), dest);
    case ExprKind::Async:
      return lower_async(body, expr->as<ast::Async>(), dest);
    case ExprKind::MapLit:
      return lower_map(body, expr->as<ast::MapLit>(), dest);
    case ExprKind::Catch:
      return lower_catch(body, expr->as<ast::Catch>(), dest);
    case ExprKind::Lock:
      return lower_lock(body, expr->as<ast::Lock>(), dest);
    case ExprKind::Send:
      return lower_send(body, expr->as<ast::Send>());
    case ExprKind::Receive:
      return lower_receive(body, expr->as<ast::Receive>(), dest);
    case ExprKind::Select:
      return lower_select(body, expr->as<ast::Select>(), dest);
    case ExprKind::Within:
      return lower_within(body, expr->as<ast::Within>(), dest);
    case ExprKind::Shield:
      return lower_shield(body, expr->as<ast::Shield>(), dest);
    case ExprKind::ParFor:
      return lower_par_for(body, expr->as<ast::ParFor>(), dest);
    case ExprKind::With:
      return lower_with(body, expr->as<ast::With>(), dest);
    case ExprKind::Yield:
      return lower_yield(body, expr->as<ast::Yield>());
    case ExprKind::Assign:
      return lower_assign(body, expr->as<ast::Assign>());
    case ExprKind::IntLit:
    case ExprKind::FloatLit:
    case ExprKind::BoolLit:
    case ExprKind::CharLit:
    case ExprKind::StrLit:
    case ExprKind::ByteStrLit:
    case ExprKind::DurationLit:
      SKEIN_UNREACHABLE("a literal is a constant");
    case ExprKind::Index:
      SKEIN_CHECK(body.program.call_of(expr) != nullptr, "an element is a place");
      return lower_call(body, expr, dest);
    case ExprKind::ErrorExpr:
    case ExprKind::Underscore:
      SKEIN_UNREACHABLE(std::string("check let `") + ast::kind_name(expr->kind) + "` through");
  }
}

// Whether the expression gives a value that a place could hold.
static bool gives_value(Body& body, TypeId type) {
  TypeKind kind = body.unit.kind(type);
  return kind != TypeKind::Unit && kind != TypeKind::Never;
}

// The value before its adjustment, as an operand of its own.
static Operand lower_unadjusted(Body& body, const ast::Expr* expr) {
  if (std::optional<Operand> literal = literal_of(body, expr)) return *literal;
  if (has_place_form(body, expr)) {
    return body.value_of(read_place(body, lower_pending_place(body, expr)));
  }
  TypeId type = body.program.fact(expr).type;
  if (!gives_value(body, type)) {
    lower_plain(body, expr, Place());
    return Operand::unit(body.program.types.unit());
  }
  LocalId temp = body.new_temp(type, expr->span);
  lower_plain(body, expr, temp);
  body.own(temp, expr->span);
  return body.taken_from(temp);
}

// A value of a `dyn` type, or an option of one.
static void lower_to_dyn(Body& body, const ast::Expr* expr, TypeId type, const Place& dest) {
  bool is_option = body.unit.kind(type) == TypeKind::Option;
  TypeId dyn = is_option ? body.program.types.arg(type) : type;
  for (const types::DynMethod& method : types::dyn_methods(body.program, dyn)) {
    body.unit.function_of(method.fn);
  }
  Inst inst;
  inst.kind = InstKind::ToDyn;
  inst.span = expr->span;
  inst.operands = {lower_unadjusted(body, expr)};
  if (!is_option) {
    inst.dest = dest;
    return body.emit(std::move(inst));
  }
  LocalId temp = body.new_temp(dyn, expr->span);
  inst.dest = temp;
  body.emit(std::move(inst));
  body.own(temp, expr->span);
  emit_variant(body, 1, {body.taken_from(temp)}, dest, expr->span);
}

// Whether a function with `-> mut T` gives this: not the value, but where it is. Blocks and branches
// do by what is in them.
static bool is_given_place(Body& body, const ast::Expr* expr, const Place& dest) {
  bool is_result =
      dest.valid() && dest.local == body.fn.return_local() && body.fn.gives_place();
  bool has_branches = expr->kind == ExprKind::BlockExpr || expr->kind == ExprKind::If ||
                      expr->kind == ExprKind::Match;
  return is_result && !has_branches &&
         body.unit.kind(body.program.fact(expr).type) != TypeKind::Never;
}

void lower_into(Body& body, const ast::Expr* expr, const Place& dest) {
  if (is_given_place(body, expr, dest)) {
    Place place =
        is_array_slice(body, expr)
            ? emit_window(body, lower_pending_window(body, expr->as<ast::Slice>()), true)
            : write_place(body, lower_pending_place(body, expr));
    return emit_ref(body, dest.local, Operand::mut(std::move(place)), expr->span);
  }
  if (!dest.valid()) return lower_discarded(body, expr);
  const types::ExprFact& fact = body.program.fact(expr);
  switch (fact.adjustment) {
    case Adjustment::None:
    case Adjustment::NeverToAny:
      break;
    case Adjustment::WrapOption:
      return emit_variant(body, 1, {lower_unadjusted(body, expr)}, dest, expr->span);
    case Adjustment::DropValue:
      lower_discarded(body, expr);
      return body.assign(dest, Operand::unit(body.program.types.unit()), expr->span);
    case Adjustment::ToDyn:
      return lower_to_dyn(body, expr, fact.adjusted_type, dest);
  }
  if (gives_value(body, fact.type)) return lower_plain(body, expr, dest);
  lower_plain(body, expr, Place());
  if (body.unit.kind(fact.type) == TypeKind::Unit) {
    body.assign(dest, Operand::unit(fact.type), expr->span);
  }
}

// Whether the steps for this kind drop the value themselves where it is not wanted, for example in
// each branch of an `if`.
static bool drops_own_value(const ast::Expr* expr) {
  switch (expr->kind) {
    case ExprKind::BlockExpr:
    case ExprKind::If:
    case ExprKind::Match:
    case ExprKind::Loop:
    case ExprKind::Spawn:
    case ExprKind::Async:
    case ExprKind::Select:
    case ExprKind::Lock:
      return true;
    default:
      return false;
  }
}

void lower_discarded(Body& body, const ast::Expr* expr) {
  TypeId type = body.program.fact(expr).type;
  bool is_effect_only = drops_own_value(expr) || !gives_value(body, type) ||
                        has_place_form(body, expr) || literal_of(body, expr) ||
                        expr->kind == ExprKind::InterpStr;
  if (is_effect_only) return lower_plain(body, expr, Place());
  LocalId temp = body.new_temp(type, expr->span);
  lower_plain(body, expr, temp);
  body.own(temp, expr->span);
}

LocalId lower_to_temp(Body& body, const ast::Expr* expr) {
  const ast::InterpStr* text = expr->try_as<ast::InterpStr>();
  if (text != nullptr && !is_adjusted(body, expr)) return lower_interp(body, text);
  LocalId temp = body.new_temp(body.program.type_of(expr), expr->span);
  lower_into(body, expr, temp);
  body.own(temp, expr->span);
  return temp;
}

Place lower_to_place(Body& body, const ast::Expr* expr) {
  if (!is_place(body, expr) || is_read_at_once(body, expr)) return lower_to_temp(body, expr);
  return read_place(body, lower_pending_place(body, expr));
}

Operand lower_value(Body& body, const ast::Expr* expr) {
  if (std::optional<Operand> constant = constant_of(body, expr)) return *constant;
  if (is_place(body, expr)) return body.value_of(lower_to_place(body, expr));
  return body.taken_from(lower_to_temp(body, expr));
}

Operand lower_borrowed(Body& body, const ast::Expr* expr) {
  if (std::optional<Operand> constant = constant_of(body, expr)) return *constant;
  return body.borrow_of(lower_to_place(body, expr));
}

void lower_block(Body& body, const ast::Block* block, const Place& dest) {
  size_t outer = body.mark();
  for (const ast::Stmt* stmt : block->stmts) {
    Body::Statement statement = body.enter_statement();
    lower_stmt(body, stmt);
    body.leave_statement(statement, stmt->span);
  }
  LocalId result = dest.valid() && dest.is_local() ? dest.local : LocalId();
  Span end = {block->span.end > 0 ? block->span.end - 1 : 0, block->span.end};
  if (block->value != nullptr) {
    size_t statement = body.mark();
    lower_into(body, block->value, dest);
    body.leave(statement, block->value->span, result);
  }
  body.leave(outer, end, result);
}

}  // namespace skein::lower
