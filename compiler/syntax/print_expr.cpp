// Expressions of the tree's printer.
#include <charconv>

#include "compiler/support/unicode.h"
#include "compiler/syntax/ast_printer.h"

namespace skein::syntax {

void AstPrinter::add_expr(PrintedNode& node, const ast::Expr* part) {
  if (part) node.add(expr(*part));
}

void AstPrinter::add_args(PrintedNode& node, std::span<const ast::Arg> args) {
  for (const ast::Arg& arg : args) {
    if (arg.name.valid()) node.add(text(arg.name) + ":");
    if (arg.mode == ast::Mode::Mut) node.add("mut");
    add_expr(node, arg.value);
  }
}

PrintedNode AstPrinter::expr(const ast::Expr& expr) {
  switch (expr.kind) {
    case ast::ExprKind::ErrorExpr: return PrintedNode::node("ErrorExpr");
    case ast::ExprKind::IntLit:
    case ast::ExprKind::FloatLit:
    case ast::ExprKind::BoolLit:
    case ast::ExprKind::CharLit:
    case ast::ExprKind::StrLit:
    case ast::ExprKind::ByteStrLit:
    case ast::ExprKind::DurationLit:
    case ast::ExprKind::NoneLit:
    case ast::ExprKind::Underscore:
    case ast::ExprKind::Name: return literal(expr);
    case ast::ExprKind::InterpStr: return interp_str(*expr.as<ast::InterpStr>());
    case ast::ExprKind::Unary:
    case ast::ExprKind::Binary:
    case ast::ExprKind::Compare:
    case ast::ExprKind::Logical:
    case ast::ExprKind::Coalesce:
    case ast::ExprKind::Range:
    case ast::ExprKind::Assign:
    case ast::ExprKind::Send:
    case ast::ExprKind::Receive: return operation(expr);
    case ast::ExprKind::TypeArgs:
    case ast::ExprKind::Call:
    case ast::ExprKind::MethodCall:
    case ast::ExprKind::Field:
    case ast::ExprKind::TupleIndex:
    case ast::ExprKind::Index:
    case ast::ExprKind::Slice:
    case ast::ExprKind::Try:
    case ast::ExprKind::Unwrap: return postfix(expr);
    case ast::ExprKind::StructLit:
    case ast::ExprKind::Tuple:
    case ast::ExprKind::Array:
    case ast::ExprKind::RepeatArray:
    case ast::ExprKind::MapLit: return collection(expr);
    case ast::ExprKind::BlockExpr: return block(*expr.as<ast::BlockExpr>()->block);
    case ast::ExprKind::If:
    case ast::ExprKind::Match: return control(expr);
    case ast::ExprKind::Loop:
    case ast::ExprKind::While:
    case ast::ExprKind::For:
    case ast::ExprKind::ParFor: return loop(expr);
    case ast::ExprKind::Break:
    case ast::ExprKind::Continue:
    case ast::ExprKind::Return:
    case ast::ExprKind::Yield: return way_out(expr);
    case ast::ExprKind::Closure: return closure(*expr.as<ast::Closure>());
    case ast::ExprKind::Spawn:
    case ast::ExprKind::Await:
    case ast::ExprKind::Async:
    case ast::ExprKind::Within:
    case ast::ExprKind::Shield:
    case ast::ExprKind::Lock:
    case ast::ExprKind::Catch:
    case ast::ExprKind::Select:
    case ast::ExprKind::With: return task(expr);
  }
  SKEIN_UNREACHABLE("an expression kind out of range");
}

// ---- literals ------------------------------------------------------------------------------

static std::string decimal(WideInt value) {
  std::string out;
  do {
    out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  return out;
}

PrintedNode AstPrinter::literal(const ast::Expr& expr) {
  switch (expr.kind) {
    case ast::ExprKind::IntLit: {
      const ast::IntLit* lit = expr.as<ast::IntLit>();
      return PrintedNode::atom(decimal(lit->value) + suffix_text(lit->suffix));
    }
    case ast::ExprKind::FloatLit: {
      char digits[64];
      double value = expr.as<ast::FloatLit>()->value;
      std::to_chars_result end = std::to_chars(digits, digits + sizeof digits, value);
      std::string suffix = suffix_text(expr.as<ast::FloatLit>()->suffix);
      return PrintedNode::node("FloatLit").add(std::string(digits, end.ptr) + suffix);
    }
    case ast::ExprKind::BoolLit:
      return PrintedNode::atom(expr.as<ast::BoolLit>()->value ? "true" : "false");
    case ast::ExprKind::CharLit: {
      char32_t value = expr.as<ast::CharLit>()->value;
      return PrintedNode::node("CharLit").add(code_point_name(value));
    }
    case ast::ExprKind::StrLit:
      return PrintedNode::atom(quoted(text(expr.as<ast::StrLit>()->value)));
    case ast::ExprKind::ByteStrLit:
      return PrintedNode::atom("b" + quoted(text(expr.as<ast::ByteStrLit>()->value)));
    case ast::ExprKind::DurationLit:
      return PrintedNode::atom(std::to_string(expr.as<ast::DurationLit>()->nanoseconds) + "ns");
    case ast::ExprKind::NoneLit: return PrintedNode::atom("none");
    case ast::ExprKind::Underscore: return PrintedNode::atom("_");
    case ast::ExprKind::Name: return PrintedNode::atom(text(expr.as<ast::Name>()->name));
    default: SKEIN_UNREACHABLE("not a literal");
  }
}

// `*>08.2x`, as it would be written.
static std::string format_text(const FormatSpec& format) {
  std::string out;
  if (format.align != FormatSpec::Align::Default) {
    append_utf8(out, format.fill);
    out += format.align == FormatSpec::Align::Left     ? "<"
           : format.align == FormatSpec::Align::Center ? "^"
                                                       : ">";
  }
  if (format.zero) out += "0";
  if (format.width > 0) out += std::to_string(format.width);
  if (format.precision != FormatSpec::kNoPrecision) out += "." + std::to_string(format.precision);
  switch (format.kind) {
    case FormatSpec::Kind::Default: break;
    case FormatSpec::Kind::Hex: out += "x"; break;
    case FormatSpec::Kind::Binary: out += "b"; break;
    case FormatSpec::Kind::Octal: out += "o"; break;
    case FormatSpec::Kind::Exponent: out += "e"; break;
    case FormatSpec::Kind::Debug: out += "?"; break;
  }
  return out;
}

PrintedNode AstPrinter::interp_str(const ast::InterpStr& str) {
  PrintedNode node = PrintedNode::node("InterpStr");
  for (const ast::InterpPart& part : str.parts) {
    if (!part.value) {
      node.add(quoted(text(part.text)));
    } else if (part.has_format) {
      node.add(PrintedNode::node("Format " + format_text(part.format)).add(expr(*part.value)));
    } else {
      node.add(expr(*part.value));
    }
  }
  return node;
}

// ---- operators -----------------------------------------------------------------------------

PrintedNode AstPrinter::operation(const ast::Expr& expr) {
  PrintedNode node = PrintedNode::node(ast::kind_name(expr.kind));
  switch (expr.kind) {
    case ast::ExprKind::Unary:
      node.add(ast::op_text(expr.as<ast::Unary>()->op));
      add_expr(node, expr.as<ast::Unary>()->operand);
      return node;
    case ast::ExprKind::Binary:
      node.add(ast::op_text(expr.as<ast::Binary>()->op));
      add_expr(node, expr.as<ast::Binary>()->left);
      add_expr(node, expr.as<ast::Binary>()->right);
      return node;
    case ast::ExprKind::Compare:
      node.add(ast::op_text(expr.as<ast::Compare>()->op));
      add_expr(node, expr.as<ast::Compare>()->left);
      add_expr(node, expr.as<ast::Compare>()->right);
      return node;
    case ast::ExprKind::Logical:
      node.add(ast::op_text(expr.as<ast::Logical>()->op));
      add_expr(node, expr.as<ast::Logical>()->left);
      add_expr(node, expr.as<ast::Logical>()->right);
      return node;
    case ast::ExprKind::Coalesce:
      add_expr(node, expr.as<ast::Coalesce>()->left);
      add_expr(node, expr.as<ast::Coalesce>()->right);
      return node;
    case ast::ExprKind::Range:
      add_expr(node, expr.as<ast::Range>()->low);
      node.add(expr.as<ast::Range>()->inclusive ? "..=" : "..");
      add_expr(node, expr.as<ast::Range>()->high);
      return node;
    case ast::ExprKind::Assign: {
      const ast::Assign* assign = expr.as<ast::Assign>();
      node.add(assign->is_compound ? std::string(ast::op_text(assign->op)) + "=" : "=");
      add_expr(node, assign->place);
      add_expr(node, assign->value);
      return node;
    }
    case ast::ExprKind::Send:
      add_expr(node, expr.as<ast::Send>()->channel);
      add_expr(node, expr.as<ast::Send>()->value);
      return node;
    case ast::ExprKind::Receive: add_expr(node, expr.as<ast::Receive>()->channel); return node;
    default: SKEIN_UNREACHABLE("not an operation");
  }
}

PrintedNode AstPrinter::postfix(const ast::Expr& expr) {
  PrintedNode node = PrintedNode::node(ast::kind_name(expr.kind));
  switch (expr.kind) {
    case ast::ExprKind::TypeArgs:
      add_expr(node, expr.as<ast::TypeArgs>()->base);
      for (const ast::TypeExpr* arg : expr.as<ast::TypeArgs>()->args) node.add(type(*arg));
      return node;
    case ast::ExprKind::Call:
      add_expr(node, expr.as<ast::Call>()->callee);
      add_args(node, expr.as<ast::Call>()->args);
      return node;
    case ast::ExprKind::MethodCall: {
      const ast::MethodCall* call = expr.as<ast::MethodCall>();
      add_expr(node, call->receiver);
      node.add((call->optional ? "?." : ".") + text(call->name));
      add_types(node, "TypeArgs", call->type_args);
      add_args(node, call->args);
      return node;
    }
    case ast::ExprKind::Field: {
      const ast::Field* field = expr.as<ast::Field>();
      add_expr(node, field->receiver);
      node.add((field->optional ? "?." : ".") + text(field->name));
      return node;
    }
    case ast::ExprKind::TupleIndex: {
      const ast::TupleIndex* index = expr.as<ast::TupleIndex>();
      add_expr(node, index->receiver);
      node.add((index->optional ? "?." : ".") + std::to_string(index->index));
      return node;
    }
    case ast::ExprKind::Index:
      add_expr(node, expr.as<ast::Index>()->receiver);
      add_args(node, expr.as<ast::Index>()->args);
      return node;
    case ast::ExprKind::Slice:
      add_expr(node, expr.as<ast::Slice>()->receiver);
      add_expr(node, expr.as<ast::Slice>()->range);
      return node;
    case ast::ExprKind::Try: add_expr(node, expr.as<ast::Try>()->operand); return node;
    case ast::ExprKind::Unwrap: add_expr(node, expr.as<ast::Unwrap>()->operand); return node;
    default: SKEIN_UNREACHABLE("not a postfix expression");
  }
}

PrintedNode AstPrinter::collection(const ast::Expr& expr) {
  PrintedNode node = PrintedNode::node(ast::kind_name(expr.kind));
  switch (expr.kind) {
    case ast::ExprKind::StructLit: {
      const ast::StructLit* lit = expr.as<ast::StructLit>();
      node.add(type(*lit->type));
      for (const ast::FieldInit& field : lit->fields) {
        node.add(text(field.name) + ":");
        add_expr(node, field.value);
      }
      if (lit->base) node.add("..").add(this->expr(*lit->base));
      return node;
    }
    case ast::ExprKind::Tuple:
      for (const ast::Expr* part : expr.as<ast::Tuple>()->elements) add_expr(node, part);
      return node;
    case ast::ExprKind::Array:
      for (const ast::Expr* part : expr.as<ast::Array>()->elements) add_expr(node, part);
      return node;
    case ast::ExprKind::RepeatArray:
      add_expr(node, expr.as<ast::RepeatArray>()->value);
      add_expr(node, expr.as<ast::RepeatArray>()->count);
      return node;
    case ast::ExprKind::MapLit:
      for (const ast::MapEntry& entry : expr.as<ast::MapLit>()->entries) {
        PrintedNode part = PrintedNode::node("Entry");
        add_expr(part, entry.key);
        add_expr(part, entry.value);
        node.add(std::move(part));
      }
      return node;
    default: SKEIN_UNREACHABLE("not a collection");
  }
}

// ---- control -------------------------------------------------------------------------------

void AstPrinter::add_conditions(PrintedNode& node, std::span<const ast::Condition> conditions) {
  for (const ast::Condition& condition : conditions) {
    if (!condition.pattern) {
      add_expr(node, condition.value);
      continue;
    }
    PrintedNode part = PrintedNode::node("Let");
    part.add(pattern(*condition.pattern)).add("=");
    add_expr(part, condition.value);
    node.add(std::move(part));
  }
}

PrintedNode AstPrinter::control(const ast::Expr& expr) {
  PrintedNode node = PrintedNode::node(ast::kind_name(expr.kind));
  if (const ast::If* branch = expr.try_as<ast::If>()) {
    add_conditions(node, branch->conditions);
    node.add(block(*branch->then));
    if (branch->otherwise) {
      node.add(PrintedNode::node("Else").add(this->expr(*branch->otherwise)));
    }
    return node;
  }
  const ast::Match* match = expr.as<ast::Match>();
  add_expr(node, match->subject);
  for (const ast::MatchArm& arm : match->arms) {
    PrintedNode part = PrintedNode::node("Arm");
    part.add(pattern(*arm.pattern));
    if (arm.guard) part.add(PrintedNode::node("When").add(this->expr(*arm.guard)));
    part.add("=>");
    add_expr(part, arm.body);
    node.add(std::move(part));
  }
  return node;
}

PrintedNode AstPrinter::loop(const ast::Expr& expr) {
  PrintedNode node = PrintedNode::node(ast::kind_name(expr.kind));
  auto add_label = [&](ast::Ident label) {
    if (label.valid()) node.add(text(label) + ":");
  };
  switch (expr.kind) {
    case ast::ExprKind::Loop:
      add_label(expr.as<ast::Loop>()->label);
      return node.add(block(*expr.as<ast::Loop>()->body));
    case ast::ExprKind::While:
      add_label(expr.as<ast::While>()->label);
      add_conditions(node, expr.as<ast::While>()->conditions);
      return node.add(block(*expr.as<ast::While>()->body));
    case ast::ExprKind::For: {
      const ast::For* loop = expr.as<ast::For>();
      add_label(loop->label);
      node.add(pattern(*loop->pattern)).add("in");
      add_expr(node, loop->iterable);
      return node.add(block(*loop->body));
    }
    case ast::ExprKind::ParFor: {
      const ast::ParFor* loop = expr.as<ast::ParFor>();
      node.add(pattern(*loop->pattern)).add("in");
      add_expr(node, loop->iterable);
      for (const ast::Reduce& part : loop->reductions) node.add(reduce(part));
      return node.add(block(*loop->body));
    }
    default: SKEIN_UNREACHABLE("not a loop");
  }
}

PrintedNode AstPrinter::reduce(const ast::Reduce& reduce) {
  PrintedNode node = PrintedNode::node("Reduce");
  switch (reduce.kind) {
    case ast::Reduce::Kind::Binary: node.add(ast::op_text(reduce.binary)); break;
    case ast::Reduce::Kind::Logical: node.add(ast::op_text(reduce.logical)); break;
    case ast::Reduce::Kind::Min: node.add("min"); break;
    case ast::Reduce::Kind::Max: node.add("max"); break;
    case ast::Reduce::Kind::Function:
      add_expr(node, reduce.function);
      add_expr(node, reduce.start);
      break;
  }
  return node.add(text(reduce.name));
}

PrintedNode AstPrinter::way_out(const ast::Expr& expr) {
  PrintedNode node = PrintedNode::node(ast::kind_name(expr.kind));
  switch (expr.kind) {
    case ast::ExprKind::Break:
      if (expr.as<ast::Break>()->label.valid()) node.add(text(expr.as<ast::Break>()->label) + ":");
      add_expr(node, expr.as<ast::Break>()->value);
      return node;
    case ast::ExprKind::Continue:
      if (!expr.as<ast::Continue>()->label.valid()) return node;
      return node.add(text(expr.as<ast::Continue>()->label) + ":");
    case ast::ExprKind::Return: add_expr(node, expr.as<ast::Return>()->value); return node;
    case ast::ExprKind::Yield: add_expr(node, expr.as<ast::Yield>()->value); return node;
    default: SKEIN_UNREACHABLE("not a way out");
  }
}

PrintedNode AstPrinter::closure(const ast::Closure& closure) {
  PrintedNode node = PrintedNode::node("Closure");
  for (const ast::ClosureParam& param : closure.params) {
    PrintedNode part = PrintedNode::node("Param");
    if (param.mode == ast::Mode::Own) part.add("own");
    part.add(pattern(*param.pattern));
    if (param.type) part.add(type(*param.type));
    node.add(std::move(part));
  }
  add_ret(node, closure.ret, false);
  add_expr(node, closure.body);
  return node;
}

// ---- tasks ---------------------------------------------------------------------------------

PrintedNode AstPrinter::task(const ast::Expr& expr) {
  PrintedNode node = PrintedNode::node(ast::kind_name(expr.kind));
  switch (expr.kind) {
    case ast::ExprKind::Spawn: return spawn(*expr.as<ast::Spawn>());
    case ast::ExprKind::Await: add_expr(node, expr.as<ast::Await>()->task); return node;
    case ast::ExprKind::Async: return async(*expr.as<ast::Async>());
    case ast::ExprKind::Within:
      add_expr(node, expr.as<ast::Within>()->limit);
      return node.add(block(*expr.as<ast::Within>()->body));
    case ast::ExprKind::Shield: return node.add(block(*expr.as<ast::Shield>()->body));
    case ast::ExprKind::Lock: return lock(*expr.as<ast::Lock>());
    case ast::ExprKind::Catch: return node.add(block(*expr.as<ast::Catch>()->body));
    case ast::ExprKind::Select: return select(*expr.as<ast::Select>());
    case ast::ExprKind::With:
      node.add(text(expr.as<ast::With>()->name)).add("=");
      add_expr(node, expr.as<ast::With>()->value);
      return node.add(block(*expr.as<ast::With>()->body));
    default: SKEIN_UNREACHABLE("not an expression of tasks");
  }
}

PrintedNode AstPrinter::spawn(const ast::Spawn& spawn) {
  PrintedNode node = PrintedNode::node("Spawn");
  if (spawn.scope) node.add(PrintedNode::node("In").add(expr(*spawn.scope)));
  if (spawn.name) node.add(PrintedNode::node("Named").add(expr(*spawn.name)));
  add_expr(node, spawn.call);
  if (spawn.block) node.add(block(*spawn.block));
  return node;
}

PrintedNode AstPrinter::async(const ast::Async& async) {
  PrintedNode node = PrintedNode::node("Async");
  if (async.policy == ast::Async::Policy::Race) node.add("race");
  if (async.policy == ast::Async::Policy::Settle) node.add("settle");
  if (async.max) node.add("max:").add(expr(*async.max));
  if (async.scope.valid()) node.add("|" + text(async.scope) + "|");
  return node.add(block(*async.body));
}

PrintedNode AstPrinter::lock(const ast::Lock& lock) {
  PrintedNode node = PrintedNode::node("Lock");
  for (const ast::LockedPlace& place : lock.places) {
    PrintedNode part = PrintedNode::node(place.is_mut ? "As mut" : "As");
    part.add(text(place.name));
    add_expr(part, place.place);
    node.add(std::move(part));
  }
  return node.add(block(*lock.body));
}

static const char* arm_word(ast::SelectArm::Kind kind) {
  switch (kind) {
    case ast::SelectArm::Kind::Receive: return "Receive";
    case ast::SelectArm::Kind::Each: return "Each";
    case ast::SelectArm::Kind::Send: return "Send";
    case ast::SelectArm::Kind::Await: return "Await";
    case ast::SelectArm::Kind::After: return "After";
    case ast::SelectArm::Kind::Closed: return "Closed";
    case ast::SelectArm::Kind::Default: return "Default";
  }
  SKEIN_UNREACHABLE("a select arm kind out of range");
}

PrintedNode AstPrinter::select(const ast::Select& select) {
  PrintedNode node = PrintedNode::node("Select");
  if (select.is_biased) node.add("biased");
  for (const ast::SelectArm& arm : select.arms) {
    PrintedNode part = PrintedNode::node("Arm");
    PrintedNode operation = PrintedNode::node(arm_word(arm.kind));
    if (arm.pattern) operation.add(pattern(*arm.pattern));
    if (arm.ok) operation.add(pattern(*arm.ok));
    add_expr(operation, arm.operand);
    add_expr(operation, arm.value);
    part.add(std::move(operation));
    if (arm.guard) part.add(PrintedNode::node("When").add(expr(*arm.guard)));
    part.add("=>");
    add_expr(part, arm.body);
    node.add(std::move(part));
  }
  return node;
}

}  // namespace skein::syntax
