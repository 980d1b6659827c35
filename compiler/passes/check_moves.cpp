// Follows what has a value through each function, and reports
//
//   - a use of what may have none: never set, or moved away;
//   - a `let` without a value that is set where it may have one;
//   - a move out of a place that is not the function's to take: what it was lent, an element;
//   - a task in a variable that is not consumed exactly once on each way through the function
//     (language rules 24 and 27). Only ways that do not panic count: unwinding settles tasks.
//
// A drop that lower placed at the end of a scope is where an unconsumed task shows: it finds a
// value. Drops report nothing else; they may find none.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "compiler/passes/ownership.h"

namespace skein::passes {

using sir::BitSet;
using sir::BlockId;
using sir::Function;
using sir::Inst;
using sir::InstKind;
using sir::Local;
using sir::LocalId;
using sir::LocalKind;
using sir::Moment;
using sir::MovePaths;
using sir::Operand;
using sir::PathId;
using sir::Place;
using sir::Projection;
using types::ParamMode;
using types::TypeKind;

class MoveChecker {
 public:
  MoveChecker(sir::Module& module, const Function& function, const LetsSetLater& lets,
              DiagnosticSink& sink)
      : module_(module), function_(function), lets_(lets), sink_(sink), flow_(function),
        paths_(function, find_tracked()), states_(flow_, paths_) {}

  void run() {
    for (BlockId block : flow_.order()) check_block(block);
    report_unconsumed();
  }

 private:
  // Variables may be unset; of temporaries only those that can be moved away for good matter.
  std::vector<bool> find_tracked() const {
    std::vector<bool> is_tracked(function_.locals.size());
    for (LocalId id : function_.locals.ids()) {
      const Local& local = function_.locals[id];
      bool is_variable = local.kind == LocalKind::Var || local.kind == LocalKind::Param;
      bool is_linear = local.kind == LocalKind::Temp &&
                       types::traits_of(*module_.program, local.type).is_move_only;
      is_tracked[id.index] = sir::owns_value(local) && (is_variable || is_linear);
    }
    return is_tracked;
  }

  std::string name_of(const Place& place) { return place_name(module_, function_, place); }
  types::TypeId type_of(const Place& place) {
    return sir::place_type(module_, function_, place);
  }

  void check_block(BlockId block) {
    maybe_ = states_.maybe(block);
    surely_ = states_.surely(block);
    const std::vector<Inst>& insts = function_.blocks[block].insts;
    for (size_t i = 0; i < insts.size(); ++i) {
      at_ = {block, i};
      if (insts[i].kind == InstKind::Drop) {
        check_drop(insts[i]);
      } else {
        check_uses(insts[i]);
      }
      uint32_t number = flow_.inst_number(block, i);
      for (Moment moment : {Moment::Takes, Moment::Gives}) {
        sir::apply(states_.changes().at(number, moment), maybe_);
        sir::apply(states_.changes().at(number, moment), surely_);
      }
    }
  }

  // ---- uses --------------------------------------------------------------------------------

  void check_uses(const Inst& inst) {
    find_moved(inst);
    for (const Operand& operand : inst.operands) {
      if (!operand.is_place()) continue;
      if (is_moved_beside(inst, operand)) {
        report_moved_beside(inst, operand);
        continue;
      }
      if (operand.kind == Operand::Kind::Move && !check_move_out(inst, operand.place)) continue;
      if (inst.kind == InstKind::AwaitPlace && !check_await_place(inst, operand.place)) continue;
      check_value(inst, operand.place, operand.kind == Operand::Kind::Move);
      check_indices(inst, operand.place);
    }
    if (!inst.dest.valid() || sir::marks_life(inst)) return;
    check_indices(inst, inst.dest);
    if (!inst.dest.is_local()) return check_container(inst);
    check_set_once(inst);
  }

  // A `let` without a value is set once on each path: not where it may have a value already.
  void check_set_once(const Inst& inst) {
    LocalId id = inst.dest.local;
    const Local& local = function_.locals[id];
    PathId path = paths_.of_local(id);
    if (local.kind != LocalKind::Var || !path.valid() || !maybe_.test(path.index)) return;
    if (!lets_.contains(local.span.begin) || !reported_.insert(id.index).second) return;
    sink_.report(inst.span, D::NotMutable, {name_of(id)})
        .mark("set again here, where it may have a value")
        .label(local.span, "this `let` is set once on each path")
        .help("declare it with `var`");
  }

  static bool overlap(const Place& a, const Place& b) {
    size_t common = std::min(a.path.size(), b.path.size());
    return std::equal(a.path.begin(), a.path.begin() + common, b.path.begin()) &&
           a.local == b.local;
  }

  // The locals that the instruction moves, or parts of them, sorted.
  void find_moved(const Inst& inst) {
    moved_.clear();
    for (const Operand& operand : inst.operands) {
      if (operand.kind == Operand::Kind::Move) moved_.push_back(operand.place.local.index);
    }
    std::sort(moved_.begin(), moved_.end());
  }

  // Whether the same instruction moves the place as another operand: `f(x, x)` would have it twice,
  // and what `f` borrows it would also take.
  bool is_moved_beside(const Inst& inst, const Operand& used) {
    // Nearly always nobody else does, and an array literal may have a million operands.
    auto [first, end] = std::equal_range(moved_.begin(), moved_.end(), used.place.local.index);
    if (end - first <= (used.kind == Operand::Kind::Move ? 1 : 0)) return false;
    bool is_behind = false;
    bool is_lent = used.kind == Operand::Kind::Borrow || used.kind == Operand::Kind::Mut;
    for (const Operand& other : inst.operands) {
      if (&other == &used) {
        is_behind = true;
      } else if (other.kind == Operand::Kind::Move && overlap(other.place, used.place) &&
                 (!is_behind || is_lent) &&
                 types::traits_of(*module_.program, type_of(other.place)).is_move_only) {
        return true;
      }
    }
    return false;
  }

  void report_moved_beside(const Inst& inst, const Operand& used) {
    LocalId local = used.place.local;
    if (!reported_.insert(local.index).second) return;
    if (is_task_variable(module_, function_, local) && used.kind == Operand::Kind::Move) {
      sink_.report(inst.span, D::TaskConsumedTwice, {name_of(local)})
          .mark("consumed twice by this")
          .label(function_.locals[local].span, "the task")
          .help("keep the value of the first `await` in a variable and use that");
      return;
    }
    sink_.report(inst.span, D::UseAfterMove, {name_of(used.place)})
        .mark("this moves it and uses it again")
        .label(function_.locals[local].span, "declared here")
        .help("a value of type `" + module_.program->type_name(function_.locals[local].type) +
              "` has one owner and cannot be copied; use it before it is moved");
  }

  void check_indices(const Inst& inst, const Place& place) {
    for (const Projection& step : place.path) {
      if (step.kind == Projection::Kind::Index) check_value(inst, step.local, false);
    }
  }

  // A part is set of something that has a value: `p.x = 1` does not make a `p`.
  void check_container(const Inst& inst) {
    MovePaths::Found found = paths_.find(inst.dest);
    if (!found.path.valid()) return;
    PathId whole = found.is_exact ? paths_[found.path].parent : found.path;
    if (!surely_.test(whole.index)) report_missing(inst, whole, false);
  }

  void check_value(const Inst& inst, const Place& place, bool is_move) {
    MovePaths::Found found = paths_.find(place);
    if (!found.path.valid()) return;
    PathId missing;
    if (found.is_exact) {
      paths_.for_each_inside(found.path, [&](PathId inside) {
        if (!missing.valid() && !surely_.test(inside.index)) missing = inside;
      });
    } else if (!surely_.test(found.path.index)) {
      missing = found.path;
    }
    if (missing.valid()) report_missing(inst, missing, is_move);
  }

  void report_missing(const Inst& inst, PathId path, bool is_move) {
    const Place& place = paths_[path].place;
    LocalId local = place.local;
    // One report a variable: the first says enough.
    if (!reported_.insert(local.index).second) return;
    std::optional<InstPlace> moved = find_move(flow_, paths_, path, at_);
    if (!moved) return report_unset(inst, path);
    const Inst& first = function_.blocks[moved->block].insts[moved->index];
    bool is_task = is_task_variable(module_, function_, local);
    if (is_task && is_move && first.span == inst.span) {
      sink_.report(inst.span, D::TaskConsumedInLoop, {name_of(local)})
          .mark("consumed here, again in each round")
          .label(function_.locals[local].span, "made here, outside of the loop")
          .help("start a task in each round, or await this one after the loop");
    } else if (is_task && is_move) {
      sink_.report(inst.span, D::TaskConsumedTwice, {name_of(local)})
          .mark("consumed again here")
          .label(first.span, "consumed here first")
          .help("keep the value of the first `await` in a variable and use that");
    } else {
      sink_.report(inst.span, D::UseAfterMove, {name_of(place)})
          .mark("used here")
          .label(first.span, is_task ? "consumed here" : "moved away here")
          .help("a value of type `" + module_.program->type_name(function_.locals[local].type) +
                "` has one owner and cannot be copied; use it before it is moved");
    }
  }

  void report_unset(const Inst& inst, PathId path) {
    LocalId local = paths_[path].place.local;
    std::string_view where = maybe_.test(path.index) ? " on every path" : "";
    sink_.report(inst.span, D::UseBeforeSet, {name_of(local), where})
        .mark("used here")
        .label(function_.locals[local].span, "declared here without a value")
        .help("give it a value where it is declared, or on each path to here");
  }

  // ---- moves out of what is not ours -------------------------------------------------------

  // Whether the place may be moved from; reports it if not.
  bool check_move_out(const Inst& inst, const Place& place) {
    const Local& root = function_.locals[place.local];
    bool has_index = std::any_of(place.path.begin(), place.path.end(), [](const Projection& step) {
      return step.kind == Projection::Kind::Index;
    });
    if (!types::traits_of(*module_.program, type_of(place)).is_move_only) return true;
    if (has_index) {
      report_element(inst, place);
      return false;
    }
    if (!sir::owns_value(root)) {
      report_borrowed(inst, place);
      return false;
    }
    return check_drop_method(inst, place);
  }

  void report_element(const Inst& inst, const Place& place) {
    Place array = place;
    while (array.path.back().kind != Projection::Kind::Index) array.path.pop_back();
    array.path.pop_back();
    std::string name = name_of(array);
    sink_.report(inst.span, D::MoveOutOfElement, {name})
        .mark("moved here")
        .help("`" + name + ".remove(i)` and `" + name + ".pop()` take an element out; `for x in " +
              name + "` takes all");
  }

  void report_borrowed(const Inst& inst, const Place& place) {
    const Local& root = function_.locals[place.local];
    bool is_whole = place.path.empty();
    Report report = is_whole ? sink_.report(inst.span, D::MoveOfBorrowed, {name_of(place)})
                             : sink_.report(inst.span, D::MoveOutOfBorrow,
                                            {name_of(place), name_of(place.local)});
    bool is_pattern = root.kind != LocalKind::Param;
    report.mark("moved here")
        .label(root.span, is_pattern ? "stands for a part of what the pattern looks at"
                                     : "lent to this function here");
    if (is_pattern) {
      report.help("a pattern gives parts away of a value that is owned and not used later, and in "
                  "an arm without `when`");
    }
    if (root.kind == LocalKind::Param && root.mode == ParamMode::Borrow) {
      report.help("take it with `own " + name_of(place.local) + ": " +
                  module_.program->type_name(root.type) + "`");
    }
  }

  bool check_drop_method(const Inst& inst, const Place& place) {
    Place whole = place.local;
    for (const Projection& step : place.path) {
      const types::Type& type = module_.types().get(type_of(whole));
      bool has_drop =
          type.kind == TypeKind::Struct &&
          module_.program->structs[types::StructId(type.decl)].drop_fn.valid();
      if (has_drop) {
        sink_.report(inst.span, D::MoveOutOfDrop, {name_of(whole)}).mark("moved here");
        return false;
      }
      whole.path.push_back(step);
    }
    return true;
  }

  // `await` of a place takes the value out, which a plain parameter does not allow.
  bool check_await_place(const Inst& inst, const Place& place) {
    const Local& root = function_.locals[place.local];
    bool is_lent = root.kind == LocalKind::Param && root.mode == ParamMode::Borrow;
    if (!is_lent && !is_looked_through(place.local)) return true;
    report_borrowed(inst, place);
    return false;
  }

  // Whether the local stands for a place that may only be looked at.
  bool is_looked_through(LocalId local) const {
    if (!function_.locals[local].is_ref) return false;
    for (const sir::Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        bool sets = inst.kind == InstKind::Ref && inst.dest.local == local;
        if (sets && inst.operands[0].kind == Operand::Kind::Borrow) return true;
      }
    }
    return false;
  }

  // ---- tasks -------------------------------------------------------------------------------

  void check_drop(const Inst& inst) {
    const Place& place = inst.operands[0].place;
    if (!place.is_local() || function_.blocks[at_.block].is_cleanup) return;
    const Local& local = function_.locals[place.local];
    if (module_.types().kind(local.type) != TypeKind::Task || !sir::owns_value(local)) return;
    PathId path = paths_.of_local(place.local);
    if (!path.valid() || !maybe_.test(path.index)) return;
    if (local.kind == LocalKind::Temp) return check_dropped_temp(inst, place.local);
    if (is_overwritten(place.local)) {
      report_overwritten(inst, place.local);
    } else if (!is_offered(place.local)) {
      unconsumed_[place.local.index].push_back(exit_span(place.local));
    }
  }

  // A `spawn` whose value nobody wants belongs to its scope; anything else was lost by mistake.
  void check_dropped_temp(const Inst& inst, LocalId local) {
    for (const sir::Block& block : function_.blocks) {
      for (const Inst& other : block.insts) {
        if (other.kind == InstKind::Spawn && other.dest == Place(local)) return;
      }
    }
    Span span = function_.locals[local].span;
    sink_.report(span.valid() ? span : inst.span, D::TaskDropped)
        .mark("this gives a task")
        .help("await it, or keep it in a variable and await that");
  }

  // A select may leave the task, which then goes on in its scope (language rule 76).
  bool is_offered(LocalId local) const {
    for (const sir::Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.kind != InstKind::Select) continue;
        for (const Operand& operand : inst.operands) {
          if (operand.kind == Operand::Kind::Mut && operand.place == Place(local)) return true;
        }
      }
    }
    return false;
  }

  bool is_overwritten(LocalId local) const {
    const std::vector<Inst>& insts = function_.blocks[at_.block].insts;
    if (at_.index + 1 >= insts.size()) return false;
    const Inst& next = insts[at_.index + 1];
    return next.kind == InstKind::Assign && next.dest == Place(local);
  }

  void report_overwritten(const Inst& inst, LocalId local) {
    if (!reported_.insert(local.index).second) return;
    sink_.report(inst.span, D::TaskOverwritten, {name_of(local)})
        .mark("overwritten here")
        .label(function_.locals[local].span, "the task that is lost was kept here")
        .help("await it first");
  }

  // Where the way leaves on which `local` is dropped: lower writes that place on its `dead`, or on
  // the jump or return that follows.
  Span exit_span(LocalId local) const {
    BlockId block = at_.block;
    size_t index = at_.index + 1;
    for (size_t steps = 0; steps < function_.blocks.size(); ++steps) {
      const std::vector<Inst>& insts = function_.blocks[block].insts;
      for (size_t i = index; i < insts.size(); ++i) {
        if (insts[i].kind == InstKind::Dead && insts[i].dest.local == local) return insts[i].span;
      }
      if (insts.back().kind != InstKind::Jump) return insts.back().span;
      block = insts.back().targets[0];
      index = 0;
    }
    return Span();
  }

  void report_unconsumed() {
    // In the order of the locals, which is that of the source.
    for (LocalId local : function_.locals.ids()) {
      auto found = unconsumed_.find(local.index);
      if (found == unconsumed_.end() || reported_.contains(local.index)) continue;
      std::vector<Span>& exits = found->second;
      std::sort(exits.begin(), exits.end(),
                [](Span a, Span b) { return a.begin < b.begin; });
      Span made = function_.locals[local].span;
      bool is_consumed = is_consumed_somewhere(local);
      Report report = sink_.report(
          made, D::TaskUnconsumed,
          {name_of(local), is_consumed ? "not awaited on every path" : "never awaited"});
      report.mark(function_.locals[local].kind == LocalKind::Param ? "taken here" : "kept here");
      if (is_consumed) label_exit(report, exits, made);
      report.help("await it, return it, or let it go with `" + name_of(local) + ".detach()`");
    }
  }

  void label_exit(Report& report, const std::vector<Span>& exits, Span made) {
    for (Span exit : exits) {
      if (!exit.valid()) continue;
      bool is_around = exit.begin <= made.begin && made.end <= exit.end;
      if (is_around) continue;
      report.label(exit, "this path leaves without it");
      return;
    }
    // The way through the end of the block that declared it.
    for (Span exit : exits) {
      if (!exit.valid()) continue;
      report.label({exit.end - 1, exit.end}, "a path gets here without awaiting it");
      return;
    }
  }

  bool is_consumed_somewhere(LocalId local) const {
    for (const sir::Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.kind == InstKind::Drop) continue;
        for (const Operand& operand : inst.operands) {
          if (operand.kind == Operand::Kind::Move && operand.place == Place(local)) return true;
        }
      }
    }
    return false;
  }

  sir::Module& module_;
  const Function& function_;
  const LetsSetLater& lets_;
  DiagnosticSink& sink_;
  sir::Flow flow_;
  MovePaths paths_;
  sir::InitStates states_;
  // The instruction being looked at, and what is known before it.
  InstPlace at_;
  BitSet maybe_;
  BitSet surely_;
  std::vector<uint32_t> moved_;
  // Variables something was said about.
  std::unordered_set<uint32_t> reported_;
  // The ways out on which a task variable still has its task.
  std::unordered_map<uint32_t, std::vector<Span>> unconsumed_;
};

void check_moves(sir::Module& module, const Function& function, const LetsSetLater& lets,
                 DiagnosticSink& sink) {
  MoveChecker(module, function, lets, sink).run();
}

}  // namespace skein::passes
