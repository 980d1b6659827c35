#include "compiler/support/diagnostics.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "compiler/support/check.h"

namespace skein {

static const DiagnosticRow kRows[] = {
#define SKEIN_DIAGNOSTIC(name, code, severity, words) {code, Severity::severity, words},
#include "compiler/support/diagnostics.def"
};

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::Error: return "error";
    case Severity::Warning: return "warning";
    case Severity::Note: return "note";
  }
  SKEIN_UNREACHABLE("unknown severity");
}

const DiagnosticRow& diagnostic_row(D kind) { return kRows[static_cast<size_t>(kind)]; }

size_t diagnostic_count() { return std::size(kRows); }

static std::string fill_in(std::string_view words, std::initializer_list<std::string_view> args) {
  std::string out;
  for (size_t i = 0; i < words.size(); ++i) {
    bool hole = words[i] == '{' && i + 2 < words.size() && words[i + 2] == '}' &&
                std::isdigit(static_cast<unsigned char>(words[i + 1]));
    if (!hole) {
      out += words[i];
      continue;
    }
    size_t n = static_cast<size_t>(words[i + 1] - '0');
    if (n < args.size()) out += *(args.begin() + n);
    i += 2;
  }
  return out;
}

Report& Report::mark(std::string text) {
  if (diagnostic_) diagnostic_->mark = std::move(text);
  return *this;
}

Report& Report::label(Span span, std::string text) {
  if (diagnostic_) diagnostic_->labels.push_back({span, std::move(text)});
  return *this;
}

Report& Report::note(std::string text) {
  if (diagnostic_) diagnostic_->notes.push_back(std::move(text));
  return *this;
}

Report& Report::help(std::string text) {
  if (diagnostic_) diagnostic_->helps.push_back(std::move(text));
  return *this;
}

Report& Report::fix(Span span, std::string replacement) {
  if (diagnostic_) diagnostic_->fixes.push_back({span, std::move(replacement)});
  return *this;
}

Report DiagnosticSink::report(Span span, D kind, std::initializer_list<std::string_view> args) {
  for (const std::unique_ptr<Diagnostic>& earlier : diagnostics_) {
    if (earlier->kind == kind && earlier->span == span) return Report(nullptr);
  }
  bool is_error = diagnostic_row(kind).severity == Severity::Error;
  if (diagnostics_.size() == kMaxReports && !(is_error && leave_out_warning())) {
    if (is_error) ++error_count_;
    ++left_out_count_;
    return Report(nullptr);
  }
  auto diagnostic = std::make_unique<Diagnostic>();
  diagnostic->kind = kind;
  diagnostic->span = span;
  diagnostic->message = fill_in(diagnostic_row(kind).words, args);
  if (is_error) ++error_count_;
  diagnostics_.push_back(std::move(diagnostic));
  return Report(diagnostics_.back().get());
}

// Makes room for an error, which must not be lost behind many warnings.
bool DiagnosticSink::leave_out_warning() {
  for (size_t i = diagnostics_.size(); i-- > 0;) {
    if (diagnostics_[i]->severity() == Severity::Error) continue;
    // Whoever reported it may not be done with it.
    left_out_.push_back(std::move(diagnostics_[i]));
    diagnostics_.erase(diagnostics_.begin() + static_cast<ptrdiff_t>(i));
    ++left_out_count_;
    return true;
  }
  return false;
}

std::vector<const Diagnostic*> DiagnosticSink::sorted() const {
  std::vector<const Diagnostic*> out;
  for (const std::unique_ptr<Diagnostic>& diagnostic : diagnostics_) out.push_back(diagnostic.get());
  std::stable_sort(out.begin(), out.end(), [](const Diagnostic* a, const Diagnostic* b) {
    return a->span.begin < b->span.begin;
  });
  return out;
}

// Letters to insert, to leave out, to change, or to swap with the next.
static size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1);  // the row before the last: swaps look back two
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    std::swap(before, last);
    std::swap(last, row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
      bool is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (is_swap) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::string counted(size_t count, std::string_view noun) {
  std::string number = count == 0 ? "no" : std::to_string(count);
  return number + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string_view nearest_name(std::string_view wrong, const std::vector<std::string_view>& names) {
  std::string_view best;
  size_t best_distance = std::max<size_t>(1, wrong.size() / 3) + 1;
  for (std::string_view name : names) {
    size_t difference =
        name.size() > wrong.size() ? name.size() - wrong.size() : wrong.size() - name.size();
    if (difference >= best_distance) continue;
    size_t distance = edit_distance(wrong, name);
    // Of one letter nothing is left when it is exchanged.
    bool is_other = wrong.size() == 1 && name.size() == 1 && distance > 0;
    if (distance < best_distance && !is_other) {
      best = name;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace skein
