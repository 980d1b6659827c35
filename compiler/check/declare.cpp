// Enters the names of items.
#include "compiler/check/declare.h"

#include <utility>

namespace skein::check {

NameTable& new_table(Context& ctx, NameTable& outer) {
  ctx.tables.emplace_back();
  NameTable& table = ctx.tables.back();
  table.outer = &outer;
  table.module = outer.module;
  table.self_type = outer.self_type;
  table.params = outer.params;
  return table;
}

void enter_builtin_types(Context& ctx, NameTable& table) {
  auto enter = [&](std::string_view name, TypeKind kind) {
    Entity entity;
    entity.kind = Entity::Kind::Builtin;
    entity.index = static_cast<uint32_t>(kind);
    entity.is_pub = true;
    table.names.emplace(ctx.names.intern(name), entity);
  };
  for (TypeKind kind : {TypeKind::Bool, TypeKind::Char, TypeKind::I8, TypeKind::I16, TypeKind::I32,
                        TypeKind::Int, TypeKind::U8, TypeKind::U16, TypeKind::U32, TypeKind::Uint,
                        TypeKind::F32, TypeKind::Float, TypeKind::Str, TypeKind::Duration,
                        TypeKind::Instant, TypeKind::Scope, TypeKind::Range,
                        TypeKind::RangeInclusive, TypeKind::Result, TypeKind::Task,
                        TypeKind::Atomic, TypeKind::Chan, TypeKind::Sender, TypeKind::Receiver,
                        TypeKind::Mutex, TypeKind::RwLock, TypeKind::Shared, TypeKind::Weak,
                        TypeKind::Gen}) {
    enter(types::spelling(kind), kind);
  }
  // Decision 4: other names of the same types.
  enter("i64", TypeKind::Int);
  enter("u64", TypeKind::Uint);
}

static void enter_name(Context& ctx, NameTable& table, const ast::Item& item, Entity entity) {
  if (!item.name.valid()) return;
  entity.is_pub = item.is_pub;
  entity.span = item.name.span;
  auto [entry, is_new] = table.names.emplace(item.name.name, entity);
  if (is_new) return;
  Report report = ctx.report(item.name.span, D::DuplicateName, {ctx.text(item.name.name)});
  report.mark("declared again here").label(entry->second.span, "first declared here");
  if (entity.kind == Entity::Kind::Fn && entry->second.kind == Entity::Kind::Fn) {
    report.help("a name stands for one function: give this one another, or let one take both by a "
                "trait or a default");
  }
}

void note_decl(Context& ctx, const ast::Item& item, uint32_t index) {
  if (ctx.decl_of_item.size() <= item.id.index) ctx.decl_of_item.resize(item.id.index + 1);
  ctx.decl_of_item[item.id.index] = index;
}

static uint32_t add_fn(Context& ctx, NameTable& table, const ast::FnItem& item) {
  types::FnDecl fn;
  fn.name = item.name.name;
  fn.module = table.module;
  fn.display_name = item.name.valid() ? std::string(ctx.text(item.name.name)) : "";
  fn.is_pub = item.is_pub;
  fn.item = &item;
  fn.span = item.name.span;
  fn.result = ctx.types.error();
  ctx.fn_tables.push_back(nullptr);
  return ctx.program.fns.add(std::move(fn)).index;
}

static uint32_t add_struct(Context& ctx, NameTable& table, const ast::Item& item) {
  types::StructDecl decl;
  decl.name = item.name.name;
  decl.module = table.module;
  decl.is_pub = item.is_pub;
  decl.span = item.name.span;
  return ctx.program.structs.add(std::move(decl)).index;
}

static uint32_t add_enum(Context& ctx, NameTable& table, const ast::Item& item) {
  types::EnumDecl decl;
  decl.name = item.name.name;
  decl.module = table.module;
  decl.is_pub = item.is_pub;
  decl.span = item.name.span;
  return ctx.program.enums.add(std::move(decl)).index;
}

static uint32_t add_trait(Context& ctx, NameTable& table, const ast::TraitItem& item) {
  types::TraitDecl decl;
  decl.name = item.name.name;
  decl.module = table.module;
  decl.is_unique = item.is_unique;
  decl.is_pub = item.is_pub;
  decl.span = item.name.span;
  return ctx.program.traits.add(std::move(decl)).index;
}

static uint32_t add_const(Context& ctx, NameTable& table, const ast::ConstItem& item) {
  types::ConstDecl decl;
  decl.name = item.name.name;
  decl.module = table.module;
  // Without a type it has that of its value, found later.
  decl.type = item.type || ctx.body ? ctx.types.error() : TypeId();
  decl.value = item.value;
  decl.is_pub = item.is_pub;
  decl.span = item.name.span;
  ctx.const_tables.push_back(&table);
  return ctx.program.consts.add(std::move(decl)).index;
}

static uint32_t add_alias(Context& ctx, NameTable& table, const ast::TypeAliasItem& item) {
  ctx.aliases.push_back({});
  ctx.aliases.back().item = &item;
  ctx.aliases.back().table = &table;
  ctx.aliases.back().type = ctx.types.error();
  return static_cast<uint32_t>(ctx.aliases.size() - 1);
}

// `static`, `task_local` and `thread_local` are written alike.
template <class Item>
static Entity add_static(Context& ctx, NameTable& table, const Item& item,
                         types::StaticKind kind) {
  types::StaticDecl decl;
  decl.kind = kind;
  decl.name = item.name.name;
  decl.module = table.module;
  decl.type = ctx.types.error();
  decl.value = item.value;
  decl.is_pub = item.is_pub;
  decl.span = item.name.span;
  decl.type_span = item.type ? item.type->span : item.name.span;
  ctx.static_tables.push_back(&table);
  return {.kind = Entity::Kind::Static, .index = ctx.program.statics.add(std::move(decl)).index};
}

bool has_tests(const Context& ctx, ModuleId module) {
  const types::ModuleDecl& decl = ctx.program.modules[module];
  switch (ctx.input.tests) {
    case Tests::None: return false;
    case Tests::Root: return decl.path == ctx.input.root.path;
    case Tests::Package: return decl.package == ctx.input.root.package;
  }
  SKEIN_UNREACHABLE("unknown tests");
}

static void add_test(Context& ctx, NameTable& table, const ast::TestItem& item) {
  if (!has_tests(ctx, table.module)) return;
  FnId id(add_fn(ctx, table, *item.fn));
  types::FnDecl& fn = ctx.program.fns[id];
  fn.display_name = "test \"" + fn.display_name + "\"";
  fn.is_test = true;
  note_decl(ctx, *item.fn, id.index);
  ctx.program.tests.push_back(id);
}

// The declaration of one item, and what its name stands for.
static Entity add_item(Context& ctx, NameTable& table, const ast::Item& item) {
  using Kind = Entity::Kind;
  switch (item.kind) {
    case ast::ItemKind::Fn:
      return {.kind = Kind::Fn, .index = add_fn(ctx, table, *item.as<ast::FnItem>())};
    case ast::ItemKind::Struct:
      return {.kind = Kind::Struct, .index = add_struct(ctx, table, item)};
    case ast::ItemKind::Enum:
      return {.kind = Kind::Enum, .index = add_enum(ctx, table, item)};
    case ast::ItemKind::Trait:
      return {.kind = Kind::Trait, .index = add_trait(ctx, table, *item.as<ast::TraitItem>())};
    case ast::ItemKind::Const:
      return {.kind = Kind::Const, .index = add_const(ctx, table, *item.as<ast::ConstItem>())};
    case ast::ItemKind::TypeAlias:
      return {.kind = Kind::Alias,
              .index = add_alias(ctx, table, *item.as<ast::TypeAliasItem>())};
    case ast::ItemKind::Static:
      return add_static(ctx, table, *item.as<ast::StaticItem>(), types::StaticKind::Program);
    case ast::ItemKind::TaskLocal:
      return add_static(ctx, table, *item.as<ast::TaskLocalItem>(), types::StaticKind::Task);
    case ast::ItemKind::ThreadLocal:
      return add_static(ctx, table, *item.as<ast::ThreadLocalItem>(), types::StaticKind::Thread);
    case ast::ItemKind::Impl:
    case ast::ItemKind::Use:
      return {};
    case ast::ItemKind::Test:
      add_test(ctx, table, *item.as<ast::TestItem>());
      return {};
    case ast::ItemKind::Extern:   // its functions are entered one by one
      return {};
  }
  SKEIN_UNREACHABLE("an unknown kind of item");
}

// The functions of an `extern` block belong to the module like any other.
static void enter_foreign(Context& ctx, NameTable& table, const ast::ExternItem& block) {
  for (const ast::Item* item : block.items) {
    const ast::FnItem* node = item->try_as<ast::FnItem>();
    if (!node) continue;
    FnId id(add_fn(ctx, table, *node));
    types::FnDecl& fn = ctx.program.fns[id];
    fn.foreign = node->body ? types::Foreign::Export : types::Foreign::Import;
    fn.foreign_name = fn.name;
    fn.is_variadic = node->is_variadic;
    note_decl(ctx, *item, id.index);
    enter_name(ctx, table, *item, {.kind = Entity::Kind::Fn, .index = id.index});
  }
}

void enter_items(Context& ctx, NameTable& table, std::span<ast::Item* const> items) {
  for (const ast::Item* item : items) {
    if (const ast::ExternItem* block = item->try_as<ast::ExternItem>()) {
      enter_foreign(ctx, table, *block);
      continue;
    }
    Entity entity = add_item(ctx, table, *item);
    if (!entity) continue;
    note_decl(ctx, *item, entity.index);
    enter_name(ctx, table, *item, entity);
  }
}

}  // namespace skein::check
