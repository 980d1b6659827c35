// One goroutine at a time: started, and its answer taken from a channel before the next.
package main

import "time"

func main() {
	n := uint64(size())
	begin := time.Now()
	var sum uint64
	for i := uint64(0); i < n; i++ {
		answer := make(chan uint64, 1)
		go func(i uint64) { answer <- i * i }(i)
		sum += <-answer
	}
	result(begin, n, sum)
}
