// What a program costs that does next to nothing: time to compile, size, time to start.
package main

import "fmt"

func main() { fmt.Println("Hello, World!") }
