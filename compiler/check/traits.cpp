// Which types have which traits.
//
// The traits of the core library are known for what the language is made of: a row a kind of
// type. Composite types have them if their parts do (language rule 63).
#include "compiler/check/traits.h"

#include <algorithm>
#include <utility>

#include "compiler/check/assoc.h"
#include "compiler/check/bounds.h"
#include "compiler/check/iterate.h"
#include "compiler/check/modules.h"
#include "compiler/check/spellings.h"
#include "compiler/check/trait_impl.h"

namespace skein::check {

static void find_json(Context& ctx) {
  types::CoreDecls& core = ctx.program.core;
  for (uint32_t i = 0; i < ctx.program.modules.size(); ++i) {
    const types::ModuleDecl& module = ctx.program.modules[ModuleId(i)];
    if (module.is_std && ctx.text(module.name) == "std.json") core.json_module = ModuleId(i);
  }
  if (!core.json_module.valid()) return;
  const Entity* entity = ctx.module_tables[core.json_module.index]->find(ctx.names.intern("Json"));
  if (entity && entity->kind == Entity::Kind::Trait) core.json = TraitId(entity->index);
}

void find_core_traits(Context& ctx) {
  find_json(ctx);
  auto find = [&](std::string_view name) {
    const Entity* entity = ctx.prelude->find(ctx.names.intern(name));
    return entity && entity->kind == Entity::Kind::Trait ? TraitId(entity->index) : TraitId();
  };
  types::CoreDecls& core = ctx.program.core;
  core.eq = find("Eq");
  core.ord = find("Ord");
  core.hash = find("Hash");
  core.show = find("Show");
  core.default_ = find("Default");
  core.integer = find("Integer");
  core.real = find("Real");
  core.atomic_value = find("AtomicValue");
  core.number = find("Number");
  core.drop = find("Drop");
  core.iter = find("Iter");
  core.iterable = find("Iterable");
  auto find_fn = [&](std::string_view name, std::string_view module_name = "std.core.traits") {
    ModuleId module = library_module(ctx, module_name);
    if (!module.valid()) return FnId();
    const NameTable& table = *ctx.module_tables[module.index];
    auto found = table.names.find(ctx.names.intern(name));
    return found != table.names.end() ? FnId(found->second.index) : FnId();
  };
  core.show_by = find_fn("show_by");
  core.equal_by = find_fn("equal_by");
  core.compare_by = find_fn("compare_by");
  core.hash_by = find_fn("hash_by");
  core.default_by = find_fn("default_by");
  core.chosen_test = find_fn("chosen_test", "std.core.test");
}

namespace {

// The traits as bits, for the table below.
enum Trait : unsigned {
  kEq = 1,
  kOrd = 2,
  kHash = 4,
  kShow = 8,
  kDefault = 16,
  kInteger = 32,
  kReal = 64,
  kAtomicValue = 128,
  kNumber = 256,
};

struct Row {
  unsigned own = 0;        // has them whatever its parts are
  unsigned by_parts = 0;   // has them if all its parts do
};

}  // namespace

static unsigned trait_bit(const Context& ctx, TraitId trait) {
  const types::CoreDecls& core = ctx.program.core;
  if (trait == core.eq) return kEq;
  if (trait == core.ord) return kOrd;
  if (trait == core.hash) return kHash;
  if (trait == core.show) return kShow;
  if (trait == core.default_) return kDefault;
  if (trait == core.integer) return kInteger;
  if (trait == core.real) return kReal;
  if (trait == core.atomic_value) return kAtomicValue;
  if (trait == core.number) return kNumber;
  return 0;
}

static constexpr unsigned kValue = kEq | kOrd | kHash | kShow;
static constexpr unsigned kWhole = kValue | kDefault | kInteger | kAtomicValue | kNumber;

static Row row_of(TypeKind kind) {
  if (types::is_integer(kind)) return {.own = kWhole};
  if (types::is_float(kind)) return {.own = kEq | kShow | kDefault | kReal | kNumber};
  switch (kind) {
    case TypeKind::Bool:
      return {.own = kValue | kDefault | kAtomicValue};
    case TypeKind::Shared:
    case TypeKind::Weak:
    case TypeKind::Chan:
      return {.own = kAtomicValue};
    case TypeKind::Unit:
    case TypeKind::Str:
    case TypeKind::Duration:
      return {.own = kValue | kDefault};
    case TypeKind::Char:
      return {.own = kValue};
    case TypeKind::Instant:
      return {.own = kEq | kOrd | kHash};
    case TypeKind::Tuple:
    case TypeKind::FixedArray:
      return {.by_parts = kValue | kDefault};
    case TypeKind::Array:
      return {.own = kDefault, .by_parts = kValue};
    case TypeKind::Option:
      return {.own = kDefault, .by_parts = kValue};
    case TypeKind::Result:
      return {.by_parts = kValue};
    case TypeKind::Range:
    case TypeKind::RangeInclusive:
      return {.by_parts = kEq | kHash | kShow};
    default:
      return {};
  }
}

// What a bound brings along.
static unsigned implied(unsigned bit) {
  if (bit == kInteger) return kWhole;
  if (bit == kReal) return kReal | kNumber | kEq | kShow | kDefault;
  if (bit == kOrd) return kOrd | kEq;
  return bit;
}

static Answer all_have(Context& ctx, const std::vector<TypeId>& parts, TraitId trait) {
  Answer answer = Answer::Yes;
  for (TypeId part : parts) {
    Answer of_part = has_trait(ctx, part, trait);
    if (of_part == Answer::No) return Answer::No;
    if (of_part == Answer::Unknown) answer = Answer::Unknown;
  }
  return answer;
}

// Whether a bound of a type parameter names a trait that is not there: then it may have any.
static bool has_unknown_bound(const Context& ctx, TypeId id) {
  const Type& type = ctx.types.get(id);
  const std::vector<types::TypeParamDecl>* params = ctx.table ? ctx.table->params : nullptr;
  bool is_param = type.kind == TypeKind::Param && params && type.decl < params->size();
  return is_param && (*params)[type.decl].has_unknown_bound;
}

// Whether what is written around this place says that the type has the trait.
static bool is_said(Context& ctx, TypeId type, const TraitRef& trait) {
  if (has_unknown_bound(ctx, type)) return true;
  unsigned wanted = trait_bit(ctx, trait.trait);
  for (const TraitRef& bound : bounds_of(ctx, type)) {
    if ((implied(trait_bit(ctx, bound.trait)) & wanted) != 0) return true;
    if (bound.trait != trait.trait) continue;
    bool is_same = true;
    for (size_t i = 0; is_same && i < trait.args.size(); ++i) {
      is_same = ctx.infer.unify(bound.args[i], trait.args[i]);
    }
    if (is_same) return true;
  }
  return false;
}

static const std::vector<TraitId>& derives_of(Context& ctx, const Type& type) {
  if (type.kind == TypeKind::Struct) return ctx.program.structs[StructId(type.decl)].derives;
  return ctx.program.enums[EnumId(type.decl)].derives;
}

static bool is_collection(const Context& ctx, const Type& type) {
  const types::CoreDecls& core = ctx.program.core;
  return type.kind == TypeKind::Struct &&
         (type.decl == core.map.index || type.decl == core.set.index);
}

// A map compares and hashes by methods of its own: what may ask for them has asked for the trait.
static void use_value_methods(Context& ctx, const Type& type, TraitId trait) {
  const types::CoreDecls& core = ctx.program.core;
  if (!core.map_equal.valid() || !is_collection(ctx, type)) return;
  if (trait == core.eq) use_fn(ctx, core.map_equal);
  if (trait == core.hash) use_fn(ctx, core.map_hash);
}

static Answer has_impl(Context& ctx, TypeId type, const TraitRef& trait) {
  bool is_ambiguous = false;
  bool found = find_trait_impl(ctx, type, trait, Span(), &is_ambiguous).has_value();
  if (is_ambiguous) return Answer::Unknown;
  return found ? Answer::Yes : Answer::No;
}

Answer has_trait(Context& ctx, TypeId id, TraitId trait) {
  return has_trait(ctx, id, TraitRef{trait});
}

Answer has_trait(Context& ctx, TypeId id, const TraitRef& trait) {
  id = ctx.infer.shallow(id);
  const Type type = ctx.types.get(id);
  unsigned wanted = trait_bit(ctx, trait.trait);
  if (is_said(ctx, id, trait)) return Answer::Yes;
  switch (type.kind) {
    case TypeKind::Error:
    case TypeKind::Never:
      return Answer::Yes;
    case TypeKind::Var: {
      VarKind kind = *ctx.infer.var_kind(id);
      if (kind == VarKind::Any) return Answer::Unknown;
      TypeKind fallback = kind == VarKind::Integer ? TypeKind::Int : TypeKind::Float;
      if (wanted == 0) return has_impl(ctx, ctx.types.plain(fallback), trait);
      return (row_of(fallback).own & wanted) != 0 ? Answer::Yes : Answer::No;
    }
    case TypeKind::Param:
    case TypeKind::Assoc:
      return wanted == 0 ? has_impl(ctx, id, trait) : Answer::No;
    case TypeKind::Struct:
    case TypeKind::Enum: {
      const std::vector<TraitId>& derives = derives_of(ctx, type);
      bool derives_it = std::find(derives.begin(), derives.end(), trait.trait) != derives.end();
      if (derives_it) use_value_methods(ctx, type, trait.trait);
      // An empty one needs nothing of its members.
      if (trait.trait == ctx.program.core.default_ && is_collection(ctx, type)) return Answer::Yes;
      if (derives_it) return all_have(ctx, type.args, trait.trait);
      return has_impl(ctx, id, trait);
    }
    default:
      break;
  }
  if (wanted == 0) return has_impl(ctx, id, trait);
  Row row = row_of(type.kind);
  if ((row.own & wanted) != 0) return Answer::Yes;
  if ((row.by_parts & wanted) != 0) return all_have(ctx, type.args, trait.trait);
  return Answer::No;
}

// ---- bounds --------------------------------------------------------------------------------

void help_to_derive(Report& report, std::string_view trait, const std::string& type) {
  std::string name(trait);
  report.help("write `@derive(" + name + ")` above `" + type + "`, or `impl " + name + " for " +
              type + " { … }`");
}

// The trait, behind `Eq` where the type lacks that and the trait means nothing without it.
static std::string with_needed(Context& ctx, TypeId type, TraitId trait) {
  const types::CoreDecls& core = ctx.program.core;
  std::string name(ctx.text(ctx.program.traits[trait].name));
  bool needs_eq = trait == core.hash || trait == core.ord;
  if (needs_eq && has_trait(ctx, type, core.eq) == Answer::No) return "Eq, " + name;
  return name;
}

// Whether it was declared outside of the library, so that traits can be added to it.
static bool is_of_program(Context& ctx, TypeId id) {
  const Type& type = ctx.types.get(ctx.infer.shallow(id));
  const types::Program& program = ctx.program;
  if (type.kind == TypeKind::Struct) {
    return !program.modules[program.structs[StructId(type.decl)].module].is_std;
  }
  return type.kind == TypeKind::Enum &&
         !program.modules[program.enums[EnumId(type.decl)].module].is_std;
}

static void report_bound(Context& ctx, const PendingBound& bound) {
  TraitId trait_id = bound.trait.trait;
  bool is_new = ctx.unmet_bounds.emplace(ctx.infer.shallow(bound.type).index, trait_id.index).second;
  if (!is_new) return;
  std::string trait = show(ctx, bound.trait);
  std::string type = ctx.show(bound.type);
  Report report = ctx.report(bound.span, D::BoundUnmet, {type, trait});
  if (bound.wanted_at.valid()) {
    report.label(bound.wanted_at, "`" + trait + "` is asked for here");
  }
  TypeKind kind = ctx.kind(bound.type);
  const types::CoreDecls& core = ctx.program.core;
  bool is_declared = is_of_program(ctx, bound.type);
  if (is_lazy(ctx, bound.type, bound.span)) {
    report.help("adaptors give their items when they are asked for: `.collect()` makes an array");
    return;
  }
  if (kind == TypeKind::Task && trait_id == core.show) {
    report.help("a task is not its value yet: `await` it");
    return;
  }
  if (kind == TypeKind::Fn && trait_id == core.show) {
    report.help("it is a function: call it, `f()`");
    return;
  }
  bool is_derivable = can_derive(ctx, trait_id) || trait_id == core.json;
  if (is_declared && is_derivable) {
    help_to_derive(report, with_needed(ctx, bound.type, trait_id), type);
  } else if (is_declared && !ctx.program.modules[ctx.program.traits[trait_id].module].is_std) {
    report.help("give it the trait: `impl " + trait + " for " + type + " { … }`");
  }
  if (trait_id == core.show && help_to_reach_value(ctx, report, bound.type)) return;
  if (trait_id == core.show && !is_declared) report.help("`\"${x:?}\"` shows anything");
  if (trait_id == core.atomic_value) {
    report.help("an `Atomic` holds a whole number, a `bool`, or a `Shared`, `Weak` or `Chan`; any other "
                "value stands in a `Mutex`, or in a `Shared` in the `Atomic`");
  }
  bool is_float = types::is_float(kind) || ctx.infer.var_kind(bound.type) == VarKind::Float;
  if (trait_id == core.ord && is_float) {
    report.help("floats have `<` but no order of all values: nothing compares with NaN");
  }
  if (kind == TypeKind::Param) {
    report.help("ask for it where the parameter is declared: `" + type + ": " + trait + "`");
  }
  if (kind == TypeKind::Assoc) {
    report.help("ask for it behind the parameters: `where " + type + ": " + trait + "`");
  }
}

// What the associated types of a type are, where the bound says what they have to be.
static void require_equal(Context& ctx, const PendingBound& bound) {
  if (equal_types_fit(ctx, bound.type, bound.trait)) return;
  for (const TraitRef::Equal& equal : bound.trait.equal) {
    TraitRef one = bound.trait;
    one.equal = {equal};
    if (equal_types_fit(ctx, bound.type, one)) continue;
    std::vector<TypeId> args = {bound.type};
    args.insert(args.end(), one.args.begin(), one.args.end());
    TypeId found = find_assoc(ctx, ctx.types.assoc(equal.assoc, std::move(args)));
    Report report = ctx.report(bound.span, D::AssocMismatch,
                               {ctx.show(bound.type),
                                ctx.text(ctx.program.assocs[equal.assoc].name), ctx.show(found),
                                ctx.show(equal.type)});
    if (bound.wanted_at.valid()) report.label(bound.wanted_at, "it is asked for here");
  }
}

void require_trait(Context& ctx, PendingBound bound) {
  switch (has_trait(ctx, bound.type, bound.trait)) {
    case Answer::Yes:
      // A literal may still become another type.
      if (ctx.infer.var_kind(bound.type)) {
        ctx.bounds.push_back(std::move(bound));
      } else {
        require_equal(ctx, bound);
      }
      return;
    case Answer::No:
      report_bound(ctx, bound);
      return;
    case Answer::Unknown:
      ctx.bounds.push_back(std::move(bound));
      return;
  }
}

void check_pending_bounds(Context& ctx) {
  for (const PendingBound& bound : ctx.bounds) {
    switch (has_trait(ctx, bound.type, bound.trait)) {
      case Answer::No:
        report_bound(ctx, bound);
        break;
      case Answer::Yes:
        require_equal(ctx, bound);
        break;
      case Answer::Unknown:
        break;
    }
  }
  ctx.bounds.clear();
}

std::vector<std::optional<VarKind>> number_params(
    Context& ctx, const std::vector<types::TypeParamDecl>& params) {
  std::vector<std::optional<VarKind>> out;
  for (const types::TypeParamDecl& param : params) {
    std::optional<VarKind> number;
    for (const TraitRef& bound : param.bounds) {
      if (bound.trait == ctx.program.core.integer) number = VarKind::Integer;
      if (bound.trait == ctx.program.core.real) number = VarKind::Float;
    }
    out.push_back(number);
  }
  return out;
}

// ---- derive --------------------------------------------------------------------------------

bool can_derive(const Context& ctx, TraitId trait) {
  return (trait_bit(ctx, trait) & (kValue | kDefault)) != 0;
}

std::optional<Span> find_derive(Context& ctx, TypeId id, TraitId trait) {
  const Type type = ctx.types.get(id);
  bool is_struct = type.kind == TypeKind::Struct;
  if (!is_struct && type.kind != TypeKind::Enum) return std::nullopt;
  const std::vector<TraitId>& derives = derives_of(ctx, type);
  if (std::find(derives.begin(), derives.end(), trait) == derives.end()) return std::nullopt;
  return is_struct ? ctx.program.structs[StructId(type.decl)].span
                   : ctx.program.enums[EnumId(type.decl)].span;
}

// ---- impls of the core traits --------------------------------------------------------------

bool is_mark(const Context& ctx, TraitId trait) {
  return (trait_bit(ctx, trait) & (kInteger | kReal | kAtomicValue | kNumber)) != 0;
}

void use_bridge(Context& ctx, TraitId trait) {
  const types::CoreDecls& core = ctx.program.core;
  const std::pair<TraitId, FnId> rows[] = {{core.show, core.show_by},
                                           {core.eq, core.equal_by},
                                           {core.ord, core.compare_by},
                                           {core.hash, core.hash_by},
                                           {core.default_, core.default_by}};
  for (const auto& [of, bridge] : rows) {
    if (of == trait && bridge.valid()) use_fn(ctx, bridge);
  }
}

static void report_part(Context& ctx, const types::FieldDecl& field, Symbol owner, TraitId trait) {
  std::string_view name = ctx.text(ctx.program.traits[trait].name);
  std::string type = ctx.show(field.type);
  std::string part = field.name.valid() ? "field " + quoted(ctx.text(field.name)) : "a payload";
  Report report = ctx.report(field.span, D::DerivePart, {ctx.text(owner), name, part, type});
  TypeKind kind = ctx.types.kind(field.type);
  std::string by_hand = "write `impl " + std::string(name) + " for " +
                        std::string(ctx.text(owner)) + " { … }`";
  if (types::is_float(kind)) {
    report.help(by_hand + ", which says what is to happen with NaN");
  } else if (is_of_program(ctx, field.type)) {
    help_to_derive(report, name, type);
  } else {
    report.help(by_hand + ", which says what takes the place of it");
  }
}

namespace {

// While it lives, the type parameters of a declaration count as having what it derives: that is
// asked for at each use.
class AssumeDerived {
 public:
  AssumeDerived(Context& ctx, const std::vector<types::TypeParamDecl>& params,
                const std::vector<TraitId>& derives)
      : ctx_(ctx), outside_(ctx.table), params_(params) {
    std::vector<TraitRef> bounds;
    for (TraitId trait : derives) bounds.push_back({trait});
    for (types::TypeParamDecl& param : params_) {
      param.bounds.insert(param.bounds.end(), bounds.begin(), bounds.end());
    }
    table_.params = &params_;
    ctx_.table = &table_;
  }
  ~AssumeDerived() { ctx_.table = outside_; }
  AssumeDerived(const AssumeDerived&) = delete;

 private:
  Context& ctx_;
  NameTable* outside_;
  std::vector<types::TypeParamDecl> params_;
  NameTable table_;
};

}  // namespace

static void check_parts(Context& ctx, const std::vector<types::FieldDecl>& fields, Symbol owner,
                        const std::vector<TraitId>& derives) {
  for (TraitId trait : derives) {
    for (const types::FieldDecl& field : fields) {
      if (has_trait(ctx, field.type, trait) == Answer::No) report_part(ctx, field, owner, trait);
    }
  }
}

static std::vector<TypeId> own_params(Context& ctx, size_t count) {
  std::vector<TypeId> out;
  for (uint32_t i = 0; i < count; ++i) out.push_back(ctx.types.param(i));
  return out;
}

// A type that is ordered can be compared with `==` too.
static void check_order_has_eq(Context& ctx, TypeId type, Span span,
                               const std::vector<TraitId>& derives) {
  const types::CoreDecls& core = ctx.program.core;
  if (std::find(derives.begin(), derives.end(), core.ord) == derives.end()) return;
  if (has_trait(ctx, type, core.eq) != Answer::No) return;
  ctx.report(span, D::MissingSupertrait, {ctx.show(type), "Eq", "Ord"})
      .help("write `@derive(Eq, Ord)`");
}

void check_derives(Context& ctx, uint32_t first_struct, uint32_t first_enum) {
  for (uint32_t i = first_struct; i < ctx.program.structs.size(); ++i) {
    const types::StructDecl& decl = ctx.program.structs[StructId(i)];
    AssumeDerived assumed(ctx, decl.type_params, decl.derives);
    check_parts(ctx, decl.fields, decl.name, decl.derives);
    std::vector<TypeId> args = own_params(ctx, decl.type_params.size());
    check_order_has_eq(ctx, ctx.types.struct_(StructId(i), std::move(args)), decl.span,
                       decl.derives);
  }
  for (uint32_t i = first_enum; i < ctx.program.enums.size(); ++i) {
    const types::EnumDecl& decl = ctx.program.enums[EnumId(i)];
    AssumeDerived assumed(ctx, decl.type_params, decl.derives);
    for (const types::VariantDecl& variant : decl.variants) {
      check_parts(ctx, variant.fields, decl.name, decl.derives);
    }
    std::vector<TypeId> args = own_params(ctx, decl.type_params.size());
    check_order_has_eq(ctx, ctx.types.enum_(EnumId(i), std::move(args)), decl.span, decl.derives);
  }
}

// Whether all of them have the trait; those that do not are reported.
static bool parts_have(Context& ctx, const std::vector<types::FieldDecl>& fields, Symbol owner,
                       TraitId trait) {
  bool all = true;
  for (const types::FieldDecl& field : fields) {
    if (has_trait(ctx, field.type, trait) != Answer::No) continue;
    report_part(ctx, field, owner, trait);
    all = false;
  }
  return all;
}

static bool parts_have(Context& ctx, const Type& type, TraitId trait) {
  if (type.kind == TypeKind::Struct) {
    const types::StructDecl& decl = ctx.program.structs[StructId(type.decl)];
    return parts_have(ctx, decl.fields, decl.name, trait);
  }
  const types::EnumDecl& decl = ctx.program.enums[EnumId(type.decl)];
  bool all = true;
  for (const types::VariantDecl& variant : decl.variants) {
    all &= parts_have(ctx, variant.fields, decl.name, trait);
  }
  return all;
}

void check_derived_impls(Context& ctx, uint32_t first) {
  for (uint32_t i = first; i < ctx.program.impls.size(); ++i) {
    const types::ImplDecl& impl = ctx.program.impls[ImplId(i)];
    if (!impl.is_derived || !impl.trait) continue;
    NameTable table;
    table.params = &impl.type_params;
    NameTable* outside = std::exchange(ctx.table, &table);
    bool all = parts_have(ctx, ctx.types.get(impl.self_type), *impl.trait);
    ctx.table = outside;
    if (all) continue;
    // What is missing was said; the methods would only say it again.
    for (FnId method : impl.methods) std::erase(ctx.pending_fns, method);
  }
}

}  // namespace skein::check
