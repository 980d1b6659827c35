// The personality routine of compiled functions: finds the landing pad for a call, and treats every
// one as a catch-all.
//
// Our own instead of C++'s, so that neither libstdc++ nor its type tables are needed: a landing pad
// runs the clean-ups of its frame and then either takes the panic or throws it again (skn_raise).
// So the search phase ends at the first frame with a landing pad, and nothing is searched twice.
// Exceptions of other languages pass by: they may not cross compiled frames.
//
// The table is the one LLVM writes for all languages ("LSDA"): two optional bases, then call sites
// (start, length, landing pad, action), offsets from the start of the function.
#include "runtime/fault/panic.h"

#include <cstring>
#include <unwind.h>

namespace skein::fault {

static uint64_t read_uleb(const uint8_t*& at) {
  uint64_t number = 0;
  unsigned shift = 0;
  uint8_t byte;
  do {
    byte = *at++;
    number |= static_cast<uint64_t>(byte & 0x7F) << shift;
    shift += 7;
  } while ((byte & 0x80) != 0);
  return number;
}

template <class T>
static uint64_t read_raw(const uint8_t*& at) {
  T number;
  memcpy(&number, at, sizeof(number));
  at += sizeof(number);
  return static_cast<uint64_t>(static_cast<int64_t>(number));
}

constexpr uint8_t kOmitted = 0xFF;

// A number in one of the pointer encodings of the exception tables, without a base applied.
static uint64_t read_encoded(const uint8_t*& at, uint8_t encoding) {
  switch (encoding & 0x0F) {
    case 0x01: return read_uleb(at);
    case 0x02: return read_raw<uint16_t>(at);
    case 0x03: return read_raw<uint32_t>(at);
    case 0x0A: return read_raw<int16_t>(at);
    case 0x0B: return read_raw<int32_t>(at);
    default: return read_raw<uint64_t>(at);
  }
}

// The landing pad for the call that is under way in this frame, or 0.
static uintptr_t find_landing_pad(_Unwind_Context* context) {
  const uint8_t* at =
      reinterpret_cast<const uint8_t*>(_Unwind_GetLanguageSpecificData(context));
  if (at == nullptr) return 0;
  const uintptr_t function = _Unwind_GetRegionStart(context);
  // The return address may already belong to what follows the call.
  const uintptr_t offset = _Unwind_GetIP(context) - 1 - function;

  const uint8_t base_encoding = *at++;
  const uintptr_t base =
      base_encoding == kOmitted ? function : read_encoded(at, base_encoding);
  const uint8_t types_encoding = *at++;
  if (types_encoding != kOmitted) read_uleb(at);
  const uint8_t call_encoding = *at++;
  const uint64_t table_size = read_uleb(at);
  const uint8_t* end = at + table_size;
  while (at < end) {
    const uint64_t start = read_encoded(at, call_encoding);
    const uint64_t length = read_encoded(at, call_encoding);
    const uint64_t pad = read_encoded(at, call_encoding);
    read_uleb(at);
    // The table is sorted.
    if (offset < start) return 0;
    if (offset < start + length) return pad == 0 ? 0 : base + pad;
  }
  return 0;
}

}  // namespace skein::fault

extern "C" _Unwind_Reason_Code skn_personality(int version, _Unwind_Action actions,
                                               _Unwind_Exception_Class exception_class,
                                               _Unwind_Exception* exception,
                                               _Unwind_Context* context) {
  using namespace skein::fault;
  if (version != 1) return _URC_FATAL_PHASE1_ERROR;
  if (exception_class != kExceptionClass || (actions & _UA_FORCE_UNWIND) != 0) {
    return _URC_CONTINUE_UNWIND;
  }
  const uintptr_t pad = find_landing_pad(context);
  if (pad == 0) return _URC_CONTINUE_UNWIND;
  if ((actions & _UA_SEARCH_PHASE) != 0) return _URC_HANDLER_FOUND;
  _Unwind_SetGR(context, __builtin_eh_return_data_regno(0),
                reinterpret_cast<uintptr_t>(exception));
  _Unwind_SetGR(context, __builtin_eh_return_data_regno(1), 1);
  _Unwind_SetIP(context, pad);
  return _URC_INSTALL_CONTEXT;
}
