// Trait objects: what the values of a type `dyn Tr` can do, and by which entry of their table.
#include "compiler/types/dyn.h"

#include <algorithm>

namespace skein::types {

static std::vector<TypeId> with_self(TypeId self, const std::vector<TypeId>& rest) {
  std::vector<TypeId> args = {self};
  args.insert(args.end(), rest.begin(), rest.end());
  return args;
}

static void add(Program& program, TypeId self, TraitRef ref, std::vector<TraitRef>& out) {
  bool is_known = std::any_of(out.begin(), out.end(), [&](const TraitRef& other) {
    return other.trait == ref.trait && other.args == ref.args;
  });
  if (is_known) return;
  std::vector<TypeId> args = with_self(self, ref.args);
  TraitId trait = ref.trait;
  out.push_back(std::move(ref));
  for (const TraitRef& super : program.traits[trait].supertraits) {
    TraitRef concrete = super;
    for (TypeId& arg : concrete.args) arg = program.types.substitute(arg, args);
    for (TraitRef::Equal& equal : concrete.equal) {
      equal.type = program.types.substitute(equal.type, args);
    }
    add(program, self, std::move(concrete), out);
  }
}

std::vector<TraitRef> dyn_traits(Program& program, TypeId dyn) {
  const Type type = program.types.get(dyn);
  const TraitDecl& trait = program.traits[TraitId(type.decl)];
  size_t own = trait.type_params.size() - 1;
  TraitRef ref;
  ref.trait = TraitId(type.decl);
  ref.args.assign(type.args.begin(), type.args.begin() + static_cast<ptrdiff_t>(own));
  for (size_t i = 0; i < trait.assocs.size(); ++i) {
    ref.equal.push_back({trait.assocs[i], type.args[own + i]});
  }
  std::vector<TraitRef> out;
  add(program, dyn, std::move(ref), out);
  return out;
}

std::vector<DynMethod> dyn_methods(Program& program, TypeId dyn) {
  std::vector<DynMethod> methods;
  for (const TraitRef& ref : dyn_traits(program, dyn)) {
    for (FnId fn : program.traits[ref.trait].methods) {
      methods.push_back({fn, with_self(dyn, ref.args)});
    }
  }
  return methods;
}

std::optional<uint32_t> dyn_entry(Program& program, FnId method,
                                  std::span<const TypeId> type_args) {
  if (program.types.kind(type_args[0]) != TypeKind::Dyn) return std::nullopt;
  std::vector<DynMethod> methods = dyn_methods(program, type_args[0]);
  for (uint32_t i = 0; i < methods.size(); ++i) {
    bool is_same = methods[i].fn == method &&
                   std::equal(methods[i].type_args.begin(), methods[i].type_args.end(),
                              type_args.begin(), type_args.end());
    if (is_same) return i;
  }
  return std::nullopt;
}

TypeId dyn_assoc(Program& program, TypeId assoc) {
  const Type type = program.types.get(assoc);
  if (program.types.kind(type.args[0]) != TypeKind::Dyn) return TypeId();
  const Type object = program.types.get(type.args[0]);
  TraitId trait = program.assocs[AssocId(type.decl)].trait;
  if (object.decl == trait.index) {
    const TraitDecl& decl = program.traits[trait];
    for (size_t i = 0; i < decl.assocs.size(); ++i) {
      if (decl.assocs[i].index == type.decl) return object.args[decl.type_params.size() - 1 + i];
    }
  }
  for (const TraitRef& ref : dyn_traits(program, type.args[0])) {
    if (ref.trait != trait) continue;
    for (const TraitRef::Equal& equal : ref.equal) {
      if (equal.assoc.index == type.decl) return equal.type;
    }
  }
  return TypeId();
}

}  // namespace skein::types
