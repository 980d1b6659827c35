// N numbers from one goroutine to another, over a channel with room for 128.
package main

import (
	"fmt"
	"os"
	"strconv"
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
	go func() {
		for i := 0; i < n; i++ {
			ch <- i
		}
		close(ch)
	}()
	var sum uint64
	for v := range ch {
		sum += uint64(v)
	}
	result(begin, n, sum)
}
