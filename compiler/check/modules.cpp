// Which modules a program has, and what their `use` lines bring.
#include "compiler/check/modules.h"

#include <algorithm>

#include "compiler/check/declare.h"
#include "compiler/check/suggest.h"

namespace skein::check {

// Every program has these modules of `std`; their public items are the prelude.
static constexpr std::string_view kCoreModules[] = {
    "core.traits", "core.output", "core.int",   "core.float", "core.char",
    "core.str",    "core.array",  "core.map",   "core.set",   "core.option",
    "core.range",  "core.atomic", "core.task", "core.panic", "core.duration", "core.iter",
    "core.adaptors", "core.chan", "core.lock", "core.guard", "core.once", "core.ffi", "core.operators",
    "core.error",  "core.test",   "core.sort",   "core.local",   "core.parallel", "core.thread",
};

// What the library is going to have; named so that a program from the language's book is told
// apart from a spelling mistake.
static constexpr std::string_view kPlannedModules[] = {"std.net",  "std.http", "std.tls", "std.bench"};

static std::string path_text(Context& ctx, std::span<const ast::Ident> path) {
  std::string out;
  for (const ast::Ident& part : path) {
    if (!out.empty()) out += ".";
    out += ctx.text(part.name);
  }
  return out;
}

// ---- loading -------------------------------------------------------------------------------

static ModuleId add_module(Context& ctx, const ModuleSource& source) {
  ModuleId module = ctx.program.modules.add({});
  types::ModuleDecl& decl = ctx.program.modules[module];
  decl.name = ctx.names.intern(source.name);
  decl.path = source.path;
  decl.package = source.package;
  decl.is_std = source.package == kLibraryPackage;
  decl.is_ffi = !source.tree->attributes.empty();   // `@ffi`, the only one of modules
  ctx.modules_by_path.emplace(source.path, module);
  ctx.tables.emplace_back();
  NameTable& table = ctx.tables.back();
  table.outer = ctx.prelude;
  table.module = module;
  ctx.module_tables.push_back(&table);
  ctx.module_trees.push_back(source.tree);
  return module;
}

static std::string use_key(const std::string& name, PackageId package) {
  return std::to_string(package.index) + ":" + name;
}

// The module that `use name` means in a module, loaded now if it was not; invalid if there is none.
static ModuleId find_module(Context& ctx, ModuleId from, const std::string& name) {
  PackageId package = ctx.program.modules[from].package;
  auto [entry, is_new] = ctx.modules_by_use.emplace(use_key(name, package), ModuleId());
  if (!is_new) return entry->second;
  ModuleSource source = ctx.input.load_module(name, package);
  if (!source.tree) return ModuleId();
  auto known = ctx.modules_by_path.find(source.path);
  ModuleId module = known != ctx.modules_by_path.end() ? known->second : add_module(ctx, source);
  ctx.modules_by_use[use_key(name, package)] = module;
  return module;
}

// `a.b` of `use a.{b}`.
static std::string inner_name(Context& ctx, const ast::UseItem& use, const ast::UseName& name) {
  return path_text(ctx, use.path) + "." + std::string(ctx.text(name.name.name));
}

// Modules and items are named alike: `use std.time.Instant` is the item of a module. Loads the
// longest front of the path that is a module.
static ModuleId load_used(Context& ctx, ModuleId from, std::span<const ast::Ident> path) {
  ModuleId whole = find_module(ctx, from, path_text(ctx, path));
  if (whole.valid() || path.size() < 2) return whole;
  return find_module(ctx, from, path_text(ctx, path.first(path.size() - 1)));
}

static bool enter_core(Context& ctx) {
  for (std::string_view core : kCoreModules) {
    std::string name = "std." + std::string(core);
    ModuleSource source = ctx.input.load_module(name, kLibraryPackage);
    if (!source.tree) {
      ctx.report({}, D::LibraryMissing, {name});
      return false;
    }
    ctx.modules_by_use[use_key(name, kLibraryPackage)] = add_module(ctx, source);
  }
  return true;
}

ModuleId library_module(const Context& ctx, std::string_view name) {
  auto found = ctx.modules_by_use.find(use_key(std::string(name), kLibraryPackage));
  return found != ctx.modules_by_use.end() ? found->second : ModuleId();
}

bool load_modules(Context& ctx) {
  ctx.tables.emplace_back();
  ctx.prelude = &ctx.tables.back();
  enter_builtin_types(ctx, *ctx.prelude);
  if (!enter_core(ctx)) return false;
  size_t core_count = ctx.module_trees.size();
  ctx.root = add_module(ctx, ctx.input.root);
  for (const ModuleSource& other : ctx.input.others) add_module(ctx, other);

  // The list grows while it is walked.
  for (size_t i = 0; i < ctx.module_trees.size(); ++i) {
    ModuleId from(static_cast<uint32_t>(i));
    enter_items(ctx, *ctx.module_tables[i], ctx.module_trees[i]->items);
    for (const ast::Item* item : ctx.module_trees[i]->items) {
      const ast::UseItem* use = item->try_as<ast::UseItem>();
      if (!use || use->path.empty()) continue;
      load_used(ctx, from, use->path);
      for (const ast::UseName& name : use->names) {
        find_module(ctx, from, inner_name(ctx, *use, name));
      }
    }
  }
  for (size_t i = 0; i < core_count; ++i) {
    for (const auto& [name, entity] : ctx.module_tables[i]->names) {
      if (entity.is_pub) ctx.prelude->names.emplace(name, entity);
    }
  }
  return true;
}

// ---- what is not there ---------------------------------------------------------------------

// A module that has the wrong name at its end: `circle` for `shapes.circle`, `time` for `std.time`.
static std::string longer_name(const std::vector<std::string>& names, const std::string& name) {
  for (const std::string& known : names) {
    if (known.ends_with("." + name)) return known;
  }
  return "";
}

static void report_unknown_module(Context& ctx, ModuleId from, Span span,
                                  const std::string& name) {
  if (std::find(std::begin(kPlannedModules), std::end(kPlannedModules), name) !=
      std::end(kPlannedModules)) {
    ctx.not_yet(span, quoted(name));
    return;
  }
  PackageId package = ctx.program.modules[from].package;
  ModuleSource source = ctx.input.load_module(name, package);
  if (!source.error.empty()) {
    ctx.report(span, D::ModuleUnreadable, {source.path, source.error});
    return;
  }
  std::vector<std::string> known = ctx.input.list_modules(package);
  if (source.is_folder) {
    Report report = ctx.report(span, D::FolderIsNoModule, {name});
    for (const std::string& inner : known) {
      if (inner.starts_with(name + ".")) return void(report.help("use one of them: `use " + inner + "`"));
    }
    return;
  }
  Report report = ctx.report(span, D::UnknownModule, {name});
  std::string longer = longer_name(known, name);
  if (!longer.empty()) {
    report.help("a `use` names the whole path: `use " + longer + "`").fix(span, longer);
    return;
  }
  std::vector<std::string_view> names(known.begin(), known.end());
  if (suggest(report, span, name, std::move(names)) || name.starts_with("std.")) return;
  report.help("it would be the file `" + source.path + "`");
}

// ---- importing -----------------------------------------------------------------------------

// An item that a `use` names, until its module is seen to have it: modules pass on what they import
// as `pub`, so one may have to wait for another.
struct ItemImport {
  ModuleId into;
  ModuleId from;
  ast::Ident item;
  ast::Ident as;
  bool is_pub = false;
};

struct ModuleImport {
  ModuleId into;
  ModuleId module;
  uint32_t import = 0;
};

struct Imports {
  std::vector<ItemImport> items;
  std::vector<ModuleImport> modules;
};

static void enter_import(Context& ctx, NameTable& table, ast::Ident name, Entity entity,
                         bool is_pub) {
  entity.import = static_cast<uint32_t>(ctx.imports.size());
  entity.is_pub = is_pub;
  entity.span = name.span;
  // Of the library only what a program uses is looked at, so nothing can be said about its imports.
  bool is_std = ctx.program.modules[table.module].is_std;
  ctx.imports.push_back({name.span, name.name, is_pub, is_std});
  auto [entry, is_new] = table.names.emplace(name.name, entity);
  if (is_new) return;
  ctx.imports.back().is_used = true;
  ctx.report(name.span, D::DuplicateName, {ctx.text(name.name)})
      .mark("declared again here")
      .label(entry->second.span, "first declared here")
      .help("import it under another name: `use … as other`");
}

static bool is_type(const Entity& entity) {
  return entity.kind == Entity::Kind::Struct || entity.kind == Entity::Kind::Enum ||
         entity.kind == Entity::Kind::Alias || entity.kind == Entity::Kind::Trait;
}

// The public types of a module come with its name (rule 81), behind what the file declares. A name
// that two modules bring is nobody's until it is said which.
static void enter_types(Context& ctx, const ModuleImport& wanted) {
  NameTable& table = *ctx.module_tables[wanted.into.index];
  for (const auto& [name, entity] : ctx.module_tables[wanted.module.index]->names) {
    if (!is_type(entity) || !entity.is_pub) continue;
    Entity copy = entity;
    copy.import = wanted.import;
    copy.is_pub = false;
    copy.span = ctx.imports[wanted.import].span;
    auto [entry, is_new] = table.names.emplace(name, copy);
    Entity& first = entry->second;
    bool came_along = first.import != Entity::kNotImported &&
                      ctx.imports[first.import].name != name;
    bool is_other = first.kind != entity.kind || first.index != entity.index;
    if (!is_new && came_along && is_other) first.rival = wanted.import;
  }
}

static void import_module(Context& ctx, Imports& imports, ModuleId into, ModuleId module,
                          ast::Ident name, bool is_pub) {
  Entity entity;
  entity.kind = Entity::Kind::Module;
  entity.index = module.index;
  enter_import(ctx, *ctx.module_tables[into.index], name, entity, is_pub);
  imports.modules.push_back({into, module, static_cast<uint32_t>(ctx.imports.size() - 1)});
}

// Nothing more is said about a name that an import should have brought.
static void enter_broken(Context& ctx, ModuleId into, ast::Ident name) {
  Entity entity;
  entity.kind = Entity::Kind::Broken;
  entity.span = name.span;
  ctx.module_tables[into.index]->names.emplace(name.name, entity);
}

static void resolve_use(Context& ctx, Imports& imports, ModuleId into, const ast::UseItem& use) {
  if (use.path.empty()) return;
  ModuleId whole = find_module(ctx, into, path_text(ctx, use.path));
  if (use.has_names) {
    for (const ast::UseName& name : use.names) {
      ModuleId inner = find_module(ctx, into, inner_name(ctx, use, name));
      ast::Ident as = name.alias.valid() ? name.alias : name.name;
      if (inner.valid()) {
        import_module(ctx, imports, into, inner, as, use.is_pub);
      } else if (whole.valid()) {
        imports.items.push_back({into, whole, name.name, as, use.is_pub});
      } else {
        report_unknown_module(ctx, into, name.name.span, inner_name(ctx, use, name));
        enter_broken(ctx, into, as);
      }
    }
    return;
  }
  ast::Ident last = use.path.back();
  ast::Ident as = use.alias.valid() ? use.alias : last;
  if (whole.valid()) return import_module(ctx, imports, into, whole, as, use.is_pub);
  ModuleId front = use.path.size() < 2
                       ? ModuleId()
                       : find_module(ctx, into, path_text(ctx, use.path.first(use.path.size() - 1)));
  if (!front.valid()) {
    report_unknown_module(ctx, into, use.path.front().span.to(last.span),
                          path_text(ctx, use.path));
    return enter_broken(ctx, into, as);
  }
  imports.items.push_back({into, front, last, as, use.is_pub});
}

// The item if the module shows it to others; null: not, or not yet.
static const Entity* public_item(Context& ctx, ModuleId module, Symbol name) {
  const NameTable& table = *ctx.module_tables[module.index];
  auto found = table.names.find(name);
  bool is_there = found != table.names.end() && found->second.is_pub &&
                  found->second.kind != Entity::Kind::Broken;
  return is_there ? &found->second : nullptr;
}

static void resolve_items(Context& ctx, std::vector<ItemImport>& waiting) {
  for (size_t before = waiting.size() + 1; waiting.size() < before;) {
    before = waiting.size();
    std::erase_if(waiting, [&](const ItemImport& wanted) {
      const Entity* entity = public_item(ctx, wanted.from, wanted.item.name);
      if (!entity) return false;
      enter_import(ctx, *ctx.module_tables[wanted.into.index], wanted.as, *entity, wanted.is_pub);
      return true;
    });
  }
  for (const ItemImport& wanted : waiting) {
    find_in_module(ctx, wanted.from, wanted.item);
    enter_broken(ctx, wanted.into, wanted.as);
  }
}

void resolve_imports(Context& ctx) {
  Imports imports;
  for (size_t i = 0; i < ctx.module_trees.size(); ++i) {
    for (const ast::Item* item : ctx.module_trees[i]->items) {
      const ast::UseItem* use = item->try_as<ast::UseItem>();
      if (use) resolve_use(ctx, imports, ModuleId(static_cast<uint32_t>(i)), *use);
    }
  }
  resolve_items(ctx, imports.items);
  // Last: what is imported by its own name goes before what comes along with a module.
  for (const ModuleImport& wanted : imports.modules) enter_types(ctx, wanted);
}

void check_imports(Context& ctx) {
  for (const Import& import : ctx.imports) {
    if (import.is_used || import.is_pub) continue;
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
  // What the library keeps for itself is nothing that its users could know of.
  if (found != table.names.end() && !ctx.program.modules[module].is_std) {
    bool is_import = found->second.import != Entity::kNotImported;
    ctx.report(name.span, D::PrivateItem, {ctx.text(name.name), module_name})
        .label(found->second.span, is_import ? "imported here without `pub`"
                                             : "declared here without `pub`");
    return nullptr;
  }
  Report report = ctx.report(name.span, D::UnknownItem, {ctx.text(name.name), module_name});
  std::vector<std::string_view> names;
  for (const auto& [other, entity] : table.names) {
    if (entity.is_pub) names.push_back(ctx.text(other));
  }
  std::string_view text = ctx.text(name.name);
  bool is_suggested = suggest(report, name.span, text, names);
  auto longer = std::find_if(names.begin(), names.end(), [&](std::string_view other) {
    return other.starts_with(std::string(text) + "_");
  });
  if (!is_suggested && longer != names.end()) {
    report.help("did you mean `" + std::string(*longer) + "`?").fix(name.span, std::string(*longer));
    return nullptr;
  }
  bool is_unit = module_name == "std.time" && (text.ends_with("econd") || text.ends_with("econds"));
  constexpr size_t kFew = 8;
  if (is_suggested) return nullptr;
  if (is_unit) {
    report.help("durations have units: `2s`, `10ms`, `5 * 1s`");
  } else if (!names.empty() && names.size() <= kFew) {
    std::sort(names.begin(), names.end());
    std::string all;
    for (std::string_view other : names) all += (all.empty() ? "" : ", ") + quoted(other);
    report.help("it has " + all);
  }
  return nullptr;
}

}  // namespace skein::check
