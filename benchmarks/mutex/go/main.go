// Eight goroutines add to one number under a lock, N times each.
package main

import (
	"sync"
	"time"
)

func main() {
	n := size()
	begin := time.Now()
	var lock sync.Mutex
	var all sync.WaitGroup
	total := uint64(0)
	for i := 0; i < 8; i++ {
		all.Add(1)
		go func() {
			for j := 0; j < n; j++ {
				lock.Lock()
				total++
				lock.Unlock()
			}
			all.Done()
		}()
	}
	all.Wait()
	result(begin, n*8, total)
}
