// Walks the calls that infer_suspend has marked, breadth first, so that what is shown is the shortest
// reason and not the one that was found first.
#include "compiler/passes/suspend_chain.h"

#include <deque>
#include <unordered_map>
#include <utility>

namespace skein::passes {

using sir::Function;
using sir::FunctionId;
using sir::Inst;
using sir::InstKind;
using sir::Suspends;
using types::TypeId;

// What an instruction that waits by itself does, for the mark at its place.
static std::string waiting_words(const Inst& inst) {
  switch (inst.kind) {
    case InstKind::Spawn: return "starts a task";
    case InstKind::Await:
    case InstKind::AwaitPlace: return "awaits a task";
    case InstKind::Settle:
    case InstKind::ScopeExit: return "waits for the tasks of its scope";
    case InstKind::Select: return "waits for one of several";
    case InstKind::Yield: return "gives way";
    case InstKind::Drop: return "waits for a task that is dropped";
    default: return "waits";
  }
}

class ChainSearch {
 public:
  explicit ChainSearch(sir::Module& module) : module_(module) {
    for (const Function& function : module.functions) {
      for (const sir::Block& block : function.blocks) {
        for (const Inst& inst : block.insts) {
          if (inst.kind != InstKind::Closure && inst.kind != InstKind::Generator) continue;
          TypeId type = sir::place_type(module, function, inst.dest);
          closures_[type].push_back(inst.callee);
          type_of_closure_.emplace(inst.callee.index, type);
        }
      }
    }
  }

  std::vector<SuspendStep> run(FunctionId from) {
    std::deque<FunctionId> pending = {from};
    came_by_.emplace(from.index, Step());
    while (!pending.empty()) {
      FunctionId id = pending.front();
      pending.pop_front();
      const Function& function = module_.functions[id];
      if (function.suspends != Suspends::Yes) continue;
      for (const sir::Block& block : function.blocks) {
        for (const Inst& inst : block.insts) {
          if (waits(function, inst)) return steps(id, inst);
          for (FunctionId callee : callees(function, inst)) {
            Step step = {id, inst.span, " calls "};
            if (came_by_.emplace(callee.index, step).second) pending.push_back(callee);
          }
        }
      }
      // Functions behind values of one type are called alike (language rule 47).
      auto type = type_of_closure_.find(id.index);
      if (type == type_of_closure_.end()) continue;
      for (FunctionId other : closures_[type->second]) {
        Step step = {id, function.span, " is used as a value of one type with "};
        if (came_by_.emplace(other.index, step).second) pending.push_back(other);
      }
    }
    return {};
  }

 private:
  // What led to a function first, mostly a call.
  struct Step {
    FunctionId from;
    Span span;
    std::string_view words;
  };

  bool waits(const Function& function, const Inst& inst) {
    bool is_call = inst.kind == InstKind::Call || inst.kind == InstKind::CallValue ||
                   inst.kind == InstKind::CallDyn || inst.kind == InstKind::GenNext;
    return !is_call && sir::may_suspend(module_, function, inst);
  }

  std::vector<FunctionId> callees(const Function& function, const Inst& inst) {
    if (inst.kind == InstKind::Call) return {inst.callee};
    bool is_known = inst.kind == InstKind::CallValue || inst.kind == InstKind::CallDyn ||
                    inst.kind == InstKind::GenNext;
    if (!is_known) return {};
    TypeId type = sir::operand_type(module_, function, inst.operands[0]);
    return inst.kind == InstKind::CallDyn ? methods(type, inst.index) : closures_[type];
  }

  // Those that a call through a table may reach.
  std::vector<FunctionId> methods(TypeId dyn, uint32_t entry) const {
    std::vector<FunctionId> found;
    for (const sir::Module::DynTable& table : module_.dyn_tables) {
      if (table.dyn == dyn) found.push_back(table.methods[entry]);
    }
    return found;
  }

  std::vector<SuspendStep> steps(FunctionId at, const Inst& last) {
    std::vector<SuspendStep> out = {{last.span, name(at) + " " + waiting_words(last)}};
    for (Step step = came_by_[at.index]; step.from.valid(); step = came_by_[at.index]) {
      out.push_back({step.span, name(step.from) + std::string(step.words) + name(at)});
      at = step.from;
    }
    return {out.rbegin(), out.rend()};
  }

  std::string name(FunctionId id) const {
    return "`" + module_.functions[id].display_name + "`";
  }

  sir::Module& module_;
  std::unordered_map<TypeId, std::vector<FunctionId>, IdHash> closures_;
  std::unordered_map<uint32_t, TypeId> type_of_closure_;   // by FunctionId
  std::unordered_map<uint32_t, Step> came_by_;             // by FunctionId
};

std::vector<SuspendStep> suspend_chain(sir::Module& module, FunctionId from) {
  return ChainSearch(module).run(from);
}

// The name of the module in front, where the function was declared in one.
static std::string long_name(const sir::Module& module, const Function& function) {
  if (!function.decl.valid()) return function.display_name;
  const types::Program& program = *module.program;
  const types::ModuleDecl& home = program.modules[program.fns[function.decl].module];
  return std::string(program.interner.text(home.name)) + "." + function.display_name;
}

std::vector<SuspendAnswer> explain_suspends(sir::Module& module, std::string_view name) {
  std::vector<SuspendAnswer> answers;
  for (FunctionId id : module.functions.ids()) {
    const Function& function = module.functions[id];
    bool is_named = function.display_name == name || long_name(module, function) == name;
    if (!is_named || !function.span.valid()) continue;
    answers.push_back({function.display_name, function.span, suspend_chain(module, id)});
  }
  return answers;
}

}  // namespace skein::passes
