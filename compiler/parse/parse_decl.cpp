// What all declarations share, and functions.
#include "compiler/parse/derive_json.h"
#include "compiler/parse/parser.h"

namespace skein::parse {

// ---- items ---------------------------------------------------------------------------------

// Words that begin a declaration only with the right thing behind them; elsewhere they are names.
bool Parser::at_contextual_item() const {
  if (!at(TokenKind::Name)) return false;
  TokenKind next = peek(1).kind;
  std::string_view word = text(token_);
  if (word == "type" || word == "task_local" || word == "thread_local") {
    return next == TokenKind::Name;
  }
  if (word == "gen") return next == TokenKind::KwFn;
  if (word == "unique") return next == TokenKind::KwTrait;
  if (word == "test") return next == TokenKind::Str;
  if (word == "extern") return next == TokenKind::Str || next == TokenKind::LeftBrace;
  return false;
}

bool Parser::at_item() const {
  switch (kind()) {
    case TokenKind::KwFn: return peek(1).kind != TokenKind::LeftParen;
    case TokenKind::At:
    case TokenKind::KwPub:
    case TokenKind::KwStruct:
    case TokenKind::KwEnum:
    case TokenKind::KwTrait:
    case TokenKind::KwImpl:
    case TokenKind::KwConst:
    case TokenKind::KwStatic:
    case TokenKind::KwUse: return true;
    default: return at_contextual_item();
  }
}

void Parser::parse_items(std::vector<ast::Item*>& items) {
  skip_separators();
  while (!at(TokenKind::EndOfFile)) {
    size_t before = position_;
    bool closes_nothing = at(TokenKind::RightBrace) || at(TokenKind::RightParen) ||
                          at(TokenKind::RightBracket);
    if (closes_nothing) {
      std::string_view closer = at(TokenKind::RightBrace)   ? "}"
                                : at(TokenKind::RightParen) ? ")"
                                                            : "]";
      complain(token_.span, D::UnopenedBracket, {closer});
      advance();
    } else {
      suspect_ = Span();
      items.push_back(parse_item(ItemPlace::Module));
      if (ast::Item* derived = parse_derived(*items.back())) items.push_back(derived);
      if (position_ == before) advance();
    }
    if (panic_) {
      recover_item();
      // What was not understood leaves the end of its body behind.
      while (accept(TokenKind::RightBrace)) skip_separators();
    }
    skip_separators();
  }
}

// To the next declaration at the start of a line, or the `}` of the declarations around.
void Parser::recover_item() {
  panic_ = gave_up_;
  bool at_line_start = false;
  while (!at(TokenKind::EndOfFile) && !at(TokenKind::RightBrace)) {
    if (at_line_start && at_item()) return;
    at_line_start = at(TokenKind::Newline) || at(TokenKind::Semicolon);
    if (at(TokenKind::LeftBrace)) {
      skip_balanced();
      at_line_start = true;
    } else {
      advance();
    }
  }
}

// item = { attribute } [ "pub" ] ( fn | struct | enum | trait | impl | const | static | use
//      | type_alias | test | extern | task_local | thread_local ) ;
// Never null: what is no declaration becomes a function without a name and a body.
ast::Item* Parser::parse_item(ItemPlace place) {
  Nest nest(*this);
  correct_foreign_declaration();
  ItemHead head = parse_item_head();
  ast::Item* item = gave_up_ ? fail_item(head, place) : parse_item_after(head, place);
  item->span = since(head.begin);
  return item;
}

// The impl that a declaration stands for beside itself; null for most. What the type asks of its parameters the impl
// does too, and that they have a form in JSON.
ast::ImplItem* Parser::parse_derived(const ast::Item& item) {
  std::optional<TokenBuffer> tokens;
  if (!panic_) tokens = derive_json(item, tokens_.file(), names_);
  if (!tokens) return nullptr;
  Shared shared = {arena_, names_, counters_, sink_};
  Parser inner(*tokens, shared);
  ast::ImplItem* impl = inner.parse_item(ItemPlace::Module)->try_as<ast::ImplItem>();
  if (!impl) return nullptr;   // the file is too deep or too wide, which was reported
  impl->is_derived = true;
  const ast::StructItem* node = item.try_as<ast::StructItem>();
  impl->generics = node ? node->generics : item.as<ast::EnumItem>()->generics;
  std::vector<ast::GenericParam> params(impl->generics.params.begin(), impl->generics.params.end());
  for (ast::GenericParam& param : params) {
    std::vector<ast::TypeExpr*> bounds(param.bounds.begin(), param.bounds.end());
    bounds.push_back(impl->trait);
    param.bounds = list(bounds);
  }
  impl->generics.params = list(params);
  return impl;
}

ast::Item* Parser::parse_item_after(const ItemHead& head, ItemPlace place) {
  correct_foreign_declaration();
  switch (kind()) {
    case TokenKind::KwFn: return parse_fn(head, place, false);
    case TokenKind::KwStruct: return parse_struct(head);
    case TokenKind::KwEnum: return parse_enum(head);
    case TokenKind::KwTrait: return parse_trait(head, false);
    case TokenKind::KwImpl: return parse_impl(head);
    case TokenKind::KwConst:
      if (place == ItemPlace::Trait || place == ItemPlace::Impl) {
        return parse_member_const(head, place);
      }
      return parse_const(head);
    case TokenKind::KwStatic: return parse_static(head);
    case TokenKind::KwUse: return parse_use(head);
    case TokenKind::Name: break;
    default: return fail_item(head, place);
  }
  if (!at_contextual_item()) return fail_item(head, place);
  std::string_view word = text(token_);
  if (word == "type" && fail_foreign_item()) return make_item<ast::FnItem>(head);
  if (word == "type") return parse_type_alias(head, place);
  if (word == "test") return parse_test(head);
  if (word == "extern") return parse_extern(head);
  if (word == "task_local") return parse_task_local(head);
  if (word == "thread_local") return parse_thread_local(head);
  advance();
  return word == "gen" ? static_cast<ast::Item*>(parse_fn(head, place, true))
                       : parse_trait(head, true);
}

ast::Item* Parser::fail_item(const ItemHead& head, ItemPlace place) {
  if (!head.attributes.empty() && !panic_) {
    fail(head.attributes.back().span, D::MisplacedAttribute);
  }
  if (fail_foreign_item()) return make_item<ast::FnItem>(head);
  bool is_variable = at(TokenKind::KwLet) || at(TokenKind::KwVar);
  Report report = fail_expected("a declaration");
  bool is_method = place != ItemPlace::Module && at(TokenKind::Name) &&
                   peek(1).kind == TokenKind::LeftParen;
  if (is_method) {
    report.help("a method is `fn " + std::string(text(token_)) + "(self, …) -> T`");
  } else if (at(TokenKind::MinusMinus)) {
    report.help("comments begin with `//`");
  } else if (is_variable) {
    report.help("outside of functions write `const NAME = …`, or `static NAME: Mutex<T> = …`");
  } else if (place == ItemPlace::Module) {
    report.help("statements stand in a function: `fn main() { … }`");
  }
  return make_item<ast::FnItem>(head);
}

// head = { attribute } [ "pub" ] ;
Parser::ItemHead Parser::parse_item_head() {
  ItemHead head;
  head.begin = token_.span;
  head.doc = doc_here();
  head.attributes = parse_attributes();
  if (!head.doc.valid()) head.doc = doc_here();
  if (accept(TokenKind::KwPub)) head.is_pub = true;
  if (head.is_pub && at(TokenKind::LeftParen)) skip_part_of_pub();
  return head;
}

Symbol Parser::doc_here() const { return tokens_.doc_before(static_cast<uint32_t>(position_)); }

std::span<const ast::Attribute> Parser::parse_attributes() {
  std::vector<ast::Attribute> attributes;
  while (at(TokenKind::At) && !panic_) attributes.push_back(parse_attribute());
  return list(attributes);
}

// attribute = "@" NAME [ "(" args ")" ] { NEWLINE } ;
ast::Attribute Parser::parse_attribute() {
  ast::Attribute attribute;
  Span begin = token_.span;
  advance();
  attribute.name = parse_ident("the name of an attribute");
  if (!panic_ && at(TokenKind::LeftParen)) attribute.args = parse_args(TokenKind::RightParen);
  attribute.span = since(begin);
  skip_newlines();
  return attribute;
}

// ---- functions -----------------------------------------------------------------------------

// fn = [ "gen" ] "fn" NAME [ generics ] params [ "->" ret ] [ where ] [ block ] ;
ast::FnItem* Parser::parse_fn(const ItemHead& head, ItemPlace place, bool is_gen) {
  advance();
  ast::FnItem* fn = make_item<ast::FnItem>(head);
  fn->is_gen = is_gen;
  if (place == ItemPlace::Module && at_receiver()) fail_receiver(token_.span);
  bool is_member = place == ItemPlace::Trait || place == ItemPlace::Impl;
  fn->name = is_member ? parse_member_ident("a name for the method")
                       : parse_ident("a name for the function");
  if (panic_) return fn;
  fn->generics.params = parse_generic_params();
  if (panic_) return fn;
  fn->params = parse_params(place == ItemPlace::Extern ? &fn->is_variadic : nullptr);
  if (!panic_) skip_foreign_effects();
  if (!panic_) parse_ret(fn->ret, fn->ret_mut);
  if (!panic_) parse_where(fn->generics);
  if (!panic_ && at(TokenKind::Arrow)) correct_late_result(fn);
  parse_fn_body(fn, place);
  return fn;
}

static bool has_attribute(std::span<const ast::Attribute> attributes, Symbol name) {
  for (const ast::Attribute& attribute : attributes) {
    if (attribute.name.name == name) return true;
  }
  return false;
}

// Traits, `extern` and `@builtin` declare functions without bodies.
void Parser::parse_fn_body(ast::FnItem* fn, ItemPlace place) {
  bool has_body = at(TokenKind::LeftBrace) ||
                  (at(TokenKind::Newline) && peek(1).kind == TokenKind::LeftBrace);
  if (has_body) {
    std::vector<Symbol> outer_labels;
    std::swap(outer_labels, labels_);
    fn->body = parse_block();
    std::swap(outer_labels, labels_);
    return;
  }
  if (panic_) return;
  if (at(TokenKind::Eq) || at(TokenKind::FatArrow) || at(TokenKind::Colon)) {
    fail_expected("`{` and the body of the function");
    return;
  }
  bool may_lack_body = place == ItemPlace::Trait || place == ItemPlace::Extern ||
                       has_attribute(fn->attributes, names_.intern("builtin"));
  if (may_lack_body) return;
  complain(fn->name.span, D::BodyMissing, {text(fn->name.name)})
      .help("write `{ … }` behind it; only traits and `extern` declare without a body");
}

// ret = [ "->" [ "mut" ] type ] ;
void Parser::parse_ret(ast::TypeExpr*& ret, bool& ret_mut) {
  bool has_wrong_mark = (at(TokenKind::Colon) || at(TokenKind::FatArrow)) &&
                        (peek(1).kind == TokenKind::Name || peek(1).kind == TokenKind::LeftParen);
  if (has_wrong_mark) {
    std::string_view found = at(TokenKind::Colon) ? ":" : "=>";
    complain_foreign(token_.span, found, "->", at(TokenKind::Colon) ? " ->" : "->");
    advance();
  } else if (at(TokenKind::Name) || at(TokenKind::LeftBracket) || at(TokenKind::LeftParen)) {
    complain_foreign({previous_end_, token_.span.begin}, "f() T", "f() -> T", " -> ");
  } else if (!accept(TokenKind::Arrow)) {
    return;
  }
  ret_mut = accept(TokenKind::KwMut);
  ret = parse_type();
}

// params = "(" [ param { "," param } [ "," ] | [ param { "," param } "," ] "..." ] ")" ;
std::span<const ast::Param> Parser::parse_params(bool* is_variadic) {
  StructLiterals allowed(*this, true);
  Span open = token_.span;
  std::vector<ast::Param> params;
  if (!expect(TokenKind::LeftParen)) return {};
  while (!at(TokenKind::RightParen) && !panic_) {
    if (is_variadic && accept(TokenKind::DotDotDot)) {
      *is_variadic = true;
      break;
    }
    params.push_back(parse_param(params.empty()));
    if (panic_ || !accept(TokenKind::Comma)) break;
  }
  close_bracket(TokenKind::RightParen, open);
  return list(params);
}

// mode = [ "mut" | "own" ] ;
ast::Mode Parser::parse_mode() {
  if (accept(TokenKind::KwMut)) return ast::Mode::Mut;
  if (accept(TokenKind::KwOwn)) return ast::Mode::Own;
  return ast::Mode::Plain;
}

// param = mode "self" | [ "using" ] mode NAME ":" type [ "=" expr ] ;
ast::Param Parser::parse_param(bool is_first) {
  ast::Param param;
  Span begin = token_.span;
  if (at(TokenKind::Amp)) {
    advance();
    bool is_mut = accept(TokenKind::KwMut);
    complain_foreign(since(begin), is_mut ? "&mut x" : "&x", is_mut ? "mut x" : "x",
                     is_mut ? "mut" : "");
    param.mode = is_mut ? ast::Mode::Mut : ast::Mode::Plain;
  } else {
    param.is_using = at_word("using") && peek(1).kind == TokenKind::Name;
    if (param.is_using) advance();
    param.mode = parse_mode();
  }
  if (at(TokenKind::KwSelfValue)) {
    param.name = ident_here();
    param.is_self = true;
    if (!is_first) complain(token_.span, D::ReceiverNotFirst);
    advance();
    param.span = since(begin);
    return param;
  }
  correct_param_label();
  if (at_type_first()) {
    param.type = correct_type_first(param.name);
  } else if (at(TokenKind::KwUnderscore)) {
    param.name = ident_here();
    advance();
  } else {
    param.name = parse_ident("a parameter");
  }
  if (!panic_ && !param.type) parse_param_type(param);
  if (!param.type) param.type = missing_type();
  if (!panic_ && accept(TokenKind::Eq)) param.fallback = parse_expr();
  param.span = since(begin);
  return param;
}

// ":" type ; the mode stands before the name, not before the type.
void Parser::parse_param_type(ast::Param& param) {
  if (at(TokenKind::Name)) {
    complain(token_.span, D::ForeignSpelling, {"x T", "x: T"})
        .fix({previous_end_, token_.span.begin}, ": ");
  } else if (at(TokenKind::Question)) {
    return correct_optional_param(param);
  } else if (!accept(TokenKind::Colon)) {
    Report report = fail_expected("`:` and the type of the parameter");
    report.help(at(TokenKind::Eq)
                    ? "a default stands behind the type: `x: int = 5`"
                    : "a function says the types of its parameters: `x: int`, or `<T>(x: T)` for any");
    return;
  }
  if (at(TokenKind::DotDotDot)) return correct_many_params(param);
  correct_mode_of_type(param);
  param.type = parse_type();
  if (!panic_ && at(TokenKind::Pipe)) fail_one_of_types();
}

// generics = "<" generic { "," generic } [ "," ] ">" ; generic = NAME [ ":" bounds ] [ "=" type ] ;
std::span<const ast::GenericParam> Parser::parse_generic_params() {
  if (!at(TokenKind::Less)) return {};
  Span open = token_.span;
  advance();
  std::vector<ast::GenericParam> params;
  while (!at(TokenKind::Greater) && !panic_) {
    ast::GenericParam param;
    param.name = parse_ident("a name for a type");
    if (!panic_ && accept(TokenKind::Colon)) param.bounds = parse_bounds();
    if (!panic_ && accept(TokenKind::Eq)) param.fallback = parse_type();
    params.push_back(param);
    if (panic_ || !accept(TokenKind::Comma)) break;
  }
  close_bracket(TokenKind::Greater, open);
  return list(params);
}

// where = "where" predicate { "," predicate } ; predicate = type ":" bounds ;
void Parser::parse_where(ast::Generics& generics) {
  bool on_next_line = at(TokenKind::Newline) && peek(1).kind == TokenKind::KwWhere;
  if (on_next_line) advance();
  if (!accept(TokenKind::KwWhere)) return;
  std::vector<ast::WherePredicate> predicates;
  do {
    if (at(TokenKind::LeftBrace)) break;
    ast::WherePredicate predicate;
    predicate.subject = parse_type();
    if (!panic_ && expect(TokenKind::Colon)) predicate.bounds = parse_bounds();
    predicates.push_back(predicate);
  } while (!panic_ && accept(TokenKind::Comma));
  generics.where = list(predicates);
}

}  // namespace skein::parse
