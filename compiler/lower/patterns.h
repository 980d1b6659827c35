// Patterns as lists of questions, and what the answer to one leaves of the others.
#pragma once

#include <optional>
#include <vector>

#include "compiler/lower/body.h"

namespace skein::lower {

// One question about a place inside the subject.
struct Question {
  enum class Kind : uint8_t {
    Raw,      // the pattern was not looked at yet
    Variant,  // is it of this variant?
    Number,   // is it this int, char or bool?
    Range,    // is it between these two?
    Equal,    // does it equal this value of another type?
    Length,   // has it `low` elements, or, where `is_open`, at least so many?
  };
  Kind kind = Kind::Raw;
  Place place;
  // The pattern that asks. Wrapped as often as `layers` says in options that are not `none`.
  const ast::Pattern* pattern = nullptr;
  uint32_t layers = 0;

  uint32_t variant = 0;
  uint64_t low = 0;    // Number, Range; two's complement. Length
  uint64_t high = 0;
  std::optional<Operand> value;   // Equal; nothing: the constant that the pattern names
  bool is_open = false;           // Length
  bool is_computed() const { return kind == Kind::Equal && !value; }
};

struct PatternBinding {
  Symbol name;
  VarId var;
  Place place;
  Span span;
  // `..rest`: the elements of the array at `place` but for so many at its ends.
  bool is_rest = false;
  uint64_t before = 0;
  uint64_t after = 0;
};

// What is left to ask until the arm fits, and the variables found so far.
struct PatternRow {
  std::vector<Question> questions;
  std::vector<PatternBinding> bindings;
  uint32_t arm = 0;

  const Question* find(const Place& place) const;
};

using PatternRows = std::vector<PatternRow>;

// Whether a variable of the pattern is a place inside the subject (language rule 4).
bool binds_places(Body& body, const ast::Pattern* pattern);

// ---- lower_elements.cpp ----
// Whether the step goes to an element that a pattern names.
bool is_named_element(const Body& body, const Projection& step);
// Where bindings want elements that only move of arrays that are owned: moves the arrays, removes
// those elements, and lets the bindings name them. What is not named dies with the current scope.
void take_elements(Body& body, std::vector<PatternBinding>& bindings, Span span);

// ---- lower_binding.cpp ----
// How a variable gets its part of the subject (language rules 3 and 10).
enum class BindingWay : uint8_t { Copy, Move, Borrow, Mut };
BindingWay binding_way(Body& body, const PatternBinding& binding, bool has_guard);
// The subject can be written; so that its part can be too, each box on the way, and each array whose
// elements the pattern names, gets one owner.
void unshare_way(Body& body, const Place& part, Span span);
// Sets a variable on the way into its arm. `local` may exist already, from another way.
LocalId emit_binding(Body& body, const PatternBinding& binding, LocalId local, bool has_guard);

// ---- lower_apart.cpp ----
bool stands_for_place(Body& body, const PatternBinding& binding, bool has_guard);
// Where bindings stand for several parts of one array, splits it, so that each has a part to itself.
// From here on the array itself is in use.
void keep_apart(Body& body, std::vector<PatternBinding>& bindings, bool has_guard, Span span);

// ---- patterns.cpp ----
// A pattern that has not been looked at: simplify makes questions of it.
Question question_about(Body& body, const Place& place, const ast::Pattern* pattern);

// Turns patterns into questions and bindings, alternatives into rows. Rows behind one that always
// fits are kept, for the case that its guard does not hold.
PatternRows simplify(Body& body, PatternRows rows);

// The rows still possible where `place` is of the variant; without one: of none that is named.
PatternRows rows_of_variant(Body& body, const PatternRows& rows, const Place& place,
                            std::optional<uint32_t> variant);
// The same for numbers.
PatternRows rows_of_number(Body& body, const PatternRows& rows, const Place& place,
                           std::optional<uint64_t> number);
// Where the number is in the range, and where it is not.
PatternRows rows_inside(Body& body, const PatternRows& rows, const Question& range);
void keep_outside(Body& body, PatternRows& rows, const Question& range);
// Where the value is the one asked for, and where it is not.
PatternRows rows_equal(Body& body, const PatternRows& rows, const Question& question);
void keep_different(Body& body, PatternRows& rows, const Question& question);
// Where the length is the one asked for, and where it is not.
PatternRows rows_of_length(Body& body, const PatternRows& rows, const Question& asked);
void keep_other_lengths(PatternRows& rows, const Question& asked);

}  // namespace skein::lower
