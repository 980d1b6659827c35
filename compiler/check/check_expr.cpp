// Dispatch over the kinds of expressions.
#include "compiler/check/check_expr.h"

#include "compiler/check/check_closure.h"
#include "compiler/check/check_generator.h"
#include "compiler/check/check_map.h"
#include "compiler/check/copies.h"

#include "compiler/check/resolve_type.h"

namespace skein::check {

static TypeId check_none(Context& ctx, const ast::Expr* expr, const Want& want) {
  TypeId type = want.type.valid() ? ctx.infer.shallow(want.type) : TypeId();
  if (!type.valid() || ctx.types.kind(type) != TypeKind::Option) {
    type = ctx.types.make(TypeKind::Option, {ctx.infer.fresh(expr->span)});
  }
  ctx.fact(expr).name = VariantRef{type, 0};
  return type;
}

static TypeId check_byte_str(Context& ctx) {
  return ctx.types.make(TypeKind::Array, {ctx.types.plain(TypeKind::U8)});
}

static TypeId check_type_args(Context& ctx, const ast::TypeArgs* node) {
  PathRef path = resolve_receiver(ctx, node);
  if (path.kind == PathRef::Kind::Type) {
    ctx.report(node->span, D::NotAValue, {ctx.show(path.type), "a type"});
    return ctx.types.error();
  }
  if (path.kind == PathRef::Kind::Broken) return ctx.types.error();
  ctx.report(node->span, D::NotAValue,
             {ctx.program.sources.text(node->span), "a function with type arguments"})
      .help("call it, or write a closure that does: `|x| f(x)`");
  return ctx.types.error();
}

static TypeId check_kind(Context& ctx, const ast::Expr* expr, const Want& want) {
  switch (expr->kind) {
    case ast::ExprKind::ErrorExpr: return ctx.types.error();
    case ast::ExprKind::IntLit: return check_int(ctx, expr->as<ast::IntLit>(), want, false);
    case ast::ExprKind::FloatLit: return check_float(ctx, expr->as<ast::FloatLit>(), want);
    case ast::ExprKind::BoolLit: return ctx.types.bool_();
    case ast::ExprKind::CharLit: return ctx.types.plain(TypeKind::Char);
    case ast::ExprKind::StrLit: return ctx.types.str();
    case ast::ExprKind::ByteStrLit: return check_byte_str(ctx);
    case ast::ExprKind::DurationLit: return ctx.types.plain(TypeKind::Duration);
    case ast::ExprKind::InterpStr: return check_interp(ctx, expr->as<ast::InterpStr>());
    case ast::ExprKind::NoneLit: return check_none(ctx, expr, want);
    case ast::ExprKind::Underscore:
      ctx.report(expr->span, D::UnderscoreValue);
      return ctx.types.error();
    case ast::ExprKind::Name: return check_name(ctx, expr->as<ast::Name>(), want);
    case ast::ExprKind::TypeArgs: return check_type_args(ctx, expr->as<ast::TypeArgs>());
    case ast::ExprKind::Unary: return check_unary(ctx, expr->as<ast::Unary>(), want);
    case ast::ExprKind::Binary: return check_binary(ctx, expr->as<ast::Binary>(), want);
    case ast::ExprKind::Compare: return check_compare(ctx, expr->as<ast::Compare>());
    case ast::ExprKind::Logical: return check_logical(ctx, expr->as<ast::Logical>());
    case ast::ExprKind::Coalesce: return check_coalesce(ctx, expr->as<ast::Coalesce>(), want);
    case ast::ExprKind::Range: return check_range(ctx, expr->as<ast::Range>(), want);
    case ast::ExprKind::Call: return check_call(ctx, expr->as<ast::Call>(), want);
    case ast::ExprKind::MethodCall: {
      TypeId type = check_method_call(ctx, expr->as<ast::MethodCall>(), want);
      warn_of_snapshot(ctx, expr->as<ast::MethodCall>());
      return type;
    }
    case ast::ExprKind::Field: return check_field(ctx, expr->as<ast::Field>(), want);
    case ast::ExprKind::TupleIndex: return check_tuple_index(ctx, expr->as<ast::TupleIndex>());
    case ast::ExprKind::Index: return check_index(ctx, expr->as<ast::Index>());
    case ast::ExprKind::Slice: return check_slice(ctx, expr->as<ast::Slice>());
    case ast::ExprKind::Try: return check_try(ctx, expr->as<ast::Try>());
    case ast::ExprKind::Unwrap: return check_unwrap(ctx, expr->as<ast::Unwrap>());
    case ast::ExprKind::StructLit: return check_struct_lit(ctx, expr->as<ast::StructLit>(), want);
    case ast::ExprKind::Tuple: return check_tuple(ctx, expr->as<ast::Tuple>(), want);
    case ast::ExprKind::Array: return check_array(ctx, expr->as<ast::Array>(), want);
    case ast::ExprKind::RepeatArray: return check_repeat(ctx, expr->as<ast::RepeatArray>(), want);
    case ast::ExprKind::MapLit:
      return check_map_literal(ctx, expr->as<ast::MapLit>(), want);
    case ast::ExprKind::BlockExpr:
      return check_block(ctx, *expr->as<ast::BlockExpr>()->block, want);
    case ast::ExprKind::If: return check_if(ctx, expr->as<ast::If>(), want);
    case ast::ExprKind::Match: return check_match(ctx, expr->as<ast::Match>(), want);
    case ast::ExprKind::Loop: return check_loop(ctx, expr->as<ast::Loop>(), want);
    case ast::ExprKind::While: return check_while(ctx, expr->as<ast::While>());
    case ast::ExprKind::For: return check_for(ctx, expr->as<ast::For>());
    case ast::ExprKind::ParFor: return check_par_for(ctx, expr->as<ast::ParFor>());
    case ast::ExprKind::Break: return check_break(ctx, expr->as<ast::Break>());
    case ast::ExprKind::Continue: return check_continue(ctx, expr->as<ast::Continue>());
    case ast::ExprKind::Return: return check_return(ctx, expr->as<ast::Return>());
    case ast::ExprKind::Closure: 
      return check_closure(ctx, expr->as<ast::Closure>(), want, false);
    case ast::ExprKind::Spawn: return check_spawn(ctx, expr->as<ast::Spawn>(), want);
    case ast::ExprKind::Await: return check_await(ctx, expr->as<ast::Await>());
    case ast::ExprKind::Async: return check_async(ctx, expr->as<ast::Async>(), want);
    case ast::ExprKind::Within: return check_within(ctx, expr->as<ast::Within>(), want);
    case ast::ExprKind::Shield: return check_shield(ctx, expr->as<ast::Shield>(), want);
    case ast::ExprKind::Lock: return check_lock(ctx, expr->as<ast::Lock>(), want);
    case ast::ExprKind::Catch: return check_catch(ctx, expr->as<ast::Catch>(), want);
    case ast::ExprKind::Select: 
      return check_select(ctx, expr->as<ast::Select>(), want);
    case ast::ExprKind::Yield: return check_yield(ctx, expr->as<ast::Yield>());
    case ast::ExprKind::With: return check_with(ctx, expr->as<ast::With>(), want);
    case ast::ExprKind::Assign: return check_assign(ctx, expr->as<ast::Assign>());
    case ast::ExprKind::Send: return check_send(ctx, expr->as<ast::Send>());
    case ast::ExprKind::Receive: return check_receive(ctx, expr->as<ast::Receive>());
  }
  SKEIN_UNREACHABLE("an unknown kind of expression");
}

TypeId check_expr(Context& ctx, const ast::Expr* expr, const Want& want) {
  return ctx.set_type(expr, check_kind(ctx, expr, want));
}

TypeId check_value(Context& ctx, const ast::Expr* expr, const Want& want) {
  TypeId found = check_expr(ctx, expr, want);
  if (!want.demands()) return found;
  fit(ctx, expr, found, want);
  return want.type;
}

}  // namespace skein::check
