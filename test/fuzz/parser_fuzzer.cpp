// libFuzzer: whatever bytes a file holds, the parser ends with a tree that can be printed, and reports.
#include "test/fuzz/fuzz_target.h"

using namespace skein;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  driver::Options options;
  options.verb = driver::Verb::Emit;
  options.input = "fuzz.sk";
  options.product = driver::Product::Ast;
  return fuzz::compile(data, size, options);
}
