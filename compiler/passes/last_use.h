// Whether a value that is copied could be moved instead, since nothing uses it afterwards.
#pragma once

#include "compiler/sir/flow.h"
#include "compiler/sir/sir.h"

namespace skein::passes {

// Which parts of a local may be moved away on their own.
enum class Parts : uint8_t {
  Fields,              // of structs and tuples
  FieldsAndPayloads,   // also what is in the variants of an enum
};

// Whether `operand` of `inst`, after which `live_after` are the live locals, is a copy of an owned
// local or a part of it, and the local is not used again. Drops are no uses here: `live` has to be
// made without them.
bool is_last_use(sir::Module& module, const sir::Function& function, const sir::Liveness& live,
                 const sir::Inst& inst, const sir::Operand& operand,
                 const sir::BitSet& live_after, Parts parts);

}  // namespace skein::passes
