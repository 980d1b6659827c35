// Checking what stands in bodies. Each function notes its findings in the program and gives the
// type of what it looked at.
#pragma once

#include "compiler/check/context.h"

namespace skein::check {

// What the context wants of an expression.
struct Want {
  TypeId type = {};            // invalid: nothing is known
  bool is_hint = false;        // a guess that helps literals and bare variants, not a demand
  Span because = {};           // the second place of a mismatch; may be invalid
  std::string_view why = {};   // what stands there

  bool demands() const { return type.valid() && !is_hint; }
  static Want hint(TypeId type) { return {.type = type, .is_hint = true}; }
  static Want must(TypeId type, Span because = {}, std::string_view why = {}) {
    return {.type = type, .because = because, .why = why};
  }
};

// ---- expressions (check_expr.cpp; check_dropped.cpp) ----
// The type an expression has by itself. `want` helps to find it.
TypeId check_expr(Context& ctx, const ast::Expr* expr, const Want& want = {});
// The same, made to fit `want` where it demands something. Gives the type after that.
TypeId check_value(Context& ctx, const ast::Expr* expr, const Want& want = {});
// An expression whose value nobody uses. Gives `never` if it does not return, else `()`.
TypeId check_dropped(Context& ctx, const ast::Expr* expr);

// ---- fitting (mismatch.cpp) ----
// Makes the value of `expr`, of type `found`, fit; reports if it does not.
void fit(Context& ctx, const ast::Expr* expr, TypeId found, const Want& want);
// Whether it does; notes the adjustment if so.
bool try_fit(Context& ctx, const ast::Expr* expr, TypeId found, TypeId wanted);
void report_mismatch(Context& ctx, const ast::Expr* expr, TypeId found, const Want& want);

// ---- literals (check_literal.cpp) ----
TypeId check_int(Context& ctx, const ast::IntLit* node, const Want& want, bool is_negative);
TypeId check_float(Context& ctx, const ast::FloatLit* node, const Want& want);
TypeId check_interp(Context& ctx, const ast::InterpStr* node);
TypeId check_array(Context& ctx, const ast::Array* node, const Want& want);
TypeId check_repeat(Context& ctx, const ast::RepeatArray* node, const Want& want);
TypeId check_tuple(Context& ctx, const ast::Tuple* node, const Want& want);
TypeId check_struct_lit(Context& ctx, const ast::StructLit* node, const Want& want);
// The literals whose types are known now that the body has ended.
void check_pending_literals(Context& ctx);

// ---- operators (check_operator.cpp) ----
TypeId check_unary(Context& ctx, const ast::Unary* node, const Want& want);
TypeId check_binary(Context& ctx, const ast::Binary* node, const Want& want);
TypeId check_compare(Context& ctx, const ast::Compare* node);
TypeId check_logical(Context& ctx, const ast::Logical* node);
TypeId check_coalesce(Context& ctx, const ast::Coalesce* node, const Want& want);
TypeId check_range(Context& ctx, const ast::Range* node, const Want& want);
// The operator of `left op right`, whose operands have been checked. `node` takes the fact of a
// call if the operator is one.
TypeId apply_operator(Context& ctx, const ast::Expr* node, ast::BinaryOp op, Span op_span,
                      const ast::Expr* left, const ast::Expr* right);

// ---- names (check_name.cpp) ----
TypeId check_name(Context& ctx, const ast::Name* node, const Want& want);
// Notes that `node` uses a variable: as read, and as captured by the spawn blocks around.
void note_use(Context& ctx, const ast::Expr* node, VarId var, bool is_read);
// What a receiver names that is not a value.
struct PathRef {
  enum class Kind : uint8_t { Value, Module, Type, Broken };
  Kind kind = Kind::Value;
  ModuleId module = {};
  TypeId type = {};
};
PathRef resolve_receiver(Context& ctx, const ast::Expr* expr);
// `module.name` and `Enum.Variant`; nothing if the receiver is a value.
std::optional<TypeId> check_path_field(Context& ctx, const ast::Field* node, const Want& want);
// The variant `name` of an enum, option or result; nothing if it has none.
std::optional<VariantRef> find_variant(Context& ctx, TypeId type, Symbol name);
bool has_named_fields(Context& ctx, VariantRef variant);
void report_unknown_variant(Context& ctx, TypeId type, ast::Ident name);

// ---- parts of values (check_part.cpp) ----
TypeId check_field(Context& ctx, const ast::Field* node, const Want& want);
TypeId check_tuple_index(Context& ctx, const ast::TupleIndex* node);
TypeId check_index(Context& ctx, const ast::Index* node);
TypeId check_slice(Context& ctx, const ast::Slice* node);
TypeId check_unwrap(Context& ctx, const ast::Unwrap* node);
TypeId check_try(Context& ctx, const ast::Try* node);
// The type inside `receiver?.…`, the expression `node`: of an option's or a result's payload.
// Reports what has none.
TypeId chained_type(Context& ctx, const ast::Expr* node, TypeId receiver);
// The type of `receiver?.part` where the part has type `part`: `(receiver?).part` of a result.
TypeId chain_result(Context& ctx, TypeId receiver, TypeId part);
// Says which fields there are, where they are few.
void help_with_fields(Context& ctx, Report& report, std::span<const types::FieldDecl> fields);
bool can_see_field(const Context& ctx, ModuleId owner, const types::FieldDecl& field);

// ---- places (place.cpp) ----
TypeId check_assign(Context& ctx, const ast::Assign* node);
// What a call that gives a place was lent for it; null for all other expressions.
const ast::Expr* lent_for_place(Context& ctx, const ast::Expr* expr);
// Reports if the place that `expr` names cannot be changed here. `why` says what is about to
// change it: "assigned", "passed as `mut`".
void require_mutable(Context& ctx, const ast::Expr* expr);
// Reports a result of a function with `-> mut T` that is no place.
void require_place_result(Context& ctx, const ast::Expr* expr);
// The variable a place is a part of; invalid if `expr` names no place.
VarId root_of(Context& ctx, const ast::Expr* expr);

// ---- calls (check_call.cpp, check_args.cpp) ----
TypeId check_call(Context& ctx, const ast::Call* node, const Want& want);
TypeId check_method_call(Context& ctx, const ast::MethodCall* node, const Want& want);
struct CallSite {
  const ast::Expr* node = nullptr;
  ast::Ident name;                           // as it was written
  const ast::Expr* receiver = nullptr;       // of a method; null: none
  std::span<const ast::Arg> args;
  std::span<ast::TypeExpr* const> type_args; // written
  bool is_chained = false;                   // an adaptor of a chain that is used up at once
};
// A call of `fn`; `type_args` are those known from the receiver.
TypeId call_fn(Context& ctx, const CallSite& site, FnId fn, std::vector<TypeId> type_args,
               const Want& want);
// Whether `expr` is a call of that builtin method.
bool calls_builtin(Context& ctx, const ast::Expr* expr, types::Builtin builtin);
// The construction of a variant.
TypeId call_variant(Context& ctx, const CallSite& site, VariantRef variant, const Want& want);
void check_pending_conversions(Context& ctx);

// ---- channels (check_chan.cpp) ----
TypeId check_send(Context& ctx, const ast::Send* node);
TypeId check_receive(Context& ctx, const ast::Receive* node);
TypeId check_select(Context& ctx, const ast::Select* node, const Want& want);

// ---- locks (check_lock.cpp) ----
TypeId check_lock(Context& ctx, const ast::Lock* node, const Want& want);

// ---- flow (check_flow.cpp) ----
TypeId check_block(Context& ctx, const ast::Block& block, const Want& want);
TypeId check_if(Context& ctx, const ast::If* node, const Want& want);
TypeId check_match(Context& ctx, const ast::Match* node, const Want& want);
void check_loop_body(Context& ctx, const ast::Expr* node, ast::Ident label,
                     const ast::Block& body, Join* values);
TypeId check_loop(Context& ctx, const ast::Loop* node, const Want& want);
TypeId check_while(Context& ctx, const ast::While* node);
TypeId check_for(Context& ctx, const ast::For* node);
TypeId check_break(Context& ctx, const ast::Break* node);
TypeId check_continue(Context& ctx, const ast::Continue* node);
TypeId check_return(Context& ctx, const ast::Return* node);

// ---- statements (check_stmt.cpp) ----
// Whether what follows can be reached is told by the result: `never` or `()`.
TypeId check_stmt(Context& ctx, const ast::Stmt* stmt);

// ---- tasks (check_task.cpp) ----
TypeId check_spawn(Context& ctx, const ast::Spawn* node, const Want& want);
void find_core_guards(Context& ctx);
// What `g.value` is where `guard` is the type of a guard.
std::optional<TypeId> guarded_type(Context& ctx, const ast::Field* node, TypeId guard);
// The `g.value` that a place is a part of, or null.
const ast::Field* guard_access(Context& ctx, const ast::Expr* place);
void check_condvar_wait(Context& ctx, const ast::Expr* guard);
TypeId check_await(Context& ctx, const ast::Await* node);
// What `await` of an expression of that type gives; an error type, and reported, if it is no task.
TypeId check_awaited(Context& ctx, const ast::Expr* awaited, TypeId type);
// Finds what stdlib/core has for `catch` and `join`.
void find_core_panics(Context& ctx);
TypeId check_catch(Context& ctx, const ast::Catch* node, const Want& want);
// The innermost scope with a name that is in view: of a block around, or a parameter. Or invalid.
VarId innermost_scope(Context& ctx);
TypeId check_within(Context& ctx, const ast::Within* node, const Want& want);
TypeId check_shield(Context& ctx, const ast::Shield* node, const Want& want);
TypeId check_async(Context& ctx, const ast::Async* node, const Want& want);

// ---- parallel loops (check_par_for.cpp) ----
TypeId check_par_for(Context& ctx, const ast::ParFor* node);
// Finds what stdlib/core has for them.
void find_core_parallel(Context& ctx);

// ---- statics and locals of tasks and threads (check_local.cpp) ----
// The type of what the name gives.
TypeId use_static(Context& ctx, const ast::Expr* node, StaticId id);
// Whether tasks can have values of that type as a local.
void check_local_type(Context& ctx, const types::StaticDecl& decl);
TypeId check_with(Context& ctx, const ast::With* node, const Want& want);
// Finds what stdlib/core has for `thread_local`.
void find_core_locals(Context& ctx);

// ---- bodies (check_body.cpp) ----
void check_fn(Context& ctx, FnId fn);
void check_const(Context& ctx, ConstId id);
void check_static(Context& ctx, StaticId id);
void check_field_defaults(Context& ctx);

}  // namespace skein::check
