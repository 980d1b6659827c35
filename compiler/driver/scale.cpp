// The program runs with one worker, with two, four and so on up to one a core, three times each; the
// shortest time counts, as what disturbs a run can only make it longer.
//
// A program is work, which workers share, and a span, which they cannot. With p workers it takes
// (work - span) / p + span, so two times tell both; that is the measure of Karp and Flatt (1990). The
// span found so holds all that more workers do not make shorter: the longest chain of tasks that wait
// for each other, but also starting the program, and a memory bus that is full.
#include "compiler/driver/scale.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "compiler/link/output_file.h"
#include "compiler/support/diagnostics.h"

extern char** environ;

namespace skein::driver {

namespace {

constexpr int kRuns = 3;
// What part of the time two runs differ by for no reason.
constexpr double kNoise = 0.005;
constexpr int kPredicted[] = {4, 8, 16, 32, 64};

struct Run {
  int workers = 0;
  double seconds = 0;
  double processor_seconds = 0;   // of all workers together
};

}  // namespace

static double seconds_now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

static double seconds_of(const timeval& time) {
  return double(time.tv_sec) + double(time.tv_usec) * 1e-6;
}

static int core_count() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

// In the child. What it prints would be there many times, and what it reads is gone after the first run.
[[noreturn]] static void become_program(const Options& options, const link::Image& image,
                                        int workers) {
  int nothing = open("/dev/null", O_RDWR);
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO);
  setenv("SKEIN_WORKERS", std::to_string(workers).c_str(), 1);
  std::string name = "program";
  std::vector<std::string> arguments = options.program_args;
  std::vector<char*> argv = {name.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  signal(SIGXFSZ, SIG_DFL);
  fexecve(image.fd(), argv.data(), environ);
  _exit(127);
}

// False, with a word about it, if the program failed.
static bool run_once(const Options& options, const link::Image& image, Run& run) {
  double begin = seconds_now();
  pid_t child = fork();
  if (child == 0) become_program(options, image, run.workers);
  int status = 0;
  rusage used = {};
  bool ended = child > 0 && wait4(child, &status, 0, &used) == child;
  double seconds = seconds_now() - begin;
  if (!ended || status != 0) {
    std::string why = !ended               ? "could not be started"
                      : WIFSIGNALED(status) ? "was ended by signal " + std::to_string(WTERMSIG(status))
                                            : "ended with status " + std::to_string(WEXITSTATUS(status));
    link::write_fully(STDERR_FILENO, "skein scale: with " + counted(static_cast<size_t>(run.workers), "worker") +
                                         " the program " + why + "\n");
    return false;
  }
  if (run.seconds == 0 || seconds < run.seconds) {
    run.seconds = seconds;
    run.processor_seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
  }
  return true;
}

template <class... Args>
static std::string formatted(const char* format, Args... args) {
  char line[160];
  std::snprintf(line, sizeof(line), format, args...);
  return line;
}

static std::string table(const std::vector<Run>& runs) {
  std::string out = "workers   seconds   speed-up   processor seconds\n";
  for (const Run& run : runs) {
    out += formatted("%7d %9.3f %10.2f %19.3f\n", run.workers, run.seconds,
                     runs.front().seconds / run.seconds, run.processor_seconds);
  }
  return out;
}

static std::string prediction(const Run& one, const Run& most) {
  double work = one.seconds;
  double span = (most.workers * most.seconds - work) / (most.workers - 1);
  bool is_noise = span < work * kNoise;
  span = std::clamp(span, work * kNoise, work);
  double parallelism = work / span;
  std::string out = formatted("\nwork %.3f s, span %s%.3f s, parallelism %s%.1f\n", work,
                              is_noise ? "below " : "", span, is_noise ? "above " : "", parallelism);
  out += "predicted speed-up:";
  for (int workers : kPredicted) {
    out += formatted(" %.1f with %d,", work / ((work - span) / workers + span), workers);
  }
  out.back() = '\n';
  return out;
}

bool measure_scaling(const Options& options, const link::Image& image) {
  int cores = core_count();
  std::vector<Run> runs;
  for (int workers = 1; workers < cores; workers *= 2) runs.push_back({.workers = workers});
  runs.push_back({.workers = cores});
  for (Run& run : runs) {
    for (int i = 0; i < kRuns; ++i) {
      if (!run_once(options, image, run)) return false;
    }
  }
  std::string out = table(runs);
  out += runs.size() > 1 ? prediction(runs.front(), runs.back())
                         : "\nthere is one core: nothing to compare\n";
  return link::write_fully(STDOUT_FILENO, out);
}

}  // namespace skein::driver
