// Functions that show, compare and hash values of composite types and make their defaults, made on
// demand, each once for its type: `show.[int]`, `equal.Point`, `compare.(int, str)`, `hash.Shape`,
// `default.Point`. A type with an impl of the trait has its own instead.
//
// Scalars and text stay builtin instructions; what is written here only takes values apart.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/passes/writer.h"

namespace skein::passes {

class ValueGlue {
 public:
  explicit ValueGlue(sir::Module& module);

  // Whether codegen shows (compares, hashes) values of the type by one instruction.
  bool is_leaf(TypeId type) const;

  // fn(value: T, mut out: str). `spec` is that of the builtin: "?" quotes text, as in containers;
  // anything else but "" is for the text as a whole, as width and alignment are.
  FunctionId show(TypeId type, const std::string& spec);
  FunctionId equal(TypeId type);     // fn(a: T, b: T) -> bool
  FunctionId compare(TypeId type);   // fn(a: T, b: T) -> int
  FunctionId hash(TypeId type);      // fn(value: T, seed: uint) -> uint
  FunctionId default_value(TypeId type);   // fn() -> T, of a type with parts

  // One of the builtins on a value of any type: the instruction for a leaf, else a call. Operands
  // are those of the builtin.
  void write(Writer& writer, types::Builtin builtin, TypeId type, std::vector<Operand> operands,
             Place dest, BlockId unwind);

 private:
  using WriteBody = void (ValueGlue::*)(Writer& writer, TypeId type);
  // The function `verb` of the type; a new one gets its parameters, all borrowed, then its body by
  // `write_body`.
  FunctionId find_or_make(std::string_view verb, TypeId type, TypeId result,
                          const std::vector<TypeId>& params, WriteBody write_body);
  FunctionId make_show(std::string name, TypeId type);

  // show_glue.cpp
  void write_show(Writer& writer, TypeId type, std::string_view inner_spec);
  void write_show_padded(Writer& writer, TypeId type, const std::string& spec);
  void show_fields(Writer& writer, const std::vector<TypeId>& types, std::vector<Place> places,
                   const std::vector<std::string>& names);
  void show_array(Writer& writer, TypeId type);
  void show_struct(Writer& writer, TypeId type);
  void show_collection(Writer& writer, TypeId type);
  void show_variants(Writer& writer, TypeId type, std::string_view inner_spec);
  void show_variant(Writer& writer, TypeId type, uint32_t variant, std::string_view inner_spec);
  void show_part(Writer& writer, Place place, TypeId type, std::string_view spec);
  void append(Writer& writer, std::string text);

  // compare_glue.cpp
  void write_equal(Writer& writer, TypeId type);
  void write_compare(Writer& writer, TypeId type);
  void write_hash(Writer& writer, TypeId type);

  // default_glue.cpp
  void put_default(Writer& writer, TypeId type, Place dest, BlockId unwind);
  void write_default(Writer& writer, TypeId type);
  void write_leaf_default(Writer& writer, TypeId type, Place dest);
  void write_fixed_default(Writer& writer, TypeId type);
  std::vector<Operand> write_parts(Writer& writer, const std::vector<TypeId>& types);
  static void make(Writer& writer, InstKind kind, Place dest, std::vector<Operand> parts);

  sir::Module& module_;
  std::unordered_map<std::string, FunctionId> functions_;
};

// A loop over the elements of an array: between begin and end, `index` is the number of one.
struct ElementLoop {
  LocalId index;
  BlockId head;
  BlockId done;
};
// `count` holds how many there are. Writing goes on in the loop's body.
ElementLoop begin_elements(Writer& writer, LocalId count);
// Writing goes on behind the loop.
void end_elements(Writer& writer, const ElementLoop& loop);
LocalId element_count(Writer& writer, Place array, TypeId type);
// Reads which variant a value has into a new local.
LocalId read_tag(Writer& writer, Place place);

}  // namespace skein::passes
