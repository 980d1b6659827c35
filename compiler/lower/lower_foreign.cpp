// Functions of C's: each becomes a function of ours around one `call_c`, so that it is called, kept
// and spawned like any other.
//
//   fn getenv(name: str) -> CPtr<u8>
//     %2 = builtin c_text borrow %1        a text gets its zero byte
//     %0 = call_c "getenv" 0 borrow %2
//
// One with `...` is called where the call stands, since each call gives it other types.
#include "compiler/lower/lower_fn.h"
#include "compiler/lower/steps.h"

namespace skein::lower {

// What C gets for a value or place of ours.
static Operand foreign_arg(Body& body, Operand given, Span span) {
  TypeId type = sir::operand_type(body.module, body.fn, given);
  TypeKind kind = body.unit.kind(type);
  if (kind == TypeKind::Str && given.kind != Operand::Kind::Mut) {
    LocalId text = body.new_temp(type, span);
    body.builtin(Builtin::CText, {}, {std::move(given)}, text, span);
    body.own(text, span);
    return Operand::borrow(text);
  }
  if (kind == TypeKind::Param || kind == TypeKind::Closure) {   // a function for C to call
    LocalId address = body.new_temp(body.program.types.plain(TypeKind::Uint), span);
    Inst inst;
    inst.kind = InstKind::CFunction;
    inst.span = span;
    inst.dest = address;
    inst.operands = {Operand::borrow(given.place)};
    body.emit(std::move(inst));
    return Operand::copy(address);
  }
  bool is_array = kind == TypeKind::Array && given.kind == Operand::Kind::Mut;
  if (is_array) body.emit(InstKind::Unshare, {given}, span);
  return given;
}

// What C passes as a larger number where nothing says what it wants.
static Operand promoted(Body& body, Operand given, Span span) {
  types::TypeStore& types = body.program.types;
  TypeKind kind = types.kind(sir::operand_type(body.module, body.fn, given));
  bool is_small = kind == TypeKind::Bool ||
                  (types::is_integer(kind) && types::bit_width(kind) < 32);
  if (!is_small && kind != TypeKind::F32) return given;
  if (given.kind == Operand::Kind::Borrow) given.kind = Operand::Kind::Copy;
  LocalId wide = body.new_temp(types.plain(is_small ? TypeKind::I32 : TypeKind::Float), span);
  body.convert(wide, std::move(given), span);
  return Operand::copy(wide);
}

void lower_variadic_call(Body& body, const types::CallFact& call, TypeId type, const Place& dest,
                         Span span) {
  const types::FnDecl& decl = body.program.fns[call.callee];
  std::vector<CallArg> args = args_of_call(body, call);
  size_t fixed = args.size();
  for (const ast::Expr* extra : call.extra) args.push_back(CallArg(extra, ParamMode::Borrow));
  Inst inst;
  inst.kind = InstKind::CallC;
  inst.span = span;
  inst.text = body.program.interner.text(decl.foreign_name);
  inst.index = 2 + static_cast<uint32_t>(fixed);
  std::vector<Operand> operands = lower_args(body, args);
  for (size_t i = 0; i < operands.size(); ++i) {
    Operand given = std::move(operands[i]);
    if (i >= fixed) given = promoted(body, std::move(given), span);
    inst.operands.push_back(foreign_arg(body, std::move(given), span));
  }
  TypeKind kind = body.unit.kind(type);
  bool has_value = kind != TypeKind::Unit && kind != TypeKind::Never;
  if (has_value) inst.dest = dest.valid() ? dest : Place(body.new_temp(type, span));
  body.emit(std::move(inst));
  if (kind == TypeKind::Never) body.unreachable(span);
}

void lower_foreign(Unit& unit, types::FnId decl_id, FunctionId id) {
  const types::FnDecl& decl = unit.program.fns[decl_id];
  Body body(unit, id);
  body.root_name = body.fn.name;
  Inst call;
  call.kind = InstKind::CallC;
  call.span = decl.span;
  call.text = unit.program.interner.text(decl.foreign_name);
  call.index = decl.is_blocking ? 1 : 0;
  for (uint32_t i = 0; i < decl.params.size(); ++i) {
    LocalId local = body.fn.param(i);
    bool is_place = decl.params[i].mode == ParamMode::Mut;
    Operand given = is_place ? Operand::mut(local) : body.borrow_of(local);
    call.operands.push_back(foreign_arg(body, std::move(given), decl.params[i].span));
  }
  TypeKind kind = unit.kind(decl.result);
  if (kind != TypeKind::Unit && kind != TypeKind::Never) call.dest = body.fn.return_local();
  body.emit(std::move(call));
  if (kind == TypeKind::Never) {
    body.unreachable(decl.span);
  } else {
    body.leave(0, decl.span, body.fn.return_local());
    body.emit(InstKind::Return, {}, decl.span);
  }
  body.finish();
}

}  // namespace skein::lower
