// The reports of a run as text.
#pragma once

#include <string>

#include "compiler/driver/session.h"

namespace skein::driver {

// All reports in order and what they come to, or JSON, one a line; "" when there are none.
std::string render_reports(const Session& session, bool json, bool color);

// In each of the ways in which they may be asked for another time.
KeptReports render_all(const Session& session);

}  // namespace skein::driver
