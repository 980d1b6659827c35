// All ways to put N queens on a board of N by N, a goroutine for each queen that fits.
package main

import (
	"sync"
	"time"
)

type board [16]uint8

func fits(b *board, row, column int) bool {
	for above := 0; above < row; above++ {
		other, distance := int(b[above]), row-above
		if other == column || other == column+distance || column == other+distance {
			return false
		}
	}
	return true
}

func nqueens(n, row int, b board) uint64 {
	if row == n {
		return 1
	}
	var ways [16]uint64
	var group sync.WaitGroup
	for column := 0; column < n; column++ {
		if !fits(&b, row, column) {
			continue
		}
		next := b
		next[row] = uint8(column)
		group.Add(1)
		go func(result *uint64) {
			*result = nqueens(n, row+1, next)
			group.Done()
		}(&ways[column])
	}
	group.Wait()
	var sum uint64
	for _, each := range ways {
		sum += each
	}
	return sum
}

func main() {
	n := size()
	nqueens(8, 0, board{})
	begin := time.Now()
	ways := nqueens(n, 0, board{})
	result(begin, 1, ways)
}
