// Binary trees: many are built and dropped while one lives.
package main

import "time"

type tree struct {
	left, right *tree
}

func build(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{build(depth - 1), build(depth - 1)}
}

func nodes(t *tree) int {
	if t == nil {
		return 0
	}
	return 1 + nodes(t.left) + nodes(t.right)
}

func main() {
	n := size()
	begin := time.Now()
	check := nodes(build(n + 1))
	kept := build(n)
	for depth := 4; depth <= n; depth += 2 {
		for i := 0; i < 1<<(n-depth+4); i++ {
			check += nodes(build(depth))
		}
	}
	check += nodes(kept)
	result(begin, 1, uint64(check))
}
