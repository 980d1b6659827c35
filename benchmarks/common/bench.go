// What every Go contender needs: arguments, the RESULT line. The harness builds it together with main.go.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

func argument(at int) int {
	n, err := strconv.Atoi(os.Args[at])
	if err != nil {
		panic(err)
	}
	return n
}

func size() int { return argument(1) }

// Both numbers are integers of any type.
func result(begin time.Time, ops, check interface{}) {
	report(time.Since(begin), ops, check)
}

func report(took time.Duration, ops, check interface{}) {
	fmt.Printf("RESULT ns=%d ops=%d check=%d\n", took.Nanoseconds(), ops, check)
}
