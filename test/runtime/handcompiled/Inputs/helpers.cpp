// What the hand-compiled programs share: reading their argument, timing, printing.
//
// usage: PROGRAM N [time]      prints the result; with `time`, the time for each of N on stderr
#include "runtime/abi/layout.h"
#include "runtime/api/api.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace skein;
using namespace skein::api;

static int64_t argument = 0;
static int64_t started = 0;
static bool timed = false;

extern "C" int64_t begin() {
  abi::Buffer* args = static_cast<abi::Buffer*>(skn_args());
  void* strs[2] = {};
  memcpy(strs, reinterpret_cast<char*>(args) + abi::kBufferData,
         static_cast<size_t>(args->length < 2 ? args->length : 2) * sizeof(void*));
  if (strs[0] == nullptr || !skn_str_parse_int(strs[0], &argument)) {
    fprintf(stderr, "usage: PROGRAM N [time]\n");
    skn_process_exit(2);
  }
  timed = strs[1] != nullptr;
  started = skn_time_now();
  return argument;
}

extern "C" int64_t end(int64_t result) {
  const int64_t took = skn_time_now() - started;
  printf("%lld\n", static_cast<long long>(result));
  if (timed) {
    fprintf(stderr, "%.5f s, %.2f ns each of the result, %.2f ns each of N\n",
            static_cast<double>(took) / 1e9,
            static_cast<double>(took) / static_cast<double>(result),
            static_cast<double>(took) / static_cast<double>(argument));
  }
  return 0;
}

// Room for `count` tasks, touched, so that it is not measured.
extern "C" void* make_tasks(int64_t count) {
  const size_t size = static_cast<size_t>(count) * 16;
  void* tasks = malloc(size);
  memset(tasks, 1, size);
  started = skn_time_now();
  return tasks;
}
