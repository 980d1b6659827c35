// Chains of adaptors that are used up by the expression they stand in.
//
//   (0..n).map(|_| rng.below(6)).filter(|x| x > 0).collect()
//
// An adaptor keeps its closure, so that the closure has copies. Where the chain ends in a consumer
// within the same expression, nothing of it is left afterwards, and its closures may stand for the
// variables themselves, as if the chain were one call (docs/decisions/0015).
//
// A chain is seen from its end: the consumer is checked first, and says so to its receiver. Which
// methods are adaptors and consumers is told by their results: what names the iterator keeps it.
#include "compiler/check/chain.h"

#include <algorithm>

#include "compiler/check/captures.h"
#include "compiler/check/method.h"

namespace skein::check {

static bool mentions_iterator(const Context& ctx, const types::FnDecl& fn, TypeId type) {
  const Type& known = ctx.types.get(type);
  if (known.kind == TypeKind::Param) {
    const types::TypeParamDecl& param = fn.type_params[known.decl];
    return param.iter_item.valid() || param.iterator.valid() || param.fn_bound.valid();
  }
  return std::any_of(known.args.begin(), known.args.end(),
                     [&](TypeId arg) { return mentions_iterator(ctx, fn, arg); });
}

IterRole role_of(const Context& ctx, const types::FnDecl& fn) {
  bool is_method = fn.impl.valid() && fn.has_self && ctx.program.modules[fn.module].is_std;
  if (!is_method || fn.params[0].mode != ParamMode::Own) return IterRole::None;
  const types::ImplDecl& impl = ctx.program.impls[fn.impl];
  if (impl.type_params.empty() || !impl.type_params[0].iterator.valid()) return IterRole::None;
  return mentions_iterator(ctx, fn, fn.result) ? IterRole::Adaptor : IterRole::Consumer;
}

// The role of the library's method of that name.
static IterRole role_of_name(const Context& ctx, Symbol name) {
  for (FnId id : methods_of_any_type(ctx, name)) {
    IterRole role = role_of(ctx, ctx.program.fns[id]);
    if (role != IterRole::None) return role;
  }
  return IterRole::None;
}

ChainLink::ChainLink(Context& ctx, const ast::MethodCall* node) : ctx_(ctx), node_(node) {
  role_ = node->optional ? IterRole::None : role_of_name(ctx, node->name.name);
  is_chained_ = role_ == IterRole::Adaptor && ctx.chained == node;
  bool goes_on = is_chained_ || role_ == IterRole::Consumer;
  ctx.chained = goes_on ? node->receiver : nullptr;
  if (role_ == IterRole::Consumer) std::swap(outer_closures_, ctx.chain_closures);
}

ChainLink::~ChainLink() {
  if (role_ == IterRole::Consumer) std::swap(outer_closures_, ctx_.chain_closures);
}

// Whether argument i of a call of the chain is one of the closures that last as long as the chain;
// if not, it has to let them be.
bool ChainLink::check_arg(const ast::MethodCall* link, const types::CallFact& call,
                          const types::FnDecl& fn, size_t i) {
  if (!call.args[i]) return false;
  const types::ClosureDecl* own = borrowed_closure(ctx_, call.args[i]);
  if (own && link != node_) return true;
  for (types::ClosureId id : ctx_.chain_closures) {
    const types::ClosureDecl& closure = ctx_.program.closures[id];
    if (own) {
      check_overlap(ctx_, closure, *own);
    } else {
      check_overlap(ctx_, closure, call.args[i], fn.params[i].mode);
    }
  }
  return false;
}

// Two closures of a chain run in turns, and each argument of its calls lasts as long as the chain.
void ChainLink::finish() {
  if (role_ != IterRole::Consumer || ctx_.chain_closures.empty()) return;
  const types::Program& program = ctx_.program;
  const std::vector<types::ClosureId>& closures = ctx_.chain_closures;
  for (size_t i = 0; i < closures.size(); ++i) {
    for (size_t j = i + 1; j < closures.size(); ++j) {
      check_overlap(ctx_, program.closures[closures[i]], program.closures[closures[j]]);
    }
  }
  size_t found = 0;
  for (const ast::MethodCall* link = node_; link;
       link = link->receiver->try_as<ast::MethodCall>()) {
    const types::CallFact* call = program.call_of(link);
    if (!call || !call->callee.valid()) break;
    const types::FnDecl& fn = program.fns[call->callee];
    if (role_of(ctx_, fn) == IterRole::None) {
      // A trait of the user's has a method of that name.
      if (found < closures.size()) {
        ctx_.report(link->name.span, D::ChainKept, {fn.display_name})
            .label(program.closures[closures[0]].span, "this closure stands for variables")
            .help("collect the values first: `.collect()`");
      }
      break;
    }
    for (size_t i = 1; i < call->args.size(); ++i) found += check_arg(link, *call, fn, i);
  }
  ctx_.program.chains[node_->id.index] = closures;
}

}  // namespace skein::check
