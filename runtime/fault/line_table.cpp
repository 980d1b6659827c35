// See line_table.h; chapter 6.2 of the DWARF 5 standard.
#include "runtime/fault/line_table.h"

namespace skein::fault {

struct LineHeader {
  Bytes program;
  Bytes files;  // at the format of the file names
  uint64_t instruction_length = 1;
  int64_t line_base = 0;
  uint64_t line_range = 1;
  uint64_t opcode_base = 1;
  uint8_t operand_counts[256] = {};
};

// A table of formats followed by a table of entries in them; calls `visit(index, kind, value)`.
template <class Visit>
static void read_entries(Bytes& bytes, const Unit& unit, Visit visit) {
  constexpr size_t kMostFormats = 8;
  uint64_t kinds[kMostFormats];
  uint64_t forms[kMostFormats];
  const uint64_t formats = bytes.fixed(1);
  if (formats > kMostFormats) return bytes.skip(UINT64_MAX);
  for (uint64_t i = 0; i < formats; ++i) {
    kinds[i] = bytes.uleb();
    forms[i] = bytes.uleb();
  }
  const uint64_t count = bytes.uleb();
  for (uint64_t entry = 0; entry < count && bytes.good(); ++entry) {
    for (uint64_t i = 0; i < formats; ++i) {
      Value value;
      if (!read_value(bytes, static_cast<uint32_t>(forms[i]), 0, unit, value)) {
        return bytes.skip(UINT64_MAX);
      }
      visit(entry, kinds[i], value);
    }
  }
}

static bool read_header(const Unit& unit, LineHeader& header) {
  Bytes bytes = unit.sections->line;
  if (unit.lines >= bytes.size()) return false;
  bytes.seek(unit.lines);
  const uint64_t length = bytes.fixed(4);
  const uint64_t end = bytes.offset() + length;
  const uint64_t version = bytes.fixed(2);
  bytes.skip(2);  // sizes of addresses and segments
  const uint64_t header_length = bytes.fixed(4);
  const uint64_t program = bytes.offset() + header_length;
  if (!bytes.good() || version != 5 || program > end) return false;
  header.instruction_length = bytes.fixed(1);
  bytes.skip(2);  // operations in an instruction; whether rows are statements at first
  header.line_base = static_cast<int8_t>(bytes.fixed(1));
  header.line_range = bytes.fixed(1);
  header.opcode_base = bytes.fixed(1);
  for (uint64_t i = 1; i < header.opcode_base; ++i) {
    header.operand_counts[i] = static_cast<uint8_t>(bytes.fixed(1));
  }
  read_entries(bytes, unit, [](uint64_t, uint64_t, const Value&) {});
  header.files = bytes;
  header.program = unit.sections->line.part(program, end - program);
  return bytes.good() && header.line_range != 0;
}

static const char* file_at(const LineHeader& header, const Unit& unit, uint64_t index) {
  constexpr uint64_t kPath = 1;
  Bytes bytes = header.files;
  const char* name = nullptr;
  read_entries(bytes, unit, [&](uint64_t entry, uint64_t kind, const Value& value) {
    if (entry == index && kind == kPath) name = value.text;
  });
  return name;
}

const char* find_file(const Unit& unit, uint32_t index) {
  LineHeader header;
  return read_header(unit, header) ? file_at(header, unit, index) : nullptr;
}

// The registers of the line machine that matter here.
struct Row {
  uint64_t address = 0;
  uint64_t file = 1;
  int64_t line = 1;
};

// Runs a line program until a row begins behind the address looked for.
class LineMachine {
 public:
  LineMachine(const LineHeader& header, uint64_t wanted) : header_(header), wanted_(wanted) {}

  bool run(Row& found) {
    Bytes program = header_.program;
    while (program.good() && !program.at_end() && !found_) step(program);
    found = last_;
    return found_;
  }

 private:
  enum Standard : uint64_t {
    kCopy = 1, kAdvancePc, kAdvanceLine, kSetFile, kSetColumn, kNegate, kBlock, kConstAddPc,
    kFixedAdvancePc,
  };

  void advance(uint64_t operations) { row_.address += operations * header_.instruction_length; }

  // A row begins; the one before it ends here.
  void emit() {
    if (in_sequence_ && last_.address <= wanted_ && wanted_ < row_.address) {
      found_ = true;
      return;
    }
    last_ = row_;
    in_sequence_ = true;
  }

  void step(Bytes& program) {
    const uint64_t opcode = program.fixed(1);
    if (opcode >= header_.opcode_base) {
      const uint64_t adjusted = opcode - header_.opcode_base;
      advance(adjusted / header_.line_range);
      row_.line += header_.line_base + static_cast<int64_t>(adjusted % header_.line_range);
      return emit();
    }
    if (opcode == 0) return extended(program);
    switch (opcode) {
      case kCopy: return emit();
      case kAdvancePc: return advance(program.uleb());
      case kAdvanceLine: row_.line += program.sleb(); return;
      case kSetFile: row_.file = program.uleb(); return;
      case kConstAddPc: return advance((255 - header_.opcode_base) / header_.line_range);
      case kFixedAdvancePc: row_.address += program.fixed(2); return;
      default:
        for (int i = header_.operand_counts[opcode]; i > 0; --i) program.uleb();
    }
  }

  void extended(Bytes& program) {
    constexpr uint64_t kEndSequence = 1;
    constexpr uint64_t kSetAddress = 2;
    const uint64_t length = program.uleb();
    const uint64_t end = program.offset() + length;
    const uint64_t opcode = length == 0 ? 0 : program.fixed(1);
    if (opcode == kEndSequence) {
      emit();
      if (!found_) {
        row_ = {};
        in_sequence_ = false;
      }
    } else if (opcode == kSetAddress) {
      row_.address = program.fixed(8);
    }
    program.seek(end);
  }

  const LineHeader& header_;
  uint64_t wanted_;
  Row row_;
  Row last_;
  bool in_sequence_ = false;
  bool found_ = false;
};

SourceLine find_line(const Unit& unit, uint64_t address) {
  LineHeader header;
  Row row;
  if (!read_header(unit, header) || !LineMachine(header, address).run(row)) return {};
  return {file_at(header, unit, row.file), static_cast<uint32_t>(row.line)};
}

}  // namespace skein::fault
