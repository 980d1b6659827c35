#include "compiler/driver/cache.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "compiler/driver/files.h"
#include "compiler/link/output_file.h"
#include "compiler/link/system_files.h"
#include "llvm/Support/BLAKE3.h"

namespace skein::driver {

// Old entries go when there are more bytes than these.
static constexpr uint64_t kMaxBytes = 1u << 30;
static constexpr std::string_view kMagic = "skein-entry-0001";

// ---- hashes --------------------------------------------------------------------------------

static std::string hash_of(std::string_view bytes) {
  llvm::BLAKE3 hasher;
  hasher.update(llvm::StringRef(bytes.data(), bytes.size()));
  llvm::BLAKE3Result<16> result = hasher.final<16>();
  return std::string(reinterpret_cast<const char*>(result.data()), result.size());
}

static std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (unsigned char byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

// "" stands for a file that is not there, which no hash does.
static std::string hash_of_file(const std::string& path) {
  FileText file = read_file(path);
  return file.error.empty() ? hash_of(file.text) : "";
}

// The linker's mark on this very tool: another build of it has another.
static std::string tool_id() {
  std::string id;
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* out) {
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const ElfW(Phdr)& header = info->dlpi_phdr[i];
          if (header.p_type != PT_NOTE) continue;
          const char* at = reinterpret_cast<const char*>(info->dlpi_addr + header.p_vaddr);
          const char* end = at + header.p_memsz;
          while (at + sizeof(ElfW(Nhdr)) <= end) {
            ElfW(Nhdr) note;
            std::memcpy(&note, at, sizeof note);
            const char* text = at + sizeof note + ((note.n_namesz + 3) & ~3u);
            if (text > end || note.n_descsz > static_cast<size_t>(end - text)) break;
            bool is_gnu = std::string_view(at + sizeof note, 4) == std::string_view("GNU", 4);
            if (is_gnu && note.n_type == NT_GNU_BUILD_ID) {
              *static_cast<std::string*>(out) = std::string(text, note.n_descsz);
            }
            at = text + ((note.n_descsz + 3) & ~3u);
          }
        }
        return 1;  // the first object is the tool itself
      },
      &id);
  return id;
}

// ---- the form of an entry ------------------------------------------------------------------

static void append_number(std::string& out, uint64_t number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

static void append_text(std::string& out, std::string_view text) {
  append_number(out, text.size());
  out += text;
}

// Takes numbers and texts off the front; false at the end, or where nothing sensible is left.
static bool take_number(std::string_view& in, uint64_t& number) {
  if (in.size() < sizeof number) return false;
  std::memcpy(&number, in.data(), sizeof number);
  in.remove_prefix(sizeof number);
  return true;
}

static bool take_text(std::string_view& in, std::string& text) {
  uint64_t size = 0;
  if (!take_number(in, size) || size > in.size()) return false;
  text = in.substr(0, size);
  in.remove_prefix(size);
  return true;
}

// A mapped file, unmapped at the end of its scope.
class Mapping {
 public:
  explicit Mapping(int fd) {
    struct stat info;
    bool is_ours = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == geteuid();
    if (!is_ours || info.st_size == 0) return;
    size_ = static_cast<size_t>(info.st_size);
    memory_ = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
    if (memory_ == MAP_FAILED) memory_ = nullptr;
  }
  ~Mapping() {
    if (memory_) munmap(memory_, size_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  std::string_view bytes() const {
    return memory_ ? std::string_view(static_cast<const char*>(memory_), size_)
                   : std::string_view();
  }

 private:
  void* memory_ = nullptr;
  size_t size_ = 0;
};

// The executable's size, when all the files are as they were.
static std::optional<size_t> read_entry(std::string_view bytes, KeptReports& reports) {
  if (bytes.size() < kMagic.size() + 2 * sizeof(uint64_t) || !bytes.ends_with(kMagic)) return {};
  std::string_view tail = bytes.substr(bytes.size() - kMagic.size() - 2 * sizeof(uint64_t));
  uint64_t image_size = 0;
  uint64_t list_size = 0;
  take_number(tail, image_size);
  take_number(tail, list_size);
  size_t tail_size = kMagic.size() + 2 * sizeof(uint64_t);
  if (image_size + list_size + tail_size != bytes.size()) return {};
  std::string_view list = bytes.substr(image_size, list_size);
  uint64_t count = 0;
  if (!take_number(list, count)) return {};
  for (; count > 0; --count) {
    std::string path;
    std::string hash;
    if (!take_text(list, path) || !take_text(list, hash)) return {};
    if (hash_of_file(path) != hash) return {};
  }
  bool is_whole = take_text(list, reports.text) && take_text(list, reports.colored) &&
                  take_text(list, reports.json);
  return is_whole ? std::optional<size_t>(image_size) : std::nullopt;
}

// ---- where entries are ---------------------------------------------------------------------

static std::string folder_for(const Target& target) {
  const char* chosen = getenv("SKEIN_CACHE");
  if (chosen && std::string_view(chosen) == "off") return "";
  if (chosen && *chosen) return std::string(chosen) + "/";
  if (!target.build_folder.empty()) return target.build_folder + "cache/";
  const char* caches = getenv("XDG_CACHE_HOME");
  if (caches && *caches == '/') return std::string(caches) + "/skein/";
  const char* home = getenv("HOME");
  return home && *home == '/' ? std::string(home) + "/.cache/skein/" : "";
}

static bool is_cacheable(const Options& options) {
  bool makes_program = options.verb == Verb::Build || options.verb == Verb::Run ||
                       options.verb == Verb::Scale || options.verb == Verb::Test;
  return makes_program && !options.no_cache && options.product == Product::Executable &&
         options.last_step() == Step::Link && options.dump_after.empty();
}

// Everything a library may be found as: the first that exists counts, and one may come to be.
static void add_libraries(const link::Options& link, std::vector<std::string>& files) {
  link::SystemFiles system = link::find_system_files();
  std::vector<std::string> folders = link.search_paths;
  std::vector<std::string> libraries = link.libraries;
  for (const std::string& input : link.inputs) {
    if (input.starts_with("-L")) {
      folders.push_back(input.substr(2));
    } else if (input.starts_with("-l")) {
      libraries.push_back(input.substr(2));
    } else {
      files.push_back(input);
    }
  }
  folders.insert(folders.end(), {system.gcc_directory, system.libc_directory});
  for (const std::string& library : libraries) {
    for (const std::string& folder : folders) {
      files.push_back(folder + "/lib" + library + ".so");
      files.push_back(folder + "/lib" + library + ".a");
    }
  }
  // Of the C library, what tells one version from another, and not its megabytes.
  for (const char* name : {"/crt1.o", "/libc.so", "/libc_nonshared.a"}) {
    files.push_back(system.libc_directory + name);
  }
  files.push_back(system.gcc_directory + "/crtbegin.o");
}

Cache::Cache(const Options& options, const Target& target, const link::Options& link) {
  std::string tool = tool_id();
  if (tool.empty() || !is_cacheable(options)) return;
  folder_ = folder_for(target);
  char here[4096];
  if (folder_.empty() || !getcwd(here, sizeof here)) return;
  const char* linker = getenv("SKEIN_LINKER");
  std::string key;
  for (std::string_view part : {std::string_view(tool), std::string_view(here),
                                std::string_view(target.file), std::string_view(target.program),
                                std::string_view(options.cpu.name), std::string_view(options.cpu.features),
                                std::string_view(linker ? linker : "")}) {
    append_text(key, part);
  }
  append_number(key, options.release + 2 * options.is_static + 4 * options.strip +
                         8 * options.deny_warnings + 16 * (options.verb == Verb::Test));
  for (const std::vector<std::string>* list :
       {&link.libraries, &link.search_paths, &link.files, &link.inputs}) {
    append_number(key, list->size());
    for (const std::string& part : *list) append_text(key, part);
  }
  path_ = folder_ + hex(hash_of(key));
  other_inputs_ = {library_directory() + "/libskein_rt.a", library_directory() + "/fast.bc"};
  other_inputs_.insert(other_inputs_.end(), link.files.begin(), link.files.end());
  add_libraries(link, other_inputs_);
}

std::optional<link::Image> Cache::find(KeptReports& reports) const {
  if (!is_on()) return std::nullopt;
  int fd = open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return std::nullopt;
  std::optional<size_t> size;
  {
    Mapping entry(fd);
    size = read_entry(entry.bytes(), reports);
  }
  if (!size) {
    close(fd);
    return std::nullopt;
  }
  // What was used last is what is kept longest.
  futimens(fd, nullptr);
  return link::Image(fd, *size);
}

// Removes the entries that were not used for the longest time while there is too much.
static void make_room(const std::string& folder) {
  struct Entry {
    std::string path;
    int64_t used = 0;
    uint64_t size = 0;
  };
  std::vector<Entry> entries;
  uint64_t total = 0;
  for (const std::string& name : entries_of(folder)) {
    struct stat info;
    if (stat((folder + name).c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    uint64_t size = static_cast<uint64_t>(info.st_size);
    entries.push_back({folder + name, info.st_mtim.tv_sec, size});
    total += size;
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.used < b.used; });
  for (const Entry& entry : entries) {
    if (total <= kMaxBytes) return;
    unlink(entry.path.c_str());
    total -= entry.size;
  }
}

void Cache::keep(link::Image& image, const SourceMap& sources,
                 const std::vector<std::string>& missing, const KeptReports& reports) const {
  if (!is_on()) return;
  std::string list;
  append_number(list, sources.file_count() + missing.size() + other_inputs_.size());
  for (uint32_t i = 0; i < sources.file_count(); ++i) {
    const SourceFile& file = sources.file(FileId(i));
    append_text(list, file.path);
    append_text(list, hash_of(file.text));
  }
  for (const std::string& path : missing) {
    append_text(list, path);
    append_text(list, "");
  }
  for (const std::string& path : other_inputs_) {
    append_text(list, path);
    append_text(list, hash_of_file(path));
  }
  for (const std::string* text : {&reports.text, &reports.colored, &reports.json}) {
    append_text(list, *text);
  }
  std::string entry(image.bytes());
  size_t image_size = entry.size();
  entry += list;
  append_number(entry, image_size);
  append_number(entry, list.size());
  entry += kMagic;
  // A cache that cannot be written is no reason to fail: the next build takes as long as this one.
  if (make_folder(folder_.substr(0, folder_.size() - 1))) return;
  if (link::write_output_file(path_, entry, link::FileMode::Executable)) return;
  make_room(folder_);
}

}  // namespace skein::driver
