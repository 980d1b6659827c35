// See depot.h.
#include "runtime/memory/depot.h"

#include "runtime/base/platform.h"

#include <cstdlib>
#include <iterator>

namespace skein::memory {

using base::Order;

// So few batches are not worth a look, and the next wave will want them.
constexpr size_t kFew = 64;
constexpr uint32_t kMostSkipped = 32;

constexpr Blocks kKinds[] = {Blocks::Frames, Blocks::Nodes, Blocks::Buffers};
static constinit Depot depots[std::size(kKinds)][kSizeClasses];
static constinit base::Atomic<size_t> given_back;
static constinit base::Atomic<uint32_t> peak;

Depot& depot_of(Blocks kind, size_t size_class) {
  return depots[static_cast<size_t>(kind)][size_class];
}

size_t bytes_given_back() { return given_back.load(Order::Relaxed); }

bool had_a_peak() { return peak.load(Order::Relaxed) != 0; }

// --- Batches -------------------------------------------------------------------------------------

Block* take_batch(Block*& list) {
  Block* const batch = list;
  Block* last = batch;
  for (uint32_t i = 1; i < kBatch && last->next != nullptr; ++i) last = last->next;
  list = last->next;
  last->next = nullptr;
  return batch;
}

void Depot::put(Block* batch) {
  base::SpinGuard guard(lock_);
  batch->next_batch = top_.load(Order::Relaxed);
  top_.store(batch, Order::Relaxed);
  ++batches_;
}

void Depot::put_all(Block*& list) {
  while (list != nullptr) put(take_batch(list));
}

Block* Depot::take() {
  if (top_.load(Order::Relaxed) == nullptr) return nullptr;
  base::SpinGuard guard(lock_);
  Block* batch = top_.load(Order::Relaxed);
  if (batch == nullptr) return nullptr;
  top_.store(batch->next_batch, Order::Relaxed);
  // Nodes are zero there.
  batch->next_batch = nullptr;
  if (--batches_ < least_) least_ = batches_;
  return batch;
}

size_t Depot::batches() {
  base::SpinGuard guard(lock_);
  return batches_;
}

// --- Chunks --------------------------------------------------------------------------------------

void Depot::note(char* begin, size_t bytes, uint32_t blocks) {
  Chunk* chunk = static_cast<Chunk*>(malloc(sizeof(Chunk)));
  if (chunk == nullptr) base::fatal("out of memory");
  base::SpinGuard guard(lock_);
  *chunk = {chunks_, nullptr, begin, begin + bytes, blocks, 0};
  chunks_ = chunk;
  blocks_ += blocks;
  if (blocks_ > kFew * kBatch) peak.store(1, Order::Relaxed);
}

Chunk* Depot::take_empty() {
  base::SpinGuard guard(lock_);
  Chunk* chunk = empty_;
  if (chunk != nullptr) empty_ = chunk->next_empty;
  return chunk;
}

// All chunks of a depot, by address.
namespace {
struct Index {
  Chunk** chunks;
  size_t count;

  Chunk* of(const Block* block) const {
    size_t low = 0;
    for (size_t high = count; high - low > 1;) {
      const size_t middle = low + (high - low) / 2;
      (reinterpret_cast<const char*>(block) < chunks[middle]->begin ? high : low) = middle;
    }
    return chunks[low];
  }
};
}  // namespace

static int compare(const void* left, const void* right) {
  const char* a = (*static_cast<Chunk* const*>(left))->begin;
  const char* b = (*static_cast<Chunk* const*>(right))->begin;
  return a < b ? -1 : a > b;
}

// Without chunks: there is no memory for it.
static Index index_of(Chunk* chunks) {
  Index index = {nullptr, 0};
  for (Chunk* chunk = chunks; chunk != nullptr; chunk = chunk->earlier) index.count++;
  index.chunks = static_cast<Chunk**>(malloc(index.count * sizeof(Chunk*)));
  if (index.chunks == nullptr) return {nullptr, 0};
  size_t i = 0;
  for (Chunk* chunk = chunks; chunk != nullptr; chunk = chunk->earlier) {
    chunk->idle = 0;
    index.chunks[i++] = chunk;
  }
  qsort(index.chunks, index.count, sizeof(Chunk*), compare);
  return index;
}

static bool is_unused(const Chunk& chunk) { return chunk.idle == chunk.blocks; }

// --- Giving back ---------------------------------------------------------------------------------

// Blocks that stay, in batches.
namespace {
struct Kept {
  Block* batches = nullptr;
  size_t count = 0;
  Block* filling = nullptr;
  uint32_t blocks = 0;

  void add(Block* block) {
    block->next_batch = nullptr;
    block->next = filling;
    filling = block;
    if (++blocks == kBatch) close();
  }
  void close() {
    if (filling == nullptr) return;
    filling->next_batch = batches;
    batches = filling;
    count++;
    filling = nullptr;
    blocks = 0;
  }
};
}  // namespace

static void count_idle(Block* batches, const Index& index) {
  for (Block* batch = batches; batch != nullptr; batch = batch->next_batch) {
    for (Block* block = batch; block != nullptr; block = block->next) index.of(block)->idle++;
  }
}

static Kept without_unused(Block* batches, const Index& index) {
  Kept kept;
  while (batches != nullptr) {
    Block* block = batches;
    batches = batches->next_batch;
    while (block != nullptr) {
      Block* next = block->next;
      if (!is_unused(*index.of(block))) kept.add(block);
      block = next;
    }
  }
  kept.close();
  return kept;
}

static Chunk* give_back_chunks(const Index& index) {
  Chunk* empty = nullptr;
  for (size_t i = 0; i < index.count; ++i) {
    Chunk* chunk = index.chunks[i];
    if (!is_unused(*chunk)) continue;
    const size_t bytes = static_cast<size_t>(chunk->end - chunk->begin);
    base::give_back_pages(chunk->begin, bytes);
    given_back.fetch_add(bytes, Order::Relaxed);
    chunk->next_empty = empty;
    empty = chunk;
  }
  return empty;
}

void Depot::put_back(Block* batches, size_t count, Chunk* empty) {
  Block* last = batches;
  while (last != nullptr && last->next_batch != nullptr) last = last->next_batch;
  Chunk* last_empty = empty;
  while (last_empty != nullptr && last_empty->next_empty != nullptr) {
    last_empty = last_empty->next_empty;
  }
  base::SpinGuard guard(lock_);
  if (last != nullptr) {
    last->next_batch = top_.load(Order::Relaxed);
    top_.store(batches, Order::Relaxed);
    batches_ += count;
  }
  if (last_empty != nullptr) {
    last_empty->next_empty = empty_;
    empty_ = empty;
  }
  least_ = batches_;
  misses_ = empty != nullptr ? 0 : misses_ * 2 + 1;
  if (misses_ > kMostSkipped) misses_ = kMostSkipped;
  looks_to_skip_ = misses_ / 2;
}

// Nothing where too few have lain there since the last look.
Depot::Unused Depot::take_all_unused() {
  base::SpinGuard guard(lock_);
  const size_t least = least_;
  least_ = batches_;
  if (least <= kFew) return {};
  if (looks_to_skip_ > 0) {
    --looks_to_skip_;
    return {};
  }
  const Unused all = {top_.load(Order::Relaxed), batches_, chunks_};
  top_.store(nullptr, Order::Relaxed);
  batches_ = 0;
  return all;
}

bool Depot::give_back() {
  const Unused unused = take_all_unused();
  if (unused.batches != nullptr) {
    const Index index = index_of(unused.chunks);
    if (index.chunks == nullptr) {
      put_back(unused.batches, unused.count, nullptr);
    } else {
      count_idle(unused.batches, index);
      const Kept kept = without_unused(unused.batches, index);
      put_back(kept.batches, kept.count, give_back_chunks(index));
    }
    free(index.chunks);
  }
  base::SpinGuard guard(lock_);
  return batches_ > kFew && looks_to_skip_ == 0;
}

bool give_back_unused() {
  bool may_find_more = false;
  for (Blocks kind : kKinds) {
    for (size_t size_class = 0; size_class < kSizeClasses; ++size_class) {
      may_find_more |= depot_of(kind, size_class).give_back();
    }
  }
  return may_find_more;
}

}  // namespace skein::memory
