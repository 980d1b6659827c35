// The words of nodes.def behind each kind and operator.
#include "compiler/syntax/ast.h"

namespace skein::ast {

#define SKEIN_TABLE_NAME(Function, Kind)                      \
  const char* Function(Kind kind) {                           \
    return k##Kind##Names[static_cast<size_t>(kind)];         \
  }

static constexpr const char* kExprKindNames[] = {
#define SKEIN_EXPR(name, words) #name,
#include "compiler/syntax/nodes.def"
};
static constexpr const char* kPatternKindNames[] = {
#define SKEIN_PATTERN(name, words) #name "Pattern",
#include "compiler/syntax/nodes.def"
};
static constexpr const char* kTypeKindNames[] = {
#define SKEIN_TYPE(name, words) #name "Type",
#include "compiler/syntax/nodes.def"
};
static constexpr const char* kStmtKindNames[] = {
#define SKEIN_STMT(name, words) #name "Stmt",
#include "compiler/syntax/nodes.def"
};
static constexpr const char* kItemKindNames[] = {
#define SKEIN_ITEM(name, words) #name "Item",
#include "compiler/syntax/nodes.def"
};
static constexpr const char* kBinaryOpNames[] = {
#define SKEIN_BINARY(name, text) text,
#include "compiler/syntax/nodes.def"
};
static constexpr const char* kCompareOpNames[] = {
#define SKEIN_COMPARE(name, text) text,
#include "compiler/syntax/nodes.def"
};
static constexpr const char* kUnaryOpNames[] = {
#define SKEIN_UNARY(name, text) text,
#include "compiler/syntax/nodes.def"
};

SKEIN_TABLE_NAME(kind_name, ExprKind)
SKEIN_TABLE_NAME(kind_name, PatternKind)
SKEIN_TABLE_NAME(kind_name, TypeKind)
SKEIN_TABLE_NAME(kind_name, StmtKind)
SKEIN_TABLE_NAME(kind_name, ItemKind)
SKEIN_TABLE_NAME(op_text, BinaryOp)
SKEIN_TABLE_NAME(op_text, CompareOp)
SKEIN_TABLE_NAME(op_text, UnaryOp)

const char* op_text(LogicalOp op) { return op == LogicalOp::And ? "&&" : "||"; }

#undef SKEIN_TABLE_NAME

}  // namespace skein::ast
