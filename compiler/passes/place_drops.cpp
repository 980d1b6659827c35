// Makes drops exact.
//
// lower writes `drop p` wherever a variable goes out of scope and does not ask whether it still has
// a value. Here the states of moves answer that for each drop:
//
//   no value on any way here      the drop goes
//   a value on every way          it stays
//   it depends on the way taken   a flag says which: set where the variable gets its value, cleared
//                                 where it is moved from, tested at the drop
//
// A variable some parts of which were moved away is dropped part by part. A drop of a task waits
// for it, and values with tasks or `drop` methods inside are taken apart by functions of their own
// (drop_glue.h). What is left needs no thought: a `drop` only releases counts.
#include <unordered_map>

#include "compiler/passes/drop_glue.h"
#include "compiler/passes/passes.h"
#include "compiler/sir/move_paths.h"
#include "compiler/support/check.h"

namespace skein::passes {

using sir::BitSet;
using sir::Moment;
using sir::PathId;

class DropPlacer {
 public:
  DropPlacer(sir::Module& module, FunctionId function, DropGlue& glue)
      : module_(module),
        writer_(module, function),
        function_(writer_.function),
        glue_(glue),
        flow_(function_),
        paths_(function_, find_dropped(function_)),
        states_(flow_, paths_) {}

  void run() {
    if (paths_.size() == 0) return write_untracked();
    for (BlockId block : flow_.order()) find_flags(block);
    // Blocks made on the way are in their last form.
    size_t count = function_.blocks.size();
    for (uint32_t i = 0; i < count; ++i) {
      if (flow_.is_reachable(BlockId(i))) rewrite(BlockId(i));
    }
    start_flags();
  }

 private:
  // The locals that own a value and are dropped somewhere.
  std::vector<bool> find_dropped(const sir::Function& function) const {
    std::vector<bool> is_dropped(function.locals.size());
    for (const sir::Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.kind != InstKind::Drop) continue;
        LocalId local = inst.operands[0].place.local;
        bool matters = sir::owns_value(function.locals[local]) &&
                       sir::needs_drop(module_, function.locals[local].type);
        if (matters) is_dropped[local.index] = true;
      }
    }
    return is_dropped;
  }

  // No variable to follow: drops of what references stand for, and of types that need none.
  void write_untracked() {
    size_t count = function_.blocks.size();
    for (uint32_t i = 0; i < count; ++i) {
      if (flow_.is_reachable(BlockId(i))) rewrite(BlockId(i));
    }
  }

  // What is known just before an instruction.
  struct State {
    BitSet maybe;
    BitSet surely;
  };

  State state_at(BlockId block) const { return {states_.maybe(block), states_.surely(block)}; }

  void step(State& state, uint32_t inst, Moment moment) const {
    sir::apply(states_.changes().at(inst, moment), state.maybe);
    sir::apply(states_.changes().at(inst, moment), state.surely);
  }

  // Flags are made before anything is rewritten, since they are set further up than they are read.
  void find_flags(BlockId block) {
    State state = state_at(block);
    const std::vector<Inst>& insts = function_.blocks[block].insts;
    for (size_t i = 0; i < insts.size(); ++i) {
      uint32_t number = flow_.inst_number(block, i);
      if (insts[i].kind == InstKind::Drop) find_flags_of(insts[i].operands[0].place, state);
      step(state, number, Moment::Takes);
      step(state, number, Moment::Gives);
    }
  }

  void find_flags_of(const Place& place, const State& state) {
    sir::MovePaths::Found found = paths_.find(place);
    if (!found.path.valid() || found.in_element) return;
    paths_.for_each_inside(found.path, [&](PathId path) {
      bool depends = state.maybe.test(path.index) && !state.surely.test(path.index);
      if (depends) flag_of(path);
    });
  }

  LocalId flag_of(PathId path) {
    LocalId& flag = flags_[path];
    if (!flag.valid()) {
      flag = writer_.new_temp(module_.types().bool_());
      function_.locals[flag].kind = sir::LocalKind::Flag;
    }
    return flag;
  }

  void rewrite(BlockId block) {
    State state = state_at(block);
    std::vector<Inst> insts = std::move(function_.blocks[block].insts);
    function_.blocks[block].insts.clear();
    writer_.begin(block);
    for (size_t i = 0; i < insts.size(); ++i) {
      uint32_t number = flow_.inst_number(block, i);
      Inst& inst = insts[i];
      writer_.span = inst.span;
      if (inst.kind == InstKind::Drop) {
        write_drop(inst, state);
        set_flags(number, Moment::Takes);
      } else {
        set_flags(number, Moment::Takes);
        mark_cleanup(inst);
        write_travels(inst);
        take_out_of_boxes(inst);
        write_truncate(inst);
        writer_.emit(std::move(inst));
        set_flags(number, Moment::Gives);
      }
      step(state, number, Moment::Takes);
      step(state, number, Moment::Gives);
    }
  }

  void mark_cleanup(Inst& inst) {
    bool waits = inst.kind == InstKind::Settle || inst.kind == InstKind::ScopeExit;
    if (waits) inst.in_cleanup = writer_.in_cleanup();
  }

  // A guard that is moved may go to another task, and its lock is no longer known to be this one's.
  void write_travels(const Inst& inst) {
    if (inst.kind == InstKind::Assign && inst.dest.is_local()) return;
    for (const Operand& operand : inst.operands) {
      if (operand.kind != Operand::Kind::Move) continue;
      TypeId type = sir::place_type(module_, function_, operand.place);
      if (!types::is_guard(*module_.program, type)) continue;
      Inst travels;
      travels.kind = InstKind::Builtin;
      travels.builtin = types::Builtin::LockTravels;
      travels.operands = lock_operands(writer_, operand.place, type);
      writer_.emit(std::move(travels));
    }
  }

  // Only `assign` ends a box, or makes one, and never both.
  void take_out_of_boxes(Inst& inst) {
    bool makes_box = inst.dest.valid() && sir::is_boxed(module_, function_, inst.dest);
    SKEIN_CHECK(!makes_box || inst.kind == InstKind::Assign, "a box is not set by `assign`");
    if (inst.kind == InstKind::Assign && !makes_box) return;
    for (Operand& operand : inst.operands) {
      if (operand.kind != Operand::Kind::Move) continue;
      operand = Operand::move(out_of_box(writer_, operand.place));
    }
  }

  // `xs.clear()` is one that does not say how many elements stay.
  void write_truncate(Inst& inst) {
    bool is_truncate =
        inst.kind == InstKind::Builtin && inst.builtin == types::Builtin::ArrayTruncate;
    if (!is_truncate) return;
    if (inst.operands.size() == 1) inst.operands.push_back(writer_.int_const(0));
    glue_.replace_truncate(inst);
  }

  void set_flags(uint32_t inst, Moment moment) {
    if (flags_.empty()) return;
    for (const sir::Change& change : states_.changes().at(inst, moment)) {
      auto flag = flags_.find(PathId(change.bit));
      if (flag != flags_.end()) writer_.assign(flag->second, writer_.bool_const(change.value));
    }
  }

  // Every flag has a value from the entry on.
  void start_flags() {
    if (flags_.empty()) return;
    std::vector<Inst> insts = std::move(function_.blocks[BlockId(0)].insts);
    function_.blocks[BlockId(0)].insts.clear();
    writer_.begin(BlockId(0));
    writer_.span = function_.span;
    State state = state_at(BlockId(0));
    for (uint32_t i = 0; i < paths_.size(); ++i) {
      auto flag = flags_.find(PathId(i));
      if (flag == flags_.end()) continue;
      writer_.assign(flag->second, writer_.bool_const(state.maybe.test(i)));
    }
    for (Inst& inst : insts) writer_.emit(std::move(inst));
  }

  void write_drop(const Inst& inst, const State& state) {
    const Place& place = inst.operands[0].place;
    TypeId type = sir::place_type(module_, function_, place);
    if (!sir::needs_drop(module_, type)) return;
    const sir::Local& local = function_.locals[place.local];
    SKEIN_CHECK(local.is_ref || sir::owns_value(local), "a drop of what somebody else owns");
    sir::MovePaths::Found found = paths_.find(place);
    if (inst.operands.size() > 1 && found.path.valid()) {
      write_left_task(inst, found.path, state);
    } else if (!found.path.valid() || found.in_element) {
      glue_.write(writer_, {.place = place, .type = type, .flag = {}, .method = {}}, inst.unwind);
    } else if (!found.is_exact) {
      SKEIN_UNREACHABLE("a drop of a place without a path");
    } else {
      write_path(found.path, state, inst.unwind);
    }
  }

  // A task that a select left, given to its scope. A scope keeps no values: one that needs a drop is
  // waited for by a task of its own.
  void write_left_task(const Inst& drop, PathId path, const State& state) {
    if (!state.maybe.test(path.index)) return;
    BlockId done = writer_.new_block(false);
    if (!state.surely.test(path.index)) {
      BlockId gives = writer_.new_block(false);
      writer_.branch(Operand::copy(flag_of(path)), gives, done);
      writer_.begin(gives);
    }
    Place task = drop.operands[0].place;
    TypeId type = sir::place_type(module_, function_, task);
    if (sir::needs_drop(module_, module_.types().arg(type))) {
      LocalId dropping =
          writer_.new_temp(module_.types().make(types::TypeKind::Task, {module_.types().unit()}));
      Inst spawn;
      spawn.kind = InstKind::Spawn;
      spawn.dest = dropping;
      spawn.callee = glue_.settling_function(type);
      spawn.operands = {Operand::move(task)};
      spawn.unwind = drop.unwind;
      writer_.emit(std::move(spawn));
      task = dropping;
    }
    writer_.emit(InstKind::ScopeAdopt, {drop.operands[1], Operand::move(task)});
    writer_.jump(done);
    writer_.begin(done);
  }

  bool has_maybe_inside(PathId path, const State& state) const {
    bool found = false;
    paths_.for_each_inside(path,
                           [&](PathId inside) { found |= state.maybe.test(inside.index); });
    return found;
  }

  bool all_surely_inside(PathId path, const State& state) const {
    bool all = true;
    paths_.for_each_inside(path, [&](PathId inside) { all &= state.surely.test(inside.index); });
    return all;
  }

  // Drops what has a value of a path and what is inside it.
  void write_path(PathId path, const State& state, BlockId unwind) {
    if (!has_maybe_inside(path, state)) return;
    const sir::MovePath& at = paths_[path];
    TypeId type = sir::place_type(module_, function_, at.place);
    bool is_whole = !at.first_child.valid() || all_surely_inside(path, state);
    if (is_whole) {
      glue_.write(writer_, own_piece(path, at.place, type, state), unwind);
    } else if (has_variants(module_, type)) {
      write_variants(path, type, state, unwind);
    } else {
      std::vector<DropPiece> pieces;
      add_fields(path, type, state, unwind, pieces);
      glue_.write_all(writer_, pieces, unwind);
    }
  }

  // The drop of a place that has a value where path `path` has one.
  DropPiece own_piece(PathId path, Place place, TypeId type, const State& state) {
    DropPiece piece{.place = std::move(place), .type = type, .flag = {}, .method = {}};
    if (!state.surely.test(path.index)) piece.flag = flag_of(path);
    return piece;
  }

  void add_fields(PathId path, TypeId type, const State& state, BlockId unwind,
                  std::vector<DropPiece>& pieces) {
    std::vector<TypeId> fields = field_types(module_, type);
    for (uint32_t i = 0; i < fields.size(); ++i) {
      Place place = field_of(paths_[path].place, i);
      add_part(path, std::move(place), fields[i], state, unwind, pieces);
    }
    if (is_boxed(path)) {
      // What is dropped so far comes first, as written.
      glue_.write_all(writer_, pieces, unwind);
      pieces.clear();
      end_box_if_set(path, state);
    }
  }

  // A part with a path of its own has its own state, any other that of what it is in.
  void add_part(PathId whole, Place place, TypeId type, const State& state, BlockId unwind,
                std::vector<DropPiece>& pieces) {
    sir::MovePaths::Found found = paths_.find(place);
    PathId path = found.is_exact ? found.path : whole;
    if (!sir::needs_drop(module_, type) || !has_maybe_inside(path, state)) return;
    bool is_whole = !found.is_exact || !paths_[path].first_child.valid() ||
                    all_surely_inside(path, state);
    if (found.is_exact && !is_whole && !has_variants(module_, type)) {
      return add_fields(path, type, state, unwind, pieces);
    }
    if (found.is_exact && !is_whole) {
      glue_.write_all(writer_, pieces, unwind);
      pieces.clear();
      return write_variants(path, type, state, unwind);
    }
    if (!state.maybe.test(path.index)) return;
    pieces.push_back(own_piece(path, std::move(place), type, state));
  }

  // The payload of an enum was moved away in part, and which variant it is only its tag says.
  void write_variants(PathId path, TypeId type, const State& state, BlockId unwind) {
    if (!state.maybe.test(path.index)) return;
    const Place place = paths_[path].place;
    bool in_cleanup = writer_.in_cleanup();
    BlockId done = writer_.new_block(in_cleanup);
    begin_if_set(path, state, done);
    BlockId dropped = is_boxed(path) ? writer_.new_block(in_cleanup) : done;
    LocalId tag = writer_.new_temp(module_.types().int_());
    Inst read_tag;
    read_tag.kind = InstKind::Tag;
    read_tag.dest = tag;
    read_tag.operands = {Operand::borrow(place)};
    writer_.emit(std::move(read_tag));
    std::vector<BlockId> arms;
    for (uint32_t i = 0; i < module_.program->variant_count(type); ++i) {
      arms.push_back(writer_.new_block(in_cleanup));
    }
    writer_.switch_on(Operand::copy(tag), arms);
    for (uint32_t variant = 0; variant < arms.size(); ++variant) {
      writer_.begin(arms[variant]);
      std::vector<DropPiece> pieces;
      std::vector<TypeId> fields = module_.program->variant_fields(type, variant);
      for (uint32_t i = 0; i < fields.size(); ++i) {
        add_part(path, payload_of(place, variant, i), fields[i], state, unwind, pieces);
      }
      glue_.write_all(writer_, pieces, unwind);
      writer_.jump(dropped);
    }
    if (dropped != done) {
      writer_.begin(dropped);
      end_box(place);
      writer_.jump(done);
    }
    writer_.begin(done);
  }

  // What is written next happens where the path has a value; else control is at `done`.
  void begin_if_set(PathId path, const State& state, BlockId done) {
    if (state.surely.test(path.index)) return;
    BlockId is_set = writer_.new_block(writer_.in_cleanup());
    writer_.branch(Operand::copy(flag_of(path)), is_set, done);
    writer_.begin(is_set);
  }

  // A box whose content went away piece by piece is still there. Moving the bits out ends it.
  void end_box(const Place& place) {
    LocalId bits = writer_.new_temp(sir::place_type(module_, function_, place));
    function_.locals[bits].is_borrow = true;
    writer_.assign(bits, Operand::move(place));
  }

  void end_box_if_set(PathId path, const State& state) {
    if (!state.maybe.test(path.index)) return;
    BlockId done = writer_.new_block(writer_.in_cleanup());
    begin_if_set(path, state, done);
    end_box(paths_[path].place);
    writer_.jump(done);
    writer_.begin(done);
  }

  bool is_boxed(PathId path) const {
    return sir::is_boxed(module_, function_, paths_[path].place);
  }

  sir::Module& module_;
  Writer writer_;
  sir::Function& function_;
  DropGlue& glue_;
  sir::Flow flow_;
  sir::MovePaths paths_;
  sir::InitStates states_;
  std::unordered_map<PathId, LocalId, IdHash> flags_;
};

void place_drops(sir::Module& module) {
  DropGlue glue(module);
  // Functions made on the way have their drops placed already.
  size_t count = module.functions.size();
  for (uint32_t i = 0; i < count; ++i) {
    FunctionId id(i);
    if (!DropGlue::is_drop_glue(module.functions[id])) DropPlacer(module, id, glue).run();
  }
}

}  // namespace skein::passes
