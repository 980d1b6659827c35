// fib by one goroutine for each left branch, without a cut-off; answers come through channels.
package main

import "time"

func fib(n uint64) uint64 {
	if n < 2 {
		return n
	}
	left := make(chan uint64, 1)
	go func() { left <- fib(n - 1) }()
	right := fib(n - 2)
	return <-left + right
}

func tasks(n uint64) uint64 {
	if n < 2 {
		return 0
	}
	return 1 + tasks(n-1) + tasks(n-2)
}

func main() {
	n := uint64(size())
	fib(20)
	begin := time.Now()
	answer := fib(n)
	took := time.Since(begin)
	report(took, tasks(n), answer)
}
