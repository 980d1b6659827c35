// The end of a report about the whole program: what each worker ran lately.
#pragma once

#include "runtime/fault/report.h"

namespace skein::fault {

// On a worker's thread; elsewhere nothing.
void print_recent(Report& report);

}  // namespace skein::fault
