// The parts of one array that a pattern gives names to (language rule 4).
//
// Of two elements of an array nobody knows that they are not the same; of those that one pattern names
// the length says so, which was asked before. So where a pattern binds places, the array is split
// between them, as `split_mut` does it, and each place is in a part of its own:
//
//     [mut a, ..mut rest, mut b]         (a, more) = xs.split_mut(1)
//                                        (rest, last) = more.split_mut(more.len() - 1)
//                                        b = last[0]
#include <algorithm>
#include <optional>

#include "compiler/lower/patterns.h"
#include "compiler/lower/steps.h"

namespace skein::lower {

namespace {

// So many elements from the begin of an array, or from its end.
struct Bound {
  int64_t distance;
  bool from_end;
  bool operator==(const Bound&) const = default;
};

struct Part {
  Bound begin;
  Bound end;
  bool operator==(const Part&) const = default;
};

}  // namespace

// The part of `array` that the binding stands for or is in, if it is there.
static std::optional<Part> part_of(Body& body, const PatternBinding& binding,
                                   const Place& array) {
  bool is_rest = binding.is_rest && binding.place == array;
  if (is_rest) {
    return Part{{static_cast<int64_t>(binding.before), false},
                {static_cast<int64_t>(binding.after), true}};
  }
  size_t depth = array.path.size();
  Place around = binding.place;
  if (around.path.size() <= depth) return std::nullopt;
  Projection step = around.path[depth];
  around.path.resize(depth);
  if (around != array || !is_named_element(body, step)) return std::nullopt;
  int64_t index = body.element_index(step.local);
  if (index >= 0) return Part{{index, false}, {index + 1, false}};
  return Part{{-index, true}, {-index - 1, true}};
}

static bool is_before(const Part& a, const Part& b) {
  if (a.begin.from_end != b.begin.from_end) return b.begin.from_end;
  return a.begin.from_end ? a.begin.distance > b.begin.distance
                          : a.begin.distance < b.begin.distance;
}

bool stands_for_place(Body& body, const PatternBinding& binding, bool has_guard) {
  BindingWay way = binding_way(body, binding, has_guard);
  return way == BindingWay::Mut || way == BindingWay::Borrow;
}

// The parts of `array` that bindings stand for, in their order; none where nothing has to be kept apart.
static std::vector<Part> find_parts(Body& body, const std::vector<PatternBinding>& bindings,
                                    const Place& array, bool has_guard) {
  std::vector<Part> parts;
  bool has_window = false;
  bool is_changed = false;
  for (const PatternBinding& binding : bindings) {
    std::optional<Part> part = part_of(body, binding, array);
    if (!part || !stands_for_place(body, binding, has_guard)) continue;
    has_window |= binding.place == array;
    is_changed |= body.program.vars[binding.var].is_place;
    if (std::find(parts.begin(), parts.end(), *part) == parts.end()) parts.push_back(*part);
  }
  if (!is_changed || (parts.size() < 2 && !has_window)) return {};
  std::sort(parts.begin(), parts.end(), is_before);
  return parts;
}

// Takes parts off the front of an array, one after the other.
class Splitter {
 public:
  Splitter(Body& body, const Place& array, Span span) : body_(body), left_(array), span_(span) {}

  // The part as a window; of one that is an element, that.
  Place take(const Part& part) {
    if (part.begin != Bound{taken_, false}) left_ = split(part.begin).second;
    auto [taken, left] = split(part.end);
    left_ = left;
    bool is_element = part.begin.from_end == part.end.from_end;
    return is_element ? element_of(taken, body_.new_int(0, span_)) : taken;
  }

 private:
  std::pair<Place, Place> split(const Bound& bound) {
    TypeId element = body_.program.types.arg(body_.type_of(left_));
    TypeId half = body_.program.types.make(TypeKind::Window, {element});
    // They are there for the whole function, like the variables that stand for what is in them.
    sir::Local local;
    local.type = body_.program.types.make(TypeKind::Tuple, {half, half});
    local.span = span_;
    LocalId halves = body_.fn.locals.add(local);
    body_.builtin(Builtin::ArraySplitMut, {element}, {Operand::mut(left_), position(bound)},
                  halves, span_);
    if (!bound.from_end) taken_ = bound.distance;
    return {field_of(halves, 0), field_of(halves, 1)};
  }

  // Where the bound is in what is left.
  Operand position(const Bound& bound) {
    if (!bound.from_end) return body_.const_int(bound.distance - taken_);
    LocalId at = emit_length(body_, left_, span_);
    body_.binary(sir::BinaryOp::WrapSub, Operand::copy(at), body_.const_int(bound.distance), at,
                 span_);
    return Operand::copy(at);
  }

  Body& body_;
  Place left_;
  int64_t taken_ = 0;   // how many elements are gone, while bounds are counted from the begin
  Span span_;
};

// The binding's place, in the part that was split off.
static void rebind(PatternBinding& binding, const Place& array, Place part) {
  if (binding.place == array) {
    binding.is_rest = false;
  } else {
    auto inside = binding.place.path.begin() + static_cast<ptrdiff_t>(array.path.size()) + 1;
    part.path.insert(part.path.end(), inside, binding.place.path.end());
  }
  binding.place = std::move(part);
}

static void split_array(Body& body, std::vector<PatternBinding>& bindings, const Place& array,
                        const std::vector<Part>& parts, bool has_guard, Span span) {
  unshare_way(body, array, span);
  unshare_array(body, array, span);
  std::vector<Place> places;
  Splitter splitter(body, array, span);
  for (const Part& part : parts) places.push_back(splitter.take(part));
  for (PatternBinding& binding : bindings) {
    std::optional<Part> part = part_of(body, binding, array);
    if (!part || !stands_for_place(body, binding, has_guard)) continue;
    auto at = std::find(parts.begin(), parts.end(), *part);
    rebind(binding, array, places[static_cast<size_t>(at - parts.begin())]);
  }
}

// An array with parts to be kept apart, the outermost first: what is inside is a part of its parts.
static std::optional<Place> array_to_split(Body& body,
                                           const std::vector<PatternBinding>& bindings,
                                           bool has_guard) {
  std::optional<Place> found;
  auto consider = [&](const Place& array) {
    bool is_outer = !found || array.path.size() < found->path.size();
    if (is_outer && !find_parts(body, bindings, array, has_guard).empty()) found = array;
  };
  for (const PatternBinding& binding : bindings) {
    if (!stands_for_place(body, binding, has_guard)) continue;
    if (binding.is_rest) consider(binding.place);
    for (size_t i = 0; i < binding.place.path.size(); ++i) {
      if (!is_named_element(body, binding.place.path[i])) continue;
      Place around = binding.place;
      around.path.resize(i);
      consider(around);
    }
  }
  return found;
}

void keep_apart(Body& body, std::vector<PatternBinding>& bindings, bool has_guard, Span span) {
  while (std::optional<Place> array = array_to_split(body, bindings, has_guard)) {
    split_array(body, bindings, *array, find_parts(body, bindings, *array, has_guard), has_guard,
                span);
  }
}

}  // namespace skein::lower
