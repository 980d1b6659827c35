// N times a limit of an hour is set for a piece of work, and taken back when it is done.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

func size() int {
	n, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	return n
}

func result(begin time.Time, ops int, check uint64) {
	fmt.Printf("RESULT ns=%d ops=%d check=%d\n", time.Since(begin).Nanoseconds(), ops, int64(check))
}

func main() {
	n := size()
	begin := time.Now()
	var done uint64
	for i := 0; i < n; i++ {
		limit := time.NewTimer(time.Hour)
		done++
		if !limit.Stop() {
			panic("an hour has passed")
		}
	}
	result(begin, n, done)
}
