// N times a limit of an hour is set for a piece of work, and taken back when it is done.
package main

import "time"

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
