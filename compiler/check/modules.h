// Which modules a program has, and what their `use` lines bring.
#pragma once

#include "compiler/check/context.h"

namespace skein::check {

// Loads the user's file, the modules of the core library, and all that they use, and enters the
// names of their items. False, and reported: the core library is not where it should be.
bool load_modules(Context& ctx);

// A module of the library that is loaded: "std.core.traits". Invalid: it is not.
ModuleId library_module(const Context& ctx, std::string_view name);

// Enters what each module's `use` lines name. All items have been entered before.
void resolve_imports(Context& ctx);

// Warns of what was imported and not used.
void check_imports(Context& ctx);

// The item `name` of a module as another module sees it. Reports what is not there or private;
// then the entity is None.
const Entity* find_in_module(Context& ctx, ModuleId module, ast::Ident name);

}  // namespace skein::check
