// Checks a module in two rounds: first its shape (blocks, targets, locals, so that nothing below
// can index out of range), then the types of each instruction.
#include "compiler/sir/verify.h"

#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "compiler/sir/print.h"
#include "compiler/support/check.h"

namespace skein::sir {

using types::TypeKind;

// How many operands an instruction of each kind has.
struct Arity {
  size_t least;
  size_t most;
};

static constexpr size_t kMany = SIZE_MAX;

static Arity operand_arity(InstKind kind) {
  switch (kind) {
    case InstKind::Live:
    case InstKind::Dead:
    case InstKind::Expire:
    case InstKind::Yield:
    case InstKind::Jump:
    case InstKind::Return:
    case InstKind::PanicKind:
    case InstKind::Unreachable:
    case InstKind::ResumeUnwind:
    case InstKind::TakePanic:
    case InstKind::ShieldEnter:
      return {0, 0};
    case InstKind::YieldValue:
      return {0, 1};
    case InstKind::Assign:
    case InstKind::Closure:
    case InstKind::CFunction:
    case InstKind::ToDyn:
    case InstKind::Unary:
    case InstKind::Convert:
    case InstKind::Tag:
    case InstKind::Ref:
    case InstKind::Unshare:
    case InstKind::Await:
    case InstKind::AwaitPlace:
    case InstKind::Settle:
    case InstKind::ScopeEnter:
    case InstKind::ScopeExit:
    case InstKind::ScopeCancel:
    case InstKind::ScopeLeave:
    case InstKind::ScopeClaim:
    case InstKind::ScopeWin:
    case InstKind::WithinLeave:
    case InstKind::ShieldExit:
    case InstKind::TakeTimeout:
    case InstKind::TakeWin:
    case InstKind::Branch:
    case InstKind::Switch:
    case InstKind::Panic:
    case InstKind::GenNext:
    case InstKind::OpenOnce:
      return {1, 1};
    case InstKind::Drop:
      return {1, 2};
    case InstKind::Binary:
    case InstKind::Repeat:
    case InstKind::CheckIndex:
    case InstKind::ScopeAdopt:
    case InstKind::ScopeSlot:
    case InstKind::WithinEnter:
      return {2, 2};
    case InstKind::CallValue:
    case InstKind::CallDyn:
      return {1, kMany};
    case InstKind::Aggregate:
    case InstKind::Variant:
    case InstKind::Array:
    case InstKind::Call:
    case InstKind::CallC:
    case InstKind::Builtin:
    case InstKind::Spawn:
    case InstKind::Generator:
    case InstKind::Select:
      return {0, kMany};
  }
  SKEIN_UNREACHABLE("an unknown instruction");
}

// How many targets an instruction has; switches are counted by their cases.
static size_t target_count(const Inst& inst) {
  switch (inst.kind) {
    case InstKind::Jump:
    case InstKind::TakePanic:
    case InstKind::TakeTimeout:
    case InstKind::TakeWin:
      return 1;
    case InstKind::Branch:
    case InstKind::YieldValue:
      return 2;
    case InstKind::Switch:
      return inst.cases.size() + 1;
    default:
      return 0;
  }
}

// The types of the fields of types that were asked about.
using FieldTypes = std::unordered_map<uint32_t, std::vector<TypeId>>;

class Verifier {
 public:
  Verifier(Module& module, const Function& function, VerifyStage stage, FieldTypes& field_types)
      : module_(module), function_(function), stage_(stage), field_types_(field_types) {}

  std::vector<Problem> run() {
    check_head();
    if (!problems_.empty()) return std::move(problems_);
    for_each_inst(&Verifier::check_shape);
    check_blocks();
    // Types are only asked for where every local and block exists.
    if (problems_.empty()) for_each_inst(&Verifier::check_types);
    return std::move(problems_);
  }

 private:
  void for_each_inst(void (Verifier::*check)(const Inst&)) {
    for (BlockId id : function_.blocks.ids()) {
      block_ = id;
      for (const Inst& inst : function_.blocks[id].insts) {
        inst_ = &inst;
        (this->*check)(inst);
      }
      inst_ = nullptr;
    }
    block_ = BlockId();
  }

  void problem(std::string what) {
    std::string where = "@" + function_.name;
    if (block_.valid()) where += " bb" + std::to_string(block_.index);
    if (inst_ != nullptr) where += " `" + print(module_, *inst_) + "`";
    Span span = inst_ != nullptr ? inst_->span : function_.span;
    problems_.push_back({span, where + ": " + std::move(what)});
  }

  void expect(bool condition, std::string_view what) {
    if (!condition) problem(std::string(what));
  }

  // Shape.

  void check_head() {
    expect(function_.param_count < function_.locals.size(), "parameters that are no locals");
    expect(!function_.blocks.empty(), "there is no block");
    if (!problems_.empty()) return;
    for (LocalId id : function_.locals.ids()) check_local(id);
    expect(!function_.blocks[BlockId(0)].is_cleanup, "the entry is a clean-up block");
    if (stage_ == VerifyStage::Specialized) {
      expect(function_.type_param_count == 0, "type parameters after specialize");
    }
  }

  void check_local(LocalId id) {
    const Local& local = function_.locals[id];
    std::string name = "%" + std::to_string(id.index);
    if (!local.type.valid()) {
      problem("local " + name + " has no type");
      return;
    }
    bool is_result = id.index == 0;
    bool is_param = !is_result && id.index <= function_.param_count;
    if ((local.kind == LocalKind::Return) != is_result ||
        (local.kind == LocalKind::Param) != is_param) {
      problem("local " + name + " is of the wrong kind for its number");
    }
    if (is_param && (local.mode == ParamMode::Mut) != local.is_ref) {
      problem("parameter " + name + ": exactly those with mode `mut` are references");
    }
    check_type(local.type);
  }

  void check_type(TypeId type) {
    if (!type.valid()) {
      problem("a type is missing");
      return;
    }
    TypeKind kind = module_.types().kind(type);
    if (kind == TypeKind::Error || kind == TypeKind::Var) problem("a type that check never gives");
    if (stage_ == VerifyStage::Specialized && module_.types().is_generic(type)) {
      problem("type `" + type_text(*module_.program, type) + "` is generic after specialize");
    }
  }

  bool is_local(LocalId id) const { return id.valid() && id.index < function_.locals.size(); }
  bool is_block(BlockId id) const { return id.valid() && id.index < function_.blocks.size(); }

  bool is_place(const Place& place) const {
    if (!is_local(place.local)) return false;
    for (const Projection& step : place.path) {
      if (step.kind == Projection::Kind::Index && !is_local(step.local)) return false;
    }
    return true;
  }

  void check_shape(const Inst& inst) {
    // Printing names the callee and the locals, so those are looked at first.
    const Inst* shown = inst_;
    inst_ = nullptr;
    bool needs_callee = inst.kind == InstKind::Call || inst.kind == InstKind::Spawn ||
                        inst.kind == InstKind::Closure || inst.kind == InstKind::Generator;
    if (needs_callee && inst.callee.index >= module_.functions.size()) {
      problem("a callee that is not in the module");
      return;
    }
    inst_ = shown;
    check_operand_shape(inst);
    check_dest_shape(inst);
    check_edges(inst);
  }

  void check_operand_shape(const Inst& inst) {
    Arity arity = operand_arity(inst.kind);
    expect(inst.operands.size() >= arity.least && inst.operands.size() <= arity.most,
           "the wrong number of operands");
    for (const Operand& operand : inst.operands) {
      if (operand.is_place()) {
        expect(is_place(operand.place), "an operand names a local that is not declared");
      } else {
        check_type(operand.constant.type);
      }
    }
    for (TypeId type : inst.type_args) check_type(type);
  }

  void check_dest_shape(const Inst& inst) {
    if (marks_life(inst)) {
      expect(is_local(inst.dest.local) && inst.dest.is_local(), "a local is due");
    } else if (inst.dest.valid()) {
      expect(inst_row(inst.kind).result == Result::Value,
             "an instruction without a result has one");
      expect(is_place(inst.dest), "the result goes to a local that is not declared");
    }
  }

  // Whether control may pass from one block to the other without unwinding: within normal code or
  // within the clean-up of one panic, into a `catch` inside a clean-up and out of it.
  static bool goes_on(const Inst& inst, const Block& from, const Block& to) {
    bool takes = inst.kind == InstKind::TakePanic || inst.kind == InstKind::TakeTimeout ||
                 inst.kind == InstKind::TakeWin;
    if (takes) {
      return from.is_cleanup && from.depth == to.depth + (to.is_cleanup ? 1 : 0);
    }
    if (from.is_cleanup == to.is_cleanup) return from.depth == to.depth;
    return from.is_cleanup ? from.depth + 1 == to.depth : from.depth == to.depth + 1;
  }

  void check_edges(const Inst& inst) {
    const Block& block = function_.blocks[block_];
    expect(inst.targets.size() == target_count(inst), "the wrong number of targets");
    for (BlockId target : inst.targets) {
      if (!is_block(target)) {
        problem("a target that does not exist");
      } else if (!goes_on(inst, block, function_.blocks[target])) {
        problem(block.is_cleanup ? "a clean-up block goes on to one that is none"
                                 : "a clean-up block is reached without unwinding");
      }
    }
    if (inst.unwind.valid()) {
      Effects effects = inst_row(inst.kind).effects;
      expect(effects == Effects::Panics || effects == Effects::Suspends ||
                 effects == Effects::EndsPanics,
             "an instruction that cannot unwind has a way to");
      expect(is_block(inst.unwind) && function_.blocks[inst.unwind].is_cleanup,
             "unwinding goes to a block that is no clean-up block");
    }
    if (inst.kind == InstKind::ResumeUnwind) {
      expect(block.is_cleanup, "nothing is unwinding outside clean-up blocks");
    }
    if (inst.kind == InstKind::Return) {
      expect(!block.is_cleanup, "a clean-up block returns");
    }
  }

  void check_blocks() {
    for (BlockId id : function_.blocks.ids()) {
      block_ = id;
      const std::vector<Inst>& insts = function_.blocks[id].insts;
      if (insts.empty() || !ends_block(insts.back())) {
        problem("the block does not end");
        continue;
      }
      for (size_t i = 0; i + 1 < insts.size(); ++i) {
        inst_ = &insts[i];
        expect(!ends_block(insts[i]), "the block goes on after its end");
      }
      inst_ = nullptr;
    }
    block_ = BlockId();
  }

  // Types.

  std::string text(TypeId type) const { return type_text(*module_.program, type); }
  TypeKind kind_of(TypeId type) const { return module_.types().kind(type); }
  TypeId arg_of(TypeId type, size_t n = 0) const { return module_.types().arg(type, n); }

  // The type of a place, or nothing after a problem was noted.
  std::optional<TypeId> type_of(const Place& place) {
    TypeId type = function_.locals[place.local].type;
    for (const Projection& step : place.path) {
      if (!has_part(type, step)) {
        problem("a place of type `" + text(type) + "` has no such part");
        return std::nullopt;
      }
      if (step.kind == Projection::Kind::Index) {
        expect(kind_of(function_.locals[step.local].type) == TypeKind::Int, "an index is no int");
      }
      type = part_type(type, step);
    }
    return type;
  }

  bool has_part(TypeId type, const Projection& step) {
    switch (step.kind) {
      case Projection::Kind::Index:
        return kind_of(type) == TypeKind::Array || kind_of(type) == TypeKind::FixedArray ||
               kind_of(type) == TypeKind::Window || types::is_cell(kind_of(type));
      case Projection::Kind::Variant: {
        TypeKind kind = kind_of(type);
        if (kind != TypeKind::Option && kind != TypeKind::Result && kind != TypeKind::Enum) {
          return false;
        }
        return step.variant < module_.program->variant_count(type) &&
               step.index < module_.program->variant_fields(type, step.variant).size();
      }
      case Projection::Kind::Field:
        return step.index < field_types(type).size();
    }
    SKEIN_UNREACHABLE("an unknown projection");
  }

  TypeId part_type(TypeId type, const Projection& step) {
    switch (step.kind) {
      case Projection::Kind::Index:
        return arg_of(type);
      case Projection::Kind::Variant:
        return module_.program->variant_fields(type, step.variant)[step.index];
      case Projection::Kind::Field:
        return field_types(type)[step.index];
    }
    SKEIN_UNREACHABLE("an unknown projection");
  }

  const std::vector<TypeId>& field_types(TypeId type) {
    auto known = field_types_.find(type.index);
    if (known != field_types_.end()) return known->second;
    return field_types_[type.index] = find_field_types(type);
  }

  std::vector<TypeId> find_field_types(TypeId type) {
    switch (kind_of(type)) {
      case TypeKind::Range:
      case TypeKind::RangeInclusive:
        return {arg_of(type), arg_of(type)};
      case TypeKind::Tuple:
      case TypeKind::Struct:
      case TypeKind::Closure:
        return module_.program->fields(type);
      default:
        return {};
    }
  }

  void check_types(const Inst& inst) {
    operand_types_.clear();
    for (const Operand& operand : inst.operands) {
      std::optional<TypeId> type = operand.constant.type;
      if (operand.is_place()) type = type_of(operand.place);
      if (!type) return;
      operand_types_.push_back(*type);
    }
    std::optional<TypeId> dest;
    if (inst.dest.valid()) {
      dest = type_of(inst.dest);
      if (!dest) return;
    }
    check_inst(inst, operand_types_, dest);
  }

  // `never` stands for a value that does not come, so it fits everywhere.
  void same(TypeId expected, TypeId found, std::string_view what) {
    if (expected == found || kind_of(expected) == TypeKind::Never ||
        kind_of(found) == TypeKind::Never) {
      return;
    }
    // What an associated type is, a bound may say that only the source has.
    bool is_open = module_.types().has_assoc(expected) || module_.types().has_assoc(found);
    if (is_open && stage_ == VerifyStage::Lowered) return;
    // specialize makes copies of functions for windows, and arrays of windows that are kept.
    bool is_window = stage_ == VerifyStage::Lowered && kind_of(found) == TypeKind::Window &&
                     kind_of(expected) == TypeKind::Array;
    if (is_window) return same(arg_of(expected), arg_of(found), what);
    problem(std::string(what) + " is `" + text(found) + "`, expected `" + text(expected) + "`");
  }

  void same_kind(TypeKind expected, TypeId found, std::string_view what) {
    if (kind_of(found) == expected || kind_of(found) == TypeKind::Never) return;
    problem(std::string(what) + " is `" + text(found) + "`, expected `" +
            std::string(types::spelling(expected)) + "`");
  }

  // The result of an instruction. Results of type () need no place.
  void result(std::optional<TypeId> dest, TypeId type) {
    if (dest) {
      same(*dest, type, "the result");
      return;
    }
    TypeKind kind = kind_of(type);
    expect(kind == TypeKind::Unit || kind == TypeKind::Never, "the result goes nowhere");
  }

  using Types = const std::vector<TypeId>&;

  void check_inst(const Inst& inst, Types args, std::optional<TypeId> dest) {
    if (inst_row(inst.kind).result == Result::Value && !dest) {
      bool may_be_unit = inst.kind == InstKind::Call || inst.kind == InstKind::CallValue ||
                         inst.kind == InstKind::CallDyn || inst.kind == InstKind::CallC ||
                         inst.kind == InstKind::Builtin || inst.kind == InstKind::Await ||
                         inst.kind == InstKind::AwaitPlace;
      if (!may_be_unit) return problem("the result goes nowhere");
    }
    switch (inst.kind) {
      case InstKind::Assign:
      case InstKind::Unary:
        return result(dest, args[0]);
      case InstKind::Ref:
        return check_ref(inst, args, *dest);
      case InstKind::Binary:
        return check_binary(inst, args, dest);
      case InstKind::Aggregate:
        return check_fields(args, field_types(*dest));
      case InstKind::Variant:
        return check_variant(inst, args, *dest);
      case InstKind::Array:
        if (kind_of(*dest) == TypeKind::FixedArray) {
          expect(module_.types().get(*dest).length == args.size(), "not one operand an element");
        }
        return check_array(args, *dest);
      case InstKind::Repeat:
        check_array({args[0]}, *dest);
        return same_kind(TypeKind::Int, args[1], "the count");
      case InstKind::Tag:
        return same_kind(TypeKind::Int, *dest, "the tag");
      case InstKind::CheckIndex:
        return same_kind(TypeKind::Int, args[1], "the index");
      case InstKind::Call:
      case InstKind::Spawn:
        return check_call(inst, args, dest);
      case InstKind::Generator:
        return check_generator(inst, args, *dest);
      case InstKind::OpenOnce:
        same_kind(TypeKind::Closure, *dest, "what was captured");
        return same_kind(TypeKind::Fn, args[0], "the operand");
      case InstKind::GenNext:
        if (kind_of(args[0]) != TypeKind::Gen) return problem("only generators are pulled");
        return result(dest, module_.types().make(TypeKind::Option, {arg_of(args[0])}));
      case InstKind::YieldValue:
        return expect(function_.kind == FunctionKind::Generator, "a `yield` outside a generator");
      case InstKind::CallValue:
        return check_call_value(args, dest);
      case InstKind::CallDyn:
        return same_kind(TypeKind::Dyn, args[0], "what is called");
      case InstKind::Closure:
        return same_kind(TypeKind::Fn, *dest, "the closure");
      case InstKind::CFunction:
        return same_kind(TypeKind::Uint, *dest, "the address");
      case InstKind::ToDyn:
        return same_kind(TypeKind::Dyn, *dest, "the result");
      case InstKind::Await:
      case InstKind::AwaitPlace:
        if (kind_of(args[0]) != TypeKind::Task) return problem("only tasks are awaited");
        return result(dest, arg_of(args[0]));
      case InstKind::Settle:
        return same_kind(TypeKind::Task, args[0], "the operand");
      case InstKind::ScopeEnter:
      case InstKind::ScopeExit:
      case InstKind::ScopeCancel:
      case InstKind::ScopeLeave:
      case InstKind::ScopeWin:
      case InstKind::TakeTimeout:
      case InstKind::TakeWin:
        return same_kind(TypeKind::Scope, args[0], "the operand");
      case InstKind::ScopeClaim:
      case InstKind::WithinLeave:
        same_kind(TypeKind::Scope, args[0], "the operand");
        if (dest) same_kind(TypeKind::Bool, *dest, "the answer");
        return;
      case InstKind::ScopeSlot:
        same_kind(TypeKind::Scope, args[0], "the scope");
        return same_kind(TypeKind::Int, args[1], "the most");
      case InstKind::WithinEnter:
        same_kind(TypeKind::Scope, args[0], "the scope");
        if (kind_of(args[1]) == TypeKind::Chan) return;
        return same_kind(TypeKind::Duration, args[1], "the time");
      case InstKind::ShieldEnter:
        if (dest) same_kind(TypeKind::Int, *dest, "the shield before");
        return;
      case InstKind::ShieldExit:
        return same_kind(TypeKind::Int, args[0], "the shield before");
      case InstKind::ScopeAdopt:
        same_kind(TypeKind::Scope, args[0], "the scope");
        return same_kind(TypeKind::Task, args[1], "the task");
      case InstKind::Branch:
        return same_kind(TypeKind::Bool, args[0], "the condition");
      case InstKind::Panic:
        return same_kind(TypeKind::Str, args[0], "the message");
      case InstKind::Drop:
        return expect(inst.operands[0].kind == Operand::Kind::Move, "a drop takes `move`");
      case InstKind::Switch:
        return expect(types::is_integer(kind_of(args[0])) || kind_of(args[0]) == TypeKind::Char,
                      "a switch is over integers");
      case InstKind::Select:
        if (dest) same_kind(TypeKind::Int, *dest, "the number of an arm");
        return;
      case InstKind::Convert:
      case InstKind::Unshare:
      case InstKind::CallC:
      case InstKind::Builtin:
      case InstKind::Yield:
      case InstKind::Live:
      case InstKind::Dead:
      case InstKind::Expire:
      case InstKind::Jump:
      case InstKind::Return:
      case InstKind::PanicKind:
      case InstKind::Unreachable:
      case InstKind::ResumeUnwind:
        return;
      case InstKind::TakePanic:
        if (dest) same_kind(TypeKind::Uint, *dest, "a panic that was taken");
        return;
    }
  }

  void check_ref(const Inst& inst, Types args, TypeId dest) {
    const Local& local = function_.locals[inst.dest.local];
    expect(inst.dest.is_local() && local.is_ref, "`ref` sets a reference local");
    expect(inst.operands[0].kind == Operand::Kind::Mut ||
               inst.operands[0].kind == Operand::Kind::Borrow,
           "`ref` takes `mut` or `borrow`");
    bool opens_closure = (kind_of(args[0]) == TypeKind::Fn && kind_of(dest) == TypeKind::Closure) ||
                         kind_of(args[0]) == TypeKind::Dyn;
    if (!opens_closure) same(dest, args[0], "the place");
  }

  void check_binary(const Inst& inst, Types args, std::optional<TypeId> dest) {
    bool is_test = inst.binary >= BinaryOp::Eq;
    bool is_shift = inst.binary == BinaryOp::Shl || inst.binary == BinaryOp::Shr;
    if (!is_shift) same(args[0], args[1], "the right operand");
    if (is_test) return same_kind(TypeKind::Bool, *dest, "the result");
    result(dest, args[0]);
  }

  void check_fields(Types args, Types fields) {
    if (args.size() != fields.size()) return problem("not one operand a field");
    for (size_t i = 0; i < args.size(); ++i) same(fields[i], args[i], "a field");
  }

  void check_variant(const Inst& inst, Types args, TypeId dest) {
    TypeKind kind = kind_of(dest);
    bool has_variants =
        kind == TypeKind::Option || kind == TypeKind::Result || kind == TypeKind::Enum;
    if (!has_variants || inst.index >= module_.program->variant_count(dest)) {
      return problem("`" + text(dest) + "` has no such variant");
    }
    check_fields(args, module_.program->variant_fields(dest, inst.index));
  }

  void check_array(Types args, TypeId dest) {
    if (kind_of(dest) != TypeKind::FixedArray && kind_of(dest) != TypeKind::Array) {
      return problem("the result is no array");
    }
    for (TypeId arg : args) same(arg_of(dest), arg, "an element");
  }

  void check_call(const Inst& inst, Types args, std::optional<TypeId> dest) {
    const Function& callee = module_.functions[inst.callee];
    if (inst.type_args.size() != callee.type_param_count) {
      return problem("the wrong number of type arguments");
    }
    if (args.size() != callee.param_count) return problem("the wrong number of arguments");
    for (uint32_t i = 0; i < callee.param_count; ++i) {
      const Local& param = callee.locals[callee.param(i)];
      same(module_.types().substitute(param.type, inst.type_args), args[i], "an argument");
      check_mode(param.mode, inst.operands[i]);
    }
    bool is_bound = inst.dest.valid() && inst.dest.is_local() &&
                    (function_.locals[inst.dest.local].is_ref || callee.gives_window);
    if (inst.kind == InstKind::Call) {
      expect(callee.gives_place() == inst.gives_place, "only a call of `-> mut` gives a place");
      expect(!inst.gives_place || is_bound, "a place is bound to a reference local");
    }
    TypeId type = module_.types().substitute(callee.return_type(), inst.type_args);
    if (inst.kind == InstKind::Spawn) type = module_.types().make(TypeKind::Task, {type});
    result(dest, type);
  }

  // A body takes the arguments; what was made of it keeps them, behind the number of the place where
  // it goes on.
  void check_generator(const Inst& inst, Types args, TypeId dest) {
    same_kind(TypeKind::Gen, dest, "the generator");
    const Function& callee = module_.functions[inst.callee];
    if (callee.kind == FunctionKind::Generator) {
      if (args.size() != callee.param_count) return problem("the wrong number of arguments");
      return;
    }
    expect(callee.let_go.valid(), "what a generator runs is none");
    std::vector<TypeId> kept;
    for (const Local& local : callee.locals) {
      if (local.is_kept) kept.push_back(local.type);
    }
    if (args.size() >= kept.size()) return problem("the wrong number of arguments");
    for (size_t i = 0; i < args.size(); ++i) same(kept[i + 1], args[i], "what is kept");
  }

  void check_call_value(Types args, std::optional<TypeId> dest) {
    bool is_closure = kind_of(args[0]) == TypeKind::Param || kind_of(args[0]) == TypeKind::Closure;
    if (is_closure && stage_ == VerifyStage::Lowered) return;
    if (kind_of(args[0]) != TypeKind::Fn) return problem("only values of `fn` type are called");
    const types::Type fn = module_.types().get(args[0]);
    if (args.size() != fn.args.size()) return problem("the wrong number of arguments");
    for (size_t i = 1; i < args.size(); ++i) same(fn.args[i - 1], args[i], "an argument");
    result(dest, fn.args.back());
  }

  void check_mode(ParamMode mode, const Operand& operand) {
    switch (mode) {
      case ParamMode::Borrow:
        // Values that need no drop may come as copies, and into a task they have to.
        return expect(operand.kind != Operand::Kind::Mut, "a plain parameter gets `mut`");
      case ParamMode::Mut:
        return expect(operand.kind == Operand::Kind::Mut, "a `mut` parameter needs `mut`");
      case ParamMode::Own:
        return expect(operand.kind != Operand::Kind::Mut && operand.kind != Operand::Kind::Borrow,
                      "an `own` parameter needs a value");
    }
  }

  Module& module_;
  const Function& function_;
  VerifyStage stage_;
  FieldTypes& field_types_;
  // Of the instruction being looked at.
  std::vector<TypeId> operand_types_;
  BlockId block_;
  const Inst* inst_ = nullptr;
  std::vector<Problem> problems_;
};

std::vector<Problem> verify(Module& module, const Function& function, VerifyStage stage) {
  FieldTypes field_types;
  return Verifier(module, function, stage, field_types).run();
}

std::vector<Problem> verify(Module& module, VerifyStage stage) {
  std::vector<Problem> problems;
  std::unordered_set<std::string_view> names;
  FieldTypes field_types;
  for (const Function& function : module.functions) {
    if (!names.insert(function.name).second) {
      problems.push_back({function.span, "@" + function.name + ": the name is not unique"});
    }
    std::vector<Problem> found = Verifier(module, function, stage, field_types).run();
    problems.insert(problems.end(), found.begin(), found.end());
  }
  if (module.entry.valid() && module.functions[module.entry].kind != FunctionKind::Entry) {
    problems.push_back({module.functions[module.entry].span, "the entry is not of kind Entry"});
  }
  return problems;
}

void check_module(Module& module, VerifyStage stage, std::string_view step) {
  std::vector<Problem> problems = verify(module, stage);
  if (problems.empty()) return;
  Doing doing("checking the middle language after", step);
  compiler_bug(__FILE__, __LINE__, problems.front().text);
}

}  // namespace skein::sir
