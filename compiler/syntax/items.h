// Declarations and modules: the part of the tree outside of function bodies.
#pragma once

#include "compiler/syntax/ast.h"

namespace skein::ast {

// `@name(args)`.
struct Attribute {
  Ident name;
  std::span<const Arg> args;
  Span span;
};

struct Item : NodeBase<ItemId, ItemKind> {
  using NodeBase::NodeBase;
  Ident name;  // not valid for impl, use, test, extern
  bool is_pub = false;
  Symbol doc;  // the `///` lines before it, or not valid
  std::span<const Attribute> attributes;
};
SKEIN_NODE_OF(ItemOf, Item, ItemKind);

struct GenericParam {
  Ident name;
  std::span<TypeExpr* const> bounds;  // `T: A + B`
  TypeExpr* fallback = nullptr;       // `E = dyn Error`
};

// `where T.Item: Show + Ord`.
struct WherePredicate {
  TypeExpr* subject = nullptr;
  std::span<TypeExpr* const> bounds;
};

struct Generics {
  std::span<const GenericParam> params;
  std::span<const WherePredicate> where;
};

struct Param {
  Ident name;  // `self` too
  Mode mode = Mode::Plain;
  bool is_self = false;
  bool is_using = false;      // `using s: Scope`
  TypeExpr* type = nullptr;   // null for `self`
  Expr* fallback = nullptr;   // `n: int = 1`
  Span span;
};

struct FnItem : ItemOf<ItemKind::Fn> {
  bool is_gen = false;
  // `const MAX: int = 3` in a trait or impl: a function without parameters that is computed once
  // for each type. Its body is the value.
  bool is_const = false;
  Generics generics;
  std::span<const Param> params;  // `self` first
  bool is_variadic = false;       // `...` behind them, of a function of C's
  TypeExpr* ret = nullptr;        // null: ()
  bool ret_mut = false;           // `-> mut T`: a projection
  Block* body = nullptr;          // null: declared only (traits, extern, `@builtin`), or reported
};

struct FieldDecl {
  Ident name;
  bool is_pub = false;
  TypeExpr* type = nullptr;
  Expr* fallback = nullptr;
  Symbol doc;
  std::span<const Attribute> attributes;
};

struct StructItem : ItemOf<ItemKind::Struct> {
  Generics generics;
  std::span<const FieldDecl> fields;
};

struct VariantDecl {
  Ident name;
  bool has_named_fields = false;
  std::span<TypeExpr* const> payload;  // `Num(int)`
  std::span<const FieldDecl> fields;   // `Rect { w: int }`
  Symbol doc;
  std::span<const Attribute> attributes;
  Span span;
};

struct EnumItem : ItemOf<ItemKind::Enum> {
  Generics generics;
  std::span<const VariantDecl> variants;
};

struct TraitItem : ItemOf<ItemKind::Trait> {
  bool is_unique = false;
  Generics generics;
  std::span<TypeExpr* const> supertraits;
  std::span<Item* const> items;  // FnItem, TypeAliasItem
};

struct ImplItem : ItemOf<ItemKind::Impl> {
  Generics generics;
  TypeExpr* trait = nullptr;  // null: methods of the type itself
  TypeExpr* self_type = nullptr;
  std::span<Item* const> items;  // FnItem, TypeAliasItem
  bool is_derived = false;       // by `@derive(Json)`
};

struct ConstItem : ItemOf<ItemKind::Const> {
  TypeExpr* type = nullptr;
  Expr* value = nullptr;
};

struct StaticItem : ItemOf<ItemKind::Static> {
  TypeExpr* type = nullptr;
  Expr* value = nullptr;
};

struct TaskLocalItem : ItemOf<ItemKind::TaskLocal> {
  TypeExpr* type = nullptr;
  Expr* value = nullptr;
};

struct ThreadLocalItem : ItemOf<ItemKind::ThreadLocal> {
  TypeExpr* type = nullptr;
  Expr* value = nullptr;
};

struct TypeAliasItem : ItemOf<ItemKind::TypeAlias> {
  Generics generics;
  std::span<TypeExpr* const> bounds;  // only in a trait
  TypeExpr* type = nullptr;           // null only in a trait
};

struct UseName {
  Ident name;
  Ident alias;
};

// `use a.b`, `use a.b as x`, `use a.{b, c as d}`.
struct UseItem : ItemOf<ItemKind::Use> {
  std::span<const Ident> path;
  Ident alias;
  bool has_names = false;
  std::span<const UseName> names;
};

struct TestItem : ItemOf<ItemKind::Test> {
  FnItem* fn = nullptr;  // without parameters; its name is the title
};

struct ExternItem : ItemOf<ItemKind::Extern> {
  Symbol abi;  // "C"
  Span abi_span;
  std::span<Item* const> items;
};

struct Module {
  FileId file;
  Span span;
  Symbol doc;
  std::span<const Attribute> attributes;  // `@ffi` alone on the first line
  std::span<Item* const> items;
};

}  // namespace skein::ast
