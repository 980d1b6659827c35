// What is true of every module of SIR, and more of it after specialize.
//
// The pipeline runs this after lower and after each pass, so that a mistake shows in the step that
// made it and not as a broken program. It reports all problems it finds, as sentences for us.
#pragma once

#include <string>
#include <vector>

#include "compiler/sir/sir.h"

namespace skein::sir {

enum class VerifyStage : uint8_t {
  Lowered,       // as lower makes it: generic functions, drops of whatever may have no value
  Specialized,   // no type parameters are left
};

struct Problem {
  Span span;          // of the instruction, or of the function
  std::string text;   // one sentence that names function, block and instruction
};

// All problems; none if all is well.
std::vector<Problem> verify(Module& module, VerifyStage stage);
std::vector<Problem> verify(Module& module, const Function& function, VerifyStage stage);

// Stops the compiler with the first problem; `step` is what ran last.
void check_module(Module& module, VerifyStage stage, std::string_view step);

}  // namespace skein::sir
