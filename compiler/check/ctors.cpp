// Constructors of the types that have them, and lengths of arrays.
#include "compiler/check/ctors.h"

#include <algorithm>

namespace skein::check {

static size_t count_of(Context& ctx, TypeId type) {
  switch (ctx.types.kind(type)) {
    case TypeKind::Bool: return 2;
    case TypeKind::Unit:
    case TypeKind::Tuple:
    case TypeKind::Struct:
      return 1;
    case TypeKind::Option:
    case TypeKind::Result:
    case TypeKind::Enum:
      return ctx.program.variant_count(type);
    default:
      return 0;
  }
}

Ctors::Ctors(Context& ctx, TypeId type, const std::vector<Row>& rows, const Pat* head)
    : ctx_(ctx), type_(type), kind_(ctx.types.kind(type)) {
  if (!is_array()) {
    count_ = count_of(ctx, type);
    return;
  }
  for (const Row& row : rows) measure(*row.back());
  if (head) measure(*head);
  if (kind_ == TypeKind::FixedArray) {
    size_t length = ctx.types.get(type).length;
    before_ = std::min(before_, length);
    after_ = std::min(after_, length - before_);
    count_ = 1;
  } else {
    longest_ = std::max(longest_, before_ + after_);
    before_ = longest_ - after_;
    count_ = longest_ + 1;
  }
}

// Makes room for the lengths that the pattern tells apart.
void Ctors::measure(const Pat& pat) {
  if (pat.kind != Pat::Kind::Array) return;
  bool is_whole = kind_ == TypeKind::FixedArray || pat.has_rest;
  if (is_whole) {
    size_t before = pat.has_rest ? pat.before : pat.parts.size();
    before_ = std::max(before_, before);
    after_ = std::max(after_, pat.parts.size() - before);
  } else {
    longest_ = std::max(longest_, pat.parts.size() + 1);
  }
}

// Whether it stands for arrays of more elements than are looked at.
bool Ctors::is_open(uint32_t ctor) const {
  if (kind_ == TypeKind::FixedArray) return before_ + after_ < ctx_.types.get(type_).length;
  return ctor == longest_;
}

size_t Ctors::part_count(uint32_t ctor) const {
  return kind_ == TypeKind::FixedArray || ctor == longest_ ? before_ + after_ : ctor;
}

std::vector<TypeId> Ctors::parts(uint32_t ctor) const {
  switch (kind_) {
    case TypeKind::Tuple:
    case TypeKind::Struct:
      return ctx_.program.fields(type_);
    case TypeKind::Option:
    case TypeKind::Result:
    case TypeKind::Enum:
      return ctx_.program.variant_fields(type_, ctor);
    case TypeKind::Array:
    case TypeKind::FixedArray:
      return std::vector<TypeId>(part_count(ctor), ctx_.types.arg(type_));
    default:
      return {};
  }
}

bool Ctors::matches(const Pat& pat, uint32_t ctor) const {
  if (pat.kind == Pat::Kind::Ctor) return pat.ctor == ctor;
  if (pat.kind != Pat::Kind::Array) return pat.kind == Pat::Kind::Wild;
  if (kind_ == TypeKind::FixedArray) return true;
  return pat.has_rest ? ctor >= pat.parts.size() : ctor == pat.parts.size();
}

std::vector<const Pat*> Ctors::parts_of(const Pat& pat, size_t count, const Pat* wild) const {
  if (pat.kind == Pat::Kind::Ctor) return pat.parts;
  std::vector<const Pat*> out(count, wild);
  if (pat.kind != Pat::Kind::Array) return out;
  size_t before = pat.has_rest ? pat.before : pat.parts.size();
  std::copy(pat.parts.begin(), pat.parts.begin() + static_cast<ptrdiff_t>(before), out.begin());
  std::copy_backward(pat.parts.begin() + static_cast<ptrdiff_t>(before), pat.parts.end(), out.end());
  return out;
}

// ---- as one writes them --------------------------------------------------------------------

static std::string named_text(Context& ctx, const std::string& name,
                              const std::vector<types::FieldDecl>& fields,
                              const std::vector<std::string>& parts) {
  std::string out = name + " { ";
  bool has_rest = false, has_any = false;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] == "_") {
      has_rest = true;
      continue;
    }
    out += std::string(has_any ? ", " : "") + std::string(ctx.text(fields[i].name)) + ": " +
           parts[i];
    has_any = true;
  }
  if (has_rest) out += has_any ? ", .." : "..";
  return out + " }";
}

std::string Ctors::array_text(uint32_t ctor, const std::vector<std::string>& parts) const {
  std::string out = "[";
  auto add = [&](const std::string& part) { out += (out.size() > 1 ? ", " : "") + part; };
  for (size_t i = 0; i < parts.size(); ++i) {
    if (is_open(ctor) && i == before_) add("..");
    add(parts[i]);
  }
  if (is_open(ctor) && parts.size() == before_) add("..");
  return out + "]";
}

std::string Ctors::text(uint32_t ctor, const std::vector<std::string>& parts) const {
  if (is_array()) return array_text(ctor, parts);
  std::string inner;
  for (const std::string& part : parts) inner += (inner.empty() ? "" : ", ") + part;
  const Type head = ctx_.types.get(type_);
  switch (head.kind) {
    case TypeKind::Bool: return ctor == 1 ? "true" : "false";
    case TypeKind::Unit: return "()";
    case TypeKind::Tuple: return "(" + inner + ")";
    case TypeKind::Option: return ctor == 0 ? "none" : inner == "_" ? "a value" : inner;
    case TypeKind::Struct: {
      const types::StructDecl& decl = ctx_.program.structs[StructId(head.decl)];
      return named_text(ctx_, std::string(ctx_.text(decl.name)), decl.fields, parts);
    }
    default:
      break;
  }
  std::string name = ctx_.program.variant_name(type_, ctor);
  if (parts.empty()) return name;
  if (head.kind == TypeKind::Enum) {
    const types::VariantDecl& variant = ctx_.program.enums[EnumId(head.decl)].variants[ctor];
    if (variant.has_names) return named_text(ctx_, name, variant.fields, parts);
  }
  return name + "(" + inner + ")";
}

}  // namespace skein::check
