// See dwarf.h. The numbers are those of the DWARF 5 standard, chapters 2 and 7.
#include "runtime/fault/dwarf.h"

namespace skein::fault {

// --- Bytes ---------------------------------------------------------------------------------------

void Bytes::seek(uint64_t offset) {
  good_ = good_ && offset <= size();
  at_ = good_ ? begin_ + offset : end_;
}

void Bytes::skip(uint64_t count) {
  good_ = good_ && count <= static_cast<uint64_t>(end_ - at_);
  at_ = good_ ? at_ + count : end_;
}

Bytes Bytes::part(uint64_t offset, uint64_t count) const {
  if (offset > size()) return Bytes(end_, 0);
  const uint64_t most = size() - offset;
  return Bytes(begin_ + offset, count < most ? count : most);
}

uint64_t Bytes::fixed(size_t count) {
  if (!good_ || static_cast<size_t>(end_ - at_) < count) {
    good_ = false;
    at_ = end_;
    return 0;
  }
  uint64_t number = 0;
  for (size_t i = 0; i < count; ++i) number |= static_cast<uint64_t>(at_[i]) << (8 * i);
  at_ += count;
  return number;
}

uint64_t Bytes::uleb() {
  uint64_t number = 0;
  for (unsigned shift = 0;; shift += 7) {
    const uint64_t byte = fixed(1);
    if (shift < 64) number |= (byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) return number;
  }
}

int64_t Bytes::sleb() {
  uint64_t number = 0;
  unsigned shift = 0;
  while (true) {
    const uint64_t byte = fixed(1);
    if (shift < 64) number |= (byte & 0x7F) << shift;
    shift += 7;
    if ((byte & 0x80) != 0) continue;
    if ((byte & 0x40) != 0 && shift < 64) number |= ~uint64_t(0) << shift;
    return static_cast<int64_t>(number);
  }
}

const char* Bytes::text() {
  const uint8_t* start = at_;
  while (at_ < end_ && *at_ != 0) ++at_;
  if (at_ == end_) {
    good_ = false;
    return "";
  }
  ++at_;
  return reinterpret_cast<const char*>(start);
}

// --- Forms ---------------------------------------------------------------------------------------

static const char* text_in(const Bytes& section, uint64_t offset) {
  Bytes bytes = section;
  bytes.seek(offset);
  return bytes.text();
}

const char* Unit::text_at_index(uint64_t index) const {
  Bytes offsets = sections->str_offsets;
  offsets.seek(str_offsets_base + index * 4);
  return text_in(sections->str, offsets.fixed(4));
}

uint64_t Unit::address_at_index(uint64_t index) const {
  Bytes addresses = sections->addr;
  addresses.seek(addr_base + index * 8);
  return addresses.fixed(8);
}

enum Form : uint32_t {
  kAddr = 0x01, kBlock2 = 0x03, kBlock4 = 0x04, kData2 = 0x05, kData4 = 0x06, kData8 = 0x07,
  kString = 0x08, kBlock = 0x09, kBlock1 = 0x0a, kData1 = 0x0b, kFlag = 0x0c, kSdata = 0x0d,
  kStrp = 0x0e, kUdata = 0x0f, kRefAddr = 0x10, kRef1 = 0x11, kRef2 = 0x12, kRef4 = 0x13,
  kRef8 = 0x14, kRefUdata = 0x15, kIndirect = 0x16, kSecOffset = 0x17, kExprloc = 0x18,
  kFlagPresent = 0x19, kStrx = 0x1a, kAddrx = 0x1b, kRefSup4 = 0x1c, kStrpSup = 0x1d,
  kData16 = 0x1e, kLineStrp = 0x1f, kRefSig8 = 0x20, kImplicitConst = 0x21, kLoclistx = 0x22,
  kRnglistx = 0x23, kRefSup8 = 0x24, kStrx1 = 0x25, kStrx2 = 0x26, kStrx3 = 0x27, kStrx4 = 0x28,
  kAddrx1 = 0x29, kAddrx2 = 0x2a, kAddrx3 = 0x2b, kAddrx4 = 0x2c,
};

// Bytes of the forms that have a fixed size; -1 for the others.
static int size_of_form(uint32_t form) {
  switch (form) {
    case kFlagPresent: case kImplicitConst: return 0;
    case kData1: case kFlag: case kRef1: case kStrx1: case kAddrx1: return 1;
    case kData2: case kRef2: case kStrx2: case kAddrx2: return 2;
    case kStrx3: case kAddrx3: return 3;
    case kData4: case kRef4: case kStrx4: case kAddrx4: case kStrp: case kLineStrp:
    case kSecOffset: case kRefAddr: case kRefSup4: case kStrpSup: return 4;
    case kAddr: case kData8: case kRef8: case kRefSig8: case kRefSup8: return 8;
    default: return -1;
  }
}

static bool is_text_index(uint32_t form) { return form == kStrx || (form >= kStrx1 && form <= kStrx4); }
static bool is_address_index(uint32_t form) {
  return form == kAddrx || (form >= kAddrx1 && form <= kAddrx4);
}
static bool is_unit_reference(uint32_t form) { return form >= kRef1 && form <= kRefUdata; }

// Forms that carry their own size. False: not known.
static bool read_sized(Bytes& bytes, uint32_t form, Value& value) {
  switch (form) {
    case kBlock1: bytes.skip(bytes.fixed(1)); return true;
    case kBlock2: bytes.skip(bytes.fixed(2)); return true;
    case kBlock4: bytes.skip(bytes.fixed(4)); return true;
    case kBlock: case kExprloc: bytes.skip(bytes.uleb()); return true;
    case kData16: bytes.skip(16); return true;
    case kString: value.text = bytes.text(); return true;
    case kSdata: value.number = static_cast<uint64_t>(bytes.sleb()); return true;
    case kUdata: case kRefUdata: case kStrx: case kAddrx: case kLoclistx: case kRnglistx:
      value.number = bytes.uleb();
      return true;
    default: return false;
  }
}

bool read_value(Bytes& bytes, uint32_t form, int64_t implicit, const Unit& unit, Value& value) {
  if (form == kIndirect) form = static_cast<uint32_t>(bytes.uleb());
  value = {form, 0, nullptr};
  const int size = size_of_form(form);
  if (size > 0) value.number = bytes.fixed(static_cast<size_t>(size));
  if (size < 0 && !read_sized(bytes, form, value)) return false;
  if (form == kImplicitConst) value.number = static_cast<uint64_t>(implicit);
  if (form == kFlagPresent) value.number = 1;
  if (form == kStrp) value.text = text_in(unit.sections->str, value.number);
  if (form == kLineStrp) value.text = text_in(unit.sections->line_str, value.number);
  if (is_unit_reference(form)) value.number += unit.offset;
  return bytes.good();
}

// --- Entries -------------------------------------------------------------------------------------

enum Attribute : uint32_t {
  kName = 0x03, kStmtList = 0x10, kLowPc = 0x11, kHighPc = 0x12, kAbstractOrigin = 0x31,
  kSpecification = 0x47, kRanges = 0x55, kCallFile = 0x58, kCallLine = 0x59,
  kStrOffsetsBase = 0x72, kAddrBase = 0x73, kRnglistsBase = 0x74,
};

EntryReader::EntryReader(Unit& unit) : unit_(unit) {}

// Places `abbreviation` behind the code of the one wanted.
bool EntryReader::find_abbreviation(uint64_t code, Bytes& abbreviation) {
  abbreviation = unit_.sections->abbrev;
  if (code < kCached && offsets_[code] != 0) {
    abbreviation.seek(offsets_[code] - 1);
    return abbreviation.good();
  }
  abbreviation.seek(unit_.abbrev_offset);
  while (abbreviation.good()) {
    const uint64_t found = abbreviation.uleb();
    if (found == 0) return false;
    if (found < kCached) offsets_[found] = static_cast<uint32_t>(abbreviation.offset()) + 1;
    if (found == code) return true;
    abbreviation.uleb();
    abbreviation.skip(1);
    while (abbreviation.good()) {
      const uint64_t attribute = abbreviation.uleb();
      const uint64_t form = abbreviation.uleb();
      if (form == kImplicitConst) abbreviation.sleb();
      if (attribute == 0 && form == 0) break;
    }
  }
  return false;
}

void EntryReader::note(uint32_t attribute, const Value& value, Entry& entry) {
  switch (attribute) {
    case kName:
      entry.name = is_text_index(value.form) ? unit_.text_at_index(value.number) : value.text;
      break;
    case kLowPc: entry.low = value; break;
    case kHighPc: entry.high = value; break;
    case kRanges: entry.ranges = value; break;
    case kAbstractOrigin: case kSpecification: entry.origin = value.number; break;
    case kCallFile: entry.call_file = static_cast<uint32_t>(value.number); break;
    case kCallLine: entry.call_line = static_cast<uint32_t>(value.number); break;
    case kStmtList: unit_.lines = value.number; break;
    case kStrOffsetsBase: unit_.str_offsets_base = value.number; break;
    case kAddrBase: unit_.addr_base = value.number; break;
    case kRnglistsBase: unit_.rnglists_base = value.number; break;
    default: break;
  }
}

bool EntryReader::read(Bytes& bytes, Entry& entry) {
  entry = {};
  const uint64_t code = bytes.uleb();
  if (code == 0 || !bytes.good()) return false;
  Bytes abbreviation;
  if (!find_abbreviation(code, abbreviation)) {
    failed_ = true;
    return false;
  }
  entry.tag = static_cast<uint32_t>(abbreviation.uleb());
  entry.has_children = abbreviation.fixed(1) != 0;
  // The unit's own entry names the bases that its indexes are counted from, perhaps after a name:
  // its name is not needed, so the order does not matter.
  while (true) {
    const uint32_t attribute = static_cast<uint32_t>(abbreviation.uleb());
    const uint32_t form = static_cast<uint32_t>(abbreviation.uleb());
    const int64_t implicit = form == kImplicitConst ? abbreviation.sleb() : 0;
    if (attribute == 0 && form == 0) return true;
    Value value;
    if (!abbreviation.good() || !read_value(bytes, form, implicit, unit_, value)) {
      failed_ = true;
      return false;
    }
    note(attribute, value, entry);
  }
}

static uint64_t address_of(const Value& value, const Unit& unit) {
  return is_address_index(value.form) ? unit.address_at_index(value.number) : value.number;
}

bool EntryReader::covers_by_ranges(uint64_t offset, uint64_t address) const {
  enum { kEnd, kBaseIndex, kIndexes, kIndexLength, kPair, kBase, kAddresses, kAddressLength };
  Bytes list = unit_.sections->rnglists;
  list.seek(offset);
  uint64_t base = unit_.low;
  while (list.good()) {
    uint64_t from = 0;
    uint64_t to = 0;
    switch (list.fixed(1)) {
      case kBaseIndex: base = unit_.address_at_index(list.uleb()); continue;
      case kBase: base = list.fixed(8); continue;
      case kIndexes:
        from = unit_.address_at_index(list.uleb());
        to = unit_.address_at_index(list.uleb());
        break;
      case kIndexLength:
        from = unit_.address_at_index(list.uleb());
        to = from + list.uleb();
        break;
      case kPair:
        from = base + list.uleb();
        to = base + list.uleb();
        break;
      case kAddresses:
        from = list.fixed(8);
        to = list.fixed(8);
        break;
      case kAddressLength:
        from = list.fixed(8);
        to = from + list.uleb();
        break;
      default: return false;
    }
    if (address >= from && address < to) return true;
  }
  return false;
}

bool EntryReader::covers(const Entry& entry, uint64_t address) const {
  if (entry.ranges.form != 0) {
    uint64_t offset = entry.ranges.number;
    if (entry.ranges.form == kRnglistx) {
      Bytes offsets = unit_.sections->rnglists;
      offsets.seek(unit_.rnglists_base + offset * 4);
      offset = unit_.rnglists_base + offsets.fixed(4);
    }
    return covers_by_ranges(offset, address);
  }
  if (entry.high.form == 0) return false;
  const uint64_t low = address_of(entry.low, unit_);
  const bool is_address = entry.high.form == kAddr || is_address_index(entry.high.form);
  const uint64_t high = is_address ? address_of(entry.high, unit_) : low + entry.high.number;
  return address >= low && address < high;
}

bool read_unit(const Sections& sections, Bytes& info, Unit& unit, Entry& root) {
  if (info.at_end()) return false;
  unit = Unit{};
  unit.sections = &sections;
  unit.offset = info.offset();
  const uint64_t length = info.fixed(4);
  if (length >= 0xFFFFFFF0) return false;  // 64-bit DWARF: nobody emits it for programs of this size
  const uint64_t after_length = info.offset();
  const uint64_t version = info.fixed(2);
  const uint64_t kind = info.fixed(1);
  const uint64_t address_size = info.fixed(1);
  unit.abbrev_offset = info.fixed(4);
  const uint64_t end = after_length + length;
  constexpr uint64_t kCompileUnit = 1;
  root = {};
  if (version == 5 && kind == kCompileUnit && address_size == 8) {
    unit.entries_offset = info.offset();
    unit.entries = info.part(info.offset(), end - info.offset());
    EntryReader reader(unit);
    if (!reader.read(unit.entries, root)) root = {};
    unit.low = address_of(root.low, unit);
  }
  info.seek(end);
  return info.good();
}

}  // namespace skein::fault
