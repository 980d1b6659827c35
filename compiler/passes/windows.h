// Functions that get a window where they declare an array (language rule 5).
//
// Such a function is compiled once more, with a window in place of the array: the address of its
// first element and a length. What reads and writes elements stays as it is; what looks at a value
// of its own gets a fresh array; what would resize or replace the array is an error there. A function
// with `-> mut [T]` that gives a part of what it was lent gives a window, and whoever calls it has one.
#pragma once

#include <functional>
#include <vector>

#include "compiler/sir/sir.h"
#include "compiler/support/diagnostics.h"

namespace skein::passes {

// Which parameters of a call get windows; empty: none. Windows are passed by value, so the operands
// become copies.
std::vector<bool> take_windows(sir::Module& module, const sir::Function& function,
                               sir::Inst& call);

// Asked for a call of a function with `-> mut [T]` where these arguments are windows: whether it gives
// one itself.
using GivesWindow = std::function<bool(const sir::Inst& call, const std::vector<bool>& windows)>;

// Makes the parameters `windows` of a copy, whose types are concrete by now, such. Reports what
// cannot be done with a window, with the call at `call`; false after that.
bool rewrite_for_windows(sir::Module& module, sir::Function& function,
                         const std::vector<bool>& windows, Span call,
                         const GivesWindow& gives_window, DiagnosticSink& sink);

// Whether the result of such a copy, with `-> mut [T]`, is a window.
bool result_is_window(sir::Module& module, sir::Function function,
                      const std::vector<bool>& windows, const GivesWindow& gives_window);

}  // namespace skein::passes
