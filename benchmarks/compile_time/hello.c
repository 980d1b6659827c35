// What a program costs that does next to nothing: time to compile, size, time to start.
#include <stdio.h>
int main(void) { puts("Hello, World!"); }
