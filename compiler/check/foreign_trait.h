// Traits as other languages call them.
#pragma once

#include <string_view>

#include "compiler/support/diagnostics.h"

namespace skein::check {

// Adds what Skein has in the place of the trait `name` of another language, with a fix at `span`
// where that is a trait too. Says whether it is one.
bool help_with_foreign_trait(Report& report, Span span, std::string_view name);

}  // namespace skein::check
