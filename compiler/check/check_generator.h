// Generators: `gen fn`, and where its `yield` may stand.
#pragma once

#include "compiler/check/context.h"

namespace skein::check {

// What a `gen fn` takes and gives; called when its parameters and what it says behind `->` are known.
void resolve_generator(Context& ctx, const ast::FnItem& item, types::FnDecl& fn);
// `yield v`, and `yield` alone, which gives way.
TypeId check_yield(Context& ctx, const ast::Yield* node);
// A generator's body is no scope, so what needs one needs a block that is.
void check_scope_of_generator(Context& ctx, Span span, std::string_view what);

// While it lives, a generator cannot stop: this is the inside of a block that ends before that.
class NoYield {
 public:
  NoYield(Context& ctx, std::string_view word, Span span);
  ~NoYield();
  NoYield(const NoYield&) = delete;

 private:
  Body& body_;
  std::string_view outer_;
  Span outer_at_;
};

}  // namespace skein::check
