// One task in a report: its name, what it waits for, and where.
#pragma once

#include "runtime/abi/layout.h"
#include "runtime/fault/report.h"

namespace skein::fault {

// The task of `main`, which has no future.
void set_root(abi::Node* node);
abi::Node* root_node();

// `what` it waits for is locked (task/node.h).
void print_waiting_task(Report& report, abi::Node* node, uint64_t what);

}  // namespace skein::fault
