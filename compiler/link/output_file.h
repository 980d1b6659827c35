// Writes a file so that whoever looks sees the old content or the complete new one, never a part.
//
// The bytes go into a temporary file in the same directory, every write is checked, and a rename
// puts it in place. A full disk, a kill or a directory in the way leave the old file as it was.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace skein::link {

// Who may read, write and start the file; `Kept`: as the file it replaces.
enum class FileMode { Plain, Executable, Kept };

// Returns why the file could not be written, in words; nothing when it was. Devices (`/dev/null`,
// `/dev/stdout`) are written to directly. A symbolic link is replaced, not followed.
std::optional<std::string> write_output_file(const std::string& path, std::string_view bytes,
                                             FileMode mode);

// Writes all of `bytes` to `fd`; false, with errno set, when that fails.
bool write_fully(int fd, std::string_view bytes);

}  // namespace skein::link
