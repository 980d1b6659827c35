// Reports for a terminal.
//
// A line of source is shown so that marks stand under what they mark whatever the line holds:
// tabs become spaces, wide characters count double, and characters that a terminal would obey
// instead of showing (escape codes, changes of direction) are replaced. A very long line is cut
// to a window around its first mark.
#include "compiler/support/render.h"

#include <algorithm>
#include <map>
#include <vector>

#include "compiler/support/unicode.h"

namespace skein {

namespace {

enum class Style : uint8_t { Plain, Bold, Error, Warning, Note, Gutter, Help, Added };

class Painter {
 public:
  explicit Painter(bool color) : color_(color) {}

  std::string paint(Style style, std::string_view text) const {
    if (!color_ || style == Style::Plain || text.empty()) return std::string(text);
    return std::string(code(style)) + std::string(text) + "\x1b[0m";
  }

 private:
  static std::string_view code(Style style) {
    switch (style) {
      case Style::Plain: return "";
      case Style::Bold: return "\x1b[1m";
      case Style::Error: return "\x1b[1;31m";
      case Style::Warning: return "\x1b[1;33m";
      case Style::Note: return "\x1b[1;36m";
      case Style::Gutter: return "\x1b[1;34m";
      case Style::Help: return "\x1b[1;36m";
      case Style::Added: return "\x1b[1;32m";
    }
    return "";
  }

  bool color_;
};

// A stretch of one line with a mark under it.
struct Mark {
  uint32_t begin = 0;  // bytes within the line
  uint32_t end = 0;
  bool is_primary = false;
  std::string text;
};

// The marks of one line.
struct MarkedLine {
  FileId file;
  uint32_t line = 0;
  std::vector<Mark> marks;
};

// A line as it is printed, and the column at which each of its bytes begins.
struct ShownLine {
  std::string text;
  std::vector<uint32_t> columns;  // one more than bytes
};

}  // namespace

// ---- text that is safe to print ------------------------------------------------------------

static constexpr uint32_t kTabWidth = 4;
static constexpr uint32_t kMaxWidth = 160;
static constexpr uint32_t kBeforeMark = 40;

// Appends one character as it may be shown, and returns its width in columns.
static uint32_t append_shown(std::string& out, DecodedChar c, uint32_t column) {
  if (!c.valid) {
    append_utf8(out, 0xFFFD);
    return 1;
  }
  if (c.value == '\t') {
    uint32_t width = kTabWidth - column % kTabWidth;
    out.append(width, ' ');
    return width;
  }
  if (c.value < 0x20 || c.value == 0x7F) {
    append_utf8(out, c.value == 0x7F ? 0x2421 : 0x2400 + c.value);  // the pictures of controls
    return 1;
  }
  if (is_bidi_control(c.value) || (c.value >= 0x80 && c.value < 0xA0)) {
    std::string name = "<" + code_point_name(c.value) + ">";
    out += name;
    return static_cast<uint32_t>(name.size());
  }
  append_utf8(out, c.value);
  return display_width(c.value);
}

static ShownLine show_line(std::string_view line) {
  ShownLine shown;
  uint32_t column = 0;
  for (size_t at = 0; at < line.size();) {
    DecodedChar c = decode_utf8(line, at);
    shown.columns.insert(shown.columns.end(), c.size, column);
    column += append_shown(shown.text, c, column);
    at += c.size;
  }
  shown.columns.push_back(column);
  return shown;
}

// Words of a report can hold text of the program.
static std::string safe(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    DecodedChar c = decode_utf8(text, at);
    append_shown(out, c, 0);
    at += c.size;
  }
  return out;
}

// Of a line of machine-made length only the surroundings of its first mark are looked at: what a
// report costs must not depend on the line. Moves `first` to where the text begins now.
static std::string_view near_mark(std::string_view line, uint32_t& first) {
  static constexpr size_t kLongLine = 8 * kMaxWidth;
  if (line.size() <= kLongLine) {
    first = 0;
    return line;
  }
  size_t begin = first > 2 * kMaxWidth ? first - 2 * kMaxWidth : 0;
  while (begin > 0 && (static_cast<unsigned char>(line[begin]) & 0xC0) == 0x80) --begin;
  first = static_cast<uint32_t>(begin);
  return line.substr(begin, kLongLine);
}

// Cuts a long line to a window that begins shortly before `column`.
static void cut_to_window(ShownLine& shown, std::string_view line, uint32_t column) {
  uint32_t width = shown.columns.back();
  if (width <= kMaxWidth) return;
  uint32_t first = column > kBeforeMark ? column - kBeforeMark : 0;
  uint32_t last = first + kMaxWidth;
  std::string text = first > 0 ? "…" : "";
  uint32_t offset = first > 0 ? 1 : 0;
  bool started = false;
  bool cut_end = false;
  for (size_t at = 0; at < line.size();) {
    DecodedChar c = decode_utf8(line, at);
    uint32_t begin = shown.columns[at];
    if (begin >= last) {
      cut_end = true;
      break;
    }
    if (begin >= first) {
      // A wide character or tab can straddle the edge of the window.
      if (!started) text.append(begin - first, ' ');
      started = true;
      append_shown(text, c, begin);
    }
    at += c.size;
  }
  if (cut_end) text += "…";
  shown.text = text;
  for (uint32_t& value : shown.columns) {
    value = value <= first ? offset : std::min(value - first, kMaxWidth) + offset;
  }
}

// ---- marks ---------------------------------------------------------------------------------

// Without the column, which costs a look at the whole line.
static uint32_t line_of(const SourceMap& sources, uint32_t offset) {
  FileId id = sources.file_of(offset);
  if (!id.valid()) return 0;
  const SourceFile& file = sources.file(id);
  std::vector<uint32_t>::const_iterator after =
      std::upper_bound(file.line_starts.begin(), file.line_starts.end(), offset - file.base);
  return static_cast<uint32_t>(after - file.line_starts.begin());
}

static uint32_t local_offset(const SourceFile& file, uint32_t line, uint32_t offset) {
  uint32_t begin = file.base + file.line_starts[line - 1];
  return offset > begin ? offset - begin : 0;
}

// Puts the span's mark on its first line; a span of several lines is marked to that line's end.
static void add_mark(std::vector<MarkedLine>& lines, const SourceMap& sources, Span span,
                     bool is_primary, const std::string& text) {
  FileId file = sources.file_of(span.begin);
  if (!file.valid()) return;
  uint32_t line = line_of(sources, span.begin);
  std::string_view line_text = sources.line_text(file, line);
  uint32_t size = static_cast<uint32_t>(line_text.size());
  Mark mark;
  mark.begin = std::min(local_offset(sources.file(file), line, span.begin), size);
  mark.end = std::min(local_offset(sources.file(file), line, span.end), size);
  mark.is_primary = is_primary;
  mark.text = text;
  for (MarkedLine& marked : lines) {
    if (marked.file == file && marked.line == line) {
      marked.marks.push_back(std::move(mark));
      return;
    }
  }
  lines.push_back({file, line, {std::move(mark)}});
}

namespace {

// Prints one report.
class TextRenderer {
 public:
  TextRenderer(const Diagnostic& diagnostic, const SourceMap& sources, bool color)
      : diagnostic_(diagnostic), sources_(sources), painter_(color) {}

  std::string run() {
    collect_lines();
    print_head();
    print_lines();
    for (const std::string& note : diagnostic_.notes) print_words("note", note);
    for (const std::string& help : diagnostic_.helps) print_words("help", help);
    print_fixes();
    return std::move(out_);
  }

 private:
  Style severity_style() const {
    switch (diagnostic_.severity()) {
      case Severity::Error: return Style::Error;
      case Severity::Warning: return Style::Warning;
      case Severity::Note: return Style::Note;
    }
    return Style::Plain;
  }

  // The file of the report first, then others; lines in order within a file.
  void collect_lines() {
    if (!diagnostic_.span.valid()) return;
    add_mark(lines_, sources_, diagnostic_.span, true, diagnostic_.mark);
    for (const Label& label : diagnostic_.labels) {
      add_mark(lines_, sources_, label.span, false, label.text);
    }
    FileId home = sources_.file_of(diagnostic_.span.begin);
    std::stable_sort(lines_.begin(), lines_.end(),
                     [home](const MarkedLine& a, const MarkedLine& b) {
                       bool a_home = a.file == home;
                       bool b_home = b.file == home;
                       if (a_home != b_home) return a_home;
                       if (!(a.file == b.file)) return a.file < b.file;
                       return a.line < b.line;
                     });
    uint32_t greatest = 0;
    for (const MarkedLine& line : lines_) greatest = std::max(greatest, line.line);
    gutter_ = std::to_string(greatest).size();
  }

  void print_head() {
    std::string code(diagnostic_row(diagnostic_.kind).code);
    std::string head = std::string(severity_name(diagnostic_.severity())) + "[" + code + "]";
    out_ += painter_.paint(severity_style(), head) +
            painter_.paint(Style::Bold, ": " + safe(diagnostic_.message)) + "\n";
    if (!diagnostic_.span.valid()) return;
    print_place("-->", diagnostic_.span.begin);
  }

  void print_place(std::string_view arrow, uint32_t offset) {
    Location at = sources_.locate(offset);
    out_ += std::string(gutter_, ' ') + painter_.paint(Style::Gutter, " " + std::string(arrow)) +
            " " + safe(at.path) + ":" + std::to_string(at.line) + ":" +
            std::to_string(at.column) + "\n";
  }

  void print_lines() {
    const MarkedLine* before = nullptr;
    for (MarkedLine& line : lines_) {
      if (before && !(before->file == line.file)) {
        const SourceFile& file = sources_.file(line.file);
        print_place(":::", file.base + file.line_starts[line.line - 1] + line.marks[0].begin);
      } else if (before && line.line > before->line + 1) {
        print_gap(*before, line);
      }
      print_line(line);
      before = &line;
    }
  }

  // One line between two marked ones is shown; more are three points.
  void print_gap(const MarkedLine& before, const MarkedLine& after) {
    if (after.line > before.line + 2) {
      out_ += painter_.paint(Style::Gutter, "...") + "\n";
      return;
    }
    std::string_view text = sources_.line_text(after.file, before.line + 1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    ShownLine shown = show_line(text.substr(0, kMaxWidth));
    print_source(before.line + 1, "|", Style::Gutter, shown.text);
  }

  void print_source(uint32_t line, std::string_view bar, Style style, std::string_view text) {
    std::string number = std::to_string(line);
    std::string gutter = std::string(gutter_ - std::min(gutter_, number.size()), ' ') + number;
    size_t size = text.find_last_not_of(" ") + 1;
    out_ += painter_.paint(Style::Gutter, gutter) + " " + painter_.paint(style, bar);
    if (size > 0) out_ += " " + std::string(text.substr(0, size));
    out_ += "\n";
  }

  // A mark and the columns it covers.
  struct PlacedMark {
    uint32_t begin;
    uint32_t end;
    const Mark* mark;
  };

  void print_line(MarkedLine& line) {
    std::stable_sort(line.marks.begin(), line.marks.end(),
                     [](const Mark& a, const Mark& b) { return a.begin < b.begin; });
    std::string_view text = sources_.line_text(line.file, line.line);
    if (text.ends_with('\r')) text.remove_suffix(1);
    uint32_t first = line.marks[0].begin;
    text = near_mark(text, first);
    for (Mark& mark : line.marks) {
      mark.begin -= std::min(mark.begin, first);
      mark.end -= std::min(mark.end, first);
    }
    ShownLine shown = show_line(text);
    uint32_t size = static_cast<uint32_t>(text.size());
    cut_to_window(shown, text, shown.columns[std::min(line.marks[0].begin, size)]);
    print_source(line.line, "|", Style::Gutter, shown.text);
    std::vector<PlacedMark> placed;
    for (const Mark& mark : line.marks) {
      uint32_t begin = shown.columns[std::min(mark.begin, size)];
      uint32_t end = shown.columns[std::min(mark.end, size)];
      placed.push_back({begin, std::max(end, begin + 1), &mark});
    }
    print_marks(placed);
    for (size_t i = placed.size() - 1; i-- > 0;) {
      if (!placed[i].mark->text.empty()) print_mark_text(placed, i);
    }
  }

  // The row of marks, with the words of the rightmost behind it.
  void print_marks(const std::vector<PlacedMark>& placed) {
    std::string row = row_start();
    uint32_t column = 0;
    for (const PlacedMark& place : placed) {
      if (place.end <= column) continue;
      uint32_t begin = std::max(place.begin, column);
      row.append(begin - column, ' ');
      char sign = place.mark->is_primary ? '^' : '-';
      row += paint_mark(*place.mark, std::string(place.end - begin, sign));
      column = place.end;
    }
    const Mark& last = *placed.back().mark;
    if (!last.text.empty()) row += " " + paint_mark(last, safe(last.text));
    out_ += row + "\n";
  }

  // The words of one of the other marks under it, with bars down to those further left.
  void print_mark_text(const std::vector<PlacedMark>& placed, size_t index) {
    const PlacedMark& place = placed[index];
    std::string row = row_start();
    uint32_t column = 0;
    for (size_t i = 0; i < index; ++i) {
      const PlacedMark& left = placed[i];
      if (left.mark->text.empty() || left.begin < column || left.begin == place.begin) continue;
      row.append(left.begin - column, ' ');
      row += paint_mark(*left.mark, "|");
      column = left.begin + 1;
    }
    row.append(place.begin - std::min(column, place.begin), ' ');
    out_ += row + paint_mark(*place.mark, safe(place.mark->text)) + "\n";
  }

  std::string row_start() const {
    return std::string(gutter_, ' ') + " " + painter_.paint(Style::Gutter, "|") + " ";
  }

  std::string paint_mark(const Mark& mark, std::string_view text) const {
    return painter_.paint(mark.is_primary ? severity_style() : Style::Gutter, text);
  }

  void print_words(std::string_view head, std::string_view words) {
    out_ += painter_.paint(Style::Help, std::string(head) + ":") + " " + safe(words) + "\n";
  }

  // A change within one line of the report's file.
  struct Change {
    uint32_t begin;  // bytes within the line
    uint32_t end;
    const std::string* replacement;
  };

  void print_fixes() {
    std::map<uint32_t, std::vector<Change>> by_line;
    for (const FixIt& fix : diagnostic_.fixes) {
      uint32_t line = line_of(sources_, fix.span.begin);
      FileId file = sources_.file_of(fix.span.begin);
      bool fits = file.valid() && line == line_of(sources_, fix.span.end) && !lines_.empty() &&
                  file == lines_[0].file;
      if (!fits) continue;
      const SourceFile& source = sources_.file(file);
      by_line[line].push_back({local_offset(source, line, fix.span.begin),
                               local_offset(source, line, fix.span.end), &fix.replacement});
    }
    for (std::pair<const uint32_t, std::vector<Change>>& entry : by_line) {
      print_changed_line(entry.first, entry.second);
    }
  }

  // The line as it will be. Changes are made from its end, so that places stay right.
  void print_changed_line(uint32_t line, std::vector<Change>& changes) {
    std::string text(sources_.line_text(lines_[0].file, line));
    std::sort(changes.begin(), changes.end(),
              [](const Change& a, const Change& b) { return a.begin > b.begin; });
    uint32_t changed = 0;
    for (const Change& change : changes) {
      if (change.end > text.size()) continue;
      text.replace(change.begin, change.end - change.begin, *change.replacement);
      changed = change.begin;
    }
    if (text.ends_with('\r')) text.pop_back();
    uint32_t first = changed;
    std::string_view near = near_mark(text, first);
    ShownLine shown = show_line(near);
    cut_to_window(shown, near, shown.columns[std::min<size_t>(changed - first, near.size())]);
    print_source(line, "+", Style::Added, shown.text);
  }

  const Diagnostic& diagnostic_;
  const SourceMap& sources_;
  Painter painter_;
  std::vector<MarkedLine> lines_;
  size_t gutter_ = 1;
  std::string out_;
};

}  // namespace

std::string render_text(const Diagnostic& diagnostic, const SourceMap& sources, bool color) {
  return TextRenderer(diagnostic, sources, color).run();
}

std::string render_summary(const DiagnosticSink& sink, bool color) {
  size_t warnings = 0;
  for (const Diagnostic* diagnostic : sink.sorted()) {
    if (diagnostic->severity() == Severity::Warning) ++warnings;
  }
  std::string text;
  if (sink.has_errors()) text = counted(sink.error_count(), "error");
  if (warnings > 0) text += (text.empty() ? "" : ", ") + counted(warnings, "warning");
  if (text.empty()) return text;
  if (sink.left_out_count() > 0) {
    text += ", " + std::to_string(sink.left_out_count()) + " of them not shown";
  }
  Style style = sink.has_errors() ? Style::Error : Style::Warning;
  return Painter(color).paint(style, text) + "\n";
}

}  // namespace skein
