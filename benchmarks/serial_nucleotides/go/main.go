// How often each sequence of 8 occurs in N bases: a hash map of 65536 keys.
package main

import "time"

func bases(n int) []byte {
	out := make([]byte, 0, n)
	seed := 42
	for i := 0; i < n; i++ {
		seed = (seed*3877 + 29573) % 139968
		out = append(out, byte(seed*4/139968))
	}
	return out
}

func count(bases []byte) map[int]int {
	counts := map[int]int{}
	key := 0
	for i, base := range bases {
		key = (key<<2 | int(base)) & 0xffff
		if i >= 7 {
			counts[key]++
		}
	}
	return counts
}

func main() {
	n := size()
	all := bases(n)
	begin := time.Now()
	counts := count(all)
	took := time.Since(begin)
	check := 0
	for key, times := range counts {
		check += (key + 1) * times % 1009
	}
	report(took, n, check)
}
