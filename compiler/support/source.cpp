#include "compiler/support/source.h"

#include <algorithm>

namespace skein {

FileId SourceMap::add(std::string path, std::string text) {
  if (text.size() >= kMaxTotal - next_base_) return FileId();
  SourceFile file;
  file.path = std::move(path);
  file.text = std::move(text);
  file.base = next_base_;
  file.line_starts.push_back(0);
  for (uint32_t i = 0; i < file.text.size(); ++i) {
    if (file.text[i] == '\n') file.line_starts.push_back(i + 1);
  }
  // One past the end belongs to the file too: that is where "end of file" is reported.
  next_base_ += static_cast<uint32_t>(file.text.size()) + 1;
  files_.push_back(std::move(file));
  return FileId(static_cast<uint32_t>(files_.size() - 1));
}

FileId SourceMap::file_of(uint32_t offset) const {
  if (offset == 0 || files_.empty()) return FileId();
  auto after = std::upper_bound(files_.begin(), files_.end(), offset,
                                [](uint32_t at, const SourceFile& f) { return at < f.base; });
  if (after == files_.begin()) return FileId();
  return FileId(static_cast<uint32_t>(after - files_.begin() - 1));
}

Location SourceMap::locate(uint32_t offset) const {
  FileId id = file_of(offset);
  if (!id.valid()) return {"<unknown>", 0, 0};
  const SourceFile& file = files_[id.index];
  uint32_t local = std::min<uint32_t>(offset - file.base, static_cast<uint32_t>(file.text.size()));
  auto after = std::upper_bound(file.line_starts.begin(), file.line_starts.end(), local);
  uint32_t line = static_cast<uint32_t>(after - file.line_starts.begin());
  uint32_t column = 1;
  for (uint32_t i = file.line_starts[line - 1]; i < local; ++i) {
    if ((static_cast<unsigned char>(file.text[i]) & 0xC0) != 0x80) ++column;
  }
  return {file.path, line, column};
}

std::string_view SourceMap::text(Span span) const {
  FileId id = file_of(span.begin);
  if (!id.valid()) return {};
  const SourceFile& file = files_[id.index];
  uint32_t begin = std::min<uint32_t>(span.begin - file.base, file.text.size());
  uint32_t end = std::min<uint32_t>(span.end - file.base, file.text.size());
  return std::string_view(file.text).substr(begin, end > begin ? end - begin : 0);
}

std::string_view SourceMap::line_text(FileId id, uint32_t line) const {
  const SourceFile& file = files_[id.index];
  if (line == 0 || line > file.line_starts.size()) return {};
  uint32_t begin = file.line_starts[line - 1];
  uint32_t end = line < file.line_starts.size() ? file.line_starts[line] - 1
                                                : static_cast<uint32_t>(file.text.size());
  return std::string_view(file.text).substr(begin, end - begin);
}

Span SourceMap::whole(FileId id) const {
  const SourceFile& file = files_[id.index];
  return {file.base, file.base + static_cast<uint32_t>(file.text.size())};
}

}  // namespace skein
