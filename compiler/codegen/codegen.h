// SIR → LLVM IR, assembly or an object file.
//
// The only step that knows LLVM. Each SIR function becomes one LLVM function; one that suspends is
// a coroutine whose ramp runs the body at once and returns `{ handle, value }` (see coroutine.cpp).
// Before optimisation the runtime's hot paths are linked in as bitcode, so that a spawn which
// nobody steals costs a few stores.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/sir/sir.h"

namespace skein::codegen {

enum class OptLevel : uint8_t { O0, O2, O3 };

enum class Form : uint8_t {
  Ir,      // text without debug information: as emitted at O0, after optimisation otherwise
  Asm,
  Object,
  Objects,   // of a large program several, made on all cores (parts.h)
};

// The processor that code is made for.
struct Cpu {
  std::string name;       // as LLVM spells it; "" is the x86-64 baseline
  std::string features;   // what differs from others of that name: "+avx2,-sse4a"
};

// One by its name, or `native`, the one at hand with what it has: a machine may hide features that others of its
// name have. Nothing: LLVM knows none of that name.
std::optional<Cpu> find_cpu(std::string_view name);

struct Options {
  OptLevel opt_level = OptLevel::O0;
  Form form = Form::Object;
  bool debug_info = true;
  Cpu cpu;
  // The bytes of lib/skein/fast.bc. Needed for everything but the text at O0.
  std::string_view fast_bitcode;
  // Called as each step begins that takes time; may be empty.
  std::function<void(std::string_view step)> begin_step;
};

// What was made, or, when `error` is not empty, why it could not be: an unknown cpu, or bitcode
// that is damaged or of another LLVM.
struct Output {
  std::string bytes;                  // of every form but Objects
  std::vector<std::string> objects;   // in the order to link them in
  std::string error;
};

// The module has passed all passes; its `entry` is what the runtime will start.
std::unique_ptr<Output> emit(sir::Module& module, const Options& options);

}  // namespace skein::codegen
