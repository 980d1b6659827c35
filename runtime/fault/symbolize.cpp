// See symbolize.h.
#include "runtime/fault/symbolize.h"

#include "runtime/fault/line_table.h"

#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// The linker's: the first byte of the executable in memory.
extern "C" const char __ehdr_start __attribute__((weak, visibility("hidden")));

namespace skein::fault {

Symbolizer::Symbolizer() {
  const int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  struct stat status;
  if (fstat(fd, &status) == 0 && status.st_size >= static_cast<off_t>(sizeof(Elf64_Ehdr))) {
    image_size_ = static_cast<size_t>(status.st_size);
    void* image = mmap(nullptr, image_size_, PROT_READ, MAP_PRIVATE, fd, 0);
    if (image != MAP_FAILED) image_ = static_cast<const uint8_t*>(image);
  }
  close(fd);
  if (image_ != nullptr && !load()) sections_ = {};
}

Symbolizer::~Symbolizer() {
  if (image_ != nullptr) munmap(const_cast<uint8_t*>(image_), image_size_);
}

struct NamedSection {
  const char* name;
  Bytes Sections::*bytes;
};
static constexpr NamedSection kSections[] = {
    {".debug_info", &Sections::info},         {".debug_abbrev", &Sections::abbrev},
    {".debug_line", &Sections::line},         {".debug_line_str", &Sections::line_str},
    {".debug_str", &Sections::str},           {".debug_str_offsets", &Sections::str_offsets},
    {".debug_addr", &Sections::addr},         {".debug_rnglists", &Sections::rnglists},
};

bool Symbolizer::load() {
  Elf64_Ehdr header;
  memcpy(&header, image_, sizeof(header));
  if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_shentsize != sizeof(Elf64_Shdr)) {
    return false;
  }
  const Bytes whole(image_, image_size_);
  const Bytes table = whole.part(header.e_shoff, uint64_t(header.e_shnum) * sizeof(Elf64_Shdr));
  const uint64_t count = table.size() / sizeof(Elf64_Shdr);
  if (header.e_shstrndx >= count) return false;
  const auto section_at = [&](uint64_t index) {
    Elf64_Shdr section;
    memcpy(&section, table.begin() + index * sizeof(section), sizeof(section));
    return section;
  };
  const Elf64_Shdr names = section_at(header.e_shstrndx);
  for (uint64_t i = 0; i < count; ++i) {
    const Elf64_Shdr section = section_at(i);
    if (section.sh_type == SHT_NOBITS || (section.sh_flags & SHF_COMPRESSED) != 0) continue;
    Bytes name_bytes = whole.part(names.sh_offset, names.sh_size);
    name_bytes.seek(section.sh_name);
    const char* name = name_bytes.text();
    for (const NamedSection& known : kSections) {
      if (strcmp(name, known.name) != 0) continue;
      sections_.*known.bytes = whole.part(section.sh_offset, section.sh_size);
    }
  }
  if (header.e_type == ET_DYN) bias_ = reinterpret_cast<uint64_t>(&__ehdr_start);
  return true;
}

// The name stands in the entry, or in the one it is an instance of.
const char* Symbolizer::name_of(Unit& unit, const Entry& entry) {
  Entry at = entry;
  for (int steps = 0; at.name == nullptr && at.origin != 0 && steps < 4; ++steps) {
    const uint64_t offset = at.origin;
    if (offset < unit.entries_offset) return nullptr;
    Bytes bytes = sections_.info.part(unit.entries_offset,
                                      unit.entries.size());
    bytes.seek(offset - unit.entries_offset);
    EntryReader reader(unit);
    if (!reader.read(bytes, at)) return nullptr;
  }
  return at.name;
}

// Goes through the entries of a unit that covers the address: first to the function, then to the
// calls inlined in it that cover the address too. They are nested, so the last one is innermost.
size_t Symbolizer::find_in_unit(Unit& unit, uint64_t address, SourceFrame* frames, size_t most) {
  constexpr uint32_t kSubprogram = 0x2e;
  constexpr uint32_t kInlined = 0x1d;
  constexpr size_t kMostInlined = 16;
  Entry chain[kMostInlined];
  size_t count = 0;
  EntryReader reader(unit);
  Bytes bytes = unit.entries;
  int depth = 0;
  int function_depth = -1;
  while (!bytes.at_end() && depth >= 0) {
    Entry entry;
    if (!reader.read(bytes, entry)) {
      if (reader.failed() || !bytes.good()) break;
      --depth;
    } else {
      const bool inside = count > 0;
      const bool wanted = inside ? entry.tag == kInlined : entry.tag == kSubprogram;
      if (wanted && count < kMostInlined && reader.covers(entry, address)) {
        if (!inside) function_depth = depth;
        chain[count++] = entry;
      }
      if (entry.has_children) ++depth;
    }
    if (count > 0 && depth <= function_depth) break;
  }
  SourceLine line = find_line(unit, address);
  size_t written = 0;
  for (size_t i = count; i-- > 0 && written < most;) {
    frames[written++] = {name_of(unit, chain[i]), line.file, line.line};
    line = {find_file(unit, chain[i].call_file), chain[i].call_line};
  }
  return written;
}

size_t Symbolizer::find(uintptr_t address, SourceFrame* frames, size_t most) {
  const uint64_t linked = address - bias_;
  Bytes info = sections_.info;
  Unit unit;
  Entry root;
  while (read_unit(sections_, info, unit, root)) {
    EntryReader reader(unit);
    if (root.tag != 0 && reader.covers(root, linked)) {
      return find_in_unit(unit, linked, frames, most);
    }
  }
  return 0;
}

}  // namespace skein::fault
