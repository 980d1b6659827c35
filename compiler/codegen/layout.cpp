// Computes layouts once per type.
#include "compiler/codegen/layout.h"

#include <algorithm>

#include "compiler/support/check.h"
#include "llvm/IR/DerivedTypes.h"
#include "runtime/abi/layout.h"

namespace skein::codegen {

// Values of up to this many bytes travel in registers.
static constexpr uint64_t kDirectBytes = 16;

bool Layout::has_bare_variant() const {
  return std::any_of(variants.begin(), variants.end(),
                     [](const std::vector<FieldLayout>& fields) { return fields.empty(); });
}

const Layout& Layouts::of(TypeId type) {
  auto known = known_.find(type.index);
  if (known != known_.end()) return *known->second;
  std::unique_ptr<Layout> layout = std::make_unique<Layout>(compute(type));
  choose_passing(*layout, type);
  return *known_.emplace(type.index, std::move(layout)).first->second;
}

llvm::Type* Layouts::memory_type(const Layout& layout) {
  if (layout.scalar != nullptr) return layout.scalar;
  uint64_t unit = std::min<uint64_t>(layout.align, 8);
  llvm::Type* word = llvm::IntegerType::get(context_, static_cast<unsigned>(unit) * 8);
  return llvm::ArrayType::get(word, layout.size / unit);
}

Layout Layouts::scalar(llvm::Type* type, uint64_t size) {
  Layout layout;
  layout.size = size;
  layout.align = size;
  layout.scalar = type;
  return layout;
}

Layout Layouts::pointer() { return scalar(llvm::PointerType::getUnqual(context_), 8); }

Layout Layouts::compute(TypeId id) {
  const types::Type type = program_.types.get(id);
  if (types::is_integer(type.kind)) {
    unsigned bits = types::bit_width(type.kind);
    return scalar(llvm::IntegerType::get(context_, bits), bits / 8);
  }
  switch (type.kind) {
    case TypeKind::Never:
    case TypeKind::Unit:
      return Layout();
    case TypeKind::Bool:
      return scalar(llvm::Type::getInt8Ty(context_), 1);
    case TypeKind::Char:
      return scalar(llvm::Type::getInt32Ty(context_), 4);
    case TypeKind::F32:
      return scalar(llvm::Type::getFloatTy(context_), 4);
    case TypeKind::Float:
      return scalar(llvm::Type::getDoubleTy(context_), 8);
    case TypeKind::Duration:
    case TypeKind::Instant:
      return scalar(llvm::Type::getInt64Ty(context_), 8);
    case TypeKind::Scope: {
      Layout layout;
      layout.size = sizeof(abi::Scope);
      layout.align = alignof(abi::Scope);
      return layout;
    }
    case TypeKind::Tuple:
    case TypeKind::Struct:
    case TypeKind::Closure:
    case TypeKind::Range:
    case TypeKind::RangeInclusive:
      return fields_in_order(field_types(id));
    case TypeKind::Window: {
      Layout layout;
      layout.align = 8;
      layout.size = kWindowLength + 8;
      return layout;
    }
    case TypeKind::FixedArray: {
      const Layout& element = of(type.args[0]);
      Layout layout;
      layout.align = element.align;
      layout.size = element.size * type.length;
      return layout;
    }
    case TypeKind::Option:
      return option(id);
    case TypeKind::Result:
    case TypeKind::Enum:
      return tagged(id);
    case TypeKind::Task:
      return task(type.args[0]);
    default:
      break;
  }
  SKEIN_CHECK(type.kind != TypeKind::Error && type.kind != TypeKind::Param &&
                  type.kind != TypeKind::Var,
              "a type that no value has");
  SKEIN_CHECK(type.kind != TypeKind::Assoc, "an associated type that nobody found");
  return pointer();
}

// Puts fields behind `start`, raises `align` to what they need, and gives the end.
uint64_t Layouts::place_fields(std::vector<FieldLayout>& fields, uint64_t start, uint64_t& align) {
  for (FieldLayout& field : fields) {
    uint64_t size = 8;
    uint64_t field_align = 8;
    if (!field.is_boxed && !field.is_place) {
      const Layout& inner = of(field.type);
      size = inner.size;
      field_align = inner.align;
    }
    field.offset = align_up(start, field_align);
    start = field.offset + size;
    align = std::max(align, field_align);
  }
  return start;
}

std::vector<FieldLayout> Layouts::field_types(TypeId id) {
  const types::Type type = program_.types.get(id);
  if (type.kind == TypeKind::Range || type.kind == TypeKind::RangeInclusive) {
    return {{.type = type.args[0]}, {.type = type.args[0]}};
  }
  std::vector<FieldLayout> fields;
  for (TypeId field : program_.fields(id)) fields.push_back({.type = field});
  if (type.kind == TypeKind::Closure) {
    bool is_borrowed = program_.closures[types::ClosureId(type.decl)].is_borrowed;
    for (FieldLayout& field : fields) field.is_place = is_borrowed;
  }
  if (type.kind == TypeKind::Struct) {
    const types::StructDecl& decl = program_.structs[types::StructId(type.decl)];
    for (size_t i = 0; i < fields.size(); ++i) fields[i].is_boxed = decl.fields[i].is_boxed;
  }
  return fields;
}

Layout Layouts::fields_in_order(const std::vector<FieldLayout>& fields) {
  Layout layout;
  layout.fields = fields;
  uint64_t end = place_fields(layout.fields, 0, layout.align);
  layout.size = align_up(end, layout.align);
  return layout;
}

static bool is_never_null(TypeKind kind) {
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

// Whether a value begins with a pointer that is never null.
bool Layouts::begins_with_pointer(TypeId type) {
  if (is_never_null(program_.types.kind(type))) return true;
  const Layout& layout = of(type);
  if (layout.fields.empty()) return false;
  const FieldLayout& first = layout.fields.front();
  return first.is_boxed || first.is_place || begins_with_pointer(first.type);
}

Layout Layouts::option(TypeId id) {
  TypeId value = program_.types.arg(id);
  Layout layout;
  const Layout& inner = of(value);
  if (begins_with_pointer(value)) {
    layout = inner.scalar != nullptr ? pointer() : Layout();
    layout.size = inner.size;
    layout.align = inner.align;
    layout.variants = {{}, {{.type = value}}};
    return layout;
  }
  layout.align = inner.align;
  layout.tag = llvm::Type::getInt8Ty(context_);
  layout.tag_offset = inner.size;
  layout.size = align_up(inner.size + 1, layout.align);
  layout.variants = {{}, {{.type = value}}};
  return layout;
}

std::vector<FieldLayout> Layouts::variant_fields(TypeId id, uint32_t variant) {
  std::vector<FieldLayout> fields;
  for (TypeId field : program_.variant_fields(id, variant)) fields.push_back({.type = field});
  const types::Type& type = program_.types.get(id);
  if (type.kind == TypeKind::Enum) {
    const types::EnumDecl& decl = program_.enums[types::EnumId(type.decl)];
    const std::vector<types::FieldDecl>& decls = decl.variants[variant].fields;
    for (size_t i = 0; i < fields.size(); ++i) fields[i].is_boxed = decls[i].is_boxed;
  }
  return fields;
}

Layout Layouts::tagged(TypeId id) {
  size_t count = program_.variant_count(id);
  SKEIN_CHECK(count <= UINT16_MAX, "an enum with more variants than a tag can tell apart");
  uint64_t tag_size = count <= 256 ? 1 : 2;
  Layout layout;
  layout.tag = llvm::IntegerType::get(context_, static_cast<unsigned>(tag_size) * 8);
  layout.align = tag_size;
  uint64_t end = tag_size;
  for (uint32_t variant = 0; variant < count; ++variant) {
    std::vector<FieldLayout> fields = variant_fields(id, variant);
    end = std::max(end, place_fields(fields, tag_size, layout.align));
    layout.variants.push_back(std::move(fields));
  }
  layout.size = align_up(end, layout.align);
  if (layout.size == tag_size) layout.scalar = layout.tag;
  return layout;
}

Layout Layouts::task(TypeId value) {
  const Layout& inner = of(value);
  SKEIN_CHECK(inner.align <= 8, "a future has no place for a value of larger alignment");
  Layout layout;
  layout.align = 8;
  layout.size = align_up(abi::kFutureResult + inner.size, 8);
  return layout;
}

// The scalars a value consists of, if they never overlap; false otherwise or if there are many.
bool Layouts::leaves(const Layout& layout, TypeId type, uint64_t base, std::vector<Piece>& out) {
  if (layout.scalar != nullptr) {
    out.push_back({base, layout.scalar});
    return out.size() <= 2;
  }
  if (layout.size == 0) return true;
  TypeKind kind = program_.types.kind(type);
  if (kind == TypeKind::Task) {
    out.push_back({base, llvm::PointerType::getUnqual(context_)});
    TypeId value = program_.types.arg(type);
    return out.size() <= 2 && leaves(of(value), value, base + abi::kFutureResult, out);
  }
  if (kind == TypeKind::Window) {
    out.push_back({base, llvm::PointerType::getUnqual(context_)});
    out.push_back({base + kWindowLength, llvm::IntegerType::get(context_, 64)});
    return out.size() <= 2;
  }
  if (kind == TypeKind::Option) {
    TypeId value = program_.types.arg(type);
    if (!leaves(of(value), value, base, out)) return false;
    if (layout.tag == nullptr) return true;
    out.push_back({base + layout.tag_offset, layout.tag});
    return out.size() <= 2;
  }
  if (layout.fields.empty()) return false;
  for (const FieldLayout& field : layout.fields) {
    if (field.is_boxed || field.is_place) {
      out.push_back({base + field.offset, llvm::PointerType::getUnqual(context_)});
    } else if (!leaves(of(field.type), field.type, base + field.offset, out)) {
      return false;
    }
    if (out.size() > 2) return false;
  }
  return true;
}

// Whole words, then the largest integers that fit the rest.
static std::vector<Piece> chunks(llvm::LLVMContext& context, uint64_t size) {
  std::vector<Piece> pieces;
  uint64_t offset = 0;
  for (uint64_t unit = 8; unit > 0; unit /= 2) {
    while (size - offset >= unit) {
      pieces.push_back({offset, llvm::IntegerType::get(context, static_cast<unsigned>(unit) * 8)});
      offset += unit;
    }
  }
  return pieces;
}

void Layouts::choose_passing(Layout& layout, TypeId type) {
  if (layout.size == 0) return;
  layout.passing = Passing::Indirect;
  if (layout.size > kDirectBytes || program_.types.kind(type) == TypeKind::Scope) return;
  std::vector<Piece> pieces;
  if (!leaves(layout, type, 0, pieces)) pieces = chunks(context_, layout.size);
  if (pieces.size() > 2) return;
  layout.passing = Passing::Direct;
  layout.pieces = std::move(pieces);
}

}  // namespace skein::codegen
