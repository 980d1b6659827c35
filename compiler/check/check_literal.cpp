// Literals: numbers, strings with holes, arrays, tuples, structs.
#include <algorithm>

#include "compiler/check/check_expr.h"
#include "compiler/check/fold.h"
#include "compiler/check/join.h"
#include "compiler/check/resolve_type.h"
#include "compiler/check/suggest.h"
#include "compiler/check/traits.h"

namespace skein::check {

// ---- numbers -------------------------------------------------------------------------------

static std::optional<TypeKind> suffix_kind(ast::NumberSuffix suffix) {
  switch (suffix) {
    case ast::NumberSuffix::None: return std::nullopt;
    case ast::NumberSuffix::I8: return TypeKind::I8;
    case ast::NumberSuffix::I16: return TypeKind::I16;
    case ast::NumberSuffix::I32: return TypeKind::I32;
    case ast::NumberSuffix::I64: return TypeKind::Int;
    case ast::NumberSuffix::Int: return TypeKind::Int;
    case ast::NumberSuffix::U8: return TypeKind::U8;
    case ast::NumberSuffix::U16: return TypeKind::U16;
    case ast::NumberSuffix::U32: return TypeKind::U32;
    case ast::NumberSuffix::U64: return TypeKind::Uint;
    case ast::NumberSuffix::Uint: return TypeKind::Uint;
    case ast::NumberSuffix::F32: return TypeKind::F32;
    case ast::NumberSuffix::Float: return TypeKind::Float;
  }
  SKEIN_UNREACHABLE("an unknown suffix");
}

// The type a literal without suffix takes from its context at once, or a variable.
static TypeId number_type(Context& ctx, Span span, const Want& want, VarKind kind) {
  TypeId wanted = want.type.valid() ? ctx.infer.shallow(want.type) : TypeId();
  if (wanted.valid() && ctx.types.kind(wanted) == TypeKind::Option) {
    wanted = ctx.infer.shallow(ctx.types.arg(wanted));
  }
  if (wanted.valid()) {
    TypeKind wanted_kind = ctx.types.kind(wanted);
    bool is_int_type = types::is_integer(wanted_kind) && kind == VarKind::Integer;
    if (is_int_type || types::is_float(wanted_kind)) return wanted;
    std::optional<VarKind> var = ctx.infer.var_kind(wanted);
    if (var && *var >= kind) return wanted;
  }
  return ctx.infer.fresh(span, kind);
}

TypeId check_int(Context& ctx, const ast::IntLit* node, const Want& want, bool is_negative) {
  std::optional<TypeKind> suffix = suffix_kind(node->suffix);
  TypeId type = suffix ? ctx.types.plain(*suffix)
                       : number_type(ctx, node->span, want, VarKind::Integer);
  ctx.literals.push_back({node, is_negative, type});
  return type;
}

TypeId check_float(Context& ctx, const ast::FloatLit* node, const Want& want) {
  std::optional<TypeKind> suffix = suffix_kind(node->suffix);
  if (suffix) return ctx.types.plain(*suffix);
  return number_type(ctx, node->span, want, VarKind::Float);
}

static std::string range_text(TypeKind kind) {
  unsigned bits = types::bit_width(kind);
  if (!types::is_signed(kind)) {
    return "0..=" + std::to_string(bits == 64 ? UINT64_MAX : (uint64_t{1} << bits) - 1);
  }
  uint64_t half = uint64_t{1} << (bits - 1);
  return "-" + std::to_string(half) + "..=" + std::to_string(half - 1);
}

static bool literal_fits(const PendingLiteral& literal, TypeKind kind) {
  ast::WideInt value = literal.node->as<ast::IntLit>()->value;
  unsigned bits = types::bit_width(kind);
  if (!types::is_signed(kind)) {
    if (literal.is_negative) return value == 0;
    return bits == 64 ? value <= UINT64_MAX : value < (ast::WideInt{1} << bits);
  }
  ast::WideInt half = ast::WideInt{1} << (bits - 1);
  return literal.is_negative ? value <= half : value < half;
}

static TypeKind narrowest_fit(const PendingLiteral& literal) {
  for (TypeKind kind : {TypeKind::I8, TypeKind::U8, TypeKind::I16, TypeKind::U16, TypeKind::I32,
                        TypeKind::U32, TypeKind::Int, TypeKind::Uint}) {
    if (literal_fits(literal, kind)) return kind;
  }
  return TypeKind::Error;
}

void check_pending_literals(Context& ctx) {
  for (const PendingLiteral& literal : ctx.literals) {
    TypeKind kind = ctx.kind(literal.type);
    // Code that is generic over numbers is compiled for the narrowest of them too.
    bool is_generic = kind == TypeKind::Param;
    if (is_generic) kind = literal.is_negative ? TypeKind::I8 : TypeKind::U8;
    if (is_generic && !literal.is_negative && literal_fits(literal, TypeKind::I8)) continue;
    if (!types::is_integer(kind) || (!is_generic && literal_fits(literal, kind))) continue;
    std::string text(ctx.program.sources.text(literal.node->span));
    if (literal.is_negative) text = "-" + text;
    Report report =
        ctx.report(literal.node->span, D::LiteralRange, {text, ctx.show(literal.type)});
    if (is_generic) {
      report.help("it has to fit `i8` and `u8` too");
      continue;
    }
    report.help("`" + ctx.show(literal.type) + "` holds " + range_text(kind));
    TypeKind fit = narrowest_fit(literal);
    if (fit != TypeKind::Error) {
      report.help("the narrowest type that holds it is `" + std::string(types::spelling(fit)) +
                  "`");
    }
  }
  ctx.literals.clear();
}

// ---- strings with holes --------------------------------------------------------------------

// What is wrong with a format for values of a type, or nothing.
static std::string_view format_mistake(Context& ctx, const ast::FormatSpec& format, TypeId type) {
  TypeKind kind = ctx.kind(type);
  std::optional<VarKind> literal = ctx.infer.var_kind(type);
  bool is_int = types::is_integer(kind) || literal == VarKind::Integer;
  bool is_real = types::is_float(kind) || literal == VarKind::Float;
  bool is_open = kind == TypeKind::Error || kind == TypeKind::Param || literal == VarKind::Any;
  if (is_open) return {};
  switch (format.kind) {
    case ast::FormatSpec::Kind::Hex:
    case ast::FormatSpec::Kind::Binary:
    case ast::FormatSpec::Kind::Octal:
      if (!is_int) return "`x`, `b` and `o` are for integers";
      break;
    case ast::FormatSpec::Kind::Exponent:
      if (!is_real) return "`e` is for floats";
      break;
    case ast::FormatSpec::Kind::Default:
    case ast::FormatSpec::Kind::Debug:
      break;
  }
  bool has_precision = format.precision != ast::FormatSpec::kNoPrecision;
  if (has_precision && is_int) return "a precision is for floats and strings";
  if (format.zero && !is_int && !is_real) return "`0` fills numbers only";
  return {};
}

TypeId check_interp(Context& ctx, const ast::InterpStr* node) {
  for (const ast::InterpPart& part : node->parts) {
    if (!part.value) continue;
    TypeId type = check_expr(ctx, part.value);
    bool is_debug = part.has_format && part.format.kind == ast::FormatSpec::Kind::Debug;
    if (!is_debug) {
      require_trait(ctx, {type, {ctx.program.core.show}, part.value->span, "", Span()});
    }
    if (!part.has_format) continue;
    std::string_view mistake = format_mistake(ctx, part.format, type);
    if (mistake.empty()) continue;
    ctx.report(part.format_span, D::UnsuitedFormat, {ctx.show(type)}).help(std::string(mistake));
  }
  return ctx.types.str();
}

// ---- arrays and tuples ---------------------------------------------------------------------

// The wanted type where it has the head that the literal makes, looking through `T?`.
static TypeId wanted_head(Context& ctx, const Want& want, TypeKind head) {
  if (!want.type.valid()) return TypeId();
  TypeId wanted = ctx.infer.shallow(want.type);
  if (ctx.types.kind(wanted) == TypeKind::Option && head != TypeKind::Option) {
    wanted = ctx.infer.shallow(ctx.types.arg(wanted));
  }
  return ctx.types.kind(wanted) == head ? wanted : TypeId();
}

static Want part_want(const Want& want, TypeId type) {
  return want.is_hint ? Want::hint(type) : Want::must(type, want.because, want.why);
}

static bool check_length(Context& ctx, const ast::Expr* node, TypeId wanted, uint64_t found) {
  uint64_t length = ctx.types.get(wanted).length;
  if (length == found) return true;
  ctx.report(node->span, D::ArrayLength,
             {ctx.show(wanted), counted(length, "element"), std::to_string(found)});
  return false;
}

static TypeId check_fixed_array(Context& ctx, const ast::Array* node, const Want& want,
                                TypeId wanted) {
  Join join(ctx, part_want(want, ctx.types.arg(wanted)));
  for (const ast::Expr* value : node->elements) join.add_expr(value);
  if (!check_length(ctx, node, wanted, node->elements.size())) return ctx.types.error();
  if (node->elements.empty()) return wanted;
  return ctx.types.fixed_array(join.type(), node->elements.size());
}

static TypeId check_fixed_repeat(Context& ctx, const ast::RepeatArray* node, const Want& want,
                                 TypeId wanted) {
  TypeId type = check_value(ctx, node->value, part_want(want, ctx.types.arg(wanted)));
  check_value(ctx, node->count, Want::must(ctx.types.int_()));
  std::optional<uint64_t> count = fold_length(ctx, node->count);
  if (!count || !check_length(ctx, node, wanted, *count)) return ctx.types.error();
  return ctx.types.fixed_array(type, *count);
}

TypeId check_array(Context& ctx, const ast::Array* node, const Want& want) {
  TypeId fixed = wanted_head(ctx, want, TypeKind::FixedArray);
  if (fixed.valid()) return check_fixed_array(ctx, node, want, fixed);
  TypeId wanted = wanted_head(ctx, want, TypeKind::Array);
  Want element = wanted.valid() ? part_want(want, ctx.types.arg(wanted)) : Want();
  if (node->elements.empty()) {
    TypeId type = wanted.valid() ? ctx.types.arg(wanted) : ctx.infer.fresh(node->span);
    return ctx.types.make(TypeKind::Array, {type});
  }
  Join join(ctx, element);
  for (const ast::Expr* value : node->elements) join.add_expr(value);
  return ctx.types.make(TypeKind::Array, {join.type()});
}

TypeId check_repeat(Context& ctx, const ast::RepeatArray* node, const Want& want) {
  TypeId fixed = wanted_head(ctx, want, TypeKind::FixedArray);
  if (fixed.valid()) return check_fixed_repeat(ctx, node, want, fixed);
  TypeId wanted = wanted_head(ctx, want, TypeKind::Array);
  Want element = wanted.valid() ? part_want(want, ctx.types.arg(wanted)) : Want();
  TypeId type = check_value(ctx, node->value, element);
  check_value(ctx, node->count, Want::must(ctx.types.int_()));
  return ctx.types.make(TypeKind::Array, {type});
}

TypeId check_tuple(Context& ctx, const ast::Tuple* node, const Want& want) {
  if (node->elements.empty()) return ctx.types.unit();
  TypeId wanted = wanted_head(ctx, want, TypeKind::Tuple);
  std::vector<TypeId> wanted_parts;
  if (wanted.valid()) wanted_parts = ctx.types.get(wanted).args;
  if (wanted_parts.size() != node->elements.size()) wanted_parts.clear();
  std::vector<TypeId> elements;
  for (size_t i = 0; i < node->elements.size(); ++i) {
    Want part = wanted_parts.empty() ? Want() : part_want(want, wanted_parts[i]);
    elements.push_back(check_value(ctx, node->elements[i], part));
  }
  return ctx.types.make(TypeKind::Tuple, std::move(elements));
}

// ---- structs -------------------------------------------------------------------------------

namespace {

// What a literal with named fields makes: a struct, or a variant.
struct Shape {
  TypeId type;
  std::optional<VariantRef> variant;
  const std::vector<types::FieldDecl>* fields = nullptr;
  ModuleId module;
  std::string name;
};

}  // namespace

static std::optional<Shape> variant_shape(Context& ctx, VariantRef ref, ast::Ident name) {
  const Type type = ctx.types.get(ctx.infer.shallow(ref.type));
  if (type.kind != TypeKind::Enum) return std::nullopt;
  const types::EnumDecl& decl = ctx.program.enums[EnumId(type.decl)];
  const types::VariantDecl& variant = decl.variants[ref.variant];
  if (!variant.has_names && !variant.fields.empty()) {
    ctx.report(name.span, D::VariantForm, {ctx.text(name.name)})
        .help("its payload has no names: write `" + std::string(ctx.text(name.name)) + "(…)`")
        .label(variant.span, "declared here");
    return std::nullopt;
  }
  Shape shape;
  shape.type = ref.type;
  shape.variant = ref;
  shape.fields = &variant.fields;
  shape.module = decl.module;
  shape.name = ctx.text(variant.name);
  return shape;
}

static std::optional<Shape> shape_in_enum(Context& ctx, TypeId type, ast::Ident name) {
  std::optional<VariantRef> found = find_variant(ctx, type, name.name);
  if (found) return variant_shape(ctx, *found, name);
  if (!ctx.is_error(type)) report_unknown_variant(ctx, type, name);
  return std::nullopt;
}

static std::optional<Shape> find_shape(Context& ctx, const ast::StructLit* node,
                                       const Want& want) {
  std::span<const ast::PathSegment> path = node->type->path;
  const ast::PathSegment& last = path.back();
  if (path.size() == 1 && want.type.valid()) {
    std::optional<VariantRef> bare = find_variant(ctx, want.type, last.name.name);
    if (bare && !ctx.table->find(last.name.name)) return variant_shape(ctx, *bare, last.name);
  }
  if (path.size() == 2) {
    const Entity* first = find_entity(ctx, path[0].name);
    if (first && first->kind == Entity::Kind::Enum) {
      return shape_in_enum(
          ctx, entity_type(ctx, *first, path[0].name, path[0].args, MissingArgs::Infer), last.name);
    }
  }
  if (path.size() >= 3) {
    // `module.Enum.Variant { … }`
    std::span<const ast::PathSegment> of = path.first(path.size() - 1);
    return shape_in_enum(ctx, resolve_path(ctx, of, MissingArgs::Infer), last.name);
  }
  TypeId type = resolve_path(ctx, path, MissingArgs::Infer);
  if (ctx.is_error(type)) return std::nullopt;
  const Type head = ctx.types.get(type);
  if (head.kind != TypeKind::Struct) {
    ctx.report(node->type->span, D::NotAStruct, {ctx.show(type)});
    return std::nullopt;
  }
  const types::StructDecl& decl = ctx.program.structs[StructId(head.decl)];
  Shape shape;
  shape.type = type;
  shape.fields = &decl.fields;
  shape.module = decl.module;
  shape.name = ctx.text(decl.name);
  return shape;
}

static std::vector<TypeId> field_types(Context& ctx, const Shape& shape) {
  if (shape.variant) return ctx.program.variant_fields(shape.type, shape.variant->variant);
  return ctx.program.fields(shape.type);
}

static void report_unknown_field(Context& ctx, const ast::StructLit* node, const Shape& shape,
                                 const ast::FieldInit& init) {
  std::string_view name = ctx.text(init.name.name);
  Report report = ctx.report(init.name.span, D::UnknownField, {shape.name, name});
  std::vector<std::string_view> names;
  for (const types::FieldDecl& field : *shape.fields) {
    bool is_given = std::any_of(node->fields.begin(), node->fields.end(),
                                [&](const auto& other) { return other.name.name == field.name; });
    if (!is_given) names.push_back(ctx.text(field.name));
  }
  // `P { x }` gives the variable `x`, which stays.
  bool is_short = init.value->span == init.name.span;
  std::string behind = is_short ? ": " + std::string(name) : "";
  if (suggest(report, init.name.span, name, std::move(names), behind)) return;
  help_with_fields(ctx, report, *shape.fields);
}

static void report_missing_fields(Context& ctx, const ast::StructLit* node, const Shape& shape,
                                  const std::vector<Span>& given) {
  std::string missing;
  std::string needed;
  Span declared;
  for (size_t i = 0; i < shape.fields->size(); ++i) {
    const types::FieldDecl& field = (*shape.fields)[i];
    if (given[i].valid() || field.default_value) continue;
    if (!missing.empty()) missing += ", ", needed += ", ";
    missing += quoted(ctx.text(field.name));
    needed += std::string(ctx.text(field.name)) + ": …";
    if (!declared.valid()) declared = field.span;
  }
  if (missing.empty()) return;
  Report report = ctx.report(node->type->span, D::MissingField, {shape.name, missing});
  if (!ctx.program.modules[shape.module].is_std) report.label(declared, "declared here");
  report.help("give it a value: `" + needed + "`, or a default where it is declared");
}

static void check_init(Context& ctx, const ast::StructLit* node, const ast::FieldInit& init,
                       const Shape& shape, const std::vector<TypeId>& types,
                       std::vector<Span>& given) {
  auto found = std::find_if(
      shape.fields->begin(), shape.fields->end(),
      [&](const types::FieldDecl& field) { return field.name == init.name.name; });
  if (found == shape.fields->end()) {
    report_unknown_field(ctx, node, shape, init);
    check_expr(ctx, init.value);
    return;
  }
  size_t index = static_cast<size_t>(found - shape.fields->begin());
  // A value without a type of its own would get it here.
  if (ctx.types.has_error(types[index])) ctx.has_error_type = true;
  if (given[index].valid()) {
    ctx.report(init.name.span, D::DuplicateField, {ctx.text(init.name.name)})
        .label(given[index], "first given here");
  }
  given[index] = init.name.span;
  if (!shape.variant && !can_see_field(ctx, shape.module, *found)) {
    ctx.report(init.name.span, D::PrivateField, {ctx.text(init.name.name), shape.name});
  }
  bool is_ours = !ctx.program.modules[shape.module].is_std;
  Span declared = is_ours ? found->span : Span();
  check_value(ctx, init.value,
              Want::must(types[index], declared, "the field is declared here"));
}

// What is made is dropped some day, also where its type is the library's.
static void use_drop(Context& ctx, TypeId made) {
  const types::Type& type = ctx.types.get(ctx.infer.shallow(made));
  if (type.kind != TypeKind::Struct) return;
  FnId drop = ctx.program.structs[StructId(type.decl)].drop_fn;
  if (drop.valid()) use_fn(ctx, drop);
}

TypeId check_struct_lit(Context& ctx, const ast::StructLit* node, const Want& want) {
  std::optional<Shape> shape = find_shape(ctx, node, want);
  if (!shape) {
    for (const ast::FieldInit& init : node->fields) check_expr(ctx, init.value);
    if (node->base) check_expr(ctx, node->base);
    return ctx.types.error();
  }
  if (want.type.valid()) ctx.infer.unify(shape->type, want.type);
  if (shape->variant) ctx.fact(node).name = *shape->variant;
  use_drop(ctx, shape->type);
  std::vector<TypeId> types = field_types(ctx, *shape);
  std::vector<Span> given(types.size());
  for (const ast::FieldInit& init : node->fields) check_init(ctx, node, init, *shape, types, given);
  if (node->base) {
    check_value(ctx, node->base, Want::must(shape->type, node->type->span, "of this type"));
  } else {
    report_missing_fields(ctx, node, *shape, given);
  }
  return shape->type;
}

}  // namespace skein::check
