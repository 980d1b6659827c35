// Which types have which traits.
#pragma once

#include "compiler/check/context.h"

namespace skein::check {

// Finds the traits the compiler asks for by name in the core library.
void find_core_traits(Context& ctx);

// Whether values of a type have a trait. An unset variable counts as what it would default to;
// about one of which nothing is known the answer is Unknown.
enum class Answer : uint8_t { No, Yes, Unknown };
Answer has_trait(Context& ctx, TypeId type, const TraitRef& trait);
Answer has_trait(Context& ctx, TypeId type, TraitId trait);

// Asks for a trait: now if the type is known, when the body ends if not.
void require_trait(Context& ctx, PendingBound bound);
// Reports those that turned out not to hold.
void check_pending_bounds(Context& ctx);

// The kinds of numbers that type parameters of a declaration stand for.
std::vector<std::optional<VarKind>> number_params(
    Context& ctx, const std::vector<types::TypeParamDecl>& params);

// Whether `@derive(…)` may name the trait.
bool can_derive(const Context& ctx, TraitId trait);
// Says how a struct or enum gets a trait that can be derived.
void help_to_derive(Report& report, std::string_view trait, const std::string& type);
// Where a struct or enum is declared that derives the trait; nothing for all others.
std::optional<Span> find_derive(Context& ctx, TypeId type, TraitId trait);

// Whether the trait is one that only types of the language have: `Integer`, `Real` …
bool is_mark(const Context& ctx, TraitId trait);
// Sees to it that the function is there by which an operation finds the impls of a trait.
void use_bridge(Context& ctx, TraitId trait);

// Asks the trait of every part of the types that derive it.
void check_derives(Context& ctx, uint32_t first_struct, uint32_t first_enum);
// The same for the impls that `@derive(Json)` wrote, from `first` on.
void check_derived_impls(Context& ctx, uint32_t first);

}  // namespace skein::check
