#include "compiler/link/system_files.h"

#include <dirent.h>
#include <sys/stat.h>

#include <charconv>
#include <initializer_list>
#include <string_view>

namespace skein::link {

static bool exists(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0;
}

// "12.2.0" → {12, 2, 0}; empty when the name is not a version.
static std::vector<int> version_numbers(std::string_view name) {
  std::vector<int> numbers;
  const char* at = name.data();
  const char* end = at + name.size();
  while (at < end) {
    int number = 0;
    std::from_chars_result parsed = std::from_chars(at, end, number);
    if (parsed.ec != std::errc() || (parsed.ptr < end && *parsed.ptr != '.')) return {};
    numbers.push_back(number);
    at = parsed.ptr < end ? parsed.ptr + 1 : end;
  }
  return numbers;
}

std::string newest_version(const std::vector<std::string>& names) {
  std::string newest;
  std::vector<int> highest;
  for (const std::string& name : names) {
    std::vector<int> numbers = version_numbers(name);
    if (numbers.empty() || !(highest < numbers)) continue;
    newest = name;
    highest = numbers;
  }
  return newest;
}

static std::vector<std::string> entries(const std::string& directory) {
  std::vector<std::string> names;
  DIR* open = opendir(directory.c_str());
  if (!open) return names;
  while (dirent* entry = readdir(open)) names.push_back(entry->d_name);
  closedir(open);
  return names;
}

static std::string find_gcc_directory() {
  for (const char* triple : {"x86_64-linux-gnu", "x86_64-pc-linux-gnu", "x86_64-redhat-linux",
                             "x86_64-suse-linux"}) {
    std::string base = std::string("/usr/lib/gcc/") + triple + "/";
    // A version may be there without its development files; only a complete one counts.
    std::vector<std::string> complete;
    for (const std::string& name : entries(base)) {
      if (exists(base + name + "/crtbegin.o")) complete.push_back(name);
    }
    std::string newest = newest_version(complete);
    if (!newest.empty()) return base + newest;
  }
  return "";
}

static std::string find_libc_directory() {
  for (const char* directory : {"/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64",
                                "/lib64", "/usr/lib", "/lib"}) {
    if (exists(std::string(directory) + "/crt1.o")) return directory;
  }
  return "";
}

SystemFiles find_system_files() {
  SystemFiles files;
  files.libc_directory = find_libc_directory();
  files.gcc_directory = find_gcc_directory();
  if (files.gcc_directory.empty()) files.missing = "crtbegin.o";
  if (files.libc_directory.empty()) files.missing = "crt1.o";
  return files;
}

}  // namespace skein::link
