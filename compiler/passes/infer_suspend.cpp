// Finds the functions that can suspend.
//
// A function can suspend if it awaits, spawns, sleeps, yields or leaves a scope of tasks, or if it
// calls one that can. The answer decides who becomes a coroutine, so it must be exact in one
// direction only: a function wrongly marked costs a frame, a function wrongly unmarked would block
// a worker. It is the least fixpoint: functions that only call each other stay plain. A call of a
// `fn` value takes the mark of every closure of that type in the program, a pull that of every
// generator, one through a table that of the method in every table for that `dyn` type.
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
      : module_(module), callers_(module.functions.size()), ways_(module.functions.size()) {
    module.fn_suspends.assign(module.types().size(), false);
    module.dyn_suspends.clear();
  }

  void run() {
    find_closures();
    find_tables();
    for (FunctionId id : module_.functions.ids()) scan(id);
    while (!pending_.empty()) {
      FunctionId id = pending_.back();
      pending_.pop_back();
      mark_way(id);
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

  // What functions are called by that are not named: a fn type, or an entry of the tables for a
  // `dyn` type.
  struct Way {
    TypeId type;
    uint32_t entry = kNoEntry;
    friend bool operator==(const Way&, const Way&) = default;
  };
  static constexpr uint32_t kNoEntry = UINT32_MAX;
  struct WayHash {
    size_t operator()(const Way& way) const { return way.type.index * 8191u + way.entry; }
  };

  void find_tables() {
    for (const sir::Module::DynTable& table : module_.dyn_tables) {
      module_.dyn_suspends[table.dyn].resize(table.methods.size());
      for (uint32_t i = 0; i < table.methods.size(); ++i) {
        add({table.dyn, i}, table.methods[i]);
      }
    }
  }

  void add(Way way, FunctionId function) {
    behind_[way].push_back(function);
    ways_[function.index] = way;
  }

  void find_closures() {
    for (const Function& function : module_.functions) {
      for (const sir::Block& block : function.blocks) {
        for (const Inst& inst : block.insts) {
          if (inst.kind != InstKind::Closure && inst.kind != InstKind::Generator) continue;
          TypeId type = sir::place_type(module_, function, inst.dest);
          add({type}, inst.callee);
        }
      }
    }
  }

  // Functions that are called in one way are called alike: if one suspends, all have to.
  void mark_way(FunctionId id) {
    Way way = ways_[id.index];
    if (!way.type.valid()) return;
    std::vector<bool>& marks =
        way.entry == kNoEntry ? module_.fn_suspends : module_.dyn_suspends[way.type];
    uint32_t index = way.entry == kNoEntry ? way.type.index : way.entry;
    if (marks[index]) return;
    marks[index] = true;
    for (FunctionId other : behind_[way]) mark(other, module_.functions[id].suspends_at);
  }

  void scan(FunctionId id) {
    const Function& function = module_.functions[id];
    for (const sir::Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.kind == InstKind::Call) {
          callers_[inst.callee.index].push_back({id, inst.span});
        } else if (inst.kind == InstKind::CallValue || inst.kind == InstKind::GenNext) {
          call_way(id, inst, kNoEntry);
        } else if (inst.kind == InstKind::CallDyn) {
          call_way(id, inst, inst.index);
        } else if (sir::may_suspend(module_, function, inst)) {
          mark(id, inst.span);
        }
      }
    }
  }

  void call_way(FunctionId caller, const Inst& inst, uint32_t entry) {
    TypeId type = sir::operand_type(module_, module_.functions[caller], inst.operands[0]);
    for (FunctionId callee : behind_[{type, entry}]) {
      callers_[callee.index].push_back({caller, inst.span});
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
  // The functions that are called in each way, and the way of each such function.
  std::unordered_map<Way, std::vector<FunctionId>, WayHash> behind_;
  std::vector<Way> ways_;
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
