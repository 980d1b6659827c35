// N goroutines that wait for a number, all at one channel or each at its own; what counts is the memory.
package main

import (
	"os"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	n := size()
	own := os.Args[2] == "own"
	begin := time.Now()
	channels := []chan int{make(chan int)}
	if own {
		for i := 1; i < n; i++ {
			channels = append(channels, make(chan int))
		}
	}
	of := func(i int) chan int {
		if own {
			return channels[i]
		}
		return channels[0]
	}
	var sum int64
	var group sync.WaitGroup
	group.Add(n)
	for i := 0; i < n; i++ {
		go func(ch chan int) {
			atomic.AddInt64(&sum, int64(<-ch))
			group.Done()
		}(of(i))
	}
	for i := 0; i < n; i++ {
		of(i) <- i
	}
	group.Wait()
	result(begin, n, sum)
}
