// The builtin operations that ask the world outside: input, files, environment, chance, C.
// Most are one call of the runtime.
#include "compiler/codegen/function_emitter.h"
#include "llvm/IR/Instructions.h"

namespace skein::codegen {

using sir::Inst;
using types::Builtin;

bool FunctionEmitter::emit_outside_builtin(const Inst& inst) {
  auto arg = [&](size_t i) { return value(inst.operands[i]); };
  // A str that the runtime fills is operand 1.
  auto fill = [&](Rt function) {
    llvm::Value* path = arg(0);
    llvm::Value* error = nullptr;
    change_str(inst.operands[1],
               [&](llvm::Value* place) { error = v.rt(function, {path, place}); });
    set_dest(error);
    return true;
  };
  switch (inst.builtin) {
    case Builtin::RandomSeed:
      set_dest(v.rt(Rt::skn_random_seed, {}));
      return true;
    case Builtin::WallClock:
      set_dest(v.rt(Rt::skn_wall_clock, {}));
      return true;
    case Builtin::EnvVar:
      set_dest_pointer(v.rt(Rt::skn_env_var, {arg(0)}));
      return true;
    case Builtin::IoReadLine:
      set_dest_pointer(v.rt(Rt::skn_read_line, {}));
      return true;
    case Builtin::IoHasInput:
      set_dest(v.rt(Rt::skn_has_input, {}));
      return true;
    case Builtin::IoReadSome:
      set_dest(v.rt(Rt::skn_read_some, {arg(0)}));
      return true;
    case Builtin::IoReadRest:
      set_dest(v.rt(Rt::skn_read_rest, {}));
      return true;
    case Builtin::FsRead:
      return fill(Rt::skn_fs_read);
    case Builtin::FsList:
      return fill(Rt::skn_fs_list);
    case Builtin::FsWrite:
      set_dest(v.rt(Rt::skn_fs_write, {arg(0), arg(1), arg(2)}));
      return true;
    case Builtin::FsRemove:
      set_dest(v.rt(Rt::skn_fs_remove, {arg(0)}));
      return true;
    case Builtin::FsMakeFolder:
      set_dest(v.rt(Rt::skn_fs_make_folder, {arg(0)}));
      return true;
    case Builtin::FsKind:
      set_dest(v.rt(Rt::skn_fs_kind, {arg(0)}));
      return true;
    case Builtin::ErrorText:
      set_dest(v.rt(Rt::skn_error_text, {arg(0)}));
      return true;
    case Builtin::CSize:
      set_dest(v.i64(v.layout(inst.type_args[0]).size));
      return true;
    case Builtin::CRead:
      v.copy(inst.type_args[0], address(inst.dest), b.CreateIntToPtr(arg(0), b.getPtrTy()));
      return true;
    case Builtin::CWrite:
      put(inst.operands[1], b.CreateIntToPtr(arg(0), b.getPtrTy()));
      return true;
    case Builtin::CText: {
      llvm::Value* text = v.rt(Rt::skn_c_text, {arg(0)});
      panic_if(b.CreateIsNull(text), [&] {
        std::string_view words = "a text for C holds a zero byte";
        llvm::Constant* data = m.constants.c_string(std::string(words));
        return v.rt(Rt::skn_panic_text, {data, v.i64(words.size()), v.i32(site())});
      });
      set_dest(text);
      return true;
    }
    case Builtin::CTextAt:
      set_dest(v.rt(Rt::skn_c_text_at, {b.CreateIntToPtr(arg(0), b.getPtrTy())}));
      return true;
    default:
      return false;
  }
}

}  // namespace skein::codegen
