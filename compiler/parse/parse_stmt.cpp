// Blocks and statements.
#include "compiler/parse/parser.h"

namespace skein::parse {

// block = "{" { stmt } "}" ;
ast::Block* Parser::parse_block() { return parse_block_after("a block"); }

// As parse_block; `what` says in a report which block is missing. Every way here from one block to
// the next leads through an operand, a declaration or a `let … else`, and they count the nesting.
ast::Block* Parser::parse_block_after(std::string_view what) {
  ast::Block* block = arena_.make<ast::Block>();
  block->id = ast::BlockId(counters_.blocks++);
  if (panic_ && !at(TokenKind::LeftBrace)) {
    block->span = end_of_previous();
    return block;
  }
  // A mistake in the head of a loop or an `if` does not hide those in its block.
  panic_ = gave_up_;
  Span open = at(TokenKind::Newline) ? peek(1).span : token_.span;
  block->span = end_of_previous();
  if (!expect_open_brace(what)) return block;
  StructLiterals allowed(*this, true);
  bool outer_in_block = in_block_;
  in_block_ = true;
  parse_statements(block);
  lost_bracket_at_ = kNowhere;
  in_block_ = outer_in_block;
  close_bracket(TokenKind::RightBrace, open);
  block->span = since(open);
  return block;
}

void Parser::parse_statements(ast::Block* block) {
  std::vector<ast::Stmt*> stmts;
  skip_separators();
  while (!at(TokenKind::RightBrace) && !at(TokenKind::EndOfFile) && !at(TokenKind::HoleEnd)) {
    size_t before = position_;
    if (token_.in_first_column && at_item() && !suspect_.valid()) suspect_ = token_.span;
    Height height(*this);
    stmts.push_back(parse_stmt());
    end_statement(stmts.back());
    if (ast::ItemStmt* item = stmts.back()->try_as<ast::ItemStmt>()) {
      if (ast::Item* derived = parse_derived(*item->item)) {
        ast::ItemStmt* stmt = make_stmt<ast::ItemStmt>(derived->span);
        stmt->item = derived;
        stmts.push_back(stmt);
      }
    }
    if (stmts.size() > ast::kMaxStatements) {
      report_too_wide(stmts[0]->span, "block", ast::kMaxStatements, "statements");
    }
    if (position_ == before) advance();
    skip_separators();
  }
  ast::ExprStmt* last = stmts.empty() ? nullptr : stmts.back()->try_as<ast::ExprStmt>();
  if (last) {
    block->value = last->expr;
    stmts.pop_back();
  }
  block->stmts = list(stmts);
}

// `if c { } x` needs no newline: the block shows where the statement ends.
static bool ends_with_block(const ast::Stmt* stmt) {
  if (stmt->is<ast::ItemStmt>()) return true;
  const ast::ExprStmt* expr = stmt->try_as<ast::ExprStmt>();
  if (!expr) return false;
  switch (expr->expr->kind) {
    case ast::ExprKind::BlockExpr:
    case ast::ExprKind::If:
    case ast::ExprKind::Match:
    case ast::ExprKind::Loop:
    case ast::ExprKind::While:
    case ast::ExprKind::For:
    case ast::ExprKind::ParFor:
    case ast::ExprKind::Async:
    case ast::ExprKind::Select:
    case ast::ExprKind::Lock:
    case ast::ExprKind::With: return true;
    default: return false;
  }
}

static bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// end = NEWLINE | ";" ; or the end of the block.
void Parser::end_statement(const ast::Stmt* stmt) {
  bool is_end = at(TokenKind::Newline) || at(TokenKind::Semicolon) ||
                at(TokenKind::RightBrace) || at(TokenKind::EndOfFile) || at(TokenKind::HoleEnd) ||
                (token_.starts_line && lost_bracket_at_ != kNowhere);
  if (!panic_ && !is_end && !ends_with_block(stmt)) {
    Report report = fail_expected("the end of the statement");
    bool is_string = at(TokenKind::Str) || at(TokenKind::InterpStart);
    const ast::ExprStmt* before = stmt->try_as<ast::ExprStmt>();
    const ast::Name* name = before ? before->expr->try_as<ast::Name>() : nullptr;
    bool is_call = name && is_one_of(text(name->name), {"print", "println", "assert", "panic"});
    if (is_string || is_call) report.help("the arguments of a call stand in parentheses");
    bool assigns = at(TokenKind::Eq) || at(TokenKind::PlusEq) || at(TokenKind::MinusEq) ||
                   at(TokenKind::StarEq);
    if (assigns) report.help("an assignment gives no value: assign on a line of its own");
    bool is_key = before && (before->expr->is<ast::StrLit>() || before->expr->is<ast::IntLit>());
    if (at(TokenKind::Colon) && is_key) {
      report.help("a map stands in brackets: `[\"a\": 1]`, and `[:]` is an empty one");
    } else if (at(TokenKind::Colon)) {
      report.help("a variable is made with `let` or `var`");
    }
    bool returns_pair = at(TokenKind::Comma) && before && before->expr->is<ast::Return>();
    if (returns_pair) {
      report.help("a function that may fail gives a `Result<T, E>`: `return ok(v)`, `return err(e)`; several "
                  "values are a tuple: `return (a, b)`");
    } else {
      help_with_rest(report, TokenKind::Newline);
    }
  }
  if (panic_) recover_statement();
}

// stmt = let | defer | item | body_expr ;
ast::Stmt* Parser::parse_stmt() {
  Span begin = token_.span;
  if (at(TokenKind::RightParen) || at(TokenKind::RightBracket)) {
    std::string_view closer = at(TokenKind::RightParen) ? ")" : "]";
    fail(begin, D::UnopenedBracket, {closer});
    advance();
  }
  correct_foreign_declaration();
  if (at_item()) {
    ast::Item* item = parse_item(ItemPlace::Block);
    ast::ItemStmt* stmt = make_stmt<ast::ItemStmt>(since(begin));
    stmt->item = item;
    return stmt;
  }
  if (at(TokenKind::KwLet) || at(TokenKind::KwVar)) return parse_let();
  if (at(TokenKind::KwDefer)) return parse_defer();
  if (at_short_tuple()) return correct_short_tuple();
  bool has_type_first = at(TokenKind::Name) && peek(1).kind == TokenKind::Name &&
                        peek(2).kind == TokenKind::Eq && !at_word("with");
  if (has_type_first) return correct_typed_variable();
  if (at_word("guard") && peek(1).kind == TokenKind::KwLet) {
    complain_foreign({token_.span.begin, peek(1).span.begin}, "guard let", "let", "");
    advance();
    return parse_let();
  }
  if (at(TokenKind::Name) && peek(1).kind == TokenKind::ColonEq) {
    complain_foreign(peek(1).span, "x := e", "let x = e", "=")
        .fix({begin.begin, begin.begin}, "let ");
    return parse_let_after(begin, false);
  }
  ast::Expr* expr = parse_body_expr();
  ast::ExprStmt* stmt = make_stmt<ast::ExprStmt>(since(begin));
  stmt->expr = expr;
  return stmt;
}

// let = ( "let" | "var" ) pattern [ "," pattern ] [ ":" type ] [ "=" expr [ "else" block ] ] ;
ast::LetStmt* Parser::parse_let() {
  Span begin = token_.span;
  bool is_var = at(TokenKind::KwVar);
  advance();
  return parse_let_after(begin, is_var);
}

ast::LetStmt* Parser::parse_let_after(Span begin, bool is_var) {
  ast::LetStmt* let = make_stmt<ast::LetStmt>(begin);
  let->is_var = is_var;
  if (at(TokenKind::KwMut) && !is_var) {
    complain_foreign(since(begin).to(token_.span), "let mut", "var", "var");
    advance();
    let->is_var = true;
  }
  let->pattern = parse_pattern();
  if (!panic_ && accept(TokenKind::Comma)) let->ok = parse_pattern();
  if (!panic_ && accept(TokenKind::Colon)) {
    let->type = parse_type();
  } else if (!panic_ && at(TokenKind::Name)) {
    complain(token_.span, D::ForeignSpelling, {"x T", "x: T"})
        .fix({previous_end_, token_.span.begin}, ": ");
    let->type = parse_type();
  }
  parse_let_value(let);
  let->span = since(begin);
  return let;
}

void Parser::parse_let_value(ast::LetStmt* let) {
  if (panic_) return;
  if (at(TokenKind::ColonEq)) {
    complain_foreign(token_.span, ":=", "=", "=");
    advance();
  } else if (!accept(TokenKind::Eq)) {
    return;
  }
  let->init = parse_expr();
  if (!panic_ && accept(TokenKind::KwElse)) {
    Nest nest(*this);
    let->otherwise = parse_block_after("the block of this `else`");
  }
}

// defer = "defer" body_expr ;
ast::DeferStmt* Parser::parse_defer() {
  Span begin = token_.span;
  advance();
  ast::Expr* body = parse_body_expr();
  ast::DeferStmt* stmt = make_stmt<ast::DeferStmt>(since(begin));
  stmt->body = body;
  return stmt;
}

}  // namespace skein::parse
