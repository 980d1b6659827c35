// Names that tasks get while the program runs: `spawn "worker $n" f(n)`.
//
// A node has no room for a name, only for the number of the place where it was spawned, and that place has
// the name, if it is written out there. A computed one makes a place of its own: the same with another name,
// under a number behind those of the program. So whoever shows a task finds it the same way, and tasks
// without a name know nothing of all this.
#pragma once

#include "runtime/abi/layout.h"

#include <string_view>

namespace skein::task {

// The number of a place like this one, with a name; a long one is cut. `places` is how many places the
// program has. 0 if there are too many names.
uint32_t begin_name(const abi::Site& place, uint32_t places, std::string_view name);

// The task has ended. Its name stays for a while: others may have noted its number.
void end_name(uint32_t number, uint32_t places);

// The place with this number, which is not below `places`; null if there is none.
const abi::Site* named_site(uint32_t number, uint32_t places);

}  // namespace skein::task
