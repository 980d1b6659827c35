// Our own mistakes: a broken invariant stops the compiler with a sentence and status 70.
// The user's mistakes are diagnostics (diagnostics.h), never these.
#pragma once

#include <string>
#include <string_view>

namespace skein {

// Says what the compiler is doing, for the crash report ("while checking function `fib`").
// A stack: the innermost one alive on this thread is shown.
class Doing {
 public:
  Doing(std::string_view phase, std::string_view subject);
  ~Doing();
  Doing(const Doing&) = delete;
  Doing& operator=(const Doing&) = delete;

  std::string_view phase;
  std::string_view subject;
  Doing* outer;
};

[[noreturn]] void compiler_bug(const char* file, int line, std::string_view what);

}  // namespace skein

#define SKEIN_CHECK(condition, what)                                     \
  do {                                                                   \
    if (!(condition)) ::skein::compiler_bug(__FILE__, __LINE__, (what)); \
  } while (false)

#define SKEIN_UNREACHABLE(what) ::skein::compiler_bug(__FILE__, __LINE__, (what))
