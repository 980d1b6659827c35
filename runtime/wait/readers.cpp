// See readers.h.
#include "runtime/wait/readers.h"

#include "runtime/base/platform.h"
#include "runtime/base/spin_lock.h"

#include <cstdlib>

namespace skein::wait {

namespace {

struct Reader {
  const abi::Cell* cell;
  const abi::Node* task;
};

// Some stand in the stripe itself; memory comes in where there are more.
constexpr uint32_t kInPlace = 4;

struct alignas(64) Stripe {
  base::SpinLock lock;
  // Guarded by `lock`.
  uint32_t count = 0;
  uint32_t room = kInPlace;
  Reader* more = nullptr;
  Reader in_place[kInPlace] = {};

  Reader& at(uint32_t i) { return more != nullptr ? more[i] : in_place[i]; }
};

}  // namespace

constexpr uint64_t kStripes = 64;
static constinit Stripe stripes[kStripes];

static Stripe& stripe_of(const abi::Node* task) {
  const uint64_t number = reinterpret_cast<uint64_t>(task) / sizeof(abi::Node);
  return stripes[(number ^ (number >> 6) ^ (number >> 12)) % kStripes];
}

// With the lock. Null if it is not there.
static Reader* find(Stripe& stripe, const abi::Cell* cell, const abi::Node* task) {
  for (uint32_t i = 0; i < stripe.count; ++i) {
    Reader& reader = stripe.at(i);
    if (reader.cell == cell && reader.task == task) return &reader;
  }
  return nullptr;
}

static void grow(Stripe& stripe) {
  const uint32_t room = stripe.room * 2;
  Reader* memory = static_cast<Reader*>(malloc(room * sizeof(Reader)));
  if (memory == nullptr) base::fatal("out of memory");
  for (uint32_t i = 0; i < stripe.count; ++i) memory[i] = stripe.at(i);
  free(stripe.more);
  stripe.more = memory;
  stripe.room = room;
}

void add_reader(const abi::Cell* cell, const abi::Node* task) {
  Stripe& stripe = stripe_of(task);
  base::SpinGuard guard(stripe.lock);
  if (stripe.count == stripe.room) grow(stripe);
  stripe.at(stripe.count++) = {cell, task};
}

void remove_reader(const abi::Cell* cell, const abi::Node* task) {
  Stripe& stripe = stripe_of(task);
  base::SpinGuard guard(stripe.lock);
  Reader* reader = find(stripe, cell, task);
  if (reader != nullptr) *reader = stripe.at(--stripe.count);
}

bool is_reader(const abi::Cell* cell, const abi::Node* task) {
  Stripe& stripe = stripe_of(task);
  base::SpinGuard guard(stripe.lock);
  return find(stripe, cell, task) != nullptr;
}

void for_each_reader(const abi::Cell* cell, void (*visit)(const abi::Node* task, void* context),
                     void* context) {
  for (Stripe& stripe : stripes) {
    base::SpinGuard guard(stripe.lock);
    for (uint32_t i = 0; i < stripe.count; ++i) {
      if (stripe.at(i).cell == cell) visit(stripe.at(i).task, context);
    }
  }
}

}  // namespace skein::wait
