#include "compiler/driver/files.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace skein::driver {

static FileText failed(const char* why) { return {"", why}; }

static FileText read_open_file(int fd) {
  struct stat info;
  if (fstat(fd, &info) != 0) return failed(std::strerror(errno));
  if (S_ISDIR(info.st_mode)) return failed("is a directory");
  FileText file;
  // The size is a hint: pipes have none, and a file can change while it is read.
  size_t hint = info.st_size > 0 ? static_cast<size_t>(info.st_size) : 0;
  if (hint > kMaxFileSize) return failed("larger than 64 MiB");
  constexpr size_t kStep = 64 * 1024;
  size_t used = 0;
  while (true) {
    file.text.resize(used + (hint > used ? hint - used + 1 : kStep));
    ssize_t got = read(fd, file.text.data() + used, file.text.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(std::strerror(errno));
    used += static_cast<size_t>(got);
    if (used > kMaxFileSize) return failed("larger than 64 MiB");
    if (got == 0) break;
  }
  file.text.resize(used);
  return file;
}

FileText read_file(const std::string& path) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return failed(std::strerror(errno));
  FileText file = read_open_file(fd);
  close(fd);
  return file;
}

std::string library_directory() {
  char path[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  if (length <= 0 || length == sizeof path) return "lib/skein";
  std::string tool(path, static_cast<size_t>(length));
  std::string bin = tool.substr(0, tool.rfind('/'));
  return bin.substr(0, bin.rfind('/')) + "/lib/skein";
}

bool same_file(const std::string& a, const std::string& b) {
  struct stat first;
  struct stat second;
  if (stat(a.c_str(), &first) != 0 || stat(b.c_str(), &second) != 0) return false;
  return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

}  // namespace skein::driver
