// See names.h.
#include "runtime/task/names.h"

#include "runtime/base/atomic.h"
#include "runtime/base/spin_lock.h"
#include "runtime/base/trace.h"

#include <cstdlib>
#include <cstring>

namespace skein::task {

using base::Atomic;
using base::Order;

namespace {

struct Slot {
  abi::Site site;
  uint32_t next;    // of those whose task has ended: the one that ended after it
  char name[44];    // ends with a zero byte
};

constexpr uint32_t kChunk = 1024;
constexpr uint32_t kNoSlot = UINT32_MAX;
constexpr uint32_t kMostSlots = uint32_t(1) << (abi::kSiteBits - 1);
// So many names stay after their tasks have ended, for reports of what ran lately and for handles that
// nobody awaited yet.
constexpr uint32_t kKept = 65536;

// Everything but `chunks`, from which reports read, is for who has the lock.
base::SpinLock lock;
Atomic<Slot*> chunks[kMostSlots / kChunk];
uint32_t used = 0;
uint32_t first_ended = 0;
uint32_t last_ended = 0;
uint32_t ended = 0;

Slot* slot_at(uint32_t index) {
  Slot* chunk = chunks[index / kChunk].load(Order::Acquire);
  return chunk == nullptr ? nullptr : &chunk[index % kChunk];
}

bool add_chunk(uint32_t index) {
  Slot* chunk = static_cast<Slot*>(calloc(kChunk, sizeof(Slot)));
  if (chunk != nullptr) chunks[index / kChunk].store(chunk, Order::Release);
  return chunk != nullptr;
}

// A slot that nobody has. A trace is written at the end, and wants all names.
uint32_t take_slot(uint32_t places) {
  if (ended > kKept && !base::is_tracing) {
    const uint32_t index = first_ended;
    first_ended = slot_at(index)->next;
    --ended;
    return index;
  }
  const bool has_number = places + used < uint32_t(1) << abi::kSiteBits;
  if (used == kMostSlots || !has_number) return kNoSlot;
  if (used % kChunk == 0 && !add_chunk(used)) return kNoSlot;
  return used++;
}

// Not in the middle of a character.
size_t length_that_fits(std::string_view name) {
  constexpr size_t most = sizeof(Slot::name) - 1;
  if (name.size() <= most) return name.size();
  size_t length = most;
  while (length > 0 && (name[length] & 0xC0) == 0x80) --length;
  return length;
}

}  // namespace

uint32_t begin_name(const abi::Site& place, uint32_t places, std::string_view name) {
  base::SpinGuard guard(lock);
  const uint32_t index = take_slot(places);
  if (index == kNoSlot) return 0;
  Slot* slot = slot_at(index);
  const size_t length = length_that_fits(name);
  memcpy(slot->name, name.data(), length);
  slot->name[length] = 0;
  slot->site = place;
  slot->site.task = slot->name;
  return places + index;
}

void end_name(uint32_t number, uint32_t places) {
  if (number < places) return;
  base::SpinGuard guard(lock);
  const uint32_t index = number - places;
  if (ended++ == 0) {
    first_ended = index;
  } else {
    slot_at(last_ended)->next = index;
  }
  last_ended = index;
}

const abi::Site* named_site(uint32_t number, uint32_t places) {
  const uint32_t index = number - places;
  const Slot* slot = index < kMostSlots ? slot_at(index) : nullptr;
  return slot == nullptr || slot->site.function == nullptr ? nullptr : &slot->site;
}

}  // namespace skein::task
