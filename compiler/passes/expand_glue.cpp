// Replaces show, equal, compare and hash_value of composite types by calls of functions written for
// the type, so that codegen knows these operations for scalars and text only; and default_value by
// the value.
#include "compiler/passes/passes.h"
#include "compiler/passes/value_glue.h"

namespace skein::passes {

using types::Builtin;

static bool is_for_any_type(const Inst& inst) {
  if (inst.kind != InstKind::Builtin) return false;
  return inst.builtin == Builtin::Show || inst.builtin == Builtin::Equal ||
         inst.builtin == Builtin::Compare || inst.builtin == Builtin::HashValue ||
         inst.builtin == Builtin::DefaultValue;
}

void expand_glue(sir::Module& module) {
  ValueGlue glue(module);
  // The functions it makes need no expansion.
  size_t count = module.functions.size();
  for (uint32_t i = 0; i < count; ++i) {
    Writer writer(module, FunctionId(i));
    size_t blocks = writer.function.blocks.size();
    for (uint32_t block = 0; block < blocks; ++block) {
      std::vector<Inst>& place = writer.function.blocks[BlockId(block)].insts;
      std::vector<Inst> insts = std::move(place);
      place.clear();
      writer.begin(BlockId(block));
      for (Inst& inst : insts) {
        writer.span = inst.span;
        if (is_for_any_type(inst)) {
          TypeId type = inst.type_args[0];
          glue.write(writer, inst.builtin, type, std::move(inst.operands), std::move(inst.dest),
                     inst.unwind);
        } else {
          writer.emit(std::move(inst));
        }
      }
    }
  }
}

}  // namespace skein::passes
