// "did you mean `x`?" for every kind of name.
#pragma once

#include <string_view>
#include <vector>

#include "compiler/support/diagnostics.h"

namespace skein::check {

// Adds a help and a fix that replaces `wrong` at `span` when one of the names is near enough.
// Says whether it did.
bool suggest(Report& report, Span span, std::string_view wrong,
             std::vector<std::string_view> names);

}  // namespace skein::check
