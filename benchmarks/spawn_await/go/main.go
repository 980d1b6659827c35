// One goroutine at a time: started, and its answer taken from a channel before the next.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

func main() {
	n, err := strconv.ParseUint(os.Args[1], 10, 64)
	if err != nil {
		panic(err)
	}
	begin := time.Now()
	var sum uint64
	for i := uint64(0); i < n; i++ {
		answer := make(chan uint64, 1)
		go func(i uint64) { answer <- i * i }(i)
		sum += <-answer
	}
	fmt.Printf("RESULT ns=%d ops=%d check=%d\n", time.Since(begin).Nanoseconds(), n, sum)
}
