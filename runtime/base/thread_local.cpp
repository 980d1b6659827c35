// See thread_local.h.
#include "runtime/base/thread_local.h"

#include "runtime/base/platform.h"

#include <cstdlib>
#include <cstring>

namespace skein::base {

struct Entry {
  void* handle;
  void (*drop)(void*);
};

static __thread Entry* entries = nullptr;
static __thread int64_t capacity = 0;

void* find_thread_local(int64_t number) {
  return number < capacity ? entries[number].handle : nullptr;
}

void set_thread_local(int64_t number, void* handle, void (*drop)(void*)) {
  if (number >= capacity) {
    const int64_t wanted = number + 16;
    Entry* more = static_cast<Entry*>(realloc(entries, sizeof(Entry) * static_cast<size_t>(wanted)));
    if (more == nullptr) fatal("out of memory");
    memset(more + capacity, 0, sizeof(Entry) * static_cast<size_t>(wanted - capacity));
    entries = more;
    capacity = wanted;
  }
  entries[number] = {handle, drop};
}

void drop_thread_locals() {
  for (int64_t i = 0; i < capacity; ++i) {
    if (entries[i].handle == nullptr) continue;
    // The value's own end may ask for other locals, even for this one.
    const Entry entry = entries[i];
    entries[i].handle = nullptr;
    entry.drop(entry.handle);
  }
  free(entries);
  entries = nullptr;
  capacity = 0;
}

}  // namespace skein::base
