// The reasons of reasons.def.
#pragma once

#include <cstdint>

namespace skein::task {

enum class WaitReason : uint8_t {
#define SKEIN_REASON(kind, text, withdraw) kind,
#include "runtime/task/reasons.def"
};

const char* text_of(WaitReason reason);

}  // namespace skein::task
