// Four goroutines send N numbers and four receive them, over one channel with room for 128.
package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

func size() int {
	n, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	return n
}

func result(begin time.Time, ops int, check uint64) {
	fmt.Printf("RESULT ns=%d ops=%d check=%d\n", time.Since(begin).Nanoseconds(), ops, check)
}

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
