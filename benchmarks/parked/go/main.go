// N goroutines asleep at the same time; what counts is the memory.
package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	n, err := strconv.ParseUint(os.Args[1], 10, 64)
	if err != nil {
		panic(err)
	}
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
	fmt.Printf("RESULT ns=%d ops=%d check=%d\n", time.Since(begin).Nanoseconds(), n, sum)
}
