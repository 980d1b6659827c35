// What somebody who runs a program asks to see of it: SKEIN_STATS, SKEIN_TRACE.
#pragma once

#include "runtime/sched/scheduler.h"

namespace skein::api {

// Before a second thread runs; what was asked for is written when the process ends.
void watch_program(sched::Scheduler& scheduler);

}  // namespace skein::api
