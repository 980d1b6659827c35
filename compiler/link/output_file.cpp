#include "compiler/link/output_file.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace skein::link {

// Holds back the signals that end the process, so that no temporary file outlives it. They are
// delivered when the file is in place.
class HoldSignals {
 public:
  HoldSignals() {
    sigset_t ending;
    sigemptyset(&ending);
    for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) sigaddset(&ending, signal);
    sigprocmask(SIG_BLOCK, &ending, &before_);
  }
  ~HoldSignals() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  HoldSignals(const HoldSignals&) = delete;
  HoldSignals& operator=(const HoldSignals&) = delete;

 private:
  sigset_t before_;
};

bool write_fully(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

static std::string reason(int error) { return std::strerror(error); }

static std::optional<std::string> write_device(const std::string& path, std::string_view bytes) {
  int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return reason(errno);
  bool written = write_fully(fd, bytes);
  int error = errno;
  close(fd);
  if (!written) return reason(error);
  return std::nullopt;
}

// Opens a new file with a name nobody can have guessed. Returns -1 with errno set on failure.
static int create_temporary(const std::string& directory, mode_t permissions, std::string& name) {
  for (int attempt = 0; attempt < 16; ++attempt) {
    uint64_t random = 0;
    if (getrandom(&random, sizeof random, 0) != sizeof random) return -1;
    char suffix[32];
    std::snprintf(suffix, sizeof suffix, ".skein-%016llx", static_cast<unsigned long long>(random));
    name = directory + suffix;
    int fd = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, permissions);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
  return -1;
}

static bool is_special(const std::string& path) {
  // By name as well: /dev/stdout may lead to a regular file, and a rename would replace the link.
  if (path.starts_with("/dev/")) return true;
  struct stat info;
  if (lstat(path.c_str(), &info) != 0) return false;
  return S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode) || S_ISFIFO(info.st_mode) ||
         S_ISSOCK(info.st_mode);
}

std::optional<std::string> write_output_file(const std::string& path, std::string_view bytes,
                                             FileMode mode) {
  struct stat info;
  bool exists = stat(path.c_str(), &info) == 0;
  // Asked first, because the rename would find it out only after all the work.
  if (exists && S_ISDIR(info.st_mode)) return reason(EISDIR);
  if (is_special(path)) return write_device(path, bytes);

  HoldSignals hold;
  size_t slash = path.rfind('/');
  std::string directory = slash == std::string::npos ? "" : path.substr(0, slash + 1);
  std::string temporary;
  int fd = create_temporary(directory, mode == FileMode::Executable ? 0777 : 0666, temporary);
  if (fd < 0) return reason(errno);

  int error = write_fully(fd, bytes) ? 0 : errno;
  bool keeps_mode = mode == FileMode::Kept && exists;
  if (keeps_mode && error == 0 && fchmod(fd, info.st_mode & 07777) != 0) error = errno;
  // Some file systems refuse the bytes only here.
  if (close(fd) != 0 && error == 0) error = errno;
  if (error == 0 && rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return std::nullopt;
  unlink(temporary.c_str());
  return reason(error);
}

}  // namespace skein::link
