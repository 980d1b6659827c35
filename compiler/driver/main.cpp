// The tool `skein`: reads the command line and hands over to the verb.
#include <signal.h>

#include <string_view>
#include <vector>

#include "compiler/driver/crash.h"
#include "compiler/driver/options.h"
#include "compiler/driver/session.h"
#include "compiler/driver/tool.h"

using namespace skein;

static int work(void* memory) {
  const std::vector<std::string_view>& args = *static_cast<std::vector<std::string_view>*>(memory);
  driver::Session session;
  driver::Options options = driver::parse_options(args, session.sink);
  if (!session.sink.has_errors()) return driver::run_tool(options, session);
  driver::print_reports(options, session);
  return driver::kWrongUse;
}

int main(int argc, char** argv) {
  // Writing past a limit on file size becomes an error that is reported, not the end.
  signal(SIGXFSZ, SIG_IGN);
  std::vector<std::string_view> args(argv + (argc > 0 ? 1 : 0), argv + argc);
  return driver::run_with_large_stack(work, &args);
}
