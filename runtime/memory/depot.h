// Free blocks of one size on their way from workers that free to workers that allocate, in batches; and the
// chunks they were cut from, which go back to the system when nobody has used any block of them for a
// while.
//
// Who looks for such chunks takes all batches, counts the blocks by chunk, and puts back those of chunks
// that are not whole. That reads every free block once, so it is done only for what has lain in the depot
// since the last look, and not again soon where it led to nothing.
#pragma once

#include "runtime/base/spin_lock.h"
#include "runtime/memory/blocks.h"

namespace skein::memory {

// Stays for good, its memory too: what goes back are the pages behind it.
struct Chunk {
  Chunk* earlier;
  Chunk* next_empty;
  char* begin;
  char* end;
  uint32_t blocks;
  uint32_t idle;  // of its blocks, counted by the look that goes on
};

class alignas(128) Depot {
 public:
  void put(Block* batch);
  // Takes the list apart into batches.
  void put_all(Block*& list);
  // Null: there is none.
  Block* take();
  size_t batches();

  // A chunk was cut.
  void note(char* begin, size_t bytes, uint32_t blocks);
  // One that went back and may be cut again, or null.
  Chunk* take_empty();

  // One thread at a time. True: another look, some time later, may find more.
  bool give_back();

 private:
  struct Unused {
    Block* batches = nullptr;
    size_t count = 0;
    Chunk* chunks = nullptr;
  };
  Unused take_all_unused();
  void put_back(Block* batches, size_t count, Chunk* empty);

  base::SpinLock lock_;
  base::Atomic<Block*> top_;  // written under the lock; peeked at without
  // Guarded by `lock_`, as the rest.
  size_t batches_ = 0;
  size_t least_ = 0;          // of those, since the last look
  uint32_t looks_to_skip_ = 0;
  uint32_t misses_ = 0;       // looks in a row that led to nothing
  size_t blocks_ = 0;         // of all chunks
  Chunk* chunks_ = nullptr;
  Chunk* empty_ = nullptr;
};

Depot& depot_of(Blocks kind, size_t size_class);

// The first blocks of a list, which is not empty, as a batch; `list` becomes the rest.
Block* take_batch(Block*& list);

// Whether blocks of any size were ever more than the next wave will want. From then on workers that go to
// sleep leave their free blocks here, since a single one of them keeps its chunk: so this has to be known
// while the blocks are taken, before those who free the first of them sleep.
bool had_a_peak();

// Looks at all depots. True: another look, some time later, may find more.
bool give_back_unused();
// How much went back so far, be it used again or not.
size_t bytes_given_back();

}  // namespace skein::memory
