// Source files and places in them.
//
// All files share one range of 32-bit offsets, so a place is two numbers and needs no file beside
// it. SourceMap turns an offset back into path, line and column when a report is printed.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/support/id.h"

namespace skein {

// A stretch of source text: global offsets, `end` one past the last byte. {0, 0} is "nowhere".
struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;

  bool valid() const { return begin != 0 || end != 0; }
  // The smallest span that covers both.
  Span to(Span other) const {
    if (!valid()) return other;
    if (!other.valid()) return *this;
    return {begin < other.begin ? begin : other.begin, end > other.end ? end : other.end};
  }
  friend bool operator==(Span a, Span b) = default;
};

SKEIN_ID(FileId);

struct SourceFile {
  std::string path;       // as the user named it
  std::string text;
  uint32_t base = 0;      // global offset of its first byte
  std::vector<uint32_t> line_starts;  // local offsets
};

// A place for people: 1-based line, 1-based column counted in Unicode scalars.
struct Location {
  std::string_view path;
  uint32_t line = 0;
  uint32_t column = 0;
};

class SourceMap {
 public:
  // Files hold up to 1 GiB in all; a larger one is the caller's error to report.
  static constexpr uint32_t kMaxTotal = 1u << 30;

  // Returns an invalid id when the text does not fit any more.
  FileId add(std::string path, std::string text);

  const SourceFile& file(FileId id) const { return files_[id.index]; }
  size_t file_count() const { return files_.size(); }
  FileId file_of(uint32_t offset) const;
  Location locate(uint32_t offset) const;
  std::string_view text(Span span) const;
  // The whole line (1-based) of a file, without its newline.
  std::string_view line_text(FileId id, uint32_t line) const;
  // The span of a whole file.
  Span whole(FileId id) const;

 private:
  std::deque<SourceFile> files_;
  uint32_t next_base_ = 1;  // offset 0 is "nowhere"
};

}  // namespace skein
