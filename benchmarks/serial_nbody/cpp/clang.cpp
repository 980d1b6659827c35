// N steps of the sun and the four large planets, which attract each other.
#include <cmath>
#include <vector>

#include "../../common/bench.hpp"

constexpr double kSolarMass = 4 * M_PI * M_PI;
constexpr double kDays = 365.24;

struct Body {
  double x, y, z, vx, vy, vz, mass;
};

struct Triple {
  double x, y, z;
};

static Body planet(Triple at, Triple speed, double mass) {
  return {at.x, at.y, at.z, speed.x * kDays, speed.y * kDays, speed.z * kDays, mass * kSolarMass};
}

static std::vector<Body> bodies() {
  return {
      planet({0.0, 0.0, 0.0}, {0.0, 0.0, 0.0}, 1.0),
      planet({4.841431442464721, -1.1603200440274284, -0.10362204447112311},
             {0.001660076642744037, 0.007699011184197404, -0.0000690460016972063023},
             0.0009547919384243266),
      planet({8.34336671824458, 4.124798564124305, -0.4035234171143214},
             {-0.0027674251072641125, 0.004998528012349172, 0.0000230417297573763929},
             0.0002858859806661308),
      planet({12.894369562139131, -15.111151401698631, -0.22330757889265573},
             {0.002964601375647616, 0.0023784717395948095, -0.0000296589568540237556},
             0.0000436624404335156298),
      planet({15.379697114850917, -25.919314609987964, 0.17925877295037118},
             {0.0026806777249038932, 0.001628241700382423, -0.000095159225451971587},
             0.0000515138902046611451),
  };
}

// The sun moves so that the whole stands still.
static void settle(std::vector<Body>& bodies) {
  double px = 0, py = 0, pz = 0;
  for (const Body& b : bodies) {
    px += b.vx * b.mass;
    py += b.vy * b.mass;
    pz += b.vz * b.mass;
  }
  bodies[0].vx = 0 - px / kSolarMass;
  bodies[0].vy = 0 - py / kSolarMass;
  bodies[0].vz = 0 - pz / kSolarMass;
}

static void advance(std::vector<Body>& bodies, double dt) {
  for (size_t i = 0; i < bodies.size(); ++i) {
    Body& b = bodies[i];
    for (size_t j = i + 1; j < bodies.size(); ++j) {
      Body& c = bodies[j];
      double dx = b.x - c.x, dy = b.y - c.y, dz = b.z - c.z;
      double square = dx * dx + dy * dy + dz * dz;
      double pull = dt / (square * std::sqrt(square));
      double mine = b.mass * pull, theirs = c.mass * pull;
      b.vx -= dx * theirs;
      b.vy -= dy * theirs;
      b.vz -= dz * theirs;
      c.vx += dx * mine;
      c.vy += dy * mine;
      c.vz += dz * mine;
    }
  }
  for (Body& b : bodies) {
    b.x += dt * b.vx;
    b.y += dt * b.vy;
    b.z += dt * b.vz;
  }
}

static double energy(const std::vector<Body>& bodies) {
  double e = 0;
  for (size_t i = 0; i < bodies.size(); ++i) {
    const Body& b = bodies[i];
    e += 0.5 * b.mass * (b.vx * b.vx + b.vy * b.vy + b.vz * b.vz);
    for (size_t j = i + 1; j < bodies.size(); ++j) {
      const Body& c = bodies[j];
      double dx = b.x - c.x, dy = b.y - c.y, dz = b.z - c.z;
      e -= b.mass * c.mass / std::sqrt(dx * dx + dy * dy + dz * dz);
    }
  }
  return e;
}

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  std::vector<Body> system = bodies();
  settle(system);
  return bench::measure(
      n,
      [&] {
        for (uint64_t i = 0; i < n; ++i) advance(system, 0.01);
      },
      [&] { return static_cast<uint64_t>(static_cast<int64_t>(energy(system) * 1000000000.0)); });
}
