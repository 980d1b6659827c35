// Writes SIR out. One function for each part of the text; sir/read.cpp has its mirror image.
#include "compiler/sir/print.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <set>

#include "compiler/support/check.h"

namespace skein::sir {

using types::Type;
using types::TypeKind;

std::string quote(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    unsigned char byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte >= 0x7f) {
      char buffer[8];
      std::snprintf(buffer, sizeof buffer, "\\x%02x", byte);
      out += buffer;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

static bool is_word(std::string_view text) {
  if (text.empty()) return false;
  for (char c : text) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!plain && c != '_' && c != '.') return false;
  }
  return true;
}

static std::string global_name(std::string_view name) {
  return "@" + (is_word(name) ? std::string(name) : quote(name));
}

static std::string id_text(LocalId id) { return "%" + std::to_string(id.index); }
static std::string id_text(BlockId id) { return "bb" + std::to_string(id.index); }

// Two declarations of one name (in two modules) are told apart by their number.
template <class IdT, class Decls>
static std::string decl_name(const types::Program& program, const Decls& decls, IdT id) {
  Symbol name = decls[id].name;
  std::string text(program.interner.text(name));
  for (uint32_t other = 0; other < id.index; ++other) {
    if (decls[IdT(other)].name == name) return text + "#" + std::to_string(id.index);
  }
  return text;
}

class TypePrinter {
 public:
  explicit TypePrinter(const types::Program& program) : program_(program) {}

  std::string text(TypeId id) const {
    const Type& type = program_.types.get(id);
    switch (type.kind) {
      case TypeKind::Tuple:
        return "(" + list(type.args, 0, type.args.size()) + (type.args.size() == 1 ? ",)" : ")");
      case TypeKind::Array:
        return "[" + text(type.args[0]) + "]";
      case TypeKind::FixedArray:
        return "[" + text(type.args[0]) + "; " + std::to_string(type.length) + "]";
      case TypeKind::Option:
        return option(type);
      case TypeKind::Struct:
        return decl_name(program_, program_.structs, types::StructId(type.decl)) + args(type);
      case TypeKind::Enum:
        return decl_name(program_, program_.enums, types::EnumId(type.decl)) + args(type);
      case TypeKind::Dyn:
        return "dyn " + decl_name(program_, program_.traits, types::TraitId(type.decl)) +
               args(type);
      case TypeKind::Closure:
        return "closure." + std::to_string(type.decl) + args(type);
      case TypeKind::Fn:
        return fn(type);
      case TypeKind::Param:
        return "$" + std::to_string(type.decl);
      case TypeKind::Assoc:
        return text(type.args[0]) + "." +
               decl_name(program_, program_.assocs, types::AssocId(type.decl));
      case TypeKind::Var:
        return "_" + std::to_string(type.decl);
      default:
        return std::string(types::spelling(type.kind)) + args(type);
    }
  }

 private:
  std::string list(const std::vector<TypeId>& types, size_t from, size_t to) const {
    std::string out;
    for (size_t i = from; i < to; ++i) out += (i > from ? ", " : "") + text(types[i]);
    return out;
  }

  std::string args(const Type& type) const {
    return type.args.empty() ? "" : "<" + list(type.args, 0, type.args.size()) + ">";
  }

  std::string option(const Type& type) const {
    TypeKind inner = program_.types.kind(type.args[0]);
    if (inner == TypeKind::Fn) return "(" + text(type.args[0]) + ")?";
    return text(type.args[0]) + "?";
  }

  std::string fn(const Type& type) const {
    std::string out = type.decl == types::kOnce ? "once fn(" : "fn(";
    for (size_t i = 0; i < type.modes.size(); ++i) {
      if (i > 0) out += ", ";
      if (type.modes[i] == ParamMode::Mut) out += "mut ";
      if (type.modes[i] == ParamMode::Own) out += "own ";
      out += text(type.args[i]);
    }
    return out + ") -> " + text(type.args.back());
  }

  const types::Program& program_;
};

std::string type_text(const types::Program& program, TypeId type) {
  return TypePrinter(program).text(type);
}

class Printer {
 public:
  explicit Printer(const Module& module) : module_(module), program_(*module.program) {}

  std::string module() {
    std::set<uint32_t> structs;
    std::set<uint32_t> enums;
    find_decls(structs, enums);
    for (uint32_t id : structs) print_struct(types::StructId(id));
    for (uint32_t id : enums) print_enum(types::EnumId(id));
    bool is_first = structs.empty() && enums.empty();
    for (const Function& function : module_.functions) {
      if (!is_first) out_ += "\n";
      is_first = false;
      print_function(function);
    }
    if (!module_.counts_plainly.empty()) print_counts();
    return std::move(out_);
  }

  std::string function(const Function& function) {
    print_function(function);
    return std::move(out_);
  }

  std::string inst(const Inst& inst) {
    print_inst(inst);
    return std::move(out_);
  }

 private:
  // Finds the declarations behind the types that functions name, and behind their fields.
  void find_decls(std::set<uint32_t>& structs, std::set<uint32_t>& enums) {
    std::set<uint32_t> seen;
    std::vector<TypeId> pending;
    for (const Function& function : module_.functions) add_types(function, pending);
    while (!pending.empty()) {
      TypeId id = pending.back();
      pending.pop_back();
      if (!id.valid() || !seen.insert(id.index).second) continue;
      const Type& type = program_.types.get(id);
      pending.insert(pending.end(), type.args.begin(), type.args.end());
      if (type.kind == TypeKind::Struct && structs.insert(type.decl).second) {
        add_fields(program_.structs[types::StructId(type.decl)].fields, pending);
      }
      if (type.kind == TypeKind::Enum && enums.insert(type.decl).second) {
        for (const types::VariantDecl& variant :
             program_.enums[types::EnumId(type.decl)].variants) {
          add_fields(variant.fields, pending);
        }
      }
    }
  }

  // What mark_shared found out, as a comment: it can be found out again.
  void print_counts() {
    std::set<std::string> atomic;
    std::set<std::string> plain;
    for (const Function& function : module_.functions) {
      for (const Local& local : function.locals) {
        if (!has_count(program_.types.kind(local.type))) continue;
        std::set<std::string>& names = module_.counts_atomically(local.type) ? atomic : plain;
        names.insert(type_text(program_, local.type));
      }
    }
    out_ += "\n// counted atomically:" + joined(atomic) + "\n";
    out_ += "// counted plainly:" + joined(plain) + "\n";
  }

  static std::string joined(const std::set<std::string>& names) {
    std::string out;
    for (const std::string& name : names) out += " " + name;
    return out;
  }

  // Whether values of the kind are a pointer to something counted.
  static bool has_count(TypeKind kind) {
    switch (kind) {
      case TypeKind::Str:
      case TypeKind::Array:
      case TypeKind::Atomic:
      case TypeKind::Chan:
      case TypeKind::Sender:
      case TypeKind::Receiver:
      case TypeKind::Mutex:
      case TypeKind::RwLock:
      case TypeKind::Shared:
      case TypeKind::Weak:
      case TypeKind::Fn:
      case TypeKind::Dyn:
      case TypeKind::Gen:
        return true;
      default:
        return false;
    }
  }

  static void add_types(const Function& function, std::vector<TypeId>& types) {
    for (const Local& local : function.locals) types.push_back(local.type);
    for (const Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        types.insert(types.end(), inst.type_args.begin(), inst.type_args.end());
        for (const Operand& operand : inst.operands) {
          if (!operand.is_place()) types.push_back(operand.constant.type);
        }
      }
    }
  }

  static void add_fields(const std::vector<types::FieldDecl>& fields, std::vector<TypeId>& types) {
    for (const types::FieldDecl& field : fields) types.push_back(field.type);
  }

  void print_head(std::string_view keyword, const std::string& name, size_t type_params,
                  types::FnId drop_fn) {
    out_ += std::string(keyword) + " " + name;
    if (type_params > 0) out_ += "<" + std::to_string(type_params) + ">";
    if (drop_fn.valid()) out_ += " drop " + global_name(drop_name(drop_fn));
  }

  // The function that lower made of the method, by the name it has in this module.
  std::string_view drop_name(types::FnId drop_fn) const {
    for (const Function& function : module_.functions) {
      if (function.decl == drop_fn) return function.name;
    }
    return program_.fns[drop_fn].display_name;
  }

  void print_struct(types::StructId id) {
    const types::StructDecl& decl = program_.structs[id];
    print_head("struct", decl_name(program_, program_.structs, id), decl.type_params.size(),
               decl.drop_fn);
    out_ += " { " + fields(decl.fields) + (decl.fields.empty() ? "}\n" : " }\n");
  }

  void print_enum(types::EnumId id) {
    const types::EnumDecl& decl = program_.enums[id];
    print_head("enum", decl_name(program_, program_.enums, id), decl.type_params.size(),
               decl.drop_fn);
    out_ += " { ";
    for (size_t i = 0; i < decl.variants.size(); ++i) {
      if (i > 0) out_ += ", ";
      out_ += program_.interner.text(decl.variants[i].name);
      if (!decl.variants[i].fields.empty()) out_ += "(" + fields(decl.variants[i].fields) + ")";
    }
    out_ += " }\n";
  }

  std::string fields(const std::vector<types::FieldDecl>& fields) const {
    std::string out;
    for (size_t i = 0; i < fields.size(); ++i) {
      if (i > 0) out += ", ";
      if (fields[i].is_boxed) out += "box ";
      if (fields[i].name.valid()) {
        out += std::string(program_.interner.text(fields[i].name)) + ": ";
      }
      out += type_text(program_, fields[i].type);
    }
    return out;
  }

  void print_function(const Function& function) {
    switch (function.kind) {
      case FunctionKind::Normal:
        break;
      case FunctionKind::TaskBody:
        out_ += "task ";
        break;
      case FunctionKind::Entry:
        out_ += "entry ";
        break;
      case FunctionKind::Glue:
        out_ += "glue ";
        break;
      case FunctionKind::Const:
        out_ += "const ";
        break;
      case FunctionKind::Static:
        out_ += "static ";
        break;
      case FunctionKind::Generator:
        out_ += "gen ";
        break;
    }
    out_ += "fn " + global_name(function.name);
    if (function.type_param_count > 0) {
      out_ += "<" + std::to_string(function.type_param_count) + ">";
    }
    out_ += "(";
    for (uint32_t i = 0; i < function.param_count; ++i) {
      if (i > 0) out_ += ", ";
      print_param(function, function.param(i));
    }
    out_ += function.gives_place() ? ") -> mut " : ") -> ";
    out_ += type_text(program_, function.return_type());
    if (function.suspends == Suspends::Yes) out_ += " suspends";
    if (function.suspends == Suspends::No) out_ += " plain";
    if (function.display_name != function.name) out_ += " display " + quote(function.display_name);
    if (function.let_go.valid()) {
      out_ += " let_go " + global_name(module_.functions[function.let_go].name);
    }
    out_ += " {\n";
    for (uint32_t i = function.param_count + 1; i < function.locals.size(); ++i) {
      print_local(function, LocalId(i));
    }
    for (BlockId id : function.blocks.ids()) print_block(function, id);
    out_ += "}\n";
  }

  void print_param(const Function& function, LocalId id) {
    const Local& param = function.locals[id];
    out_ += id_text(id);
    if (param.mode == ParamMode::Mut) out_ += " mut";
    if (param.mode == ParamMode::Own) out_ += " own";
    if (param.name.valid()) out_ += " " + std::string(program_.interner.text(param.name));
    out_ += ": " + type_text(program_, param.type);
  }

  void print_local(const Function& function, LocalId id) {
    const Local& local = function.locals[id];
    out_ += "  ";
    if (local.kind == LocalKind::Flag) out_ += "flag ";
    if (local.kind == LocalKind::Var && !local.name.valid()) out_ += "var ";
    if (local.is_ref) out_ += "ref ";
    if (local.is_borrow) out_ += "borrowed ";
    if (local.is_kept) out_ += "kept ";
    out_ += id_text(id);
    if (local.name.valid()) out_ += " " + std::string(program_.interner.text(local.name));
    out_ += ": " + type_text(program_, local.type) + "\n";
  }

  void print_block(const Function& function, BlockId id) {
    const Block& block = function.blocks[id];
    out_ += id_text(id) + (block.is_cleanup ? " cleanup" : "");
    out_ += block.depth > 0 ? " depth " + std::to_string(block.depth) + ":\n" : ":\n";
    for (const Inst& inst : block.insts) {
      out_ += "  ";
      print_inst(inst);
      out_ += "\n";
    }
  }

  void print_inst(const Inst& inst) {
    if (inst.dest.valid() && inst_row(inst.kind).result == Result::Value) {
      out_ += place(inst.dest) + " = ";
    }
    switch (inst.kind) {
      case InstKind::Unary:
        out_ += op_text(inst.unary);
        break;
      case InstKind::Binary:
        out_ += op_text(inst.binary);
        break;
      default:
        out_ += inst_row(inst.kind).text;
        break;
    }
    print_details(inst);
    print_operands(inst);
    print_targets(inst);
    if (inst.in_cleanup) out_ += " in_cleanup";
    if (inst.unwind.valid()) out_ += " unwind " + id_text(inst.unwind);
  }

  // What an instruction names besides its operands.
  void print_details(const Inst& inst) {
    switch (inst.kind) {
      case InstKind::Spawn:
      case InstKind::ScopeEnter:
      case InstKind::PanicKind:
      case InstKind::Select:
        if (!inst.text.empty()) out_ += " " + quote(inst.text);
        break;
      case InstKind::CallC:
        out_ += " " + quote(inst.text) + " " + std::to_string(inst.index);
        break;
      case InstKind::Variant:
      case InstKind::CallDyn:
        out_ += " " + std::to_string(inst.index);
        break;
      case InstKind::Live:
      case InstKind::Dead:
      case InstKind::Expire:
        out_ += " " + place(inst.dest);
        break;
      case InstKind::Builtin:
        out_ += " " + std::string(types::builtin_name(inst.builtin));
        break;
      default:
        break;
    }
    if (inst.gives_place) out_ += " place";
    if (inst.is_named) out_ += " named";
    bool has_callee = inst.kind == InstKind::Call || inst.kind == InstKind::Spawn ||
                      inst.kind == InstKind::Closure || inst.kind == InstKind::Generator ||
                      (inst.kind == InstKind::CFunction && inst.callee.valid());
    if (has_callee) out_ += " " + global_name(module_.functions[inst.callee].name);
    if (inst.type_args.empty()) return;
    out_ += "<";
    for (size_t i = 0; i < inst.type_args.size(); ++i) {
      out_ += (i > 0 ? ", " : "") + type_text(program_, inst.type_args[i]);
    }
    out_ += ">";
  }

  void print_operands(const Inst& inst) {
    bool in_parens = inst.kind == InstKind::Call || inst.kind == InstKind::Spawn ||
                     inst.kind == InstKind::CFunction ||
                     inst.kind == InstKind::Closure || inst.kind == InstKind::Generator ||
                     inst.kind == InstKind::Builtin;
    if (in_parens) out_ += "(";
    for (size_t i = 0; i < inst.operands.size(); ++i) {
      if (i > 0) {
        out_ += ", ";
      } else if (!in_parens) {
        out_ += " ";
      }
      out_ += operand(inst.operands[i]);
    }
    if (in_parens) out_ += ")";
  }

  void print_targets(const Inst& inst) {
    if (inst.kind == InstKind::Switch) {
      out_ += " [";
      for (size_t i = 0; i < inst.targets.size(); ++i) {
        if (i > 0) out_ += ", ";
        bool is_case = i < inst.cases.size();
        out_ += is_case ? std::to_string(static_cast<int64_t>(inst.cases[i])) : "else";
        out_ += ": " + id_text(inst.targets[i]);
      }
      out_ += "]";
      return;
    }
    for (size_t i = 0; i < inst.targets.size(); ++i) {
      out_ += (i == 0 && inst.operands.empty() ? " " : ", ") + id_text(inst.targets[i]);
    }
  }

  std::string place(const Place& place) const {
    std::string out = id_text(place.local);
    for (const Projection& step : place.path) {
      switch (step.kind) {
        case Projection::Kind::Field:
          out += "." + std::to_string(step.index);
          break;
        case Projection::Kind::Variant:
          out += ".v" + std::to_string(step.variant) + "." + std::to_string(step.index);
          break;
        case Projection::Kind::Index:
          out += "[" + id_text(step.local) + "]";
          break;
      }
    }
    return out;
  }

  std::string operand(const Operand& operand) const {
    switch (operand.kind) {
      case Operand::Kind::Copy:
        return "copy " + place(operand.place);
      case Operand::Kind::Move:
        return "move " + place(operand.place);
      case Operand::Kind::Borrow:
        return "borrow " + place(operand.place);
      case Operand::Kind::Mut:
        return "mut " + place(operand.place);
      case Operand::Kind::Const:
        return "const " + constant(operand.constant);
    }
    SKEIN_UNREACHABLE("an unknown kind of operand");
  }

  std::string constant(const Constant& constant) const {
    TypeKind kind = program_.types.kind(constant.type);
    if (kind == TypeKind::Unit) return "()";
    return value(constant, kind) + ": " + type_text(program_, constant.type);
  }

  static std::string value(const Constant& constant, TypeKind kind) {
    switch (kind) {
      case TypeKind::Str:
      case TypeKind::Array:
        return quote(constant.text);
      case TypeKind::F32:
      case TypeKind::Float:
        return number(constant.number);
      case TypeKind::Bool:
        return constant.bits != 0 ? "true" : "false";
      case TypeKind::U8:
      case TypeKind::U16:
      case TypeKind::U32:
      case TypeKind::Uint:
      case TypeKind::Char:
        return std::to_string(constant.bits);
      default:
        return std::to_string(static_cast<int64_t>(constant.bits));
    }
  }

  // The shortest digits that read back as the same number, always with a point.
  static std::string number(double number) {
    if (std::isnan(number)) return "nan";
    if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
    char buffer[64];
    std::to_chars_result end = std::to_chars(buffer, buffer + sizeof buffer, number);
    std::string text(buffer, end.ptr);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
  }

  const Module& module_;
  const types::Program& program_;
  std::string out_;
};

std::string print(const Module& module) { return Printer(module).module(); }

std::string print(const Module& module, const Function& function) {
  return Printer(module).function(function);
}

std::string print(const Module& module, const Inst& inst) { return Printer(module).inst(inst); }

}  // namespace skein::sir
