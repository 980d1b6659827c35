// See outside.h.
#include "runtime/api/outside.h"

#include "runtime/base/platform.h"
#include "runtime/value/str.h"
#include "runtime/value/utf8.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

namespace skein::api {

using value::Buffer;

// --- Standard input ------------------------------------------------------------------------------

// Bytes of standard input that were read and not given out yet. One task reads it at a time.
static pthread_mutex_t input_lock = PTHREAD_MUTEX_INITIALIZER;
static char input[1 << 16];
static size_t input_begin = 0;
static size_t input_end = 0;

// Reads more when there is nothing left; false at the end.
static bool fill_input() {
  if (input_begin < input_end) return true;
  ssize_t count;
  do {
    count = read(STDIN_FILENO, input, sizeof(input));
  } while (count < 0 && errno == EINTR);
  input_begin = 0;
  input_end = count > 0 ? static_cast<size_t>(count) : 0;
  return count > 0;
}

// `str` itself if it is UTF-8, else a repaired one in its place.
static Buffer* as_text(Buffer* str) {
  const std::string_view text = value::text_of(str);
  for (size_t at = 0; at < text.size();) {
    const size_t length = value::valid_char(text.data() + at, text.size() - at);
    if (length == 0) {
      Buffer* repaired = value::new_str_repaired(text);
      value::release(str);
      return repaired;
    }
    at += length;
  }
  return str;
}

Buffer* read_line() {
  pthread_mutex_lock(&input_lock);
  Buffer* line = nullptr;
  while (fill_input()) {
    if (line == nullptr) line = value::empty();
    const char* begin = input + input_begin;
    const size_t size = input_end - input_begin;
    const void* found = memchr(begin, '\n', size);
    const size_t length =
        found == nullptr ? size : static_cast<size_t>(static_cast<const char*>(found) - begin);
    value::append(&line, {begin, length});
    input_begin += found == nullptr ? length : length + 1;
    if (found != nullptr) break;
  }
  pthread_mutex_unlock(&input_lock);
  if (line == nullptr) return nullptr;
  const std::string_view text = value::text_of(line);
  if (!text.empty() && text.back() == '\r') line->length--;
  return as_text(line);
}

bool has_input() {
  pthread_mutex_lock(&input_lock);
  const bool has = input_begin < input_end;
  pthread_mutex_unlock(&input_lock);
  return has;
}

Buffer* read_some(int64_t most) {
  pthread_mutex_lock(&input_lock);
  Buffer* bytes = value::empty();
  if (most > 0 && fill_input()) {
    const size_t count = std::min(static_cast<size_t>(most), input_end - input_begin);
    value::append(&bytes, {input + input_begin, count});
    input_begin += count;
  }
  pthread_mutex_unlock(&input_lock);
  return bytes;
}

Buffer* read_rest() {
  pthread_mutex_lock(&input_lock);
  Buffer* text = value::empty();
  while (fill_input()) {
    value::append(&text, {input + input_begin, input_end - input_begin});
    input_begin = input_end;
  }
  pthread_mutex_unlock(&input_lock);
  return as_text(text);
}

// --- Files ---------------------------------------------------------------------------------------

// A path as the system wants it, with a zero byte at its end.
class Path {
 public:
  explicit Path(std::string_view path)
      : text_(value::new_buffer(1, static_cast<int64_t>(path.size()) + 1)) {
    memcpy(value::data_of(text_), path.data(), path.size());
    value::data_of(text_)[path.size()] = 0;
    is_whole_ = memchr(path.data(), 0, path.size()) == nullptr;
  }
  ~Path() { value::release(text_); }
  Path(const Path&) = delete;

  // Null, which the system refuses, for a path with a zero byte inside.
  const char* get() const { return is_whole_ ? value::data_of(text_) : nullptr; }

 private:
  Buffer* text_;
  bool is_whole_ = false;
};

static int64_t outcome(int result) { return result < 0 ? errno : 0; }

int64_t read_file(std::string_view path, Buffer** place) {
  const int file = open(Path(path).get(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno;
  Buffer* text = value::empty();
  char part[1 << 14];
  int64_t error = 0;
  while (true) {
    const ssize_t count = read(file, part, sizeof(part));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) error = errno;
    if (count <= 0) break;
    value::append(&text, {part, static_cast<size_t>(count)});
  }
  close(file);
  const std::string_view bytes = value::text_of(text);
  for (size_t at = 0; error == 0 && at < bytes.size();) {
    const size_t length = value::valid_char(bytes.data() + at, bytes.size() - at);
    if (length == 0) error = kNotText;
    at += length;
  }
  if (error == 0) value::append(place, bytes);
  value::release(text);
  return error;
}

int64_t write_file(std::string_view path, std::string_view text, bool appends) {
  const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (appends ? O_APPEND : O_TRUNC);
  const int file = open(Path(path).get(), flags, 0666);
  if (file < 0) return errno;
  const int error = base::write_all(file, text.data(), text.size());
  const int64_t closed = outcome(close(file));
  return error != 0 ? error : closed;
}

int64_t remove_file(std::string_view path) {
  const Path name(path);
  if (unlink(name.get()) == 0) return 0;
  const int error = errno;
  if (error == EISDIR || error == EPERM) return outcome(rmdir(name.get()));
  return error;
}

int64_t make_folder(std::string_view path) { return outcome(mkdir(Path(path).get(), 0777)); }

int64_t kind_of_file(std::string_view path) {
  struct stat status;
  if (stat(Path(path).get(), &status) != 0) return 0;
  return S_ISREG(status.st_mode) ? 1 : S_ISDIR(status.st_mode) ? 2 : 3;
}

int64_t list_folder(std::string_view path, Buffer** place) {
  DIR* folder = opendir(Path(path).get());
  if (folder == nullptr) return errno;
  errno = 0;
  while (const dirent* entry = readdir(folder)) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    Buffer* text = value::new_str_repaired(name);
    value::append(place, value::text_of(text));
    value::append(place, "/");
    value::release(text);
  }
  const int64_t error = errno;
  closedir(folder);
  return error;
}

// --- The rest ------------------------------------------------------------------------------------

Buffer* error_text(int64_t error) {
  if (error == kNotText) return value::new_str("not UTF-8 text");
  return value::new_str_repaired(strerror(static_cast<int>(error)));
}

Buffer* environment_value(std::string_view name) {
  const char* found = getenv(Path(name).get());
  return found == nullptr ? nullptr : value::new_str_repaired(found);
}

int64_t wall_clock() {
  timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return static_cast<int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace skein::api
