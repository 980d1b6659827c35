// Whether patterns cover every value, and whether each can match at all.
//
// After Maranget, "Warnings for pattern matching" (2007): rows of patterns against a vector of
// types. The first column is split by the constructors of its type: variants, `true` and `false`,
// or, for integers and characters, the stretches between the bounds that the patterns name. For
// each, the rows that match it are kept with the patterns of its parts in front. What is left
// without a row when the columns are used up is missing; a pattern that adds nothing to the rows
// above it is unreachable.
#include <algorithm>
#include <deque>

#include "compiler/check/check_pattern.h"

namespace skein::check {

namespace {

using Wide = __int128;

// A pattern with everything but its meaning taken away.
struct Pat {
  enum class Kind : uint8_t { Wild, Ctor, Range, Literal, Or };
  Kind kind = Kind::Wild;
  uint32_t ctor = 0;              // Ctor
  Wide low = 0, high = 0;         // Range, both included
  std::string literal;            // Literal: text that tells it from others
  std::vector<const Pat*> parts;  // Ctor: payload; Or: choices
};

using Row = std::vector<const Pat*>;     // the first column is the last element
using Witness = std::vector<std::string>;

// A stretch of an ordered type.
struct Stretch {
  Wide low = 0, high = 0;
};

struct Checker {
  Context& ctx;
  std::deque<Pat> pats;
  const Pat* wild = nullptr;
  size_t steps = 0;
  bool has_error = false;

  explicit Checker(Context& c) : ctx(c) { wild = &pats.emplace_back(); }
};

}  // namespace

static constexpr size_t kMaxSteps = 1 << 21;
static constexpr size_t kMaxWitnesses = 4;

// ---- patterns ------------------------------------------------------------------------------

static const Pat* simplify(Checker& checker, const ast::Pattern* pattern);

static const Pat* make_ctor(Checker& checker, uint32_t ctor, std::vector<const Pat*> parts) {
  Pat& pat = checker.pats.emplace_back();
  pat.kind = Pat::Kind::Ctor;
  pat.ctor = ctor;
  pat.parts = std::move(parts);
  return &pat;
}

static const Pat* make_range(Checker& checker, Wide low, Wide high) {
  Pat& pat = checker.pats.emplace_back();
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

static std::vector<Stretch> domain_of(TypeKind kind) {
  if (kind == TypeKind::Char) return {{0, 0xD7FF}, {0xE000, 0x10FFFF}};
  unsigned bits = types::bit_width(kind);
  if (!types::is_signed(kind)) return {{0, (Wide(1) << bits) - 1}};
  Wide half = Wide(1) << (bits - 1);
  return {{-half, half - 1}};
}

static bool is_ordered(TypeKind kind) { return types::is_integer(kind) || kind == TypeKind::Char; }

static const Pat* simplify_literal(Checker& checker, const ast::LiteralPattern* pattern,
                                   TypeKind kind) {
  const ast::Expr* value = pattern->value;
  if (!value) {
    checker.has_error = true;
    return checker.wild;
  }
  if (const ast::BoolLit* literal = value->try_as<ast::BoolLit>()) {
    return make_ctor(checker, literal->value ? 1 : 0, {});
  }
  std::optional<Wide> constant = constant_of(value);
  if (constant && is_ordered(kind)) return make_range(checker, *constant, *constant);
  Pat& pat = checker.pats.emplace_back();
  pat.kind = Pat::Kind::Literal;
  pat.literal = checker.ctx.program.sources.text(value->span);
  return &pat;
}

static const Pat* simplify_range(Checker& checker, const ast::RangePattern* pattern,
                                 TypeKind kind) {
  std::optional<Wide> low = pattern->low ? constant_of(pattern->low) : std::nullopt;
  std::optional<Wide> high = pattern->high ? constant_of(pattern->high) : std::nullopt;
  bool is_known = is_ordered(kind) && (low || !pattern->low) && (high || !pattern->high);
  if (!is_known) {
    checker.has_error = true;
    return checker.wild;
  }
  std::vector<Stretch> domain = domain_of(kind);
  Wide first = low ? *low : domain.front().low;
  Wide last = high ? *high - (pattern->inclusive ? 0 : 1) : domain.back().high;
  return make_range(checker, first, last);
}

static const Pat* simplify_all(Checker& checker, uint32_t ctor,
                               std::span<ast::Pattern* const> patterns) {
  std::vector<const Pat*> parts;
  for (const ast::Pattern* pattern : patterns) parts.push_back(simplify(checker, pattern));
  return make_ctor(checker, ctor, std::move(parts));
}

static const Pat* simplify_struct(Checker& checker, const ast::StructPattern* pattern,
                                  TypeId type) {
  Context& ctx = checker.ctx;
  const std::optional<VariantRef>& variant = ctx.fact(pattern).variant;
  const Type head = ctx.types.get(type);
  const std::vector<types::FieldDecl>& fields =
      variant ? ctx.program.enums[EnumId(head.decl)].variants[variant->variant].fields
              : ctx.program.structs[StructId(head.decl)].fields;
  std::vector<const Pat*> parts(fields.size(), checker.wild);
  for (const ast::FieldPattern& field : pattern->fields) {
    for (size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].name == field.name.name) parts[i] = simplify(checker, field.pattern);
    }
  }
  return make_ctor(checker, variant ? variant->variant : 0, std::move(parts));
}

// What a constant is equal to is not looked at: it may be any one value.
static const Pat* simplify_constant(Checker& checker, const ast::Pattern* pattern) {
  Pat& pat = checker.pats.emplace_back();
  pat.kind = Pat::Kind::Literal;
  pat.literal = checker.ctx.program.sources.text(pattern->span);
  return &pat;
}

// The pattern behind the option layers it looks through.
static const Pat* simplify_inner(Checker& checker, const ast::Pattern* pattern, TypeId type) {
  Context& ctx = checker.ctx;
  TypeKind kind = ctx.types.kind(type);
  switch (pattern->kind) {
    case ast::PatternKind::Error:
      checker.has_error = true;
      return checker.wild;
    case ast::PatternKind::Wildcard:
    case ast::PatternKind::Binding:
      return checker.wild;
    case ast::PatternKind::None:
      return make_ctor(checker, 0, {});
    case ast::PatternKind::Literal:
      return simplify_literal(checker, pattern->as<ast::LiteralPattern>(), kind);
    case ast::PatternKind::Range:
      return simplify_range(checker, pattern->as<ast::RangePattern>(), kind);
    case ast::PatternKind::Tuple:
      return simplify_all(checker, 0, pattern->as<ast::TuplePattern>()->elements);
    case ast::PatternKind::Variant: {
      const std::optional<VariantRef>& variant = ctx.fact(pattern).variant;
      if (ctx.fact(pattern).constant.valid()) return simplify_constant(checker, pattern);
      if (variant) {
        return simplify_all(checker, variant->variant,
                            pattern->as<ast::VariantPattern>()->payload);
      }
      checker.has_error = true;
      return checker.wild;
    }
    case ast::PatternKind::Struct: {
      bool is_known = kind == TypeKind::Struct || ctx.fact(pattern).variant;
      if (is_known) return simplify_struct(checker, pattern->as<ast::StructPattern>(), type);
      checker.has_error = true;
      return checker.wild;
    }
    case ast::PatternKind::Alternatives: {
      Pat& pat = checker.pats.emplace_back();
      pat.kind = Pat::Kind::Or;
      for (const ast::Pattern* choice : pattern->as<ast::AlternativesPattern>()->choices) {
        pat.parts.push_back(simplify(checker, choice));
      }
      return &pat;
    }
  }
  SKEIN_UNREACHABLE("an unknown kind of pattern");
}

static const Pat* simplify(Checker& checker, const ast::Pattern* pattern) {
  const types::PatternFact& fact = checker.ctx.fact(pattern);
  TypeId type = checker.ctx.infer.resolve(fact.type);
  if (checker.ctx.types.has_error(type)) checker.has_error = true;
  for (uint32_t i = 0; i < fact.option_layers && !checker.has_error; ++i) {
    type = checker.ctx.infer.resolve(checker.ctx.types.arg(type));
  }
  if (checker.has_error) return checker.wild;
  const Pat* pat = simplify_inner(checker, pattern, type);
  for (uint32_t i = 0; i < fact.option_layers; ++i) pat = make_ctor(checker, 1, {pat});
  return pat;
}

// ---- constructors --------------------------------------------------------------------------

// How many constructors a type has; 0: values are not told apart by constructors.
static size_t ctor_count(Context& ctx, TypeId type) {
  switch (ctx.types.kind(type)) {
    case TypeKind::Bool: return 2;
    case TypeKind::Unit:
    case TypeKind::Tuple:
    case TypeKind::Struct:
      return 1;
    case TypeKind::Option:
    case TypeKind::Result:
    case TypeKind::Enum:
      return ctx.program.variant_count(type);
    default:
      return 0;
  }
}

static std::vector<TypeId> ctor_parts(Context& ctx, TypeId type, uint32_t ctor) {
  switch (ctx.types.kind(type)) {
    case TypeKind::Tuple:
    case TypeKind::Struct:
      return ctx.program.fields(type);
    case TypeKind::Option:
    case TypeKind::Result:
    case TypeKind::Enum:
      return ctx.program.variant_fields(type, ctor);
    default:
      return {};
  }
}

static std::string named_text(Context& ctx, const std::string& name,
                              const std::vector<types::FieldDecl>& fields,
                              const std::vector<std::string>& parts) {
  std::string out = name + " { ";
  bool has_rest = false, has_any = false;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] == "_") {
      has_rest = true;
      continue;
    }
    out += std::string(has_any ? ", " : "") + std::string(ctx.text(fields[i].name)) + ": " +
           parts[i];
    has_any = true;
  }
  if (has_rest) out += has_any ? ", .." : "..";
  return out + " }";
}

// A constructor with its parts as one writes it.
static std::string ctor_text(Context& ctx, TypeId type, uint32_t ctor,
                             const std::vector<std::string>& parts) {
  std::string inner;
  for (const std::string& part : parts) inner += (inner.empty() ? "" : ", ") + part;
  const Type head = ctx.types.get(type);
  switch (head.kind) {
    case TypeKind::Bool: return ctor == 1 ? "true" : "false";
    case TypeKind::Unit: return "()";
    case TypeKind::Tuple: return "(" + inner + ")";
    case TypeKind::Option: return ctor == 0 ? "none" : inner == "_" ? "a value" : inner;
    case TypeKind::Struct: {
      const types::StructDecl& decl = ctx.program.structs[StructId(head.decl)];
      return named_text(ctx, std::string(ctx.text(decl.name)), decl.fields, parts);
    }
    default:
      break;
  }
  std::string name = ctx.program.variant_name(type, ctor);
  if (parts.empty()) return name;
  if (head.kind == TypeKind::Enum) {
    const types::VariantDecl& variant = ctx.program.enums[EnumId(head.decl)].variants[ctor];
    if (variant.has_names) return named_text(ctx, name, variant.fields, parts);
  }
  return name + "(" + inner + ")";
}

// ---- rows ----------------------------------------------------------------------------------

// Replaces `a | b` in the first column by a row each.
static std::vector<Row> expand_or(const std::vector<Row>& rows) {
  std::vector<Row> out;
  for (const Row& row : rows) {
    if (row.back()->kind != Pat::Kind::Or) {
      out.push_back(row);
      continue;
    }
    std::vector<Row> choices;
    for (const Pat* choice : row.back()->parts) {
      choices.push_back(row);
      choices.back().back() = choice;
    }
    choices = expand_or(choices);
    out.insert(out.end(), choices.begin(), choices.end());
  }
  return out;
}

// The rows that match constructor `ctor`, its parts in front.
static std::vector<Row> specialize(Checker& checker, const std::vector<Row>& rows, uint32_t ctor,
                                   size_t part_count) {
  std::vector<Row> out;
  checker.steps += rows.size();
  for (const Row& row : rows) {
    const Pat* head = row.back();
    bool matches = head->kind == Pat::Kind::Wild ||
                   (head->kind == Pat::Kind::Ctor && head->ctor == ctor);
    if (!matches) continue;
    Row rest(row.begin(), row.end() - 1);
    for (size_t i = part_count; i > 0; --i) {
      bool has_part = head->kind == Pat::Kind::Ctor && i - 1 < head->parts.size();
      rest.push_back(has_part ? head->parts[i - 1] : checker.wild);
    }
    out.push_back(std::move(rest));
  }
  return out;
}

// The rows whose first pattern takes all values of a test, without that column.
template <class Matches>
static std::vector<Row> keep(Checker& checker, const std::vector<Row>& rows, Matches matches) {
  std::vector<Row> out;
  checker.steps += rows.size();
  for (const Row& row : rows) {
    if (row.back()->kind == Pat::Kind::Wild || matches(*row.back())) {
      out.emplace_back(row.begin(), row.end() - 1);
    }
  }
  return out;
}

static std::vector<Row> keep_wild(Checker& checker, const std::vector<Row>& rows) {
  return keep(checker, rows, [](const Pat&) { return false; });
}

static std::vector<Row> keep_stretch(Checker& checker, const std::vector<Row>& rows,
                                     Stretch stretch) {
  return keep(checker, rows, [&](const Pat& pat) {
    return pat.kind == Pat::Kind::Range && pat.low <= stretch.low && pat.high >= stretch.high;
  });
}

// The stretches of `domain` between the bounds that the rows name in their first column.
static std::vector<Stretch> split(const std::vector<Row>& rows, std::vector<Stretch> domain) {
  std::vector<Wide> cuts;   // first values of stretches
  for (const Row& row : rows) {
    if (row.back()->kind != Pat::Kind::Range) continue;
    cuts.push_back(row.back()->low);
    cuts.push_back(row.back()->high + 1);
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  std::vector<Stretch> out;
  for (Stretch stretch : domain) {
    auto cut = std::upper_bound(cuts.begin(), cuts.end(), stretch.low);
    for (; cut != cuts.end() && *cut <= stretch.high; ++cut) {
      out.push_back({stretch.low, *cut - 1});
      stretch.low = *cut;
    }
    out.push_back(stretch);
  }
  return out;
}

// ---- what is missing -----------------------------------------------------------------------

static std::vector<Witness> find_missing(Checker& checker, std::vector<Row> rows,
                                         const std::vector<TypeId>& types);

static std::string number_text(Wide value) {
  bool is_negative = value < 0;
  if (is_negative) value = -value;
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value > 0);
  return is_negative ? "-" + digits : digits;
}

static std::string value_text(TypeKind kind, Wide value) {
  if (kind != TypeKind::Char) return number_text(value);
  if (value >= 0x20 && value < 0x7f) return "'" + std::string(1, static_cast<char>(value)) + "'";
  static constexpr char kHex[] = "0123456789abcdef";
  std::string digits;
  for (Wide rest = value; rest > 0 || digits.empty(); rest /= 16) {
    digits.insert(digits.begin(), kHex[static_cast<int>(rest % 16)]);
  }
  return "'\\u{" + digits + "}'";
}

static std::string stretch_text(TypeKind kind, Stretch stretch) {
  std::vector<Stretch> domain = domain_of(kind);
  bool is_first = stretch.low == domain.front().low;
  bool is_last = stretch.high == domain.back().high;
  if (is_first && is_last) return "_";
  if (stretch.low == stretch.high) return value_text(kind, stretch.low);
  if (is_last) return value_text(kind, stretch.low) + "..";
  if (is_first) return "..=" + value_text(kind, stretch.high);
  return value_text(kind, stretch.low) + "..=" + value_text(kind, stretch.high);
}

static void add_in_front(std::vector<Witness>& out, const std::vector<Witness>& rest,
                         const std::string& head) {
  for (const Witness& witness : rest) {
    if (out.size() >= kMaxWitnesses) return;
    out.push_back(witness);
    out.back().push_back(head);
  }
}

static std::vector<Witness> missing_ctors(Checker& checker, const std::vector<Row>& rows,
                                          const std::vector<TypeId>& rest_types, TypeId type,
                                          size_t count) {
  Context& ctx = checker.ctx;
  std::vector<bool> is_named(count, false);
  bool names_any = false;
  for (const Row& row : rows) {
    if (row.back()->kind != Pat::Kind::Ctor) continue;
    is_named[row.back()->ctor] = names_any = true;
  }
  std::vector<Witness> out;
  if (!names_any && count != 1) {
    add_in_front(out, find_missing(checker, keep_wild(checker, rows), rest_types), "_");
    return out;
  }
  std::optional<std::vector<Witness>> of_wild;
  for (uint32_t ctor = 0; ctor < count && out.size() < kMaxWitnesses; ++ctor) {
    std::vector<TypeId> parts = ctor_parts(ctx, type, ctor);
    if (!is_named[ctor] && count != 1) {
      if (!of_wild) of_wild = find_missing(checker, keep_wild(checker, rows), rest_types);
      std::vector<std::string> holes(parts.size(), "_");
      add_in_front(out, *of_wild, ctor_text(ctx, type, ctor, holes));
      continue;
    }
    std::vector<TypeId> types = rest_types;
    types.insert(types.end(), parts.rbegin(), parts.rend());
    for (Witness& witness :
         find_missing(checker, specialize(checker, rows, ctor, parts.size()), types)) {
      if (out.size() >= kMaxWitnesses) break;
      std::vector<std::string> shown(witness.rbegin(),
                                     witness.rbegin() + static_cast<ptrdiff_t>(parts.size()));
      witness.resize(witness.size() - parts.size());
      bool all_holes = std::all_of(shown.begin(), shown.end(),
                                   [](const std::string& part) { return part == "_"; });
      witness.push_back(count == 1 && all_holes ? "_" : ctor_text(ctx, type, ctor, shown));
      out.push_back(std::move(witness));
    }
  }
  return out;
}

static std::vector<Witness> missing_stretches(Checker& checker, const std::vector<Row>& rows,
                                              const std::vector<TypeId>& rest_types,
                                              TypeKind kind) {
  std::vector<Witness> out;
  std::vector<Stretch> uncovered;   // neighbours made one
  std::optional<std::vector<Witness>> of_wild;
  for (Stretch stretch : split(rows, domain_of(kind))) {
    if (checker.steps > kMaxSteps || out.size() >= kMaxWitnesses) break;
    bool is_named = std::any_of(rows.begin(), rows.end(), [&](const Row& row) {
      return row.back()->kind == Pat::Kind::Range && row.back()->low <= stretch.low &&
             row.back()->high >= stretch.high;
    });
    checker.steps += rows.size();
    if (is_named) {
      add_in_front(out,
                   find_missing(checker, keep_stretch(checker, rows, stretch), rest_types),
                   stretch_text(kind, stretch));
      continue;
    }
    bool is_neighbour = !uncovered.empty() && uncovered.back().high + 1 >= stretch.low - 0x800;
    if (kind == TypeKind::Char && is_neighbour && uncovered.back().high == 0xD7FF) {
      uncovered.back().high = stretch.high;
    } else if (!uncovered.empty() && uncovered.back().high + 1 == stretch.low) {
      uncovered.back().high = stretch.high;
    } else {
      uncovered.push_back(stretch);
    }
  }
  for (Stretch stretch : uncovered) {
    if (!of_wild) of_wild = find_missing(checker, keep_wild(checker, rows), rest_types);
    add_in_front(out, *of_wild, stretch_text(kind, stretch));
  }
  return out;
}

// Whether one row matches everything, so that nothing has to be split.
static bool has_row_of_holes(const std::vector<Row>& rows) {
  return std::any_of(rows.begin(), rows.end(), [](const Row& row) {
    return std::all_of(row.begin(), row.end(),
                       [](const Pat* pat) { return pat->kind == Pat::Kind::Wild; });
  });
}

// Vectors of patterns that no row matches, some of them; each as text, first column last.
static std::vector<Witness> find_missing(Checker& checker, std::vector<Row> rows,
                                         const std::vector<TypeId>& types) {
  if (checker.steps > kMaxSteps) return {};
  if (types.empty()) return rows.empty() ? std::vector<Witness>{{}} : std::vector<Witness>{};
  if (has_row_of_holes(rows)) return {};
  rows = expand_or(rows);
  TypeId type = checker.ctx.infer.resolve(types.back());
  std::vector<TypeId> rest(types.begin(), types.end() - 1);
  size_t count = ctor_count(checker.ctx, type);
  if (count > 0) return missing_ctors(checker, rows, rest, type, count);
  TypeKind kind = checker.ctx.types.kind(type);
  if (is_ordered(kind)) return missing_stretches(checker, rows, rest, kind);
  std::vector<Witness> out;
  add_in_front(out, find_missing(checker, keep_wild(checker, rows), rest), "_");
  return out;
}

// ---- what is unreachable -------------------------------------------------------------------

// Whether some value matches `row` and none of `rows`.
static bool is_useful(Checker& checker, std::vector<Row> rows, const Row& row,
                      const std::vector<TypeId>& types) {
  if (checker.steps > kMaxSteps) return true;
  if (types.empty()) return rows.empty();
  rows = expand_or(rows);
  Context& ctx = checker.ctx;
  TypeId type = ctx.infer.resolve(types.back());
  const Pat& head = *row.back();
  Row rest_row(row.begin(), row.end() - 1);
  std::vector<TypeId> rest(types.begin(), types.end() - 1);

  auto with_ctor = [&](uint32_t ctor) {
    std::vector<TypeId> parts = ctor_parts(ctx, type, ctor);
    std::vector<TypeId> inner = rest;
    inner.insert(inner.end(), parts.rbegin(), parts.rend());
    std::vector<Row> one = specialize(checker, {row}, ctor, parts.size());
    return is_useful(checker, specialize(checker, rows, ctor, parts.size()), one[0], inner);
  };
  switch (head.kind) {
    case Pat::Kind::Or:
      return std::any_of(head.parts.begin(), head.parts.end(), [&](const Pat* choice) {
        Row one = row;
        one.back() = choice;
        return is_useful(checker, rows, one, types);
      });
    case Pat::Kind::Ctor:
      return with_ctor(head.ctor);
    case Pat::Kind::Range: {
      std::vector<Stretch> stretches = split(rows, {{head.low, head.high}});
      return std::any_of(stretches.begin(), stretches.end(), [&](Stretch stretch) {
        return is_useful(checker, keep_stretch(checker, rows, stretch), rest_row, rest);
      });
    }
    case Pat::Kind::Literal: {
      std::vector<Row> same = keep(checker, rows, [&](const Pat& pat) {
        return pat.kind == Pat::Kind::Literal && pat.literal == head.literal;
      });
      return is_useful(checker, std::move(same), rest_row, rest);
    }
    case Pat::Kind::Wild:
      break;
  }
  size_t count = ctor_count(ctx, type);
  for (uint32_t ctor = 0; ctor < count; ++ctor) {
    if (with_ctor(ctor)) return true;
  }
  if (count > 0) return false;
  TypeKind kind = ctx.types.kind(type);
  if (!is_ordered(kind)) return is_useful(checker, keep_wild(checker, rows), rest_row, rest);
  std::vector<Stretch> stretches = split(rows, domain_of(kind));
  return std::any_of(stretches.begin(), stretches.end(), [&](Stretch stretch) {
    return is_useful(checker, keep_stretch(checker, rows, stretch), rest_row, rest);
  });
}

// ---- reports -------------------------------------------------------------------------------

static std::string list_of(const std::vector<Witness>& missing) {
  std::string out;
  size_t shown = std::min<size_t>(missing.size(), kMaxWitnesses - 1);
  for (size_t i = 0; i < shown; ++i) out += (i > 0 ? ", " : "") + quoted(missing[i][0]);
  if (missing.size() > shown) out += " and more";
  return out;
}

static void check_let_pattern(Checker& checker, const PendingMatch& match) {
  Context& ctx = checker.ctx;
  Row row = {simplify(checker, match.pattern)};
  if (checker.has_error) return;
  std::vector<Witness> missing = find_missing(checker, {row}, {match.subject});
  if (missing.empty()) return;
  ctx.report(match.span, D::RefutableLet, {list_of(missing)})
      .help("say what happens then: `let … = … else { … }`, or look with `match`");
}

static void check_match_arms(Checker& checker, const PendingMatch& match) {
  Context& ctx = checker.ctx;
  std::vector<TypeId> types = {match.subject};
  std::vector<Row> rows;
  for (const ast::MatchArm& arm : match.match->arms) {
    Row row = {simplify(checker, arm.pattern)};
    if (checker.has_error) return;
    if (!is_useful(checker, rows, row, types)) {
      ctx.report(arm.pattern->span, D::UnreachableArm)
          .help("the arms above match everything that it matches");
    }
    if (!arm.guard) rows.push_back(std::move(row));
  }
  std::vector<Witness> missing = find_missing(checker, rows, types);
  if (checker.steps > kMaxSteps) {
    ctx.report(match.span, D::MatchTooComplex);
    return;
  }
  if (missing.empty()) return;
  Report report = ctx.report(match.span, D::MissingCase, {list_of(missing)});
  TypeKind kind = ctx.types.kind(ctx.infer.resolve(match.subject));
  if (kind == TypeKind::Enum) {
    report.help("add an arm for it, or `_ => …` for all that are left");
  } else {
    report.help("add an arm `_ => …` for all that are left");
  }
}

void check_pending_matches(Context& ctx) {
  for (const PendingMatch& match : ctx.matches) {
    if (ctx.types.has_error(ctx.infer.resolve(match.subject))) continue;
    Checker checker(ctx);
    if (match.match) {
      check_match_arms(checker, match);
    } else {
      check_let_pattern(checker, match);
    }
  }
  ctx.matches.clear();
}

}  // namespace skein::check
