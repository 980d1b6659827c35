// Works numbers out from the tree.
#include "compiler/check/fold.h"

#include "compiler/check/modules.h"
#include "compiler/check/resolve_type.h"

namespace skein::check {

using Number = std::optional<__int128>;

static bool fits(TypeKind kind, __int128 value) {
  if (!types::is_integer(kind)) return false;
  unsigned bits = types::bit_width(kind);
  bool is_signed = types::is_signed(kind);
  __int128 most = (__int128{1} << (is_signed ? bits - 1 : bits)) - 1;
  __int128 least = is_signed ? -most - 1 : 0;
  return least <= value && value <= most;
}

static Number fold_unary(Context& ctx, const ast::Unary* node, TypeKind kind) {
  // `-128` fits where 128 does not.
  if (node->op != ast::UnaryOp::Neg) return std::nullopt;
  if (const ast::IntLit* literal = node->operand->try_as<ast::IntLit>()) {
    return -static_cast<__int128>(literal->value);
  }
  Number operand = fold_number(ctx, node->operand, kind);
  if (!operand) return std::nullopt;
  return -*operand;
}

static Number fold_binary(Context& ctx, const ast::Binary* node, TypeKind kind) {
  Number left = fold_number(ctx, node->left, kind);
  Number right = left ? fold_number(ctx, node->right, kind) : std::nullopt;
  if (!left || !right) return std::nullopt;
  switch (node->op) {
    case ast::BinaryOp::Add: return *left + *right;
    case ast::BinaryOp::Sub: return *left - *right;
    case ast::BinaryOp::Mul: return *left * *right;
    case ast::BinaryOp::Div: return *right == 0 ? Number() : *left / *right;
    case ast::BinaryOp::Rem: return *right == 0 ? Number() : *left % *right;
    case ast::BinaryOp::Shl:
      return *right < 0 || *right > 62 ? Number() : *left * (__int128{1} << *right);
    default: return std::nullopt;
  }
}

// The constant that a name or `module.NAME` stands for.
static std::optional<ConstId> named_const(Context& ctx, const ast::Expr* expr) {
  const Entity* entity = nullptr;
  if (const ast::Name* name = expr->try_as<ast::Name>()) {
    if (ctx.locals.find(name->name).valid()) return std::nullopt;
    entity = find_entity(ctx, {name->name, name->span});
  } else if (const ast::Field* field = expr->try_as<ast::Field>()) {
    const ast::Name* base = field->receiver->try_as<ast::Name>();
    const Entity* module = base ? find_entity(ctx, {base->name, base->span}) : nullptr;
    if (!module || module->kind != Entity::Kind::Module) return std::nullopt;
    entity = find_in_module(ctx, ModuleId(module->index), field->name);
  }
  if (!entity || entity->kind != Entity::Kind::Const) return std::nullopt;
  return ConstId(entity->index);
}

Number fold_number(Context& ctx, const ast::Expr* expr, TypeKind kind) {
  Number value;
  switch (expr->kind) {
    case ast::ExprKind::IntLit:
      if (expr->as<ast::IntLit>()->value >> 64 != 0) return std::nullopt;
      value = static_cast<__int128>(expr->as<ast::IntLit>()->value);
      break;
    case ast::ExprKind::Unary:
      value = fold_unary(ctx, expr->as<ast::Unary>(), kind);
      break;
    case ast::ExprKind::Binary:
      value = fold_binary(ctx, expr->as<ast::Binary>(), kind);
      break;
    case ast::ExprKind::Name:
    case ast::ExprKind::Field:
      if (std::optional<ConstId> id = named_const(ctx, expr)) value = fold_const(ctx, *id);
      break;
    default:
      break;
  }
  return value && fits(kind, *value) ? value : std::nullopt;
}

Number fold_const(Context& ctx, ConstId id) {
  const types::ConstDecl& decl = ctx.program.consts[id];
  auto [known, is_new] = ctx.folded.emplace(id.index, std::nullopt);
  // Under way, it is computed from itself: not known here, and reported when it is computed.
  if (!is_new || !decl.value) return known->second;
  bool has_type = decl.type.valid() && !ctx.is_error(decl.type);
  NameTable* outside = ctx.table;
  ctx.table = ctx.const_tables[id.index];
  Number value = fold_number(ctx, decl.value, has_type ? ctx.kind(decl.type) : TypeKind::Int);
  ctx.table = outside;
  ctx.folded[id.index] = value;
  return value;
}

std::optional<uint64_t> fold_length(Context& ctx, const ast::Expr* expr) {
  constexpr __int128 kMost = __int128{1} << 31;
  Number length = fold_number(ctx, expr, TypeKind::Int);
  if (!length) {
    ctx.report(expr->span, D::LengthNotConstant)
        .help("write a literal, a constant, or operators on them");
    return std::nullopt;
  }
  if (*length < 0 || *length > kMost) {
    ctx.report(expr->span, D::BadLength, {std::to_string(static_cast<int64_t>(*length))})
        .help("lengths are 0 to 2147483648; `[T]` grows as needed");
    return std::nullopt;
  }
  return static_cast<uint64_t>(*length);
}

}  // namespace skein::check
