// How each kind of wait is taken back: the last column of task/reasons.def.
#include "runtime/task/node.h"
#include "runtime/wait/channel_wait.h"
#include "runtime/wait/sleep.h"

namespace skein::task {

using namespace wait;

constinit const Withdraw withdraws[] = {
#define SKEIN_REASON(kind, text, withdraw) withdraw,
#include "runtime/task/reasons.def"
};

}  // namespace skein::task
