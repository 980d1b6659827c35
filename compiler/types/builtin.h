// The builtin operations of builtins.def as an enumeration.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace skein::types {

enum class Builtin : uint16_t {
#define SKEIN_BUILTIN(name, text, effects, doc) name,
#include "compiler/types/builtins.def"
};

enum class BuiltinEffects : uint8_t { Pure, Panics, Suspends, Effect };

std::string_view builtin_name(Builtin builtin);
BuiltinEffects builtin_effects(Builtin builtin);
std::optional<Builtin> find_builtin(std::string_view name);

}  // namespace skein::types
