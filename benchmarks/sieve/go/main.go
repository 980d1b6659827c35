// The first N primes: a goroutine for each takes out what it divides, all in a row over channels without room.
package main

import "time"

func main() {
	n := size()
	begin := time.Now()
	ch := make(chan int)
	go func(ch chan int) {
		for i := 2; ; i++ {
			ch <- i
		}
	}(ch)
	last := 0
	for i := 0; i < n; i++ {
		prime := <-ch
		last = prime
		next := make(chan int)
		go func(in, out chan int, prime int) {
			for {
				if v := <-in; v%prime != 0 {
					out <- v
				}
			}
		}(ch, next, prime)
		ch = next
	}
	result(begin, n, uint64(last))
}
