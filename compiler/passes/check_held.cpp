// Warns of locks that are held while the task waits for something (language rule 70).
//
// Whoever wants the lock then waits for that too, and a task that needs the lock to make it happen waits
// for ever. It is allowed: `with_await` and its kind say that it is meant. Waiting for another lock does not
// count: that one is given back.
#include <algorithm>
#include <unordered_set>
#include <vector>

#include "compiler/passes/passes.h"
#include "compiler/sir/flow.h"

namespace skein::passes {

using sir::BlockId;
using sir::Function;
using sir::FunctionId;
using sir::Inst;
using sir::InstKind;
using sir::Moment;
using sir::Operand;
using types::Builtin;

static bool is_builtin(const Inst& inst, Builtin builtin) {
  return inst.kind == InstKind::Builtin && inst.builtin == builtin;
}

class HeldChecker {
 public:
  HeldChecker(sir::Module& module, FunctionId id, DiagnosticSink& sink)
      : module_(module), function_(module.functions[id]), sink_(sink) {}

  void run() {
    for (const sir::Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        if (is_builtin(inst, Builtin::LockAcquire)) acquires_.push_back(&inst);
      }
    }
    if (!acquires_.empty() && !is_meant()) check();
  }

 private:
  // `with_await`, `read_await`, `write_await` of the library.
  bool is_meant() const {
    if (!function_.decl.valid() || !is_library()) return false;
    const types::FnDecl& decl = module_.program->fns[function_.decl];
    return module_.program->interner.text(decl.name).ends_with("_await");
  }

  bool is_library() const {
    if (!function_.decl.valid()) return false;
    const types::Program& program = *module_.program;
    return program.modules[program.fns[function_.decl].module].is_std;
  }

  static bool same_locks(const Inst& a, const Inst& b) {
    return std::equal(a.operands.begin(), a.operands.end(), b.operands.begin(), b.operands.end(),
                      [](const Operand& x, const Operand& y) { return x.place == y.place; });
  }

  void check() {
    sir::Flow flow(function_);
    sir::Changes changes;
    for (BlockId block : function_.blocks.ids()) {
      const std::vector<Inst>& insts = function_.blocks[block].insts;
      for (size_t i = 0; i < insts.size(); ++i) {
        add_changes(flow.inst_number(block, i), insts[i], changes);
      }
    }
    changes.finish(flow.inst_count());
    sir::Solution held = sir::solve(flow, changes, sir::Direction::Forward, sir::Meet::Union, {});
    for (BlockId block : flow.order()) {
      // A panic under way gives the locks back before anything else.
      if (function_.blocks[block].is_cleanup) continue;
      sir::BitSet state = held.begin[block.index];
      const std::vector<Inst>& insts = function_.blocks[block].insts;
      for (size_t i = 0; i < insts.size(); ++i) {
        if (!state.empty()) check_inst(insts[i], state);
        uint32_t number = flow.inst_number(block, i);
        sir::apply(changes.at(number, Moment::Takes), state);
        sir::apply(changes.at(number, Moment::Gives), state);
      }
    }
  }

  void add_changes(uint32_t number, const Inst& inst, sir::Changes& changes) const {
    for (uint32_t bit = 0; bit < acquires_.size(); ++bit) {
      if (&inst == acquires_[bit]) changes.add(number, Moment::Gives, bit, true);
      bool gives_back = is_builtin(inst, Builtin::LockRelease) && same_locks(inst, *acquires_[bit]);
      if (gives_back) changes.add(number, Moment::Takes, bit, false);
    }
  }

  void check_inst(const Inst& inst, const sir::BitSet& held) {
    seen_.clear();
    if (!waits(function_, inst)) return;
    size_t given_back = gives_back_block_lock(inst) ? 1 : 0;
    size_t locks = 0;
    for (uint32_t bit = 0; bit < acquires_.size(); ++bit) {
      if (!held.test(bit)) continue;
      locks += acquires_[bit]->operands.size() / 2;   // each is a lock and how it is taken
      if (locks > given_back) return report(inst, *acquires_[bit]);
    }
  }

  // `Condvar.wait` with the name of a `lock` block: it waits without that lock. A guard, which is not
  // followed here, is handed over as a field.
  bool gives_back_block_lock(const Inst& inst) const {
    return inst.kind == InstKind::Call &&
           module_.functions[inst.callee].decl == module_.program->core.condvar_wait &&
           inst.operands[1].place.path.empty();
  }

  // Whether it may wait for something that is no lock.
  bool waits(const Function& function, const Inst& inst) {
    if (is_builtin(inst, Builtin::LockAcquire)) return false;
    if (!sir::may_suspend(module_, function, inst)) return false;
    return inst.kind != InstKind::Call || waits(inst.callee);
  }

  bool waits(FunctionId id) {
    if (!seen_.insert(id.index).second) return false;
    const Function& function = module_.functions[id];
    for (const sir::Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (waits(function, inst)) return true;
      }
    }
    return false;
  }

  // In the library's `with` it is the closure that waits, and that is the user's.
  void report(const Inst& inst, const Inst& acquire) {
    if (!is_library()) {
      sink_.report(inst.span, D::HeldWhileWaiting)
          .mark("waits")
          .label(acquire.span, "the lock is held as long as this block runs")
          .help("take what is needed out of the lock, and wait after it")
          .help("where it is meant: `m.with_await(|mut v| …)`, of an RwLock `read_await` and "
                "`write_await`");
      return;
    }
    if (inst.kind != InstKind::Call) return;
    const Function& called = module_.functions[inst.callee];
    if (!called.suspends_at.valid()) return;
    std::string name(module_.program->interner.text(module_.program->fns[function_.decl].name));
    sink_.report(called.suspends_at, D::HeldWhileWaiting)
        .mark("waits")
        .label(called.span, "`" + name + "` holds the lock as long as this runs")
        .help("take what is needed out of the lock, and wait after it")
        .help("where it is meant, write `" + name + "_await`");
  }

  sir::Module& module_;
  const Function& function_;
  DiagnosticSink& sink_;
  std::vector<const Inst*> acquires_;
  std::unordered_set<uint32_t> seen_;   // functions on the way, by number
};

void check_held(sir::Module& module, DiagnosticSink& sink) {
  for (FunctionId id : module.functions.ids()) HeldChecker(module, id, sink).run();
}

}  // namespace skein::passes
