// SKEIN_TRACE=FILE: what the tasks of a program did, for Perfetto and chrome://tracing.
#pragma once

namespace skein::fault {

// Writes all records so far (base/trace.h). Says so on standard error when it cannot.
void write_trace_file(const char* path);

}  // namespace skein::fault
