// Questions about a checked program: the facts of a piece of syntax, the parts of a type, and
// types in the user's spelling.
#include "compiler/types/program.h"

#include <algorithm>

#include <utility>

#include "compiler/support/check.h"
#include "compiler/types/impls.h"

namespace skein::types {

Program::Program(Interner& interner, SourceMap& sources) : interner(interner), sources(sources) {
  types.set_assoc_finder([this](TypeId type) { return find_assoc(*this, type); });
}

const ExprFact& Program::fact(const ast::Expr* expr) const {
  SKEIN_CHECK(expr && expr->id.index < exprs.size(), "an expression without a fact");
  return exprs[expr->id.index];
}

TypeId Program::type_of(const ast::Expr* expr) const {
  const ExprFact& found = fact(expr);
  return found.adjusted_type.valid() ? found.adjusted_type : found.type;
}

const CallFact* Program::call_of(const ast::Expr* expr) const {
  uint32_t call = fact(expr).call;
  return call == UINT32_MAX ? nullptr : &calls[call];
}

const PatternFact& Program::fact(const ast::Pattern* pattern) const {
  SKEIN_CHECK(pattern && pattern->id.index < patterns.size(), "a pattern without a fact");
  return patterns[pattern->id.index];
}

// ---- spelling ------------------------------------------------------------------------------

using Params = std::vector<TypeParamDecl>;

static std::string join(const Program& program, const std::vector<TypeId>& types,
                        const Params& params) {
  std::string out;
  for (TypeId type : types) {
    if (!out.empty()) out += ", ";
    out += program.type_name(type, params);
  }
  return out;
}

static std::string with_args(const Program& program, std::string_view name,
                             const std::vector<TypeId>& args, const Params& params) {
  std::string out(name);
  if (!args.empty()) out += "<" + join(program, args, params) + ">";
  return out;
}

static std::string fn_name(const Program& program, const Type& type, const Params& params) {
  std::string out = type.decl == kOnce ? "once fn(" : "fn(";
  for (size_t i = 0; i + 1 < type.args.size(); ++i) {
    if (i > 0) out += ", ";
    if (type.modes[i] == ParamMode::Mut) out += "mut ";
    if (type.modes[i] == ParamMode::Own) out += "own ";
    out += program.type_name(type.args[i], params);
  }
  out += ")";
  TypeId result = type.args.back();
  if (program.types.kind(result) != TypeKind::Unit) {
    out += " -> " + program.type_name(result, params);
  }
  return out;
}

static std::string tuple_name(const Program& program, const Type& type, const Params& params) {
  std::string inner = join(program, type.args, params);
  return type.args.size() == 1 ? "(" + inner + ",)" : "(" + inner + ")";
}

static std::string option_name(const Program& program, const Type& type, const Params& params) {
  std::string inner = program.type_name(type.args[0], params);
  TypeKind kind = program.types.kind(type.args[0]);
  bool is_open = kind == TypeKind::Fn || kind == TypeKind::Dyn;
  return is_open ? "(" + inner + ")?" : inner + "?";
}

static std::string dyn_name(const Program& program, const Type& type, const Params& params) {
  const TraitDecl& trait = program.traits[TraitId(type.decl)];
  std::string args;
  for (size_t i = 0; i < type.args.size(); ++i) {
    if (i > 0) args += ", ";
    size_t own = trait.type_params.empty() ? 0 : trait.type_params.size() - 1;
    if (i >= own && i - own < trait.assocs.size()) {
      args += std::string(program.interner.text(program.assocs[trait.assocs[i - own]].name));
      args += " = ";
    }
    args += program.type_name(type.args[i], params);
  }
  std::string name = "dyn " + std::string(program.interner.text(trait.name));
  return args.empty() ? name : name + "<" + args + ">";
}

std::string Program::type_name(TypeId id) const { return type_name(id, {}); }

std::string Program::type_name(TypeId id, const Params& params) const {
  const Type& type = types.get(id);
  switch (type.kind) {
    case TypeKind::Error:
      return "_";   // what it is could not be said where it was wrong
    case TypeKind::Tuple:
      return tuple_name(*this, type, params);
    case TypeKind::Array:
      return "[" + type_name(type.args[0], params) + "]";
    case TypeKind::FixedArray:
      return "[" + type_name(type.args[0], params) + "; " + std::to_string(type.length) + "]";
    case TypeKind::Option:
      return option_name(*this, type, params);
    case TypeKind::Fn:
      return fn_name(*this, type, params);
    case TypeKind::Struct:
      return with_args(*this, interner.text(structs[StructId(type.decl)].name), type.args, params);
    case TypeKind::Enum:
      return with_args(*this, interner.text(enums[EnumId(type.decl)].name), type.args, params);
    case TypeKind::Dyn:
      return dyn_name(*this, type, params);
    case TypeKind::Closure:
      return type_name(closures[ClosureId(type.decl)].signature, params);
    case TypeKind::Assoc:
      return type_name(type.args[0], params) + "." +
             std::string(interner.text(assocs[AssocId(type.decl)].name));
    case TypeKind::Param:
      if (type.decl < params.size() && params[type.decl].is_implicit) {
        return type_name(params[type.decl].fn_bound, params);
      }
      if (type.decl < params.size()) return std::string(interner.text(params[type.decl].name));
      return "T" + std::to_string(type.decl);
    default:
      return with_args(*this, spelling(type.kind), type.args, params);
  }
}

// ---- parts ---------------------------------------------------------------------------------

static std::vector<TypeId> field_types(Program& program, const std::vector<FieldDecl>& fields,
                                       const std::vector<TypeId>& args) {
  std::vector<TypeId> out;
  out.reserve(fields.size());
  for (const FieldDecl& field : fields) {
    out.push_back(program.types.substitute(field.type, args));
  }
  return out;
}

std::vector<TypeId> Program::variant_fields(TypeId id, uint32_t variant) {
  const Type type = types.get(id);
  switch (type.kind) {
    case TypeKind::Option:
      if (variant == 0) return {};
      return {type.args[0]};
    case TypeKind::Result:
      return {type.args[variant]};
    case TypeKind::Enum:
      return field_types(*this, enums[EnumId(type.decl)].variants[variant].fields, type.args);
    default:
      SKEIN_UNREACHABLE("only enums, options and results have variants");
  }
}

size_t Program::variant_count(TypeId id) const {
  const Type& type = types.get(id);
  if (type.kind == TypeKind::Option || type.kind == TypeKind::Result) return 2;
  SKEIN_CHECK(type.kind == TypeKind::Enum, "only enums, options and results have variants");
  return enums[EnumId(type.decl)].variants.size();
}

std::string Program::variant_name(TypeId id, uint32_t variant) const {
  const Type& type = types.get(id);
  if (type.kind == TypeKind::Option) return variant == 0 ? "none" : "some";
  if (type.kind == TypeKind::Result) return variant == 0 ? "ok" : "err";
  SKEIN_CHECK(type.kind == TypeKind::Enum, "only enums, options and results have variants");
  return std::string(interner.text(enums[EnumId(type.decl)].variants[variant].name));
}

std::vector<TypeId> Program::fields(TypeId id) {
  const Type type = types.get(id);
  if (type.kind == TypeKind::Tuple) return type.args;
  if (type.kind == TypeKind::Closure) {
    std::vector<TypeId> captured;
    for (VarId var : closures[ClosureId(type.decl)].captures) {
      captured.push_back(types.substitute(vars[var].type, type.args));
    }
    return captured;
  }
  SKEIN_CHECK(type.kind == TypeKind::Struct, "only structs and tuples have fields");
  return field_types(*this, structs[StructId(type.decl)].fields, type.args);
}

// ---- what holding a value means ------------------------------------------------------------

// Whether a field holds a pointer of C's, other than inside a struct that answers for itself.
static bool holds_c_pointer(const Program& program, TypeId id) {
  const Type& type = program.types.get(id);
  if (type.kind == TypeKind::Struct) return type.decl == program.core.c_ptr.index;
  bool has_inside = type.kind == TypeKind::Option || type.kind == TypeKind::Tuple ||
                    type.kind == TypeKind::FixedArray;
  if (!has_inside) return false;
  return std::any_of(type.args.begin(), type.args.end(),
                     [&](TypeId arg) { return holds_c_pointer(program, arg); });
}

static bool any_boxed(const std::vector<FieldDecl>& fields) {
  for (const FieldDecl& field : fields) {
    if (field.is_boxed) return true;
  }
  return false;
}

// What the type itself brings, without its parts.
static TypeTraits own_traits(const Program& program, const Type& type) {
  TypeTraits traits;
  switch (type.kind) {
    case TypeKind::Str:
    case TypeKind::Array:
    case TypeKind::Atomic:
    case TypeKind::Chan:
    case TypeKind::Sender:
    case TypeKind::Receiver:
    case TypeKind::Mutex:
    case TypeKind::RwLock:
    case TypeKind::Shared:
    case TypeKind::Weak:
    case TypeKind::Param:
    case TypeKind::Assoc:
      traits.needs_drop = true;
      break;
    case TypeKind::Fn:
      traits = {.needs_drop = true, .is_move_only = type.decl == kOnce};
      break;
    case TypeKind::Dyn:
      traits.needs_drop = true;
      traits.is_move_only = program.traits[TraitId(type.decl)].is_unique;
      break;
    case TypeKind::Gen:
      traits = {.needs_drop = true, .is_move_only = true};
      break;
    case TypeKind::Task:
      traits = {.needs_drop = true, .is_move_only = true, .has_task = true};
      break;
    case TypeKind::Struct: {
      const StructDecl& decl = program.structs[StructId(type.decl)];
      bool owns_pointer = !decl.is_shareable &&
                          std::any_of(decl.fields.begin(), decl.fields.end(),
                                      [&](const FieldDecl& field) {
                                        return holds_c_pointer(program, field.type);
                                      });
      traits.is_move_only = decl.drop_fn.valid() || owns_pointer;
      traits.needs_drop = decl.drop_fn.valid() || any_boxed(decl.fields);
      break;
    }
    case TypeKind::Enum: {
      const EnumDecl& decl = program.enums[EnumId(type.decl)];
      traits.is_move_only = decl.drop_fn.valid();
      traits.needs_drop = decl.drop_fn.valid();
      for (const VariantDecl& variant : decl.variants) {
        if (any_boxed(variant.fields)) traits.needs_drop = true;
      }
      break;
    }
    default:
      break;
  }
  return traits;
}

// The types of the values inside a value. Handles hold none: what they lead to is shared.
static std::vector<TypeId> parts(Program& program, TypeId id) {
  const Type& type = program.types.get(id);
  switch (type.kind) {
    case TypeKind::Tuple:
    case TypeKind::Array:
    case TypeKind::FixedArray:
    case TypeKind::Range:
    case TypeKind::RangeInclusive:
    case TypeKind::Option:
    case TypeKind::Result:
      return type.args;
    case TypeKind::Struct:
      return program.fields(id);
    case TypeKind::Closure:
      // One that is borrowed owns nothing.
      if (program.closures[ClosureId(type.decl)].is_borrowed) return {};
      return program.fields(id);
    case TypeKind::Enum: {
      std::vector<TypeId> out;
      size_t count = program.variant_count(id);
      for (uint32_t variant = 0; variant < count; ++variant) {
        std::vector<TypeId> fields = program.variant_fields(id, variant);
        out.insert(out.end(), fields.begin(), fields.end());
      }
      return out;
    }
    default:
      return {};
  }
}

// Everything reachable is visited once, so types that contain themselves are no matter.
TypeTraits traits_of(Program& program, TypeId type) {
  auto known = program.traits_memo.find(type.index);
  if (known != program.traits_memo.end()) return known->second;
  TypeTraits traits;
  std::unordered_map<uint32_t, bool> seen = {{type.index, true}};
  std::vector<TypeId> pending = {type};
  while (!pending.empty()) {
    TypeId id = pending.back();
    pending.pop_back();
    auto memo = program.traits_memo.find(id.index);
    TypeTraits part = memo != program.traits_memo.end()
                          ? memo->second
                          : own_traits(program, program.types.get(id));
    traits.needs_drop |= part.needs_drop;
    traits.is_move_only |= part.is_move_only;
    traits.has_task |= part.has_task;
    if (memo != program.traits_memo.end()) continue;
    for (TypeId inner : parts(program, id)) {
      if (seen.emplace(inner.index, true).second) pending.push_back(inner);
    }
  }
  program.traits_memo.emplace(type.index, traits);
  return traits;
}

bool is_guard(const Program& program, TypeId type) {
  const Type& found = program.types.get(type);
  if (found.kind != TypeKind::Struct) return false;
  StructId decl(found.decl);
  const CoreDecls& core = program.core;
  return decl == core.guard || decl == core.read_guard || decl == core.write_guard;
}

bool changes_by_guard(const Program& program, TypeId type) {
  return is_guard(program, type) &&
         StructId(program.types.get(type).decl) != program.core.read_guard;
}

}  // namespace skein::types
