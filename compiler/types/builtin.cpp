#include "compiler/types/builtin.h"

#include <iterator>

namespace skein::types {

struct Row {
  std::string_view name;
  BuiltinEffects effects;
};

static constexpr Row kRows[] = {
#define SKEIN_BUILTIN(name, text, effects, doc) {text, BuiltinEffects::effects},
#include "compiler/types/builtins.def"
};

std::string_view builtin_name(Builtin builtin) { return kRows[static_cast<size_t>(builtin)].name; }

BuiltinEffects builtin_effects(Builtin builtin) {
  return kRows[static_cast<size_t>(builtin)].effects;
}

std::optional<Builtin> find_builtin(std::string_view name) {
  for (size_t i = 0; i < std::size(kRows); ++i) {
    if (kRows[i].name == name) return static_cast<Builtin>(i);
  }
  return std::nullopt;
}

}  // namespace skein::types
