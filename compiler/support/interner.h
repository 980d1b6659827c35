// One id for each distinct name, so that names are compared and hashed as integers.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "compiler/support/id.h"

namespace skein {

// A distinct piece of text. The default one is invalid: "has no name".
SKEIN_ID(Symbol);

class Interner {
 public:
  Symbol intern(std::string_view text);
  // The text lives as long as the interner.
  std::string_view text(Symbol symbol) const { return texts_[symbol.index]; }

 private:
  std::deque<std::string> texts_;
  std::unordered_map<std::string_view, Symbol> ids_;
};

}  // namespace skein
