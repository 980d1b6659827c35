// The steps of lowering, each in the file named after what it lowers.
//
// An expression is lowered in one of three ways: to an operand (a constant, a place, a temporary),
// into a place, or for its effects alone. A `dest` that is not valid means the last: the value is
// dropped, at the latest at the end of the statement.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "compiler/lower/body.h"

namespace skein::lower {

// ---- lower_expr.cpp ----
void lower_into(Body& body, const ast::Expr* expr, const Place& dest);
void lower_discarded(Body& body, const ast::Expr* expr);
// A value of its own: constants, copies and moves.
Operand lower_value(Body& body, const ast::Expr* expr);
// Something to look at for the length of one instruction.
Operand lower_borrowed(Body& body, const ast::Expr* expr);
// A temporary that owns the value until the end of the statement.
LocalId lower_to_temp(Body& body, const ast::Expr* expr);
// The place of a place expression, or a temporary with the value of any other.
Place lower_to_place(Body& body, const ast::Expr* expr);
void lower_block(Body& body, const ast::Block* block, const Place& dest);
std::optional<Operand> constant_of(Body& body, const ast::Expr* expr);
// That of a constant that is a literal or was worked out by check; others are called.
std::optional<Operand> value_of_const(Body& body, types::ConstId id);
// The value of a constant or static: that of the function made for it.
void lower_item(Body& body, FunctionId item, const Place& dest, Span span);

// ---- lower_operator.cpp ----
void lower_unary(Body& body, const ast::Unary* node, const Place& dest);
void lower_binary(Body& body, const ast::Binary* node, const Place& dest);
void lower_compare(Body& body, const ast::Compare* node, const Place& dest);
void lower_logical(Body& body, const ast::Logical* node, const Place& dest);
// `dest = left op right`, for `+` and its kind and for the assignments made of them.
void emit_binary(Body& body, ast::BinaryOp op, TypeId type, Operand left, Operand right,
                 const Place& dest, Span span);
void emit_compare(Body& body, ast::CompareOp op, TypeId type, Operand left, Operand right,
                  const Place& dest, Span span);
// Goes to `yes` if the condition holds, else to `no`.
void lower_branch(Body& body, const ast::Expr* condition, BlockId yes, BlockId no);

// ---- lower_place.cpp ----
// A place whose indices are known, but which was not looked at yet (language rule 2).
struct PendingCall;
struct PendingPlace {
  struct Step {
    Projection projection;
    TypeId container;       // the type it is a part of
    Span span;
    // The first step, in place of a root: a call that gives the place, whose arguments are known.
    std::shared_ptr<PendingCall> call = {};
    // `m[k]` of a map: the key, and what is inserted where it is missing.
    std::optional<Operand> key = {};
    std::optional<Operand> fallback = {};
    // `x!`: the payload of an option, which has to be there.
    bool unwraps = false;
  };
  LocalId root;
  std::vector<Step> steps;
};
// Whether the expression is written as a place: a variable or a part of one. is_place asks also
// that its value is wanted as it is, without an adjustment.
bool has_place_form(Body& body, const ast::Expr* expr);
bool is_place(Body& body, const ast::Expr* expr);
// Whether it is a part of a place that a call gives: its value is read when the call is made, so that
// what the call was lent is free for what is evaluated next.
bool is_read_at_once(Body& body, const ast::Expr* expr);
PendingPlace lower_pending_place(Body& body, const ast::Expr* expr);
// Begins the access: indices are checked, and for a write shared buffers are copied.
Place read_place(Body& body, const PendingPlace& pending);
Place write_place(Body& body, const PendingPlace& pending);
// `place = value`: what was there is dropped, if there was anything. A map gets an entry.
void store_at(Body& body, const PendingPlace& pending, Operand value, Span span);
// From here on the reference local stands for the place.
void emit_ref(Body& body, LocalId dest, Operand place, Span span);
void lower_assign(Body& body, const ast::Assign* node);

// ---- lower_map.cpp ----
bool is_map(Body& body, TypeId type);
bool is_set(Body& body, TypeId type);
void lower_map(Body& body, const ast::MapLit* node, const Place& dest);
// Adds the step from a map to the value that `node` asks for.
void add_map_step(Body& body, const ast::Index* node, PendingPlace& pending);
// The place of the value, in `map`.
Place enter_map(Body& body, const Place& map, const PendingPlace::Step& step, bool writes);
void insert_into_map(Body& body, const Place& map, const PendingPlace::Step& step, Operand value);
// The array in which a map or set keeps its entries, each an option.
Place entries_of(Body& body, Place collection);

// ---- lower_call.cpp ----
struct CallArg {
  CallArg(const ast::Expr* expr, ParamMode mode) : expr(expr), mode(mode) {}

  const ast::Expr* expr;
  ParamMode mode;
  // Set where the argument is no expression: the payload that `?.` calls a method of.
  std::optional<Place> place;
  // The parameter's default value, which is evaluated behind everything that was written.
  bool is_default = false;
  // Of a generic declaration: the function that gives the default value, and its type arguments.
  sir::FunctionId maker = {};
  std::vector<TypeId> type_args = {};
  // The parameter is an array, of a function that can be compiled for windows.
  bool takes_window = false;
  // The argument is a fixed array, or the place of one, where the parameter is a growable one.
  bool is_fixed = false;
};
// The operands of one instruction: evaluated from left to right, accesses last.
std::vector<Operand> lower_args(Body& body, const std::vector<CallArg>& args);
void lower_call(Body& body, const ast::Expr* node, const Place& dest);
// The call that `expr` is, if it gives a place; else null.
const types::CallFact* call_of_place(Body& body, const ast::Expr* expr);
// Such a call in two halves: the arguments, and the access that begins with the call.
std::shared_ptr<PendingCall> lower_pending_call(Body& body, const ast::Expr* expr,
                                                const types::CallFact& call);
Place enter_call(Body& body, PendingCall& pending);
// Makes the argument the default value of a parameter or field of `owner`.
void set_default(Body& body, CallArg& arg, const ast::Expr* value,
                 const std::vector<types::TypeParamDecl>& type_params,
                 const std::vector<TypeId>& type_args, const std::string& owner);
// A call of a function of C's with `...` (lower_foreign.cpp).
void lower_variadic_call(Body& body, const types::CallFact& call, TypeId type, const Place& dest,
                         Span span);
// What each parameter gets, defaults put in.
std::vector<CallArg> args_of_call(Body& body, const types::CallFact& call);
// Calls the function or builtin. `type` is that of the result.
void emit_call(Body& body, types::FnId callee, const std::vector<TypeId>& type_args,
               std::vector<Operand> operands, TypeId type, const Place& dest, Span span);

// ---- lower_window.cpp ----
// Before elements of an array are changed: its buffer is nobody else's.
void unshare_array(Body& body, const Place& array, Span span);
// `xs[a..b]` whose bounds are known, but which was not looked at yet (language rule 2).
struct PendingWindow {
  PendingPlace array;
  std::optional<Operand> low;    // nothing: the first or last place there is
  std::optional<Operand> high;
  Span span;
};
bool is_array_slice(Body& body, const ast::Expr* expr);
PendingWindow lower_pending_window(Body& body, const ast::Slice* node);
// Begins the access; the local is the window.
LocalId emit_window(Body& body, const PendingWindow& pending, bool writes);
LocalId emit_length(Body& body, const Place& array, Span span);
// All elements of a fixed array.
LocalId emit_whole_window(Body& body, const Place& array, bool writes, Span span);
// Begins the change of an array or of a part of one: its elements are nobody else's.
Place enter_array(Body& body, const ast::Expr* array);
// Null if the expression is no call of that method.
const types::CallFact* call_of_builtin(Body& body, const ast::Expr* expr, Builtin builtin);
// `let (mut a, mut b) = xs.split_mut(i)`.
void lower_split(Body& body, const ast::LetStmt* node, const types::CallFact& call);
// `for mut part in xs.chunks_mut(n)` up to the body of a round.
LoopTarget begin_chunks(Body& body, const ast::For* node, const types::CallFact& call);

// The end of the chunk that begins at `start`.
LocalId emit_chunk_end(Body& body, LocalId start, LocalId size, LocalId length, Span span);

// ---- lower_panic.cpp ----
void lower_panic_call(Body& body, Builtin builtin, const types::CallFact& call, Span span);
void emit_panic_kind(Body& body, std::string words, Span span);
void lower_catch(Body& body, const ast::Catch* node, const Place& dest);
// `t.join()`.
void lower_join(Body& body, const types::CallFact& call, TypeId type, const Place& dest,
                Span span);

// ---- lower_option.cpp ----
void lower_coalesce(Body& body, const ast::Coalesce* node, const Place& dest);
void lower_unwrap(Body& body, const ast::Unwrap* node, const Place& dest);
// The payload of the option at a place; panics if there is none.
Place enter_payload(Body& body, const Place& option, Span span);
void lower_try(Body& body, const ast::Try* node, const Place& dest);
// `x?.f`, `x?.0`, `x?.m()`.
void lower_chain(Body& body, const ast::Expr* node, const ast::Expr* receiver, const Place& dest);
// The number of the variant that the value of `place` has.
LocalId emit_tag(Body& body, const Place& place, Span span);
void emit_variant(Body& body, uint32_t variant, std::vector<Operand> fields, const Place& dest,
                  Span span);
Place payload_of(Place place, uint32_t variant, uint32_t index = 0);
Place field_of(Place place, uint32_t index);

// ---- lower_aggregate.cpp ----
void lower_tuple(Body& body, const ast::Tuple* node, const Place& dest);
void lower_range(Body& body, const ast::Range* node, const Place& dest);
void lower_array(Body& body, const ast::Array* node, const Place& dest);
void lower_repeat(Body& body, const ast::RepeatArray* node, const Place& dest);
void lower_struct_lit(Body& body, const ast::StructLit* node, const Place& dest);
void lower_slice(Body& body, const ast::Slice* node, const Place& dest);
void lower_variant_value(Body& body, const types::VariantRef& variant, const Place& dest,
                         Span span);

// ---- lower_string.cpp ----
// A temporary that owns the text.
LocalId lower_interp(Body& body, const ast::InterpStr* node);
// The same in two steps, for a local that is there: from the first on it is dropped on the ways out
// of the current scope.
void start_text(Body& body, const ast::InterpStr* node, LocalId text);
void append_parts(Body& body, const ast::InterpStr* node, LocalId text);
// `out += value` as `spec` formats it.
void emit_show(Body& body, TypeId type, Operand value, LocalId out, std::string spec, Span span);
std::string format_text(const ast::FormatSpec& spec);

// ---- lower_stmt.cpp ----
void lower_stmt(Body& body, const ast::Stmt* stmt);
void lower_if(Body& body, const ast::If* node, const Place& dest);
void lower_return(Body& body, const ast::Return* node);
// Goes on with the variables of the conditions bound if all hold, else to `otherwise` with
// everything above `outer` cleaned up.
void lower_conditions(Body& body, std::span<const ast::Condition> conditions, size_t outer,
                      BlockId otherwise, const ast::Block* then);

// ---- lower_loop.cpp ----
// The statements of a loop end nothing that was there before it.
class InLoop {
 public:
  explicit InLoop(Body& body) : body_(body), outside_(body.first_local_of_loop) {
    body.first_local_of_loop = static_cast<uint32_t>(body.fn.locals.size());
  }
  ~InLoop() { body_.first_local_of_loop = outside_; }
  InLoop(const InLoop&) = delete;

 private:
  Body& body_;
  uint32_t outside_;
};

void lower_loop(Body& body, const ast::Loop* node, const Place& dest);
void lower_while(Body& body, const ast::While* node);
void lower_for(Body& body, const ast::For* node);
// `while number < end`: goes on in a round; a jump to `head` begins the next one.
struct CountedRounds {
  BlockId head;
  BlockId done;
};
CountedRounds begin_rounds(Body& body, LocalId number, LocalId end, Span span);
// Lowers the body of one round; `continue` and the end of the body go to `next`.
void lower_round(Body& body, const ast::Block* block, const LoopTarget& target);
Place element_of(Place array, LocalId index);
struct Bounds {
  Operand low;
  Operand high;
  TypeId type;
  bool is_inclusive = false;
};
Bounds lower_bounds(Body& body, const ast::Expr* iterable);
void lower_break(Body& body, const ast::Break* node);
void lower_continue(Body& body, const ast::Continue* node);

// ---- lower_match.cpp ----
void lower_match(Body& body, const ast::Match* node, const Place& dest);
// Binds the variables of a pattern that always fits, in the current scope.
void lower_irrefutable(Body& body, const ast::Pattern* pattern, const Place& subject);
// Goes on with the variables bound, in the current scope, if the pattern fits; else runs `on_miss`,
// perhaps more than once, each time in a block of its own that it has to end. `then` is all that the
// variables are there for; null: what follows.
void lower_refutable(Body& body, const ast::Pattern* pattern, const Place& subject, Span span,
                     const std::function<void()>& on_miss, const ast::Block* then = nullptr);

// ---- lower_lock.cpp ----
void lower_lock(Body& body, const ast::Lock* node, const Place& dest);
void lower_condvar_wait(Body& body, const types::CallFact& call, Span span);

// ---- lower_par_for.cpp ----
void lower_par_for(Body& body, const ast::ParFor* node, const Place& dest);

// ---- lower_local.cpp ----
// What the name of a task local or thread local gives.
void lower_local(Body& body, types::StaticId id, const Place& dest, Span span);
void lower_with(Body& body, const ast::With* node, const Place& dest);

// ---- lower_chan.cpp ----
void lower_send(Body& body, const ast::Send* node);
void lower_receive(Body& body, const ast::Receive* node, const Place& dest);
// `let v, ok = <-ch`.
void lower_let_ok(Body& body, const ast::LetStmt* node);
// Whether the option has a value, a bool.
LocalId emit_is_some(Body& body, const Place& option, Span span);

// ---- lower_select.cpp ----
void lower_select(Body& body, const ast::Select* node, const Place& dest);

// ---- lower_task.cpp ----
void lower_spawn(Body& body, const ast::Spawn* node, const Place& dest);
void lower_await(Body& body, const ast::Await* node, const Place& dest);
// Of a task in a place; one that is a variable of this function is used up.
void emit_await(Body& body, const Place& task, const Place& dest, Span span);
void lower_detach(Body& body, const ast::Expr* task, Span span);
// The statement `spawn`s of a race, or of `settle`, each as the block wants it.
void give_up(Body& body, LocalId scope, LocalId task, Span span);
// Makes the scope that given-up tasks of this body go to; the first clean-up of a function.
void enter_task_scope(Body& body, Span span, bool is_block = false);

// ---- lower_async.cpp ----
void lower_async(Body& body, const ast::Async* node, const Place& dest);

// ---- lower_cancel.cpp ----
void lower_within(Body& body, const ast::Within* node, const Place& dest);
void lower_shield(Body& body, const ast::Shield* node, const Place& dest);
// Until the end of the current scope, cancellations are held back. What was held back before is in the
// local.
LocalId enter_shield(Body& body, Span span);

}  // namespace skein::lower
