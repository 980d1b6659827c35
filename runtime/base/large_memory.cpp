// See large_memory.h.
#include "runtime/base/large_memory.h"

#include "runtime/base/spin_lock.h"

#include <cstdint>
#include <sys/mman.h>

namespace skein::base {

constexpr size_t kPage = 4096;

static size_t round_up(size_t size, size_t step) { return (size + step - 1) / step * step; }

// Address space that begins at a huge page and is not for use yet.
static char* reserve(size_t size) {
  void* mapping = mmap(nullptr, size + kHugePage, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) return nullptr;
  char* begin = static_cast<char*>(mapping);
  char* aligned = reinterpret_cast<char*>(round_up(reinterpret_cast<uintptr_t>(begin), kHugePage));
  if (aligned != begin) munmap(begin, static_cast<size_t>(aligned - begin));
  munmap(aligned + size, static_cast<size_t>(begin + kHugePage - aligned));
  return aligned;
}

// Advice: where the system has no huge pages, small ones do, as they do for what is left behind the
// last huge one. The whole of it, since a mapping can only grow while it is advised as one.
static void use_huge_pages(void* memory, size_t size) { madvise(memory, size, MADV_HUGEPAGE); }

// --- Kept mappings -------------------------------------------------------------------------------

struct Mapping {
  void* memory = nullptr;
  size_t size = 0;
};

constexpr int kMostKept = 8;
constexpr size_t kMostBytesKept = size_t(64) << 20;

static constinit SpinLock kept_lock;
static constinit Mapping kept[kMostKept];
static constinit size_t bytes_kept = 0;

static bool keep(void* memory, size_t size) {
  SpinGuard guard(kept_lock);
  if (size > kMostBytesKept - bytes_kept) return false;
  for (Mapping& mapping : kept) {
    if (mapping.memory != nullptr) continue;
    mapping = {memory, size};
    bytes_kept += size;
    return true;
  }
  return false;
}

// The smallest that is large enough, and not more than twice what is wanted.
static Mapping take_kept(size_t size) {
  SpinGuard guard(kept_lock);
  Mapping* best = nullptr;
  for (Mapping& mapping : kept) {
    if (mapping.memory == nullptr || mapping.size < size || mapping.size > 2 * size) continue;
    if (best == nullptr || mapping.size < best->size) best = &mapping;
  }
  if (best == nullptr) return {nullptr, 0};
  const Mapping taken = *best;
  bytes_kept -= taken.size;
  *best = {nullptr, 0};
  return taken;
}

// --- What buffers call ---------------------------------------------------------------------------

void* allocate_large(size_t& size) {
  size = round_up(size, kPage);
  const Mapping taken = take_kept(size);
  if (taken.memory != nullptr) {
    size = taken.size;
    return taken.memory;
  }
  char* memory = reserve(size);
  if (memory == nullptr) return nullptr;
  if (mprotect(memory, size, PROT_READ | PROT_WRITE) != 0) {
    munmap(memory, size);
    return nullptr;
  }
  use_huge_pages(memory, size);
  return memory;
}

void* grow_large(void* memory, size_t size, size_t& new_size) {
  new_size = round_up(new_size, kPage);
  void* grown = mremap(memory, size, new_size, 0);
  if (grown == MAP_FAILED) {
    // To an aligned place: page tables move whole, and huge pages stay huge.
    char* place = reserve(new_size);
    if (place == nullptr) return nullptr;
    grown = mremap(memory, size, new_size, MREMAP_MAYMOVE | MREMAP_FIXED, place);
    if (grown == MAP_FAILED) {
      munmap(place, new_size);
      return nullptr;
    }
  }
  return grown;
}

void free_large(void* memory, size_t size) {
  if (!keep(memory, size)) munmap(memory, size);
}

}  // namespace skein::base
