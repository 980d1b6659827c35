#include "compiler/driver/reports.h"

#include "compiler/support/render.h"

namespace skein::driver {

std::string render_reports(const Session& session, bool json, bool color) {
  std::string text;
  for (const Diagnostic* report : session.sink.sorted()) {
    // A blank line between reports; JSON is one a line.
    if (!json && !text.empty()) text += "\n";
    text += json ? render_json(*report, session.sources)
                 : render_text(*report, session.sources, color);
  }
  // To count what is wrong with a command line says nothing.
  bool is_about_program = session.sources.file_count() > 0;
  if (!json && is_about_program && !text.empty()) {
    text += "\n" + render_summary(session.sink, color);
  }
  return text;
}

KeptReports render_all(const Session& session) {
  return {render_reports(session, false, false), render_reports(session, false, true),
          render_reports(session, true, false)};
}

}  // namespace skein::driver
