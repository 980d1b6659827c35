// The tree: what the user wrote, one struct for each kind of node.
//
// Nodes live in an arena and point at each other; lists are spans; nothing is ever freed or
// changed once the parser has returned. A node says its kind, and `as<T>()` turns a base pointer
// into the node; steps dispatch by `switch` on the kind, so a new row in nodes.def shows every
// place that has to know it. What later steps find out about a node stands in vectors beside the
// tree, indexed by the node's id; ids are dense over all modules of one compilation.
//
// At most kMaxTreeHeight expressions and kMaxNesting types or patterns stand below each other, so
// walking the tree by recursion is safe.
// Text that could not be read leaves Error nodes, which later steps pass over in silence.
#pragma once

#include <cstdint>
#include <span>

#include "compiler/support/arena.h"
#include "compiler/support/check.h"
#include "compiler/support/id.h"
#include "compiler/support/interner.h"
#include "compiler/support/source.h"
#include "compiler/syntax/literal.h"

namespace skein::ast {

using syntax::FormatSpec;
using syntax::NumberSuffix;
using syntax::WideInt;

// Brackets, blocks and prefixes inside each other. More is an error of the program.
inline constexpr uint32_t kMaxNesting = 256;
// Expressions below each other, however they came about: terms of a sum and calls of a chain
// stand below each other without being nested in the text. 1024 levels of a recursive walk that
// needs 2 KiB each fit four times into the usual stack of 8 MiB. More is an error of the program.
inline constexpr uint32_t kMaxTreeHeight = 1024;
// What stands beside each other in one literal or block. All later steps hold a whole function at
// once, with some hundred bytes an element and more than a thousand a statement. More is an error of
// the program.
inline constexpr size_t kMaxElements = size_t{1} << 20;
inline constexpr size_t kMaxStatements = size_t{1} << 17;

SKEIN_ID(ExprId);
SKEIN_ID(PatternId);
SKEIN_ID(TypeExprId);
SKEIN_ID(StmtId);
SKEIN_ID(ItemId);
SKEIN_ID(BlockId);

// How many nodes of each sort there are in all modules so far: the next id, and at the end the
// size of a vector of facts. One for a compilation.
struct Counters {
  uint32_t exprs = 0;
  uint32_t patterns = 0;
  uint32_t types = 0;
  uint32_t stmts = 0;
  uint32_t items = 0;
  uint32_t blocks = 0;
};

enum class ExprKind : uint8_t {
#define SKEIN_EXPR(name, words) name,
#include "compiler/syntax/nodes.def"
};
enum class PatternKind : uint8_t {
#define SKEIN_PATTERN(name, words) name,
#include "compiler/syntax/nodes.def"
};
enum class TypeKind : uint8_t {
#define SKEIN_TYPE(name, words) name,
#include "compiler/syntax/nodes.def"
};
enum class StmtKind : uint8_t {
#define SKEIN_STMT(name, words) name,
#include "compiler/syntax/nodes.def"
};
enum class ItemKind : uint8_t {
#define SKEIN_ITEM(name, words) name,
#include "compiler/syntax/nodes.def"
};
enum class BinaryOp : uint8_t {
#define SKEIN_BINARY(name, text) name,
#include "compiler/syntax/nodes.def"
};
enum class CompareOp : uint8_t {
#define SKEIN_COMPARE(name, text) name,
#include "compiler/syntax/nodes.def"
};
enum class UnaryOp : uint8_t {
#define SKEIN_UNARY(name, text) name,
#include "compiler/syntax/nodes.def"
};
enum class LogicalOp : uint8_t { And, Or };

// "Spawn", "+": the words of nodes.def.
const char* kind_name(ExprKind kind);
const char* kind_name(PatternKind kind);
const char* kind_name(TypeKind kind);
const char* kind_name(StmtKind kind);
const char* kind_name(ItemKind kind);
const char* op_text(BinaryOp op);
const char* op_text(CompareOp op);
const char* op_text(UnaryOp op);
const char* op_text(LogicalOp op);

// How a parameter takes its argument, and how a call passes it. Own is never written at a call.
enum class Mode : uint8_t { Plain, Mut, Own };

// A name where it stands. Not valid: not written, or after a report that it is missing.
struct Ident {
  Symbol name;
  Span span;
  bool valid() const { return name.valid(); }
};

// The part all nodes of one sort share, and the checked casts.
template <class IdType, class KindType>
struct NodeBase {
  KindType kind;
  IdType id;
  Span span;

  template <class T>
  bool is() const {
    return kind == T::kKind;
  }
  template <class T>
  T* as() {
    SKEIN_CHECK(is<T>(), "a syntax node has another kind than expected");
    return static_cast<T*>(this);
  }
  template <class T>
  const T* as() const {
    SKEIN_CHECK(is<T>(), "a syntax node has another kind than expected");
    return static_cast<const T*>(this);
  }
  // Null when the node is of another kind.
  template <class T>
  T* try_as() {
    return is<T>() ? static_cast<T*>(this) : nullptr;
  }
  template <class T>
  const T* try_as() const {
    return is<T>() ? static_cast<const T*>(this) : nullptr;
  }

 protected:
  explicit NodeBase(KindType k) : kind(k) {}
};

struct Expr : NodeBase<ExprId, ExprKind> {
  using NodeBase::NodeBase;
  bool in_parens = false;  // `(e)`; the span is without the parentheses
};
struct Pattern : NodeBase<PatternId, PatternKind> {
  using NodeBase::NodeBase;
};
struct TypeExpr : NodeBase<TypeExprId, TypeKind> {
  using NodeBase::NodeBase;
};
struct Stmt : NodeBase<StmtId, StmtKind> {
  using NodeBase::NodeBase;
};

// Bases that fix the kind: `struct Spawn : ExprOf<ExprKind::Spawn>`.
#define SKEIN_NODE_OF(Of, Base, Kind) \
  template <Kind K>                   \
  struct Of : Base {                  \
    static constexpr Kind kKind = K;  \
    Of() : Base(K) {}                 \
  }
SKEIN_NODE_OF(ExprOf, Expr, ExprKind);
SKEIN_NODE_OF(PatternOf, Pattern, PatternKind);
SKEIN_NODE_OF(TypeOf, TypeExpr, TypeKind);
SKEIN_NODE_OF(StmtOf, Stmt, StmtKind);

struct Item;
struct LetStmt;

// `{ … }`. The value is the last expression, if the block ends with one; a `;` behind it does not
// matter. It is not among the statements.
struct Block {
  BlockId id;
  Span span;  // with its braces
  std::span<Stmt* const> stmts;
  Expr* value = nullptr;
};

// ---- types ---------------------------------------------------------------------------------

// `Item = T` between `<` and `>`.
struct TypeBinding {
  Ident name;
  TypeExpr* type = nullptr;
};

// One name of a path with its type arguments.
struct PathSegment {
  Ident name;
  std::span<TypeExpr* const> args;
  std::span<const TypeBinding> bindings;
};

struct ErrorType : TypeOf<TypeKind::Error> {};

struct NamedType : TypeOf<TypeKind::Named> {
  std::span<const PathSegment> path;  // never empty
};

struct TupleType : TypeOf<TypeKind::Tuple> {
  std::span<TypeExpr* const> elements;  // one or more
};

struct UnitType : TypeOf<TypeKind::Unit> {};
struct NeverType : TypeOf<TypeKind::Never> {};
struct InferType : TypeOf<TypeKind::Infer> {};

struct ArrayType : TypeOf<TypeKind::Array> {
  TypeExpr* element = nullptr;
};

struct FixedArrayType : TypeOf<TypeKind::FixedArray> {
  TypeExpr* element = nullptr;
  Expr* length = nullptr;
};

struct OptionType : TypeOf<TypeKind::Option> {
  TypeExpr* element = nullptr;
};

struct FnTypeParam {
  Mode mode = Mode::Plain;
  TypeExpr* type = nullptr;
};

struct FnType : TypeOf<TypeKind::Fn> {
  bool is_once = false;
  std::span<const FnTypeParam> params;
  TypeExpr* ret = nullptr;  // null: ()
  bool ret_mut = false;     // `-> mut T`: a projection
};

struct DynType : TypeOf<TypeKind::Dyn> {
  std::span<TypeExpr* const> bounds;  // one or more
};

// ---- patterns ------------------------------------------------------------------------------

struct ErrorPattern : PatternOf<PatternKind::Error> {};
struct WildcardPattern : PatternOf<PatternKind::Wildcard> {};
struct NonePattern : PatternOf<PatternKind::None> {};

struct BindingPattern : PatternOf<PatternKind::Binding> {
  Ident name;  // begins with a small letter or `_`
  bool is_mut = false;
};

// What fits the pattern, as a whole, gets the name.
struct NamedPattern : PatternOf<PatternKind::Named> {
  BindingPattern* binding = nullptr;
  Pattern* pattern = nullptr;
};

struct LiteralPattern : PatternOf<PatternKind::Literal> {
  Expr* value = nullptr;  // a literal, or Unary Neg of a number
};

struct RangePattern : PatternOf<PatternKind::Range> {
  Expr* low = nullptr;   // null: from the least
  Expr* high = nullptr;  // null: to the greatest
  bool inclusive = false;
};

struct TuplePattern : PatternOf<PatternKind::Tuple> {
  std::span<Pattern* const> elements;
};

// The first elements and, where there is a rest between them, the last ones.
struct ArrayPattern : PatternOf<PatternKind::Array> {
  std::span<Pattern* const> before;
  std::span<Pattern* const> after;
  bool has_rest = false;
  Pattern* rest = nullptr;  // `..rest`: what it binds; `..`: null
};

struct VariantPattern : PatternOf<PatternKind::Variant> {
  std::span<const PathSegment> path;
  bool has_payload = false;  // written with parentheses
  std::span<Pattern* const> payload;
};

struct FieldPattern {
  Ident name;
  Pattern* pattern = nullptr;  // `P { x }` is `P { x: x }`
};

struct StructPattern : PatternOf<PatternKind::Struct> {
  std::span<const PathSegment> path;
  std::span<const FieldPattern> fields;
  bool has_rest = false;  // `..`
};

struct AlternativesPattern : PatternOf<PatternKind::Alternatives> {
  std::span<Pattern* const> choices;  // two or more
};

// ---- expressions ---------------------------------------------------------------------------

struct ErrorExpr : ExprOf<ExprKind::ErrorExpr> {};

struct IntLit : ExprOf<ExprKind::IntLit> {
  WideInt value = 0;
  NumberSuffix suffix = NumberSuffix::None;
};

struct FloatLit : ExprOf<ExprKind::FloatLit> {
  double value = 0;
  NumberSuffix suffix = NumberSuffix::None;
};

struct BoolLit : ExprOf<ExprKind::BoolLit> {
  bool value = false;
};

struct CharLit : ExprOf<ExprKind::CharLit> {
  char32_t value = 0;
};

struct StrLit : ExprOf<ExprKind::StrLit> {
  Symbol value;  // escapes resolved
};

struct ByteStrLit : ExprOf<ExprKind::ByteStrLit> {
  Symbol value;
};

struct DurationLit : ExprOf<ExprKind::DurationLit> {
  int64_t nanoseconds = 0;
};

// A stretch of text, or a hole with its value and format.
struct InterpPart {
  Symbol text;             // valid in a stretch of text
  Expr* value = nullptr;   // not null in a hole
  bool has_format = false;
  FormatSpec format;
  Span format_span;
};

struct InterpStr : ExprOf<ExprKind::InterpStr> {
  std::span<const InterpPart> parts;
};

struct NoneLit : ExprOf<ExprKind::NoneLit> {};
struct Underscore : ExprOf<ExprKind::Underscore> {};

struct Name : ExprOf<ExprKind::Name> {
  Symbol name;
};

struct TypeArgs : ExprOf<ExprKind::TypeArgs> {
  Expr* base = nullptr;  // Name or Field
  std::span<TypeExpr* const> args;
};

struct Unary : ExprOf<ExprKind::Unary> {
  UnaryOp op = UnaryOp::Neg;
  Span op_span;
  Expr* operand = nullptr;
};

struct Binary : ExprOf<ExprKind::Binary> {
  BinaryOp op = BinaryOp::Add;
  Span op_span;
  Expr* left = nullptr;
  Expr* right = nullptr;
};

struct Compare : ExprOf<ExprKind::Compare> {
  CompareOp op = CompareOp::Eq;
  Span op_span;
  Expr* left = nullptr;
  Expr* right = nullptr;
};

struct Logical : ExprOf<ExprKind::Logical> {
  LogicalOp op = LogicalOp::And;
  Span op_span;
  Expr* left = nullptr;
  Expr* right = nullptr;
};

struct Coalesce : ExprOf<ExprKind::Coalesce> {
  Expr* left = nullptr;
  Expr* right = nullptr;
};

struct Range : ExprOf<ExprKind::Range> {
  Expr* low = nullptr;   // null: open
  Expr* high = nullptr;  // null: open
  bool inclusive = false;
};

// `name: mut value`. Also the arguments of attributes.
struct Arg {
  Ident name;  // not valid when given by place
  Mode mode = Mode::Plain;
  Expr* value = nullptr;
};

// `(r.f)()` is a Call of a Field; `r.f()` a MethodCall.
struct Call : ExprOf<ExprKind::Call> {
  Expr* callee = nullptr;
  std::span<const Arg> args;
};

struct MethodCall : ExprOf<ExprKind::MethodCall> {
  Expr* receiver = nullptr;  // also a module, a type or an enum, which only the checker knows
  Ident name;
  bool optional = false;  // `?.`
  std::span<TypeExpr* const> type_args;
  std::span<const Arg> args;
};

struct Field : ExprOf<ExprKind::Field> {
  Expr* receiver = nullptr;
  Ident name;
  bool optional = false;
};

struct TupleIndex : ExprOf<ExprKind::TupleIndex> {
  Expr* receiver = nullptr;
  uint32_t index = 0;
  Span index_span;
  bool optional = false;
};

struct Index : ExprOf<ExprKind::Index> {
  Expr* receiver = nullptr;
  std::span<const Arg> args;  // the index, then perhaps `default: e`
};

struct Slice : ExprOf<ExprKind::Slice> {
  Expr* receiver = nullptr;
  Range* range = nullptr;
};

struct Try : ExprOf<ExprKind::Try> {
  Expr* operand = nullptr;
};

struct Unwrap : ExprOf<ExprKind::Unwrap> {
  Expr* operand = nullptr;
};

struct FieldInit {
  Ident name;
  Expr* value = nullptr;  // `P { x }` is `P { x: x }`
};

struct StructLit : ExprOf<ExprKind::StructLit> {
  NamedType* type = nullptr;  // a struct, or a variant with named fields
  std::span<const FieldInit> fields;
  Expr* base = nullptr;  // `..p`
};

struct Tuple : ExprOf<ExprKind::Tuple> {
  std::span<Expr* const> elements;  // empty: `()`
};

struct Array : ExprOf<ExprKind::Array> {
  std::span<Expr* const> elements;
};

struct RepeatArray : ExprOf<ExprKind::RepeatArray> {
  Expr* value = nullptr;
  Expr* count = nullptr;
};

struct MapEntry {
  Expr* key = nullptr;
  Expr* value = nullptr;
};

struct MapLit : ExprOf<ExprKind::MapLit> {
  std::span<const MapEntry> entries;
};

struct BlockExpr : ExprOf<ExprKind::BlockExpr> {
  Block* block = nullptr;
};

// One of the conditions that `&&` joins in the head of `if` and `while`.
struct Condition {
  Pattern* pattern = nullptr;  // null: a plain condition; else `let pattern = value`
  Expr* value = nullptr;
};

struct If : ExprOf<ExprKind::If> {
  std::span<const Condition> conditions;  // one or more
  Block* then = nullptr;
  Expr* otherwise = nullptr;  // null, BlockExpr or If
};

struct MatchArm {
  Pattern* pattern = nullptr;
  Expr* guard = nullptr;
  Expr* body = nullptr;
  Span span;
};

struct Match : ExprOf<ExprKind::Match> {
  Expr* subject = nullptr;
  std::span<const MatchArm> arms;
};

struct Loop : ExprOf<ExprKind::Loop> {
  Ident label;
  Block* body = nullptr;
};

struct While : ExprOf<ExprKind::While> {
  Ident label;
  std::span<const Condition> conditions;
  Block* body = nullptr;
};

struct For : ExprOf<ExprKind::For> {
  Ident label;
  Pattern* pattern = nullptr;
  Expr* iterable = nullptr;
  Block* body = nullptr;
};

// `reduce(+) sum`, `reduce(f, start) acc`.
struct Reduce {
  enum class Kind : uint8_t { Binary, Logical, Min, Max, Function };
  Kind kind = Kind::Binary;
  BinaryOp binary = BinaryOp::Add;      // Binary: + * & | ^
  LogicalOp logical = LogicalOp::And;   // Logical
  Expr* function = nullptr;             // Function
  Expr* start = nullptr;                // Function
  Ident name;
  Span span;
};

struct ParFor : ExprOf<ExprKind::ParFor> {
  Pattern* pattern = nullptr;
  Expr* iterable = nullptr;
  std::span<const Reduce> reductions;
  Block* body = nullptr;
};

struct Break : ExprOf<ExprKind::Break> {
  Ident label;
  Expr* value = nullptr;
};

struct Continue : ExprOf<ExprKind::Continue> {
  Ident label;
};

struct Return : ExprOf<ExprKind::Return> {
  Expr* value = nullptr;
};

// A parameter's mode stands in the pattern for `mut` (`|mut v|` binds `v` exclusively).
struct ClosureParam {
  Mode mode = Mode::Plain;
  Pattern* pattern = nullptr;
  TypeExpr* type = nullptr;
  Span span;
};

struct Closure : ExprOf<ExprKind::Closure> {
  std::span<const ClosureParam> params;
  TypeExpr* ret = nullptr;
  Expr* body = nullptr;
};

// Exactly one of `call` and `block` is set. A call that is neither Call nor MethodCall is for the
// checker to refuse.
struct Spawn : ExprOf<ExprKind::Spawn> {
  Expr* scope = nullptr;  // `s.spawn …`
  Expr* name = nullptr;   // a string
  Expr* call = nullptr;
  Block* block = nullptr;
};

// All three spellings are this node.
struct Await : ExprOf<ExprKind::Await> {
  Expr* task = nullptr;
  bool as_method = false;  // `t.await()`
};

struct Async : ExprOf<ExprKind::Async> {
  enum class Policy : uint8_t { All, Race, Settle };
  Policy policy = Policy::All;
  Span policy_span;
  Expr* max = nullptr;
  Ident scope;  // `|s|`
  Block* body = nullptr;
};

struct Within : ExprOf<ExprKind::Within> {
  Expr* limit = nullptr;   // a duration, or a token
  Block* body = nullptr;
};

struct Shield : ExprOf<ExprKind::Shield> {
  Block* body = nullptr;
};

struct LockedPlace {
  Expr* place = nullptr;
  bool is_mut = false;
  Ident name;  // a bare variable stands for itself
};

struct Lock : ExprOf<ExprKind::Lock> {
  std::span<const LockedPlace> places;
  Block* body = nullptr;
};

struct Catch : ExprOf<ExprKind::Catch> {
  Block* body = nullptr;
};

struct SelectArm {
  enum class Kind : uint8_t {
    Receive,  // `v = <-a`, `v, ok = <-a`, `<-a`
    Each,     // `v in ch`
    Send,     // `b <- v`
    Await,    // `r = await t`, `await t`
    After,    // `after d`
    Closed,   // `closed`
    Default,  // `default`
  };
  Kind kind = Kind::Default;
  Pattern* pattern = nullptr;  // Receive, Each, Await; may be null
  Pattern* ok = nullptr;       // Receive: the second name
  Expr* operand = nullptr;     // the channel, task or duration
  Expr* value = nullptr;       // Send
  Expr* guard = nullptr;
  Expr* body = nullptr;
  Span span;
};

struct Select : ExprOf<ExprKind::Select> {
  bool is_biased = false;
  std::span<const SelectArm> arms;
};

struct Yield : ExprOf<ExprKind::Yield> {
  Expr* value = nullptr;
};

struct With : ExprOf<ExprKind::With> {
  Ident name;
  Expr* value = nullptr;
  Block* body = nullptr;
};

struct Assign : ExprOf<ExprKind::Assign> {
  bool is_compound = false;
  BinaryOp op = BinaryOp::Add;  // only when compound
  Span op_span;
  Expr* place = nullptr;
  Expr* value = nullptr;
};

struct Send : ExprOf<ExprKind::Send> {
  Expr* channel = nullptr;
  Expr* value = nullptr;
};

struct Receive : ExprOf<ExprKind::Receive> {
  Expr* channel = nullptr;
};

// ---- statements ----------------------------------------------------------------------------

struct LetStmt : StmtOf<StmtKind::Let> {
  bool is_var = false;
  Pattern* pattern = nullptr;
  Pattern* ok = nullptr;  // `let v, ok = <-ch`
  TypeExpr* type = nullptr;
  Expr* init = nullptr;  // null: set later
  Block* otherwise = nullptr;
};

struct ExprStmt : StmtOf<StmtKind::Expr> {
  Expr* expr = nullptr;
};

struct DeferStmt : StmtOf<StmtKind::Defer> {
  Expr* body = nullptr;  // BlockExpr or any expression
};

struct ItemStmt : StmtOf<StmtKind::Item> {
  Item* item = nullptr;
};

}  // namespace skein::ast

#include "compiler/syntax/items.h"  // IWYU pragma: export
