// Where the parts of a value lie in memory, and how a value travels in registers.
//
// Memory is untyped for LLVM: a value is `size` bytes, its parts are at offsets computed here, and
// LLVM's SROA finds the scalars. Nothing outside this program sees these layouts, except the parts
// that runtime/abi/layout.h fixes (Task, Scope, Buffer).
//
//   struct, tuple, range   the fields in their order, each aligned
//   T?                     the value, its first word null for none, where T begins with a pointer
//                          that is never null; else the value, then a tag byte
//   enum, Result           a tag, then the payload of the variant; without payloads just the tag
//   Task<T>                { ptr future, T value }
//   str, [T], handles      one pointer
//   a window               { ptr first element, i64 length }
//   a boxed field          one pointer to a Box
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "compiler/types/program.h"

namespace llvm {
class LLVMContext;
class Type;
}  // namespace llvm

namespace skein::codegen {

using types::TypeId;
using types::TypeKind;

struct FieldLayout {
  TypeId type;
  uint64_t offset = 0;
  bool is_boxed = false;
  bool is_place = false;   // the address of a variable that somebody else owns
};

// A part of a value that travels in a register.
struct Piece {
  uint64_t offset = 0;
  llvm::Type* type = nullptr;
};

enum class Passing : uint8_t {
  None,       // it has no bytes
  Direct,     // in one or two registers, its `pieces`
  Indirect,   // by a pointer to its bytes
};

struct Layout {
  uint64_t size = 0;
  uint64_t align = 1;
  Passing passing = Passing::None;
  std::vector<Piece> pieces;
  // The type in memory of a value that is a single number or pointer; null for all others.
  llvm::Type* scalar = nullptr;

  std::vector<FieldLayout> fields;                 // struct, tuple, range
  std::vector<std::vector<FieldLayout>> variants;  // enum, option, result: payload fields
  llvm::Type* tag = nullptr;                       // null: an option whose none begins with null
  uint64_t tag_offset = 0;

  // One without payload.
  bool has_bare_variant() const;
};

// Where a window has its length, behind the address of its first element.
constexpr uint64_t kWindowLength = 8;

constexpr uint64_t align_up(uint64_t offset, uint64_t align) {
  return (offset + align - 1) / align * align;
}

class Layouts {
 public:
  Layouts(types::Program& program, llvm::LLVMContext& context)
      : program_(program), context_(context) {}

  const Layout& of(TypeId type);
  // A type of that size and alignment, for an alloca or an array of such values.
  llvm::Type* memory_type(const Layout& layout);

 private:
  Layout compute(TypeId type);
  Layout scalar(llvm::Type* type, uint64_t size);
  Layout pointer();
  std::vector<FieldLayout> field_types(TypeId type);
  Layout fields_in_order(const std::vector<FieldLayout>& fields);
  bool begins_with_pointer(TypeId type);
  Layout option(TypeId type);
  Layout tagged(TypeId type);
  Layout task(TypeId value);
  std::vector<FieldLayout> variant_fields(TypeId type, uint32_t variant);
  uint64_t place_fields(std::vector<FieldLayout>& fields, uint64_t start, uint64_t& align);
  bool leaves(const Layout& layout, TypeId type, uint64_t base, std::vector<Piece>& out);
  void choose_passing(Layout& layout, TypeId type);

  types::Program& program_;
  llvm::LLVMContext& context_;
  std::unordered_map<uint32_t, std::unique_ptr<Layout>> known_;
};

}  // namespace skein::codegen
