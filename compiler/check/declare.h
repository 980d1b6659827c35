// Declarations: entering names, then giving them their meaning, before any body is looked at.
#pragma once

#include "compiler/check/context.h"

namespace skein::check {

// The types every program knows without `use`.
void enter_builtin_types(Context& ctx, NameTable& table);

// Whether the `test` blocks of the module are part of the build.
bool has_tests(const Context& ctx, ModuleId module);

// Adds a declaration for each item and enters its name. Nothing is resolved yet.
void enter_items(Context& ctx, NameTable& table, std::span<ast::Item* const> items);

// Resolves what the heads of these items say: the names of type parameters and associated types
// (1), what traits ask for (2), the bounds of other declarations (3), fields and payloads (4), which
// impls there are (5), their associated types (6), the methods of traits (7), other signatures and
// the types of constants (8). Each stage is run for all items that may refer to each other before
// the next.
void resolve_type_params(Context& ctx, NameTable& table, std::span<ast::Item* const> items);
void resolve_trait_bounds(Context& ctx, NameTable& table, std::span<ast::Item* const> items);
// The defaults of type parameters, and whether they stand last.
void resolve_param_defaults(Context& ctx, NameTable& table, std::span<ast::Item* const> items);
void report_default_order(Context& ctx, const ast::Generics& generics);
void resolve_param_bounds(Context& ctx, NameTable& table, std::span<ast::Item* const> items);
void resolve_fields(Context& ctx, NameTable& table, std::span<ast::Item* const> items);
void resolve_impl_heads(Context& ctx, NameTable& table, std::span<ast::Item* const> items);
void resolve_impl_types(Context& ctx, NameTable& table, std::span<ast::Item* const> items);
void resolve_trait_methods(Context& ctx, NameTable& table, std::span<ast::Item* const> items);
void resolve_signatures(Context& ctx, NameTable& table, std::span<ast::Item* const> items);

// All of it for the items of one block.
void declare_block_items(Context& ctx, NameTable& table, std::span<ast::Item* const> items);

// Notes which declaration an item became.
void note_decl(Context& ctx, const ast::Item& item, uint32_t index);

// A table inside `outer` for a declaration with type parameters of its own.
NameTable& new_table(Context& ctx, NameTable& outer);

// Boxes the fields through which types contain themselves, from struct `first_struct` and enum
// `first_enum` on; reports types whose values would have no end.
void box_recursive_fields(Context& ctx, uint32_t first_struct, uint32_t first_enum);

}  // namespace skein::check
