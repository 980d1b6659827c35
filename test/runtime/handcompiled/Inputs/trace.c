// A program of plain functions with debug information, as the compiler would describe one: what is
// said when one panics, or runs out of stack.
#include <stdint.h>
#include <string.h>

struct ramp {
  void* handle;
  int64_t status;
};
struct site {
  const char* function;
  const char* file;
  uint32_t line;
  uint32_t column;
  const char* task;
};

__attribute__((preserve_most)) void* skn_panic_index(int64_t index, int64_t length, int32_t site);
__attribute__((noreturn)) void skn_raise(void* payload);
void* skn_args(void);
int64_t skn_str_find(void* str, void* needle, int64_t from);
const uint32_t skn_site_count = 2;
const struct site skn_sites[2] = {{0, 0, 0, 0, 0}, {"check", "trace.c", 27, 7, 0}};

static inline __attribute__((always_inline)) int64_t check(int64_t index) {
  if (index >= 3) {
    skn_raise(skn_panic_index(index, 3, 1));
  }
  return index;
}

__attribute__((noinline)) int64_t inner(int64_t index) {
  return check(index) + 1;
}

__attribute__((noinline)) int64_t outer(int64_t index) {
  int64_t sum = inner(0);
  return sum + inner(index);
}

__attribute__((noinline)) int64_t deep(int64_t depth) {
  volatile char room[64];
  memset((char*)room, 1, sizeof(room));
  return depth == 0 ? room[3] : deep(depth - 1) + room[5];
}

// One argument or none: panics; two: recurses a million deep; three: for ever.
struct ramp skn_program_main(void) {
  const int64_t* args = skn_args();
  const int64_t count = args[2];  // the length of an array (runtime/abi/layout.h)
  struct ramp result = {0, 0};
  if (count < 2) result.status = outer(5);
  if (count == 2) result.status = deep(1000000) == 0;
  if (count > 2) result.status = deep(INT64_MAX);
  return result;
}
