// Children for std.process (../process.sk), and the environment for std.env.
//
// A child is left for its parent to collect until skn_process_collect(): so its number cannot be another process's
// while somebody waits for it or sends it a signal.
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace {

// What a child has for a standard stream: Stream of process.sk.
enum : int32_t { kInherit = 0, kNull = 1, kPiped = 2 };

// Texts that each end with a zero byte, as the system wants them. Null without memory.
char** pointers_to(char* texts, int64_t size) {
  int64_t count = 0;
  for (int64_t i = 0; i < size; ++i) count += texts[i] == 0;
  char** pointers = static_cast<char**>(calloc(static_cast<size_t>(count) + 1, sizeof(char*)));
  if (pointers == nullptr) return nullptr;
  for (int64_t i = 0; i < count; ++i) {
    pointers[i] = texts;
    texts += strlen(texts) + 1;
  }
  return pointers;
}

// The same open file above the standard streams, which the child's are put in the place of.
int above_streams(int fd) {
  if (fd > STDERR_FILENO) return fd;
  const int moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  close(fd);
  return moved;
}

// Our end of each pipe, and the child's.
struct Pipes {
  int ours[3] = {-1, -1, -1};
  int theirs[3] = {-1, -1, -1};

  int open(int stream) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    const bool is_input = stream == STDIN_FILENO;
    ours[stream] = above_streams(ends[is_input ? 1 : 0]);
    theirs[stream] = above_streams(ends[is_input ? 0 : 1]);
    return ours[stream] < 0 || theirs[stream] < 0 ? EMFILE : 0;
  }
  static void close_all(const int (&ends)[3]) {
    for (int end : ends) {
      if (end >= 0) close(end);
    }
  }
};

int plan_streams(const int32_t* streams, Pipes& pipes, posix_spawn_file_actions_t* actions) {
  for (int i = 0; i < 3; ++i) {
    int error = 0;
    if (streams[i] == kNull) {
      error = posix_spawn_file_actions_addopen(actions, i, "/dev/null", i == 0 ? O_RDONLY : O_WRONLY, 0);
    } else if (streams[i] == kPiped) {
      error = pipes.open(i);
      if (error == 0) error = posix_spawn_file_actions_adddup2(actions, pipes.theirs[i], i);
    }
    if (error != 0) return error;
  }
  return 0;
}

// The child begins with the signals that a fresh program has, whatever the runtime made of ours.
void plan_signals(posix_spawnattr_t* attributes, bool has_own_group) {
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(attributes, &all);
  posix_spawnattr_setsigmask(attributes, &none);
  short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
  if (has_own_group) flags |= POSIX_SPAWN_SETPGROUP;
  posix_spawnattr_setflags(attributes, flags);
}

}  // namespace

extern "C" {

// Starts a program and puts its number and our ends of its pipes, -1 where there is none, into `child`. An error of
// the system, 0 when it runs.
int32_t skn_process_start(const char* args, int64_t args_size, const char* env, int64_t env_size,
                          const char* folder, const int32_t* streams, bool has_own_group, int32_t* child) {
  char** argv = pointers_to(const_cast<char*>(args), args_size);
  char** envp = pointers_to(const_cast<char*>(env), env_size);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  plan_signals(&attributes, has_own_group);
  Pipes pipes;
  int error = argv == nullptr || envp == nullptr ? ENOMEM : plan_streams(streams, pipes, &actions);
  if (error == 0 && folder[0] != 0) error = posix_spawn_file_actions_addchdir_np(&actions, folder);
  pid_t pid = -1;
  if (error == 0) error = posix_spawnp(&pid, argv[0], &actions, &attributes, argv, envp);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  free(envp);
  free(argv);
  Pipes::close_all(pipes.theirs);
  if (error != 0) Pipes::close_all(pipes.ours);
  child[0] = pid;
  for (int i = 0; i < 3; ++i) child[i + 1] = pipes.ours[i];
  return error;
}

// Returns when the child has ended.
int32_t skn_process_wait(int32_t pid) {
  siginfo_t info;
  int result;
  do {
    result = waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
  } while (result != 0 && errno == EINTR);
  return 0;
}

// Collects a child: its exit status, or 256 and the signal that ended it; -1 while it runs, which `waits` waits for.
int32_t skn_process_collect(int32_t pid, bool waits) {
  int status = 0;
  pid_t ended;
  do {
    ended = waitpid(pid, &status, waits ? 0 : WNOHANG);
  } while (ended < 0 && errno == EINTR);
  if (ended <= 0) return -1;
  return WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status);
}

void skn_process_signal(int32_t pid, int32_t signal, bool has_own_group) {
  kill(has_own_group ? -pid : pid, signal);
}

// What was read or written, or the system's error below zero.
int64_t skn_process_read(int32_t fd, char* bytes, int64_t count) {
  ssize_t result;
  do {
    result = read(fd, bytes, static_cast<size_t>(count));
  } while (result < 0 && errno == EINTR);
  return result < 0 ? -errno : result;
}

int64_t skn_process_write(int32_t fd, const char* bytes, int64_t count) {
  ssize_t result;
  do {
    result = write(fd, bytes, static_cast<size_t>(count));
  } while (result < 0 && errno == EINTR);
  return result < 0 ? -errno : result;
}

void skn_process_close(int32_t fd) { close(fd); }

// Variable number `i` of the environment that this process was started with, `NAME=value`; null behind the last.
const char* skn_process_variable(int64_t i) { return environ[i]; }

}  // extern "C"
