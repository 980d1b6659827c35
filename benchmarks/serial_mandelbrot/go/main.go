// How often each of N by N points of the Mandelbrot set is iterated, at most 200 times, by one task.
package main

import "time"

func iterations(x, y float64) uint64 {
	var re, im float64
	var count uint64
	for count < 200 {
		re2, im2 := re*re, im*im
		if re2+im2 > 4 {
			break
		}
		im = 2*re*im + y
		re = re2 - im2 + x
		count++
	}
	return count
}

func main() {
	n := size()
	begin := time.Now()
	var sum uint64
	for row := 0; row < n; row++ {
		y := 2*float64(row)/float64(n) - 1
		for column := 0; column < n; column++ {
			sum += iterations(3*float64(column)/float64(n)-2, y)
		}
	}
	result(begin, n*n, sum)
}
