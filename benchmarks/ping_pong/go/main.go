// A number goes to another goroutine and back, N times, over two channels without room.
package main

import "time"

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
