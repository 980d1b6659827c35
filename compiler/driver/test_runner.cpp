// Each test runs in a process of its own, several at once: a panic, a deadlock, a full stack or
// `exit` in one is nothing to the others. The program is started with the number of a test, or with
// nothing to say what tests there are (lower/lower_test.cpp).
//
// A process writes a byte to descriptor 3 when the body of its test has ended. What keeps it from
// ending after that are tasks that the test left behind: it gets a moment, is then asked what its
// tasks are (SIGQUIT), and is ended.
#include "compiler/driver/test_runner.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "compiler/link/output_file.h"

extern char** environ;

namespace skein::driver {

namespace {

constexpr int kEndDescriptor = 3;
// The statuses of programs that have said what went wrong.
constexpr int kPanicked = 101;
constexpr int kDeadlocked = 102;
constexpr int64_t kMillisecond = 1'000'000;
// How long tasks may take to end after the body of their test.
constexpr int64_t kGrace = 1000 * kMillisecond;
// How long a process may take to say what its tasks are.
constexpr int64_t kLastWords = 500 * kMillisecond;
// More than that nobody reads.
constexpr size_t kMaxOutput = 1u << 20;

enum class Fate : uint8_t { Running, Asked, Ended };

struct Test {
  std::string name;
  size_t number = 0;        // by which the program knows it
  Fate fate = Fate::Running;
  pid_t process = -1;
  int output = -1;          // what it prints
  int end = -1;             // where it says that its body has ended
  std::string text;
  std::string why;          // we ended it; empty: it ended by itself
  int64_t deadline = 0;     // when something is done about it
  bool has_ended_body = false;
  int status = 0;
};

}  // namespace

static int64_t now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * int64_t{1'000'000'000} + time.tv_nsec;
}

// ---- one process ---------------------------------------------------------------------------

// In the child: becomes the program.
[[noreturn]] static void become(const link::Image& image, const std::string& argument, int output,
                                int end) {
  // It may be where one of those below belongs.
  int program = fcntl(image.fd(), F_DUPFD_CLOEXEC, kEndDescriptor + 1);
  int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  dup2(end, kEndDescriptor);
  std::string name = "test";
  std::string number = argument;
  char* argv[] = {name.data(), number.empty() ? nullptr : number.data(), nullptr};
  fexecve(program, argv, environ);
  _exit(127);
}

// Both ends of a pipe, out of the way of the descriptors that a child gets.
static bool make_pipe(int (&ends)[2]) {
  int low[2];
  if (pipe2(low, O_CLOEXEC) != 0) return false;
  for (int i = 0; i < 2; ++i) {
    ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, kEndDescriptor + 1);
    close(low[i]);
  }
  return ends[0] >= 0 && ends[1] >= 0;
}

static bool start(const link::Image& image, const std::string& argument, Test& test) {
  int output[2];
  int end[2];
  if (!make_pipe(output) || !make_pipe(end)) return false;
  test.process = fork();
  if (test.process == 0) become(image, argument, output[1], end[1]);
  close(output[1]);
  close(end[1]);
  test.output = output[0];
  test.end = end[0];
  return test.process > 0;
}

// Reads what there is; false at the end.
static bool read_some(int descriptor, std::string& text) {
  char buffer[4096];
  ssize_t count = read(descriptor, buffer, sizeof buffer);
  if (count <= 0) return false;
  if (text.size() < kMaxOutput) text.append(buffer, static_cast<size_t>(count));
  return true;
}

static void finish(Test& test) {
  waitpid(test.process, &test.status, 0);
  close(test.output);
  if (test.end >= 0) close(test.end);
  test.fate = Fate::Ended;
}

// ---- all of them ---------------------------------------------------------------------------

static std::vector<Test> list_tests(const link::Image& image, bool& is_listed) {
  Test list;
  is_listed = start(image, "", list);
  std::vector<Test> tests;
  if (!is_listed) return tests;
  while (read_some(list.output, list.text)) {
  }
  finish(list);
  is_listed = WIFEXITED(list.status) && WEXITSTATUS(list.status) == 0;
  size_t begin = 0;
  for (size_t end; (end = list.text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    Test test;
    test.name = list.text.substr(begin, end - begin);
    test.number = tests.size();
    tests.push_back(std::move(test));
  }
  return tests;
}

// Its time is over: it is asked what it does, and then ended.
static void press(Test& test, uint32_t timeout) {
  if (test.fate == Fate::Asked) {
    kill(test.process, SIGKILL);
    return;
  }
  test.why = test.has_ended_body
                 ? "it left tasks behind that have not ended"
                 : "it did not end within " + std::to_string(timeout) + " s";
  test.fate = Fate::Asked;
  test.deadline = now() + kLastWords;
  kill(test.process, SIGQUIT);
}

// Waits until something happens to one of those that run.
static void attend(std::vector<Test*>& running, uint32_t timeout) {
  std::vector<pollfd> all;
  int64_t first = INT64_MAX;
  for (const Test* test : running) {
    all.push_back({test->output, POLLIN, 0});
    all.push_back({test->end, POLLIN, 0});
    first = std::min(first, test->deadline);
  }
  int64_t left = std::max<int64_t>(first - now(), 0) / kMillisecond + 1;
  poll(all.data(), all.size(), static_cast<int>(std::min<int64_t>(left, 60'000)));
  for (size_t i = 0; i < running.size(); ++i) {
    Test& test = *running[i];
    std::string mark;
    if (test.end >= 0 && all[2 * i + 1].revents != 0) {
      if (read_some(test.end, mark)) {
        test.has_ended_body = true;
        if (test.fate == Fate::Running) test.deadline = now() + kGrace;
      }
      close(test.end);
      test.end = -1;
    }
    if (all[2 * i].revents != 0 && !read_some(test.output, test.text)) {
      finish(test);
    } else if (now() >= test.deadline) {
      press(test, timeout);
    }
  }
  std::erase_if(running, [](const Test* test) { return test->fate == Fate::Ended; });
}

static bool is_good(const Test& test) {
  return test.why.empty() && WIFEXITED(test.status) && WEXITSTATUS(test.status) == 0;
}

static std::string indented(const std::string& text) {
  std::string out;
  size_t begin = 0;
  while (begin < text.size()) {
    size_t end = std::min(text.find('\n', begin), text.size());
    out += "    " + text.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  return out;
}

// What happened, where the program itself has not said it.
static std::string reason(const Test& test) {
  if (!test.why.empty()) return test.why;
  if (WIFSIGNALED(test.status)) {
    return "it was ended by signal " + std::to_string(WTERMSIG(test.status));
  }
  int status = WEXITSTATUS(test.status);
  bool is_said = status == kPanicked || status == kDeadlocked;
  return is_said ? "" : "it ended the process with status " + std::to_string(status);
}

static void print_fate(const Test& test) {
  bool good = is_good(test);
  std::string line = "test " + test.name + " ... " + (good ? "ok" : "FAILED") + "\n";
  if (!good) {
    std::string why = reason(test);
    if (!why.empty()) line += "    " + why + "\n";
    line += indented(test.text);
  }
  link::write_fully(STDOUT_FILENO, line);
}

bool run_tests(const Options& options, const link::Image& image) {
  bool is_listed = false;
  std::vector<Test> tests = list_tests(image, is_listed);
  if (!is_listed) {
    link::write_fully(STDERR_FILENO, "error: the tests cannot be started\n");
    return false;
  }
  size_t count = tests.size();
  std::erase_if(tests, [&](const Test& test) {
    return test.name.find(options.filter) == std::string::npos;
  });
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  size_t jobs = options.jobs > 0 ? options.jobs : static_cast<size_t>(std::max(cores, 1L));
  std::vector<Test*> running;
  size_t next = 0;
  size_t printed = 0;
  size_t failed = 0;
  // In the order of the program, each as soon as it and those before it have ended.
  while (printed < tests.size()) {
    while (next < tests.size() && running.size() < jobs) {
      Test& test = tests[next++];
      if (!start(image, std::to_string(test.number), test)) return false;
      test.deadline = now() + int64_t{options.timeout} * 1000 * kMillisecond;
      running.push_back(&test);
    }
    attend(running, options.timeout);
    for (; printed < next && tests[printed].fate == Fate::Ended; ++printed) {
      print_fate(tests[printed]);
      if (!is_good(tests[printed])) ++failed;
    }
  }
  std::string summary = std::to_string(tests.size() - failed) + " passed, " +
                        std::to_string(failed) + " failed";
  if (count > tests.size()) summary += ", " + std::to_string(count - tests.size()) + " left out";
  link::write_fully(STDOUT_FILENO, summary + "\n");
  return failed == 0;
}

}  // namespace skein::driver
