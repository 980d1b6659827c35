// Calls, and the operands of whatever takes several.
//
// Operands are evaluated in the order they were written. One that is only a place stays a place,
// to be read by the instruction itself, unless what is evaluated after it may change it; a place
// passed as `mut` is entered last of all.
#include <algorithm>

#include "compiler/lower/lower_closure.h"
#include "compiler/lower/steps.h"
#include "compiler/lower/walk.h"
#include "compiler/support/check.h"

namespace skein::lower {

// ---- operands ------------------------------------------------------------------------------

// The arguments in the order in which they are evaluated.
static std::vector<size_t> evaluation_order(const std::vector<CallArg>& args) {
  std::vector<size_t> order(args.size());
  for (size_t i = 0; i < args.size(); ++i) order[i] = i;
  auto rank = [&](size_t i) -> uint64_t {
    if (args[i].place) return 0;
    if (args[i].is_default) return UINT64_MAX;
    return args[i].expr->span.begin;
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return rank(a) < rank(b); });
  return order;
}

// Lowers the arguments of one call: first what they are made of, then, when all of that is known,
// the accesses to what is lent.
class ArgLowering {
 public:
  ArgLowering(Body& body, std::vector<CallArg> args)
      : body_(body), args_(std::move(args)), order_(evaluation_order(args_)) {}

  void evaluate() {
    operands_.resize(args_.size());
    for (size_t turn = 0; turn < order_.size(); ++turn) {
      size_t i = order_[turn];
      if (args_[i].maker.valid()) {
        operands_[i] = lower_default(args_[i]);
      } else if (args_[i].is_fixed) {
        lower_fixed(i);
      } else if (is_window(turn)) {
        const ast::Slice* slice = args_[i].expr->as<ast::Slice>();
        windows_.push_back({i, lower_pending_window(body_, slice)});
      } else if (args_[i].mode == ParamMode::Mut && !args_[i].place) {
        lent_.push_back({i, lower_pending_place(body_, args_[i].expr)});
      } else if (!args_[i].place && is_borrowed_closure(body_, args_[i].expr)) {
        borrowed_closures_.push_back(i);
      } else {
        operands_[i] = lower_arg(turn);
      }
    }
  }

  std::vector<Operand> enter() {
    for (auto& [i, pending] : lent_) {
      Place place = write_place(body_, pending);
      if (args_[i].is_fixed) place = emit_whole_window(body_, place, true, args_[i].expr->span);
      operands_[i] = Operand::mut(std::move(place));
    }
    for (auto& [i, pending] : windows_) {
      bool writes = args_[i].mode == ParamMode::Mut;
      LocalId window = emit_window(body_, pending, writes);
      operands_[i] = writes ? Operand::mut(window) : Operand::borrow(window);
    }
    for (size_t i : borrowed_closures_) {
      LocalId closure = lower_to_temp(body_, args_[i].expr);
      bool is_given = args_[i].mode == ParamMode::Own;   // to an adaptor; it owns nothing
      operands_[i] = is_given ? Operand::copy(closure) : Operand::borrow(closure);
    }
    return std::move(operands_);
  }

 private:
  // The default value of a generic declaration.
  Operand lower_default(const CallArg& arg) {
    Span span = arg.expr->span;
    Inst call;
    call.kind = InstKind::Call;
    call.span = span;
    call.callee = arg.maker;
    call.type_args = arg.type_args;
    TypeId type = body_.program.types.substitute(body_.program.type_of(arg.expr), arg.type_args);
    LocalId value = body_.new_temp(type, span);
    call.dest = value;
    body_.emit(std::move(call));
    body_.own(value, span);
    return pass(value, arg.mode, true);
  }

  // A fixed array where a growable one is wanted: a function that works on windows gets it as one,
  // any other a copy.
  void lower_fixed(size_t i) {
    const CallArg& arg = args_[i];
    if (arg.mode == ParamMode::Mut && !arg.place) {
      lent_.push_back({i, lower_pending_place(body_, arg.expr)});
      return;
    }
    Span span = arg.expr != nullptr ? arg.expr->span : Span();
    Place array;
    if (arg.place) {
      array = *arg.place;
    } else if (is_place(body_, arg.expr) && !is_changed_by_others(i)) {
      array = lower_to_place(body_, arg.expr);
    } else {
      array = lower_to_temp(body_, arg.expr);
    }
    LocalId window = emit_whole_window(body_, array, arg.mode == ParamMode::Mut, span);
    if (arg.mode == ParamMode::Mut) {
      operands_[i] = Operand::mut(window);
    } else if (arg.mode == ParamMode::Borrow && arg.takes_window) {
      operands_[i] = Operand::borrow(window);
    } else {
      TypeId element = body_.program.types.arg(body_.type_of(array));
      LocalId copy = body_.new_temp(body_.program.types.make(TypeKind::Array, {element}), span);
      body_.builtin(Builtin::ArrayOfWindow, {element}, {Operand::borrow(window)}, copy, span);
      body_.own(copy, span);
      operands_[i] = pass(copy, arg.mode, true);
    }
  }

  // Whether another argument changes the variable that this one is a part of.
  bool is_changed_by_others(size_t i) {
    VarId root = root_variable(body_.program, args_[i].expr);
    if (!root.valid()) return false;
    for (size_t other = 0; other < args_.size(); ++other) {
      if (other == i || args_[other].expr == nullptr) continue;
      if (changes_variable(body_.program, args_[other].expr, root)) return true;
    }
    return false;
  }

  Operand pass(const Place& place, ParamMode mode, bool is_temp) {
    if (mode == ParamMode::Mut) return Operand::mut(place);
    if (mode == ParamMode::Borrow) return body_.borrow_of(place);
    return is_temp ? body_.taken_from(place) : body_.value_of(place);
  }

  Operand lower_arg(size_t turn) {
    const CallArg& arg = args_[order_[turn]];
    if (arg.place) return pass(*arg.place, arg.mode, true);
    if (std::optional<Operand> constant = constant_of(body_, arg.expr)) return *constant;
    if (is_place(body_, arg.expr) && !has_to_be_copied(turn)) {
      return pass(lower_to_place(body_, arg.expr), arg.mode, false);
    }
    return pass(lower_to_temp(body_, arg.expr), arg.mode, true);
  }

  // Whether the argument is a part of an array that can be lent as it is. One that is only looked
  // at is copied where the array may change meanwhile.
  bool is_window(size_t turn) {
    const CallArg& arg = args_[order_[turn]];
    if (!arg.takes_window || arg.place || !is_array_slice(body_, arg.expr)) return false;
    if (arg.mode == ParamMode::Mut) return true;
    if (arg.mode == ParamMode::Own) return false;
    VarId root = root_variable(body_.program, arg.expr->as<ast::Slice>()->receiver);
    if (!root.valid()) return true;
    for (const CallArg& other : args_) {
      if (other.expr == nullptr || other.expr == arg.expr) continue;
      bool is_lent = other.mode == ParamMode::Mut &&
                     root_variable(body_.program, other.expr) == root;
      if (is_lent || changes_variable(body_.program, other.expr, root)) return false;
    }
    return true;
  }

  // Whether the place may hold another value by the time the instruction reads it.
  bool has_to_be_copied(size_t turn) {
    const CallArg& arg = args_[order_[turn]];
    VarId root = root_variable(body_.program, arg.expr);
    if (!root.valid()) return false;
    for (size_t later = turn + 1; later < order_.size(); ++later) {
      const ast::Expr* expr = args_[order_[later]].expr;
      if (expr != nullptr && changes_variable(body_.program, expr, root)) return true;
    }
    // What is only looked at while its variable is lent is for check_ownership to refuse, unless
    // it is a value of its own by nature.
    bool is_value = arg.mode == ParamMode::Own ||
                    !body_.unit.needs_drop(body_.program.type_of(arg.expr));
    if (!is_value) return false;
    for (const CallArg& other : args_) {
      bool is_lent = other.mode == ParamMode::Mut && other.expr != nullptr;
      if (is_lent && root_variable(body_.program, other.expr) == root) return true;
    }
    return false;
  }

  Body& body_;
  std::vector<CallArg> args_;
  std::vector<size_t> order_;
  std::vector<Operand> operands_;
  // What is entered last.
  std::vector<std::pair<size_t, PendingPlace>> lent_;
  std::vector<std::pair<size_t, PendingWindow>> windows_;
  std::vector<size_t> borrowed_closures_;
};

std::vector<Operand> lower_args(Body& body, const std::vector<CallArg>& args) {
  ArgLowering lowering(body, args);
  lowering.evaluate();
  return lowering.enter();
}

// ---- calls ---------------------------------------------------------------------------------

static bool can_take_window(std::optional<Builtin> builtin) {
  return !builtin || *builtin == Builtin::ArrayLen || *builtin == Builtin::ArraySwap ||
         *builtin == Builtin::ArraySlice;
}

void set_default(Body& body, CallArg& arg, const ast::Expr* value,
                 const std::vector<types::TypeParamDecl>& type_params,
                 const std::vector<TypeId>& type_args, const std::string& owner) {
  arg.expr = value;
  arg.is_default = true;
  if (type_params.empty() || constant_of(body, value)) return;
  arg.maker = body.unit.function_of_default(value, type_params, owner);
  arg.type_args = type_args;
}

std::vector<CallArg> args_of_call(Body& body, const types::CallFact& call) {
  std::vector<CallArg> args;
  for (size_t i = 0; i < call.args.size(); ++i) {
    ParamMode mode = ParamMode::Own;
    const ast::Expr* fallback = nullptr;
    bool takes_window = false;
    if (call.callee.valid()) {
      const types::ParamDecl& param = body.program.fns[call.callee].params[i];
      mode = param.mode;
      fallback = param.default_value;
      takes_window = body.unit.kind(param.type) == TypeKind::Array &&
                     can_take_window(body.program.fns[call.callee].builtin);
    }
    CallArg arg(call.args[i], mode);
    arg.takes_window = takes_window;
    if (arg.expr == nullptr && call.scope.valid() && fallback == nullptr) {
      arg.place = Place(body.local_of(call.scope));
    } else if (arg.expr == nullptr) {
      SKEIN_CHECK(fallback != nullptr, "a parameter gets no argument");
      const types::FnDecl& decl = body.program.fns[call.callee];
      set_default(body, arg, fallback, decl.type_params, call.type_args, decl.display_name);
    } else if (call.callee.valid()) {
      TypeId param = body.program.types.substitute(body.program.fns[call.callee].params[i].type,
                                                   call.type_args);
      arg.is_fixed = body.unit.kind(param) == TypeKind::Array &&
                     body.unit.kind(body.program.type_of(arg.expr)) == TypeKind::FixedArray;
    }
    args.push_back(std::move(arg));
  }
  return args;
}

// The place that the callee gives, under a name of its own.
static LocalId emit_place_call(Body& body, types::FnId callee, const std::vector<TypeId>& type_args,
                               std::vector<Operand> operands, TypeId type, Span span) {
  LocalId place = body.new_ref(type, Symbol(), span);
  Inst inst;
  inst.kind = InstKind::Call;
  inst.span = span;
  inst.dest = place;
  inst.gives_place = true;
  inst.callee = body.unit.function_of(callee);
  inst.type_args = type_args;
  inst.operands = std::move(operands);
  body.emit(std::move(inst));
  return place;
}

void emit_call(Body& body, types::FnId callee, const std::vector<TypeId>& type_args,
               std::vector<Operand> operands, TypeId type, const Place& dest, Span span) {
  const types::FnDecl& decl = body.program.fns[callee];
  if (decl.gives_place) {
    LocalId place = emit_place_call(body, callee, type_args, std::move(operands), type, span);
    if (dest.valid()) body.assign(dest, body.value_of(place), span);
    return;
  }
  TypeKind kind = body.unit.kind(type);
  bool gives_value = kind != TypeKind::Unit && kind != TypeKind::Never;
  Inst inst;
  inst.kind = decl.builtin ? InstKind::Builtin : InstKind::Call;
  inst.span = span;
  if (gives_value) inst.dest = dest;
  if (decl.builtin) {
    inst.builtin = *decl.builtin;
  } else {
    inst.callee = body.unit.function_of(callee);
  }
  inst.type_args = type_args;
  inst.operands = std::move(operands);
  bool is_named = body.named.valid() && decl.builtin &&
                  (*decl.builtin == Builtin::ChanNew || *decl.builtin == Builtin::ChanUnbounded);
  if (is_named) {
    inst.operands.push_back(body.const_str(std::string(body.program.interner.text(body.named))));
  }
  body.emit(std::move(inst));
  if (kind == TypeKind::Never) body.unreachable(span);
}

// ---- calls that give a place ---------------------------------------------------------------

struct PendingCall {
  ArgLowering args;
  const types::CallFact* call;
  TypeId type;
  Span span;
};

const types::CallFact* call_of_place(Body& body, const ast::Expr* expr) {
  if (const ast::MethodCall* method = expr->try_as<ast::MethodCall>(); method && method->optional) {
    return nullptr;
  }
  const types::CallFact* call = body.program.call_of(expr);
  bool gives_place = call != nullptr && call->callee.valid() &&
                     closure_of(body, expr) == types::ClosureId() &&
                     body.program.fns[call->callee].gives_place;
  return gives_place ? call : nullptr;
}

std::shared_ptr<PendingCall> lower_pending_call(Body& body, const ast::Expr* expr,
                                                const types::CallFact& call) {
  auto pending = std::make_shared<PendingCall>(PendingCall{
      ArgLowering(body, args_of_call(body, call)), &call, body.program.fact(expr).type,
      expr->span});
  pending->args.evaluate();
  return pending;
}

Place enter_call(Body& body, PendingCall& pending) {
  return emit_place_call(body, pending.call->callee, pending.call->type_args,
                         pending.args.enter(), pending.type, pending.span);
}

static void lower_conversion(Body& body, const types::CallFact& call, const Place& dest,
                             Span span) {
  Operand value = lower_borrowed(body, call.args[0]);
  if (value.is_place()) value.kind = Operand::Kind::Copy;
  body.convert(dest, std::move(value), span);
}

// What the closures of a chain of adaptors stand for is in use until the chain is used up.
static void end_chain(Body& body, const ast::Expr* node) {
  auto chain = body.program.chains.find(node->id.index);
  if (chain == body.program.chains.end()) return;
  for (types::ClosureId id : chain->second) {
    const types::ClosureDecl& closure = body.program.closures[id];
    for (size_t i = 0; i < closure.captures.size(); ++i) {
      Place captured = body.local_of(closure.captures[i]);
      LocalId use = body.new_ref(body.type_of(captured), Symbol(), node->span);
      emit_ref(body, use, closure.is_changed[i] ? Operand::mut(captured) : Operand::borrow(captured),
               node->span);
    }
  }
}

void lower_call(Body& body, const ast::Expr* node, const Place& dest) {
  const types::CallFact* call = body.program.call_of(node);
  SKEIN_CHECK(call != nullptr, "a call that check did not resolve");
  if (call->conversion && body.unit.kind(*call->conversion) == TypeKind::Option) {
    return lower_into(body, call->args[0], dest);
  }
  if (call->conversion) return lower_conversion(body, *call, dest, node->span);
  if (call->variant) {
    std::vector<Operand> fields = lower_args(body, args_of_call(body, *call));
    return emit_variant(body, call->variant->variant, std::move(fields), dest, node->span);
  }
  if (call->fn_type.valid()) return lower_value_call(body, node, *call, dest);
  SKEIN_CHECK(call->callee.valid(), "a call of nothing that check knows");
  const types::FnDecl& decl = body.program.fns[call->callee];
  if (decl.builtin) {
    switch (*decl.builtin) {
      case Builtin::Panic:
      case Builtin::Unreachable:
      case Builtin::Todo:
      case Builtin::Assert:
        return lower_panic_call(body, *decl.builtin, *call, node->span);
      case Builtin::CondvarWait:
        return lower_condvar_wait(body, *call, node->span);
      case Builtin::TaskDetach:
        return lower_detach(body, call->args[0], node->span);
      case Builtin::ScopeCancel: {
        Place scope = lower_to_place(body, call->args[0]);
        return body.emit(InstKind::ScopeCancel, {Operand::mut(scope)}, node->span);
      }
      case Builtin::TaskJoin:
        return lower_join(body, *call, body.program.fact(node).type, dest, node->span);
      default:
        break;
    }
  }
  if (decl.is_variadic) {
    return lower_variadic_call(body, *call, body.program.fact(node).type, dest, node->span);
  }
  std::vector<Operand> operands = lower_args(body, args_of_call(body, *call));
  emit_call(body, call->callee, call->type_args, std::move(operands),
            body.program.fact(node).type, dest, node->span);
  end_chain(body, node);
}

}  // namespace skein::lower
