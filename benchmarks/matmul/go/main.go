// The product of two N by N matrices, a goroutine for each sixteen rows.
package main

import (
	"sync"
	"time"
)

const rows = 16

func matrix(n, step, modulus int) []float64 {
	m := make([]float64, n*n)
	for at := range m {
		m[at] = float64((at/n + step*(at%n)) % modulus)
	}
	return m
}

func block(n int, a, b []float64, first int, c []float64) {
	for k := 0; k < n; k++ {
		right := b[k*n : (k+1)*n]
		for row := 0; row < rows; row++ {
			factor := a[(first+row)*n+k]
			out := c[row*n : (row+1)*n]
			for i, value := range right {
				out[i] += factor * value
			}
		}
	}
}

func main() {
	n := size()
	a, b, c := matrix(n, 1, 7), matrix(n, 2, 5), make([]float64, n*n)
	begin := time.Now()
	var group sync.WaitGroup
	for first := 0; first < n; first += rows {
		group.Add(1)
		go func(first int) {
			block(n, a, b, first, c[first*n:(first+rows)*n])
			group.Done()
		}(first)
	}
	group.Wait()
	took := time.Since(begin)
	sum := 0.0
	for _, value := range c {
		sum += value
	}
	report(took, 1, int64(sum))
}
