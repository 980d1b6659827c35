// Finds the functions that can suspend.
//
// A function can suspend if it awaits, spawns, sleeps, yields or leaves a scope of tasks, or if it
// calls one that can. The answer decides who becomes a coroutine, so it must be exact in one
// direction only: a function wrongly marked costs a frame, a function wrongly unmarked would block
// a worker. It is the least fixpoint: functions that only call each other stay plain. A call of a
// `fn` value takes the mark of every closure of that type in the program.
#include <unordered_map>

#include "compiler/passes/passes.h"

namespace skein::passes {

using sir::Function;
using sir::FunctionId;
using sir::Inst;
using sir::InstKind;
using sir::Suspends;
using types::TypeId;

class SuspendInference {
 public:
  explicit SuspendInference(sir::Module& module)
      : module_(module), callers_(module.functions.size()), signatures_(module.functions.size()) {
    module.fn_suspends.assign(module.types().size(), false);
  }

  void run() {
    find_closures();
    for (FunctionId id : module_.functions.ids()) scan(id);
    while (!pending_.empty()) {
      FunctionId id = pending_.back();
      pending_.pop_back();
      mark_signature(id);
      for (const Caller& caller : callers_[id.index]) mark(caller.function, caller.span);
    }
    for (Function& function : module_.functions) {
      if (function.suspends == Suspends::Unknown) function.suspends = Suspends::No;
    }
  }

 private:
  struct Caller {
    FunctionId function;
    Span span;
  };

  void find_closures() {
    for (const Function& function : module_.functions) {
      for (const sir::Block& block : function.blocks) {
        for (const Inst& inst : block.insts) {
          if (inst.kind != InstKind::Closure) continue;
          TypeId type = sir::place_type(module_, function, inst.dest);
          closures_[type].push_back(inst.callee);
          signatures_[inst.callee.index] = type;
        }
      }
    }
  }

  // Functions behind values of one type are called alike: if one suspends, all have to.
  void mark_signature(FunctionId id) {
    TypeId type = signatures_[id.index];
    if (!type.valid() || module_.fn_suspends[type.index]) return;
    module_.fn_suspends[type.index] = true;
    for (FunctionId closure : closures_[type]) {
      mark(closure, module_.functions[id].suspends_at);
    }
  }

  void scan(FunctionId id) {
    const Function& function = module_.functions[id];
    for (const sir::Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.kind == InstKind::Call) {
          callers_[inst.callee.index].push_back({id, inst.span});
        } else if (inst.kind == InstKind::CallValue) {
          TypeId type = sir::operand_type(module_, function, inst.operands[0]);
          for (FunctionId closure : closures_[type]) {
            callers_[closure.index].push_back({id, inst.span});
          }
        } else if (sir::may_suspend(module_, function, inst)) {
          mark(id, inst.span);
        }
      }
    }
  }

  void mark(FunctionId id, Span span) {
    Function& function = module_.functions[id];
    if (function.suspends == Suspends::Yes) return;
    function.suspends = Suspends::Yes;
    function.suspends_at = span;
    pending_.push_back(id);
  }

  sir::Module& module_;
  // By callee.
  std::vector<std::vector<Caller>> callers_;
  // The functions behind values of each fn type, and the fn type of each such function.
  std::unordered_map<TypeId, std::vector<FunctionId>, IdHash> closures_;
  std::vector<TypeId> signatures_;
  std::vector<FunctionId> pending_;
};

void infer_suspend(sir::Module& module) {
  for (Function& function : module.functions) {
    function.suspends = Suspends::Unknown;
    function.suspends_at = Span();
  }
  SuspendInference(module).run();
}

}  // namespace skein::passes
