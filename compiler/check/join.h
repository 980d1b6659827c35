// The one type of several values of which one is taken: branches, arms, elements of an array.
#pragma once

#include "compiler/check/check_expr.h"

namespace skein::check {

class Join {
 public:
  Join(Context& ctx, const Want& want) : ctx_(ctx), want_(want) {}
  Join(const Join&) = delete;

  // Checks the next of the values.
  void add_expr(const ast::Expr* expr);
  void add_block(const ast::Block& block);
  // A value that is just there: `break` alone gives `()`.
  void add_unit(Span span);

  // Of all of them: what was demanded, else what they have in common, `never` if there are none.
  TypeId type() const;

 private:
  Want next_want() const;
  void merge(const ast::Expr* expr, TypeId found);

  Context& ctx_;
  const Want want_;
  TypeId result_;                          // invalid: only such so far that do not return
  Span first_;                             // the value that gave `result_` its type
  std::string why_;
  std::vector<const ast::Expr*> values_;   // those that have it, to wrap them later
};

}  // namespace skein::check
