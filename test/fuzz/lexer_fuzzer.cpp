// libFuzzer: whatever bytes a file holds, the lexer ends with tokens and reports.
#include "test/fuzz/fuzz_target.h"

using namespace skein;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  driver::Options options;
  options.verb = driver::Verb::Emit;
  options.input = "fuzz.sk";
  options.product = driver::Product::Tokens;
  return fuzz::compile(data, size, options);
}
