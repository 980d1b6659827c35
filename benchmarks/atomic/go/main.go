// Eight goroutines add to one atomic number, N times each.
package main

import (
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	n := size()
	begin := time.Now()
	var all sync.WaitGroup
	var total uint64
	for i := 0; i < 8; i++ {
		all.Add(1)
		go func() {
			for j := 0; j < n; j++ {
				atomic.AddUint64(&total, 1)
			}
			all.Done()
		}()
	}
	all.Wait()
	result(begin, n*8, total)
}
