// Which modules a program has, and what their `use` lines bring.
#include "compiler/check/modules.h"

#include <algorithm>

#include "compiler/check/declare.h"
#include "compiler/check/suggest.h"

namespace skein::check {

// Every program has these; their public items are the prelude.
static constexpr std::string_view kCoreModules[] = {
    "core.traits", "core.output", "core.int",   "core.float", "core.char",
    "core.str",    "core.array",  "core.map",   "core.set",   "core.option",
    "core.range",  "core.atomic", "core.task", "core.panic", "core.duration", "core.iter",
    "core.adaptors", "core.chan", "core.lock", "core.ffi",
};

// What the library is going to have; named so that a program from the language's book is told
// apart from a spelling mistake.
static constexpr std::string_view kPlannedModules[] = {
    "std.path", "std.sort",  "std.text", "std.net",  "std.http", "std.tls",
    "std.sync", "std.task",  "std.regex", "std.fmt", "std.hash", "std.collections",
    "std.iter", "std.compress", "std.log", "std.json", "std.bench"};
static constexpr std::string_view kLibraryModules[] = {
    "std.time", "std.process", "std.env", "std.math", "std.io", "std.fs", "std.rand"};

static std::string path_text(Context& ctx, std::span<const ast::Ident> path) {
  std::string out;
  for (const ast::Ident& part : path) {
    if (!out.empty()) out += ".";
    out += ctx.text(part.name);
  }
  return out;
}

static ModuleId add_module(Context& ctx, const std::string& name, const ModuleSource& source,
                           bool is_std) {
  ModuleId module = ctx.program.modules.add({});
  types::ModuleDecl& decl = ctx.program.modules[module];
  decl.name = ctx.names.intern(name);
  decl.path = source.path;
  decl.is_std = is_std;
  decl.is_ffi = !source.tree->attributes.empty();   // `@ffi`, the only one of modules
  ctx.modules_by_name.emplace(name, module);
  ctx.tables.emplace_back();
  NameTable& table = ctx.tables.back();
  table.outer = ctx.prelude;
  table.module = module;
  ctx.module_tables.push_back(&table);
  ctx.module_trees.push_back(source.tree);
  return module;
}

// The module of that name, loaded now if it was not; invalid if there is none.
static ModuleId find_module(Context& ctx, const std::string& name) {
  auto known = ctx.modules_by_name.find(name);
  if (known != ctx.modules_by_name.end()) return known->second;
  ModuleSource source = ctx.input.load_module(name);
  if (!source.tree) {
    ctx.modules_by_name.emplace(name, ModuleId());
    return ModuleId();
  }
  bool is_std = name.starts_with("std.") || name.starts_with("core.");
  return add_module(ctx, name, source, is_std);
}

// `a.b` of `use a.{b}`.
static std::string inner_name(Context& ctx, const ast::UseItem& use, const ast::UseName& name) {
  return path_text(ctx, use.path) + "." + std::string(ctx.text(name.name.name));
}

// Modules and items are named alike: `use std.time.Instant` is the item of a module. Loads the
// longest front of the path that is a module.
static ModuleId load_used(Context& ctx, std::span<const ast::Ident> path) {
  ModuleId whole = find_module(ctx, path_text(ctx, path));
  if (whole.valid() || path.size() < 2) return whole;
  return find_module(ctx, path_text(ctx, path.first(path.size() - 1)));
}

static bool enter_core(Context& ctx) {
  for (std::string_view name : kCoreModules) {
    ModuleSource source = ctx.input.load_module(name);
    if (!source.tree) {
      ctx.report({}, D::LibraryMissing, {name});
      return false;
    }
    add_module(ctx, std::string(name), source, true);
  }
  return true;
}

bool load_modules(Context& ctx) {
  ctx.tables.emplace_back();
  ctx.prelude = &ctx.tables.back();
  enter_builtin_types(ctx, *ctx.prelude);
  if (!enter_core(ctx)) return false;
  size_t core_count = ctx.module_trees.size();
  std::string stem = ctx.input.root.path;
  stem = stem.substr(stem.find_last_of('/') + 1);
  ctx.root = add_module(ctx, stem.substr(0, stem.find_last_of('.')), ctx.input.root, false);

  // The list grows while it is walked.
  for (size_t i = 0; i < ctx.module_trees.size(); ++i) {
    enter_items(ctx, *ctx.module_tables[i], ctx.module_trees[i]->items);
    for (const ast::Item* item : ctx.module_trees[i]->items) {
      const ast::UseItem* use = item->try_as<ast::UseItem>();
      if (!use || use->path.empty()) continue;
      load_used(ctx, use->path);
      for (const ast::UseName& name : use->names) find_module(ctx, inner_name(ctx, *use, name));
    }
  }
  for (size_t i = 0; i < core_count; ++i) {
    for (const auto& [name, entity] : ctx.module_tables[i]->names) {
      if (entity.is_pub) ctx.prelude->names.emplace(name, entity);
    }
  }
  return true;
}

static void report_unknown_module(Context& ctx, Span span, const std::string& name) {
  if (std::find(std::begin(kPlannedModules), std::end(kPlannedModules), name) !=
      std::end(kPlannedModules)) {
    ctx.not_yet(span, quoted(name));
    return;
  }
  Report report = ctx.report(span, D::UnknownModule, {name});
  std::vector<std::string_view> names(std::begin(kLibraryModules), std::end(kLibraryModules));
  suggest(report, span, name, names);
}

static void enter_import(Context& ctx, NameTable& table, ast::Ident name, Entity entity) {
  entity.import = static_cast<uint32_t>(ctx.imports.size());
  entity.is_pub = false;
  entity.span = name.span;
  ctx.imports.push_back({name.span, name.name});
  auto [entry, is_new] = table.names.emplace(name.name, entity);
  if (is_new) return;
  ctx.imports.back().is_used = true;
  ctx.report(name.span, D::DuplicateName, {ctx.text(name.name)})
      .mark("declared again here")
      .label(entry->second.span, "first declared here")
      .help("import it under another name: `use … as other`");
}

// The public types of a module come with its name (rule 81), behind what the file declares.
static void enter_types(Context& ctx, NameTable& table, ModuleId module, uint32_t import) {
  for (const auto& [name, entity] : ctx.module_tables[module.index]->names) {
    bool is_type = entity.kind == Entity::Kind::Struct || entity.kind == Entity::Kind::Enum ||
                   entity.kind == Entity::Kind::Alias || entity.kind == Entity::Kind::Trait;
    if (!is_type || !entity.is_pub) continue;
    Entity copy = entity;
    copy.import = import;
    copy.is_pub = false;
    table.names.emplace(name, copy);
  }
}

static void import_module(Context& ctx, NameTable& table, ModuleId module, ast::Ident name) {
  Entity entity;
  entity.kind = Entity::Kind::Module;
  entity.index = module.index;
  enter_import(ctx, table, name, entity);
  enter_types(ctx, table, module, static_cast<uint32_t>(ctx.imports.size() - 1));
}

// Nothing more is said about a name that an import should have brought.
static void enter_broken(NameTable& table, ast::Ident name) {
  Entity entity;
  entity.kind = Entity::Kind::Broken;
  entity.span = name.span;
  table.names.emplace(name.name, entity);
}

static void import_item(Context& ctx, NameTable& table, ModuleId module, ast::Ident item,
                        ast::Ident as) {
  const Entity* entity = find_in_module(ctx, module, item);
  ast::Ident name = as.valid() ? as : item;
  if (entity) return enter_import(ctx, table, name, *entity);
  enter_broken(table, name);
}

static void resolve_use(Context& ctx, NameTable& table, const ast::UseItem& use) {
  if (use.path.empty()) return;
  ModuleId whole = find_module(ctx, path_text(ctx, use.path));
  if (use.has_names) {
    for (const ast::UseName& name : use.names) {
      ModuleId inner = find_module(ctx, inner_name(ctx, use, name));
      ast::Ident as = name.alias.valid() ? name.alias : name.name;
      if (inner.valid()) {
        import_module(ctx, table, inner, as);
      } else if (whole.valid()) {
        import_item(ctx, table, whole, name.name, name.alias);
      } else {
        report_unknown_module(ctx, name.name.span, inner_name(ctx, use, name));
        enter_broken(table, as);
      }
    }
    return;
  }
  ast::Ident last = use.path.back();
  if (whole.valid()) {
    return import_module(ctx, table, whole, use.alias.valid() ? use.alias : last);
  }
  ModuleId front = use.path.size() < 2
                       ? ModuleId()
                       : find_module(ctx, path_text(ctx, use.path.first(use.path.size() - 1)));
  if (!front.valid()) {
    report_unknown_module(ctx, use.path.front().span.to(last.span), path_text(ctx, use.path));
    return enter_broken(table, use.alias.valid() ? use.alias : last);
  }
  import_item(ctx, table, front, last, use.alias);
}

void resolve_imports(Context& ctx) {
  for (size_t i = 0; i < ctx.module_trees.size(); ++i) {
    for (const ast::Item* item : ctx.module_trees[i]->items) {
      const ast::UseItem* use = item->try_as<ast::UseItem>();
      if (use) resolve_use(ctx, *ctx.module_tables[i], *use);
    }
  }
}

void check_imports(Context& ctx) {
  for (const Import& import : ctx.imports) {
    if (import.is_used) continue;
    ctx.report(import.span, D::UnusedImport, {ctx.text(import.name)})
        .help("remove the `use`");
  }
}

const Entity* find_in_module(Context& ctx, ModuleId module, ast::Ident name) {
  const NameTable& table = *ctx.module_tables[module.index];
  auto found = table.names.find(name.name);
  std::string_view module_name = ctx.text(ctx.program.modules[module].name);
  bool is_own = ctx.table && ctx.table->module == module;
  if (found != table.names.end() && found->second.kind == Entity::Kind::Broken) return nullptr;
  if (found != table.names.end() && (found->second.is_pub || is_own)) return &found->second;
  if (found != table.names.end() && found->second.import == Entity::kNotImported) {
    ctx.report(name.span, D::PrivateItem, {ctx.text(name.name), module_name})
        .label(found->second.span, "declared here without `pub`");
    return nullptr;
  }
  Report report = ctx.report(name.span, D::UnknownItem, {ctx.text(name.name), module_name});
  std::vector<std::string_view> names;
  for (const auto& [other, entity] : table.names) {
    if (entity.is_pub) names.push_back(ctx.text(other));
  }
  suggest(report, name.span, ctx.text(name.name), names);
  return nullptr;
}

}  // namespace skein::check
