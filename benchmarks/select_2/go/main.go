// N numbers from any of two channels, with or without room, each with a goroutine that sends.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

func number(at int) int {
	n, err := strconv.Atoi(os.Args[at])
	if err != nil {
		panic(err)
	}
	return n
}

func result(begin time.Time, ops int, check uint64) {
	fmt.Printf("RESULT ns=%d ops=%d check=%d\n", time.Since(begin).Nanoseconds(), ops, check)
}

func main() {
	n, room := number(1), number(2)
	begin := time.Now()
	var c [2]chan int
	for i := range c {
		c[i] = make(chan int, room)
		go func(ch chan int) {
			for {
				ch <- 1
			}
		}(c[i])
	}
	var sum uint64
	for i := 0; i < n; i++ {
		select {
		case v := <-c[0]:
			sum += uint64(v)
		case v := <-c[1]:
			sum += uint64(v)
		}
	}
	result(begin, n, sum)
}
