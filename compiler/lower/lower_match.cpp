// Patterns: decision trees that ask each question at most once.
//
// A pattern is a list of questions about places inside the subject. The rows of a match are worked
// on together: the first question of the first row is asked, and each answer goes on with the rows
// that it leaves possible, without the questions it has settled. Where the first row has no
// questions left its arm is entered. An arm that several ways lead to (alternatives) is lowered
// once; its variables are set on each way.
//
//     match (a, b) {            switch tag a [0: …, else: …]
//         (none, _) => 1          0 → arm 1
//         (x, true) => 2          1 → branch b: arm 2 or arm 3
//         _ => 3
//     }
#include <algorithm>
#include <unordered_map>

#include "compiler/lower/patterns.h"
#include "compiler/lower/steps.h"
#include "compiler/lower/walk.h"
#include "compiler/support/check.h"

namespace skein::lower {

// ---- variables of an arm -------------------------------------------------------------------

// Makes variables that were set on the way here part of the current scope.
static void own_bindings(Body& body, const std::vector<LocalId>& locals, Span span) {
  for (LocalId local : locals) {
    if (body.fn.locals[local].is_ref) continue;
    body.end_life_with_scope(local, span);
    body.own(local, span);
  }
}

// ---- the tree ------------------------------------------------------------------------------

// One arm of what is matched.
struct Arm {
  const ast::Pattern* pattern = nullptr;
  const ast::Expr* guard = nullptr;
  // What runs with its variables, one of both; none: all that follows.
  const ast::Expr* body = nullptr;
  const ast::Block* then = nullptr;
  BlockId block;
  bool is_entered = false;
  // The variables, which are the same in all alternatives of the arm.
  struct Variable {
    Symbol name;
    LocalId local;
  };
  std::vector<Variable> variables;

  LocalId local_of(Symbol name) const {
    for (const Variable& variable : variables) {
      if (variable.name == name) return variable.local;
    }
    return LocalId();
  }
};

class DecisionTree {
 public:
  DecisionTree(Body& body, std::vector<Arm>& arms, Span span, std::function<void()> on_miss)
      : body_(body), arms_(arms), span_(span), on_miss_(std::move(on_miss)) {}

  void run(const Place& subject) {
    Rows rows;
    for (uint32_t i = 0; i < arms_.size(); ++i) {
      PatternRow row;
      row.arm = i;
      row.questions.push_back(question_about(body_, subject, arms_[i].pattern));
      rows.push_back(std::move(row));
    }
    decide(std::move(rows));
  }

  // The subject is a tuple that was never put together: these are its parts.
  void run(const std::vector<Place>& parts) {
    Rows rows;
    for (uint32_t i = 0; i < arms_.size(); ++i) add_rows(rows, i, arms_[i].pattern, parts);
    decide(std::move(rows));
  }

 private:
  using Rows = std::vector<PatternRow>;

  void add_rows(Rows& rows, uint32_t arm, const ast::Pattern* pattern,
                const std::vector<Place>& parts) {
    if (const ast::AlternativesPattern* both = pattern->try_as<ast::AlternativesPattern>()) {
      for (const ast::Pattern* choice : both->choices) add_rows(rows, arm, choice, parts);
      return;
    }
    PatternRow row;
    row.arm = arm;
    if (const ast::TuplePattern* tuple = pattern->try_as<ast::TuplePattern>()) {
      for (size_t i = 0; i < parts.size(); ++i) {
        row.questions.push_back(question_about(body_, parts[i], tuple->elements[i]));
      }
    }
    rows.push_back(std::move(row));
  }

  // Goes on in the current block with the rows that are still possible.
  void decide(Rows rows) {
    rows = simplify(body_, std::move(rows));
    if (rows.empty()) return on_miss_();
    if (rows[0].questions.empty()) return enter(std::move(rows));
    Question question = rows[0].questions[0];
    switch (question.kind) {
      case Question::Kind::Raw:
        break;
      case Question::Kind::Variant:
        return ask_variant(question.place, std::move(rows));
      case Question::Kind::Number:
        return ask_number(question.place, std::move(rows));
      case Question::Kind::Range:
        return ask_range(question, std::move(rows));
      case Question::Kind::Equal:
        return ask_equal(question, std::move(rows));
      case Question::Kind::Length:
        return ask_length(question, std::move(rows));
    }
    SKEIN_UNREACHABLE("an unknown question");
  }

  // The first row fits. Where its guard does not hold, the others are asked.
  void enter(Rows rows) {
    Arm& arm = arms_[rows[0].arm];
    arm.is_entered = true;
    std::vector<LocalId> locals;
    size_t outer = body_.mark();
    if (takes_elements(arm, rows[0].bindings)) {
      take_elements(body_, rows[0].bindings, arm.pattern->span);
    }
    set_all(arm, rows[0].bindings, locals);
    if (arm.guard == nullptr) {
      body_.leave(outer, arm.pattern->span);
      return body_.jump(arm.block, arm.pattern->span);
    }
    own_bindings(body_, locals, arm.pattern->span);
    BlockId fails = body_.new_block();
    BlockId holds = body_.new_block();
    lower_branch(body_, arm.guard, holds, fails);
    body_.begin(holds);
    body_.jump(arm.block, arm.guard->span);
    body_.begin(fails);
    body_.leave(outer, arm.guard->span);
    rows.erase(rows.begin());
    decide(std::move(rows));
  }

  // Elements stay where they are if they are only looked at, or if others are changed there. A rest is
  // always taken: it is an array of its own.
  bool takes_elements(const Arm& arm, const std::vector<PatternBinding>& bindings) const {
    if (arm.guard != nullptr || binds_places(body_, arm.pattern)) return false;
    types::Program& program = body_.program;
    return std::any_of(bindings.begin(), bindings.end(), [&](const PatternBinding& binding) {
      if (binding.is_rest || (arm.body == nullptr && arm.then == nullptr)) return true;
      return arm.body != nullptr ? !only_looks_at(program, arm.body, binding.var)
                                 : !only_looks_at(program, arm.then, binding.var);
    });
  }

  // Values are taken first, while nothing stands for a part of the subject.
  void set_all(Arm& arm, std::vector<PatternBinding>& bindings, std::vector<LocalId>& locals) {
    bool has_guard = arm.guard != nullptr;
    std::stable_partition(bindings.begin(), bindings.end(), [&](const PatternBinding& binding) {
      return !stands_for_place(body_, binding, has_guard);
    });
    size_t i = 0;
    for (; i < bindings.size() && !stands_for_place(body_, bindings[i], has_guard); ++i) {
      locals.push_back(set(arm, bindings[i]));
    }
    keep_apart(body_, bindings, has_guard, arm.pattern->span);
    for (; i < bindings.size(); ++i) locals.push_back(set(arm, bindings[i]));
  }

  LocalId set(Arm& arm, const PatternBinding& binding) {
    LocalId known = arm.local_of(binding.name);
    LocalId local = emit_binding(body_, binding, known, arm.guard != nullptr);
    body_.bind(binding.var, local);
    if (!known.valid()) arm.variables.push_back({binding.name, local});
    return local;
  }

  void emit_switch(Operand value, std::vector<uint64_t> cases, std::vector<BlockId> targets) {
    Inst inst;
    inst.kind = InstKind::Switch;
    inst.span = span_;
    inst.operands = {std::move(value)};
    inst.cases = std::move(cases);
    inst.targets = std::move(targets);
    body_.emit(std::move(inst));
  }

  // Rows by the answer they want to the question about a place, so that each answer finds its own
  // among thousands.
  struct Wanted {
    std::vector<uint64_t> answers;   // in the order of the rows
    std::unordered_map<uint64_t, std::vector<size_t>> rows;
    std::vector<size_t> open;        // those that do not ask, or ask for more than one value
  };

  static Wanted sort_rows(const Rows& rows, const Place& place) {
    Wanted wanted;
    for (size_t i = 0; i < rows.size(); ++i) {
      const Question* question = rows[i].find(place);
      bool is_open = question == nullptr || question->kind == Question::Kind::Range ||
                     question->kind == Question::Kind::Equal;
      if (is_open) {
        wanted.open.push_back(i);
        continue;
      }
      bool is_variant = question->kind == Question::Kind::Variant;
      uint64_t answer = is_variant ? question->variant : question->low;
      std::vector<size_t>& same = wanted.rows[answer];
      if (same.empty()) wanted.answers.push_back(answer);
      same.push_back(i);
    }
    return wanted;
  }

  // Those an answer may leave, in their order; without one: any that nobody wants.
  static Rows rows_for(const Rows& rows, const Wanted& wanted, std::optional<uint64_t> answer) {
    std::vector<size_t> chosen = wanted.open;
    if (answer) {
      const std::vector<size_t>& same = wanted.rows.at(*answer);
      chosen.insert(chosen.end(), same.begin(), same.end());
      std::inplace_merge(chosen.begin(), chosen.begin() + wanted.open.size(), chosen.end());
    }
    Rows out;
    for (size_t row : chosen) out.push_back(rows[row]);
    return out;
  }

  void ask_variant(const Place& place, Rows rows) {
    Wanted wanted = sort_rows(rows, place);
    const std::vector<uint64_t>& variants = wanted.answers;
    TypeId type = body_.type_of(place);
    bool is_complete = variants.size() == body_.program.variant_count(type);
    LocalId tag = emit_tag(body_, place, span_);
    std::vector<BlockId> targets;
    for (size_t i = 0; i < variants.size() + (is_complete ? 0 : 1); ++i) {
      targets.push_back(body_.new_block());
    }
    std::vector<uint64_t> cases(variants.begin(), variants.end() - (is_complete ? 1 : 0));
    emit_switch(Operand::copy(tag), std::move(cases), targets);
    for (size_t i = 0; i < targets.size(); ++i) {
      std::optional<uint32_t> variant;
      if (i < variants.size()) variant = static_cast<uint32_t>(variants[i]);
      body_.begin(targets[i]);
      decide(rows_of_variant(body_, rows_for(rows, wanted, variant), place, variant));
    }
  }

  void ask_number(const Place& place, Rows rows) {
    if (body_.unit.kind(body_.type_of(place)) == TypeKind::Bool) {
      return ask_bool(place, std::move(rows));
    }
    Wanted wanted = sort_rows(rows, place);
    const std::vector<uint64_t>& numbers = wanted.answers;
    std::vector<BlockId> targets;
    for (size_t i = 0; i <= numbers.size(); ++i) targets.push_back(body_.new_block());
    emit_switch(Operand::copy(place), numbers, targets);
    for (size_t i = 0; i < targets.size(); ++i) {
      std::optional<uint64_t> number;
      if (i < numbers.size()) number = numbers[i];
      body_.begin(targets[i]);
      decide(rows_of_number(body_, rows_for(rows, wanted, number), place, number));
    }
  }

  void ask_bool(const Place& place, Rows rows) {
    BlockId yes = body_.new_block();
    BlockId no = body_.new_block();
    body_.branch(Operand::copy(place), yes, no, span_);
    body_.begin(yes);
    decide(rows_of_number(body_, rows, place, 1));
    body_.begin(no);
    decide(rows_of_number(body_, rows, place, 0));
  }

  void ask_range(const Question& question, Rows rows) {
    TypeId type = body_.type_of(question.place);
    BlockId inside = body_.new_block();
    BlockId outside = body_.new_block();
    ask_order(question, sir::BinaryOp::Ge, Operand::constant_int(type, question.low), outside);
    ask_order(question, sir::BinaryOp::Le, Operand::constant_int(type, question.high), outside);
    body_.jump(inside, span_);
    body_.begin(inside);
    decide(rows_inside(body_, rows, question));
    body_.begin(outside);
    // The same rows but a few: a long list of ranges is worked through without copies of it.
    keep_outside(body_, rows, question);
    decide(std::move(rows));
  }

  // Goes on if the number stands in this order to the bound, else to `outside`.
  void ask_order(const Question& question, sir::BinaryOp op, Operand bound, BlockId outside) {
    BlockId next = body_.new_block();
    LocalId holds = body_.new_bool(span_);
    body_.binary(op, Operand::copy(question.place), std::move(bound), holds, span_);
    body_.branch(Operand::copy(holds), next, outside, span_);
    body_.begin(next);
  }

  // The value of the constant that the pattern names, until the end of the current scope.
  Operand computed(const Question& question) {
    const types::PatternFact& fact = body_.program.fact(question.pattern);
    bool is_of_type = fact.type_constant.valid();
    Inst call;
    call.kind = InstKind::Call;
    call.span = span_;
    call.callee = is_of_type ? body_.unit.function_of(fact.type_constant)
                             : body_.unit.function_of(fact.constant);
    call.type_args = fact.type_args;
    LocalId value = body_.new_temp(body_.type_of(question.place), span_);
    call.dest = value;
    body_.emit(std::move(call));
    body_.own(value, span_);
    return body_.borrow_of(value);
  }

  void ask_equal(const Question& question, Rows rows) {
    BlockId same = body_.new_block();
    BlockId other = body_.new_block();
    LocalId is_same = body_.new_bool(span_);
    size_t outer = body_.mark();
    Operand value = question.value ? *question.value : computed(question);
    emit_compare(body_, ast::CompareOp::Eq, body_.type_of(question.place),
                 body_.borrow_of(question.place), std::move(value), is_same, span_);
    body_.leave(outer, span_);
    body_.branch(Operand::copy(is_same), same, other, span_);
    body_.begin(same);
    decide(rows_equal(body_, rows, question));
    body_.begin(other);
    keep_different(body_, rows, question);
    decide(std::move(rows));
  }

  void ask_length(const Question& question, Rows rows) {
    BlockId same = body_.new_block();
    BlockId other = body_.new_block();
    LocalId is_same = body_.new_bool(span_);
    body_.binary(question.is_open ? sir::BinaryOp::Ge : sir::BinaryOp::Eq,
                 Operand::copy(emit_length(body_, question.place, span_)),
                 body_.const_int(static_cast<int64_t>(question.low)), is_same, span_);
    body_.branch(Operand::copy(is_same), same, other, span_);
    body_.begin(same);
    decide(rows_of_length(body_, rows, question));
    body_.begin(other);
    keep_other_lengths(rows, question);
    decide(std::move(rows));
  }

  Body& body_;
  std::vector<Arm>& arms_;
  Span span_;
  std::function<void()> on_miss_;
};

static std::vector<LocalId> locals_of(const Arm& arm) {
  std::vector<LocalId> locals;
  for (const Arm::Variable& variable : arm.variables) locals.push_back(variable.local);
  return locals;
}

// ---- match, let, if let --------------------------------------------------------------------

// Whether a guard may change what the patterns after it look at.
static bool guards_change(Body& body, const ast::Match* node, const ast::Expr* subject) {
  VarId root = root_variable(body.program, subject);
  if (!root.valid()) return false;
  for (const ast::MatchArm& arm : node->arms) {
    bool changes = arm.guard != nullptr && changes_variable(body.program, arm.guard, root);
    if (changes) return true;
  }
  return false;
}

static Place lower_match_subject(Body& body, const ast::Match* node) {
  for (const ast::MatchArm& arm : node->arms) {
    if (!binds_places(body, arm.pattern)) continue;
    return write_place(body, lower_pending_place(body, node->subject));
  }
  if (guards_change(body, node, node->subject)) return lower_to_temp(body, node->subject);
  return lower_to_place(body, node->subject);
}

static bool opens_tuple(const ast::Pattern* pattern) {
  if (const ast::AlternativesPattern* both = pattern->try_as<ast::AlternativesPattern>()) {
    for (const ast::Pattern* choice : both->choices) {
      if (!opens_tuple(choice)) return false;
    }
    return true;
  }
  return pattern->is<ast::TuplePattern>() || pattern->is<ast::WildcardPattern>();
}

// `match (a, b)`: the tuple itself is not needed where every arm looks at its parts only, and none
// of them would be moved into it.
static const ast::Tuple* find_loose_tuple(Body& body, const ast::Match* node) {
  const ast::Tuple* tuple = node->subject->try_as<ast::Tuple>();
  TypeId type = body.program.type_of(node->subject);
  bool is_plain = tuple != nullptr && body.program.fact(tuple).type == type &&
                  body.unit.kind(type) == TypeKind::Tuple && !body.unit.is_move_only(type);
  if (!is_plain) return nullptr;
  for (const ast::MatchArm& arm : node->arms) {
    if (!opens_tuple(arm.pattern)) return nullptr;
  }
  for (const ast::Expr* element : tuple->elements) {
    if (guards_change(body, node, element)) return nullptr;
  }
  return tuple;
}

static std::vector<Place> lower_parts(Body& body, const ast::Tuple* tuple) {
  std::vector<Place> parts;
  for (size_t i = 0; i < tuple->elements.size(); ++i) {
    const ast::Expr* element = tuple->elements[i];
    VarId root = root_variable(body.program, element);
    bool changes_later = false;
    for (const ast::Expr* later : tuple->elements.subspan(i + 1)) {
      changes_later = changes_later ||
                      (root.valid() && changes_variable(body.program, later, root));
    }
    parts.push_back(changes_later ? Place(lower_to_temp(body, element))
                                  : lower_to_place(body, element));
  }
  return parts;
}

void lower_match(Body& body, const ast::Match* node, const Place& dest) {
  std::vector<Arm> arms;
  for (const ast::MatchArm& arm : node->arms) {
    Arm lowered;
    lowered.pattern = arm.pattern;
    lowered.guard = arm.guard;
    lowered.body = arm.body;
    lowered.block = body.new_block();
    arms.push_back(std::move(lowered));
  }
  DecisionTree tree(body, arms, node->subject->span, [&] { body.unreachable(node->span); });
  if (const ast::Tuple* tuple = find_loose_tuple(body, node)) {
    tree.run(lower_parts(body, tuple));
  } else {
    tree.run(lower_match_subject(body, node));
  }
  BlockId join = body.new_block();
  for (size_t i = 0; i < arms.size(); ++i) {
    // An arm that the ones before it leave nothing for.
    if (!arms[i].is_entered) continue;
    body.begin(arms[i].block);
    size_t outer = body.mark();
    own_bindings(body, locals_of(arms[i]), node->arms[i].span);
    lower_into(body, node->arms[i].body, dest);
    body.leave(outer, node->arms[i].span, dest.valid() ? dest.local : LocalId());
    body.jump(join, node->arms[i].span);
  }
  body.begin(join);
}

void lower_refutable(Body& body, const ast::Pattern* pattern, const Place& subject, Span span,
                     const std::function<void()>& on_miss, const ast::Block* then) {
  std::vector<Arm> arms(1);
  arms[0].pattern = pattern;
  arms[0].then = then;
  arms[0].block = body.new_block();
  DecisionTree(body, arms, span, on_miss).run(subject);
  body.begin(arms[0].block);
  own_bindings(body, locals_of(arms[0]), pattern->span);
}

void lower_irrefutable(Body& body, const ast::Pattern* pattern, const Place& subject) {
  lower_refutable(body, pattern, subject, pattern->span,
                  [&] { body.unreachable(pattern->span); });
}

}  // namespace skein::lower
