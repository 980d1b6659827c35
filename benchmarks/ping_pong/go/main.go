// A number goes to another goroutine and back, N times, over two channels without room.
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
	ping, pong := make(chan int), make(chan int)
	go func() {
		for v := range ping {
			pong <- v + 1
		}
	}()
	v := 0
	for i := 0; i < n; i++ {
		ping <- v
		v = <-pong
	}
	result(begin, n, uint64(v))
}
