// Structs of every class of the System V ABI, by value, by pointer and as results.
#include <stdbool.h>
#include <stdint.h>

typedef struct { int32_t x, y; } Pair;             // one general register
typedef struct { double x, y; } Point;             // two vector registers
typedef struct { float x, y, z; } Vec3;            // two vector registers, the first with two floats
typedef struct { int64_t n; double d; } Mixed;     // one of each
typedef struct { float f; int32_t n; } Half;       // a float beside an int: general
typedef struct { int8_t a; int16_t b; int8_t c; } Odd;
typedef struct { int64_t a, b, c; } Large;         // memory
typedef struct { Pair first; uint8_t bytes[5]; } Nested;
typedef struct { bool yes; uint8_t small; } Flags;

Pair pair_swap(Pair p) { return (Pair){p.y, p.x}; }
Point point_scale(Point p, double by) { return (Point){p.x * by, p.y * by}; }
Vec3 vec_add(Vec3 a, Vec3 b) { return (Vec3){a.x + b.x, a.y + b.y, a.z + b.z}; }
Mixed mixed_next(Mixed m) { return (Mixed){m.n + 1, m.d + 0.5}; }
Half half_next(Half h) { return (Half){h.f + 0.5f, h.n + 1}; }
Odd odd_next(Odd o) { return (Odd){o.a + 1, o.b + 1, o.c + 1}; }
Large large_next(Large l) { return (Large){l.a + 1, l.b + 2, l.c + 3}; }
Nested nested_next(Nested n) {
  n.first.x += 1;
  n.bytes[4] += 1;
  return n;
}
Flags flags_not(Flags f) { return (Flags){!f.yes, f.small + 1}; }
bool both(bool a, bool b) { return a && b; }
int8_t negate8(int8_t x) { return -x; }
uint16_t next16(uint16_t x) { return x + 1; }
float half(float x) { return x / 2; }

// The registers run out in the middle: `p` goes to memory, `last` still to a register.
int64_t crowded(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, Mixed m, Large l,
                struct { int64_t a, b; } p, int64_t last, Point q, Vec3 v) {
  return a + b + c + d + e + m.n + (int64_t)m.d + l.a + l.c + p.a * 100 + p.b * 1000 +
         last * 10000 + (int64_t)(q.x + q.y) + (int64_t)v.z;
}

void pair_bump(Pair *p) { p->x += 10; }
void array_double(int32_t *xs, uint64_t n) {
  for (uint64_t i = 0; i < n; ++i) xs[i] *= 2;
}
int64_t array_sum(const int32_t *xs, uint64_t n) {
  int64_t sum = 0;
  for (uint64_t i = 0; i < n; ++i) sum += xs[i];
  return sum;
}
