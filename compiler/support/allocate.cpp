// Memory for `new` in the compiler. It makes millions of small blocks that live a moment, LLVM even more; the general
// allocator of libc took a tenth of the time of a build. Up to 512 bytes, blocks come from lists by size, a set for
// each thread; they lie in one range of addresses, in chunks of one size each, so that `delete` finds the size of a block
// by its address. A block goes to the list of whoever frees it, and no memory goes back: the tool ends soon.
//
// Sanitizers watch each block of malloc, so in their builds all comes from there.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SKEIN_SANITIZED 1
#endif
#endif

#ifndef SKEIN_SANITIZED

#include <sys/mman.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace skein {

static constexpr size_t kStep = 16;
static constexpr size_t kMost = 512;
static constexpr size_t kChunk = size_t{16} << 10;
static constexpr size_t kRange = size_t{8} << 30;

struct FreeBlock {
  FreeBlock* next;
};

// By size in steps.
static constinit thread_local FreeBlock* free_blocks[kMost / kStep + 1] = {};

class Chunks {
 public:
  // Called before there is a second thread. Only addresses are taken: what is not touched costs nothing.
  void reserve() {
    is_asked_ = true;
    void* range = mmap(nullptr, kRange, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (range != MAP_FAILED) begin_ = reinterpret_cast<uintptr_t>(range);
  }

  bool is_asked() const { return is_asked_; }
  bool holds(const void* block) const { return offset(block) < kRange; }
  size_t steps_of(const void* block) const { return steps_[offset(block) / kChunk]; }

  // A list of blocks of that size; null when there are no addresses left.
  FreeBlock* make(size_t steps) {
    if (begin_ == kNowhere) return nullptr;
    size_t at = next_.fetch_add(kChunk, std::memory_order_relaxed);
    if (at >= kRange) return nullptr;
    steps_[at / kChunk] = static_cast<uint8_t>(steps);
    size_t size = steps * kStep;
    FreeBlock* first = nullptr;
    for (size_t block = kChunk / size; block-- > 0;) {
      first = new (reinterpret_cast<void*>(begin_ + at + block * size)) FreeBlock{first};
    }
    return first;
  }

 private:
  // No address of a program is near it.
  static constexpr uintptr_t kNowhere = uintptr_t{1} << 63;

  size_t offset(const void* block) const { return reinterpret_cast<uintptr_t>(block) - begin_; }

  bool is_asked_ = false;
  uintptr_t begin_ = kNowhere;
  std::atomic<size_t> next_ = 0;
  uint8_t steps_[kRange / kChunk] = {};
};

static constinit Chunks chunks;

[[noreturn]] static void end_without_memory() {
  std::fputs("skein: out of memory\n", stderr);
  std::_Exit(70);
}

// The block is large, or there is none of its size.
[[gnu::noinline]] static void* allocate_slowly(size_t size) {
  if (!chunks.is_asked()) chunks.reserve();
  size_t steps = (size + kStep - 1) / kStep;
  FreeBlock* list = size <= kMost ? chunks.make(steps) : nullptr;
  if (list != nullptr) {
    free_blocks[steps] = list->next;
    return list;
  }
  void* block = std::malloc(size);
  if (block == nullptr) end_without_memory();
  return block;
}

}  // namespace skein

void* operator new(size_t size) {
  using namespace skein;
  if (size == 0) size = 1;
  if (size > kMost) return allocate_slowly(size);
  FreeBlock*& first = free_blocks[(size + kStep - 1) / kStep];
  FreeBlock* block = first;
  if (block == nullptr) return allocate_slowly(size);
  first = block->next;
  return block;
}

void operator delete(void* block) noexcept {
  using namespace skein;
  if (block == nullptr) return;
  if (!chunks.holds(block)) return std::free(block);
  FreeBlock*& first = free_blocks[chunks.steps_of(block)];
  first = new (block) FreeBlock{first};
}

void operator delete(void* block, size_t) noexcept { operator delete(block); }
void* operator new[](size_t size) { return operator new(size); }
void operator delete[](void* block) noexcept { operator delete(block); }
void operator delete[](void* block, size_t) noexcept { operator delete(block); }

#endif
