// Which impl a call of a trait's method means, once the type is known.
#include "compiler/types/impls.h"

#include "compiler/support/check.h"

namespace skein::types {

static bool match(const Program& program, TypeId pattern, TypeId type,
                  std::vector<TypeId>& args) {
  if (pattern == type) return true;
  const Type& left = program.types.get(pattern);
  if (left.kind == TypeKind::Param && left.decl < args.size()) {
    if (!args[left.decl].valid()) args[left.decl] = type;
    return args[left.decl] == type;
  }
  const Type& right = program.types.get(type);
  if (left.kind != right.kind || left.decl != right.decl || left.length != right.length ||
      left.modes != right.modes || left.args.size() != right.args.size()) {
    return false;
  }
  if (left.args.empty()) return false;
  for (size_t i = 0; i < left.args.size(); ++i) {
    if (!match(program, left.args[i], right.args[i], args)) return false;
  }
  return true;
}

std::optional<std::vector<TypeId>> match_type(const Program& program, TypeId pattern, TypeId type,
                                              size_t param_count) {
  std::vector<TypeId> args(param_count);
  if (!match(program, pattern, type, args)) return std::nullopt;
  for (TypeId& arg : args) {
    if (!arg.valid()) arg = program.types.unit();
  }
  return args;
}

MethodRef find_method(Program& program, FnId method, std::span<const TypeId> type_args) {
  const FnDecl& decl = program.fns[method];
  SKEIN_CHECK(decl.trait.valid() && !type_args.empty(), "only methods of traits have impls");
  for (ImplId id : program.traits[decl.trait].impls) {
    const ImplDecl& impl = program.impls[id];
    std::optional<std::vector<TypeId>> args =
        match_type(program, impl.self_type, type_args[0], impl.type_params.size());
    if (!args) continue;
    for (FnId candidate : impl.methods) {
      if (program.fns[candidate].name != decl.name) continue;
      args->insert(args->end(), type_args.begin() + 1, type_args.end());
      return {candidate, std::move(*args)};
    }
    break;
  }
  return {method, std::vector<TypeId>(type_args.begin(), type_args.end())};
}

}  // namespace skein::types
