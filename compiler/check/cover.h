// Patterns with everything but what they match taken away, for exhaustive.cpp.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "compiler/check/context.h"

namespace skein::check {

// Wider than every integer, so that bounds can be stepped over.
using Wide = __int128;

struct Pat {
  enum class Kind : uint8_t { Wild, Ctor, Array, Range, Literal, Or };
  Kind kind = Kind::Wild;
  uint32_t ctor = 0;              // Ctor
  Wide low = 0, high = 0;         // Range, both included
  std::string literal;            // Literal: text that tells it from others
  std::vector<const Pat*> parts;  // Ctor: payload; Array: elements; Or: choices
  bool has_rest = false;          // Array: more elements may stand behind the first `before` ones
  size_t before = 0;
};

// A stretch of an ordered type.
struct Stretch {
  Wide low = 0, high = 0;
};

// One question about coverage: owns its patterns, counts its steps.
struct Cover {
  Context& ctx;
  std::deque<Pat> pats;
  const Pat* wild = nullptr;
  size_t steps = 0;
  bool has_error = false;   // a pattern is not understood; nothing is said about the match

  explicit Cover(Context& c) : ctx(c) { wild = &pats.emplace_back(); }
};

const Pat* simplify(Cover& cover, const ast::Pattern* pattern);

// Integers and characters: types whose patterns are stretches of values.
bool is_ordered(TypeKind kind);
// All their values.
std::vector<Stretch> domain_of(TypeKind kind);

}  // namespace skein::check
