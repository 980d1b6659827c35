// Rewrites copies of functions for windows.
#include "compiler/passes/windows.h"

#include <algorithm>

#include "compiler/passes/ownership.h"

namespace skein::passes {

using sir::Function;
using sir::Inst;
using sir::InstKind;
using sir::LocalId;
using sir::Operand;
using sir::Place;
using types::Builtin;
using types::TypeId;
using types::TypeKind;

static bool is_window(sir::Module& module, const Function& function, const Place& place) {
  return module.types().kind(sir::place_type(module, function, place)) == TypeKind::Window;
}

// What a closure captures is an array to it, so a function that gives its parameter to one gets an
// array.
static bool is_captured(const Function& function, LocalId param) {
  for (const sir::Block& block : function.blocks) {
    for (const Inst& inst : block.insts) {
      if (inst.kind != InstKind::Aggregate) continue;
      for (const Operand& operand : inst.operands) {
        bool captures = operand.kind == Operand::Kind::Borrow && operand.place == Place(param);
        if (captures) return true;
      }
    }
  }
  return false;
}

// Whether operand `i` of a call may be a window: it is lent to a parameter that is an array.
static bool can_take_window(sir::Module& module, const Inst& call, uint32_t i) {
  const Function& callee = module.functions[call.callee];
  LocalId param = callee.param(i);
  if (module.types().kind(callee.locals[param].type) != TypeKind::Array) return false;
  switch (call.operands[i].kind) {
    case Operand::Kind::Mut:
      return true;
    case Operand::Kind::Borrow:
      return !is_captured(callee, param);
    default:
      return false;
  }
}

static std::vector<bool> window_args(sir::Module& module, const Function& function,
                                     const Inst& call) {
  std::vector<bool> windows;
  for (uint32_t i = 0; i < call.operands.size(); ++i) {
    const Operand& operand = call.operands[i];
    if (!operand.is_place() || !is_window(module, function, operand.place)) continue;
    if (!can_take_window(module, call, i)) continue;
    windows.resize(call.operands.size());
    windows[i] = true;
  }
  return windows;
}

std::vector<bool> take_windows(sir::Module& module, const Function& function, Inst& call) {
  std::vector<bool> windows = window_args(module, function, call);
  for (uint32_t i = 0; i < windows.size(); ++i) {
    if (windows[i]) call.operands[i].kind = Operand::Kind::Copy;
  }
  return windows;
}

class WindowRewriter {
 public:
  WindowRewriter(sir::Module& module, Function& function, Span call,
                 const GivesWindow& gives_window)
      : module_(module), function_(function), call_(call), gives_window_(gives_window) {}

  // Finds out which locals are windows.
  void find(const std::vector<bool>& windows) {
    for (uint32_t i = 0; i < windows.size(); ++i) {
      if (!windows[i]) continue;
      sir::Local& param = function_.locals[function_.param(i)];
      param.type = window_of(param.type);
      param.mode = sir::ParamMode::Own;
      param.is_ref = false;
    }
    spread();
    sir::Local& result = function_.locals[function_.return_local()];
    if (!result.is_ref || !is_window(function_.return_local())) return;
    result.is_ref = false;
    function_.gives_window = true;
  }

  bool run(DiagnosticSink& sink) {
    sink_ = &sink;
    for (sir::Block& block : function_.blocks) rewrite(block);
    for (sir::Block& block : cleanups_) function_.blocks.add(std::move(block));
    return !failed_;
  }

 private:
  TypeId window_of(TypeId array) {
    return module_.types().make(TypeKind::Window, {module_.types().arg(array)});
  }
  bool is_window(const Place& place) const {
    return passes::is_window(module_, function_, place);
  }
  bool is_array(LocalId local) const {
    return module_.types().kind(function_.locals[local].type) == TypeKind::Array;
  }

  // References to a window are such, and so are copies that are only looked at while nothing can
  // write the original.
  void spread() {
    bool is_changed = true;
    while (is_changed) {
      is_changed = false;
      for (const sir::Block& block : function_.blocks) {
        for (const Inst& inst : block.insts) {
          if (inst.operands.empty() || !inst.dest.valid() || !inst.dest.is_local()) continue;
          if (inst.gives_place) {
            is_changed |= spread_from_call(inst);
            continue;
          }
          const Operand& operand = inst.operands[0];
          bool is_view = inst.kind == InstKind::Ref ||
                         (inst.kind == InstKind::Assign && stays_a_view(inst.dest.local));
          if (!is_view || !is_array(inst.dest.local)) continue;
          if (!operand.is_place() || !is_window(operand.place)) continue;
          TypeId& type = function_.locals[inst.dest.local].type;
          type = window_of(type);
          is_changed = true;
        }
      }
    }
  }

  // The place that a call gives is in a local of its own.
  bool spread_from_call(const Inst& call) {
    sir::Local& dest = function_.locals[call.dest.local];
    if (!is_array(call.dest.local)) return false;
    if (!gives_window_(call, window_args(module_, function_, call))) return false;
    dest.type = window_of(dest.type);
    dest.is_ref = false;
    return true;
  }

  bool stays_a_view(LocalId copy) const {
    const sir::Local& local = function_.locals[copy];
    bool is_variable = local.kind == sir::LocalKind::Var || local.kind == sir::LocalKind::Temp;
    if (!is_variable || local.is_ref || !is_array(copy)) return false;
    uint32_t sets = 0;
    for (const sir::Block& block : function_.blocks) {
      for (const Inst& inst : block.insts) {
        if (writes_window(inst)) return false;
        bool is_life = sir::marks_life(inst);
        if (inst.dest.valid() && inst.dest.local == copy && !is_life) {
          if (!inst.dest.is_local() || ++sets > 1) return false;
        }
        for (const Operand& operand : inst.operands) {
          bool concerns = operand.is_place() && operand.place == Place(copy);
          if (concerns && !only_looks(inst)) return false;
        }
      }
    }
    return true;
  }

  static bool only_looks(const Inst& inst) {
    return inst.kind == InstKind::CheckIndex || inst.kind == InstKind::Drop ||
           (inst.kind == InstKind::Builtin && inst.builtin == Builtin::ArrayLen);
  }

  bool writes_window(const Inst& inst) const {
    auto is_inside_window = [&](const Place& place) {
      return module_.types().kind(function_.locals[place.local].type) == TypeKind::Window ||
             function_.locals[place.local].is_ref;
    };
    if (inst.dest.valid() && !inst.dest.is_local() && is_inside_window(inst.dest)) return true;
    for (const Operand& operand : inst.operands) {
      if (operand.kind == Operand::Kind::Mut && is_inside_window(operand.place)) return true;
    }
    return false;
  }

  // ---- instructions ------------------------------------------------------------------------

  void rewrite(sir::Block& block) {
    std::vector<Inst> insts = std::move(block.insts);
    block.insts.clear();
    for (Inst& inst : insts) rewrite(std::move(inst), block.insts);
  }

  // Where a function that gives a window says which: the window itself, or one of a whole array.
  void give(Inst inst, std::vector<Inst>& out) {
    Place place = inst.operands[0].place;
    if (is_window(place)) {
      inst.kind = InstKind::Assign;
      inst.operands[0].kind = Operand::Kind::Copy;
      return out.push_back(std::move(inst));
    }
    TypeId array = sir::place_type(module_, function_, place);
    TypeId element = module_.types().arg(array);
    if (!types::traits_of(*module_.program, array).is_move_only) {
      Inst unshare;
      unshare.kind = InstKind::Unshare;
      unshare.span = inst.span;
      unshare.operands = {Operand::mut(place)};
      out.push_back(std::move(unshare));
    }
    sir::Local local;
    local.type = module_.types().int_();
    local.span = inst.span;
    LocalId length = function_.locals.add(local);
    Inst count = builtin(Builtin::ArrayLen, element, inst.span);
    count.dest = length;
    count.operands = {Operand::borrow(place)};
    out.push_back(std::move(count));
    Inst window = builtin(Builtin::ArrayWindow, element, inst.span);
    window.dest = inst.dest;
    window.operands = {Operand::mut(place), Operand::constant_int(module_.types().int_(), 0),
                       Operand::copy(length)};
    out.push_back(std::move(window));
  }

  static Inst builtin(Builtin builtin, TypeId element, Span span) {
    Inst inst;
    inst.kind = InstKind::Builtin;
    inst.builtin = builtin;
    inst.type_args = {element};
    inst.span = span;
    return inst;
  }

  void rewrite(Inst inst, std::vector<Inst>& out) {
    bool is_given = function_.gives_window && inst.kind == InstKind::Ref &&
                    inst.dest.local == function_.return_local();
    if (is_given) return give(std::move(inst), out);
    bool is_life = sir::marks_life(inst);
    bool sets_whole = inst.dest.valid() && !is_life && !sir::sets_reference(inst) &&
                      !sir::makes_window(inst) && is_window(inst.dest);
    if (sets_whole && !is_copy_of_window(inst)) return refuse(inst, "replaced", inst.dest);
    if (sets_whole) return out.push_back(std::move(inst));
    std::vector<LocalId> made;
    for (size_t i = 0; i < inst.operands.size(); ++i) {
      Operand& operand = inst.operands[i];
      if (!operand.is_place() || !is_window(operand.place)) continue;
      bool needs_none = inst.kind == InstKind::Unshare || inst.kind == InstKind::Drop;
      if (needs_none) return;
      if (takes_window(inst, i)) continue;
      if (operand.kind == Operand::Kind::Mut) {
        return refuse(inst, "resized or replaced", operand.place);
      }
      if (inst.kind == InstKind::Aggregate && operand.kind == Operand::Kind::Borrow) {
        return refuse(inst, "captured by a closure", operand.place);
      }
      if (inst.kind == InstKind::Assign) {
        inst.kind = InstKind::Builtin;
        inst.builtin = Builtin::ArrayOfWindow;
        operand.kind = Operand::Kind::Copy;
        continue;
      }
      LocalId array = make_array(operand.place, inst.span, out);
      if (operand.kind == Operand::Kind::Borrow) made.push_back(array);
      operand = operand.kind == Operand::Kind::Borrow ? Operand::borrow(array)
                                                      : Operand::move(array);
    }
    Span span = inst.span;
    for (LocalId array : made) drop_when_unwinding(inst, array);
    out.push_back(std::move(inst));
    for (LocalId array : made) out.push_back(drop_of(array, span));
  }

  void drop_when_unwinding(Inst& inst, LocalId array) {
    if (!sir::may_unwind(module_, function_, inst)) return;
    sir::Block cleanup;
    cleanup.is_cleanup = true;
    cleanup.insts.push_back(drop_of(array, inst.span));
    cleanup.insts.back().in_cleanup = true;
    Inst end;
    end.kind = inst.unwind.valid() ? InstKind::Jump : InstKind::ResumeUnwind;
    end.span = inst.span;
    if (inst.unwind.valid()) end.targets = {inst.unwind};
    cleanup.insts.push_back(std::move(end));
    inst.unwind = sir::BlockId(
        static_cast<uint32_t>(function_.blocks.size() + cleanups_.size()));
    cleanups_.push_back(std::move(cleanup));
  }

  bool is_copy_of_window(const Inst& inst) const {
    return inst.kind == InstKind::Assign && inst.dest.is_local() && inst.operands[0].is_place() &&
           is_window(inst.operands[0].place) && !function_.locals[inst.dest.local].is_ref &&
           function_.locals[inst.dest.local].kind != sir::LocalKind::Param;
  }

  // The function of a part of a `par for` has windows of what the loop goes over, and so has the
  // closure that stands for it.
  bool wants_window(const Inst& call, uint32_t operand) const {
    const Function& callee = module_.functions[call.callee];
    TypeId type = callee.locals[callee.param(operand)].type;
    return module_.types().kind(type) == TypeKind::Window;
  }
  bool captures_window(const Inst& inst, size_t operand) const {
    TypeId type = sir::place_type(module_, function_, inst.dest);
    if (module_.types().kind(type) != TypeKind::Closure) return false;
    return module_.types().kind(module_.program->fields(type)[operand]) == TypeKind::Window;
  }

  bool takes_window(const Inst& inst, size_t operand) const {
    switch (inst.kind) {
      case InstKind::Ref:
      case InstKind::CheckIndex:
        return true;
      case InstKind::Call:
        if (wants_window(inst, static_cast<uint32_t>(operand))) return true;
        return can_take_window(module_, inst, static_cast<uint32_t>(operand));
      case InstKind::Spawn:
        return can_take_window(module_, inst, static_cast<uint32_t>(operand));
      case InstKind::Aggregate:
        return captures_window(inst, operand);
      case InstKind::Builtin:
        return inst.builtin == Builtin::ArrayLen || inst.builtin == Builtin::ArraySwap ||
               inst.builtin == Builtin::ArraySlice || sir::makes_window(inst);
      default:
        return false;
    }
  }

  // What keeps the value, or looks at it as a whole, has a fresh array of its own.
  LocalId make_array(const Place& window, Span span, std::vector<Inst>& out) {
    TypeId element = module_.types().arg(sir::place_type(module_, function_, window));
    sir::Local local;
    local.type = module_.types().make(TypeKind::Array, {element});
    local.span = span;
    LocalId array = function_.locals.add(local);
    Inst copy = builtin(Builtin::ArrayOfWindow, element, span);
    copy.dest = array;
    copy.operands = {Operand::copy(window)};
    out.push_back(std::move(copy));
    return array;
  }

  static Inst drop_of(LocalId array, Span span) {
    Inst drop;
    drop.kind = InstKind::Drop;
    drop.span = span;
    drop.operands = {Operand::move(array)};
    return drop;
  }

  void refuse(const Inst& inst, std::string_view what, const Place& place) {
    failed_ = true;
    Report report = sink_->report(inst.span, D::WindowChanged,
                                 {place_name(module_, function_, place), what});
    report.mark("not possible with a part of an array");
    if (call_.valid()) report.label(call_, "called with a part of an array here");
    report.help("pass a whole array, or a copy of the part: `var part = xs[a..b]`");
  }

  sir::Module& module_;
  Function& function_;
  Span call_;
  const GivesWindow& gives_window_;
  DiagnosticSink* sink_ = nullptr;
  // Blocks made on the way, to be added behind those there are.
  std::vector<sir::Block> cleanups_;
  bool failed_ = false;
};

bool rewrite_for_windows(sir::Module& module, Function& function,
                         const std::vector<bool>& windows, Span call,
                         const GivesWindow& gives_window, DiagnosticSink& sink) {
  WindowRewriter rewriter(module, function, call, gives_window);
  rewriter.find(windows);
  return rewriter.run(sink);
}

bool result_is_window(sir::Module& module, Function function, const std::vector<bool>& windows,
                      const GivesWindow& gives_window) {
  WindowRewriter(module, function, Span(), gives_window).find(windows);
  return function.gives_window;
}

}  // namespace skein::passes
