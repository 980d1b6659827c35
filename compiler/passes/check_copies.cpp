// Finds out which generic functions copy values of their type parameters, and reports calls that
// put a type there which cannot be copied.
//
// Nobody writes down whether a function needs its `T` copyable; it follows from the body. A copy
// counts unless it is the last use of a value the function owns, since that becomes a move. What a
// function needs, its generic callers need too. The report stands at the call that breaks it and
// shows the line that copies.
#include <algorithm>
#include <string>
#include <vector>

#include "compiler/passes/last_use.h"
#include "compiler/passes/ownership.h"

namespace skein::passes {

using sir::BlockId;
using sir::Function;
using sir::FunctionId;
using sir::Inst;
using sir::InstKind;
using sir::Operand;
using types::Builtin;
using types::TypeId;
using types::TypeKind;

class CopyChecker {
 public:
  CopyChecker(sir::Module& module, DiagnosticSink& sink)
      : module_(module), program_(*module.program), sink_(sink) {}

  void run() {
    for (const Function& function : module_.functions) {
      needs_.emplace_back(function.type_param_count);
    }
    for (FunctionId id : module_.functions.ids()) {
      if (module_.functions[id].type_param_count > 0) find_copies(id);
    }
    bool is_changed = true;
    while (is_changed) {
      is_changed = false;
      for (FunctionId id : module_.functions.ids()) is_changed |= pass_on(id);
    }
    for (FunctionId id : module_.functions.ids()) check_calls(id);
  }

 private:
  // Where a function copies values of a type parameter; an invalid span: nowhere.
  struct Need {
    bool is_needed = false;
    Span span;
  };

  // The type parameters whose values are inside a value of the type: those behind handles are not.
  void params_in(TypeId id, std::vector<uint32_t>& params) const {
    const types::Type& type = program_.types.get(id);
    switch (type.kind) {
      case TypeKind::Param:
        params.push_back(type.decl);
        return;
      case TypeKind::Assoc:
        // There is nothing of its own to note this at: its owner has to be copyable for it.
        params_in(type.args[0], params);
        return;
      case TypeKind::Tuple:
      case TypeKind::Array:
      case TypeKind::FixedArray:
      case TypeKind::Option:
      case TypeKind::Result:
      case TypeKind::Range:
      case TypeKind::RangeInclusive:
      case TypeKind::Struct:
      case TypeKind::Enum:
        for (TypeId arg : type.args) params_in(arg, params);
        return;
      default:
        return;
    }
  }

  bool need(FunctionId id, TypeId type, Span span) {
    std::vector<uint32_t> params;
    params_in(type, params);
    bool is_new = false;
    for (uint32_t param : params) {
      if (param >= needs_[id.index].size()) continue;
      Need& need = needs_[id.index][param];
      if (need.is_needed) continue;
      need = {true, span};
      is_new = true;
    }
    return is_new;
  }

  void find_copies(FunctionId id) {
    const Function& function = module_.functions[id];
    sir::Flow flow(function);
    sir::Liveness live(flow, sir::Drops::AreNone);
    LastUses last_uses(module_, function, live, Parts::FieldsAndPayloads);
    for (BlockId block : flow.order()) {
      const std::vector<Inst>& insts = function.blocks[block].insts;
      sir::BitSet after = live.at_end(block);
      for (size_t i = insts.size(); i-- > 0;) {
        const Inst& inst = insts[i];
        for (const Operand& operand : inst.operands) {
          bool copies = operand.kind == Operand::Kind::Copy &&
                        !last_uses.is_last_use(inst, operand, after);
          if (copies) need(id, sir::place_type(module_, function, operand.place), inst.span);
        }
        if (copies_inside(function, inst)) need(id, copied_type(function, inst), inst.span);
        live.step_back(block, i, after);
      }
    }
  }

  // Instructions that make more than one of what they are given.
  bool copies_inside(const Function& function, const Inst& inst) {
    if (inst.kind == InstKind::Builtin) {
      return inst.builtin == Builtin::ArraySlice || inst.builtin == Builtin::ArrayExtend ||
             inst.builtin == Builtin::SharedGet;
    }
    return inst.kind == InstKind::Repeat || makes_copyable(function, inst);
  }

  TypeId copied_type(const Function& function, const Inst& inst) {
    if (inst.kind == InstKind::Repeat || inst.kind == InstKind::ToDyn) {
      return sir::operand_type(module_, function, inst.operands[0]);
    }
    return inst.type_args[0];
  }

  // Whether what it makes can be copied, so that what it is given has to be (language rule 11).
  bool makes_copyable(const Function& function, const Inst& inst) {
    if (inst.kind != InstKind::ToDyn) return false;
    return !types::traits_of(program_, sir::place_type(module_, function, inst.dest)).is_move_only;
  }

  void report_dyn(Span span, TypeId type, TypeId dyn) {
    types::TraitId trait(program_.types.get(dyn).decl);
    std::string name(program_.interner.text(program_.traits[trait].name));
    sink_.report(span, D::DynMoveOnly, {program_.type_name(type), program_.type_name(dyn)})
        .mark("becomes `" + program_.type_name(dyn) + "` here")
        .label(program_.traits[trait].span, "a `unique trait` has values that move")
        .help("declare it `unique trait " + name + "`, or let functions take `T: " + name + "`");
  }

  // What a callee needs of its type parameters, a generic caller needs of the types it puts there.
  bool pass_on(FunctionId id) {
    bool is_changed = false;
    for_each_need(id, [&](const Inst& inst, TypeId arg, const Need&, uint32_t) {
      is_changed |= need(id, arg, inst.span);
    });
    return is_changed;
  }

  template <class Visit>
  void for_each_need(FunctionId id, Visit&& visit) {
    for (const sir::Block& block : module_.functions[id].blocks) {
      for (const Inst& inst : block.insts) {
        bool is_call = inst.kind == InstKind::Call || inst.kind == InstKind::Spawn ||
                       inst.kind == InstKind::Closure || inst.kind == InstKind::Generator;
        if (!is_call) continue;
        for (uint32_t i = 0; i < inst.type_args.size(); ++i) {
          const Need& need = needs_[inst.callee.index][i];
          if (need.is_needed) visit(inst, inst.type_args[i], need, i);
        }
      }
    }
  }

  void check_calls(FunctionId id) {
    for_each_need(id, [&](const Inst& inst, TypeId arg, const Need& need, uint32_t param) {
      if (!types::traits_of(program_, arg).is_move_only) return;
      const Function& callee = module_.functions[inst.callee];
      sink_.report(inst.span, D::NeedsCopyable,
                   {callee.display_name, param_name(callee, param), program_.type_name(arg)})
          .mark("called with `" + program_.type_name(arg) + "` here")
          .label(need.span, "copied here");
    });
    const Function& function = module_.functions[id];
    for (const sir::Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (!copies_inside(function, inst)) continue;
        TypeId type = copied_type(function, inst);
        if (!types::traits_of(program_, type).is_move_only) continue;
        if (inst.kind == InstKind::ToDyn) {
          report_dyn(inst.span, type, sir::place_type(module_, function, inst.dest));
          continue;
        }
        sink_.report(inst.span, D::NotCopyable, {program_.type_name(type)}).mark("copied here");
      }
    }
  }

  std::string param_name(const Function& function, uint32_t param) const {
    if (!function.decl.valid()) return "T";
    const std::vector<types::TypeParamDecl>& params =
        program_.fns[function.decl].type_params;
    if (param >= params.size()) return "T";
    return std::string(program_.interner.text(params[param].name));
  }

  sir::Module& module_;
  types::Program& program_;
  DiagnosticSink& sink_;
  // By function, then by type parameter.
  std::vector<std::vector<Need>> needs_;
};

void check_copies(sir::Module& module, DiagnosticSink& sink) { CopyChecker(module, sink).run(); }

}  // namespace skein::passes
