// The tree's printer: layout, declarations, statements, types and patterns.
#include "compiler/syntax/print_ast.h"

#include "compiler/syntax/ast_printer.h"

namespace skein::syntax {

// ---- layout --------------------------------------------------------------------------------

PrintedNode PrintedNode::atom(std::string text) {
  PrintedNode node;
  node.width = text.size();
  node.head = std::move(text);
  node.is_atom = true;
  return node;
}

PrintedNode PrintedNode::node(std::string head) {
  PrintedNode node;
  node.width = head.size() + 2;
  node.head = std::move(head);
  return node;
}

PrintedNode& PrintedNode::add(PrintedNode part) {
  width += part.width + 1;
  parts.push_back(std::move(part));
  return *this;
}

static void print_flat(const PrintedNode& node, std::string& out) {
  if (node.is_atom) {
    out += node.head;
    return;
  }
  out += "(" + node.head;
  for (const PrintedNode& part : node.parts) {
    out += " ";
    print_flat(part, out);
  }
  out += ")";
}

// Parts that fit stay on the line of the head up to the first that does not.
static void print_node(const PrintedNode& node, size_t indent, std::string& out) {
  static constexpr size_t kMaxWidth = 100;
  bool has_block = node.head == "Block" || node.head == "Module";
  if (node.is_atom || (indent + node.width <= kMaxWidth && !(has_block && !node.parts.empty()))) {
    return print_flat(node, out);
  }
  out += "(" + node.head;
  size_t column = indent + node.head.size() + 1;
  bool broken = has_block;
  for (const PrintedNode& part : node.parts) {
    broken |= column + part.width + 1 > kMaxWidth || part.head == "Block";
    if (broken) {
      out += "\n" + std::string(indent + 2, ' ');
      print_node(part, indent + 2, out);
    } else {
      out += " ";
      print_flat(part, out);
      column += part.width + 1;
    }
  }
  out += ")";
}

std::string print_ast(const ast::Module& module, const Interner& names) {
  std::string out;
  print_node(AstPrinter(names).module(module), 0, out);
  return out + "\n";
}

std::string print_ast(const ast::Expr& expr, const Interner& names) {
  std::string out;
  print_node(AstPrinter(names).expr(expr), 0, out);
  return out;
}

// ---- items ---------------------------------------------------------------------------------

PrintedNode AstPrinter::module(const ast::Module& module) {
  PrintedNode node = PrintedNode::node("Module");
  add_attributes(node, module.attributes);
  add_items(node, module.items);
  return node;
}

void AstPrinter::add_items(PrintedNode& node, std::span<ast::Item* const> items) {
  for (const ast::Item* part : items) node.add(item(*part));
}

void AstPrinter::add_attributes(PrintedNode& node, std::span<const ast::Attribute> attributes) {
  for (const ast::Attribute& attribute : attributes) {
    PrintedNode part = PrintedNode::node("@" + text(attribute.name));
    add_args(part, attribute.args);
    node.add(std::move(part));
  }
}

void AstPrinter::add_head(PrintedNode& node, const ast::Item& item) {
  if (item.name.valid()) node.add(text(item.name));
  if (item.is_pub) node.add("pub");
  if (item.doc.valid()) node.add(PrintedNode::node("Doc").add(quoted(text(item.doc))));
  add_attributes(node, item.attributes);
}

void AstPrinter::add_types(PrintedNode& node, std::string_view head,
                           std::span<ast::TypeExpr* const> types) {
  if (types.empty()) return;
  PrintedNode part = PrintedNode::node(std::string(head));
  for (const ast::TypeExpr* one : types) part.add(type(*one));
  node.add(std::move(part));
}

void AstPrinter::add_generics(PrintedNode& node, const ast::Generics& generics) {
  for (const ast::GenericParam& param : generics.params) {
    PrintedNode part = PrintedNode::node("Generic");
    part.add(text(param.name));
    for (const ast::TypeExpr* bound : param.bounds) part.add(type(*bound));
    if (param.fallback) part.add("=").add(type(*param.fallback));
    node.add(std::move(part));
  }
  for (const ast::WherePredicate& predicate : generics.where) {
    PrintedNode part = PrintedNode::node("Where");
    part.add(type(*predicate.subject));
    for (const ast::TypeExpr* bound : predicate.bounds) part.add(type(*bound));
    node.add(std::move(part));
  }
}

void AstPrinter::add_cell(PrintedNode& node, const ast::TypeExpr* declared,
                          const ast::Expr* value) {
  if (declared) node.add(type(*declared));
  if (value) node.add("=").add(expr(*value));
}

static std::string_view mode_text(ast::Mode mode) {
  switch (mode) {
    case ast::Mode::Plain: return "";
    case ast::Mode::Mut: return "mut";
    case ast::Mode::Own: return "own";
  }
  return "";
}

PrintedNode AstPrinter::item(const ast::Item& item) {
  PrintedNode node = PrintedNode::node(ast::kind_name(item.kind));
  if (item.is<ast::FnItem>()) return fn_item(*item.as<ast::FnItem>());
  add_head(node, item);
  switch (item.kind) {
    case ast::ItemKind::Fn: break;
    case ast::ItemKind::Struct:
      add_generics(node, item.as<ast::StructItem>()->generics);
      for (const ast::FieldDecl& part : item.as<ast::StructItem>()->fields) node.add(field(part));
      break;
    case ast::ItemKind::Enum: return enum_item(*item.as<ast::EnumItem>());
    case ast::ItemKind::Trait: {
      const ast::TraitItem* trait = item.as<ast::TraitItem>();
      if (trait->is_unique) node.add("unique");
      add_generics(node, trait->generics);
      add_types(node, "Supertraits", trait->supertraits);
      add_items(node, trait->items);
      break;
    }
    case ast::ItemKind::Impl: {
      const ast::ImplItem* impl = item.as<ast::ImplItem>();
      if (impl->trait) node.add(type(*impl->trait)).add("for");
      if (impl->self_type) node.add(type(*impl->self_type));
      add_generics(node, impl->generics);
      add_items(node, impl->items);
      break;
    }
    case ast::ItemKind::Const:
      add_cell(node, item.as<ast::ConstItem>()->type, item.as<ast::ConstItem>()->value);
      break;
    case ast::ItemKind::Static:
      add_cell(node, item.as<ast::StaticItem>()->type, item.as<ast::StaticItem>()->value);
      break;
    case ast::ItemKind::TaskLocal:
      add_cell(node, item.as<ast::TaskLocalItem>()->type, item.as<ast::TaskLocalItem>()->value);
      break;
    case ast::ItemKind::ThreadLocal:
      add_cell(node, item.as<ast::ThreadLocalItem>()->type,
               item.as<ast::ThreadLocalItem>()->value);
      break;
    case ast::ItemKind::TypeAlias: {
      const ast::TypeAliasItem* alias = item.as<ast::TypeAliasItem>();
      add_generics(node, alias->generics);
      add_types(node, "Bounds", alias->bounds);
      if (alias->type) node.add("=").add(type(*alias->type));
      break;
    }
    case ast::ItemKind::Use: return use_item(*item.as<ast::UseItem>());
    case ast::ItemKind::Test:
      node.add(quoted(text(item.as<ast::TestItem>()->fn->name)));
      node.add(block(*item.as<ast::TestItem>()->fn->body));
      break;
    case ast::ItemKind::Extern:
      node.add(quoted(text(item.as<ast::ExternItem>()->abi)));
      add_items(node, item.as<ast::ExternItem>()->items);
      break;
  }
  return node;
}

void AstPrinter::add_ret(PrintedNode& node, const ast::TypeExpr* ret, bool is_mut) {
  if (!ret) return;
  PrintedNode part = PrintedNode::node("Ret");
  if (is_mut) part.add("mut");
  node.add(std::move(part.add(type(*ret))));
}

PrintedNode AstPrinter::fn_item(const ast::FnItem& fn) {
  PrintedNode node = PrintedNode::node(ast::kind_name(fn.kind));
  add_head(node, fn);
  if (fn.is_gen) node.add("gen");
  if (fn.is_const) node.add("const");
  add_generics(node, fn.generics);
  for (const ast::Param& part : fn.params) node.add(param(part));
  if (fn.is_variadic) node.add("...");
  add_ret(node, fn.ret, fn.ret_mut);
  if (fn.body) node.add(block(*fn.body));
  return node;
}

PrintedNode AstPrinter::param(const ast::Param& param) {
  PrintedNode node = PrintedNode::node("Param");
  if (param.is_using) node.add("using");
  if (param.mode != ast::Mode::Plain) node.add(mode_text(param.mode));
  node.add(text(param.name));
  add_cell(node, param.type, param.fallback);
  return node;
}

PrintedNode AstPrinter::field(const ast::FieldDecl& field) {
  PrintedNode node = PrintedNode::node("FieldDecl");
  node.add(text(field.name));
  if (field.is_pub) node.add("pub");
  add_attributes(node, field.attributes);
  add_cell(node, field.type, field.fallback);
  return node;
}

PrintedNode AstPrinter::enum_item(const ast::EnumItem& item) {
  PrintedNode node = PrintedNode::node(ast::kind_name(item.kind));
  add_head(node, item);
  add_generics(node, item.generics);
  for (const ast::VariantDecl& variant : item.variants) {
    PrintedNode part = PrintedNode::node("Variant");
    part.add(text(variant.name));
    for (const ast::TypeExpr* payload : variant.payload) part.add(type(*payload));
    for (const ast::FieldDecl& named : variant.fields) part.add(field(named));
    node.add(std::move(part));
  }
  return node;
}

PrintedNode AstPrinter::use_item(const ast::UseItem& use) {
  PrintedNode node = PrintedNode::node(ast::kind_name(use.kind));
  std::string path;
  for (ast::Ident name : use.path) path += (path.empty() ? "" : ".") + text(name);
  node.add(path);
  if (use.alias.valid()) node.add("as").add(text(use.alias));
  for (const ast::UseName& name : use.names) {
    PrintedNode part = PrintedNode::node("UseName");
    part.add(text(name.name));
    if (name.alias.valid()) part.add("as").add(text(name.alias));
    node.add(std::move(part));
  }
  return node;
}

// ---- statements ----------------------------------------------------------------------------

PrintedNode AstPrinter::block(const ast::Block& block) {
  PrintedNode node = PrintedNode::node("Block");
  for (const ast::Stmt* part : block.stmts) node.add(stmt(*part));
  if (block.value) node.add(PrintedNode::node("Value").add(expr(*block.value)));
  return node;
}

PrintedNode AstPrinter::stmt(const ast::Stmt& stmt) {
  switch (stmt.kind) {
    case ast::StmtKind::Let: return let(*stmt.as<ast::LetStmt>());
    case ast::StmtKind::Expr: return expr(*stmt.as<ast::ExprStmt>()->expr);
    case ast::StmtKind::Defer:
      return PrintedNode::node("DeferStmt").add(expr(*stmt.as<ast::DeferStmt>()->body));
    case ast::StmtKind::Item: return item(*stmt.as<ast::ItemStmt>()->item);
  }
  SKEIN_UNREACHABLE("a statement kind out of range");
}

PrintedNode AstPrinter::let(const ast::LetStmt& let) {
  PrintedNode node = PrintedNode::node(let.is_var ? "VarStmt" : "LetStmt");
  node.add(pattern(*let.pattern));
  if (let.ok) node.add(pattern(*let.ok));
  add_cell(node, let.type, let.init);
  if (let.otherwise) node.add(PrintedNode::node("Else").add(block(*let.otherwise)));
  return node;
}

// ---- types ---------------------------------------------------------------------------------

// `a.Map<K, V>`, as it would be written.
std::string AstPrinter::path(std::span<const ast::PathSegment> path) {
  std::string out;
  for (const ast::PathSegment& segment : path) {
    if (!out.empty()) out += ".";
    out += text(segment.name);
    if (segment.args.empty() && segment.bindings.empty()) continue;
    std::string args;
    for (const ast::TypeExpr* arg : segment.args) {
      if (!args.empty()) args += ", ";
      print_flat(type(*arg), args);
    }
    for (const ast::TypeBinding& binding : segment.bindings) {
      if (!args.empty()) args += ", ";
      args += text(binding.name) + " = ";
      print_flat(type(*binding.type), args);
    }
    out += "<" + args + ">";
  }
  return out;
}

PrintedNode AstPrinter::type(const ast::TypeExpr& type) {
  PrintedNode node = PrintedNode::node(ast::kind_name(type.kind));
  switch (type.kind) {
    case ast::TypeKind::Named: return PrintedNode::atom(path(type.as<ast::NamedType>()->path));
    case ast::TypeKind::Unit: return PrintedNode::atom("()");
    case ast::TypeKind::Never: return PrintedNode::atom("never");
    case ast::TypeKind::Infer: return PrintedNode::atom("_");
    case ast::TypeKind::Error: break;
    case ast::TypeKind::Tuple:
      for (const ast::TypeExpr* part : type.as<ast::TupleType>()->elements) {
        node.add(this->type(*part));
      }
      break;
    case ast::TypeKind::Array: node.add(this->type(*type.as<ast::ArrayType>()->element)); break;
    case ast::TypeKind::FixedArray:
      node.add(this->type(*type.as<ast::FixedArrayType>()->element));
      node.add(expr(*type.as<ast::FixedArrayType>()->length));
      break;
    case ast::TypeKind::Option: node.add(this->type(*type.as<ast::OptionType>()->element)); break;
    case ast::TypeKind::Fn: {
      const ast::FnType* fn = type.as<ast::FnType>();
      if (fn->is_once) node.add("once");
      for (const ast::FnTypeParam& param : fn->params) {
        PrintedNode part = PrintedNode::node("Param");
        if (param.mode != ast::Mode::Plain) part.add(mode_text(param.mode));
        node.add(std::move(part.add(this->type(*param.type))));
      }
      add_ret(node, fn->ret, fn->ret_mut);
      break;
    }
    case ast::TypeKind::Dyn:
      for (const ast::TypeExpr* bound : type.as<ast::DynType>()->bounds) {
        node.add(this->type(*bound));
      }
      break;
  }
  return node;
}

// ---- patterns ------------------------------------------------------------------------------

PrintedNode AstPrinter::pattern(const ast::Pattern& pattern) {
  PrintedNode node = PrintedNode::node(ast::kind_name(pattern.kind));
  switch (pattern.kind) {
    case ast::PatternKind::Error: break;
    case ast::PatternKind::Wildcard: return PrintedNode::atom("_");
    case ast::PatternKind::None: return PrintedNode::atom("none");
    case ast::PatternKind::Binding: {
      const ast::BindingPattern* binding = pattern.as<ast::BindingPattern>();
      return PrintedNode::atom((binding->is_mut ? "mut " : "") + text(binding->name));
    }
    case ast::PatternKind::Named:
      node.add(this->pattern(*pattern.as<ast::NamedPattern>()->binding));
      node.add(this->pattern(*pattern.as<ast::NamedPattern>()->pattern));
      break;
    case ast::PatternKind::Literal: return expr(*pattern.as<ast::LiteralPattern>()->value);
    case ast::PatternKind::Range: {
      const ast::RangePattern* range = pattern.as<ast::RangePattern>();
      add_expr(node, range->low);
      node.add(range->inclusive ? "..=" : "..");
      add_expr(node, range->high);
      break;
    }
    case ast::PatternKind::Tuple:
      for (const ast::Pattern* part : pattern.as<ast::TuplePattern>()->elements) {
        node.add(this->pattern(*part));
      }
      break;
    case ast::PatternKind::Array: {
      const ast::ArrayPattern* array = pattern.as<ast::ArrayPattern>();
      for (const ast::Pattern* part : array->before) node.add(this->pattern(*part));
      if (array->has_rest) node.add("..");
      if (array->rest) node.add(this->pattern(*array->rest));
      for (const ast::Pattern* part : array->after) node.add(this->pattern(*part));
      break;
    }
    case ast::PatternKind::Variant: {
      const ast::VariantPattern* variant = pattern.as<ast::VariantPattern>();
      node.add(path(variant->path));
      for (const ast::Pattern* part : variant->payload) node.add(this->pattern(*part));
      break;
    }
    case ast::PatternKind::Struct: {
      const ast::StructPattern* record = pattern.as<ast::StructPattern>();
      node.add(path(record->path));
      for (const ast::FieldPattern& part : record->fields) {
        node.add(text(part.name) + ":").add(this->pattern(*part.pattern));
      }
      if (record->has_rest) node.add("..");
      break;
    }
    case ast::PatternKind::Alternatives:
      for (const ast::Pattern* part : pattern.as<ast::AlternativesPattern>()->choices) {
        node.add(this->pattern(*part));
      }
      break;
  }
  return node;
}

}  // namespace skein::syntax
