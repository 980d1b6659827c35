// Turns the patterns of the tree into those that are compared.
#include "compiler/check/cover.h"

namespace skein::check {

static const Pat* make_ctor(Cover& cover, uint32_t ctor, std::vector<const Pat*> parts) {
  Pat& pat = cover.pats.emplace_back();
  pat.kind = Pat::Kind::Ctor;
  pat.ctor = ctor;
  pat.parts = std::move(parts);
  return &pat;
}

static const Pat* make_range(Cover& cover, Wide low, Wide high) {
  Pat& pat = cover.pats.emplace_back();
  pat.kind = Pat::Kind::Range;
  pat.low = low;
  pat.high = high;
  return &pat;
}

static std::optional<Wide> constant_of(const ast::Expr* expr) {
  if (const ast::IntLit* literal = expr->try_as<ast::IntLit>()) return Wide(literal->value);
  if (const ast::CharLit* literal = expr->try_as<ast::CharLit>()) return Wide(literal->value);
  const ast::Unary* unary = expr->try_as<ast::Unary>();
  const ast::IntLit* operand = unary ? unary->operand->try_as<ast::IntLit>() : nullptr;
  if (operand) return -Wide(operand->value);
  return std::nullopt;
}

std::vector<Stretch> domain_of(TypeKind kind) {
  if (kind == TypeKind::Char) return {{0, 0xD7FF}, {0xE000, 0x10FFFF}};
  unsigned bits = types::bit_width(kind);
  if (!types::is_signed(kind)) return {{0, (Wide(1) << bits) - 1}};
  Wide half = Wide(1) << (bits - 1);
  return {{-half, half - 1}};
}

bool is_ordered(TypeKind kind) { return types::is_integer(kind) || kind == TypeKind::Char; }

static const Pat* simplify_literal(Cover& cover, const ast::LiteralPattern* pattern,
                                   TypeKind kind) {
  const ast::Expr* value = pattern->value;
  if (!value) {
    cover.has_error = true;
    return cover.wild;
  }
  if (const ast::BoolLit* literal = value->try_as<ast::BoolLit>()) {
    return make_ctor(cover, literal->value ? 1 : 0, {});
  }
  std::optional<Wide> constant = constant_of(value);
  if (constant && is_ordered(kind)) return make_range(cover, *constant, *constant);
  Pat& pat = cover.pats.emplace_back();
  pat.kind = Pat::Kind::Literal;
  // Texts are alike by what they say, not by how it is written.
  const ast::StrLit* text = value->try_as<ast::StrLit>();
  pat.literal = text ? "\"" + std::string(cover.ctx.text(text->value)) + "\""
                     : std::string(cover.ctx.program.sources.text(value->span));
  return &pat;
}

static const Pat* simplify_range(Cover& cover, const ast::RangePattern* pattern,
                                 TypeKind kind) {
  std::optional<Wide> low = pattern->low ? constant_of(pattern->low) : std::nullopt;
  std::optional<Wide> high = pattern->high ? constant_of(pattern->high) : std::nullopt;
  bool is_known = is_ordered(kind) && (low || !pattern->low) && (high || !pattern->high);
  if (!is_known) {
    cover.has_error = true;
    return cover.wild;
  }
  std::vector<Stretch> domain = domain_of(kind);
  Wide first = low ? *low : domain.front().low;
  Wide last = high ? *high - (pattern->inclusive ? 0 : 1) : domain.back().high;
  return make_range(cover, first, last);
}

static const Pat* simplify_all(Cover& cover, uint32_t ctor,
                               std::span<ast::Pattern* const> patterns) {
  std::vector<const Pat*> parts;
  for (const ast::Pattern* pattern : patterns) parts.push_back(simplify(cover, pattern));
  return make_ctor(cover, ctor, std::move(parts));
}

static const Pat* simplify_struct(Cover& cover, const ast::StructPattern* pattern,
                                  TypeId type) {
  Context& ctx = cover.ctx;
  const std::optional<VariantRef>& variant = ctx.fact(pattern).variant;
  const Type head = ctx.types.get(type);
  const std::vector<types::FieldDecl>& fields =
      variant ? ctx.program.enums[EnumId(head.decl)].variants[variant->variant].fields
              : ctx.program.structs[StructId(head.decl)].fields;
  std::vector<const Pat*> parts(fields.size(), cover.wild);
  for (const ast::FieldPattern& field : pattern->fields) {
    for (size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].name == field.name.name) parts[i] = simplify(cover, field.pattern);
    }
  }
  return make_ctor(cover, variant ? variant->variant : 0, std::move(parts));
}

static const Pat* simplify_array(Cover& cover, const ast::ArrayPattern* pattern) {
  std::vector<const Pat*> parts;
  for (const ast::Pattern* part : pattern->before) parts.push_back(simplify(cover, part));
  for (const ast::Pattern* part : pattern->after) parts.push_back(simplify(cover, part));
  Pat& pat = cover.pats.emplace_back();
  pat.kind = Pat::Kind::Array;
  pat.parts = std::move(parts);
  pat.has_rest = pattern->has_rest;
  pat.before = pattern->before.size();
  return &pat;
}

// What a constant is equal to is not looked at: it may be any one value.
static const Pat* simplify_constant(Cover& cover, const ast::Pattern* pattern) {
  Pat& pat = cover.pats.emplace_back();
  pat.kind = Pat::Kind::Literal;
  pat.literal = cover.ctx.program.sources.text(pattern->span);
  return &pat;
}

// The pattern behind the option layers it looks through.
static const Pat* simplify_inner(Cover& cover, const ast::Pattern* pattern, TypeId type) {
  Context& ctx = cover.ctx;
  TypeKind kind = ctx.types.kind(type);
  switch (pattern->kind) {
    case ast::PatternKind::Error:
      cover.has_error = true;
      return cover.wild;
    case ast::PatternKind::Wildcard:
    case ast::PatternKind::Binding:
      return cover.wild;
    case ast::PatternKind::Named:
      return simplify(cover, pattern->as<ast::NamedPattern>()->pattern);
    case ast::PatternKind::None:
      return make_ctor(cover, 0, {});
    case ast::PatternKind::Literal:
      return simplify_literal(cover, pattern->as<ast::LiteralPattern>(), kind);
    case ast::PatternKind::Range:
      return simplify_range(cover, pattern->as<ast::RangePattern>(), kind);
    case ast::PatternKind::Tuple:
      return simplify_all(cover, 0, pattern->as<ast::TuplePattern>()->elements);
    case ast::PatternKind::Array:
      return simplify_array(cover, pattern->as<ast::ArrayPattern>());
    case ast::PatternKind::Variant: {
      const std::optional<VariantRef>& variant = ctx.fact(pattern).variant;
      bool is_constant =
          ctx.fact(pattern).constant.valid() || ctx.fact(pattern).type_constant.valid();
      if (is_constant) return simplify_constant(cover, pattern);
      std::span<ast::Pattern* const> payload = pattern->as<ast::VariantPattern>()->payload;
      // One of a wrong length was reported.
      if (variant && payload.size() == ctx.program.variant_fields(type, variant->variant).size()) {
        return simplify_all(cover, variant->variant, payload);
      }
      cover.has_error = true;
      return cover.wild;
    }
    case ast::PatternKind::Struct: {
      bool is_known = kind == TypeKind::Struct || ctx.fact(pattern).variant;
      if (is_known) return simplify_struct(cover, pattern->as<ast::StructPattern>(), type);
      cover.has_error = true;
      return cover.wild;
    }
    case ast::PatternKind::Alternatives: {
      Pat& pat = cover.pats.emplace_back();
      pat.kind = Pat::Kind::Or;
      for (const ast::Pattern* choice : pattern->as<ast::AlternativesPattern>()->choices) {
        pat.parts.push_back(simplify(cover, choice));
      }
      return &pat;
    }
  }
  SKEIN_UNREACHABLE("an unknown kind of pattern");
}

const Pat* simplify(Cover& cover, const ast::Pattern* pattern) {
  const types::PatternFact& fact = cover.ctx.fact(pattern);
  TypeId type = cover.ctx.infer.resolve(fact.type);
  if (cover.ctx.types.has_error(type)) cover.has_error = true;
  for (uint32_t i = 0; i < fact.option_layers && !cover.has_error; ++i) {
    type = cover.ctx.infer.resolve(cover.ctx.types.arg(type));
  }
  if (cover.has_error) return cover.wild;
  const Pat* pat = simplify_inner(cover, pattern, type);
  for (uint32_t i = 0; i < fact.option_layers; ++i) pat = make_ctor(cover, 1, {pat});
  return pat;
}

}  // namespace skein::check
