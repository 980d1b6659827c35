// The tool `skein`: reads the command line and hands over to the verb.
#include <cstdio>
#include <string_view>
#include <vector>

#include "compiler/driver/options.h"

int main(int argc, char** argv) {
  using namespace skein;
  std::vector<std::string_view> args(argv + 1, argv + argc);
  DiagnosticSink sink;
  driver::Options options = driver::parse_options(args, sink);
  for (const Diagnostic* report : sink.sorted()) std::fprintf(stderr, "%s\n", report->message.c_str());
  if (sink.has_errors()) return 2;
  std::fputs(driver::help_text(options.input).c_str(), stdout);
  return 0;
}
