#include "compiler/support/check.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace skein {

static constinit thread_local Doing* innermost = nullptr;

Doing::Doing(std::string_view phase, std::string_view subject)
    : phase(phase), subject(subject), outer(innermost) {
  innermost = this;
}

Doing::~Doing() { innermost = outer; }

void compiler_bug(const char* file, int line, std::string_view what) {
  // The part of the path inside the repository is enough, and the same on every machine.
  const char* inside = std::strstr(file, "compiler/");
  std::fprintf(stderr, "skein: internal error: %.*s (%s:%d)\n", static_cast<int>(what.size()),
               what.data(), inside ? inside : file, line);
  for (Doing* doing = innermost; doing; doing = doing->outer) {
    std::fprintf(stderr, "  while %.*s `%.*s`\n", static_cast<int>(doing->phase.size()),
                 doing->phase.data(), static_cast<int>(doing->subject.size()),
                 doing->subject.data());
  }
  std::fprintf(stderr, "This is a bug in skein, not in your program. Please report it.\n");
  std::_Exit(70);
}

}  // namespace skein
