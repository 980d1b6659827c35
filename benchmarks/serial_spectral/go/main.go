// The spectral norm of a matrix of N by N whose elements are computed where they are used.
package main

import (
	"math"
	"time"
)

func element(i, j int) float64 {
	return 1 / float64((i+j)*(i+j+1)/2+i+1)
}

func times(v, out []float64) {
	for i := range v {
		sum := 0.0
		for j, x := range v {
			sum += element(i, j) * x
		}
		out[i] = sum
	}
}

func transposedTimes(v, out []float64) {
	for i := range v {
		sum := 0.0
		for j, x := range v {
			sum += element(j, i) * x
		}
		out[i] = sum
	}
}

func norm(n int) float64 {
	u, v, between := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range u {
		u[i] = 1
	}
	for i := 0; i < 10; i++ {
		times(u, between)
		transposedTimes(between, v)
		times(v, between)
		transposedTimes(between, u)
	}
	uv, vv := 0.0, 0.0
	for i := range u {
		uv += u[i] * v[i]
		vv += v[i] * v[i]
	}
	return math.Sqrt(uv / vv)
}

func main() {
	n := size()
	begin := time.Now()
	answer := norm(n)
	result(begin, 1, uint64(answer*1000000000))
}
