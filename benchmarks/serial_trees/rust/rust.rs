// Binary trees: many are built and dropped while one lives.
#[path = "../../common/bench.rs"]
mod bench;
use std::time::Instant;

struct Tree {
    left: Option<Box<Tree>>,
    right: Option<Box<Tree>>,
}

fn build(depth: u64) -> Box<Tree> {
    if depth == 0 {
        return Box::new(Tree { left: None, right: None });
    }
    Box::new(Tree { left: Some(build(depth - 1)), right: Some(build(depth - 1)) })
}

fn nodes(tree: &Option<Box<Tree>>) -> u64 {
    tree.as_ref().map_or(0, |t| 1 + nodes(&t.left) + nodes(&t.right))
}

fn main() {
    let n = bench::size();
    let begin = Instant::now();
    let mut check = nodes(&Some(build(n + 1)));
    let kept = Some(build(n));
    for depth in (4..=n).step_by(2) {
        for _ in 0..1 << (n - depth + 4) {
            check += nodes(&Some(build(depth)));
        }
    }
    check += nodes(&kept);
    bench::result(begin, 1, check);
}
