// Types as the user writes them, turned into types.
#include "compiler/check/resolve_type.h"

#include <algorithm>

#include "compiler/check/assoc.h"
#include "compiler/check/check_dyn.h"
#include "compiler/check/declare.h"
#include "compiler/check/fold.h"
#include "compiler/check/foreign.h"
#include "compiler/check/foreign_trait.h"
#include "compiler/check/modules.h"
#include "compiler/check/suggest.h"
#include "compiler/check/trait_operator.h"

namespace skein::check {

static void report_rivals(Context& ctx, const Entity& entity, ast::Ident name) {
  const Import& first = ctx.imports[entity.import];
  const Import& second = ctx.imports[entity.rival];
  std::string way = std::string(ctx.text(first.name)) + "." + std::string(ctx.text(name.name));
  ctx.imports[entity.rival].is_used = true;
  ctx.report(name.span, D::AmbiguousName, {ctx.text(name.name)})
      .label(first.span, "brings one")
      .label(second.span, "brings another")
      .help("say whose it is: `" + way + "`");
}

// The name in std.json that `@derive(Json)` wrote with a `'` behind it.
static const Entity* find_derived_name(Context& ctx, std::string_view text) {
  ModuleId module = ctx.program.core.json_module;
  if (!module.valid()) return nullptr;
  return ctx.module_tables[module.index]->find(ctx.names.intern(text.substr(0, text.size() - 1)));
}

const Entity* find_entity(Context& ctx, ast::Ident name) {
  const Entity* entity = ctx.table->find(name.name);
  if (!entity && ctx.text(name.name).ends_with('\'')) return find_derived_name(ctx, ctx.text(name.name));
  if (entity && entity->import != Entity::kNotImported) ctx.imports[entity->import].is_used = true;
  if (entity && entity->rival != Entity::kNotImported) report_rivals(ctx, *entity, name);
  return entity;
}

TypeId self_type(const Context& ctx) { return ctx.table->self_type; }

// The module of the library that shows a type of this name, of those that are part of the program; empty: none.
static std::string find_library_module(const Context& ctx, Symbol name) {
  for (const NameTable* table : ctx.module_tables) {
    const types::ModuleDecl& module = ctx.program.modules[table->module];
    auto found = table->names.find(name);
    if (!module.is_std || found == table->names.end() || !found->second.is_pub) continue;
    bool is_type = found->second.kind == Entity::Kind::Struct ||
                   found->second.kind == Entity::Kind::Enum || found->second.kind == Entity::Kind::Trait;
    bool is_its_own = found->second.import == Entity::kNotImported;
    if (is_type && is_its_own) return std::string(ctx.text(module.name));
  }
  return "";
}

static bool names_assoc(const Context& ctx, Symbol name) {
  for (const types::AssocDecl& assoc : ctx.program.assocs) {
    if (assoc.name == name) return true;
  }
  return false;
}

// `Option<X>` and `Vec<X>`, whose spelling here is a mark around the `T` of `ours`.
static bool suggest_marks(Context& ctx, Report& report, const ast::PathSegment& segment,
                          std::string_view ours) {
  bool is_mark = ours == "T?" || ours == "[T]" || ours == "T";
  if (!is_mark || segment.args.size() != 1) return false;
  Span arg = segment.args[0]->span;
  Span end = {arg.end, arg.end + 1};
  if (ctx.program.sources.text(end) != ">") return false;
  std::string whole(ours);
  whole.replace(whole.find('T'), 1, ctx.program.sources.text(arg));
  report.help("Skein's spelling is `" + whole + "`");
  // What stands inside may need the same: `Vec<Vec<int>>`.
  if (whole.find('<') == std::string::npos) report.fix(segment.name.span.to(end), whole);
  return true;
}

static void report_unknown_type(Context& ctx, const ast::PathSegment& segment) {
  ast::Ident name = segment.name;
  std::string_view text = ctx.text(name.name);
  Report report = ctx.report(name.span, D::UnknownType, {text});
  // Spellings from other languages, which are too far away to be guessed from their letters.
  static constexpr std::pair<std::string_view, std::string_view> kForeign[] = {
      {"string", "str"},    {"String", "str"},   {"double", "float"},  {"f64", "float"},
      {"f128", "float"},    {"boolean", "bool"}, {"integer", "int"},   {"Int", "int"},
      {"usize", "int"},     {"isize", "int"},    {"long", "int"},      {"byte", "u8"},
      {"rune", "char"},     {"Float", "float"},  {"Double", "float"},
      {"Bool", "bool"},     {"number", "float"}, {"void", "()"},       {"unit", "()"},
      {"Option", "T?"},
      {"Optional", "T?"},   {"Vec", "[T]"},      {"List", "[T]"},      {"Array", "[T]"},
      {"error", "Error"},   {"Future", "Task"},  {"HashMap", "Map"},   {"HashSet", "Set"},
      {"Promise", "Task"},  {"JoinHandle", "Task"}, {"Dict", "Map"},   {"Dictionary", "Map"},
      {"dict", "Map"},      {"map", "Map"},      {"BTreeMap", "Map"},  {"Hashtable", "Map"},
      {"Str", "str"},       {"Char", "char"},    {"Unit", "()"},       {"float64", "float"},
      {"float32", "f32"},   {"int8", "i8"},      {"int16", "i16"},     {"int32", "i32"},
      {"int64", "i64"},     {"uint8", "u8"},     {"uint16", "u16"},    {"uint32", "u32"},
      {"uint64", "u64"},    {"short", "i16"},    {"Arc", "Shared"},    {"Rc", "Shared"},
      {"Channel", "Chan"},  {"Box", "T"},        {"ArrayList", "[T]"}, {"list", "[T]"},
      {"slice", "[T]"},     {"Never", "never"},  {"Closure", "fn(T) -> U"},
      {"character", "char"}, {"Character", "char"}, {"object", "dyn Trait"}, {"any", "dyn Trait"},
      {"interface", "dyn Trait"}, {"Object", "dyn Trait"}, {"Any", "dyn Trait"},
      {"Func", "fn(T) -> U"}, {"Iterator", "Iter"}};
  for (const auto& [foreign, ours] : kForeign) {
    if (foreign != text) continue;
    if (suggest_marks(ctx, report, segment, ours)) return;
    report.help("Skein's spelling is `" + std::string(ours) + "`");
    bool is_word = ours == "Task" || ours.find('T') == std::string_view::npos;
    if (is_word) report.fix(name.span, std::string(ours));
    return;
  }
  if (self_type(ctx).valid() && names_assoc(ctx, name.name)) {
    std::string whole = "Self." + std::string(text);
    report.help("an associated type stands behind its type: `" + whole + "`").fix(name.span, whole);
    return;
  }
  std::string module = find_library_module(ctx, name.name);
  if (!module.empty()) {
    report.help("the library has it in `" + module + "`: `use " + module + "`");
    return;
  }
  std::vector<std::string_view> names;
  for (const NameTable* table = ctx.table; table; table = table->outer) {
    for (const auto& [other, entity] : table->names) {
      bool is_type = entity.kind != Entity::Kind::Fn && entity.kind != Entity::Kind::Const &&
                     entity.kind != Entity::Kind::Module;
      if (is_type) names.push_back(ctx.text(other));
    }
  }
  suggest(report, name.span, text, std::move(names));
}

// ---- type arguments ------------------------------------------------------------------------

static size_t builtin_arg_count(TypeKind kind) {
  switch (kind) {
    case TypeKind::Range:
    case TypeKind::RangeInclusive:
    case TypeKind::Task:
    case TypeKind::Atomic:
    case TypeKind::Chan:
    case TypeKind::Sender:
    case TypeKind::Receiver:
    case TypeKind::Mutex:
    case TypeKind::RwLock:
    case TypeKind::Shared:
    case TypeKind::Weak:
    case TypeKind::Gen:
      return 1;
    case TypeKind::Result:
      return 2;
    default:
      return 0;
  }
}

// The type arguments of `name`: those written, the defaults of those left away, or variables where
// all may be left out.
static std::optional<std::vector<TypeId>> resolve_args(
    Context& ctx, ast::Ident name, std::span<ast::TypeExpr* const> args, size_t wanted,
    MissingArgs missing, const std::vector<types::TypeParamDecl>* params = nullptr) {
  std::vector<TypeId> out;
  if (args.empty() && wanted > 0 && missing == MissingArgs::Infer) {
    for (size_t i = 0; i < wanted; ++i) out.push_back(ctx.infer.fresh(name.span));
    return out;
  }
  for (const ast::TypeExpr* arg : args) out.push_back(resolve_type(ctx, arg));
  while (params && out.size() < wanted && (*params)[out.size()].fallback.valid()) {
    out.push_back(ctx.types.substitute((*params)[out.size()].fallback, out));
  }
  if (out.size() == wanted) return out;
  ctx.report(name.span, D::TypeArgCount,
             {ctx.text(name.name), counted(wanted, "type argument"),
              std::to_string(args.size())});
  return std::nullopt;
}

static TypeId resolve_alias(Context& ctx, uint32_t index, ast::Ident name,
                            std::span<ast::TypeExpr* const> args, MissingArgs missing) {
  Alias& alias = ctx.aliases[index];
  if (alias.state == Alias::State::UnderWay) {
    ctx.report(alias.item->name.span, D::AliasCycle, {ctx.text(alias.item->name.name)});
    alias.state = Alias::State::Done;
    return ctx.types.error();
  }
  if (alias.state == Alias::State::Untouched) {
    alias.state = Alias::State::UnderWay;
    NameTable* outside = ctx.table;
    ctx.table = &new_table(ctx, *alias.table);
    for (const ast::GenericParam& param : alias.item->generics.params) {
      Entity entity = {.kind = Entity::Kind::TypeParam,
                       .index = static_cast<uint32_t>(alias.params.size())};
      ctx.table->names[param.name.name] = entity;
      types::TypeParamDecl decl = {param.name.name, {}, param.name.span};
      if (param.fallback) decl.fallback = resolve_type(ctx, param.fallback);
      alias.params.push_back(std::move(decl));
    }
    report_default_order(ctx, alias.item->generics);
    ctx.table->params = &alias.params;
    if (alias.item->type) alias.type = resolve_type(ctx, alias.item->type);
    ctx.table = outside;
    alias.state = Alias::State::Done;
  }
  std::optional<std::vector<TypeId>> given =
      resolve_args(ctx, name, args, alias.params.size(), missing, &alias.params);
  if (!given) return ctx.types.error();
  return ctx.types.substitute(alias.type, *given);
}

static TypeId builtin_type(Context& ctx, TypeKind kind, ast::Ident name,
                           std::span<ast::TypeExpr* const> args, MissingArgs missing) {
  // Rule 30: a second-class handle.
  bool is_std = ctx.program.modules[ctx.table->module].is_std;
  if (kind == TypeKind::Scope && !ctx.allows_scope && !is_std) {
    ctx.report(name.span, D::ScopeKept)
        .help("a `Scope` is the type of a plain parameter: `fn helper(s: Scope)`");
    return ctx.types.error();
  }
  if (kind == TypeKind::Result && args.size() == 1) {
    return ctx.types.make(kind, {resolve_type(ctx, args[0]), dyn_error(ctx)});
  }
  std::optional<std::vector<TypeId>> given =
      resolve_args(ctx, name, args, builtin_arg_count(kind), missing);
  if (!given) return ctx.types.error();
  if (given->empty()) return ctx.types.plain(kind);
  return ctx.types.make(kind, std::move(*given));
}

// What the declaration asks of type arguments is looked at when all impls are known.
static TypeId note_written(Context& ctx, Span span, TypeId type,
                           const std::vector<types::TypeParamDecl>& params) {
  bool asks = std::any_of(params.begin(), params.end(), [](const types::TypeParamDecl& param) {
    return !param.bounds.empty() || !param.where.empty();
  });
  if (asks) ctx.written_types.push_back({span, type, ctx.table});
  return type;
}

TypeId entity_type(Context& ctx, const Entity& entity, ast::Ident name,
                   std::span<ast::TypeExpr* const> args, MissingArgs missing) {
  switch (entity.kind) {
    case Entity::Kind::Builtin:
      return builtin_type(ctx, static_cast<TypeKind>(entity.index), name, args, missing);
    case Entity::Kind::Alias:
      return resolve_alias(ctx, entity.index, name, args, missing);
    case Entity::Kind::TypeParam:
      if (!resolve_args(ctx, name, args, 0, missing)) return ctx.types.error();
      return ctx.types.param(entity.index);
    case Entity::Kind::Struct: {
      StructId id(entity.index);
      if (id == ctx.program.core.c_ptr) require_ffi(ctx, name.span, "`CPtr`");
      std::optional<std::vector<TypeId>> given = resolve_args(
          ctx, name, args, ctx.program.structs[id].type_params.size(), missing,
          &ctx.program.structs[id].type_params);
      if (!given) return ctx.types.error();
      return note_written(ctx, name.span, ctx.types.struct_(id, std::move(*given)),
                          ctx.program.structs[id].type_params);
    }
    case Entity::Kind::Enum: {
      EnumId id(entity.index);
      std::optional<std::vector<TypeId>> given =
          resolve_args(ctx, name, args, ctx.program.enums[id].type_params.size(), missing,
                       &ctx.program.enums[id].type_params);
      if (!given) return ctx.types.error();
      return note_written(ctx, name.span, ctx.types.enum_(id, std::move(*given)),
                          ctx.program.enums[id].type_params);
    }
    case Entity::Kind::Trait:
      ctx.report(name.span, D::NotAType, {ctx.text(name.name), "a trait"})
          .help("a value of any type with this trait has type `dyn " +
                std::string(ctx.text(name.name)) + "`")
          .fix({name.span.begin, name.span.begin}, "dyn ");
      return ctx.types.error();
    case Entity::Kind::Module:
    case Entity::Kind::Fn:
    case Entity::Kind::Const:
    case Entity::Kind::Static:
      ctx.report(name.span, D::NotAType, {ctx.text(name.name), kind_words(entity.kind)});
      return ctx.types.error();
    case Entity::Kind::None:
    case Entity::Kind::Broken:
      return ctx.types.error();
  }
  SKEIN_UNREACHABLE("an unknown kind of name");
}

// ---- paths ---------------------------------------------------------------------------------

// What stands behind the dots of `I.Item` and `Self.Tree.Node`.
static TypeId assoc_path(Context& ctx, TypeId type, std::span<const ast::PathSegment> path) {
  for (const ast::PathSegment& segment : path) {
    if (!segment.args.empty()) {
      ctx.report(segment.name.span, D::TypeArgCount,
                 {ctx.text(segment.name.name), counted(0, "type argument"),
                  std::to_string(segment.args.size())})
          .help("an associated type takes no parameters");
      return ctx.types.error();
    }
    type = assoc_type(ctx, type, segment.name);
  }
  return type;
}

TypeId resolve_path(Context& ctx, std::span<const ast::PathSegment> path, MissingArgs missing) {
  const ast::PathSegment& first = path.front();
  if (first.name.name == ctx.known.self_type) {
    TypeId self = self_type(ctx);
    if (!self.valid()) {
      ctx.report(first.name.span, D::SelfOutside, {"Self"});
      return ctx.types.error();
    }
    return path.size() == 1 ? self : assoc_path(ctx, self, path.subspan(1));
  }
  const Entity* entity = find_entity(ctx, first.name);
  if (!entity) {
    report_unknown_type(ctx, first);
    return ctx.types.error();
  }
  if (path.size() == 1) return entity_type(ctx, *entity, first.name, first.args, missing);
  if (entity->kind == Entity::Kind::Broken) return ctx.types.error();
  if (entity->kind == Entity::Kind::Module) {
    const ast::PathSegment& second = path[1];
    const Entity* item = find_in_module(ctx, ModuleId(entity->index), second.name);
    if (!item) return ctx.types.error();
    TypeId type = entity_type(ctx, *item, second.name, second.args, missing);
    return assoc_path(ctx, type, path.subspan(2));
  }
  TypeId type = entity_type(ctx, *entity, first.name, first.args, missing);
  return assoc_path(ctx, type, path.subspan(1));
}

TraitId resolve_trait(Context& ctx, const ast::TypeExpr* type) {
  const ast::NamedType* named = type->try_as<ast::NamedType>();
  if (!named) {
    if (type->kind != ast::TypeKind::Error) ctx.report(type->span, D::NotATrait, {"this type"});
    return TraitId();
  }
  const ast::PathSegment& first = named->path.front();
  std::string_view text = ctx.text(first.name.name);
  const Entity* entity = find_entity(ctx, first.name);
  if (entity && entity->kind == Entity::Kind::Module && named->path.size() == 2) {
    const ast::Ident name = named->path[1].name;
    entity = find_in_module(ctx, ModuleId(entity->index), name);
    if (!entity) return TraitId();
    text = ctx.text(name.name);
  }
  if (entity && entity->kind == Entity::Kind::Trait) return TraitId(entity->index);
  if (entity && entity->kind == Entity::Kind::Broken) return TraitId();
  if (entity) {
    ctx.report(type->span, D::NotATrait, {quoted(text)});
    return TraitId();
  }
  Report report = ctx.report(first.name.span, D::UnknownTrait, {text});
  if (help_with_foreign_trait(report, first.name.span, text)) return TraitId();
  std::vector<std::string_view> names;
  for (const NameTable* table = ctx.table; table; table = table->outer) {
    for (const auto& [other, found] : table->names) {
      if (found.kind == Entity::Kind::Trait) names.push_back(ctx.text(other));
    }
  }
  suggest(report, first.name.span, text, std::move(names));
  return TraitId();
}

static TypeId resolve_fn_type(Context& ctx, const ast::FnType* type) {
  if (type->ret_mut) {
    ctx.report(type->ret->span, D::FnGivesPlace)
        .help("let the function take what is to be done with the place: `fn(fn(mut T))`");
    return ctx.types.error();
  }
  std::vector<TypeId> params;
  std::vector<ParamMode> modes;
  for (const ast::FnTypeParam& param : type->params) {
    params.push_back(resolve_type(ctx, param.type));
    modes.push_back(param.mode == ast::Mode::Mut   ? ParamMode::Mut
                    : param.mode == ast::Mode::Own ? ParamMode::Own
                                                   : ParamMode::Borrow);
  }
  TypeId result = type->ret ? resolve_type(ctx, type->ret) : ctx.types.unit();
  TypeId fn = ctx.types.fn(std::move(params), std::move(modes), result);
  return type->is_once ? ctx.types.once(fn) : fn;
}

static TypeId resolve_fixed_array(Context& ctx, const ast::FixedArrayType* type) {
  TypeId element = resolve_type(ctx, type->element);
  std::optional<uint64_t> length = fold_length(ctx, type->length);
  return length ? ctx.types.fixed_array(element, *length) : ctx.types.error();
}

TypeId resolve_type(Context& ctx, const ast::TypeExpr* type) {
  switch (type->kind) {
    case ast::TypeKind::Error:
      return ctx.types.error();
    case ast::TypeKind::Named:
      return resolve_path(ctx, type->as<ast::NamedType>()->path, MissingArgs::Error);
    case ast::TypeKind::Tuple: {
      std::vector<TypeId> elements;
      for (const ast::TypeExpr* element : type->as<ast::TupleType>()->elements) {
        elements.push_back(resolve_type(ctx, element));
      }
      return ctx.types.make(TypeKind::Tuple, std::move(elements));
    }
    case ast::TypeKind::Unit:
      return ctx.types.unit();
    case ast::TypeKind::Never:
      return ctx.types.never();
    case ast::TypeKind::Infer:
      if (ctx.body) return ctx.infer.fresh(type->span);
      ctx.report(type->span, D::InferOutside);
      return ctx.types.error();
    case ast::TypeKind::Array:
      return ctx.types.make(TypeKind::Array,
                            {resolve_type(ctx, type->as<ast::ArrayType>()->element)});
    case ast::TypeKind::FixedArray:
      return resolve_fixed_array(ctx, type->as<ast::FixedArrayType>());
    case ast::TypeKind::Option:
      return ctx.types.make(TypeKind::Option,
                            {resolve_type(ctx, type->as<ast::OptionType>()->element)});
    case ast::TypeKind::Fn:
      return resolve_fn_type(ctx, type->as<ast::FnType>());
    case ast::TypeKind::Dyn:
      return resolve_dyn(ctx, type->as<ast::DynType>());
  }
  SKEIN_UNREACHABLE("an unknown kind of type");
}

}  // namespace skein::check
