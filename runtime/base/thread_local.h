// What each thread has of the `thread_local`s of a program: handles, by the number of the declaration.
#pragma once

#include <cstdint>

namespace skein::base {

// Null while the thread has none.
void* find_thread_local(int64_t number);
// `drop` gives the handle back when the thread ends.
void set_thread_local(int64_t number, void* handle, void (*drop)(void*));
// At the end of a thread.
void drop_thread_locals();

}  // namespace skein::base
