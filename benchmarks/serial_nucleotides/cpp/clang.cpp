// How often each sequence of 8 occurs in N bases: a hash map of 65536 keys.
#include <unordered_map>
#include <vector>

#include "../../common/bench.hpp"

using Counts = std::unordered_map<int64_t, int64_t>;

static std::vector<uint8_t> bases(uint64_t n) {
  std::vector<uint8_t> out;
  out.reserve(n);
  int64_t seed = 42;
  for (uint64_t i = 0; i < n; ++i) {
    seed = (seed * 3877 + 29573) % 139968;
    out.push_back(static_cast<uint8_t>(seed * 4 / 139968));
  }
  return out;
}

static Counts count(const std::vector<uint8_t>& bases) {
  Counts counts;
  int64_t key = 0;
  for (size_t i = 0; i < bases.size(); ++i) {
    key = (key << 2 | bases[i]) & 0xffff;
    if (i >= 7) ++counts[key];
  }
  return counts;
}

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  std::vector<uint8_t> all = bases(n);
  Counts counts;
  return bench::measure(
      n, [&] { counts = count(all); },
      [&] {
        uint64_t check = 0;
        for (const auto& [key, times] : counts)
          check += static_cast<uint64_t>((key + 1) * times % 1009);
        return check;
      });
}
