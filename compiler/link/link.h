// Object files and the runtime library → an executable, by ld.lld.
//
// The linker runs as a child process with its output in a memory file: lld 22 maps its output file
// and dies by SIGBUS when the disk fills up, having deleted the old one first. From memory the image
// is written, checked and renamed by us (output_file.h), or started without touching a disk.
// Its input comes from memory files too, so a build leaves nothing behind however it ends.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skein::link {

struct Options {
  bool is_static = false;  // no shared libraries at all
  bool strip = false;      // leave out symbols and debug information
  // Object files, libraries, `-lNAME` and `-LFOLDER`, in the order they were given.
  std::vector<std::string> inputs;
  // What the program's C functions come from.
  std::vector<std::string> libraries;      // "z": libz.so or libz.a
  std::vector<std::string> search_paths;   // folders that are searched before those of the system
  std::vector<std::string> files;          // object files and archives
};

// A linked executable in an anonymous file, or why there is none.
class Image {
 public:
  enum class State {
    Linked,
    NoLinker,       // detail: the path that was tried and why it failed
    NoSystemFiles,  // detail: the start-up file that was not found
    Rejected,       // detail: what the linker printed
  };

  Image(State state, std::string detail) : state(state), detail(std::move(detail)) {}
  // Of a file with more behind the executable, only the first `size` bytes count.
  explicit Image(int fd, size_t size = 0) : state(State::Linked), fd_(fd), size_(size) {}
  ~Image();
  Image(Image&& other) noexcept;
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;

  // The file; closed with the image. It can be given to fexecve.
  int fd() const { return fd_; }
  // Its content, valid as long as the image. Empty when it cannot be mapped.
  std::string_view bytes();

  State state;
  std::string detail;

 private:
  int fd_ = -1;
  void* mapped_ = nullptr;
  size_t size_ = 0;
};

// Links object files, given by their bytes, with the static library at `runtime_library`.
// SKEIN_LINKER in the environment names another ld.lld.
Image link_executable(const std::vector<std::string>& objects, const std::string& runtime_library,
                      const Options& options);

}  // namespace skein::link
