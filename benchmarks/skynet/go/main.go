// A tree of goroutines, ten to a node; each sums its children's answers.
package main

import (
	"fmt"
	"os"
	"strconv"
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
	n, err := strconv.ParseUint(os.Args[1], 10, 64)
	if err != nil {
		panic(err)
	}
	begin := time.Now()
	sum := skynet(0, n)
	fmt.Printf("RESULT ns=%d ops=%d check=%d\n", time.Since(begin).Nanoseconds(), n, sum)
}
