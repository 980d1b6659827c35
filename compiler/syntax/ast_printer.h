// The parts of the tree's printer, shared by its files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/support/interner.h"
#include "compiler/syntax/ast.h"
#include "compiler/syntax/token.h"

namespace skein::syntax {

// A printed node: a head and parts. Its width decides whether it stands on one line.
struct PrintedNode {
  std::string head;
  std::vector<PrintedNode> parts;
  bool is_atom = false;
  size_t width = 0;  // on one line

  static PrintedNode atom(std::string text);
  static PrintedNode node(std::string head);
  PrintedNode& add(PrintedNode part);
  PrintedNode& add(std::string_view text) { return add(atom(std::string(text))); }
};

class AstPrinter {
 public:
  explicit AstPrinter(const Interner& names) : names_(names) {}

  // print_ast.cpp
  PrintedNode module(const ast::Module& module);
  PrintedNode item(const ast::Item& item);
  PrintedNode stmt(const ast::Stmt& stmt);
  PrintedNode block(const ast::Block& block);
  PrintedNode type(const ast::TypeExpr& type);
  PrintedNode pattern(const ast::Pattern& pattern);

  // print_expr.cpp
  PrintedNode expr(const ast::Expr& expr);

 private:
  // print_ast.cpp
  void add_head(PrintedNode& node, const ast::Item& item);
  void add_attributes(PrintedNode& node, std::span<const ast::Attribute> attributes);
  void add_generics(PrintedNode& node, const ast::Generics& generics);
  void add_types(PrintedNode& node, std::string_view head,
                 std::span<ast::TypeExpr* const> types);
  void add_items(PrintedNode& node, std::span<ast::Item* const> items);
  void add_cell(PrintedNode& node, const ast::TypeExpr* type, const ast::Expr* value);
  void add_ret(PrintedNode& node, const ast::TypeExpr* ret, bool is_mut);
  PrintedNode fn_item(const ast::FnItem& fn);
  PrintedNode use_item(const ast::UseItem& use);
  PrintedNode enum_item(const ast::EnumItem& item);
  PrintedNode param(const ast::Param& param);
  PrintedNode field(const ast::FieldDecl& field);
  PrintedNode let(const ast::LetStmt& let);
  std::string path(std::span<const ast::PathSegment> path);

  // print_expr.cpp
  PrintedNode literal(const ast::Expr& expr);
  PrintedNode interp_str(const ast::InterpStr& str);
  PrintedNode operation(const ast::Expr& expr);
  PrintedNode postfix(const ast::Expr& expr);
  PrintedNode collection(const ast::Expr& expr);
  PrintedNode control(const ast::Expr& expr);
  PrintedNode loop(const ast::Expr& expr);
  PrintedNode way_out(const ast::Expr& expr);
  PrintedNode task(const ast::Expr& expr);
  PrintedNode closure(const ast::Closure& closure);
  PrintedNode async(const ast::Async& async);
  PrintedNode spawn(const ast::Spawn& spawn);
  PrintedNode select(const ast::Select& select);
  PrintedNode lock(const ast::Lock& lock);
  PrintedNode reduce(const ast::Reduce& reduce);
  void add_args(PrintedNode& node, std::span<const ast::Arg> args);
  void add_conditions(PrintedNode& node, std::span<const ast::Condition> conditions);
  void add_expr(PrintedNode& node, const ast::Expr* part);

  std::string text(Symbol symbol) const { return std::string(names_.text(symbol)); }
  std::string text(ast::Ident ident) const {
    return ident.valid() ? text(ident.name) : "<missing>";
  }

  const Interner& names_;
};

}  // namespace skein::syntax
