// N goroutines that square a number into a slot of their own, and one wait for all; before it as many rounds that are
// not timed as the second argument says.
package main

import (
	"sync"
	"time"
)

func squareAll(n uint64) uint64 {
	squares := make([]uint64, n)
	var running sync.WaitGroup
	running.Add(int(n))
	for i := uint64(0); i < n; i++ {
		go func(i uint64) {
			squares[i] = i * i
			running.Done()
		}(i)
	}
	running.Wait()
	var sum uint64
	for _, square := range squares {
		sum += square
	}
	return sum
}

func main() {
	n := uint64(size())
	for i := argument(2); i > 0; i-- {
		squareAll(n)
	}
	begin := time.Now()
	result(begin, n, squareAll(n))
}
