// Elements that a pattern takes out of an owned array (language rule 10).
//
// A part of a struct is moved where it stands; an element is not, for nobody could say which of an
// array's elements are left. So where a pattern names elements that only move, the array itself is
// moved, what is named is removed from it, and the variables get it from there:
//
//     let [first, ..rest] = tasks        array = move tasks; e0 = array.remove(0)
//                                        first = move e0; rest = move array
#include <algorithm>
#include <optional>

#include "compiler/lower/patterns.h"
#include "compiler/lower/steps.h"

namespace skein::lower {

namespace {

// What an array is taken apart into.
struct Parts {
  Place array;      // as the pattern names it
  LocalId rest;     // what is left of it
  struct Element {
    int64_t index;  // below zero: counted from the end
    LocalId local;
  };
  std::vector<Element> elements = {};
};

}  // namespace

bool is_named_element(const Body& body, const Projection& step) {
  return step.kind == Projection::Kind::Index && body.is_element_number(step.local);
}

// The array of which a pattern names the element that the place is in.
static std::optional<Place> array_around(const Body& body, const Place& place) {
  for (size_t i = 0; i < place.path.size(); ++i) {
    if (!is_named_element(body, place.path[i])) continue;
    Place array = place;
    array.path.resize(i);
    return array;
  }
  return std::nullopt;
}

// The array that has to be taken apart for the binding to get what only moves.
static std::optional<Place> array_to_open(Body& body, const PatternBinding& binding) {
  if (body.program.vars[binding.var].is_place) return std::nullopt;
  std::optional<Place> array = array_around(body, binding.place);
  if (!array && binding.is_rest) array = binding.place;
  if (!array || !sir::owns_value(body.fn.locals[array->local])) return std::nullopt;
  TypeId type = body.type_of(*array);
  bool grows = body.unit.kind(type) == TypeKind::Array;
  TypeId taken = binding.is_rest ? body.program.types.arg(type) : body.type_of(binding.place);
  if (!grows || !body.unit.is_move_only(taken)) return std::nullopt;
  return array;
}

static bool is_inside(const Body& body, const PatternBinding& binding, const Place& array) {
  std::optional<Place> around = array_around(body, binding.place);
  return around && *around == array;
}

static void add_index(Parts& parts, int64_t index) {
  bool is_known = std::any_of(parts.elements.begin(), parts.elements.end(),
                              [&](const Parts::Element& known) { return known.index == index; });
  if (!is_known) parts.elements.push_back({index, LocalId()});
}

// The elements that are named, and where the rest is, all that are before and behind it; from the
// last to the first, so that none changes its place before it is removed.
static void find_elements(Body& body, Parts& parts, const std::vector<PatternBinding>& bindings) {
  for (const PatternBinding& binding : bindings) {
    if (is_inside(body, binding, parts.array)) {
      add_index(parts, body.element_index(binding.place.path[parts.array.path.size()].local));
    } else if (binding.is_rest && binding.place == parts.array) {
      for (uint64_t i = 0; i < binding.before; ++i) add_index(parts, static_cast<int64_t>(i));
      for (uint64_t i = 0; i < binding.after; ++i) add_index(parts, -1 - static_cast<int64_t>(i));
    }
  }
  std::sort(parts.elements.begin(), parts.elements.end(),
            [](const Parts::Element& a, const Parts::Element& b) {
              bool a_from_end = a.index < 0;
              bool b_from_end = b.index < 0;
              return a_from_end != b_from_end ? a_from_end : a.index > b.index;
            });
}

static void remove_element(Body& body, const Parts& parts, Parts::Element& element, Span span) {
  TypeId type = body.program.types.arg(body.type_of(parts.rest));
  LocalId at = body.new_temp(body.program.types.int_(), span);
  if (element.index < 0) {
    LocalId length = emit_length(body, parts.rest, span);
    body.assign(at, Operand::copy(length), span);
    // Those behind it are gone already.
    body.binary(sir::BinaryOp::WrapSub, Operand::copy(at), body.const_int(1), at, span);
  } else {
    body.assign(at, body.const_int(element.index), span);
  }
  element.local = body.new_temp(type, span);
  body.builtin(Builtin::ArrayRemove, {type}, {Operand::mut(parts.rest), Operand::copy(at)},
               element.local, span);
  body.own(element.local, span);
}

// The bindings with what was removed in the place of the elements.
static void rebind(Body& body, const Parts& parts, std::vector<PatternBinding>& bindings) {
  size_t depth = parts.array.path.size();
  for (PatternBinding& binding : bindings) {
    if (binding.is_rest && binding.place == parts.array) {
      binding.place = parts.rest;
      binding.is_rest = false;
      continue;
    }
    if (!is_inside(body, binding, parts.array)) continue;
    int64_t index = body.element_index(binding.place.path[depth].local);
    for (const Parts::Element& element : parts.elements) {
      if (element.index != index) continue;
      Place moved = element.local;
      moved.path.assign(binding.place.path.begin() + static_cast<ptrdiff_t>(depth) + 1,
                        binding.place.path.end());
      binding.place = moved;
      break;
    }
  }
}

void take_elements(Body& body, std::vector<PatternBinding>& bindings, Span span) {
  while (true) {
    std::optional<Place> array;
    for (size_t i = 0; i < bindings.size() && !array; ++i) array = array_to_open(body, bindings[i]);
    if (!array) return;
    Parts parts = {*array, body.new_temp(body.type_of(*array), span)};
    find_elements(body, parts, bindings);
    body.assign(parts.rest, Operand::move(parts.array), span);
    body.own(parts.rest, span);
    for (Parts::Element& element : parts.elements) remove_element(body, parts, element, span);
    rebind(body, parts, bindings);
  }
}

}  // namespace skein::lower
