// Cuts fresh blocks out of chunks, each for blocks of one size, and chunks out of what the system
// gives. Blocks are not linked into free lists ahead of need: untouched ones cost no memory.
#pragma once

#include "runtime/memory/blocks.h"

namespace skein::memory {

// One thread at a time.
class Cutter {
 public:
  constexpr explicit Cutter(Blocks kind) : kind_(kind) {}

  void* cut(size_t size_class);

  // Bytes cut so far; what a leak test watches.
  size_t bytes() const { return bytes_; }

 private:
  // The rest of a chunk.
  struct Cut {
    char* next;
    char* end;
    bool is_used_again;
  };

  void begin_chunk(Cut& cut, size_t size_class);
  char* cut_chunk(size_t bytes);

  Cut cuts_[kSizeClasses] = {};
  char* arena_ = nullptr;
  char* arena_end_ = nullptr;
  size_t bytes_ = 0;
  const Blocks kind_;
};

}  // namespace skein::memory
