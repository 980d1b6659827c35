// Shows composite values: arrays `[1, 2]`, tuples `(1, "a")`, structs `Point { x: 1, y: 2 }`,
// variants `Circle(2.0)`, an option as its value or `none`. Text inside is quoted.
#include <utility>

#include "compiler/passes/drop_glue.h"
#include "compiler/passes/value_glue.h"
#include "compiler/sir/print.h"

namespace skein::passes {

using types::Builtin;
using types::ParamMode;
using types::TypeKind;

// The parameters of a show function.
static constexpr LocalId kValue(1);
static constexpr LocalId kOut(2);

static bool is_option(const sir::Module& module, TypeId type) {
  return module.types().kind(type) == TypeKind::Option;
}

// `Map` and `Set` of stdlib/core.
static bool is_collection(const sir::Module& module, TypeId id) {
  const types::Type& type = module.types().get(id);
  const types::CoreDecls& core = module.program->core;
  return type.kind == TypeKind::Struct &&
         (type.decl == core.map.index || type.decl == core.set.index);
}

FunctionId ValueGlue::show(TypeId type, const std::string& spec) {
  // An option shows its value, so only there it matters who asks.
  bool is_quoted = spec == "?" && is_option(module_, type);
  bool is_padded = !spec.empty() && spec != "?";
  auto method = module_.show_methods.find(type);
  if (method != module_.show_methods.end() && !is_padded) return method->second;
  std::string name = is_quoted ? "debug." : "show.";
  name += sir::type_text(*module_.program, type);
  if (is_padded) name += ":" + spec;
  auto found = functions_.find(name);
  if (found != functions_.end()) return found->second;
  FunctionId id = make_show(name, type);
  Writer writer(module_, id);
  writer.begin(BlockId(0));
  if (is_padded) {
    write_show_padded(writer, type, spec);
  } else {
    write_show(writer, type, is_option(module_, type) && !is_quoted ? "" : "?");
  }
  return id;
}

FunctionId ValueGlue::make_show(std::string name, TypeId type) {
  FunctionId id = add_glue(module_, name, module_.types().unit());
  functions_.emplace(std::move(name), id);
  sir::Function& function = module_.functions[id];
  add_param(function, type, ParamMode::Borrow);
  add_param(function, module_.types().str(), ParamMode::Mut);
  return id;
}

void ValueGlue::append(Writer& writer, std::string text) {
  writer.builtin(Builtin::StrAppend, TypeId(),
                 {Operand::mut(kOut), writer.str_const(std::move(text))});
}

void ValueGlue::show_part(Writer& writer, Place place, TypeId type, std::string_view spec) {
  write(writer, Builtin::Show, type,
        {Operand::borrow(std::move(place)), Operand::mut(kOut),
         writer.str_const(std::string(spec))},
        Place(), BlockId());
}

// Width and alignment are for the text as a whole, so it is made first.
void ValueGlue::write_show_padded(Writer& writer, TypeId type, const std::string& spec) {
  LocalId text = writer.new_temp(module_.types().str());
  BlockId on_panic = writer.new_block(true);
  writer.assign(text, writer.str_const(""));
  write(writer, Builtin::Show, type,
        {Operand::borrow(kValue), Operand::mut(text), writer.str_const("")}, Place(), on_panic);
  writer.builtin(Builtin::Show, module_.types().str(),
                 {Operand::borrow(text), Operand::mut(kOut), writer.str_const(spec)}, Place(),
                 on_panic);
  writer.emit(InstKind::Drop, {Operand::move(text)});
  writer.ret();
  writer.begin(on_panic);
  writer.emit(InstKind::Drop, {Operand::move(text)});
  writer.emit(InstKind::ResumeUnwind, {});
}

void ValueGlue::write_show(Writer& writer, TypeId type, std::string_view inner_spec) {
  switch (module_.types().kind(type)) {
    case TypeKind::Array:
    case TypeKind::FixedArray:
      show_array(writer, type);
      break;
    case TypeKind::Option:
    case TypeKind::Result:
    case TypeKind::Enum:
      return show_variants(writer, type, inner_spec);
    case TypeKind::Struct:
      if (is_collection(module_, type)) {
        show_collection(writer, type);
      } else {
        show_struct(writer, type);
      }
      break;
    case TypeKind::Tuple: {
      const std::vector<TypeId> parts = module_.types().get(type).args;
      std::vector<Place> places;
      for (uint32_t i = 0; i < parts.size(); ++i) places.push_back(field_of(kValue, i));
      append(writer, "(");
      show_fields(writer, parts, std::move(places), {});
      append(writer, parts.size() == 1 ? ",)" : ")");
      break;
    }
    case TypeKind::Range:
    case TypeKind::RangeInclusive: {
      TypeId bound = module_.types().arg(type);
      show_part(writer, field_of(kValue, 0), bound, "?");
      append(writer, module_.types().kind(type) == TypeKind::Range ? ".." : "..=");
      show_part(writer, field_of(kValue, 1), bound, "?");
      break;
    }
    case TypeKind::Atomic: {
      TypeId content = module_.types().arg(type);
      LocalId value = writer.new_temp(content);
      // In the strongest order, as any number that is none counts.
      Operand order = Operand::constant_int(module_.types().int_(), 4);
      writer.builtin(Builtin::AtomicLoad, content, {Operand::borrow(kValue), order}, value);
      append(writer, "Atomic(");
      show_part(writer, value, content, "?");
      writer.emit(InstKind::Drop, {Operand::move(value)});
      append(writer, ")");
      break;
    }
    default:
      // Tasks, functions and other things without parts to look at.
      append(writer, module_.program->type_name(type));
      break;
  }
  writer.ret();
}

void ValueGlue::show_fields(Writer& writer, const std::vector<TypeId>& types,
                            std::vector<Place> places, const std::vector<std::string>& names) {
  for (size_t i = 0; i < types.size(); ++i) {
    std::string before = i > 0 ? ", " : "";
    if (!names.empty()) before += names[i] + ": ";
    if (!before.empty()) append(writer, std::move(before));
    show_part(writer, std::move(places[i]), types[i], "?");
  }
}

static std::vector<std::string> field_names(const types::Program& program,
                                            const std::vector<types::FieldDecl>& fields) {
  std::vector<std::string> names;
  for (const types::FieldDecl& field : fields) {
    if (field.name.valid()) names.emplace_back(program.interner.text(field.name));
  }
  return names;
}

void ValueGlue::show_struct(Writer& writer, TypeId type) {
  const types::Program& program = *module_.program;
  const types::StructDecl& decl = program.structs[types::StructId(module_.types().get(type).decl)];
  std::string name(program.interner.text(decl.name));
  std::vector<TypeId> fields = field_types(module_, type);
  if (fields.empty()) return append(writer, std::move(name));
  std::vector<Place> places;
  for (uint32_t i = 0; i < fields.size(); ++i) places.push_back(field_of(kValue, i));
  append(writer, name + " { ");
  show_fields(writer, fields, std::move(places), field_names(program, decl.fields));
  append(writer, " }");
}

void ValueGlue::show_array(Writer& writer, TypeId type) {
  append(writer, "[");
  LocalId count = element_count(writer, kValue, type);
  ElementLoop loop = begin_elements(writer, count);
  LocalId is_later = writer.new_temp(module_.types().bool_());
  BlockId comma = writer.new_block();
  BlockId element = writer.new_block();
  writer.binary(sir::BinaryOp::Gt, is_later, Operand::copy(loop.index), writer.int_const(0));
  writer.branch(Operand::copy(is_later), comma, element);
  writer.begin(comma);
  append(writer, ", ");
  writer.jump(element);
  writer.begin(element);
  show_part(writer, element_of(kValue, loop.index), module_.types().arg(type), "?");
  end_elements(writer, loop);
  append(writer, "]");
}

// `["a": 1]` and `Set([1, 2])`. The entries stand in the first field of a map, each an option of
// key and value; a set is a map in a field.
void ValueGlue::show_collection(Writer& writer, TypeId type) {
  const types::Type whole = module_.types().get(type);
  bool is_set = whole.decl == module_.program->core.set.index;
  Place entries = field_of(is_set ? field_of(kValue, 0) : Place(kValue), 0);
  TypeId entries_type = sir::place_type(module_, writer.function, entries);
  append(writer, is_set ? "Set([" : "[");
  LocalId count = element_count(writer, entries, entries_type);
  LocalId is_later = writer.new_temp(module_.types().bool_());
  writer.assign(is_later, writer.bool_const(false));
  ElementLoop loop = begin_elements(writer, count);
  BlockId entry = writer.new_block();
  BlockId comma = writer.new_block();
  BlockId parts = writer.new_block();
  BlockId next = writer.new_block();
  Place slot = element_of(entries, loop.index);
  writer.switch_on(Operand::copy(read_tag(writer, slot)), {next, entry});
  writer.begin(entry);
  writer.branch(Operand::copy(is_later), comma, parts);
  writer.begin(comma);
  append(writer, ", ");
  writer.jump(parts);
  writer.begin(parts);
  writer.assign(is_later, writer.bool_const(true));
  Place pair = payload_of(slot, 1, 0);
  show_part(writer, field_of(pair, 0), whole.args[0], "?");
  if (!is_set) {
    append(writer, ": ");
    show_part(writer, field_of(pair, 1), whole.args[1], "?");
  }
  writer.jump(next);
  writer.begin(next);
  end_elements(writer, loop);
  if (!is_set) {
    BlockId empty = writer.new_block();
    BlockId done = writer.new_block();
    writer.branch(Operand::copy(is_later), done, empty);
    writer.begin(empty);
    append(writer, ":");
    writer.jump(done);
    writer.begin(done);
  }
  append(writer, is_set ? "])" : "]");
}

void ValueGlue::show_variants(Writer& writer, TypeId type, std::string_view inner_spec) {
  LocalId tag = read_tag(writer, kValue);
  std::vector<BlockId> arms;
  for (uint32_t i = 0; i < module_.program->variant_count(type); ++i) {
    arms.push_back(writer.new_block());
  }
  writer.switch_on(Operand::copy(tag), arms);
  for (uint32_t variant = 0; variant < arms.size(); ++variant) {
    writer.begin(arms[variant]);
    show_variant(writer, type, variant, inner_spec);
    writer.ret();
  }
}

void ValueGlue::show_variant(Writer& writer, TypeId type, uint32_t variant,
                             std::string_view inner_spec) {
  const types::Program& program = *module_.program;
  std::vector<TypeId> fields = module_.program->variant_fields(type, variant);
  if (is_option(module_, type) && variant == 1) {
    return show_part(writer, payload_of(kValue, 1, 0), fields[0], inner_spec);
  }
  std::string name = program.variant_name(type, variant);
  if (fields.empty()) return append(writer, std::move(name));
  std::vector<std::string> names;
  const types::Type& whole = module_.types().get(type);
  if (whole.kind == TypeKind::Enum) {
    const types::EnumDecl& decl = program.enums[types::EnumId(whole.decl)];
    names = field_names(program, decl.variants[variant].fields);
  }
  std::vector<Place> places;
  for (uint32_t i = 0; i < fields.size(); ++i) places.push_back(payload_of(kValue, variant, i));
  append(writer, name + "(");
  show_fields(writer, fields, std::move(places), names);
  append(writer, ")");
}

}  // namespace skein::passes
