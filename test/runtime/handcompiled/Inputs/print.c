// A program that prints one line.
#include <stdbool.h>
#include <stdint.h>

struct ramp {
  void* handle;
  int64_t status;
};

void* skn_str_new(const char* data, int64_t length);
void skn_print(void* str, bool newline, int32_t fd);
const uint32_t skn_site_count = 1;
const uint64_t skn_sites[3] = {0};

struct ramp skn_program_main(void) {
  struct ramp result = {0, 0};
  skn_print(skn_str_new("a line", 6), true, 1);
  return result;
}
