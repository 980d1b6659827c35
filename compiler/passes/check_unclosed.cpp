// Warns of tasks that loop over a channel which nobody closes (language rule 34).
//
//     fn worker(jobs: Chan<int>) { for j in jobs { … } }
//     fn main() { let jobs = Chan<int>(4); spawn worker(jobs); jobs <- 1 }
//
// A function returns when the tasks it gave up have ended, and this one ends when `jobs` is closed. Of
// each channel parameter two things are asked, through all calls: whether the function loops over it,
// and whether it may close it. What is stored, sent or captured may be closed by anybody.
#include <algorithm>
#include <vector>

#include "compiler/passes/passes.h"

namespace skein::passes {

using sir::Function;
using sir::FunctionId;
using sir::Inst;
using sir::InstKind;
using sir::LocalId;
using sir::Operand;
using types::Builtin;
using types::TypeKind;

class UnclosedChecker {
 public:
  UnclosedChecker(sir::Module& module, DiagnosticSink& sink)
      : module_(module), sink_(sink), params_(module.functions.size()) {}

  void run() {
    for (FunctionId id : module_.functions.ids()) {
      params_[id.index].resize(module_.functions[id].param_count);
    }
    bool is_changed = true;
    while (is_changed) {
      is_changed = false;
      for (FunctionId id : module_.functions.ids()) is_changed |= look_at_params(id);
    }
    for (FunctionId id : module_.functions.ids()) {
      if (!is_library(module_.functions[id])) check(module_.functions[id]);
    }
  }

 private:
  // What happens to a channel.
  struct Uses {
    bool loops = false;
    bool may_close = false;
    friend bool operator==(const Uses&, const Uses&) = default;
  };

  bool is_library(const Function& function) const {
    if (!function.decl.valid()) return false;
    const types::Program& program = *module_.program;
    return program.modules[program.fns[function.decl].module].is_std;
  }

  bool is_channel(const Function& function, LocalId local) const {
    return module_.types().kind(function.locals[local].type) == TypeKind::Chan;
  }

  bool look_at_params(FunctionId id) {
    const Function& function = module_.functions[id];
    bool is_changed = false;
    for (uint32_t i = 0; i < function.param_count; ++i) {
      if (!is_channel(function, function.param(i))) continue;
      Uses uses = uses_of(function, function.param(i));
      is_changed |= !(uses == params_[id.index][i]);
      params_[id.index][i] = uses;
    }
    return is_changed;
  }

  // The local, and those that are copies of it.
  std::vector<LocalId> copies_of(const Function& function, LocalId first) const {
    std::vector<LocalId> copies = {first};
    for (size_t known = 0; known != copies.size();) {
      known = copies.size();
      for (const sir::Block& block : function.blocks) {
        for (const Inst& inst : block.insts) {
          bool is_copy = inst.kind == InstKind::Assign && inst.dest.is_local() &&
                         is_one_of(inst.operands[0], copies);
          if (is_copy && !contains(copies, inst.dest.local)) copies.push_back(inst.dest.local);
        }
      }
    }
    return copies;
  }

  static bool contains(const std::vector<LocalId>& locals, LocalId local) {
    return std::find(locals.begin(), locals.end(), local) != locals.end();
  }
  static bool is_one_of(const Operand& operand, const std::vector<LocalId>& locals) {
    return operand.is_place() && operand.place.is_local() && contains(locals, operand.place.local);
  }

  Uses uses_of(const Function& function, LocalId channel) const {
    std::vector<LocalId> copies = copies_of(function, channel);
    Uses uses;
    uses.may_close = contains(copies, function.return_local());
    for (const sir::Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        for (size_t i = 0; i < inst.operands.size(); ++i) {
          if (is_one_of(inst.operands[i], copies)) add_use(inst, i, uses);
        }
      }
    }
    return uses;
  }

  void add_use(const Inst& inst, size_t operand, Uses& uses) const {
    switch (inst.kind) {
      case InstKind::Drop:
      case InstKind::Select:
        return;
      case InstKind::Assign:
        if (!inst.dest.is_local()) uses.may_close = true;
        return;
      case InstKind::Builtin:
        if (!leaves_open(inst.builtin)) uses.may_close = true;
        uses.loops |= inst.builtin == Builtin::ChanNext;
        return;
      case InstKind::Call:
      case InstKind::Spawn: {
        const Function& callee = module_.functions[inst.callee];
        if (begins_loop(callee)) {
          uses.loops = true;
          return;
        }
        const Uses& inner = params_[inst.callee.index][operand];
        // A task that loops is another one that waits, not this function.
        uses.loops |= inner.loops && inst.kind == InstKind::Call;
        uses.may_close |= inner.may_close;
        return;
      }
      default:
        uses.may_close = true;
        return;
    }
  }

  static bool leaves_open(Builtin builtin) {
    switch (builtin) {
      case Builtin::ChanSend:
      case Builtin::ChanReceive:
      case Builtin::ChanNext:
      case Builtin::ChanOffer:
      case Builtin::ChanTrySend:
      case Builtin::ChanTryReceive:
      case Builtin::ChanIsClosed:
      case Builtin::ChanLength:
      case Builtin::ChanCapacity:
        return true;
      default:
        return false;
    }
  }

  // A `for` over what adaptors make of a channel asks it for an iterator.
  bool begins_loop(const Function& callee) const {
    if (!is_library(callee) || callee.param_count != 1) return false;
    const types::FnDecl& decl = module_.program->fns[callee.decl];
    return module_.program->interner.text(decl.name) == "iter" &&
           is_channel(callee, callee.param(0));
  }

  // ---- channels that a function makes ------------------------------------------------------

  void check(const Function& function) {
    for (const sir::Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        bool makes_channel =
            inst.kind == InstKind::Builtin &&
            (inst.builtin == Builtin::ChanNew || inst.builtin == Builtin::ChanUnbounded);
        bool is_named = makes_channel && inst.dest.valid() && inst.dest.is_local() &&
                        function.locals[inst.dest.local].name.valid();
        if (is_named) check_channel(function, inst.dest.local);
      }
    }
  }

  void check_channel(const Function& function, LocalId channel) {
    if (uses_of(function, channel).may_close) return;
    std::vector<LocalId> copies = copies_of(function, channel);
    for (const sir::Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.kind != InstKind::Spawn || !is_waited_for(function, inst)) continue;
        for (size_t i = 0; i < inst.operands.size(); ++i) {
          bool loops = is_one_of(inst.operands[i], copies) && params_[inst.callee.index][i].loops;
          if (loops) return report(function, channel, inst);
        }
      }
    }
  }

  // Whether the task was given up to a scope that waits for it, and cancels it only when it panics.
  bool is_waited_for(const Function& function, const Inst& spawn) const {
    LocalId scope;
    for (const sir::Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        bool adopts = inst.kind == InstKind::ScopeAdopt &&
                      inst.operands[1].place.local == spawn.dest.local;
        if (adopts) scope = inst.operands[0].place.local;
      }
    }
    if (!scope.valid() || function.locals[scope].is_ref) return false;
    for (const sir::Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        bool cancels = (inst.kind == InstKind::ScopeCancel && !block.is_cleanup) ||
                       inst.kind == InstKind::WithinEnter || inst.kind == InstKind::TakeWin;
        if (cancels && inst.operands[0].place.local == scope) return false;
      }
    }
    return true;
  }

  void report(const Function& function, LocalId channel, const Inst& spawn) {
    const sir::Local& local = function.locals[channel];
    std::string name(module_.program->interner.text(local.name));
    sink_.report(spawn.span, D::NeverClosed, {name})
        .mark("runs until `" + name + "` is closed, and `" + function.display_name +
              "` waits for it at its end")
        .label(local.span, "made here, and closed nowhere")
        .help("call `" + name + ".close()` when all is sent")
        .help("or send through an end of it: `" + name + ".split()` gives two, and the last sender "
              "that ends closes the channel");
  }

  sir::Module& module_;
  DiagnosticSink& sink_;
  std::vector<std::vector<Uses>> params_;   // by function, then by parameter
};

void check_unclosed(sir::Module& module, DiagnosticSink& sink) {
  UnclosedChecker(module, sink).run();
}

}  // namespace skein::passes
