// How often each word is in N lines of ten words, counted by one task; the sum of the squares of that.
package main

import (
	"fmt"
	"strings"
	"time"
)

func line(i int) string {
	var text strings.Builder
	for k := 0; k < 10; k++ {
		fmt.Fprintf(&text, "word%d ", (i*10+k)*2654435761%4093)
	}
	return text.String()
}

func main() {
	n := size()
	lines := make([]string, n)
	for i := range lines {
		lines[i] = line(i)
	}
	begin := time.Now()
	counts := map[string]int{}
	for _, text := range lines {
		for _, word := range strings.Split(text, " ") {
			if word != "" {
				counts[word]++
			}
		}
	}
	took := time.Since(begin)
	check := 0
	for _, count := range counts {
		check += count * count
	}
	report(took, n*10, check)
}
