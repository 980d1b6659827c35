// check_ownership itself, and what its parts share.
#include "compiler/passes/ownership.h"

#include <deque>

#include "compiler/passes/drop_glue.h"
#include "compiler/passes/passes.h"

namespace skein::passes {

using sir::BlockId;
using sir::Inst;
using sir::InstKind;
using sir::LocalId;
using sir::MovePaths;
using sir::Operand;
using sir::PathId;
using types::TypeKind;

static LetsSetLater find_lets_set_later(const types::Program& program) {
  LetsSetLater lets;
  for (const types::VarDecl& decl : program.vars) {
    if (decl.is_set_later && !decl.is_mutable) lets.insert(decl.span.begin);
  }
  return lets;
}

void check_ownership(sir::Module& module, DiagnosticSink& sink) {
  LetsSetLater lets = find_lets_set_later(*module.program);
  for (sir::Function& function : module.functions) {
    lend_parts(module, function);
    check_moves(module, function, lets, sink);
    check_accesses(module, function, sink);
    check_loans(module, function, sink);
    check_yields(module, function, sink);
  }
  check_copies(module, sink);
}

static std::string field_name(sir::Module& module, types::TypeId type,
                              const sir::Projection& step) {
  const types::Program& program = *module.program;
  const types::Type& whole = module.types().get(type);
  Symbol name;
  if (whole.kind == TypeKind::Struct) {
    name = program.structs[types::StructId(whole.decl)].fields[step.index].name;
  }
  return name.valid() ? std::string(program.interner.text(name)) : std::to_string(step.index);
}

std::string place_name(sir::Module& module, const sir::Function& function,
                       const sir::Place& place) {
  const sir::Local& local = function.locals[place.local];
  std::string text = "value";
  if (local.name.valid()) text = module.program->interner.text(local.name);
  sir::Place whole = place.local;
  for (const sir::Projection& step : place.path) {
    switch (step.kind) {
      case sir::Projection::Kind::Field:
        text += "." + field_name(module, sir::place_type(module, function, whole), step);
        break;
      case sir::Projection::Kind::Index:
        text += "[…]";
        break;
      case sir::Projection::Kind::Variant:
        // A pattern names the payload; there is no way to write the place.
        return text;
    }
    whole.path.push_back(step);
  }
  return text;
}

bool is_task_variable(const sir::Module& module, const sir::Function& function, LocalId id) {
  const sir::Local& local = function.locals[id];
  bool is_variable = local.kind == sir::LocalKind::Var || local.kind == sir::LocalKind::Param;
  return is_variable && sir::owns_value(local) &&
         module.types().kind(local.type) == TypeKind::Task;
}

// ---- where a value went --------------------------------------------------------------------

// Walks backward over all ways that lead to a use, nearest blocks first.
class MoveSearch {
 public:
  MoveSearch(const sir::Flow& flow, const MovePaths& paths, PathId path)
      : flow_(flow), paths_(paths), path_(path), seen_(flow.function().blocks.size()) {}

  std::optional<InstPlace> run(InstPlace use) {
    if (scan(use.block, use.index)) return found_;
    enter_predecessors(use.block);
    while (!pending_.empty()) {
      InstPlace end = pending_.front();
      pending_.pop_front();
      if (scan(end.block, end.index)) return found_;
      if (!is_set_) enter_predecessors(end.block);
    }
    return std::nullopt;
  }

 private:
  bool is_inside(PathId part, PathId whole) const {
    while (part.valid() && part != whole) part = paths_[part].parent;
    return part.valid();
  }

  bool concerns(const sir::Place& place) const {
    MovePaths::Found found = paths_.find(place);
    return found.path.valid() && found.is_exact &&
           (is_inside(found.path, path_) || is_inside(path_, found.path));
  }

  // Looks at the instructions before `end`, last first.
  bool scan(BlockId block, size_t end) {
    is_set_ = false;
    const std::vector<Inst>& insts = flow_.function().blocks[block].insts;
    for (size_t i = end; i-- > 0;) {
      for (const Operand& operand : insts[i].operands) {
        bool moves = operand.kind == Operand::Kind::Move && insts[i].kind != InstKind::Drop;
        if (moves && concerns(operand.place)) {
          found_ = {block, i};
          return true;
        }
      }
      bool sets = insts[i].dest.valid() && insts[i].dest.is_local() && concerns(insts[i].dest);
      if (sets) {
        is_set_ = true;
        return false;
      }
    }
    return false;
  }

  void enter_predecessors(BlockId block) {
    for (BlockId from : flow_.predecessors(block)) {
      if (!flow_.is_reachable(from) || seen_[from.index]) continue;
      seen_[from.index] = true;
      pending_.push_back({from, end_of_way(from, block)});
    }
  }

  // Behind the last instruction of `from` that goes to `to`.
  size_t end_of_way(BlockId from, BlockId to) const {
    const std::vector<Inst>& insts = flow_.function().blocks[from].insts;
    for (BlockId target : insts.back().targets) {
      if (target == to) return insts.size();
    }
    for (size_t i = insts.size(); i-- > 0;) {
      if (insts[i].unwind == to) return i + 1;
    }
    return insts.size();
  }

  const sir::Flow& flow_;
  const MovePaths& paths_;
  PathId path_;
  std::vector<bool> seen_;
  std::deque<InstPlace> pending_;
  InstPlace found_;
  bool is_set_ = false;
};

std::optional<InstPlace> find_move(const sir::Flow& flow, const MovePaths& paths, PathId path,
                                   InstPlace use) {
  return MoveSearch(flow, paths, path).run(use);
}

}  // namespace skein::passes
