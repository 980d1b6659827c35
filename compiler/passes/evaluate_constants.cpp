// Finds the values of constants and statics by running what computes them (language rule 17).
//
// lower makes a function of kind Const or Static for each whose value is more than a literal. Here
// its body becomes the value itself, and where a number, a text or a few of them are all there is,
// calls of it become the value too.
#include <optional>
#include <unordered_map>
#include <utility>

#include "compiler/interpret/machine.h"
#include "compiler/passes/passes.h"
#include "compiler/passes/writer.h"
#include "compiler/support/check.h"

namespace skein::passes {

using interpret::Outcome;
using interpret::Value;
using sir::FunctionKind;
using types::TypeKind;

class ConstantEvaluator {
 public:
  ConstantEvaluator(sir::Module& module, DiagnosticSink& sink) : module_(module), sink_(sink) {}

  void run() {
    for (FunctionId id : module_.functions.ids()) {
      FunctionKind kind = module_.functions[id].kind;
      if (kind == FunctionKind::Const || kind == FunctionKind::Static) evaluate(id);
    }
    if (sink_.has_errors()) return;
    for (auto& [id, entry] : entries_) write_body(id, entry.value);
    for (sir::Function& function : module_.functions) replace_calls(function);
  }

 private:
  enum class State : uint8_t { UnderWay, Known, Failed };
  struct Entry {
    State state = State::UnderWay;
    Value value;
  };

  // False: it has no value, and that was reported.
  bool evaluate(FunctionId id) {
    auto [place, is_new] = entries_.emplace(id, Entry());
    Entry& entry = place->second;
    if (!is_new) return entry.state == State::Known;
    interpret::Machine machine(module_, {});
    machine.set_call_hook([this, id](FunctionId callee, Span span, std::optional<Value>& value) {
      return find_value(id, callee, span, value);
    });
    Outcome outcome = machine.run(id);
    bool is_known = outcome.state == Outcome::State::Done;
    if (!is_known) report(module_.functions[id], outcome);
    entry.state = is_known ? State::Known : State::Failed;
    entry.value = std::move(outcome.value);
    return is_known;
  }

  // What a call inside the evaluation of `user` gives, if the callee is a constant.
  bool find_value(FunctionId user, FunctionId callee, Span span, std::optional<Value>& value) {
    const sir::Function& function = module_.functions[callee];
    if (function.kind == FunctionKind::Static) {
      Outcome outcome;
      outcome.span = span;
      outcome.words = "uses a static, which changes while the program runs";
      outcome.state = Outcome::State::Refused;
      report(module_.functions[user], outcome);
      return false;
    }
    if (function.kind != FunctionKind::Const) return true;
    auto known = entries_.find(callee);
    if (known != entries_.end() && known->second.state == State::UnderWay) {
      Report report = sink_.report(function.span, D::ConstCycle, {function.display_name});
      report.label(span, "needed here, while it is computed");
      return false;
    }
    if (!evaluate(callee)) return false;
    value = entries_.at(callee).value;
    return true;
  }

  bool is_library(Span span) const {
    std::string_view path = module_.program->sources.locate(span.begin).path;
    for (const types::ModuleDecl& decl : module_.program->modules) {
      if (decl.path == path) return decl.is_std;
    }
    return false;
  }

  // Where it stopped; for what stopped in the library, the call of the user's that led there.
  Span place_of(const Outcome& outcome, const sir::Function& function) const {
    if (outcome.span.valid() && !is_library(outcome.span)) return outcome.span;
    for (Span call : outcome.calls) {
      if (call.valid() && !is_library(call)) return call;
    }
    return function.span;
  }

  void report(const sir::Function& function, const Outcome& outcome) {
    bool is_static = function.kind == FunctionKind::Static;
    std::string name = (is_static ? "static `" : "constant `") + function.display_name + "`";
    Span span = place_of(outcome, function);
    switch (outcome.state) {
      case Outcome::State::Done:
      case Outcome::State::Exited:   // printing and ending are refused
      case Outcome::State::Nested:
        return;
      case Outcome::State::Panicked:
        sink_.report(span, D::ConstPanics, {name, outcome.words})
            .label(outcome.calls.empty() ? function.span : outcome.calls.back(), "computed here");
        return;
      case Outcome::State::Refused:
        sink_.report(span, D::NotConstant, {name})
            .mark("this " + outcome.words)
            .label(outcome.calls.empty() ? function.span : outcome.calls.back(), "computed here")
            .help("constants are made of literals, operators and calls of functions that only "
                  "compute");
        return;
      case Outcome::State::TooLong:
        sink_.report(span, D::ConstTooLong, {name, outcome.words})
            .label(outcome.calls.empty() ? function.span : outcome.calls.back(), "computed here")
            .help("compute it when the program runs");
        return;
    }
  }

  // ---- values as instructions --------------------------------------------------------------

  bool is_leaf(TypeId type) const {
    TypeKind kind = module_.types().kind(type);
    return types::is_integer(kind) || types::is_float(kind) || kind == TypeKind::Bool ||
           kind == TypeKind::Char || kind == TypeKind::Str || kind == TypeKind::Unit ||
           kind == TypeKind::Duration || kind == TypeKind::Instant;
  }

  Operand leaf(const Value& value, TypeId type) const {
    TypeKind kind = module_.types().kind(type);
    if (types::is_float(kind)) return Operand::constant_float(type, value.number);
    if (kind == TypeKind::Str) return Operand::constant_str(type, value.str());
    return Operand::constant_int(type, value.bits);
  }

  std::vector<TypeId> part_types(const Value& value, TypeId type) {
    const types::Type whole = module_.types().get(type);
    switch (whole.kind) {
      case TypeKind::Array:
      case TypeKind::FixedArray:
        return std::vector<TypeId>(value.size(), whole.args[0]);
      case TypeKind::Range:
      case TypeKind::RangeInclusive:
        return {whole.args[0], whole.args[0]};
      case TypeKind::Option:
      case TypeKind::Result:
      case TypeKind::Enum:
        return module_.program->variant_fields(type, value.variant);
      case TypeKind::Tuple:
      case TypeKind::Struct:
        return module_.program->fields(type);
      default:
        return {};
    }
  }

  bool has_form(TypeId type) {
    switch (module_.types().kind(type)) {
      case TypeKind::Array:
      case TypeKind::FixedArray:
      case TypeKind::Range:
      case TypeKind::RangeInclusive:
      case TypeKind::Option:
      case TypeKind::Result:
      case TypeKind::Enum:
      case TypeKind::Tuple:
      case TypeKind::Struct:
        return true;
      default:
        return is_leaf(type);
    }
  }

  static Inst instruction(const types::Type& type, const Value& value) {
    Inst inst;
    bool is_array = type.kind == TypeKind::Array || type.kind == TypeKind::FixedArray;
    bool is_variant = type.kind == TypeKind::Option || type.kind == TypeKind::Result ||
                      type.kind == TypeKind::Enum;
    inst.kind = is_array     ? InstKind::Array
                : is_variant ? InstKind::Variant
                             : InstKind::Aggregate;
    inst.index = value.variant;
    return inst;
  }

  void write_value(Writer& writer, const Value& value, TypeId type, Place dest) {
    if (is_leaf(type)) return writer.assign(std::move(dest), leaf(value, type));
    Inst inst = instruction(module_.types().get(type), value);
    inst.dest = std::move(dest);
    std::vector<TypeId> parts = part_types(value, type);
    for (size_t i = 0; i < value.size(); ++i) {
      const Value& part = (*value.parts)[i];
      if (is_leaf(parts[i])) {
        inst.operands.push_back(leaf(part, parts[i]));
      } else {
        LocalId temp = writer.new_temp(parts[i]);
        write_value(writer, part, parts[i], temp);
        inst.operands.push_back(Operand::move(temp));
      }
    }
    writer.emit(std::move(inst));
  }

  void write_body(FunctionId id, const Value& value) {
    sir::Function& function = module_.functions[id];
    sir::Local result = function.locals[LocalId(0)];
    function.locals = {};
    function.locals.add(std::move(result));
    function.blocks = {};
    function.blocks.add({});
    Writer writer(module_, id);
    writer.begin(BlockId(0));
    writer.span = function.span;
    TypeId type = function.return_type();
    if (value.kind == Value::Kind::Cell) {
      TypeId content = module_.types().arg(type);
      writer.builtin(types::Builtin::AtomicNew, content, {leaf((*value.parts)[0], content)},
                     function.return_local());
    } else if (has_form(type)) {
      write_value(writer, value, type, function.return_local());
    } else {
      sink_.report(function.span, D::ConstType,
                   {function.display_name, module_.program->type_name(type)})
          .help("constants are numbers, text, tuples, arrays, structs and enums of them");
    }
    writer.ret();
  }

  // Puts the value in the place of a call where that takes one instruction.
  void replace_calls(sir::Function& function) {
    for (sir::Block& block : function.blocks) {
      for (Inst& inst : block.insts) {
        if (inst.kind != InstKind::Call) continue;
        const sir::Function& callee = module_.functions[inst.callee];
        if (callee.kind == FunctionKind::Const && inst.dest.valid()) replace(inst, callee);
      }
    }
  }

  void replace(Inst& call, const sir::Function& callee) {
    const Value& value = entries_.at(call.callee).value;
    TypeId type = callee.return_type();
    TypeKind kind = module_.types().kind(type);
    if (kind == TypeKind::Array || kind == TypeKind::FixedArray) return;
    for (TypeId part : part_types(value, type)) {
      if (!is_leaf(part)) return;
    }
    Inst inst = callee.blocks[BlockId(0)].insts[0];
    inst.dest = call.dest;
    inst.span = call.span;
    call = std::move(inst);
  }

  sir::Module& module_;
  DiagnosticSink& sink_;
  // Entries stay put: an evaluation holds its own while others are added.
  std::unordered_map<FunctionId, Entry, IdHash> entries_;
};

void evaluate_constants(sir::Module& module, DiagnosticSink& sink) {
  ConstantEvaluator(module, sink).run();
}

}  // namespace skein::passes
