// The order of lowering: all functions of the user, then what they need of the library.
#include "compiler/lower/lower.h"

#include "compiler/lower/lower_fn.h"
#include "compiler/lower/lower_test.h"
#include "compiler/lower/unit.h"

namespace skein::lower {

// Whether the function has to be in the program although nothing lowered so far may call it.
static bool is_wanted(const types::Program& program, const types::FnDecl& decl) {
  return decl.is_checked && !decl.builtin && !program.modules[decl.module].is_std;
}

// Constants and statics of the user, used or not: each has to have a value.
static void lower_values(Unit& unit) {
  const types::Program& program = unit.program;
  for (types::ConstId id : program.consts.ids()) {
    const types::ConstDecl& decl = program.consts[id];
    bool is_std = program.modules[decl.module].is_std;
    if (decl.value && !decl.known && decl.is_checked && !is_std) unit.function_of(id);
  }
  for (types::StaticId id : program.statics.ids()) {
    if (!program.modules[program.statics[id].module].is_std) unit.function_of(id);
  }
}

static void lower_drop(Unit& unit, types::FnId drop) {
  if (drop.valid()) unit.function_of(drop);
}

sir::Module lower_program(types::Program& program) {
  sir::Module module(program);
  Unit unit(program, module);
  // Those of the user first, so that they have the plain names.
  for (types::FnId id : program.fns.ids()) {
    if (is_wanted(program, program.fns[id])) unit.function_of(id);
  }
  lower_values(unit);
  if (program.runs_tests) {
    module.entry = lower_test_entry(unit);
  } else if (program.main.valid()) {
    module.entry = lower_entry(unit, program.main);
  }
  for (types::StructId id : program.structs.ids()) lower_drop(unit, program.structs[id].drop_fn);
  for (types::EnumId id : program.enums.ids()) lower_drop(unit, program.enums[id].drop_fn);
  // What glue calls for maps, and for types with impls of their own.
  const types::CoreDecls& core = program.core;
  for (types::FnId id : {core.map_equal, core.map_hash, core.show_by, core.equal_by,
                         core.compare_by, core.hash_by, core.default_by}) {
    if (id.valid() && program.fns[id].is_checked) unit.function_of(id);
  }
  // Generic code reaches these by the types it is specialised for.
  for (const std::vector<types::FnId>* methods : {&program.next_methods, &program.iter_methods}) {
    for (types::FnId id : *methods) {
      if (program.fns[id].is_checked) unit.function_of(id);
    }
  }
  for (const types::ImplDecl& impl : program.impls) {
    for (types::FnId id : impl.methods) {
      bool is_reached = impl.trait && program.fns[id].is_checked && !program.fns[id].builtin;
      if (is_reached) unit.function_of(id);
    }
  }
  unit.lower_pending();
  return module;
}

}  // namespace skein::lower
