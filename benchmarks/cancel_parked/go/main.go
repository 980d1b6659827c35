// Goroutines that wait, half of them for time to pass and half at a channel, are cancelled by their context.
package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	n := size()
	silence := make(chan int)
	var cleaned int64
	var group sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	group.Add(n)
	for i := 0; i < n; i++ {
		sleeps := i%2 == 0
		go func() {
			defer group.Done()
			defer atomic.AddInt64(&cleaned, 1)
			if sleeps {
				timer := time.NewTimer(time.Hour)
				defer timer.Stop()
				select {
				case <-timer.C:
				case <-ctx.Done():
				}
			} else {
				select {
				case <-silence:
				case <-ctx.Done():
				}
			}
		}()
	}
	time.Sleep(500 * time.Millisecond)
	begin := time.Now()
	cancel()
	group.Wait()
	result(begin, n, cleaned)
}
