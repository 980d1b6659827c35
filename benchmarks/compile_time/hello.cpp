// What a program costs that does next to nothing: time to compile, size, time to start.
#include <iostream>
int main() { std::cout << "Hello, World!\n"; }
