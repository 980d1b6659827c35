// `skein new NAME`: a folder with a package that runs.
#pragma once

#include "compiler/driver/options.h"
#include "compiler/driver/session.h"

namespace skein::driver {

// Reports what is in the way; what was written until then stays.
void make_package(const Options& options, Session& session);

}  // namespace skein::driver
