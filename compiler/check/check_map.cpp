// Maps and sets where the language itself knows them: literals, `m[k]`, loops. Everything else
// about them is stdlib/core.
#include "compiler/check/check_map.h"

#include <string_view>

#include "compiler/check/check_pattern.h"
#include "compiler/check/join.h"
#include "compiler/check/traits.h"
#include "compiler/support/check.h"

namespace skein::check {

static StructId find_struct(Context& ctx, std::string_view name) {
  const Entity* entity = ctx.prelude->find(ctx.names.intern(name));
  bool is_struct = entity && entity->kind == Entity::Kind::Struct;
  return is_struct ? StructId(entity->index) : StructId();
}

void find_core_collections(Context& ctx) {
  types::CoreDecls& core = ctx.program.core;
  core.map = find_struct(ctx, "Map");
  core.set = find_struct(ctx, "Set");
  core.range_from = find_struct(ctx, "RangeFrom");
  if (!core.map.valid()) return;
  struct Row {
    std::string_view name;
    FnId types::CoreDecls::*fn;
  };
  static constexpr Row kRows[] = {
      {"new", &types::CoreDecls::map_new},     {"insert", &types::CoreDecls::map_insert},
      {"slot_of", &types::CoreDecls::map_slot}, {"enter", &types::CoreDecls::map_enter},
      {"equal", &types::CoreDecls::map_equal}, {"hash", &types::CoreDecls::map_hash},
  };
  for (const types::ImplDecl& impl : ctx.program.impls) {
    const Type& type = ctx.types.get(impl.self_type);
    if (type.kind != TypeKind::Struct || type.decl != core.map.index) continue;
    for (FnId fn : impl.methods) {
      for (const Row& row : kRows) {
        if (ctx.text(ctx.program.fns[fn].name) == row.name) core.*row.fn = fn;
      }
    }
  }
}

bool is_map(Context& ctx, TypeId type) {
  const Type& head = ctx.types.get(ctx.infer.shallow(type));
  return head.kind == TypeKind::Struct && head.decl == ctx.program.core.map.index;
}

bool is_set(Context& ctx, TypeId type) {
  const Type& head = ctx.types.get(ctx.infer.shallow(type));
  return head.kind == TypeKind::Struct && head.decl == ctx.program.core.set.index;
}

// Keys have to be found again.
static void require_key(Context& ctx, TypeId key, Span span) {
  require_trait(ctx, {key, {ctx.program.core.hash}, span, "a map's keys", Span()});
  if (has_trait(ctx, key, ctx.program.core.hash) == Answer::No) return;
  require_trait(ctx, {key, {ctx.program.core.eq}, span, "a map's keys", Span()});
}

// ---- literals ------------------------------------------------------------------------------

TypeId check_map_literal(Context& ctx, const ast::MapLit* node, const Want& want) {
  const types::CoreDecls& core = ctx.program.core;
  SKEIN_CHECK(core.map.valid(), "the core library lacks `Map`");
  use_fn(ctx, core.map_new);
  use_fn(ctx, core.map_insert);
  TypeId wanted = want.type.valid() ? ctx.infer.shallow(want.type) : TypeId();
  if (wanted.valid() && ctx.types.kind(wanted) == TypeKind::Option) {
    wanted = ctx.infer.shallow(ctx.types.arg(wanted));
  }
  Want key;
  Want value;
  if (wanted.valid() && is_map(ctx, wanted)) {
    auto part = [&](size_t n) {
      TypeId type = ctx.types.arg(wanted, n);
      return want.is_hint ? Want::hint(type) : Want::must(type, want.because, want.why);
    };
    key = part(0);
    value = part(1);
  }
  if (node->entries.empty()) {
    TypeId key_type = key.type.valid() ? key.type : ctx.infer.fresh(node->span);
    TypeId value_type = value.type.valid() ? value.type : ctx.infer.fresh(node->span);
    require_key(ctx, key_type, node->span);
    return ctx.types.struct_(core.map, {key_type, value_type});
  }
  Join keys(ctx, key);
  Join values(ctx, value);
  for (const ast::MapEntry& entry : node->entries) {
    keys.add_expr(entry.key);
    values.add_expr(entry.value);
  }
  require_key(ctx, keys.type(), node->entries[0].key->span);
  return ctx.types.struct_(core.map, {keys.type(), values.type()});
}

// ---- `m[k]` --------------------------------------------------------------------------------

static bool is_default(Context& ctx, const ast::Arg& arg) {
  return arg.name.valid() && ctx.text(arg.name.name) == "default" && arg.mode == ast::Mode::Plain;
}

TypeId check_map_index(Context& ctx, const ast::Index* node, TypeId type) {
  const types::CoreDecls& core = ctx.program.core;
  const std::vector<TypeId> parts = ctx.types.get(ctx.infer.shallow(type)).args;
  for (FnId fn : {core.map_slot, core.map_insert, core.map_enter}) use_fn(ctx, fn);
  const ast::Expr* key = node->args[0].value;
  std::string why = "its keys are `" + ctx.show(parts[0]) + "`";
  check_value(ctx, key, Want::must(parts[0], node->receiver->span, why));
  require_key(ctx, parts[0], key->span);
  if (node->args.size() == 1) return parts[1];
  if (node->args.size() > 2 || !is_default(ctx, node->args[1])) {
    ctx.report(node->args[1].value->span, D::BadIndex)
        .help("a map is read by one key: `m[key]`, or `m[key, default: value]`");
    for (size_t i = 1; i < node->args.size(); ++i) check_expr(ctx, node->args[i].value);
    return parts[1];
  }
  std::string value_why = "its values are `" + ctx.show(parts[1]) + "`";
  check_value(ctx, node->args[1].value, Want::must(parts[1], node->receiver->span, value_why));
  return parts[1];
}

// ---- loops ---------------------------------------------------------------------------------

TypeId map_element(Context& ctx, TypeId type) {
  const std::vector<TypeId> parts = ctx.types.get(ctx.infer.shallow(type)).args;
  return is_set(ctx, type) ? parts[0] : ctx.types.make(TypeKind::Tuple, parts);
}

}  // namespace skein::check
