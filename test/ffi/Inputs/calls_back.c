// Calls a function of Skein's by its name and one by its address.
#include <stdint.h>

typedef struct { double x, y, z; } Vec;
typedef struct { int32_t a; float b; } Small;

extern int32_t skein_add(int32_t a, int32_t b);
extern Vec skein_scale(Vec v, double by);
extern void skein_bump(Small *s);
extern Small skein_small(int8_t a, float b);

double run(void) {
  Vec v = skein_scale((Vec){1, 2, 3}, 2);
  Small s = skein_small(-3, 0.5f);
  skein_bump(&s);
  return skein_add(40, 2) * 1000 + v.x + v.y + v.z + s.a + s.b;
}

int64_t sum_of(int64_t (*f)(int64_t), int64_t n) {
  int64_t sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += f(i);
  return sum;
}
