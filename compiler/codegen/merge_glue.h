// Makes one function of glue that came out the same: arrays of two structs with an int and a text each
// are grown, copied and dropped alike, and a program has many such types.
#pragma once

#include <vector>

namespace llvm {
class Function;
}  // namespace llvm

namespace skein::codegen {

// Who calls one of them calls the first that is equal to it from now on; the others are gone. They must
// have no debug information: a trace would name one for another.
void merge_equal(std::vector<llvm::Function*> functions);

}  // namespace skein::codegen
