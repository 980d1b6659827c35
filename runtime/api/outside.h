// What programs ask of the world around them: standard input, files, environment, the calendar.
//
// Operations that can fail give an errno, 0 for none; kNotText where bytes are no UTF-8. They block
// the worker they are called on.
#pragma once

#include "runtime/abi/layout.h"

#include <cstdint>
#include <string_view>

namespace skein::api {

constexpr int64_t kNotText = -1;

// The next line of standard input without its end, a new str; null when there is none.
abi::Buffer* read_line();
// What is left of standard input, a new str. Bytes that are no UTF-8 become U+FFFD.
abi::Buffer* read_rest();
// Whether there are bytes that were read and not given out, so that reading does not wait.
bool has_input();
// Bytes as they come, at most so many; none at the end.
abi::Buffer* read_some(int64_t most);

// Reads a whole file into the str in `place`.
int64_t read_file(std::string_view path, abi::Buffer** place);
// Makes or replaces a file, or adds to its end.
int64_t write_file(std::string_view path, std::string_view text, bool appends);
// Removes a file or an empty folder.
int64_t remove_file(std::string_view path);
int64_t make_folder(std::string_view path);
// 0 nothing, 1 a file, 2 a folder, 3 something else.
int64_t kind_of_file(std::string_view path);
// Appends the names in a folder to the str in `place`, a `/` behind each.
int64_t list_folder(std::string_view path, abi::Buffer** place);

// What the system says about an error; a new str.
abi::Buffer* error_text(int64_t error);
// The value of an environment variable, a new str; null when it is not set.
abi::Buffer* environment_value(std::string_view name);

// Nanoseconds since 1970 in UTC.
int64_t wall_clock();

}  // namespace skein::api
