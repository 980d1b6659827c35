// Runs a program and says on standard error what it took: nanoseconds from start to end,
// microseconds of CPU time, the peak of its memory in KiB, and how it ended. Python cannot: the
// memory of whoever starts a program counts for it.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
static pid_t child;

static void stop(int signal) {
  (void)signal;
  kill(child, SIGKILL);
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static long long micros(struct timeval time) { return time.tv_sec * 1000000LL + time.tv_usec; }

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: %s SECONDS PROGRAM ARGUMENTS\n", argv[0]);
    return 2;
  }
  posix_spawn_file_actions_t silent;
  posix_spawn_file_actions_init(&silent);
  posix_spawn_file_actions_addopen(&silent, 2, "/dev/null", O_WRONLY, 0);
  signal(SIGALRM, stop);
  long long begin = now();
  int failed = posix_spawnp(&child, argv[2], &silent, NULL, argv + 2, environ);
  if (failed) {
    fprintf(stderr, "%s: %s\n", argv[2], strerror(failed));
    return 1;
  }
  alarm((unsigned)atoi(argv[1]));
  int status;
  struct rusage used;
  while (wait4(child, &status, 0, &used) < 0 && errno == EINTR) {
  }
  long long took = now() - begin;
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  fprintf(stderr, "%lld %lld %ld %d\n", took, micros(used.ru_utime) + micros(used.ru_stime),
          used.ru_maxrss, code);
  return 0;
}
