// libFuzzer: whatever bytes a file holds, `skein check` ends with reports, or accepts the program, which
// then has gone through lowering and all passes as well.
#include "test/fuzz/fuzz_target.h"

using namespace skein;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  driver::Options options;
  options.verb = driver::Verb::Check;
  options.input = "fuzz.sk";
  return fuzz::compile(data, size, options);
}
