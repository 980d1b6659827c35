// Patterns: their types, their bindings.
#include "compiler/check/check_pattern.h"

#include <algorithm>

#include "compiler/check/check_expr.h"
#include "compiler/check/fold.h"
#include "compiler/check/method.h"
#include "compiler/check/modules.h"
#include "compiler/check/resolve_type.h"
#include "compiler/check/spellings.h"
#include "compiler/check/suggest.h"
#include "compiler/check/traits.h"

namespace skein::check {

// The bindings of one pattern; those of the choices of `a | b` are the same variables.
using Bindings = std::unordered_map<Symbol, VarId, IdHash>;

namespace {

struct Walk {
  Context& ctx;
  const PatternMode& mode;
  Bindings bindings;               // made so far
  const Bindings* shared = nullptr;  // of the first choice; later ones take its variables
};

}  // namespace

static void walk(Walk& state, const ast::Pattern* pattern, TypeId subject);

// ---- bindings ------------------------------------------------------------------------------

VarId declare_var(Context& ctx, ast::Ident name, TypeId type, const PatternMode& mode) {
  types::VarDecl decl;
  decl.name = name.name;
  decl.type = type;
  decl.is_mutable = mode.is_var;
  decl.span = name.span;
  LocalInfo info;
  info.origin = mode.origin;
  info.keyword = mode.keyword;
  VarId var = new_var(ctx, std::move(decl), info);
  ctx.body_vars.push_back(var);
  ctx.locals.declare(name.name, var);
  return var;
}

static bool check_mut(Walk& state, const ast::BindingPattern* pattern, TypeId type) {
  Context& ctx = state.ctx;
  if (!pattern->is_mut) return false;
  // What could not be understood may well have been a place.
  if (state.mode.allows_mut || ctx.kind(type) == TypeKind::Error) return true;
  if (state.mode.origin == Origin::Let || state.mode.origin == Origin::Var) {
    Report report = ctx.report(pattern->span, D::MutInLet);
    report.help("variables that change are declared by `var`, which stands before the whole pattern");
    return false;
  }
  ctx.report(pattern->span, D::MutPattern)
      .help("it names a place inside of what can be changed: an element in `for mut x in xs`, a part "
            "in `if let mut x = v`, in `match v { … }`");
  return false;
}

static void walk_binding(Walk& state, const ast::BindingPattern* pattern, TypeId type) {
  Context& ctx = state.ctx;
  bool is_place = check_mut(state, pattern, type);
  Symbol name = pattern->name.name;
  auto before = state.bindings.find(name);
  if (before != state.bindings.end()) {
    ctx.report(pattern->span, D::DuplicateName, {ctx.text(name)})
        .mark("bound again here")
        .label(ctx.program.vars[before->second].span, "first bound here");
    return;
  }
  VarId var;
  if (state.shared) {
    auto shared = state.shared->find(name);
    if (shared == state.shared->end()) {
      ctx.report(pattern->span, D::BindingNotInAll, {ctx.text(name)})
          .help("each choice of a pattern binds the same names");
    } else {
      var = shared->second;
      TypeId first = ctx.program.vars[var].type;
      if (!ctx.infer.unify(first, type)) {
        ctx.report(pattern->span, D::TypeMismatch, {ctx.show(first), ctx.show(type)})
            .label(ctx.program.vars[var].span, "bound here to `" + ctx.show(first) + "`");
      }
    }
  }
  if (!var.valid()) {
    var = declare_var(ctx, pattern->name, type, state.mode);
    ctx.program.vars[var].is_place = is_place;
    // Also where `mut` was refused: its changes are what the user meant.
    if (pattern->is_mut) ctx.program.vars[var].is_mutable = true;
  }
  state.bindings.emplace(name, var);
  ctx.fact(pattern).var = var;
}

static bool has_mut_binding(std::span<ast::Pattern* const> patterns) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [](const ast::Pattern* pattern) { return has_mut_binding(pattern); });
}

bool has_mut_binding(const ast::Pattern* pattern) {
  switch (pattern->kind) {
    case ast::PatternKind::Binding:
      return pattern->as<ast::BindingPattern>()->is_mut;
    case ast::PatternKind::Named:
      return has_mut_binding(pattern->as<ast::NamedPattern>()->binding) ||
             has_mut_binding(pattern->as<ast::NamedPattern>()->pattern);
    case ast::PatternKind::Tuple:
      return has_mut_binding(pattern->as<ast::TuplePattern>()->elements);
    case ast::PatternKind::Variant:
      return has_mut_binding(pattern->as<ast::VariantPattern>()->payload);
    case ast::PatternKind::Alternatives:
      return has_mut_binding(pattern->as<ast::AlternativesPattern>()->choices);
    case ast::PatternKind::Struct:
      for (const ast::FieldPattern& field : pattern->as<ast::StructPattern>()->fields) {
        if (has_mut_binding(field.pattern)) return true;
      }
      return false;
    case ast::PatternKind::Array: {
      const ast::ArrayPattern* array = pattern->as<ast::ArrayPattern>();
      return has_mut_binding(array->before) || has_mut_binding(array->after) ||
             (array->rest && has_mut_binding(array->rest));
    }
    default:
      return false;
  }
}

// ---- literals and ranges -------------------------------------------------------------------

static void walk_literal(Walk& state, const ast::LiteralPattern* pattern, TypeId type) {
  if (pattern->value) {
    check_value(state.ctx, pattern->value, Want::must(type, pattern->span, ""));
  }
}

static std::optional<__int128> constant_of(const ast::Expr* expr) {
  if (const ast::IntLit* literal = expr->try_as<ast::IntLit>()) {
    return static_cast<__int128>(literal->value);
  }
  if (const ast::CharLit* literal = expr->try_as<ast::CharLit>()) return literal->value;
  const ast::Unary* unary = expr->try_as<ast::Unary>();
  const ast::IntLit* operand = unary ? unary->operand->try_as<ast::IntLit>() : nullptr;
  if (operand) return -static_cast<__int128>(operand->value);
  return std::nullopt;
}

static void walk_range(Walk& state, const ast::RangePattern* pattern, TypeId type) {
  Context& ctx = state.ctx;
  for (const ast::Expr* end : {pattern->low, pattern->high}) {
    if (end) check_value(ctx, end, Want::must(type, pattern->span, ""));
  }
  TypeKind kind = ctx.kind(type);
  bool is_counted = types::is_integer(kind) || kind == TypeKind::Char ||
                    kind == TypeKind::Error || kind == TypeKind::Param ||
                    ctx.infer.var_kind(type) == VarKind::Integer;
  if (!is_counted) ctx.report(pattern->span, D::BadRange, {ctx.show(type)});
  if (!pattern->low || !pattern->high) return;
  std::optional<__int128> low = constant_of(pattern->low);
  std::optional<__int128> high = constant_of(pattern->high);
  if (!low || !high) return;
  bool is_empty = pattern->inclusive ? *low > *high : *low >= *high;
  if (is_empty) ctx.report(pattern->span, D::EmptyRange);
}

// ---- tuples, variants, structs -------------------------------------------------------------

static void walk_all_unknown(Walk& state, std::span<ast::Pattern* const> patterns) {
  for (const ast::Pattern* pattern : patterns) {
    walk(state, pattern, state.ctx.types.error());
  }
}

static void report_pattern(Walk& state, const ast::Pattern* pattern, std::string_view what,
                           TypeId type) {
  Context& ctx = state.ctx;
  if (ctx.is_error(type)) return;
  Report report = ctx.report(pattern->span, D::PatternType, {what, ctx.show(type)});
  if (ctx.kind(type) == TypeKind::Struct) {
    report.help("a struct is matched with braces, `" + ctx.show(type) + " { .. }`, or by `_`");
  }
  if (ctx.kind(type) == TypeKind::Option && !state.mode.is_refutable) {
    report.help("it may be `none`: write `if let … = …`, or `let … = … else { … }`");
  }
  const ast::TuplePattern* tuple = pattern->try_as<ast::TuplePattern>();
  if (tuple && tuple->elements.size() == 2 && state.mode.origin == Origin::Loop) {
    report.help("`xs.enumerate()` gives each with its number");
  }
  if (ctx.kind(type) == TypeKind::Result) {
    report.help("it may be an error: write `ok(…)` around the pattern in `if let` or `match`");
  }
}

static void walk_tuple(Walk& state, const ast::TuplePattern* pattern, TypeId type) {
  Context& ctx = state.ctx;
  if (pattern->elements.empty()) {
    if (!ctx.infer.unify(type, ctx.types.unit())) report_pattern(state, pattern, "`()`", type);
    return;
  }
  if (ctx.infer.is_unknown(type)) {
    std::vector<TypeId> parts;
    for (const ast::Pattern* element : pattern->elements) {
      parts.push_back(ctx.infer.fresh(element->span));
    }
    ctx.infer.unify(type, ctx.types.make(TypeKind::Tuple, std::move(parts)));
    type = ctx.infer.shallow(type);
  }
  const Type head = ctx.types.get(type);
  if (head.kind != TypeKind::Tuple) {
    report_pattern(state, pattern, "a tuple", type);
    return walk_all_unknown(state, pattern->elements);
  }
  if (head.args.size() != pattern->elements.size()) {
    ctx.report(pattern->span, D::PatternCount,
               {ctx.show(type), counted(head.args.size(), "part"),
                std::to_string(pattern->elements.size())});
    return walk_all_unknown(state, pattern->elements);
  }
  for (size_t i = 0; i < head.args.size(); ++i) {
    walk(state, pattern->elements[i], head.args[i]);
  }
}

// An array's own length is not known; a fixed one has as many elements as its type says.
static void walk_array(Walk& state, const ast::ArrayPattern* pattern, TypeId type) {
  Context& ctx = state.ctx;
  if (ctx.infer.is_unknown(type)) {
    ctx.infer.unify(type, ctx.types.make(TypeKind::Array, {ctx.infer.fresh(pattern->span)}));
    type = ctx.infer.shallow(type);
  }
  const Type head = ctx.types.get(type);
  bool is_fixed = head.kind == TypeKind::FixedArray;
  bool is_array = is_fixed || head.kind == TypeKind::Array;
  if (!is_array) report_pattern(state, pattern, "an array", type);
  TypeId element = is_array ? head.args[0] : ctx.types.error();
  size_t count = pattern->before.size() + pattern->after.size();
  if (is_fixed && (pattern->has_rest ? count > head.length : count != head.length)) {
    ctx.report(pattern->span, D::PatternCount,
               {ctx.show(type), counted(head.length, "part"), std::to_string(count)});
    element = ctx.types.error();
  }
  for (const ast::Pattern* part : pattern->before) walk(state, part, element);
  if (pattern->rest) {
    bool is_known = !ctx.is_error(element);
    walk(state, pattern->rest, is_known ? ctx.types.make(TypeKind::Array, {element}) : element);
  }
  for (const ast::Pattern* part : pattern->after) walk(state, part, element);
}

// The type of a constant in a pattern against that of the subject, which `==` has to compare.
static void fit_constant(Context& ctx, const ast::Pattern* pattern, TypeId found, TypeId type) {
  if (!ctx.infer.unify(found, type)) {
    ctx.report(pattern->span, D::TypeMismatch, {ctx.show(type), ctx.show(found)});
  } else if (has_trait(ctx, found, ctx.program.core.eq) == Answer::No) {
    ctx.report(pattern->span, D::BadOperands, {"==", quoted(ctx.show(found))});
  }
}

// `Grid.SIDE` in a pattern: equal to the constant of the type.
static bool walk_type_constant(Context& ctx, const ast::VariantPattern* pattern,
                               const Entity* owner, TypeId type) {
  bool is_self = pattern->path[0].name.name == ctx.known.self_type && self_type(ctx).valid();
  bool is_type = owner && (owner->kind == Entity::Kind::Struct ||
                           owner->kind == Entity::Kind::Enum ||
                           owner->kind == Entity::Kind::Alias ||
                           owner->kind == Entity::Kind::TypeParam ||
                           owner->kind == Entity::Kind::Builtin);
  if (!is_type && !is_self) return false;
  ast::Ident name = pattern->path[1].name;
  TypeId of = is_self ? self_type(ctx)
                      : entity_type(ctx, *owner, pattern->path[0].name, pattern->path[0].args,
                                    MissingArgs::Infer);
  if (ctx.is_error(of) || (ctx.kind(of) == TypeKind::Enum && find_variant(ctx, of, name.name))) {
    return false;
  }
  std::optional<MethodMatch> match = try_method(ctx, of, name.name, name.span);
  if (!match || !ctx.program.fns[match->fn].is_const) return false;
  use_fn(ctx, match->fn);
  TypeId found = ctx.types.substitute(ctx.program.fns[match->fn].result, match->type_args);
  ctx.fact(pattern).type_constant = match->fn;
  ctx.fact(pattern).type_args = std::move(match->type_args);
  fit_constant(ctx, pattern, found, type);
  return true;
}

// `LIMIT` in a pattern: equal to the constant.
static bool walk_constant(Walk& state, const ast::VariantPattern* pattern, TypeId type) {
  Context& ctx = state.ctx;
  if (pattern->path.size() > 2 || pattern->has_payload) return false;
  ast::Ident name = pattern->path[0].name;
  bool is_variant = ctx.kind(type) == TypeKind::Enum && find_variant(ctx, type, name.name);
  const Entity* entity = is_variant ? nullptr : find_entity(ctx, name);
  if (pattern->path.size() == 2) {
    if (!entity || entity->kind != Entity::Kind::Module) {
      return walk_type_constant(ctx, pattern, entity, type);
    }
    entity = find_in_module(ctx, ModuleId(entity->index), pattern->path[1].name);
    if (!entity) return true;
  }
  if (!entity || entity->kind != Entity::Kind::Const) return false;
  ConstId constant(entity->index);
  ctx.fact(pattern).constant = constant;
  fit_constant(ctx, pattern, ctx.program.consts[constant].type, type);
  return true;
}

// The variant that a path names for a subject of this type.
static std::optional<VariantRef> resolve_variant(Walk& state, const ast::Pattern* pattern,
                                                 std::span<const ast::PathSegment> path,
                                                 TypeId type) {
  Context& ctx = state.ctx;
  ast::Ident name = path.back().name;
  if (path.size() >= 3) {
    // `module.Enum.Variant`
    TypeId named = resolve_path(ctx, path.first(path.size() - 1), MissingArgs::Infer);
    if (ctx.is_error(named)) return std::nullopt;
    if (!ctx.infer.unify(named, type)) {
      report_pattern(state, pattern, "a variant of " + quoted(ctx.show(named)), type);
      return std::nullopt;
    }
  }
  if (path.size() == 2) {
    const Entity* entity = find_entity(ctx, path[0].name);
    bool is_type = entity && (entity->kind == Entity::Kind::Enum ||
                              entity->kind == Entity::Kind::Alias);
    if (!is_type) {
      (void)resolve_path(ctx, path.first(1), MissingArgs::Infer);
      return std::nullopt;
    }
    TypeId named = entity_type(ctx, *entity, path[0].name, path[0].args, MissingArgs::Infer);
    if (!ctx.infer.unify(named, type)) {
      report_pattern(state, pattern, "a variant of " + quoted(ctx.show(named)), type);
      return std::nullopt;
    }
  }
  if (ctx.is_error(type)) return std::nullopt;
  TypeKind kind = ctx.kind(type);
  if (kind != TypeKind::Enum && kind != TypeKind::Result) {
    const ast::VariantPattern* variant = pattern->try_as<ast::VariantPattern>();
    if (variant && report_foreign_pattern(ctx, variant)) return std::nullopt;
    report_pattern(state, pattern, "the variant " + quoted(ctx.text(name.name)), type);
    return std::nullopt;
  }
  std::optional<VariantRef> found = find_variant(ctx, type, name.name);
  if (!found) report_unknown_variant(ctx, type, name);
  return found;
}

static void walk_variant(Walk& state, const ast::VariantPattern* pattern, TypeId type) {
  Context& ctx = state.ctx;
  if (walk_constant(state, pattern, type)) return;
  std::optional<VariantRef> variant = resolve_variant(state, pattern, pattern->path, type);
  if (!variant) return walk_all_unknown(state, pattern->payload);
  ctx.fact(pattern).variant = variant;
  std::vector<TypeId> fields = ctx.program.variant_fields(variant->type, variant->variant);
  std::string name = ctx.program.variant_name(variant->type, variant->variant);
  if (has_named_fields(ctx, *variant)) {
    ctx.report(pattern->span, D::VariantForm, {name})
        .help("its payload has names: write `" + name + " { … }`");
    return walk_all_unknown(state, pattern->payload);
  }
  if (fields.size() != pattern->payload.size()) {
    Report report = ctx.report(pattern->span, D::PatternCount,
                               {name, counted(fields.size(), "part"),
                                std::to_string(pattern->payload.size())});
    if (pattern->payload.empty()) {
      std::string holes = "_";
      for (size_t i = 1; i < fields.size(); ++i) holes += ", _";
      report.help("write `" + name + "(" + holes + ")`");
    }
    return walk_all_unknown(state, pattern->payload);
  }
  for (size_t i = 0; i < fields.size(); ++i) walk(state, pattern->payload[i], fields[i]);
}

// The fields a pattern with braces may name.
static const std::vector<types::FieldDecl>* pattern_fields(Walk& state,
                                                           const ast::StructPattern* pattern,
                                                           TypeId type,
                                                           std::vector<TypeId>& types) {
  Context& ctx = state.ctx;
  const Type head = ctx.types.get(type);
  if (head.kind == TypeKind::Enum || head.kind == TypeKind::Result) {
    std::optional<VariantRef> variant = resolve_variant(state, pattern, pattern->path, type);
    if (!variant) return nullptr;
    ctx.fact(pattern).variant = variant;
    types = ctx.program.variant_fields(variant->type, variant->variant);
    if (has_named_fields(ctx, *variant)) {
      return &ctx.program.enums[EnumId(head.decl)].variants[variant->variant].fields;
    }
    std::string name = ctx.program.variant_name(variant->type, variant->variant);
    ctx.report(pattern->span, D::VariantForm, {name})
        .help("its payload has no names: write `" + name + "(…)`");
    return nullptr;
  }
  TypeId named = resolve_path(ctx, pattern->path, MissingArgs::Infer);
  if (ctx.is_error(named)) return nullptr;
  if (ctx.kind(named) != TypeKind::Struct) {
    ctx.report(pattern->span, D::NotAStruct, {ctx.show(named)});
    return nullptr;
  }
  if (!ctx.infer.unify(named, type)) {
    report_pattern(state, pattern, quoted(ctx.show(named)), type);
    return nullptr;
  }
  types = ctx.program.fields(named);
  return &ctx.program.structs[StructId(ctx.types.get(ctx.infer.shallow(named)).decl)].fields;
}

static void walk_struct(Walk& state, const ast::StructPattern* pattern, TypeId type) {
  Context& ctx = state.ctx;
  std::vector<TypeId> types;
  const std::vector<types::FieldDecl>* fields = pattern_fields(state, pattern, type, types);
  std::vector<bool> seen(types.size(), false);
  std::string owner(ctx.text(pattern->path.back().name.name));
  for (const ast::FieldPattern& field : pattern->fields) {
    size_t index = 0;
    while (fields && index < fields->size() && (*fields)[index].name != field.name.name) ++index;
    if (!fields || index == fields->size()) {
      if (fields) {
        Report report =
            ctx.report(field.name.span, D::UnknownField, {owner, ctx.text(field.name.name)});
        std::vector<std::string_view> names;
        for (const types::FieldDecl& decl : *fields) names.push_back(ctx.text(decl.name));
        // `P { x }` binds `x`, and what follows goes on using that name.
        std::string_view name = ctx.text(field.name.name);
        bool is_short = field.pattern->span == field.name.span;
        std::string behind = is_short ? ": " + std::string(name) : "";
        suggest(report, field.name.span, name, std::move(names), behind);
      }
      walk(state, field.pattern, ctx.types.error());
      continue;
    }
    if (seen[index]) ctx.report(field.name.span, D::DuplicateField, {ctx.text(field.name.name)});
    seen[index] = true;
    walk(state, field.pattern, types[index]);
  }
  if (!fields || pattern->has_rest) return;
  std::string missing;
  for (size_t i = 0; i < fields->size(); ++i) {
    if (seen[i]) continue;
    if (!missing.empty()) missing += ", ";
    missing += quoted(ctx.text((*fields)[i].name));
  }
  if (missing.empty()) return;
  ctx.report(pattern->span, D::MissingField, {owner, missing})
      .help("`..` at the end leaves the others out");
}

static void walk_alternatives(Walk& state, const ast::AlternativesPattern* pattern, TypeId type) {
  Walk first{state.ctx, state.mode, state.bindings, state.shared};
  walk(first, pattern->choices[0], type);
  for (size_t i = 1; i < pattern->choices.size(); ++i) {
    Walk choice{state.ctx, state.mode, state.bindings, &first.bindings};
    walk(choice, pattern->choices[i], type);
    for (const auto& [name, var] : first.bindings) {
      if (choice.bindings.contains(name)) continue;
      state.ctx.report(pattern->choices[i]->span, D::BindingNotInAll, {state.ctx.text(name)})
          .help("each choice of a pattern binds the same names");
    }
  }
  state.bindings = std::move(first.bindings);
}

// ---- the walk ------------------------------------------------------------------------------

// Rule 77: where the subject is an option, `none` matches none and any other pattern the payload.
static TypeId look_through_options(Walk& state, const ast::Pattern* pattern, TypeId type) {
  Context& ctx = state.ctx;
  if (!state.mode.is_refutable) return type;
  uint32_t layers = 0;
  while (ctx.types.kind(type) == TypeKind::Option) {
    ++layers;
    type = ctx.infer.shallow(ctx.types.arg(type));
    if (pattern->kind == ast::PatternKind::Binding) break;
  }
  ctx.fact(pattern).option_layers = layers;
  return type;
}

static void walk_none(Walk& state, const ast::Pattern* pattern, TypeId type) {
  Context& ctx = state.ctx;
  if (ctx.infer.is_unknown(type)) {
    ctx.infer.unify(type, ctx.types.make(TypeKind::Option, {ctx.infer.fresh(pattern->span)}));
    type = ctx.infer.shallow(type);
  }
  if (ctx.types.kind(type) != TypeKind::Option) {
    return report_pattern(state, pattern, "`none`", type);
  }
  ctx.fact(pattern).variant = VariantRef{type, 0};
}

static void walk(Walk& state, const ast::Pattern* pattern, TypeId subject) {
  Context& ctx = state.ctx;
  TypeId type = ctx.infer.shallow(subject);
  ctx.fact(pattern).type = type;
  ctx.open_patterns.push_back(pattern);
  switch (pattern->kind) {
    case ast::PatternKind::Error:
    case ast::PatternKind::Wildcard:
      return;
    case ast::PatternKind::None:
      return walk_none(state, pattern, type);
    case ast::PatternKind::Alternatives:
      return walk_alternatives(state, pattern->as<ast::AlternativesPattern>(), type);
    default:
      break;
  }
  type = look_through_options(state, pattern, type);
  switch (pattern->kind) {
    case ast::PatternKind::Binding:
      return walk_binding(state, pattern->as<ast::BindingPattern>(), type);
    case ast::PatternKind::Named:
      walk(state, pattern->as<ast::NamedPattern>()->binding, type);
      return walk(state, pattern->as<ast::NamedPattern>()->pattern, type);
    case ast::PatternKind::Literal:
      return walk_literal(state, pattern->as<ast::LiteralPattern>(), type);
    case ast::PatternKind::Range:
      return walk_range(state, pattern->as<ast::RangePattern>(), type);
    case ast::PatternKind::Tuple:
      return walk_tuple(state, pattern->as<ast::TuplePattern>(), type);
    case ast::PatternKind::Array:
      return walk_array(state, pattern->as<ast::ArrayPattern>(), type);
    case ast::PatternKind::Variant:
      return walk_variant(state, pattern->as<ast::VariantPattern>(), type);
    case ast::PatternKind::Struct:
      return walk_struct(state, pattern->as<ast::StructPattern>(), type);
    default:
      SKEIN_UNREACHABLE("handled above");
  }
}

void check_pattern(Context& ctx, const ast::Pattern* pattern, TypeId subject,
                   const PatternMode& mode) {
  Walk state{ctx, mode, {}, nullptr};
  walk(state, pattern, subject);
}

}  // namespace skein::check
