// Takes the bodies of generators apart at their `yield`s.
//
// A body becomes two functions over one generator, which holds the locals that live across a
// `yield`:
//
//     gen fn @count.gen(%1 own n)                fn @count.gen(%1: Gen<int>) -> int?
//       bb0: yield_value bb1, bb2                   the next value: a switch over the place where it
//       …                                           stopped leads to where that goes on; `yield`
//       bb3: yield_value move %v, bb4, bb5          leaves its place, and returns
//                                                fn @count.gen.let_go(%1: Gen<int>)
//                                                   the same from the second targets on, where lower
//                                                   wrote what a `return` there does: drops, defers
//
// So a pull is a call of a function, which waits where it has to as any other does, and the locals
// are in memory that does not move. While it runs its place is that of the end: one that panicked
// gives nothing more, and has nothing to let go of.
//
// This comes after drops are placed, when it is known what is to be done on the ways out.
#include <unordered_map>
#include <utility>

#include "compiler/passes/passes.h"
#include "compiler/sir/flow.h"
#include "compiler/support/check.h"

namespace skein::passes {

using sir::Block;
using sir::BlockId;
using sir::Function;
using sir::FunctionId;
using sir::FunctionKind;
using sir::Inst;
using sir::InstKind;
using sir::Local;
using sir::LocalId;
using sir::LocalKind;
using sir::Operand;
using sir::Place;
using types::TypeId;
using types::TypeKind;

namespace {

// What is left when a generator has run to its end.
constexpr int64_t kEnded = -1;

// Which of the two ways on from a `yield` a function takes.
enum class Way : uint8_t { On = 0, LetGo = 1 };

}  // namespace

// The locals of a body whose values the next pull needs.
static std::vector<bool> kept_locals(const Function& body) {
  std::vector<bool> is_kept(body.locals.size());
  sir::Flow flow(body);
  sir::Liveness live(flow);
  for (BlockId block : flow.order()) {
    if (body.blocks[block].insts.back().kind != InstKind::YieldValue) continue;
    for (LocalId local : body.locals.ids()) {
      // What a body returns is nothing.
      bool is_live = local.index > 0 && live.at_end(block).test(local.index);
      if (is_live) is_kept[local.index] = true;
    }
  }
  return is_kept;
}

// Writes one of the two functions.
class GeneratorWriter {
 public:
  GeneratorWriter(sir::Module& module, const Function& body, TypeId gen,
                  const std::vector<bool>& is_kept, Way way)
      : module_(module), body_(body), way_(way) {
    bool runs = way == Way::On;
    made_.name = runs ? body.name : body.name + ".let_go";
    made_.display_name = body.display_name;
    made_.span = body.span;
    TypeId unit = module.types().unit();
    TypeId value = module.types().make(TypeKind::Option, {module.types().arg(gen)});
    add_local(runs ? value : unit, LocalKind::Return);
    made_.locals[add_local(gen, LocalKind::Param)].mode = types::ParamMode::Borrow;
    made_.param_count = 1;
    place_ = add_local(module.types().int_(), LocalKind::Temp);
    made_.locals[place_].is_kept = true;
    new_locals_.resize(body.locals.size());
    for (LocalId id : body.locals.ids()) move_local(id, is_kept[id.index]);
  }

  Function run() {
    made_.blocks.add({});
    for (const Block& block : body_.blocks) move_block(block);
    write_start();
    return std::move(made_);
  }

 private:
  LocalId add_local(TypeId type, LocalKind kind) {
    Local local;
    local.type = type;
    local.kind = kind;
    local.span = body_.span;
    return made_.locals.add(std::move(local));
  }

  void move_local(LocalId id, bool is_kept) {
    Local local = body_.locals[id];
    local.kind = local.kind == LocalKind::Flag   ? LocalKind::Flag
                 : local.name.valid()            ? LocalKind::Var
                                                 : LocalKind::Temp;
    local.mode = types::ParamMode::Own;
    local.is_kept = is_kept;
    new_locals_[id.index] = made_.locals.add(std::move(local));
  }

  static BlockId moved(BlockId block) { return BlockId(block.index + 1); }

  void move_place(Place& place) {
    if (!place.valid()) return;
    place.local = new_locals_[place.local.index];
    for (sir::Projection& step : place.path) {
      if (step.kind == sir::Projection::Kind::Index) step.local = new_locals_[step.local.index];
    }
  }

  void move_block(const Block& block) {
    Block copy = block;
    for (Inst& inst : copy.insts) {
      for (Operand& operand : inst.operands) {
        if (operand.is_place()) move_place(operand.place);
      }
      move_place(inst.dest);
      if (inst.unwind.valid()) inst.unwind = moved(inst.unwind);
      for (BlockId& target : inst.targets) target = moved(target);
    }
    // What is kept is there as long as the generator is.
    std::erase_if(copy.insts, [&](const Inst& inst) {
      bool is_life = inst.kind == InstKind::Live || inst.kind == InstKind::Dead;
      return is_life && made_.locals[inst.dest.local].is_kept;
    });
    end_block(copy);
    made_.blocks.add(std::move(copy));
  }

  void end_block(Block& block) {
    Inst end = block.insts.back();
    if (end.kind == InstKind::Return) {
      block.insts.pop_back();
      return add_return(block, end.span);
    }
    if (end.kind != InstKind::YieldValue) return;
    block.insts.pop_back();
    BlockId target = end.targets[static_cast<size_t>(way_)];
    if (end.operands.empty()) {
      add(block, InstKind::Jump, Place(), {}, end.span).targets = {target};
    } else if (way_ == Way::LetGo) {
      stops_.push_back(target);
      add(block, InstKind::Unreachable, Place(), {}, end.span);
    } else {
      stops_.push_back(target);
      add(block, InstKind::Variant, Place(made_.return_local()), {end.operands[0]}, end.span)
          .index = 1;
      set_place(block, static_cast<int64_t>(stops_.size()), end.span);
      add(block, InstKind::Return, Place(), {}, end.span);
    }
  }

  Inst& add(Block& block, InstKind kind, Place dest, std::vector<Operand> operands, Span span) {
    Inst inst;
    inst.kind = kind;
    inst.dest = std::move(dest);
    inst.operands = std::move(operands);
    inst.span = span;
    block.insts.push_back(std::move(inst));
    return block.insts.back();
  }

  void set_place(Block& block, int64_t number, Span span) {
    Operand value =
        Operand::constant_int(module_.types().int_(), static_cast<uint64_t>(number));
    add(block, InstKind::Assign, place_, {std::move(value)}, span);
  }

  void add_return(Block& block, Span span) {
    if (way_ == Way::On) add(block, InstKind::Variant, Place(made_.return_local()), {}, span);
    add(block, InstKind::Return, Place(), {}, span);
  }

  // The entry: goes on where the generator stopped.
  void write_start() {
    LocalId from = add_local(module_.types().int_(), LocalKind::Temp);
    Block ended;
    add_return(ended, body_.span);
    BlockId nothing_left = made_.blocks.add(std::move(ended));
    Block& start = made_.blocks[BlockId(0)];
    add(start, InstKind::Assign, from, {Operand::copy(place_)}, body_.span);
    set_place(start, kEnded, body_.span);
    Inst& choice = add(start, InstKind::Switch, Place(), {Operand::copy(from)}, body_.span);
    choice.cases.push_back(0);
    choice.targets.push_back(moved(BlockId(0)));
    for (size_t i = 0; i < stops_.size(); ++i) {
      choice.cases.push_back(i + 1);
      choice.targets.push_back(stops_[i]);
    }
    choice.targets.push_back(nothing_left);
  }

  sir::Module& module_;
  const Function& body_;
  Way way_;
  Function made_;
  LocalId place_;                   // of the `yield` where it goes on
  std::vector<LocalId> new_locals_;
  std::vector<BlockId> stops_;      // where the `yield`s lead, in their order
};

// What is given to a generator, by its body: the type of the generators that run it.
using GenTypes = std::unordered_map<uint32_t, TypeId>;

static GenTypes find_types(sir::Module& module) {
  GenTypes types;
  for (const Function& function : module.functions) {
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.kind != InstKind::Generator) continue;
        types.emplace(inst.callee.index, sir::place_type(module, function, inst.dest));
      }
    }
  }
  return types;
}

// Parameters that nothing reads after the start are not passed.
static void drop_unkept_arguments(sir::Module& module,
                                  const std::vector<std::vector<bool>>& is_kept) {
  for (Function& function : module.functions) {
    for (Block& block : function.blocks) {
      for (Inst& inst : block.insts) {
        if (inst.kind != InstKind::Generator) continue;
        size_t param = 0;
        std::erase_if(inst.operands,
                      [&](const Operand&) { return !is_kept[inst.callee.index][++param]; });
      }
    }
  }
}

void split_generators(sir::Module& module) {
  GenTypes types = find_types(module);
  std::vector<std::vector<bool>> is_kept(module.functions.size());
  for (uint32_t i = 0; i < is_kept.size(); ++i) {
    FunctionId id(i);
    if (module.functions[id].kind != FunctionKind::Generator) continue;
    SKEIN_CHECK(types.contains(i), "the body of a generator that nobody makes");
    Function body = std::move(module.functions[id]);
    is_kept[i] = kept_locals(body);
    Function let_go = GeneratorWriter(module, body, types[i], is_kept[i], Way::LetGo).run();
    FunctionId let_go_id = module.functions.add(std::move(let_go));
    module.functions[id] = GeneratorWriter(module, body, types[i], is_kept[i], Way::On).run();
    module.functions[id].let_go = let_go_id;
  }
  drop_unkept_arguments(module, is_kept);
}

}  // namespace skein::passes
