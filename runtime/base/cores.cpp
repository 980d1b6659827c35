// See cores.h.
//
// A container has no core of its own but a share of the processor's time: with two cores' worth of it on a
// machine of 64, 64 workers would run for a moment and then all stand still until the next period.
#include "runtime/base/cores.h"

#include "runtime/base/platform.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sched.h>

namespace skein::base {

// 0 = no limit, and -1 or "max" say the same.
static int cores_of(long quota, long period) {
  if (quota <= 0 || period <= 0) return 0;
  return static_cast<int>((quota + period - 1) / period);
}

// Version 2 has both numbers in one file: "150000 100000", or "max 100000".
static int quota_of_group(const char* tree, const char* group) {
  char path[4500];
  char text[64];
  snprintf(path, sizeof(path), "%s%s/cpu.max", tree, group);
  if (!read_file(path, text, sizeof(text))) return 0;
  char* rest = text;
  const long quota = strtol(text, &rest, 10);
  return rest == text ? 0 : cores_of(quota, strtol(rest, nullptr, 10));
}

static long number_in(const char* tree, const char* group, const char* name) {
  char path[4500];
  char text[64];
  snprintf(path, sizeof(path), "%s/cpu%s/%s", tree, group, name);
  return read_file(path, text, sizeof(text)) ? strtol(text, nullptr, 10) : 0;
}

// Version 1 has a tree of groups for each controller, and a file for each number.
static int old_quota_of_group(const char* tree, const char* group) {
  return cores_of(number_in(tree, group, "cpu.cfs_quota_us"), number_in(tree, group, "cpu.cfs_period_us"));
}

// From this group up to the root: inside a container the root may be the only one that can be seen.
static int least_quota(const char* tree, char* group, int (*quota_of)(const char*, const char*)) {
  int least = 0;
  while (true) {
    const int cores = quota_of(tree, group);
    if (cores > 0 && (least == 0 || cores < least)) least = cores;
    char* slash = strrchr(group, '/');
    if (slash == nullptr) return least;
    *slash = 0;
  }
}

// Whether "cpu" is one of the controllers in "cpu,cpuacct".
static bool is_of_processor(const char* controllers, const char* end) {
  for (const char* name = controllers; name < end;) {
    const size_t size = strcspn(name, ",:");
    if (size == 3 && strncmp(name, "cpu", 3) == 0) return true;
    name += size + 1;
  }
  return false;
}

// Lines of "NUMBER:CONTROLLERS:GROUP"; those of version 2 have no controllers.
int cores_of_groups(const char* own_groups, const char* tree) {
  char text[4096];
  if (!read_file(own_groups, text, sizeof(text))) return 0;
  int least = 0;
  char* line = text;
  while (*line != 0) {
    char* end = line + strcspn(line, "\n");
    char* next = *end == 0 ? end : end + 1;
    *end = 0;
    char* controllers = strchr(line, ':');
    char* group = controllers == nullptr ? nullptr : strchr(controllers + 1, ':');
    if (group != nullptr) {
      int cores = 0;
      if (group == controllers + 1) {
        cores = least_quota(tree, group + 1, quota_of_group);
      } else if (is_of_processor(controllers + 1, group)) {
        cores = least_quota(tree, group + 1, old_quota_of_group);
      }
      if (cores > 0 && (least == 0 || cores < least)) least = cores;
    }
    line = next;
  }
  return least;
}

int usable_cores() {
  cpu_set_t set;
  int cores = 1;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) cores = CPU_COUNT(&set);
  const int quota = cores_of_groups("/proc/self/cgroup", "/sys/fs/cgroup");
  if (quota > 0 && quota < cores) cores = quota;
  return cores < 1 ? 1 : cores;
}

}  // namespace skein::base
