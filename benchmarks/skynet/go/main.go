// A tree of goroutines, ten to a node; each sums its children's answers.
package main

import (
	"sync"
	"time"
)

func skynet(first, size uint64) uint64 {
	if size == 1 {
		return first
	}
	part := size / 10
	var sums [10]uint64
	var running sync.WaitGroup
	running.Add(len(sums))
	for i := range sums {
		go func(i int) {
			sums[i] = skynet(first+uint64(i)*part, part)
			running.Done()
		}(i)
	}
	running.Wait()
	var sum uint64
	for _, each := range sums {
		sum += each
	}
	return sum
}

func main() {
	n := uint64(size())
	begin := time.Now()
	sum := skynet(0, n)
	result(begin, n, sum)
}
