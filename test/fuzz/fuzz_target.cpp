#include "test/fuzz/fuzz_target.h"

#include <cstdlib>
#include <string>

#include "compiler/driver/crash.h"
#include "compiler/driver/pipeline.h"
#include "compiler/driver/reports.h"

// A bug that the compiler itself notices ends it by _Exit(70), which libFuzzer would take for an
// ordinary end. The linker puts this in its place (--wrap=_Exit); libFuzzer's own ends stay.
extern "C" [[noreturn]] void __real__Exit(int status);
extern "C" [[noreturn]] void __wrap__Exit(int status) {
  if (status == 70) abort();
  __real__Exit(status);
}

namespace skein::fuzz {

struct Input {
  std::string text;
  const driver::Options& options;
};

static int build(void* memory) {
  Input& input = *static_cast<Input*>(memory);
  driver::Session session;
  session.replaced_text = std::move(input.text);
  driver::build(input.options, session);
  driver::render_all(session);
  return 0;
}

int compile(const uint8_t* data, size_t size, const driver::Options& options) {
  Input input = {std::string(reinterpret_cast<const char*>(data), size), options};
  return driver::run_with_large_stack(build, &input);
}

}  // namespace skein::fuzz
