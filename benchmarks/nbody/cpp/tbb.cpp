// Ten steps of N bodies that attract each other, each pair looked at, by parallel_for.
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <cmath>
#include <vector>

#include "../../common/bench.hpp"

struct Body {
  double x, y, z, vx, vy, vz, mass;
};

static void move(Body& body, const std::vector<Body>& before) {
  double ax = 0, ay = 0, az = 0;
  for (const Body& other : before) {
    double dx = other.x - body.x, dy = other.y - body.y, dz = other.z - body.z;
    double square = dx * dx + dy * dy + dz * dz + 0.01;
    double pull = other.mass / (square * std::sqrt(square));
    ax += dx * pull;
    ay += dy * pull;
    az += dz * pull;
  }
  body.vx += ax * 0.001;
  body.vy += ay * 0.001;
  body.vz += az * 0.001;
  body.x += body.vx * 0.001;
  body.y += body.vy * 0.001;
  body.z += body.vz * 0.001;
}

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, bench::workers());
  tbb::task_arena arena(static_cast<int>(bench::workers()));
  return arena.execute([n] {
    std::vector<Body> bodies;
    for (uint64_t i = 0; i < n; ++i) {
      double t = double(i);
      bodies.push_back({std::fmod(t, 17), std::fmod(t, 13), std::fmod(t, 11), 0, 0, 0,
                        1 + std::fmod(t, 3)});
    }
    return bench::measure(10 * n * n, [&] {
      for (int step = 0; step < 10; ++step) {
        std::vector<Body> before = bodies;
        tbb::parallel_for(uint64_t(0), n, [&](uint64_t i) { move(bodies[i], before); });
      }
      double check = 0;
      for (const Body& body : bodies) check += body.x + body.y + body.z;
      return uint64_t(check * 1000);
    });
  });
}
