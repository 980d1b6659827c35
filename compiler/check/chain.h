// Chains of adaptors that are used up by the expression they stand in: `xs.map(f).sum()`.
#pragma once

#include "compiler/check/check_expr.h"

namespace skein::check {

// What a method of the library does with the iterator it belongs to.
enum class IterRole : uint8_t { None, Adaptor, Consumer };
IterRole role_of(const Context& ctx, const types::FnDecl& fn);

// The time in which a method call is checked, its receiver and its arguments included.
class ChainLink {
 public:
  ChainLink(Context& ctx, const ast::MethodCall* node);
  ~ChainLink();
  ChainLink(const ChainLink&) = delete;
  ChainLink& operator=(const ChainLink&) = delete;

  // Whether it is an adaptor of a chain that is used up.
  bool is_chained() const { return is_chained_; }
  // Looks at the whole chain when its last call has been checked.
  void finish();

 private:
  bool check_arg(const ast::MethodCall* link, const types::CallFact& call,
                 const types::FnDecl& fn, size_t i);

  Context& ctx_;
  const ast::MethodCall* node_;
  bool is_chained_ = false;
  IterRole role_ = IterRole::None;
  std::vector<types::ClosureId> outer_closures_;
};

}  // namespace skein::check
