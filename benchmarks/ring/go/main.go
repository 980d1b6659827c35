// A number goes N steps around a ring of 1000 goroutines, over channels without room.
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
	const tasks = 1000
	n := size()
	begin := time.Now()
	first, done := make(chan int), make(chan int)
	in := first
	for i := 0; i < tasks; i++ {
		out := first
		if i < tasks-1 {
			out = make(chan int)
		}
		go func(in, out chan int) {
			for {
				v := <-in
				if v == 0 {
					done <- 1
					return
				}
				out <- v - 1
			}
		}(in, out)
		in = out
	}
	first <- n
	<-done
	result(begin, n, uint64(n))
}
