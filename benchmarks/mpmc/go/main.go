// Four goroutines send N numbers and four receive them, over one channel with room for 128.
package main

import (
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	n := size()
	begin := time.Now()
	ch := make(chan int, 128)
	var producers, consumers sync.WaitGroup
	var total uint64
	for i := 0; i < 4; i++ {
		producers.Add(1)
		go func() {
			for j := 0; j < n/4; j++ {
				ch <- j
			}
			producers.Done()
		}()
	}
	for i := 0; i < 4; i++ {
		consumers.Add(1)
		go func() {
			var sum uint64
			for v := range ch {
				sum += uint64(v)
			}
			atomic.AddUint64(&total, sum)
			consumers.Done()
		}()
	}
	producers.Wait()
	close(ch)
	consumers.Wait()
	result(begin, n, total)
}
