#include "compiler/link/link.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <utility>
#include <vector>

#include "compiler/link/output_file.h"
#include "compiler/link/system_files.h"

extern char** environ;

namespace skein::link {

// An anonymous file in memory, closed at the end of its scope.
class MemoryFile {
 public:
  explicit MemoryFile(const char* name) : fd_(memfd_create(name, MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (fd_ >= 0) close(fd_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int fd() const { return fd_; }
  std::string text() const {
    std::string text;
    char buffer[4096];
    off_t at = 0;
    ssize_t got = 0;
    while ((got = pread(fd_, buffer, sizeof buffer, at)) > 0) {
      text.append(buffer, static_cast<size_t>(got));
      at += got;
    }
    return text;
  }

 private:
  int fd_;
};

Image::~Image() {
  if (mapped_) munmap(mapped_, size_);
  if (fd_ >= 0) close(fd_);
}

Image::Image(Image&& other) noexcept
    : state(other.state),
      detail(std::move(other.detail)),
      fd_(std::exchange(other.fd_, -1)),
      mapped_(std::exchange(other.mapped_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

std::string_view Image::bytes() {
  if (!mapped_) {
    struct stat info;
    if (fstat(fd_, &info) != 0 || info.st_size == 0) return {};
    if (size_ == 0) size_ = static_cast<size_t>(info.st_size);
    void* memory = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd_, 0);
    if (memory == MAP_FAILED) return {};
    mapped_ = memory;
  }
  return {static_cast<const char*>(mapped_), size_};
}

static std::string linker_path() {
  const char* chosen = std::getenv("SKEIN_LINKER");
  if (chosen && *chosen) return chosen;
  // Where it was at configure time, else the name Debian gives it, looked up in PATH.
  return access(SKEIN_LINKER, X_OK) == 0 ? SKEIN_LINKER : "ld.lld-22";
}

static std::vector<std::string> linker_arguments(const std::vector<std::string>& objects,
                                                 const std::string& runtime_library,
                                                 const SystemFiles& system,
                                                 const Options& options) {
  const std::string libc = system.libc_directory + "/";
  const std::string gcc = system.gcc_directory + "/";
  std::vector<std::string> args = {
      "ld.lld", "-m", "elf_x86_64", "-o", "-", "--eh-frame-hdr", "--hash-style=gnu",
      "--gc-sections", "-z", "relro", "-z", "now", "--as-needed"};
  if (options.strip) args.push_back("--strip-all");
  if (options.is_static) {
    args.push_back("-static");
  } else {
    args.insert(args.end(), {"-dynamic-linker", "/lib64/ld-linux-x86-64.so.2"});
  }
  for (const std::string& path : options.search_paths) args.push_back("-L" + path);
  args.insert(args.end(),
              {"-L" + system.gcc_directory, "-L" + system.libc_directory, libc + "crt1.o",
               libc + "crti.o", gcc + (options.is_static ? "crtbeginT.o" : "crtbegin.o")});
  args.insert(args.end(), objects.begin(), objects.end());
  args.insert(args.end(), options.inputs.begin(), options.inputs.end());
  args.insert(args.end(), options.files.begin(), options.files.end());
  args.push_back(runtime_library);
  for (const std::string& library : options.libraries) args.push_back("-l" + library);
  // The unwinder is linked in: one shared library less to load at each start. libstdc++ is not among
  // them: the runtime does without, and to read its symbols takes a tenth of a small link.
  args.insert(args.end(), {"--start-group", "-lm", "-lgcc", "-lgcc_eh", "-lc",
                           "--end-group", gcc + "crtend.o", libc + "crtn.o"});
  return args;
}

// Runs the program with the given files as standard output and error; those of `kept` stay open in it.
// Returns its wait status, or -1 with errno set when it could not be started. No shell is involved.
static int run(const std::string& program, const std::vector<std::string>& arguments,
               const std::deque<MemoryFile>& kept, int out, int err) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  for (const MemoryFile& file : kept) {
    posix_spawn_file_actions_adddup2(&actions, file.fd(), file.fd());  // clears close-on-exec
  }
  pid_t child = -1;
  int error = posix_spawnp(&child, program.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    errno = error;
    return -1;
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return status;
}

// Keeps memory files clear of 0, 1 and 2, which a caller may have closed.
static bool standard_files_open() {
  for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd) return false;
  }
  return true;
}

// A file that is open for writing anywhere cannot be started ("text file busy").
static int reopen_for_reading(int fd) {
  return open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_RDONLY | O_CLOEXEC);
}

Image link_executable(const std::vector<std::string>& objects, const std::string& runtime_library,
                      const Options& options) {
  SystemFiles system = find_system_files();
  if (!system.missing.empty()) return Image(Image::State::NoSystemFiles, system.missing);

  std::string linker = linker_path();
  if (!standard_files_open()) return Image(Image::State::NoLinker, std::strerror(errno));
  std::deque<MemoryFile> inputs;
  MemoryFile output("skein-program");
  MemoryFile complaints("skein-linker");
  bool ready = output.fd() >= 0 && complaints.fd() >= 0;
  std::vector<std::string> paths;
  for (const std::string& object : objects) {
    const MemoryFile& input = inputs.emplace_back("skein-object");
    ready = ready && input.fd() >= 0 && write_fully(input.fd(), object);
    paths.push_back("/proc/self/fd/" + std::to_string(input.fd()));
  }
  if (!ready) return Image(Image::State::NoLinker, linker + ": " + std::strerror(errno));

  std::vector<std::string> arguments = linker_arguments(paths, runtime_library, system, options);
  int status = run(linker, arguments, inputs, output.fd(), complaints.fd());
  if (status == -1) return Image(Image::State::NoLinker, linker + ": " + std::strerror(errno));
  if (WIFSIGNALED(status)) {
    return Image(Image::State::Rejected,
                 linker + " was ended by signal " + std::to_string(WTERMSIG(status)));
  }
  if (WEXITSTATUS(status) != 0) return Image(Image::State::Rejected, complaints.text());
  int image = reopen_for_reading(output.fd());
  if (image < 0) return Image(Image::State::NoLinker, linker + ": " + std::strerror(errno));
  return Image(image);
}

}  // namespace skein::link
