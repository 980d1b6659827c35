// Floats as text.
#pragma once

#include <cstddef>

namespace skein::value {

constexpr size_t kFloatText = 400;  // bytes that any of these may need, precision up to 60 included

// The shortest digits that read back as the same value, always with a point or an exponent: 0.1,
// 3.0, 1e21, 1.5e-7, inf, NaN. Gives how many bytes it wrote.
size_t shortest_text(double value, char* text);
size_t shortest_text(float value, char* text);

// With so many digits after the point (at most 60).
size_t fixed_text(double value, int precision, char* text);
// d.ddde±x; precision -1: as many digits as needed to read back.
size_t exponent_text(double value, int precision, char* text);
size_t exponent_text(float value, int precision, char* text);

}  // namespace skein::value
