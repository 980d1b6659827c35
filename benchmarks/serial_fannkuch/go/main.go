// Fannkuch: for each order of N pancakes, how often the top ones are flipped until the first is 1.
package main

import "time"

func flips(order, pancakes []int) int {
	copy(pancakes, order)
	count := 0
	for first := pancakes[0]; first != 0; first = pancakes[0] {
		for low, high := 0, first; low < high; low, high = low+1, high-1 {
			pancakes[low], pancakes[high] = pancakes[high], pancakes[low]
		}
		count++
	}
	return count
}

func fannkuch(n int) int {
	order, pancakes, turns := make([]int, n), make([]int, n), make([]int, n)
	for i := range order {
		order[i] = i
	}
	most, sum, even, left := 0, 0, true, n
	for {
		for ; left != 1; left-- {
			turns[left-1] = left
		}
		count := flips(order, pancakes)
		if count > most {
			most = count
		}
		if even {
			sum += count
		} else {
			sum -= count
		}
		for {
			if left == n {
				return sum*1000 + most
			}
			first := order[0]
			for i := 0; i < left; i++ {
				order[i] = order[i+1]
			}
			order[left] = first
			turns[left]--
			if turns[left] > 0 {
				break
			}
			left++
		}
		even = !even
	}
}

func main() {
	n := size()
	begin := time.Now()
	answer := fannkuch(n)
	result(begin, 1, uint64(answer))
}
