// Which impl a call of a trait's method means, once the type is known.
#include "compiler/types/impls.h"

#include "compiler/support/check.h"
#include "compiler/types/dyn.h"

namespace skein::types {

namespace {

// Finds the arguments with which a pattern is a type.
class Matcher {
 public:
  Matcher(Program& program, size_t param_count) : program_(program), args_(param_count) {}

  bool match(TypeId pattern, TypeId type) {
    if (!program_.types.has_param(pattern)) return pattern == type;
    const Type& left = program_.types.get(pattern);
    if (left.kind == TypeKind::Param) {
      TypeId& arg = args_[left.decl];
      if (!arg.valid()) arg = type;
      return arg == type;
    }
    if (left.kind == TypeKind::Assoc) {
      later_.push_back({pattern, type});
      return true;
    }
    const Type& right = program_.types.get(type);
    if (left.kind != right.kind || left.decl != right.decl || left.length != right.length ||
        left.modes != right.modes || left.args.size() != right.args.size()) {
      return false;
    }
    for (size_t i = 0; i < left.args.size(); ++i) {
      if (!match(left.args[i], right.args[i])) return false;
    }
    return true;
  }

  // What is known by the bounds of other parameters: `I: Source<Item = T>`.
  void take_from_bounds(const std::vector<TypeParamDecl>& params) {
    for (size_t i = 0; i < params.size(); ++i) {
      if (!args_[i].valid()) continue;
      for (const TraitRef& bound : params[i].bounds) take_from_bound(args_[i], bound);
    }
  }

  // Nothing: some associated type is another one.
  std::optional<std::vector<TypeId>> finish() {
    for (TypeId& arg : args_) {
      if (!arg.valid()) arg = program_.types.unit();
    }
    for (auto [pattern, type] : later_) {
      if (program_.types.substitute(pattern, args_) != type) return std::nullopt;
    }
    return std::move(args_);
  }

 private:
  void take_from_bound(TypeId self, const TraitRef& bound) {
    for (const TraitRef::Equal& equal : bound.equal) {
      const Type& wanted = program_.types.get(equal.type);
      if (wanted.kind != TypeKind::Param || args_[wanted.decl].valid()) continue;
      uint32_t position = wanted.decl;
      std::vector<TypeId> of_trait = {self};
      for (TypeId arg : bound.args) {
        bool is_known = !program_.types.has_param(arg);
        of_trait.push_back(is_known ? arg : program_.types.error());
      }
      args_[position] =
          program_.types.find_assoc(program_.types.assoc(equal.assoc, std::move(of_trait)));
    }
  }

  Program& program_;
  std::vector<TypeId> args_;
  std::vector<std::pair<TypeId, TypeId>> later_;
};

}  // namespace

std::optional<ImplRef> find_impl(Program& program, TraitId trait, std::span<const TypeId> type) {
  for (ImplId id : program.traits[trait].impls) {
    const ImplDecl& impl = program.impls[id];
    Matcher matcher(program, impl.type_params.size());
    bool fits = matcher.match(impl.self_type, type[0]);
    for (size_t i = 0; fits && i < impl.trait_args.size(); ++i) {
      fits = matcher.match(impl.trait_args[i], type[i + 1]);
    }
    if (!fits) continue;
    matcher.take_from_bounds(impl.type_params);
    std::optional<std::vector<TypeId>> args = matcher.finish();
    if (args) return ImplRef{id, std::move(*args)};
  }
  return std::nullopt;
}

TypeId assoc_in(Program& program, const ImplRef& impl, TypeId id) {
  const Type type = program.types.get(id);
  const TraitDecl& trait = program.traits[program.assocs[AssocId(type.decl)].trait];
  const ImplDecl& decl = program.impls[impl.impl];
  for (size_t i = 0; i < trait.assocs.size() && i < decl.assocs.size(); ++i) {
    if (trait.assocs[i].index != type.decl || !decl.assocs[i].valid()) continue;
    return program.types.substitute(decl.assocs[i], impl.type_args);
  }
  return program.types.error();
}

TypeId find_assoc(Program& program, TypeId id) {
  if (TypeId of_dyn = dyn_assoc(program, id); of_dyn.valid()) return of_dyn;
  const Type type = program.types.get(id);
  const AssocDecl& assoc = program.assocs[AssocId(type.decl)];
  std::optional<ImplRef> impl = find_impl(program, assoc.trait, type.args);
  return impl ? assoc_in(program, *impl, id) : id;
}

MethodRef find_method(Program& program, FnId method, std::span<const TypeId> type_args) {
  const FnDecl& decl = program.fns[method];
  SKEIN_CHECK(decl.trait.valid() && !type_args.empty(), "only methods of traits have impls");
  size_t of_trait = program.traits[decl.trait].type_params.size();
  std::optional<ImplRef> impl = find_impl(program, decl.trait, type_args.first(of_trait));
  if (impl) {
    for (FnId candidate : program.impls[impl->impl].methods) {
      if (program.fns[candidate].name != decl.name) continue;
      std::vector<TypeId> args = std::move(impl->type_args);
      args.insert(args.end(), type_args.begin() + static_cast<ptrdiff_t>(of_trait),
                  type_args.end());
      return {candidate, std::move(args)};
    }
  }
  return {method, std::vector<TypeId>(type_args.begin(), type_args.end())};
}

}  // namespace skein::types
