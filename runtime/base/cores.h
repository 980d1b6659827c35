// How many cores this process may use, for the number of workers.
#pragma once

namespace skein::base {

// What its affinity has, or the quota of its control group rounded up where that is less.
int usable_cores();

// The least quota of a control group, in cores rounded up, among those that a file like /proc/self/cgroup names
// and those around them; 0 = no limit. `tree` is where the groups are mounted: version 2, and version 1's
// controller of processor time.
int cores_of_groups(const char* own_groups, const char* tree);

}  // namespace skein::base
