// From patterns to questions, and from answers to the questions that are left.
#include "compiler/lower/patterns.h"

#include <limits>
#include <utility>

#include "compiler/lower/steps.h"
#include "compiler/support/check.h"

namespace skein::lower {

using ast::PatternKind;

const Question* PatternRow::find(const Place& place) const {
  for (const Question& question : questions) {
    if (question.place == place) return &question;
  }
  return nullptr;
}

// ---- numbers -------------------------------------------------------------------------------

// Numbers of one type, in the order of their values.
struct NumberLine {
  bool is_signed;
  unsigned bits;

  bool less(uint64_t a, uint64_t b) const {
    return is_signed ? static_cast<int64_t>(a) < static_cast<int64_t>(b) : a < b;
  }
  bool contains(const Question& range, uint64_t number) const {
    return !less(number, range.low) && !less(range.high, number);
  }
  uint64_t least() const { return is_signed ? ~uint64_t{0} << (bits - 1) : 0; }
  uint64_t greatest() const {
    unsigned value_bits = is_signed ? bits - 1 : bits;
    return value_bits == 64 ? ~uint64_t{0} : (uint64_t{1} << value_bits) - 1;
  }
};

static NumberLine number_line(Body& body, TypeId type) {
  TypeKind kind = body.unit.kind(type);
  if (types::is_integer(kind)) return {types::is_signed(kind), types::bit_width(kind)};
  return {false, 32};
}

// ---- places ---------------------------------------------------------------------------------

static bool any_binds_places(Body& body, std::span<ast::Pattern* const> patterns) {
  for (const ast::Pattern* pattern : patterns) {
    if (binds_places(body, pattern)) return true;
  }
  return false;
}

bool binds_places(Body& body, const ast::Pattern* pattern) {
  switch (pattern->kind) {
    case PatternKind::Binding: {
      VarId var = body.program.fact(pattern).var;
      return var.valid() && body.program.vars[var].is_place;
    }
    case PatternKind::Named:
      return binds_places(body, pattern->as<ast::NamedPattern>()->binding) ||
             binds_places(body, pattern->as<ast::NamedPattern>()->pattern);
    case PatternKind::Tuple:
      return any_binds_places(body, pattern->as<ast::TuplePattern>()->elements);
    case PatternKind::Array: {
      const ast::ArrayPattern* array = pattern->as<ast::ArrayPattern>();
      return any_binds_places(body, array->before) || any_binds_places(body, array->after) ||
             (array->rest != nullptr && binds_places(body, array->rest));
    }
    case PatternKind::Variant:
      return any_binds_places(body, pattern->as<ast::VariantPattern>()->payload);
    case PatternKind::Alternatives:
      return any_binds_places(body, pattern->as<ast::AlternativesPattern>()->choices);
    case PatternKind::Struct:
      for (const ast::FieldPattern& field : pattern->as<ast::StructPattern>()->fields) {
        if (binds_places(body, field.pattern)) return true;
      }
      return false;
    default:
      return false;
  }
}

// ---- looking at patterns -------------------------------------------------------------------

Question question_about(Body& body, const Place& place, const ast::Pattern* pattern) {
  Question question;
  question.kind = Question::Kind::Raw;
  question.place = place;
  question.pattern = pattern;
  question.layers = body.program.fact(pattern).option_layers;
  return question;
}

static uint32_t field_index(const std::vector<types::FieldDecl>& fields, Symbol name) {
  for (uint32_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == name) return i;
  }
  SKEIN_UNREACHABLE("a pattern names a field that is not there");
}

static Question constant_question(Body& body, Question question, Operand value) {
  TypeKind kind = body.unit.kind(value.constant.type);
  bool is_number = types::is_integer(kind) || kind == TypeKind::Char || kind == TypeKind::Bool ||
                   kind == TypeKind::Duration;
  if (is_number) {
    question.kind = Question::Kind::Number;
    question.low = value.constant.bits;
  } else {
    question.kind = Question::Kind::Equal;
    question.value = std::move(value);
  }
  return question;
}

static Question range_question(Body& body, Question question, const ast::RangePattern* pattern) {
  NumberLine line = number_line(body, body.type_of(question.place));
  auto bound = [&](const ast::Expr* expr, uint64_t open) {
    if (expr == nullptr) return open;
    std::optional<Operand> value = constant_of(body, expr);
    SKEIN_CHECK(value.has_value(), "the bound of a range pattern is no constant");
    return value->constant.bits;
  };
  question.kind = Question::Kind::Range;
  question.low = bound(pattern->low, line.least());
  question.high = bound(pattern->high, line.greatest());
  if (pattern->high != nullptr && !pattern->inclusive) --question.high;
  return question;
}

// ---- arrays ----------------------------------------------------------------------------------

// An element that is known to be there: the number `index` of the array, counted from its end where
// `from_end` says so. Rows that ask about the same element have to name the same place, so the
// local that holds its number is the array's; it is set on each way that leads to a question.
static Place emit_element(Body& body, const Place& array, uint64_t index, bool from_end,
                          Span span) {
  LocalId number = body.element_number(array, from_end ? -1 - static_cast<int64_t>(index)
                                                       : static_cast<int64_t>(index), span);
  Operand distance = body.const_int(static_cast<int64_t>(index) + (from_end ? 1 : 0));
  if (from_end) {
    Operand length = Operand::copy(emit_length(body, array, span));
    body.binary(sir::BinaryOp::WrapSub, std::move(length), std::move(distance), number, span);
  } else {
    body.assign(number, std::move(distance), span);
  }
  Place element = array;
  Projection step;
  step.kind = Projection::Kind::Index;
  step.local = number;
  element.path.push_back(step);
  return element;
}

// Puts the parts of an array in the place of the question about its length, which was answered.
static void open_array(Body& body, PatternRow& row, size_t at) {
  Question question = row.questions[at];
  const ast::ArrayPattern* pattern = question.pattern->as<ast::ArrayPattern>();
  std::vector<Question> parts;
  auto add = [&](const ast::Pattern* part, uint64_t index, bool from_end) {
    if (part->is<ast::WildcardPattern>()) return;
    Place element = emit_element(body, question.place, index, from_end, part->span);
    parts.push_back(question_about(body, element, part));
  };
  size_t after = pattern->after.size();
  for (size_t i = 0; i < pattern->before.size(); ++i) add(pattern->before[i], i, false);
  for (size_t i = 0; i < after; ++i) add(pattern->after[i], after - 1 - i, true);
  if (pattern->rest) {
    VarId var = body.program.fact(pattern->rest).var;
    Symbol name = pattern->rest->as<ast::BindingPattern>()->name.name;
    if (var.valid()) {
      row.bindings.push_back({.name = name, .var = var, .place = question.place,
                              .span = pattern->rest->span, .is_rest = true,
                              .before = pattern->before.size(), .after = after});
    }
  }
  row.questions.erase(row.questions.begin() + static_cast<ptrdiff_t>(at));
  row.questions.insert(row.questions.begin() + static_cast<ptrdiff_t>(at), parts.begin(),
                       parts.end());
}

// Looks at the patterns of rows one by one; each may become no question, one, or several rows.
class Simplifier {
 public:
  explicit Simplifier(Body& body) : body_(body) {}

  PatternRows run(PatternRows rows) {
    for (PatternRow& row : rows) add(std::move(row), 0);
    return std::move(done_);
  }

 private:
  // Adds a row whose first `clean` questions were looked at.
  void add(PatternRow row, size_t clean) {
    while (clean < row.questions.size() && row.questions[clean].kind != Question::Kind::Raw) {
      ++clean;
    }
    if (clean == row.questions.size()) {
      done_.push_back(std::move(row));
      return;
    }
    Question raw = row.questions[clean];
    if (raw.layers > 0) {
      row.questions[clean].kind = Question::Kind::Variant;
      row.questions[clean].variant = 1;
      return add(std::move(row), clean);
    }
    look_at(std::move(row), clean, raw);
  }

  void look_at(PatternRow row, size_t at, const Question& raw) {
    switch (raw.pattern->kind) {
      case PatternKind::Error:
        SKEIN_UNREACHABLE("an unreadable pattern");
      case PatternKind::Wildcard:
        return replace(std::move(row), at, {});
      case PatternKind::Binding:
        bind(row, raw);
        return replace(std::move(row), at, {});
      case PatternKind::Named: {
        const ast::NamedPattern* named = raw.pattern->as<ast::NamedPattern>();
        return replace(std::move(row), at, {question_about(body_, raw.place, named->binding),
                                            question_about(body_, raw.place, named->pattern)});
      }
      case PatternKind::None:
        return ask_variant(std::move(row), at, 0);
      case PatternKind::Literal: {
        const ast::Expr* value = raw.pattern->as<ast::LiteralPattern>()->value;
        Question question = constant_question(body_, raw, *constant_of(body_, value));
        return replace(std::move(row), at, {std::move(question)});
      }
      case PatternKind::Range:
        return replace(std::move(row), at,
                       {range_question(body_, raw, raw.pattern->as<ast::RangePattern>())});
      case PatternKind::Tuple:
        return open_tuple(std::move(row), at, raw);
      case PatternKind::Array:
        return look_at_array(std::move(row), at, raw);
      case PatternKind::Variant:
        return look_at_variant(std::move(row), at, raw);
      case PatternKind::Struct:
        return look_at_struct(std::move(row), at, raw);
      case PatternKind::Alternatives:
        for (const ast::Pattern* choice : raw.pattern->as<ast::AlternativesPattern>()->choices) {
          replace(row, at, {question_about(body_, raw.place, choice)});
        }
        return;
    }
    SKEIN_UNREACHABLE("an unknown pattern");
  }

  void replace(PatternRow row, size_t at, std::vector<Question> questions) {
    row.questions.erase(row.questions.begin() + at);
    row.questions.insert(row.questions.begin() + at, questions.begin(), questions.end());
    add(std::move(row), at);
  }

  void bind(PatternRow& row, const Question& raw) {
    VarId var = body_.program.fact(raw.pattern).var;
    if (!var.valid()) return;
    row.bindings.push_back({.name = raw.pattern->as<ast::BindingPattern>()->name.name,
                            .var = var,
                            .place = raw.place,
                            .span = raw.pattern->span});
  }

  void ask_variant(PatternRow row, size_t at, uint32_t variant) {
    row.questions[at].kind = Question::Kind::Variant;
    row.questions[at].variant = variant;
    add(std::move(row), at);
  }

  void open_tuple(PatternRow row, size_t at, const Question& raw) {
    std::vector<Question> parts;
    std::span<ast::Pattern* const> elements = raw.pattern->as<ast::TuplePattern>()->elements;
    for (uint32_t i = 0; i < elements.size(); ++i) {
      parts.push_back(question_about(body_, field_of(raw.place, i), elements[i]));
    }
    replace(std::move(row), at, std::move(parts));
  }

  // Where the pattern fits any length there is no question, only parts.
  void look_at_array(PatternRow row, size_t at, const Question& raw) {
    const ast::ArrayPattern* pattern = raw.pattern->as<ast::ArrayPattern>();
    Question& question = row.questions[at];
    question.kind = Question::Kind::Length;
    question.low = pattern->before.size() + pattern->after.size();
    question.is_open = pattern->has_rest;
    bool fits = body_.unit.kind(body_.type_of(raw.place)) == TypeKind::FixedArray ||
                (question.is_open && question.low == 0);
    if (!fits) return add(std::move(row), at);
    open_array(body_, row, at);
    add(std::move(row), at);
  }

  void look_at_variant(PatternRow row, size_t at, const Question& raw) {
    const types::PatternFact& fact = body_.program.fact(raw.pattern);
    if (fact.variant) return ask_variant(std::move(row), at, fact.variant->variant);
    std::optional<Operand> value;
    if (fact.constant.valid()) value = value_of_const(body_, fact.constant);
    if (value) return replace(std::move(row), at, {constant_question(body_, raw, *value)});
    SKEIN_CHECK(fact.constant.valid() || fact.type_constant.valid(),
                "a pattern that check gave no meaning");
    row.questions[at].kind = Question::Kind::Equal;
    add(std::move(row), at);
  }

  void look_at_struct(PatternRow row, size_t at, const Question& raw) {
    const types::PatternFact& fact = body_.program.fact(raw.pattern);
    if (fact.variant) return ask_variant(std::move(row), at, fact.variant->variant);
    const types::Type& type = body_.program.types.get(body_.type_of(raw.place));
    const std::vector<types::FieldDecl>& fields =
        body_.program.structs[types::StructId(type.decl)].fields;
    std::vector<Question> parts;
    for (const ast::FieldPattern& field : raw.pattern->as<ast::StructPattern>()->fields) {
      uint32_t index = field_index(fields, field.name.name);
      parts.push_back(question_about(body_, field_of(raw.place, index), field.pattern));
    }
    replace(std::move(row), at, std::move(parts));
  }

  Body& body_;
  PatternRows done_;
};

PatternRows simplify(Body& body, PatternRows rows) { return Simplifier(body).run(std::move(rows)); }

// ---- answers -------------------------------------------------------------------------------

// What the pattern asks about the payload of the variant it names.
static std::vector<Question> questions_inside(Body& body, const Question& question) {
  if (question.layers > 0) {
    Question inner = question;
    inner.kind = Question::Kind::Raw;
    inner.place = payload_of(question.place, 1);
    --inner.layers;
    return {inner};
  }
  std::vector<Question> parts;
  if (const ast::VariantPattern* variant = question.pattern->try_as<ast::VariantPattern>()) {
    for (uint32_t i = 0; i < variant->payload.size(); ++i) {
      Place part = payload_of(question.place, question.variant, i);
      parts.push_back(question_about(body, part, variant->payload[i]));
    }
  } else if (const ast::StructPattern* named = question.pattern->try_as<ast::StructPattern>()) {
    const types::Type& type = body.program.types.get(body.type_of(question.place));
    const std::vector<types::FieldDecl>& fields =
        body.program.enums[types::EnumId(type.decl)].variants[question.variant].fields;
    for (const ast::FieldPattern& field : named->fields) {
      uint32_t index = field_index(fields, field.name.name);
      Place part = payload_of(question.place, question.variant, index);
      parts.push_back(question_about(body, part, field.pattern));
    }
  }
  return parts;
}

// The row without the question, which was answered, and with what the answer opens.
static PatternRow answered(const PatternRow& row, const Question* question,
                           const std::vector<Question>& inside) {
  PatternRow left = row;
  auto at = left.questions.begin() + (question - row.questions.data());
  at = left.questions.erase(at);
  left.questions.insert(at, inside.begin(), inside.end());
  return left;
}

PatternRows rows_of_variant(Body& body, const PatternRows& rows, const Place& place,
                            std::optional<uint32_t> variant) {
  PatternRows left;
  for (const PatternRow& row : rows) {
    const Question* question = row.find(place);
    if (question == nullptr || question->kind == Question::Kind::Equal) {
      left.push_back(row);
    } else if (variant && question->variant == *variant) {
      left.push_back(answered(row, question, questions_inside(body, *question)));
    }
  }
  return left;
}

PatternRows rows_of_number(Body& body, const PatternRows& rows, const Place& place,
                           std::optional<uint64_t> number) {
  NumberLine line = number_line(body, body.type_of(place));
  PatternRows left;
  for (const PatternRow& row : rows) {
    const Question* question = row.find(place);
    if (question == nullptr || question->kind == Question::Kind::Equal) {
      left.push_back(row);
      continue;
    }
    bool is_range = question->kind == Question::Kind::Range;
    if (!number) {
      if (is_range) left.push_back(row);
      continue;
    }
    bool fits = is_range ? line.contains(*question, *number) : question->low == *number;
    if (fits) left.push_back(answered(row, question, {}));
  }
  return left;
}

PatternRows rows_inside(Body& body, const PatternRows& rows, const Question& range) {
  NumberLine line = number_line(body, body.type_of(range.place));
  PatternRows left;
  for (const PatternRow& row : rows) {
    const Question* question = row.find(range.place);
    if (question == nullptr || question->kind == Question::Kind::Equal) {
      left.push_back(row);
    } else if (question->kind != Question::Kind::Range) {
      if (line.contains(range, question->low)) left.push_back(row);
    } else if (line.contains(*question, range.low) && line.contains(*question, range.high)) {
      left.push_back(answered(row, question, {}));
    } else {
      bool is_apart =
          line.less(question->high, range.low) || line.less(range.high, question->low);
      if (!is_apart) left.push_back(row);
    }
  }
  return left;
}

void keep_outside(Body& body, PatternRows& rows, const Question& range) {
  NumberLine line = number_line(body, body.type_of(range.place));
  std::erase_if(rows, [&](const PatternRow& row) {
    const Question* question = row.find(range.place);
    if (question == nullptr || question->kind == Question::Kind::Equal) return false;
    bool is_range = question->kind == Question::Kind::Range;
    return line.contains(range, question->low) &&
           (!is_range || line.contains(range, question->high));
  });
}

// Whether both ask for the same value, as far as that is known here.
static bool asks_same(Body& body, const Question& a, const Question& b) {
  if (a.kind != Question::Kind::Equal || b.kind != Question::Kind::Equal) return false;
  if (a.is_computed() != b.is_computed()) return false;
  if (a.is_computed()) {
    const types::PatternFact& one = body.program.fact(a.pattern);
    const types::PatternFact& other = body.program.fact(b.pattern);
    return one.constant == other.constant && one.type_constant == other.type_constant &&
           one.type_args == other.type_args;
  }
  const sir::Constant& one = a.value->constant;
  const sir::Constant& other = b.value->constant;
  return one.bits == other.bits && one.number == other.number && one.text == other.text;
}

PatternRows rows_equal(Body& body, const PatternRows& rows, const Question& asked) {
  PatternRows left;
  for (const PatternRow& row : rows) {
    const Question* question = row.find(asked.place);
    // Other than of two literals, nobody knows yet whether they are different.
    bool is_apart = question != nullptr && question->value && asked.value;
    if (question != nullptr && asks_same(body, *question, asked)) {
      left.push_back(answered(row, question, {}));
    } else if (!is_apart) {
      left.push_back(row);
    }
  }
  return left;
}

void keep_different(Body& body, PatternRows& rows, const Question& asked) {
  std::erase_if(rows, [&](const PatternRow& row) {
    const Question* question = row.find(asked.place);
    return question != nullptr && asks_same(body, *question, asked);
  });
}

// Whether an array that has the length asked for may have that of the question too; where `is_sure`,
// whether it does.
static bool agrees(const Question& question, const Question& asked, bool is_sure) {
  if (question.is_open) return question.low <= asked.low || (asked.is_open && !is_sure);
  if (asked.is_open) return !is_sure && question.low >= asked.low;
  return question.low == asked.low;
}

PatternRows rows_of_length(Body& body, const PatternRows& rows, const Question& asked) {
  PatternRows left;
  for (const PatternRow& row : rows) {
    const Question* question = row.find(asked.place);
    bool is_asked = question != nullptr && question->kind == Question::Kind::Length;
    if (is_asked && !agrees(*question, asked, false)) continue;
    left.push_back(row);
    if (is_asked && agrees(*question, asked, true)) {
      open_array(body, left.back(), static_cast<size_t>(question - row.questions.data()));
    }
  }
  return left;
}

void keep_other_lengths(PatternRows& rows, const Question& asked) {
  std::erase_if(rows, [&](const PatternRow& row) {
    const Question* question = row.find(asked.place);
    if (question == nullptr || question->kind != Question::Kind::Length) return false;
    if (asked.is_open) return question->low >= asked.low;
    return !question->is_open && question->low == asked.low;
  });
}

}  // namespace skein::lower
