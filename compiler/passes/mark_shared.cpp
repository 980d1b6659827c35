// Decides, for each type in the program, whether its buffers are counted with atomic instructions
// (language rule 14).
//
// A count has to be atomic only if two tasks may hold the same buffer at once. A buffer gets to
// another task by being passed to one, or through a channel, lock or shared handle; so all types
// that can be reached from such a type count atomically, and all others plainly. The answer is by
// type, for the whole program: no mark on the value, no test on a retain. Results of tasks do not
// cross: they are handed over whole.
#include <unordered_set>
#include <vector>

#include "compiler/passes/passes.h"

namespace skein::passes {

using sir::Function;
using sir::Inst;
using sir::InstKind;
using types::TypeId;
using types::TypeKind;

class SharedMarker {
 public:
  explicit SharedMarker(sir::Module& module)
      : module_(module), program_(*module.program), is_shared_(program_.types.size()) {}

  void run() {
    for (const Function& function : module_.functions) {
      for (const sir::Local& local : function.locals) add_contents(local.type);
      for (const sir::Block& block : function.blocks) {
        for (const Inst& inst : block.insts) {
          if (inst.kind == InstKind::Spawn) add_arguments(function, inst);
        }
      }
    }
    while (!pending_.empty()) {
      TypeId type = pending_.back();
      pending_.pop_back();
      add_parts(type);
    }
    std::vector<bool> plainly(is_shared_.size());
    for (size_t i = 0; i < plainly.size(); ++i) plainly[i] = !is_shared_[i];
    module_.counts_plainly = std::move(plainly);
  }

 private:
  void add(TypeId type) {
    // Types made while this runs are parts of generic declarations, with no value in the program.
    if (type.index >= is_shared_.size()) is_shared_.resize(type.index + 1);
    if (is_shared_[type.index]) return;
    is_shared_[type.index] = true;
    pending_.push_back(type);
  }

  // What is inside handles that several tasks may hold, wherever in the value they are.
  void add_contents(TypeId value) {
    std::vector<TypeId> parts = {value};
    while (!parts.empty()) {
      TypeId type = parts.back();
      parts.pop_back();
      if (!seen_.insert(type).second) continue;
      if (is_handle(type)) {
        for (TypeId arg : parts_of(type)) add(arg);
      }
      for (TypeId part : parts_of(type)) parts.push_back(part);
    }
  }

  bool is_handle(TypeId type) const {
    switch (program_.types.kind(type)) {
      case TypeKind::Atomic:
      case TypeKind::Chan:
      case TypeKind::Sender:
      case TypeKind::Receiver:
      case TypeKind::Mutex:
      case TypeKind::RwLock:
      case TypeKind::Shared:
      case TypeKind::Weak:
        return true;
      default:
        return false;
    }
  }

  void add_arguments(const Function& function, const Inst& inst) {
    for (const sir::Operand& operand : inst.operands) {
      add(sir::operand_type(module_, function, operand));
    }
  }

  void add_parts(TypeId type) {
    for (TypeId part : parts_of(type)) add(part);
    TypeKind kind = program_.types.kind(type);
    if (kind == TypeKind::Fn) add_captures(type);
    if (kind == TypeKind::Gen) add_frames(type);
    if (kind == TypeKind::Dyn) {
      for (const sir::Module::DynTable& table : module_.dyn_tables) {
        if (table.dyn == type) add(table.content);
      }
    }
  }

  std::vector<TypeId> parts_of(TypeId type) {
    const types::Type whole = program_.types.get(type);
    std::vector<TypeId> parts = whole.args;
    if (whole.kind == TypeKind::Struct || whole.kind == TypeKind::Closure) {
      for (TypeId field : program_.fields(type)) parts.push_back(field);
    }
    if (whole.kind == TypeKind::Enum) {
      for (uint32_t i = 0; i < program_.variant_count(type); ++i) {
        for (TypeId field : program_.variant_fields(type, i)) parts.push_back(field);
      }
    }
    return parts;
  }

  // A value of fn type holds what closures of that type capture.
  void add_captures(TypeId type) {
    for (const Function& function : module_.functions) {
      for (const sir::Block& block : function.blocks) {
        for (const Inst& inst : block.insts) {
          if (inst.kind == InstKind::Closure &&
              sir::place_type(module_, function, inst.dest) == type) {
            add_arguments(function, inst);
          }
        }
      }
    }
  }

  // A generator has the locals of its function.
  void add_frames(TypeId type) {
    for (const Function& function : module_.functions) {
      for (const sir::Block& block : function.blocks) {
        for (const Inst& inst : block.insts) {
          if (inst.kind != InstKind::Generator ||
              sir::place_type(module_, function, inst.dest) != type) {
            continue;
          }
          for (const sir::Local& local : module_.functions[inst.callee].locals) add(local.type);
        }
      }
    }
  }

  sir::Module& module_;
  types::Program& program_;
  std::vector<bool> is_shared_;
  std::unordered_set<TypeId, IdHash> seen_;
  std::vector<TypeId> pending_;
};

void mark_shared(sir::Module& module) { SharedMarker(module).run(); }

}  // namespace skein::passes
