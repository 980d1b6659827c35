#include "compiler/support/interner.h"

namespace skein {

Symbol Interner::intern(std::string_view text) {
  auto found = ids_.find(text);
  if (found != ids_.end()) return found->second;
  texts_.emplace_back(text);
  Symbol symbol(static_cast<uint32_t>(texts_.size() - 1));
  ids_.emplace(texts_.back(), symbol);
  return symbol;
}

}  // namespace skein
