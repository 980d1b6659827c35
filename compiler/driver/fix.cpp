#include "compiler/driver/fix.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "compiler/driver/files.h"
#include "compiler/driver/pipeline.h"
#include "compiler/driver/tool.h"
#include "compiler/link/output_file.h"

namespace skein::driver {

// Two reports of one mistake could undo each other's changes; nobody's file has so many layers.
static constexpr int kMaxRounds = 20;

static bool touches(Span a, Span b) { return a.begin <= b.end && b.begin <= a.end; }

static bool can_apply(const Diagnostic& report, const SourceMap& sources, FileId file,
                      const std::vector<const FixIt*>& chosen) {
  return std::all_of(report.fixes.begin(), report.fixes.end(), [&](const FixIt& fix) {
    bool is_free = std::none_of(chosen.begin(), chosen.end(), [&](const FixIt* other) {
      return touches(fix.span, other->span);
    });
    return is_free && sources.file_of(fix.span.begin) == file;
  });
}

std::string apply_fixes(const std::vector<const Diagnostic*>& reports, const SourceMap& sources,
                        FileId file, size_t& count) {
  std::vector<const FixIt*> chosen;
  for (const Diagnostic* report : reports) {
    if (report->fixes.empty() || !can_apply(*report, sources, file, chosen)) continue;
    for (const FixIt& fix : report->fixes) chosen.push_back(&fix);
    ++count;
  }
  std::stable_sort(chosen.begin(), chosen.end(), [](const FixIt* a, const FixIt* b) {
    return a->span.begin < b->span.begin;
  });
  const SourceFile& source = sources.file(file);
  std::string out;
  size_t done = 0;
  for (const FixIt* fix : chosen) {
    size_t begin = fix->span.begin - source.base;
    out += std::string_view(source.text).substr(done, begin - done);
    out += fix->replacement;
    done = fix->span.end - source.base;
  }
  return out + source.text.substr(done);
}

static std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// A stretch of lines `[before_begin, before_end)` that became `[after_begin, after_end)`.
struct Hunk {
  size_t before_begin, before_end;
  size_t after_begin, after_end;
};

// The nearest pair of equal lines at or behind two places. Changes are a line or two long, so the
// search goes outwards and is short.
static void resynchronise(const std::vector<std::string_view>& before,
                          const std::vector<std::string_view>& after, size_t& i, size_t& j) {
  size_t most = before.size() - i + after.size() - j;
  for (size_t distance = 1; distance <= most; ++distance) {
    for (size_t step = 0; step <= distance; ++step) {
      size_t a = i + step;
      size_t b = j + distance - step;
      if (a < before.size() && b < after.size() && before[a] == after[b]) {
        i = a;
        j = b;
        return;
      }
    }
  }
  i = before.size();
  j = after.size();
}

static std::vector<Hunk> find_hunks(const std::vector<std::string_view>& before,
                                    const std::vector<std::string_view>& after) {
  std::vector<Hunk> hunks;
  size_t i = 0;
  size_t j = 0;
  while (i < before.size() || j < after.size()) {
    if (i < before.size() && j < after.size() && before[i] == after[j]) {
      ++i;
      ++j;
      continue;
    }
    Hunk hunk = {i, i, j, j};
    resynchronise(before, after, i, j);
    hunk.before_end = i;
    hunk.after_end = j;
    hunks.push_back(hunk);
  }
  return hunks;
}

static void append_lines(std::string& out, char sign, const std::vector<std::string_view>& lines,
                         size_t begin, size_t end) {
  for (size_t i = begin; i < std::min(end, lines.size()); ++i) {
    out += sign + std::string(lines[i]) + "\n";
  }
}

std::string show_difference(std::string_view path, std::string_view before,
                            std::string_view after) {
  static constexpr size_t kAround = 2;
  std::vector<std::string_view> old_lines = split_lines(before);
  std::vector<std::string_view> new_lines = split_lines(after);
  std::vector<Hunk> hunks = find_hunks(old_lines, new_lines);
  if (hunks.empty()) return "";
  std::string out = "--- " + std::string(path) + "\n+++ " + std::string(path) + "\n";
  for (size_t first = 0; first < hunks.size();) {
    // Hunks whose surroundings meet are shown as one.
    size_t last = first;
    while (last + 1 < hunks.size() &&
           hunks[last + 1].before_begin <= hunks[last].before_end + 2 * kAround) {
      ++last;
    }
    size_t lead = std::min(kAround, hunks[first].before_begin);
    size_t begin = hunks[first].before_begin - lead;
    size_t end = std::min(hunks[last].before_end + kAround, old_lines.size());
    size_t trail = end - hunks[last].before_end;
    size_t new_begin = hunks[first].after_begin - lead;
    size_t new_end = hunks[last].after_end + trail;
    out += "@@ -" + std::to_string(begin + 1) + "," + std::to_string(end - begin) + " +" +
           std::to_string(new_begin + 1) + "," + std::to_string(new_end - new_begin) + " @@\n";
    size_t at = begin;
    for (size_t i = first; i <= last; ++i) {
      append_lines(out, ' ', old_lines, at, hunks[i].before_begin);
      append_lines(out, '-', old_lines, hunks[i].before_begin, hunks[i].before_end);
      append_lines(out, '+', new_lines, hunks[i].after_begin, hunks[i].after_end);
      at = hunks[i].before_end;
    }
    append_lines(out, ' ', old_lines, at, end);
    first = last + 1;
  }
  return out;
}

static void say(std::string_view text, Session& session) {
  if (link::write_fully(STDOUT_FILENO, text)) return;
  session.sink.report({}, D::FileUnwritable, {"standard output", std::strerror(errno)});
}

static void finish(const Options& options, std::string_view before, std::string_view after,
                   size_t count, Session& session) {
  if (options.dry_run) return say(show_difference(options.input, before, after), session);
  if (count > 0) {
    std::optional<std::string> failure =
        // A link to the file stays one: what it leads to is rewritten.
        link::write_output_file(real_path(options.input), after, link::FileMode::Kept);
    if (failure) {
      session.sink.report({}, D::FileUnwritable, {options.input, *failure});
      return;
    }
  }
  say(options.input + ": " + counted(count, "report") + " fixed\n", session);
}

static int fix_file(const Options& options) {
  std::string before;
  std::optional<std::string> text;
  size_t count = 0;
  for (int round = 0;; ++round) {
    Session session;
    session.replaced_text = text;
    FileId file = build(options, session).root;
    if (file.valid()) {
      if (round == 0) before = session.sources.file(file).text;
      size_t served = 0;
      std::string next = apply_fixes(session.sink.sorted(), session.sources, file, served);
      if (served > 0 && round < kMaxRounds) {
        count += served;
        text = std::move(next);
        continue;
      }
      finish(options, before, session.sources.file(file).text, count, session);
    }
    print_reports(options, session);
    return status_of(session.sink);
  }
}

int fix_files(const Options& options) {
  int status = kFine;
  std::vector<std::string> files = {options.input};
  files.insert(files.end(), options.more_inputs.begin(), options.more_inputs.end());
  for (const std::string& file : files) {
    Options one = options;
    one.input = file;
    status = std::max(status, fix_file(one));
  }
  return status;
}

}  // namespace skein::driver
