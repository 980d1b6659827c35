// Ends values after the last statement that uses them (language rule 13).
//
// lower drops each variable at the end of its scope, and says `expire x` where a statement ends that
// named it. Where nothing uses `x` later that is its end: a channel's last sender is gone when
// nobody sends any more, and memory is free before the next long call.
//
//     %x = …; call f(borrow %x); expire %x      …; call f(borrow %x); drop %x
//
// What does not end so: values with a `drop` method or a task inside, which nobody can copy and
// which die with their scope; and what is lent to a task, which may look at it until its scope ends.
#include "compiler/passes/passes.h"
#include "compiler/sir/flow.h"

namespace skein::passes {

using sir::BitSet;
using sir::BlockId;
using sir::Function;
using sir::Inst;
using sir::InstKind;
using sir::LocalId;
using sir::Operand;

class Expirer {
 public:
  Expirer(sir::Module& module, Function& function)
      : module_(module), function_(function), flow_(function),
        live_(flow_, sir::Drops::AreNone), can_end_(function.locals.size()) {}

  void run() {
    for (LocalId local : function_.locals.ids()) can_end_[local.index] = can_end(local);
    for (BlockId block : flow_.order()) keep_lent(block);
    for (BlockId block : function_.blocks.ids()) rewrite(block);
  }

 private:
  bool can_end(LocalId id) const {
    const sir::Local& local = function_.locals[id];
    bool is_variable = local.kind == sir::LocalKind::Var || local.kind == sir::LocalKind::Param;
    return is_variable && sir::owns_value(local) && sir::needs_drop(module_, local.type) &&
           !types::traits_of(*module_.program, local.type).is_move_only;
  }

  void keep_lent(BlockId block) {
    for (const Inst& inst : function_.blocks[block].insts) {
      if (inst.kind != InstKind::Spawn) continue;
      for (const Operand& operand : inst.operands) {
        if (operand.kind != Operand::Kind::Mut) continue;
        can_end_[operand.place.local.index] = false;
        for (LocalId source : live_.sources(operand.place.local)) can_end_[source.index] = false;
      }
    }
  }

  // Backward, so that what is live is known where each statement ends.
  void rewrite(BlockId block) {
    std::vector<Inst>& insts = function_.blocks[block].insts;
    if (!flow_.is_reachable(block)) {
      std::erase_if(insts, [](const Inst& inst) { return inst.kind == InstKind::Expire; });
      return;
    }
    BitSet live = live_.at_end(block);
    std::vector<Inst> reversed;
    for (size_t i = insts.size(); i-- > 0;) {
      live_.step_back(block, i, live);
      if (insts[i].kind == InstKind::Expire) {
        end_values(block, insts[i], live, reversed);
      } else {
        reversed.push_back(std::move(insts[i]));
      }
    }
    insts.assign(std::make_move_iterator(reversed.rbegin()),
                 std::make_move_iterator(reversed.rend()));
  }

  // The variable itself, and those whose values it only looked at.
  void end_values(BlockId block, const Inst& expire, const BitSet& live, std::vector<Inst>& out) {
    LocalId named = expire.dest.local;
    end_value(block, named, expire, live, out);
    for (LocalId source : live_.sources(named)) end_value(block, source, expire, live, out);
  }

  void end_value(BlockId block, LocalId local, const Inst& expire, const BitSet& live,
                 std::vector<Inst>& out) {
    if (!can_end_[local.index] || live.test(local.index)) return;
    Inst drop;
    drop.kind = InstKind::Drop;
    drop.span = expire.span;
    drop.operands = {Operand::move(local)};
    drop.in_cleanup = function_.blocks[block].is_cleanup;
    bool may_panic = sir::drop_may_panic(module_, function_.locals[local].type);
    if (may_panic) drop.unwind = expire.unwind;
    out.push_back(std::move(drop));
  }

  sir::Module& module_;
  Function& function_;
  sir::Flow flow_;
  sir::Liveness live_;
  std::vector<bool> can_end_;   // by local
};

static bool has_statements(const Function& function) {
  for (const sir::Block& block : function.blocks) {
    for (const Inst& inst : block.insts) {
      if (inst.kind == InstKind::Expire) return true;
    }
  }
  return false;
}

void expire_values(sir::Module& module) {
  for (Function& function : module.functions) {
    if (has_statements(function)) Expirer(module, function).run();
  }
}

}  // namespace skein::passes
