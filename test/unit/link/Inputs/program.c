// A program for link_test.cpp to link and start.
#include <stdio.h>

int main(int argc, char **argv) {
  printf("%s has %d arguments\n", argv[0], argc - 1);
  return argc;
}
