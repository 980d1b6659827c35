// C: its functions and pointers, what may cross to it, and who may use them (language rule 19).
//
//   extern "C" { fn getenv(name: str) -> CPtr<u8> }       a function of C's
//   extern "C" fn on_event(code: i32) { … }               one of ours, for C to call
//
// What crosses has the same form on both sides: numbers, bools, pointers, structs of these. A `mut`
// parameter is the address of its place, an array that of its elements, a text a `const char*` that
// ends with a zero byte, a parameter of fn type the address of a function.
#include "compiler/check/foreign.h"

#include <algorithm>

#include "compiler/check/check_expr.h"
#include "compiler/check/declare.h"
#include "compiler/check/resolve_decl.h"
#include "compiler/check/resolve_type.h"

namespace skein::check {

void find_core_pointers(Context& ctx) {
  const Entity* entity = ctx.prelude->find(ctx.names.intern("CPtr"));
  if (entity && entity->kind == Entity::Kind::Struct) {
    ctx.program.core.c_ptr = StructId(entity->index);
  }
}

// ---- who may -------------------------------------------------------------------------------

static bool is_trusted(const Context& ctx) {
  const types::ModuleDecl& module = ctx.program.modules[ctx.table->module];
  return module.is_ffi || module.is_std;
}

void require_ffi(Context& ctx, Span span, std::string_view what) {
  if (is_trusted(ctx)) return;
  ctx.report(span, D::NotFfi, {what})
      .help("call C in a module of its own, which begins with `@ffi`, and let it offer functions "
            "that cannot be used wrongly")
      .help("a file that is all about C begins with a line `@ffi`");
}

void require_ffi_for(Context& ctx, Span span, FnId id) {
  const types::FnDecl& fn = ctx.program.fns[id];
  bool is_of_pointer = fn.impl.valid() && ctx.program.core.c_ptr.valid() &&
                       fn.module == ctx.program.structs[ctx.program.core.c_ptr].module;
  if (fn.foreign != types::Foreign::Import && !is_of_pointer) return;
  // Its declaration in this module is reported already.
  if (!is_of_pointer && fn.module == ctx.table->module) return;
  std::string what = is_of_pointer ? quoted(fn.display_name)
                                   : "C's function " + quoted(ctx.text(fn.name));
  require_ffi(ctx, span, what);
}

// ---- what may cross ------------------------------------------------------------------------

static bool is_c_value(Context& ctx, TypeId id, bool is_part) {
  const Type type = ctx.types.get(id);
  if (types::is_integer(type.kind) || types::is_float(type.kind)) return true;
  switch (type.kind) {
    case TypeKind::Bool:
    case TypeKind::Error:
      return true;
    case TypeKind::FixedArray:
      return is_part && is_c_value(ctx, type.args[0], true);
    case TypeKind::Struct: {
      const types::StructDecl& decl = ctx.program.structs[StructId(type.decl)];
      if (StructId(type.decl) == ctx.program.core.c_ptr) return true;
      return std::all_of(decl.fields.begin(), decl.fields.end(),
                         [&](const types::FieldDecl& field) {
                           TypeId part = ctx.types.substitute(field.type, type.args);
                           return !field.is_boxed && is_c_value(ctx, part, true);
                         });
    }
    default:
      return false;
  }
}

static void report_type(Context& ctx, Span span, TypeId type, std::string_view why) {
  Report report = ctx.report(span, D::ForeignType, {ctx.show(type), why});
  switch (ctx.kind(type)) {
    case TypeKind::Str:
      report.help("C gives a text as `CPtr<u8>`; its `to_str()` copies it");
      return;
    case TypeKind::Array:
      report.help("C gives the address of elements as `CPtr<T>`");
      return;
    case TypeKind::Option:
      report.help("a pointer that may be null is a `CPtr`, with `is_null()`");
      return;
    default:
      report.help("numbers, `bool`, `CPtr<T>` and structs of these cross as they are; also texts, "
                  "arrays, `mut` places and functions as parameters of C's functions");
  }
}

static bool is_c_result(Context& ctx, TypeId type) {
  TypeKind kind = ctx.types.kind(type);
  return kind == TypeKind::Unit || kind == TypeKind::Never || is_c_value(ctx, type, false);
}

static bool is_c_fn(Context& ctx, TypeId fn) {
  const Type type = ctx.types.get(fn);
  for (size_t i = 0; i < type.modes.size(); ++i) {
    bool is_place = type.modes[i] == ParamMode::Mut;
    if (!is_c_value(ctx, type.args[i], is_place) || type.modes[i] == ParamMode::Own) return false;
  }
  return is_c_result(ctx, type.args.back());
}

static bool crosses(Context& ctx, const types::FnDecl& fn, const types::ParamDecl& param) {
  const Type type = ctx.types.get(param.type);
  bool is_import = fn.foreign == types::Foreign::Import;
  if (type.kind == TypeKind::Param) {
    return is_import && is_c_fn(ctx, fn.type_params[type.decl].fn_bound);
  }
  if (type.kind == TypeKind::Str) return is_import && param.mode == ParamMode::Borrow;
  if (type.kind == TypeKind::Array) return is_import && is_c_value(ctx, type.args[0], true);
  return is_c_value(ctx, param.type, param.mode == ParamMode::Mut);
}

static void check_variadic(Context& ctx, const types::FnDecl& fn, const ast::FnItem& item) {
  if (fn.foreign == types::Foreign::Export) {
    ctx.report(item.name.span, D::ForeignForm, {"with a body has no `...`"});
  } else if (fn.is_blocking) {
    ctx.report(item.name.span, D::ForeignForm, {"with `...` is not `@blocking`"});
  } else if (fn.params.empty()) {
    ctx.report(item.name.span, D::ForeignForm, {"with `...` has a parameter before it"});
  }
}

void check_extra_arg(Context& ctx, const ast::Arg& arg) {
  TypeId type = ctx.infer.shallow(check_expr(ctx, arg.value));
  const Type known = ctx.types.get(type);
  bool is_pointer = known.kind == TypeKind::Struct &&
                    StructId(known.decl) == ctx.program.core.c_ptr;
  bool fits = types::is_integer(known.kind) || types::is_float(known.kind) ||
              known.kind == TypeKind::Bool || known.kind == TypeKind::Str || is_pointer ||
              known.kind == TypeKind::Error || ctx.infer.var_kind(type).has_value();
  if (!fits) {
    ctx.report(arg.value->span, D::ForeignType, {ctx.show(type), " for its `...`"})
        .help("numbers, `bool`, texts and `CPtr<T>` can be given there");
  } else if (arg.mode != ast::Mode::Plain) {
    ctx.report(arg.value->span, D::ForeignForm, {"takes values for its `...`"})
        .help("declare a parameter for a place that C is to change");
  }
}

static void check_foreign_fn(Context& ctx, FnId id) {
  const types::FnDecl& fn = ctx.program.fns[id];
  const ast::FnItem& item = *fn.item->as<ast::FnItem>();
  if (!item.generics.params.empty()) {
    ctx.report(item.generics.params.front().name.span, D::ForeignForm, {"has no type parameters"});
    return;
  }
  for (const types::ParamDecl& param : fn.params) {
    if (param.mode == ParamMode::Own) {
      ctx.report(param.span, D::ForeignForm, {"takes nothing over"})
          .help("C may use what it is given until the call ends: leave `own` away");
    } else if (!crosses(ctx, fn, param)) {
      TypeId type = param.type;
      bool is_fn = ctx.types.kind(type) == TypeKind::Param;
      if (is_fn) type = fn.type_params[ctx.types.get(type).decl].fn_bound;
      report_type(ctx, param.span, type, "");
    }
  }
  if (item.ret && !is_c_result(ctx, fn.result)) {
    report_type(ctx, item.ret->span, fn.result, " as a result");
  }
  if (fn.is_variadic) check_variadic(ctx, fn, item);
  if (fn.is_blocking && fn.foreign == types::Foreign::Export) {
    ctx.report(item.name.span, D::ForeignForm, {"with a body is not `@blocking`"})
        .help("`@blocking` says that a function of C's may take its time");
  }
}

void resolve_foreign(Context& ctx, const ast::ExternItem& block, NameTable& table) {
  {
    InTable in(ctx, table);
    require_ffi(ctx, block.abi_span, "`extern`");
  }
  if (ctx.text(block.abi) != "C") {
    ctx.report(block.abi_span, D::ForeignAbi, {ctx.text(block.abi)});
  }
  for (const ast::Item* item : block.items) {
    if (!item->try_as<ast::FnItem>()) {
      ctx.report(item->span, D::ForeignForm, {"stands here, nothing else"});
      continue;
    }
    FnId id(ctx.decl_of_item[item->id.index]);
    resolve_fn(ctx, id, table);
    check_foreign_fn(ctx, id);
  }
}

// ---- attributes ----------------------------------------------------------------------------

// `@link("z", …)`
static bool resolve_link(const ast::Attribute& attribute, types::FnDecl& fn) {
  for (const ast::Arg& arg : attribute.args) {
    const ast::StrLit* library = arg.value->try_as<ast::StrLit>();
    if (!library) return false;
    fn.libraries.push_back(library->value);
  }
  return true;
}

bool resolve_foreign_attribute(Context& ctx, const ast::Attribute& attribute, types::FnDecl& fn) {
  if (fn.foreign == types::Foreign::No) return false;
  std::string_view name = ctx.text(attribute.name.name);
  if (name == "blocking" && attribute.args.empty()) {
    fn.is_blocking = true;
    return true;
  }
  if (name == "link" && !attribute.args.empty()) return resolve_link(attribute, fn);
  const ast::StrLit* text =
      attribute.args.size() == 1 ? attribute.args[0].value->try_as<ast::StrLit>() : nullptr;
  if (name != "symbol" || !text) return false;
  fn.foreign_name = text->value;
  return true;
}

bool resolve_shareable(Context& ctx, const ast::Attribute& attribute, types::StructDecl& decl) {
  bool fits = ctx.text(attribute.name.name) == "shareable" && attribute.args.empty();
  if (fits) {
    require_ffi(ctx, attribute.span, "`@shareable`");
    decl.is_shareable = true;
  }
  return fits;
}

// ---- functions for C to call ---------------------------------------------------------------

void check_callback(Context& ctx, const types::FnDecl& fn, const ast::Expr* arg) {
  if (fn.foreign != types::Foreign::Import) return;
  auto closure = ctx.program.closure_of.find(arg->id.index);
  bool is_known = closure != ctx.program.closure_of.end();
  if (is_known && ctx.program.closures[closure->second].captures.empty()) return;
  Report report = ctx.report(arg->span, D::ForeignClosure);
  if (!is_known) {
    report.help("name a function, or write a closure here that captures nothing");
    return;
  }
  std::string names;
  for (VarId var : ctx.program.closures[closure->second].captures) {
    names += (names.empty() ? "`" : ", `") + std::string(ctx.text(ctx.program.vars[var].name)) + "`";
  }
  report.mark("captures " + names)
      .help("give C what it needs by the pointer that it hands on, or keep it in a `static`");
}

}  // namespace skein::check
