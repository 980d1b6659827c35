// Which tasks have locks for reading: any number can share a lock, so it cannot name them itself.
//
// Kept outside of the locks, in a table by task: asking whether a task has a lock, what each taking
// of one does, looks at the few that this task and its neighbours in the table have.
#pragma once

#include "runtime/abi/layout.h"

namespace skein::wait {

void add_reader(const abi::Cell* cell, const abi::Node* task);
void remove_reader(const abi::Cell* cell, const abi::Node* task);
bool is_reader(const abi::Cell* cell, const abi::Node* task);

// Calls `visit` with each task that has the lock for reading. For reports: what it calls must not
// take locks or free tasks.
void for_each_reader(const abi::Cell* cell, void (*visit)(const abi::Node* task, void* context),
                     void* context);

}  // namespace skein::wait
