// Reports uses of places that are lent to a task (language rule 6).
//
// `spawn f(mut p)` lends `p` until the task is awaited or its scope ends. A loop that lends one
// element in each round, `for mut x in xs { spawn f(mut x) }`, holds all of them: of each loan
// there are two facts, that what `x` stands for now is lent, and that something of `xs` is.
//
// A scope is lent as well (rule 30): others may use it meanwhile, but the task has to end before it.
#include <algorithm>

#include "compiler/passes/ownership.h"
#include "compiler/passes/references.h"

namespace skein::passes {

using sir::BitSet;
using sir::BlockId;
using sir::Function;
using sir::Inst;
using sir::InstKind;
using sir::LocalId;
using sir::Moment;
using sir::Operand;
using sir::Place;
using types::TypeKind;

class LoanChecker {
 public:
  LoanChecker(sir::Module& module, const Function& function, DiagnosticSink& sink)
      : module_(module), function_(function), sink_(sink), references_(function) {}

  void run() {
    for (const sir::Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) find_loans(inst);
    }
    if (loans_.empty()) return;
    for (Loan& loan : loans_) find_end(loan);
    check_uses();
  }

 private:
  struct Loan {
    const Inst* spawn = nullptr;
    Place place;       // what is lent
    LocalId through;   // the reference or window it is lent through; invalid: none
    LocalId task;
    LocalId scope;     // that the task was given to; invalid: none
    bool is_scope = false;
    bool is_reported = false;
  };

  // The two facts of a loan.
  static uint32_t current(size_t loan) { return static_cast<uint32_t>(loan) * 2; }
  static uint32_t any(size_t loan) { return static_cast<uint32_t>(loan) * 2 + 1; }

  void find_loans(const Inst& inst) {
    if (inst.kind != InstKind::Spawn) return;
    for (const Operand& operand : inst.operands) {
      if (operand.kind != Operand::Kind::Mut) continue;
      if (is_shared(operand)) continue;
      Loan loan;
      loan.spawn = &inst;
      loan.place = references_.resolve(operand.place);
      const std::vector<LocalId>& all = references_.all();
      bool is_through = std::find(all.begin(), all.end(), operand.place.local) != all.end();
      if (is_through) loan.through = operand.place.local;
      loan.task = inst.dest.local;
      loan.is_scope = is_scope(operand);
      loans_.push_back(std::move(loan));
    }
  }

  types::TypeKind kind_of(const Operand& operand) const {
    return module_.types().kind(sir::operand_type(module_, function_, operand));
  }

  bool is_scope(const Operand& operand) const { return kind_of(operand) == TypeKind::Scope; }

  bool is_made_up(const Operand& operand) const {
    const sir::Local& local = function_.locals[operand.place.local];
    return operand.place.is_local() && local.kind == sir::LocalKind::Temp && !local.is_ref;
  }

  // The place where the tasks of a race put their value, which no name stands for, is written by the
  // winner alone.
  bool is_shared(const Operand& operand) const {
    return is_made_up(operand) && kind_of(operand) == TypeKind::Option;
  }

  // `settle` keeps its tasks in an array that dies before its scope.
  bool is_push_of_settle(const Inst& inst) const {
    return inst.kind == InstKind::Builtin && inst.builtin == types::Builtin::ArrayPush &&
           is_made_up(inst.operands[0]);
  }

  // A task may be awaited, dropped or given to a scope; anything else takes it out of sight.
  void find_end(Loan& loan) {
    for (const sir::Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        for (const Operand& operand : inst.operands) {
          if (!operand.is_place() || operand.place.local != loan.task) continue;
          if (inst.kind == InstKind::ScopeAdopt) {
            loan.scope = inst.operands[0].place.local;
            if (may_end_later(inst.operands[0].place, loan)) report_outlived(loan);
            continue;
          }
          bool ends = inst.kind == InstKind::Await || inst.kind == InstKind::Drop ||
                      inst.kind == InstKind::Settle || operand.kind == Operand::Kind::Borrow;
          if (ends || loan.is_reported) continue;
          if (loan.is_scope && is_push_of_settle(inst)) continue;
          if (loan.is_scope) {
            report_outlived(loan);
            continue;
          }
          loan.is_reported = true;
          sink_.report(inst.span, D::LoanHandleKept,
                       {place_name(module_, function_, loan.place)})
              .mark("the task goes elsewhere here")
              .label(loan.spawn->span, "lent to it here")
              .help("await it in this block, or give it up: a statement `spawn …` on its own");
        }
      }
    }
  }

  // Whether the task is given to a scope from elsewhere that is not the one it uses. One without a name
  // is that around a closure, and ends before all others the closure knows.
  bool may_end_later(const Place& scope, const Loan& loan) const {
    if (!loan.is_scope || loan.is_reported) return false;
    const sir::Local& local = function_.locals[scope.local];
    bool is_from_elsewhere = local.is_ref || local.kind == sir::LocalKind::Param;
    return is_from_elsewhere && local.name.valid() && references_.resolve(scope) != loan.place;
  }

  void report_outlived(Loan& loan) {
    loan.is_reported = true;
    sink_.report(loan.spawn->span, D::ScopeOutlived)
        .help("start it as a task of the scope: `s.spawn …`, or await it in the block of the scope");
  }

  bool ends_loan(const Inst& inst, const Loan& loan) const {
    if (inst.operands.empty() || !inst.operands[0].is_place()) return false;
    LocalId local = inst.operands[0].place.local;
    if (inst.kind == InstKind::ScopeExit) return local == loan.scope;
    if (loan.is_scope && is_push_of_settle(inst)) return inst.operands[1].place.local == loan.task;
    bool takes_task = inst.kind == InstKind::Await || inst.kind == InstKind::Settle ||
                      inst.kind == InstKind::Drop;
    return takes_task && local == loan.task;
  }

  void check_uses() {
    sir::Flow flow(function_);
    sir::Liveness live(flow, sir::Drops::AreUses);
    sir::Changes changes;
    for (BlockId block : function_.blocks.ids()) {
      const std::vector<Inst>& insts = function_.blocks[block].insts;
      for (size_t i = 0; i < insts.size(); ++i) {
        add_changes(flow.inst_number(block, i), insts[i], changes);
      }
    }
    changes.finish(flow.inst_count());
    sir::Solution lent = sir::solve(flow, changes, sir::Direction::Forward, sir::Meet::Union, {});
    for (BlockId block : flow.order()) {
      BitSet state = lent.begin[block.index];
      const std::vector<Inst>& insts = function_.blocks[block].insts;
      for (size_t i = 0; i < insts.size(); ++i) {
        if (!state.empty()) check_inst(insts[i], state, live);
        uint32_t number = flow.inst_number(block, i);
        sir::apply(changes.at(number, Moment::Takes), state);
        sir::apply(changes.at(number, Moment::Gives), state);
      }
    }
  }

  void add_changes(uint32_t number, const Inst& inst, sir::Changes& changes) const {
    for (size_t i = 0; i < loans_.size(); ++i) {
      const Loan& loan = loans_[i];
      if (ends_loan(inst, loan)) {
        // Also where it panics: the task has ended.
        changes.add(number, Moment::Takes, current(i), false);
        changes.add(number, Moment::Takes, any(i), false);
      }
    }
    for (size_t i = 0; i < loans_.size(); ++i) {
      const Loan& loan = loans_[i];
      if (&inst == loan.spawn) {
        changes.add(number, Moment::Gives, current(i), true);
        changes.add(number, Moment::Gives, any(i), true);
      } else if (makes_reference(inst) && inst.dest == Place(loan.through)) {
        changes.add(number, Moment::Gives, current(i), false);
      }
    }
  }

  void check_inst(const Inst& inst, const BitSet& state, const sir::Liveness& live) {
    for (size_t i = 0; i < loans_.size(); ++i) {
      Loan& loan = loans_[i];
      if (loan.is_reported || !state.test(any(i))) continue;
      if (ends_loan(inst, loan) || !touches(inst, loan, state.test(current(i)), live)) continue;
      if (loan.is_scope) {
        report_outlived(loan);
        continue;
      }
      loan.is_reported = true;
      Place lent = references_.all_behind(loan.place).front();
      sink_.report(inst.span, D::LentToTask, {place_name(module_, function_, lent)})
          .mark(inst.kind == InstKind::Drop ? "dropped here" : "used here")
          .label(loan.spawn->span, "lent to this task, which may still run")
          .help("use it after the `async` block, or after an `await` of the task");
    }
  }

  // Whether what is lent may be a part of the local.
  bool is_root(LocalId local, const Loan& loan) const {
    std::vector<Place> places = references_.all_behind(loan.place);
    return std::any_of(places.begin(), places.end(),
                       [&](const Place& place) { return place.local == local; });
  }

  bool touches(const Inst& inst, const Loan& loan, bool is_current,
               const sir::Liveness& live) const {
    if (loan.is_scope) {
      return inst.kind == InstKind::ScopeExit &&
             references_.resolve(inst.operands[0].place) == loan.place;
    }
    // What is lent does not end with a statement (see expire_values).
    if (inst.kind == InstKind::Expire) return false;
    if (sir::marks_life(inst)) return is_root(inst.dest.local, loan);
    // The reference moves on to the next element.
    if (makes_reference(inst) && loan.through.valid() && inst.dest == Place(loan.through)) {
      return false;
    }
    auto is_lent = [&](const Place& place) {
      std::span<const LocalId> sources = live.sources(place.local);
      bool is_through = loan.through.valid() &&
                        (place.local == loan.through ||
                         std::find(sources.begin(), sources.end(), loan.through) != sources.end());
      if (is_through && !is_current) return false;
      return references_.may_meet(place, loan.place);
    };
    for (const Operand& operand : inst.operands) {
      if (operand.is_place() && is_lent(operand.place)) return true;
    }
    return inst.dest.valid() && is_lent(inst.dest);
  }

  sir::Module& module_;
  const Function& function_;
  DiagnosticSink& sink_;
  References references_;
  std::vector<Loan> loans_;
};

void check_loans(sir::Module& module, const Function& function, DiagnosticSink& sink) {
  LoanChecker(module, function, sink).run();
}

}  // namespace skein::passes
