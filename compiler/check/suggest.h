// "did you mean `x`?" for every kind of name.
#pragma once

#include <string_view>
#include <vector>

#include "compiler/support/diagnostics.h"

namespace skein::check {

// Adds a help and a fix that replaces `wrong` at `span` when one of the names is near enough;
// `behind` follows the name in the fix.
// Says whether it did.
bool suggest(Report& report, Span span, std::string_view wrong,
             std::vector<std::string_view> names, std::string_view behind = {});

}  // namespace skein::check
