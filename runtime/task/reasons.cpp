// The words of reasons.def.
#include "runtime/task/reasons.h"

namespace skein::task {

const char* text_of(WaitReason reason) {
  static constexpr const char* kTexts[] = {
#define SKEIN_REASON(kind, text, withdraw) text,
#include "runtime/task/reasons.def"
  };
  return kTexts[static_cast<uint8_t>(reason)];
}

}  // namespace skein::task
