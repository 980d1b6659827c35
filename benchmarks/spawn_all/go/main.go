// N goroutines that square a number into a slot of their own, and one wait for all.
package main

import (
	"sync"
	"time"
)

func main() {
	n := uint64(size())
	begin := time.Now()
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
	result(begin, n, sum)
}
