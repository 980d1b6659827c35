// All declarations but functions.
#include "compiler/parse/parser.h"

namespace skein::parse {

// separator = { "," | NEWLINE | ";" } ; between fields, variants and the like. False: none stood
// here.
bool Parser::accept_separator() {
  bool any = false;
  while (at(TokenKind::Comma) || at(TokenKind::Newline) || at(TokenKind::Semicolon)) {
    any = true;
    advance();
  }
  return any;
}

// ---- structs and enums ---------------------------------------------------------------------

// struct = "struct" NAME [ generics ] [ where ] [ "{" { field separator } "}" ] ;
ast::StructItem* Parser::parse_struct(const ItemHead& head) {
  advance();
  ast::StructItem* item = make_item<ast::StructItem>(head);
  item->name = parse_ident("a name for the struct");
  if (panic_) return item;
  item->generics.params = parse_generic_params();
  if (!panic_) parse_where(item->generics);
  if (!panic_) skip_foreign_parents();
  if (!panic_ && at(TokenKind::LeftParen)) {
    fail(token_.span, D::ForeignIdea, {"structs without names for their fields"})
        .help("name them: `struct P { x: int, y: int }`, or use a tuple `(int, int)`");
    return item;
  }
  if (!panic_ && at(TokenKind::LeftBrace)) item->fields = parse_field_decls();
  return item;
}

// "{" { field separator } "}" ;
std::span<const ast::FieldDecl> Parser::parse_field_decls() {
  Span open = token_.span;
  advance();
  std::vector<ast::FieldDecl> fields;
  accept_separator();
  while (!at(TokenKind::RightBrace) && !at(TokenKind::EndOfFile) && !panic_) {
    fields.push_back(parse_field_decl());
    if (panic_ || !accept_separator()) break;
  }
  close_bracket(TokenKind::RightBrace, open);
  return list(fields);
}

// field = { attribute } [ "pub" ] NAME ":" type [ "=" expr ] ;
ast::FieldDecl Parser::parse_field_decl() {
  ast::FieldDecl field;
  ItemHead head = parse_item_head();
  field.doc = head.doc;
  field.attributes = head.attributes;
  field.is_pub = head.is_pub;
  skip_foreign_visibility();
  bool is_static_fn = at(TokenKind::KwStatic) && peek(1).kind == TokenKind::KwFn;
  if (at(TokenKind::KwFn) || is_static_fn) {
    fail_expected("a field").help("methods stand outside, in an `impl` of the type: "
                                  "`impl P { fn f(self) { … } }`");
    field.type = missing_type();
    return field;
  }
  bool has_word = at(TokenKind::KwLet) || at(TokenKind::KwVar) || at(TokenKind::KwMut);
  if (has_word && peek(1).kind == TokenKind::Name) {
    complain_foreign({token_.span.begin, peek(1).span.begin}, text(token_), "nothing here", "")
        .help("whether a field may change is said by the variable that holds the struct");
    advance();
  }
  if (at_type_first()) {
    field.type = correct_type_first(field.name);
    return field;
  }
  // A field is always used behind a point, so its name may be a reserved word.
  field.name = parse_member_ident("a field");
  if (!panic_ && at(TokenKind::Name)) {
    complain(token_.span, D::ForeignSpelling, {"x T", "x: T"})
        .fix({previous_end_, token_.span.begin}, ": ");
  } else if (!panic_ && !accept(TokenKind::Colon)) {
    Report report = fail_expected("`:` and the type of the field");
    if (at(TokenKind::LeftParen)) {
      report.help("methods stand outside, in an `impl` of the type, and so do functions that make a "
                  "value: `impl P { fn new(x: int) -> Self { … } }`");
    }
  }
  field.type = panic_ ? missing_type() : parse_type();
  if (!panic_ && accept(TokenKind::Eq)) field.fallback = parse_expr();
  return field;
}

// enum = "enum" NAME [ generics ] [ where ] "{" { variant separator } "}" ;
ast::EnumItem* Parser::parse_enum(const ItemHead& head) {
  advance();
  ast::EnumItem* item = make_item<ast::EnumItem>(head);
  item->name = parse_ident("a name for the enum");
  if (panic_) return item;
  item->generics.params = parse_generic_params();
  if (!panic_) parse_where(item->generics);
  Span open = token_.span;
  if (panic_ || !expect_open_brace("`{` and the variants of the enum")) return item;
  std::vector<ast::VariantDecl> variants;
  accept_separator();
  while (!at(TokenKind::RightBrace) && !at(TokenKind::EndOfFile) && !panic_) {
    variants.push_back(parse_variant_decl());
    if (panic_ || !accept_separator()) break;
  }
  close_bracket(TokenKind::RightBrace, open);
  item->variants = list(variants);
  return item;
}

// variant = { attribute } NAME [ "(" type { "," type } ")" | "{" { field separator } "}" ] ;
ast::VariantDecl Parser::parse_variant_decl() {
  ast::VariantDecl variant;
  ItemHead head = parse_item_head();
  variant.doc = head.doc;
  variant.attributes = head.attributes;
  if (at_word("case") && peek(1).kind == TokenKind::Name) {
    complain_foreign({token_.span.begin, peek(1).span.begin}, "case V", "V", "");
    advance();
  }
  variant.name = parse_ident("a variant");
  if (!panic_ && at(TokenKind::LeftParen)) {
    Span open = token_.span;
    advance();
    std::vector<ast::TypeExpr*> payload;
    while (!at(TokenKind::RightParen) && !panic_) {
      payload.push_back(parse_type());
      if (panic_ || !accept(TokenKind::Comma)) break;
    }
    close_bracket(TokenKind::RightParen, open);
    variant.payload = list(payload);
  } else if (!panic_ && at(TokenKind::LeftBrace)) {
    variant.has_named_fields = true;
    variant.fields = parse_field_decls();
  } else if (!panic_ && at(TokenKind::Eq)) {
    complain(token_.span, D::ForeignIdea, {"numbers of variants"})
        .help("a method says which number each has: `match self { A => 1, B => 2 }`");
    advance();
    parse_expr();
  }
  variant.span = since(head.begin);
  return variant;
}

// ---- traits and impls ----------------------------------------------------------------------

// trait = [ "unique" ] "trait" NAME [ generics ] [ ":" bounds ] [ where ] "{" { item } "}" ;
ast::TraitItem* Parser::parse_trait(const ItemHead& head, bool is_unique) {
  advance();
  ast::TraitItem* item = make_item<ast::TraitItem>(head);
  item->is_unique = is_unique;
  item->name = parse_ident("a name for the trait");
  if (panic_) return item;
  item->generics.params = parse_generic_params();
  if (!panic_ && accept(TokenKind::Colon)) item->supertraits = parse_bounds();
  if (!panic_) parse_where(item->generics);
  if (!panic_) item->items = parse_member_items(ItemPlace::Trait);
  return item;
}

// impl = "impl" [ generics ] [ named_type "for" ] type [ where ] "{" { item } "}" ;
ast::ImplItem* Parser::parse_impl(const ItemHead& head) {
  advance();
  ast::ImplItem* item = make_item<ast::ImplItem>(head);
  item->generics.params = parse_generic_params();
  item->self_type = panic_ ? missing_type() : parse_type();
  if (!panic_ && accept(TokenKind::KwFor)) {
    item->trait = item->self_type;
    item->self_type = parse_type();
  } else if (!panic_ && at(TokenKind::Colon)) {
    correct_impl_head(item);
  }
  if (!panic_) parse_where(item->generics);
  if (!panic_) item->items = parse_member_items(ItemPlace::Impl);
  return item;
}

// "{" { item } "}" ;
std::span<ast::Item* const> Parser::parse_member_items(ItemPlace place) {
  Span open = token_.span;
  if (!expect_open_brace("`{`")) return {};
  bool outer_in_block = in_block_;
  in_block_ = false;
  std::vector<ast::Item*> items;
  accept_separator();
  while (!at(TokenKind::RightBrace) && !at(TokenKind::EndOfFile)) {
    size_t before = position_;
    items.push_back(parse_item(place));
    if (panic_) recover_item();
    if (position_ == before) advance();
    accept_separator();
  }
  in_block_ = outer_in_block;
  close_bracket(TokenKind::RightBrace, open);
  return list(items);
}

// ---- constants and cells -------------------------------------------------------------------

// const = "const" NAME [ ":" type ] "=" expr ;
ast::ConstItem* Parser::parse_const(const ItemHead& head) {
  advance();
  if (at(TokenKind::LeftParen)) fail_const_group();
  ast::ConstItem* item = make_item<ast::ConstItem>(head);
  item->name = parse_ident("a name for the constant");
  if (!panic_ && accept(TokenKind::Colon)) item->type = parse_type();
  if (!panic_ && accept(TokenKind::Eq)) {
    item->value = parse_expr();
  } else {
    fail_expected("`=` and the value of the constant");
  }
  if (!item->value) item->value = missing_expr();
  return item;
}

// member_const = "const" NAME ":" type [ "=" expr ] ; only in a trait without a value.
ast::FnItem* Parser::parse_member_const(const ItemHead& head, ItemPlace place) {
  advance();
  ast::FnItem* item = make_item<ast::FnItem>(head);
  item->is_const = true;
  item->name = parse_ident("a name for the constant");
  if (!panic_ && accept(TokenKind::Colon)) {
    item->ret = parse_type();
  } else if (!panic_) {
    fail_expected("`:` and the type of the constant");
  }
  Span begin = token_.span;
  if (!panic_ && accept(TokenKind::Eq)) {
    item->body = arena_.make<ast::Block>();
    item->body->id = ast::BlockId(counters_.blocks++);
    item->body->value = parse_expr();
    item->body->span = since(begin);
  } else if (!panic_ && place != ItemPlace::Trait) {
    fail_expected("`=` and the value of the constant");
  }
  return item;
}

// cell = NAME ":" type "=" expr ;
template <class T>
T* Parser::parse_cell(const ItemHead& head) {
  advance();
  T* item = make_item<T>(head);
  accept(TokenKind::KwVar);
  bool is_mut = at(TokenKind::KwMut);
  if (is_mut) skip_mut_of_static();
  item->name = parse_ident("a name");
  if (!panic_ && accept(TokenKind::Colon)) item->type = parse_type();
  if (is_mut) item->type = missing_type();
  item->value = !panic_ && expect(TokenKind::Eq) ? parse_expr() : missing_expr();
  return item;
}

ast::StaticItem* Parser::parse_static(const ItemHead& head) {
  return parse_cell<ast::StaticItem>(head);
}

ast::TaskLocalItem* Parser::parse_task_local(const ItemHead& head) {
  return parse_cell<ast::TaskLocalItem>(head);
}

ast::ThreadLocalItem* Parser::parse_thread_local(const ItemHead& head) {
  return parse_cell<ast::ThreadLocalItem>(head);
}

// type_alias = "type" NAME [ generics ] [ ":" bounds ] [ "=" type ] ;
ast::TypeAliasItem* Parser::parse_type_alias(const ItemHead& head, ItemPlace place) {
  advance();
  ast::TypeAliasItem* item = make_item<ast::TypeAliasItem>(head);
  item->name = parse_ident("a name for the type");
  if (!panic_) item->generics.params = parse_generic_params();
  if (!panic_ && accept(TokenKind::Colon)) item->bounds = parse_bounds();
  if (!panic_ && accept(TokenKind::Eq)) {
    item->type = parse_type();
  } else if (panic_ || place != ItemPlace::Trait) {
    fail_expected("`=` and a type");
    item->type = missing_type();
  }
  return item;
}

// ---- use -----------------------------------------------------------------------------------

// use = "use" NAME { "." NAME } [ "." "{" names "}" | "as" NAME ] ;
ast::UseItem* Parser::parse_use(const ItemHead& head) {
  advance();
  ast::UseItem* item = make_item<ast::UseItem>(head);
  if (at(TokenKind::Str)) {
    fail(token_.span, D::Expected, {"the name of a module", "a string"})
        .help("modules are named by their path: `use std.time`");
    return item;
  }
  std::vector<ast::Ident> path{parse_ident("the name of a module")};
  while (!panic_ && (at(TokenKind::Dot) || at(TokenKind::ColonColon) || at(TokenKind::Slash))) {
    std::string found(syntax::token_kind_words(kind()));
    if (!at(TokenKind::Dot)) {
      complain_foreign(token_.span, std::string_view(found).substr(1, found.size() - 2), ".", ".");
    }
    advance();
    if (at(TokenKind::LeftBrace)) {
      parse_use_names(item);
      break;
    }
    if (at(TokenKind::Star)) {
      fail(token_.span, D::ForeignIdea, {"imports of everything"})
          .help("name what you use, `use a.{b, c}`, or the module, `use a`");
      break;
    }
    path.push_back(parse_ident("a name"));
  }
  item->path = list(path);
  if (!panic_ && accept(TokenKind::KwAs)) item->alias = parse_ident("a name");
  return item;
}

// names = NAME [ "as" NAME ] { "," NAME [ "as" NAME ] } [ "," ] ;
void Parser::parse_use_names(ast::UseItem* use) {
  Span open = token_.span;
  advance();
  use->has_names = true;
  std::vector<ast::UseName> names;
  accept_separator();
  while (!at(TokenKind::RightBrace) && !panic_) {
    ast::UseName name;
    name.name = parse_ident("a name");
    if (!panic_ && accept(TokenKind::KwAs)) name.alias = parse_ident("a name");
    names.push_back(name);
    if (panic_ || !accept_separator()) break;
  }
  close_bracket(TokenKind::RightBrace, open);
  use->names = list(names);
}

// ---- tests and foreign functions -----------------------------------------------------------

// test = "test" STR block ;
ast::TestItem* Parser::parse_test(const ItemHead& head) {
  advance();
  ast::TestItem* item = make_item<ast::TestItem>(head);
  item->fn = make_item<ast::FnItem>(head);
  item->fn->name = {tokens_.symbol(token_), token_.span};
  advance();
  item->fn->body = parse_block_after("the body of the test");
  return item;
}

// extern = "extern" [ STR ] ( fn | "{" { fn } "}" ) ;
ast::ExternItem* Parser::parse_extern(const ItemHead& head) {
  advance();
  ast::ExternItem* item = make_item<ast::ExternItem>(head);
  item->abi = at(TokenKind::Str) ? tokens_.symbol(token_) : names_.intern("C");
  item->abi_span = token_.span;
  accept(TokenKind::Str);
  if (at(TokenKind::KwFn)) {
    std::vector<ast::Item*> items = {parse_fn(head, ItemPlace::Extern, false)};
    item->items = list(items);
    item->attributes = {};
    return item;
  }
  item->items = parse_member_items(ItemPlace::Extern);
  return item;
}

}  // namespace skein::parse
