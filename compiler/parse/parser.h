// The parser's state and all of its functions; the parse_*.cpp files hold them by subject.
//
// Recursive descent, one function for a rule of the grammar, which stands above it in EBNF. A
// rule that cannot go on reports once and leaves `panic_` set: until the end of the statement,
// declaration or bracket is found nothing more is reported, so one mistake gives one report. Each
// function returns a node whatever happened; missing parts become Error nodes.
//
// Bounds keep every later step safe from hostile text. Nest counts how deep the parser itself
// stands; make_expr knows how tall a tree has grown, which a long sum does without any nesting.
// Two more bound how wide a literal or block may be. When one is passed the rest of the file is not
// read.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/parse/parse.h"
#include "compiler/syntax/ast.h"
#include "compiler/syntax/token.h"

namespace skein::parse {

using syntax::Token;
using syntax::TokenBuffer;
using syntax::TokenKind;

class Parser {
 public:
  Parser(const TokenBuffer& tokens, Shared& shared);

  ast::Module* parse_module();

 private:
  // ---- parser.cpp: the cursor ----
  TokenKind kind() const { return token_.kind; }
  bool at(TokenKind kind) const { return token_.kind == kind; }
  bool at_word(std::string_view word) const;
  const Token& peek(size_t ahead = 1) const;
  bool peek_word(size_t ahead, std::string_view word) const;
  // The current token touches the one before it: no blank in between.
  bool touches_previous() const { return token_.span.begin == previous_end_; }
  void advance();
  bool accept(TokenKind kind);
  bool accept_word(std::string_view word);
  bool expect(TokenKind kind);
  // `>` also where it is the first half of `>=` or `>>=`, `?` also as half of `??`.
  bool accept_first_half(TokenKind whole, TokenKind rest);
  bool expect_closing_angle();
  bool expect_open_brace(std::string_view what);
  void skip_newlines();
  void skip_separators();
  // Names and spans.
  std::string_view text(const Token& token) const;
  std::string_view text(Symbol symbol) const { return names_.text(symbol); }
  ast::Ident ident_here() const { return {tokens_.symbol(token_), token_.span}; }
  ast::Ident parse_ident(std::string_view what);
  ast::Ident parse_member_ident(std::string_view what);
  Span since(Span begin) const;
  Span end_of_previous() const { return {previous_end_, previous_end_}; }

  // ---- parser.cpp: reports and recovery ----
  std::string found_words() const;
  // Null-like when a report would be an echo; every syntax error goes through here.
  Report fail(Span span, D kind, std::initializer_list<std::string_view> args = {});
  // Reports without giving up the rule: what was meant is clear.
  Report complain(Span span, D kind, std::initializer_list<std::string_view> args = {});
  Report fail_expected(std::string_view what);
  Report complain_foreign(Span span, std::string_view found, std::string_view skein,
                          std::string_view replacement);
  void give_up();
  void skip_balanced();
  void recover_statement();
  void close_bracket(TokenKind closer, Span open);
  bool at_lost_bracket(TokenKind closer) const;
  void report_unclosed(TokenKind closer, Span open);

  // One level of the parser's own recursion.
  class Nest {
   public:
    explicit Nest(Parser& parser);
    ~Nest() { --parser_.depth_; }
    Nest(const Nest&) = delete;
    Nest& operator=(const Nest&) = delete;

   private:
    Parser& parser_;
  };

  // Measures one subtree: inside, `tallest_` is the height of what was built since it began.
  class Height {
   public:
    explicit Height(Parser& parser) : parser_(parser), outer_(parser.tallest_) {
      parser.tallest_ = 0;
    }
    ~Height() { parser_.tallest_ = std::max(outer_, parser_.tallest_); }
    Height(const Height&) = delete;
    Height& operator=(const Height&) = delete;

   private:
    Parser& parser_;
    uint32_t outer_;
  };

  // Allows or forbids struct literals while it lives (rule 53).
  class StructLiterals {
   public:
    StructLiterals(Parser& parser, bool allowed, std::string_view head = {})
        : parser_(parser),
          outer_allowed_(parser.struct_literals_),
          outer_head_(parser.head_) {
      parser.struct_literals_ = allowed;
      parser.head_ = head;
    }
    ~StructLiterals() {
      parser_.struct_literals_ = outer_allowed_;
      parser_.head_ = outer_head_;
    }
    StructLiterals(const StructLiterals&) = delete;
    StructLiterals& operator=(const StructLiterals&) = delete;

   private:
    Parser& parser_;
    bool outer_allowed_;
    std::string_view outer_head_;
  };

  // ---- making nodes ----
  template <class T>
  T* make_expr(Span span) {
    T* node = arena_.make<T>();
    node->id = ast::ExprId(counters_.exprs++);
    node->span = span;
    if (++tallest_ > ast::kMaxTreeHeight) report_too_tall(span);
    return node;
  }
  template <class T>
  T* make_pattern(Span span) {
    T* node = arena_.make<T>();
    node->id = ast::PatternId(counters_.patterns++);
    node->span = span;
    return node;
  }
  template <class T>
  T* make_type(Span span) {
    T* node = arena_.make<T>();
    node->id = ast::TypeExprId(counters_.types++);
    node->span = span;
    return node;
  }
  template <class T>
  T* make_stmt(Span span) {
    T* node = arena_.make<T>();
    node->id = ast::StmtId(counters_.stmts++);
    node->span = span;
    return node;
  }
  template <class T>
  std::span<const T> list(const std::vector<T>& items) {
    return arena_.copy(items);
  }
  // What stands in for a part that is missing; the report was made.
  ast::Expr* missing_expr() { return make_expr<ast::ErrorExpr>(end_of_previous()); }
  ast::TypeExpr* missing_type() { return make_type<ast::ErrorType>(end_of_previous()); }
  void report_too_tall(Span span);
  void report_too_nested();
  void report_too_wide(Span span, std::string_view what, size_t bound, std::string_view parts);

  // ---- parse_decl.cpp: what all declarations share, functions ----
  struct ItemHead {
    Span begin;
    std::span<const ast::Attribute> attributes;
    bool is_pub = false;
    Symbol doc;
  };
  enum class ItemPlace : uint8_t { Module, Block, Trait, Impl, Extern };

  void parse_items(std::vector<ast::Item*>& items);
  void recover_item();
  bool at_item() const;
  bool at_contextual_item() const;
  ast::Item* parse_item(ItemPlace place);
  ast::ImplItem* parse_derived(const ast::Item& item);
  ItemHead parse_item_head();
  ast::Item* parse_item_after(const ItemHead& head, ItemPlace place);
  ast::Item* fail_item(const ItemHead& head, ItemPlace place);
  Symbol doc_here() const;
  std::span<const ast::Attribute> parse_attributes();
  ast::Attribute parse_attribute();
  template <class T>
  T* make_item(const ItemHead& head) {
    T* node = arena_.make<T>();
    node->id = ast::ItemId(counters_.items++);
    node->span = head.begin;
    node->is_pub = head.is_pub;
    node->doc = head.doc;
    node->attributes = head.attributes;
    return node;
  }
  ast::FnItem* parse_fn(const ItemHead& head, ItemPlace place, bool is_gen);
  void parse_fn_body(ast::FnItem* fn, ItemPlace place);
  void parse_ret(ast::TypeExpr*& ret, bool& ret_mut);
  // `is_variadic`: whether `...` ends them; null where it cannot.
  std::span<const ast::Param> parse_params(bool* is_variadic);
  ast::Param parse_param(bool is_first);
  void parse_param_type(ast::Param& param);
  ast::Mode parse_mode();
  std::span<const ast::GenericParam> parse_generic_params();
  void parse_where(ast::Generics& generics);

  // ---- parse_items.cpp: all other declarations ----
  ast::StructItem* parse_struct(const ItemHead& head);
  std::span<const ast::FieldDecl> parse_field_decls();
  ast::FieldDecl parse_field_decl();
  ast::EnumItem* parse_enum(const ItemHead& head);
  ast::VariantDecl parse_variant_decl();
  ast::TraitItem* parse_trait(const ItemHead& head, bool is_unique);
  ast::ImplItem* parse_impl(const ItemHead& head);
  std::span<ast::Item* const> parse_member_items(ItemPlace place);
  ast::ConstItem* parse_const(const ItemHead& head);
  ast::FnItem* parse_member_const(const ItemHead& head, ItemPlace place);
  ast::StaticItem* parse_static(const ItemHead& head);
  ast::TaskLocalItem* parse_task_local(const ItemHead& head);
  ast::ThreadLocalItem* parse_thread_local(const ItemHead& head);
  template <class T>
  T* parse_cell(const ItemHead& head);
  ast::TypeAliasItem* parse_type_alias(const ItemHead& head, ItemPlace place);
  ast::UseItem* parse_use(const ItemHead& head);
  void parse_use_names(ast::UseItem* use);
  ast::TestItem* parse_test(const ItemHead& head);
  ast::ExternItem* parse_extern(const ItemHead& head);
  bool accept_separator();

  // ---- parse_stmt.cpp ----
  ast::Block* parse_block();
  ast::Block* parse_block_after(std::string_view what);
  void parse_statements(ast::Block* block);
  ast::Stmt* parse_stmt();
  ast::LetStmt* parse_let();
  ast::LetStmt* parse_let_after(Span begin, bool is_var);
  void parse_let_value(ast::LetStmt* let);
  ast::DeferStmt* parse_defer();
  void end_statement(const ast::Stmt* stmt);

  // ---- parse_type.cpp ----
  ast::TypeExpr* parse_type();
  ast::TypeExpr* parse_type_operand();
  ast::TypeExpr* parse_paren_type();
  ast::TypeExpr* parse_bracket_type();
  ast::TypeExpr* parse_fn_type(bool is_once);
  ast::TypeExpr* parse_dyn_type();
  std::span<ast::TypeExpr* const> parse_bounds();
  ast::TypeExpr* parse_foreign_type();
  ast::TypeExpr* fail_type();
  ast::NamedType* parse_named_type();
  std::span<const ast::PathSegment> parse_path_after(ast::PathSegment first);
  ast::PathSegment parse_path_segment();
  void parse_type_args(ast::PathSegment& segment);

  // ---- parse_pattern.cpp ----
  ast::Pattern* parse_pattern();
  ast::Pattern* parse_pattern_operand();
  ast::Pattern* parse_paren_pattern();
  ast::Pattern* parse_array_pattern();
  bool at_rest_pattern() const;
  ast::Pattern* parse_rest_pattern();
  bool at_foreign_rest() const;
  ast::Pattern* parse_foreign_rest();
  ast::Pattern* parse_name_pattern();
  ast::Pattern* parse_named_pattern(ast::BindingPattern* binding);
  ast::Pattern* parse_value_pattern();
  ast::Pattern* parse_struct_pattern(Span begin, std::span<const ast::PathSegment> path);
  ast::Pattern* fail_pattern();
  ast::Expr* parse_pattern_value();
  bool at_pattern_value() const;

  // ---- parse_expr.cpp: operators ----
  ast::Expr* parse_expr();
  ast::Expr* parse_body_expr();
  ast::Expr* parse_assignment(ast::Expr* place);
  ast::Expr* parse_condition_value();
  ast::Expr* parse_binary(uint32_t least);
  // A row of the table of binary operators.
  struct Operator;
  struct Operators;
  const Operator* operator_here();
  ast::Expr* parse_operation(ast::Expr* left, const Operator& op);
  ast::Expr* parse_range_after(ast::Expr* low);
  ast::Expr* parse_coalesce_after(ast::Expr* left);
  ast::Expr* parse_operand();
  bool at_operand() const;

  // ---- parse_postfix.cpp ----
  ast::Expr* parse_postfix(ast::Expr* operand);
  ast::Expr* parse_call(ast::Expr* callee);
  ast::Expr* parse_unwrap(ast::Expr* operand);
  ast::Expr* parse_await_method(ast::Expr* task);
  ast::Expr* parse_member(ast::Expr* receiver);
  ast::Expr* parse_index(ast::Expr* receiver);
  ast::Expr* parse_type_args_after(ast::Expr* base);
  ast::Expr* parse_struct_literal(ast::Expr* path);
  std::span<const ast::Arg> parse_args(TokenKind closer);
  ast::Arg parse_arg();
  bool at_type_args() const;
  bool at_struct_literal(const ast::Expr* path);
  bool path_of(const ast::Expr* expr, std::vector<ast::PathSegment>& path) const;

  // ---- parse_primary.cpp ----
  ast::Expr* parse_primary();
  ast::Expr* parse_literal();
  ast::Expr* parse_name();
  ast::Expr* parse_interp_str();
  ast::InterpPart parse_hole();
  ast::Expr* parse_paren();
  ast::Expr* parse_bracket();
  ast::Expr* parse_map_after(Span begin, ast::Expr* key);
  ast::Expr* parse_array_after(Span begin, ast::Expr* first);
  ast::Expr* parse_block_expr();
  ast::Expr* parse_closure();
  ast::ClosureParam parse_closure_param();
  ast::Expr* fail_expr();

  // ---- foreign.cpp: spellings of other languages ----
  void correct_word(std::string_view skein);
  void correct_foreign_declaration();
  ast::Expr* correct_foreign_operand();
  ast::Expr* correct_foreign_prefix();
  ast::Expr* correct_go();
  ast::Expr* correct_not();
  ast::Expr* correct_try();
  ast::Expr* correct_throw();
  ast::Expr* correct_step(ast::Expr* operand);
  ast::Expr* correct_ternary(ast::Expr* condition);
  ast::Expr* correct_cast(ast::Expr* value);

  ast::Expr* correct_unsafe();
  ast::Expr* correct_nameless_function();
  bool at_dotted_variant() const;
  void correct_dotted_variant();
  ast::Expr* correct_small_variant();
  bool at_c_cast(const ast::Expr* type) const;
  ast::Expr* correct_c_cast(Span open);
  ast::Expr* correct_go_literal(Span begin);
  ast::Expr* correct_go_map();
  ast::Expr* correct_do();
  void skip_foreign_handlers();
  bool at_statement_start() const;

  // ---- foreign_decl.cpp: heads of declarations of other languages ----
  bool at_receiver() const;
  void fail_receiver(Span span);
  void skip_foreign_effects();
  void correct_late_result(ast::FnItem* fn);
  void correct_param_label();
  bool at_type_first() const;
  ast::TypeExpr* correct_type_first(ast::Ident& name);
  void correct_optional_param(ast::Param& param);
  void correct_many_params(ast::Param& param);
  void correct_mode_of_type(ast::Param& param);
  void fail_const_group();
  void skip_mut_of_static();
  void fail_one_of_types();
  void skip_foreign_visibility();
  void skip_part_of_pub();
  void skip_foreign_parents();
  void correct_impl_head(ast::ImplItem* item);
  bool fail_foreign_import();

  // ---- foreign_closure.cpp: closures of other languages, and what else follows an expression ----
  bool at_trailing_closure(const ast::Expr* operand) const;
  bool at_python_slice() const;
  ast::Expr* correct_python_slice(ast::Expr* receiver);
  ast::Expr* correct_trailing_closure(ast::Expr* operand);
  ast::Expr* correct_comprehension(Span open);
  ast::Expr* correct_arrow_closure(Span open);
  bool help_with_rest(Report& report, TokenKind expected) const;

  // ---- foreign_stmt.cpp: declarations, assignments, loops and types of other languages ----
  bool at_short_tuple() const;
  ast::Stmt* correct_short_tuple();
  ast::Stmt* correct_typed_variable();
  void skip_to_block();
  ast::Expr* correct_foreign_for(ast::Ident label, Span begin);
  ast::Expr* skip_foreign_loop(Span begin);
  ast::Expr* correct_loop_head(Span begin, bool in_parens);
  ast::Expr* correct_parens_of_loop(Span begin, size_t name);
  ast::Expr* correct_range_of_two(Span begin);
  ast::Expr* correct_three_parts(Span begin, size_t name);
  bool fail_foreign_item();
  ast::TypeExpr* correct_go_type();
  ast::TypeExpr* correct_go_end();
  ast::TypeExpr* correct_marked_type(Span begin, std::string_view theirs, std::string ours);
  ast::Expr* correct_make();
  ast::Expr* correct_lambda();

  // ---- parse_control.cpp ----
  ast::Expr* parse_if();
  std::span<const ast::Condition> parse_conditions(std::string_view head);
  ast::Condition parse_condition(bool behind_let);
  bool accept_else();
  ast::Expr* parse_else_block();
  ast::Expr* parse_match();
  ast::MatchArm parse_match_arm();
  ast::Expr* parse_guard();
  bool expect_arm_arrow();
  void end_arm(const ast::Expr* body);
  bool at_label() const;
  ast::Expr* parse_labelled();
  ast::Expr* parse_loop(ast::Ident label);
  ast::Expr* parse_while(ast::Ident label);
  ast::Expr* parse_for(ast::Ident label);
  ast::Expr* parse_head_expr(std::string_view head);
  ast::Expr* parse_par_for();
  ast::Reduce parse_reduce();
  bool parse_reduce_operator(ast::Reduce& reduce);
  ast::Expr* parse_break();
  ast::Expr* parse_continue();
  ast::Expr* parse_return();
  ast::Expr* parse_optional_value();

  // ---- parse_task.cpp ----
  ast::Expr* parse_spawn(Span begin, ast::Expr* scope);
  ast::Expr* parse_task_name();
  ast::Expr* parse_async();
  void parse_async_policy(ast::Async& node);
  ast::Expr* parse_within();
  ast::Expr* parse_shield();
  ast::Expr* parse_catch();
  ast::Expr* parse_lock();
  ast::LockedPlace parse_locked_place();
  ast::Expr* parse_with();
  ast::Expr* parse_yield();
  ast::Expr* parse_select();
  ast::SelectArm parse_select_arm();
  void parse_select_operation(ast::SelectArm& arm);
  bool at_binding_operation() const;
  void parse_bound_operation(ast::SelectArm& arm);
  static void parse_received(ast::SelectArm& arm, ast::Expr* operation);

  const TokenBuffer& tokens_;
  Arena& arena_;
  Interner& names_;
  ast::Counters& counters_;
  DiagnosticSink& sink_;

  size_t position_ = 0;       // of `token_` in the buffer
  Token token_;               // a copy, because half of it may be used up
  uint32_t previous_end_ = 0;
  bool panic_ = false;        // a report was made and the rule not yet left
  // Where a bracket that was never closed was given up: up to the end of its block the lexer has
  // seen no ends of statements, so the starts of lines stand for them.
  static constexpr size_t kNowhere = SIZE_MAX;
  size_t lost_bracket_at_ = kNowhere;
  // A declaration that begins in the first column though a block is open: a `}` may be missing.
  Span suspect_;
  bool gave_up_ = false;      // a bound was passed; everything after is silent
  uint32_t depth_ = 0;
  uint32_t tallest_ = 0;
  bool in_block_ = false;
  bool struct_literals_ = true;
  std::string_view head_;     // the word whose head forbids them
  std::vector<Symbol> labels_;  // of the loops around
};

// Whether it names a type of numbers, characters or text, here or in other languages.
bool is_type_word(std::string_view word);

}  // namespace skein::parse
