// Whether a value that is copied could be moved instead, since nothing uses it afterwards.
#pragma once

#include <vector>

#include "compiler/sir/flow.h"
#include "compiler/sir/sir.h"

namespace skein::passes {

// Which parts of a local may be moved away on their own.
enum class Parts : uint8_t {
  Fields,              // of structs and tuples
  FieldsAndPayloads,   // also what is in the variants of an enum
};

class LastUses {
 public:
  // Drops are no uses here: `live` has to be made without them.
  LastUses(sir::Module& module, const sir::Function& function, const sir::Liveness& live,
           Parts parts)
      : module_(module), function_(function), live_(live), parts_(parts) {}

  // Whether `operand` of `inst`, after which `live_after` are the live locals, is a copy of an owned
  // local or a part of it, and the local is not used again.
  bool is_last_use(const sir::Inst& inst, const sir::Operand& operand,
                   const sir::BitSet& live_after);

 private:
  void look_at(const sir::Inst& inst);
  bool is_movable_part(const sir::Place& place) const;

  sir::Module& module_;
  const sir::Function& function_;
  const sir::Liveness& live_;
  Parts parts_;
  // Of the instruction asked about last, whose operands are all asked about in turn and may be a
  // million: the locals it names, as often as it does, and those that its operands may stand for;
  // both sorted.
  const sir::Inst* inst_ = nullptr;
  std::vector<sir::LocalId> names_;
  std::vector<sir::LocalId> sources_;
};

}  // namespace skein::passes
