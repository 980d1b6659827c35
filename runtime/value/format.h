// Writing values into a str, plainly or by a format spec (abi::FormatSpec).
//
// Every function appends to the str in `place`. A null spec is the plain form.
#pragma once

#include "runtime/value/buffer.h"

#include <string_view>

namespace skein::value {

using abi::FormatSpec;

void format_int(Buffer** place, int64_t value, const FormatSpec* spec);
void format_uint(Buffer** place, uint64_t value, const FormatSpec* spec);
void format_float(Buffer** place, double value, const FormatSpec* spec);
void format_f32(Buffer** place, float value, const FormatSpec* spec);
void format_bool(Buffer** place, bool value, const FormatSpec* spec);
void format_char(Buffer** place, uint32_t value, const FormatSpec* spec);
void format_str(Buffer** place, std::string_view text, const FormatSpec* spec);
void format_duration(Buffer** place, int64_t nanoseconds, const FormatSpec* spec);

}  // namespace skein::value
