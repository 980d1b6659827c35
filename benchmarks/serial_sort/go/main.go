// Sorts N numbers, each of 0..N once, by a quicksort written out.
package main

import "time"

func quicksort(xs []int, first, last int) {
	low, high := first, last
	pivot := xs[low+(high-low)/2]
	for low <= high {
		for xs[low] < pivot {
			low++
		}
		for xs[high] > pivot {
			high--
		}
		if low <= high {
			xs[low], xs[high] = xs[high], xs[low]
			low++
			high--
		}
	}
	if first < high {
		quicksort(xs, first, high)
	}
	if low < last {
		quicksort(xs, low, last)
	}
}

func main() {
	n := size()
	xs := make([]int, n)
	for i := range xs {
		xs[i] = i * 2654435761 % n
	}
	begin := time.Now()
	quicksort(xs, 0, n-1)
	took := time.Since(begin)
	check := 0
	for i, x := range xs {
		check += x * (i % 7)
	}
	report(took, n, check)
}
