// Files the tool itself asks for: sources, and what is installed beside it.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace skein::driver {

struct FileText {
  std::string text;
  std::string error;   // why it cannot be read, in words; empty when it was
  bool is_missing = false;   // there is no such file
};

// Larger files are refused: nobody wrote them, and all later steps count on 32-bit places.
constexpr size_t kMaxFileSize = 64u << 20;

FileText read_file(const std::string& path);

// lib/skein beside the directory of the running tool: the runtime and the standard library.
std::string library_directory();

// The names in a folder, sorted, without `.` and `..`; empty when it cannot be read.
std::vector<std::string> entries_of(const std::string& folder);
bool is_folder(const std::string& path);

// Makes a folder and those above it; why it cannot be made, or nothing.
std::optional<std::string> make_folder(const std::string& path);

// The absolute path without links and `..`; "" when there is nothing there.
std::string real_path(const std::string& path);

// Whether both names lead to the same existing file.
bool same_file(const std::string& a, const std::string& b);

}  // namespace skein::driver
