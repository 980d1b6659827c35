// Hashes of text, and the secret that every hash of this process starts from.
#pragma once

#include "runtime/value/buffer.h"

#include <cstdint>

namespace skein::value {

// Another one in each process, so that nobody outside can find keys that collide. SKEIN_SEED=n
// makes it the same each time. Set before the program begins.
extern uint64_t hash_secret;
void make_hash_secret();

// Of the bytes of a str.
uint64_t hash(const Buffer* str, uint64_t seed);

}  // namespace skein::value
