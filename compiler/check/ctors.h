// The constructors of one column of patterns, for exhaustive.cpp: what tells its values apart.
//
// Those of an array are its lengths. Only as many as the patterns of the column can tell apart count:
// each length below `longest_`, and as the last constructor all from there on, of which no pattern
// looks at more than the first `before_` and the last `after_` elements. A fixed array has one
// constructor, of which the same is looked at.
#pragma once

#include <string>
#include <vector>

#include "compiler/check/cover.h"

namespace skein::check {

using Row = std::vector<const Pat*>;     // the first column is the last element

class Ctors {
 public:
  // `head` is a further pattern of the column, or null.
  Ctors(Context& ctx, TypeId type, const std::vector<Row>& rows, const Pat* head = nullptr);

  // How many there are; 0: values are not told apart by constructors.
  size_t count() const { return count_; }
  std::vector<TypeId> parts(uint32_t ctor) const;
  // Whether the pattern matches it, and with which patterns of its `count` parts.
  bool matches(const Pat& pat, uint32_t ctor) const;
  std::vector<const Pat*> parts_of(const Pat& pat, size_t count, const Pat* wild) const;
  // The constructor with its parts as one writes it.
  std::string text(uint32_t ctor, const std::vector<std::string>& parts) const;

 private:
  bool is_array() const { return kind_ == TypeKind::Array || kind_ == TypeKind::FixedArray; }
  bool is_open(uint32_t ctor) const;
  size_t part_count(uint32_t ctor) const;
  void measure(const Pat& pat);
  std::string array_text(uint32_t ctor, const std::vector<std::string>& parts) const;

  Context& ctx_;
  TypeId type_;
  TypeKind kind_;
  size_t count_ = 0;
  size_t longest_ = 0;
  size_t before_ = 0;
  size_t after_ = 0;
};

}  // namespace skein::check
