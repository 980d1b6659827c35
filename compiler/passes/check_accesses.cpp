// Reports accesses that overlap while one of them is exclusive (language rule 1).
//
// Two kinds of access last longer than a moment: the operands of one call, which all last until it
// returns, and references (`for mut x in xs`), which last until they are not used any more. Fields
// of one variable are disjoint; two elements of one array are not, whatever the indices.
#include <algorithm>
#include <unordered_set>

#include "compiler/passes/ownership.h"
#include "compiler/passes/references.h"

namespace skein::passes {

using sir::BlockId;
using sir::Function;
using sir::Inst;
using sir::InstKind;
using sir::LocalId;
using sir::Operand;
using sir::Place;
using sir::Projection;

class AccessChecker {
 public:
  AccessChecker(sir::Module& module, const Function& function, DiagnosticSink& sink)
      : module_(module), function_(function), sink_(sink), references_(function) {}

  void run() {
    for (const sir::Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        check_operands(inst);
        check_result(inst);
      }
    }
    if (!references_.all().empty()) check_references();
  }

 private:
  // ---- operands of one call ----------------------------------------------------------------

  void check_operands(const Inst& inst) {
    bool is_call = inst.kind == InstKind::Call || inst.kind == InstKind::CallValue ||
                   inst.kind == InstKind::Builtin || inst.kind == InstKind::Spawn ||
                   inst.kind == InstKind::Select;
    if (!is_call) return;
    for (size_t i = 0; i < inst.operands.size(); ++i) {
      if (inst.operands[i].kind != Operand::Kind::Mut) continue;
      for (size_t j = 0; j < inst.operands.size(); ++j) {
        const Operand& other = inst.operands[j];
        // Of two exclusive ones the pair is looked at once. Copies are read before the call.
        bool lasts = other.kind == Operand::Kind::Borrow ||
                     (other.kind == Operand::Kind::Mut && j > i);
        if (!lasts) continue;
        if (!references_.may_meet(inst.operands[i].place, other.place)) continue;
        // The tasks that a select waits for are compared when it begins.
        if (inst.kind == InstKind::Select && differ_by_index(inst.operands[i].place, other.place)) continue;
        // Of two places that calls gave, the second call found the first one in use.
        if (is_given(inst.operands[i].place) && is_given(other.place)) continue;
        return report_call(inst, inst.operands[i].place, other);
      }
    }
  }

  // Whether they are the same but for the numbers of elements.
  static bool differ_by_index(const Place& a, const Place& b) {
    if (a.local != b.local || a == b) return false;
    return std::equal(a.path.begin(), a.path.end(), b.path.begin(), b.path.end(),
                      [](const Projection& x, const Projection& y) {
                        bool are_elements = x.kind == Projection::Kind::Index &&
                                            y.kind == Projection::Kind::Index;
                        return are_elements || x == y;
                      });
  }

  bool is_given(const Place& place) const {
    return references_.target(place.local).is_somewhere_inside;
  }

  void report_call(const Inst& inst, const Place& place, const Operand& other) {
    bool has_index = std::any_of(place.path.begin(), place.path.end(), [](const Projection& step) {
      return step.kind == Projection::Kind::Index;
    });
    std::string name = place_name(module_, function_, place.local);
    Report report = sink_.report(inst.span, D::OverlappingAccess, {name});
    bool both = other.kind == Operand::Kind::Mut;
    if (inst.kind == InstKind::Select) {
      report.mark("two of its arms wait for the same task, or for one that is part of the other's place")
          .help("wait for each task in one arm; `await_any(mut tasks)` waits for any task of an array");
      return;
    }
    report.mark(both ? "this call gets it twice, both times as `mut`"
                     : "this call gets it as `mut` and to look at");
    if (has_index && both) {
      report.help("two elements may be the same one: `" + name +
                  ".swap(i, j)` exchanges elements, or change one after the other");
    } else if (both) {
      report.help("pass different variables, or different fields of one");
    } else {
      report.help("put what is looked at into a variable of its own first");
    }
  }

  // ---- references --------------------------------------------------------------------------

  void check_references() {
    sir::Flow flow(function_);
    sir::Liveness live(flow, sir::Drops::AreNone);
    sir::Changes changes = find_settings(flow);
    sir::Solution set = sir::solve(flow, changes, sir::Direction::Forward, sir::Meet::Union, {});
    for (BlockId block : flow.order()) {
      const std::vector<Inst>& insts = function_.blocks[block].insts;
      sir::BitSet after = live.at_end(block);
      std::vector<sir::BitSet> before = states_before(flow, block, changes, set.begin[block.index]);
      for (size_t i = insts.size(); i-- > 0;) {
        for (LocalId reference : references_.all()) {
          bool is_in_use = after.test(reference.index) && before[i].test(reference.index);
          if (is_in_use) check_beside(insts[i], reference, live);
        }
        live.step_back(block, i, after);
      }
    }
  }

  // Where references are set. What a later one may be made of, on another way, is in no use before.
  sir::Changes find_settings(const sir::Flow& flow) const {
    sir::Changes changes;
    for (BlockId block : function_.blocks.ids()) {
      const std::vector<Inst>& insts = function_.blocks[block].insts;
      for (size_t i = 0; i < insts.size(); ++i) {
        if (!makes_reference(insts[i])) continue;
        changes.add(flow.inst_number(block, i), sir::Moment::Gives, insts[i].dest.local.index, true);
      }
    }
    changes.finish(flow.inst_count());
    return changes;
  }

  // Which references are set before each instruction of the block.
  std::vector<sir::BitSet> states_before(const sir::Flow& flow, BlockId block,
                                         const sir::Changes& changes, sir::BitSet state) const {
    std::vector<sir::BitSet> states;
    for (size_t i = 0; i < function_.blocks[block].insts.size(); ++i) {
      states.push_back(state);
      sir::apply(changes.at(flow.inst_number(block, i), sir::Moment::Gives), state);
    }
    return states;
  }

  // An instruction while `reference` is still to be used.
  void check_beside(const Inst& inst, LocalId reference, const sir::Liveness& live) {
    if (makes_reference(inst) && inst.dest.local == reference) return;
    // What is given and ends with the call is reported as that.
    bool is_result = reference == function_.return_local();
    if (is_result && inst.kind == InstKind::Drop) return;
    const References::Target& target = references_.target(reference);
    auto conflicts = [&](const Place& place, bool writes) {
      if (!writes && !target.is_exclusive) return false;
      if (place.local == reference) return false;
      std::span<const LocalId> sources = live.sources(place.local);
      bool goes_through = std::find(sources.begin(), sources.end(), reference) != sources.end();
      return !goes_through && references_.may_meet(place, reference);
    };
    bool found = false;
    for (const Operand& operand : inst.operands) {
      if (!operand.is_place()) continue;
      bool writes = operand.kind == Operand::Kind::Move || operand.kind == Operand::Kind::Mut;
      found |= conflicts(operand.place, writes);
    }
    bool is_life = sir::marks_life(inst);
    bool sets = inst.dest.valid() && !sir::sets_reference(inst) && !is_life;
    if (sets) found |= conflicts(inst.dest, true);
    if (found) report_reference(inst, reference);
  }

  void report_reference(const Inst& inst, LocalId reference) {
    // One expression may touch the place in several steps.
    if (!reported_.insert(inst.span.begin).second) return;
    const sir::Local& local = function_.locals[reference];
    const References::Target& target = references_.target(reference);
    LocalId held = target.place.local;
    if (!function_.locals[held].name.valid()) held = references_.resolve(reference).local;
    Report report = sink_.report(inst.span, D::OverlappingAccess,
                                 {place_name(module_, function_, held)});
    report.mark("used here");
    if (local.name.valid()) {
      std::string name = place_name(module_, function_, reference);
      report.label(local.span, "`" + name + "` stands for a part of it until its last use")
          .help("do this before or after `" + name + "` is used, or work on a copy");
    } else if (target.is_somewhere_inside) {
      report.label(target.span, "what this gives is a part of it, and in use until here")
          .help("take one after the other: keep a copy of one in a variable, or give the function "
                "both indices");
    }
  }

  // ---- the place that a function gives -----------------------------------------------------

  // It has to be inside what the caller lent: all else ends with the call (language rule 4).
  void check_result(const Inst& inst) {
    if (inst.kind != InstKind::Ref || inst.dest.local != function_.return_local()) return;
    std::vector<Place> places = references_.all_behind(inst.operands[0].place);
    auto other = std::find_if_not(places.begin(), places.end(), [&](const Place& place) {
      const sir::Local& root = function_.locals[place.local];
      return root.kind == sir::LocalKind::Param && root.mode == sir::ParamMode::Mut;
    });
    if (other == places.end()) return;
    LocalId root = other->local;
    const sir::Local& local = function_.locals[root];
    Report report = sink_.report(inst.span, D::ResultNotLent, {function_.display_name});
    if (local.name.valid()) {
      report.label(local.span, "`" + place_name(module_, function_, root) + "` ends with the call");
    }
    report.help("give a part of a `mut` parameter, or a value: a result without `mut`");
  }

  sir::Module& module_;
  const Function& function_;
  DiagnosticSink& sink_;
  References references_;
  std::unordered_set<uint32_t> reported_;   // where
};

void check_accesses(sir::Module& module, const Function& function, DiagnosticSink& sink) {
  AccessChecker(module, function, sink).run();
}

}  // namespace skein::passes
