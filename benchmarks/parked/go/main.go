// N goroutines asleep at the same time; what counts is the memory.
package main

import (
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	n := uint64(size())
	begin := time.Now()
	var sum uint64
	var group sync.WaitGroup
	group.Add(int(n))
	for i := uint64(0); i < n; i++ {
		go func(i uint64) {
			time.Sleep(2 * time.Second)
			atomic.AddUint64(&sum, i)
			group.Done()
		}(i)
	}
	group.Wait()
	result(begin, n, sum)
}
