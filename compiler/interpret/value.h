// Values while SIR is interpreted: trees whose inner nodes are shared until one is written to.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "compiler/sir/sir.h"

namespace skein::interpret {

struct Value;

// A place that a reference or window stands for: a slot of some frame, and the parts to go down.
struct Reference {
  Value* root = nullptr;
  std::vector<uint64_t> path;
};

// What a window sees of an array.
struct View {
  Reference array;
  uint64_t from = 0;
  uint64_t length = 0;
};

struct Value {
  enum class Kind : uint8_t {
    Unset,    // moved away, or never set
    Bits,     // integers, bool, char, times, (): two's complement, extended to 64 bits
    Number,   // float and f32
    Text,     // str
    Parts,    // tuples, structs, ranges, arrays; `variant` of enums, options and results
    Cell,     // an Atomic, Mutex, RwLock or Shared: one part, which all copies share
    Function, // a value of fn type: `bits` is the function, the part its environment
    Dyn,      // a value of dyn type: `bits` is its table, the part its content
    Window,   // a part of an array that stays where it is: `view`
    Link,     // stands for a variable that a closure borrows: the array of `view`, as a whole
    Task,     // one that has ended: the part is its value, or `bits` the panic, or it is spent; the
              // text is its name
  };
  Kind kind = Kind::Unset;
  uint32_t variant = 0;   // of a Task: a TaskEnd
  uint64_t bits = 0;
  double number = 0;
  std::shared_ptr<std::string> text;
  std::shared_ptr<std::vector<Value>> parts;
  std::shared_ptr<View> view;

  static Value of_bits(uint64_t bits);
  static Value of_number(double number);
  static Value of_text(std::string text);
  static Value of_parts(std::vector<Value> parts, uint32_t variant = 0);
  static Value of_view(View view, Kind kind = Kind::Window);
  // A value of another kind that consists of one part.
  static Value of_one(Kind kind, Value part, uint64_t bits = 0);

  size_t size() const { return view ? view->length : parts ? parts->size() : 0; }
  const std::string& str() const;
  // For writing: what others share is copied first.
  std::string& own_text();
  std::vector<Value>& own_parts();
};

enum TaskEnd : uint32_t { kTaskValue, kTaskPanicked, kTaskSpent };

// -1, 0 or 1, by the order of `derive(Ord)`. Both are values of one type.
int compare(const Value& a, const Value& b, bool is_signed);

}  // namespace skein::interpret
