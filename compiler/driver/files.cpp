#include "compiler/driver/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace skein::driver {

static FileText failed(const char* why) { return {"", why, false}; }

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
  if (fd < 0) {
    FileText file = failed(std::strerror(errno));
    file.is_missing = errno == ENOENT || errno == ENOTDIR;
    return file;
  }
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

std::vector<std::string> entries_of(const std::string& folder) {
  std::vector<std::string> names;
  DIR* open = opendir(folder.empty() ? "." : folder.c_str());
  if (!open) return names;
  while (dirent* entry = readdir(open)) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(std::move(name));
  }
  closedir(open);
  std::sort(names.begin(), names.end());
  return names;
}

bool is_folder(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

std::optional<std::string> make_folder(const std::string& path) {
  if (path.empty() || is_folder(path)) return std::nullopt;
  size_t slash = path.find_last_not_of('/', path.rfind('/'));
  if (path.find('/') != std::string::npos && slash != std::string::npos) {
    std::optional<std::string> failure = make_folder(path.substr(0, slash + 1));
    if (failure) return failure;
  }
  // Another run may make it at the same time.
  if (mkdir(path.c_str(), 0777) == 0 || errno == EEXIST) return std::nullopt;
  return std::strerror(errno);
}

std::string real_path(const std::string& path) {
  char resolved[PATH_MAX];
  return realpath(path.c_str(), resolved) ? resolved : "";
}

bool same_file(const std::string& a, const std::string& b) {
  struct stat first;
  struct stat second;
  if (stat(a.c_str(), &first) != 0 || stat(b.c_str(), &second) != 0) return false;
  return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

}  // namespace skein::driver
