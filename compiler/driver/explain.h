// `skein explain CODE`: shows the page of a report, installed beside the tool.
#pragma once

#include <string>
#include <string_view>

#include "compiler/driver/session.h"

namespace skein::driver {

// The words of the report and its page, as text for a terminal. Empty, and reported to the sink,
// when there is no such code or the page cannot be read.
std::string explain_code(const std::string& code, Session& session);

// A page of Markdown as text for a terminal: programs indented in place of their fences, and no title.
std::string plain_page(std::string_view markdown);

}  // namespace skein::driver
