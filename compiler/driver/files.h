// Files the tool itself asks for: sources, and what is installed beside it.
#pragma once

#include <string>

namespace skein::driver {

struct FileText {
  std::string text;
  std::string error;   // why it cannot be read, in words; empty when it was
};

// Larger files are refused: nobody wrote them, and all later steps count on 32-bit places.
constexpr size_t kMaxFileSize = 64u << 20;

FileText read_file(const std::string& path);

// lib/skein beside the directory of the running tool: the runtime and the standard library.
std::string library_directory();

// Whether both names lead to the same existing file.
bool same_file(const std::string& a, const std::string& b);

}  // namespace skein::driver
