// N numbers from any of eight channels, with or without room, each with a goroutine that sends.
package main

import "time"

func main() {
	n, room := argument(1), argument(2)
	begin := time.Now()
	var c [8]chan int
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
		case v := <-c[2]:
			sum += uint64(v)
		case v := <-c[3]:
			sum += uint64(v)
		case v := <-c[4]:
			sum += uint64(v)
		case v := <-c[5]:
			sum += uint64(v)
		case v := <-c[6]:
			sum += uint64(v)
		case v := <-c[7]:
			sum += uint64(v)
		}
	}
	result(begin, n, sum)
}
