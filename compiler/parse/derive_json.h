// What `@derive(Json)` stands for: the `impl Json` that somebody would have written, as its tokens.
#pragma once

#include <optional>

#include "compiler/support/interner.h"
#include "compiler/syntax/items.h"
#include "compiler/syntax/token.h"

namespace skein::parse {

// The impl for a struct or enum that derives `Json`, all of it at the place where that is written; nothing for others.
std::optional<syntax::TokenBuffer> derive_json(const ast::Item& item, FileId file, Interner& names);

}  // namespace skein::parse
