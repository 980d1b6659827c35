// Reading DWARF 5: bytes, sections, and the entries of a compilation unit.
//
// Only what symbolize.cpp asks for: names, address ranges, where calls were inlined. Everything is
// read in place from the mapped executable, without allocating, since it also runs in the handler
// of a stack overflow. What it does not understand it skips; damaged data ends in "unknown", never
// in a read outside the section.
#pragma once

#include <cstddef>
#include <cstdint>

namespace skein::fault {

// A stretch of bytes and a place in it. Reading past the end gives zeros and makes it bad.
class Bytes {
 public:
  Bytes() = default;
  Bytes(const uint8_t* begin, size_t size) : begin_(begin), at_(begin), end_(begin + size) {}

  bool good() const { return good_; }
  bool at_end() const { return at_ >= end_; }
  size_t offset() const { return static_cast<size_t>(at_ - begin_); }
  size_t size() const { return static_cast<size_t>(end_ - begin_); }
  const uint8_t* begin() const { return begin_; }

  void seek(uint64_t offset);
  void skip(uint64_t count);
  // The part [offset, offset + size), as far as it exists.
  Bytes part(uint64_t offset, uint64_t size) const;

  uint64_t fixed(size_t size);  // little-endian, 1 to 8 bytes
  uint64_t uleb();
  int64_t sleb();
  const char* text();  // up to its zero byte; "" when there is none

 private:
  const uint8_t* begin_ = nullptr;
  const uint8_t* at_ = nullptr;
  const uint8_t* end_ = nullptr;
  bool good_ = true;
};

struct Sections {
  Bytes info;
  Bytes abbrev;
  Bytes line;
  Bytes line_str;
  Bytes str;
  Bytes str_offsets;
  Bytes addr;
  Bytes rnglists;
};

// Bases of a unit's indexed forms.
struct Unit {
  const Sections* sections;
  uint64_t offset;         // of its header in .debug_info
  Bytes entries;           // from the first entry to the end of the unit
  uint64_t entries_offset; // of the first entry in .debug_info
  uint64_t abbrev_offset;
  uint64_t str_offsets_base = 8;
  uint64_t addr_base = 8;
  uint64_t rnglists_base = 12;
  uint64_t low = 0;
  uint64_t lines = UINT64_MAX;  // DW_AT_stmt_list

  const char* text_at_index(uint64_t index) const;
  uint64_t address_at_index(uint64_t index) const;
};

// The value of an attribute, in whatever form it was written.
struct Value {
  uint32_t form = 0;
  uint64_t number = 0;
  const char* text = nullptr;
};

// Reads one value; gives false for a form that is not known, whose size therefore is not either.
bool read_value(Bytes& bytes, uint32_t form, int64_t implicit, const Unit& unit, Value& value);

struct Entry {
  uint32_t tag = 0;
  bool has_children = false;
  const char* name = nullptr;
  uint64_t origin = 0;  // offset in .debug_info of the entry that has the name; 0 = none
  Value low;
  Value high;
  Value ranges;
  uint32_t call_file = 0;
  uint32_t call_line = 0;
};

// Finds and reads entries of one unit.
class EntryReader {
 public:
  explicit EntryReader(Unit& unit);

  // Reads the entry at `bytes` and goes behind it. False at the end of a list of children, or when
  // something is not understood (then `bytes` is bad or `failed`).
  bool read(Bytes& bytes, Entry& entry);
  bool failed() const { return failed_; }

  bool covers(const Entry& entry, uint64_t address) const;

 private:
  static constexpr size_t kCached = 256;

  bool find_abbreviation(uint64_t code, Bytes& abbreviation);
  void note(uint32_t attribute, const Value& value, Entry& entry);
  bool covers_by_ranges(uint64_t offset, uint64_t address) const;

  Unit& unit_;
  uint32_t offsets_[kCached] = {};  // where the abbreviation of a code begins, plus one
  bool failed_ = false;
};

// Reads the unit at `info`, its first entry included, and goes behind it. False at the end; a unit
// of another DWARF version has no entries.
bool read_unit(const Sections& sections, Bytes& info, Unit& unit, Entry& root);

}  // namespace skein::fault
