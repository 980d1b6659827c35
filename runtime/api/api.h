// The C++ prototypes of everything compiled code may call, from the one table.
#pragma once

#include "runtime/base/atomic.h"

#include <cstdint>

namespace skein::api {

using Void = void;
using I1 = bool;
using I8 = uint8_t;
using I32 = int32_t;
using I64 = int64_t;
using F64 = double;
using Ptr = void*;

#define SKEIN_API_Hot
#define SKEIN_API_Cold SKEIN_COLD
#define SKEIN_API_Plain
#define SKEIN_API_Fresh
#define SKEIN_API_Apart
#define SKEIN_API_Await
#define SKEIN_API_HotAwait
#define SKEIN_API_NoReturn [[noreturn]]
#define SKEIN_API_Throws [[noreturn]]

extern "C" {
// The personality has the unwinder's own types and is declared where it is defined.
#define skn_personality skn_personality_row
#define SKEIN_RUNTIME(name, result, args, attribute, doc) SKEIN_API_##attribute result name args;
#include "runtime/abi/functions.def"
#undef SKEIN_RUNTIME
#undef skn_personality
}

}  // namespace skein::api
