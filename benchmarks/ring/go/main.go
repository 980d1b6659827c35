// A number goes N steps around a ring of 1000 goroutines, over channels without room.
package main

import "time"

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
