// Binary trees: many are built and dropped while one lives.
#include <memory>
#include <utility>

#include "../../common/bench.hpp"

struct Tree {
  std::unique_ptr<Tree> left, right;
  Tree() = default;
  Tree(std::unique_ptr<Tree> l, std::unique_ptr<Tree> r)
      : left(std::move(l)), right(std::move(r)) {}
};

static std::unique_ptr<Tree> build(uint64_t depth) {
  if (depth == 0) return std::make_unique<Tree>();
  return std::make_unique<Tree>(build(depth - 1), build(depth - 1));
}

static uint64_t nodes(const std::unique_ptr<Tree>& tree) {
  return tree ? 1 + nodes(tree->left) + nodes(tree->right) : 0;
}

int main(int argc, char** argv) {
  uint64_t n = bench::size(argc, argv);
  return bench::measure(1, [n] {
    uint64_t check = nodes(build(n + 1));
    std::unique_ptr<Tree> kept = build(n);
    for (uint64_t depth = 4; depth <= n; depth += 2) {
      for (uint64_t i = 0; i < uint64_t(1) << (n - depth + 4); ++i) check += nodes(build(depth));
    }
    return check + nodes(kept);
  });
}
