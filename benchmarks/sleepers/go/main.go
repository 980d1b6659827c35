// N goroutines that sleep for 1 to 1000 ms; the time is that of all, and what counts beside it is the CPU time.
package main

import (
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	n := size()
	begin := time.Now()
	var sum uint64
	var group sync.WaitGroup
	group.Add(n)
	for i := 0; i < n; i++ {
		go func(i int) {
			time.Sleep(time.Duration(1+i%1000) * time.Millisecond)
			atomic.AddUint64(&sum, uint64(i))
			group.Done()
		}(i)
	}
	group.Wait()
	result(begin, 1, sum)
}
