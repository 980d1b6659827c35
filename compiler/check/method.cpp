// Methods: which function a name means for a value of some type.
//
// Functions of impls are indexed by the head of the impl's type (`Point`, `[ ]`, `int`) and their
// name. Impls of a bare type parameter (`impl<T: Integer> T`, core library only) stand under a
// head of their own, which is asked last.
#include "compiler/check/method.h"

#include <algorithm>

#include "compiler/check/bounds.h"
#include "compiler/check/iterate.h"
#include "compiler/check/spellings.h"
#include "compiler/check/suggest.h"
#include "compiler/check/trait_impl.h"
#include "compiler/check/traits.h"

namespace skein::check {

static uint64_t head_of(const Type& type) {
  bool has_decl = type.kind == TypeKind::Struct || type.kind == TypeKind::Enum ||
                  type.kind == TypeKind::Dyn;
  return (static_cast<uint64_t>(type.kind) << 32) | (has_decl ? type.decl : 0);
}

static uint64_t any_head() { return static_cast<uint64_t>(TypeKind::Param) << 32; }

std::string type_head_name(Context& ctx, TypeId id) {
  const Type& type = ctx.types.get(id);
  if (type.kind == TypeKind::Struct) {
    return std::string(ctx.text(ctx.program.structs[StructId(type.decl)].name));
  }
  if (type.kind == TypeKind::Enum) {
    return std::string(ctx.text(ctx.program.enums[EnumId(type.decl)].name));
  }
  return ctx.show(id);
}

void enter_method(Context& ctx, FnId fn, TypeId self_type) {
  const types::FnDecl& decl = ctx.program.fns[fn];
  uint64_t head = head_of(ctx.types.get(self_type));
  std::vector<FnId>& same_name = ctx.methods[{head, decl.name}];
  bool is_std = ctx.program.modules[decl.module].is_std;
  for (FnId other : same_name) {
    const types::FnDecl& first = ctx.program.fns[other];
    bool is_apart = !overlaps(ctx, ctx.program.impls[decl.impl], ctx.program.impls[first.impl]);
    if (is_std || is_apart) continue;
    ctx.report(decl.span, D::DuplicateName, {ctx.text(decl.name)})
        .mark("declared again here")
        .label(first.span, "first declared here");
    return;
  }
  same_name.push_back(fn);
  // An impl for any type calls the others.
  if (head != any_head()) enter_iter_method(ctx, fn);
  ctx.methods_of[head].push_back(fn);
}

// ---- finding -------------------------------------------------------------------------------

static bool is_visible(const Context& ctx, const types::FnDecl& fn) {
  return fn.is_pub || fn.module == ctx.table->module;
}

// Matches the impl's type with `type`, and asks its bounds. What it set stays set if it fits.
static std::optional<std::vector<TypeId>> match_impl(Context& ctx, const types::FnDecl& fn,
                                                     TypeId type, Span span) {
  const types::ImplDecl& impl = ctx.program.impls[fn.impl];
  size_t mark = ctx.infer.mark();
  std::vector<TypeId> args;
  for (size_t i = 0; i < impl.type_params.size(); ++i) args.push_back(ctx.infer.fresh(span));
  bool fits = ctx.infer.unify(ctx.types.substitute(impl.self_type, args), type);
  for (size_t i = 0; fits && i < args.size(); ++i) {
    fits = unify_bounds(ctx, impl.type_params[i], args[i], args, span);
  }
  if (fits && may_hold(ctx, impl.type_params, args)) return args;
  ctx.infer.roll_back(mark);
  return std::nullopt;
}

static const std::vector<FnId>* candidates(const Context& ctx, uint64_t head, Symbol name) {
  auto found = ctx.methods.find({head, name});
  return found == ctx.methods.end() ? nullptr : &found->second;
}

std::span<const FnId> methods_of_any_type(const Context& ctx, Symbol name) {
  const std::vector<FnId>* list = candidates(ctx, any_head(), name);
  return list ? std::span<const FnId>(*list) : std::span<const FnId>();
}

static uint64_t head_of_known(Context& ctx, TypeId type) {
  std::optional<VarKind> number = ctx.infer.var_kind(type);
  TypeId head = ctx.infer.shallow(type);
  if (number == VarKind::Integer) head = ctx.types.int_();
  if (number == VarKind::Float) head = ctx.types.plain(TypeKind::Float);
  return head_of(ctx.types.get(head));
}

static std::optional<MethodMatch> try_inherent(Context& ctx, uint64_t head, TypeId type,
                                               Symbol name, Span span) {
  const std::vector<FnId>* list = candidates(ctx, head, name);
  if (!list) return std::nullopt;
  for (FnId id : *list) {
    const types::FnDecl& fn = ctx.program.fns[id];
    if (!is_visible(ctx, fn)) continue;
    std::optional<std::vector<TypeId>> args = match_impl(ctx, fn, type, span);
    if (args) return MethodMatch{id, std::move(*args)};
  }
  return std::nullopt;
}

std::optional<MethodMatch> try_own_method(Context& ctx, TypeId type, Symbol name, Span span) {
  std::optional<MethodMatch> match =
      try_inherent(ctx, head_of_known(ctx, type), type, name, span);
  if (!match) match = try_trait_method(ctx, type, name, span);
  return match;
}

std::optional<MethodMatch> try_method(Context& ctx, TypeId type, Symbol name, Span span) {
  std::optional<MethodMatch> match = try_own_method(ctx, type, name, span);
  if (!match) match = try_inherent(ctx, any_head(), type, name, span);
  return match;
}

// ---- not finding ---------------------------------------------------------------------------

// Whether the impl is one for all that can be iterated, and `type` can.
static bool iterates(Context& ctx, const types::ImplDecl& impl, TypeId type, Span span) {
  return !impl.type_params.empty() && impl.type_params[0].iterator.valid() &&
         iterator_of(ctx, type, span).valid();
}

// A method of iterators whose items are not such as it wants: says what they are.
static bool report_items(Context& ctx, const types::FnDecl& fn, TypeId type, ast::Ident name) {
  const types::ImplDecl& impl = ctx.program.impls[fn.impl];
  std::vector<TypeId> args = {type};
  while (args.size() < impl.type_params.size()) args.push_back(ctx.infer.fresh(name.span));
  for (size_t i = 0; i < args.size(); ++i) {
    if (unify_bounds(ctx, impl.type_params[i], args[i], args, name.span)) continue;
    TypeId item = item_of(ctx, iterator_of(ctx, type, name.span), name.span);
    TypeId wanted_item = impl.type_params[i].iter_item;
    std::string wanted = wanted_item.valid()
                             ? ctx.program.type_name(wanted_item, impl.type_params)
                             : "Iterable";
    ctx.report(name.span, D::WrongItems,
               {ctx.text(name.name), wanted, item.valid() ? ctx.show(item) : ctx.show(type)});
    return true;
  }
  ask_bounds(ctx, impl.type_params, args, {name.span, quoted(ctx.text(fn.name))});
  return true;
}

// A method of that name whose impl asks for a trait the type lacks: says which.
static bool report_bound_of_impl(Context& ctx, TypeId type, ast::Ident name) {
  for (uint64_t head : {head_of_known(ctx, type), any_head()}) {
    const std::vector<FnId>* list = candidates(ctx, head, name.name);
    if (!list) continue;
    for (FnId id : *list) {
      const types::FnDecl& fn = ctx.program.fns[id];
      if (!is_visible(ctx, fn)) continue;
      const types::ImplDecl& impl = ctx.program.impls[fn.impl];
      std::vector<TypeId> args;
      for (size_t i = 0; i < impl.type_params.size(); ++i) {
        args.push_back(ctx.infer.fresh(name.span));
      }
      if (iterates(ctx, impl, type, name.span)) return report_items(ctx, fn, type, name);
      bool is_bare = ctx.types.kind(impl.self_type) == TypeKind::Param;
      // An impl for any type says nothing of this one, unless by a trait that the user can give it.
      bool is_mark = !impl.type_params.empty() && (impl.type_params[0].bounds.empty() ||
                     !can_derive(ctx, impl.type_params[0].bounds[0].trait));
      if (is_bare && is_mark) continue;
      if (!ctx.infer.unify(ctx.types.substitute(impl.self_type, args), type)) continue;
      ask_bounds(ctx, impl.type_params, args, {name.span, quoted(ctx.text(fn.name))});
      return true;
    }
  }
  return false;
}

bool has_field(Context& ctx, TypeId id, Symbol name) {
  const Type& type = ctx.types.get(ctx.infer.shallow(id));
  if (type.kind != TypeKind::Struct) return false;
  const std::vector<types::FieldDecl>& fields = ctx.program.structs[StructId(type.decl)].fields;
  return std::any_of(fields.begin(), fields.end(),
                     [&](const types::FieldDecl& field) { return field.name == name; });
}

// Which methods a type of the program has, where they are few.
static void help_with_methods(Context& ctx, Report& report, TypeId id) {
  static constexpr size_t kMost = 8;
  const Type& type = ctx.types.get(ctx.infer.shallow(id));
  bool is_struct = type.kind == TypeKind::Struct;
  if (!is_struct && type.kind != TypeKind::Enum) return;
  ModuleId module = is_struct ? ctx.program.structs[StructId(type.decl)].module
                              : ctx.program.enums[EnumId(type.decl)].module;
  if (ctx.program.modules[module].is_std) return;
  std::string names;
  size_t count = 0;
  for (FnId fn : ctx.methods_of[head_of(type)]) {
    if (!is_visible(ctx, ctx.program.fns[fn]) || !ctx.program.fns[fn].has_self) continue;
    names += (names.empty() ? "" : ", ") + quoted(ctx.text(ctx.program.fns[fn].name));
    ++count;
  }
  if (count == 0) {
    report.help("it has none; methods stand in `impl " + type_head_name(ctx, ctx.infer.shallow(id)) +
                " { … }`");
  } else if (count <= kMost) {
    report.help((count == 1 ? "its method is " : "its methods are ") + names);
  }
}

static void report_unknown_method(Context& ctx, TypeId type, ast::Ident name) {
  std::string_view text = ctx.text(name.name);
  const Type& self = ctx.types.get(ctx.infer.shallow(type));
  const std::vector<types::TypeParamDecl>* params = ctx.table ? ctx.table->params : nullptr;
  bool is_open = self.kind == TypeKind::Param && params && self.decl < params->size() &&
                 (*params)[self.decl].has_unknown_bound;
  if (is_open) return;
  Report report = ctx.report(name.span, D::UnknownMethod, {ctx.show(type), text});
  if (help_foreign_method(ctx, report, type, name)) return;
  if (has_field(ctx, type, name.name)) {
    report.help("`" + std::string(text) + "` is a field: leave the parentheses away");
    return;
  }
  TypeKind kind = ctx.kind(type);
  bool wraps = kind == TypeKind::Option || kind == TypeKind::Result || kind == TypeKind::Task;
  if (wraps) {
    TypeId inner = ctx.types.arg(ctx.infer.shallow(type));
    if (candidates(ctx, head_of_known(ctx, inner), name.name)) {
      std::string way = kind == TypeKind::Task ? "await it first" : "take the value out first: `!`";
      if (kind == TypeKind::Option) way += ", `?.` or `if let`";
      report.help("`" + ctx.show(inner) + "` has it; " + way);
      return;
    }
  }
  if (kind == TypeKind::Str && candidates(ctx, any_head(), name.name)) {
    report.help("parts of a text have it: `s.chars()`, `s.bytes()`, `s.lines()`");
    return;
  }
  std::vector<std::string_view> names;
  for (uint64_t head : {head_of_known(ctx, type), any_head()}) {
    for (FnId id : ctx.methods_of[head]) {
      if (is_visible(ctx, ctx.program.fns[id])) {
        names.push_back(ctx.text(ctx.program.fns[id].name));
      }
    }
  }
  bool is_suggested = suggest(report, name.span, text, std::move(names));
  if (!is_suggested) help_with_methods(ctx, report, type);
}

// A fixed array has the methods of arrays too; they get it as a window, or a copy of it.
static std::optional<MethodMatch> try_fixed_array(Context& ctx, TypeId type, ast::Ident name) {
  TypeId known = ctx.infer.shallow(type);
  TypeId array = ctx.types.make(TypeKind::Array, {ctx.types.arg(known)});
  uint64_t head = head_of(ctx.types.get(array));
  std::optional<MethodMatch> match = try_inherent(ctx, head, array, name.name, name.span);
  if (!match) match = try_method(ctx, type, name.name, name.span);
  if (!match) match = try_method(ctx, array, name.name, name.span);
  return match;
}

std::optional<MethodMatch> find_method(Context& ctx, TypeId type, ast::Ident name) {
  bool is_fixed = ctx.kind(type) == TypeKind::FixedArray;
  std::optional<MethodMatch> match = is_fixed
                                         ? try_fixed_array(ctx, type, name)
                                         : try_method(ctx, type, name.name, name.span);
  if (match) return match;
  if (is_fixed) type = ctx.types.make(TypeKind::Array, {ctx.types.arg(ctx.infer.shallow(type))});
  if (!report_bound_of_impl(ctx, type, name)) report_unknown_method(ctx, type, name);
  return std::nullopt;
}

}  // namespace skein::check
