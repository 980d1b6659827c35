// The reasons of reasons.def.
#pragma once

#include <cstdint>

namespace skein::task {

enum class WaitReason : uint16_t {
#define SKEIN_REASON(kind, text) kind,
#include "runtime/task/reasons.def"
};

const char* text_of(WaitReason reason);

}  // namespace skein::task
