// N numbers from one goroutine to another, over a channel with room for 128.
package main

import "time"

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
