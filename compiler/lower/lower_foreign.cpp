// Functions of C's: each becomes a function of ours around one `call_c`, so that it is called, kept
// and spawned like any other.
//
//   fn getenv(name: str) -> CPtr<u8>
//     %2 = builtin c_text borrow %1        a text gets its zero byte
//     %0 = call_c "getenv" 0 borrow %2
#include "compiler/lower/lower_fn.h"
#include "compiler/lower/steps.h"

namespace skein::lower {

static Operand foreign_arg(Body& body, const types::ParamDecl& param, LocalId local) {
  TypeKind kind = body.unit.kind(param.type);
  if (kind == TypeKind::Str) {
    LocalId text = body.new_temp(param.type, param.span);
    body.builtin(Builtin::CText, {}, {Operand::borrow(local)}, text, param.span);
    body.own(text, param.span);
    return Operand::borrow(text);
  }
  if (kind == TypeKind::Param) {   // a function for C to call
    LocalId address = body.new_temp(body.program.types.plain(TypeKind::Uint), param.span);
    Inst inst;
    inst.kind = InstKind::CFunction;
    inst.span = param.span;
    inst.dest = address;
    inst.operands = {Operand::borrow(local)};
    body.emit(std::move(inst));
    return Operand::copy(address);
  }
  if (param.mode != ParamMode::Mut) return body.borrow_of(local);
  if (kind == TypeKind::Array) body.emit(InstKind::Unshare, {Operand::mut(local)}, param.span);
  return Operand::mut(local);
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
    call.operands.push_back(foreign_arg(body, decl.params[i], body.fn.param(i)));
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
