// What the steps of checking share: the program so far, the body under way, and how to speak.
//
// Context is a bag of state. What is done with it stands in the files named after the work.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "compiler/check/check.h"
#include "compiler/check/infer.h"
#include "compiler/check/names.h"
#include "compiler/support/diagnostics.h"
#include "compiler/syntax/ast.h"
#include "compiler/types/program.h"

namespace skein::check {

using types::Adjustment;
using types::ConstId;
using types::EnumId;
using types::ExprFact;
using types::FnId;
using types::ImplId;
using types::ModuleId;
using types::PackageId;
using types::ParamMode;
using types::Program;
using types::StaticId;
using types::StructId;
using types::TraitId;
using types::TraitRef;
using types::Type;
using types::TypeId;
using types::TypeKind;
using types::TypeStore;
using types::VarId;
using types::VariantRef;

// Names the checker itself looks for.
struct WellKnown {
  explicit WellKnown(Interner& names);
  Symbol self, self_type, ok, err, new_, main, drop, start, end, join;
};

// How a variable came to be; decides what is said about changing it.
enum class Origin : uint8_t { Let, Var, Param, Loop, Pattern };

// What only the checker has to know about a variable.
struct LocalInfo {
  Origin origin = Origin::Let;
  Span keyword = {};       // `let` of its declaration, to offer `var`
  uint32_t body = 0;       // depth of the body it belongs to
  bool is_used = false;
};

class Join;

// A loop around the place that is checked.
struct LoopFrame {
  const ast::Expr* node = nullptr;
  ast::Ident label;          // not valid: none
  Join* values = nullptr;    // of `loop`: what its `break`s give; null: they give nothing
  bool has_break = false;
  uint32_t defers = 0;       // how many `defer` bodies are around it
  bool is_parallel = false;  // of a `par for`, which nothing leaves early
};

// A function, or what is one for `return` and captures: a spawn block, a closure.
struct Body {
  Body* outer = nullptr;
  uint32_t depth = 0;
  const ast::Expr* spawn = nullptr;   // the spawn whose block it is
  const ast::Expr* closure = nullptr; // the closure whose body it is
  const ast::Expr* par_for = nullptr; // the `par for` whose body it is
  // A closure that stands for the variables it captures; those it changes are noted.
  bool is_borrowed = false;
  std::unordered_set<uint32_t> is_changed;
  TypeId result;
  Span result_span;                   // where the result type is written; may be invalid
  bool gives_place = false;           // of a function with `-> mut T`
  std::vector<LoopFrame> loops;
  uint32_t defers = 0;                // how many `defer` bodies are around this place
  uint32_t scopes = 0;                // how many `async` blocks
  uint32_t contests = 0;              // how many of these race or settle
  TypeId yields;                      // of a `gen fn`: the type of its values
  // The innermost block around this place that a generator cannot stop in: `async`, `lock` …
  std::string_view no_yield;
  Span no_yield_at;
  std::vector<VarId> scope_vars;      // the scopes that have names, innermost last
  std::vector<VarId> captures;        // in order of first use
  std::unordered_set<uint32_t> is_captured;
  // Each use of a capture, and the largest place around it that fields lead to.
  std::vector<types::CaptureUse> uses;
  std::vector<const ast::Expr*> used_places;
};

// A literal whose type may not be known yet; checked for its range when the body ends.
struct PendingLiteral {
  const ast::Expr* node = nullptr;   // IntLit
  bool is_negative = false;
  TypeId type;
};

// `T: Ord` asked of a type that may not be known yet.
struct PendingBound {
  TypeId type;
  TraitRef trait;
  Span span;
  std::string wanted_by;             // "`sort`"
  Span wanted_at;                    // where the bound is written; may be invalid
};

// A variable that stands for an associated type of a type that is not known yet.
struct OpenAssoc {
  TypeId var;
  TypeId assoc;
  Span span;
};

// A `dyn` type, whose trait is looked at when all its methods are known.
struct WrittenDyn {
  Span span;
  TraitId trait;
};

// A struct or enum whose declaration asks something of its type arguments.
struct WrittenType {
  Span span;
  TypeId type;
  NameTable* table = nullptr;       // of the place where it is written
};

// A conversion `u8(x)` of a value whose type may not be known yet.
struct PendingConversion {
  const ast::Expr* node = nullptr;
  const ast::Expr* arg = nullptr;
  TypeId target;
};

// Patterns that must cover all values of their subject: a match, or a `let` (one pattern).
struct PendingMatch {
  Span span;                                // of the subject
  TypeId subject;
  const ast::Match* match = nullptr;        // null: `pattern` has to match whatever comes
  const ast::Pattern* pattern = nullptr;
};

struct Import {
  Span span;
  Symbol name;
  bool is_pub = false;    // passed on: others may use it
  bool is_used = false;
};

// `type Name = T`, resolved when it is first used.
struct Alias {
  enum class State : uint8_t { Untouched, UnderWay, Done };
  const ast::TypeAliasItem* item = nullptr;
  NameTable* table = nullptr;       // where it was declared
  State state = State::Untouched;
  std::vector<types::TypeParamDecl> params;
  TypeId type;
};

// A method of some type, by the head of the type and the name.
struct MethodKey {
  uint64_t head = 0;
  Symbol name;
  friend bool operator==(const MethodKey&, const MethodKey&) = default;
};
struct MethodKeyHash {
  size_t operator()(const MethodKey& key) const {
    return std::hash<uint64_t>()(key.head * 0x9e3779b97f4a7c15u + key.name.index);
  }
};

struct Context {
  Context(const Input& input, Program& program);
  ~Context();
  Context(const Context&) = delete;

  const Input& input;
  Program& program;
  TypeStore& types;
  Interner& names;
  DiagnosticSink& sink;
  WellKnown known;
  Infer infer;

  // ---- declarations ----
  std::deque<NameTable> tables;
  NameTable* prelude = nullptr;
  ModuleId root;                                             // the user's file
  std::vector<NameTable*> module_tables;                     // by ModuleId
  std::vector<const ast::Module*> module_trees;              // by ModuleId
  std::unordered_map<std::string, ModuleId> modules_by_path;
  // What `use` lines mean, by "package:name"; an invalid id for what is not there.
  std::unordered_map<std::string, ModuleId> modules_by_use;
  std::vector<Import> imports;
  std::vector<uint32_t> decl_of_item;                        // by ItemId: index in its store
  std::deque<Alias> aliases;
  std::vector<NameTable*> fn_tables;                         // by FnId: with its type parameters
  std::vector<NameTable*> trait_tables;                      // by TraitId
  std::vector<NameTable*> impl_tables;                       // by ImplId; null: it is wrong
  std::vector<NameTable*> const_tables;                      // by ConstId
  std::vector<NameTable*> static_tables;                     // by StaticId
  // What fold_const found, by ConstId; nothing while it is looked for.
  std::unordered_map<uint32_t, std::optional<__int128>> folded;
  // Where a static is first assigned to, by StaticId; for those that cannot be one.
  std::unordered_map<uint32_t, Span> assigned_statics;
  // What the body being checked lacks, by type and trait: each is reported once.
  std::set<std::pair<uint32_t, uint32_t>> unmet_bounds;
  std::unordered_map<MethodKey, std::vector<FnId>, MethodKeyHash> methods;
  std::unordered_map<uint64_t, std::vector<FnId>> methods_of;   // by head, for suggestions
  std::unordered_map<Symbol, std::vector<FnId>, IdHash> trait_methods;   // by name

  // ---- bodies ----
  std::deque<FnId> pending_fns;
  std::vector<LocalInfo> locals_info;                        // by VarId
  NameTable* table = nullptr;                                // of the place that is checked
  Locals locals;
  Body* body = nullptr;
  std::vector<VarId> body_vars;                              // declared in this function
  // The fields that a `var` of the body is a copy of.
  std::unordered_map<VarId, const ast::Expr*, IdHash> copied_fields;
  bool has_error_type = false;                               // some fact of it is Error
  std::vector<const ast::LetStmt*> open_lets;                 // whose values are being checked
  std::vector<const ast::Expr*> open_exprs;                  // facts with unset variables
  std::vector<const ast::Pattern*> open_patterns;
  std::vector<uint32_t> open_calls;
  std::vector<PendingLiteral> literals;
  std::vector<PendingBound> bounds;
  std::vector<OpenAssoc> open_assocs;
  std::vector<WrittenDyn> written_dyns;
  std::vector<WrittenType> written_types;
  std::vector<TypeId> assocs_under_way;                      // that find_assoc is asked for
  uint32_t impl_depth = 0;                                   // searches for impls around this one
  std::vector<PendingConversion> conversions;
  std::vector<PendingMatch> matches;
  std::vector<types::ClosureId> open_closures;
  // The name of a borrowed `fn` parameter that is about to be called or passed on.
  const ast::Expr* fn_use = nullptr;
  // The name of a scope that is about to be passed on, or used.
  const ast::Expr* scope_use = nullptr;
  // The type that is resolved is that of a plain parameter.
  bool allows_scope = false;
  // The call that a `spawn` is about to start.
  const ast::Expr* spawned_call = nullptr;
  // The receiver of a call that uses up a chain of adaptors, or of an adaptor of such a chain; and
  // the borrowed closures in it (see chain.cpp).
  const ast::Expr* chained = nullptr;
  std::vector<types::ClosureId> chain_closures;
  // The call whose result is taken as places: `split_mut` in a `let`, `chunks_mut` in a `for`.
  const ast::Expr* projecting_call = nullptr;

  // ---- speaking ----
  Report report(Span span, D kind, std::initializer_list<std::string_view> args = {}) {
    return sink.report(span, kind, args);
  }
  std::string_view text(Symbol name) const { return names.text(name); }
  // A type as the user would write it here.
  std::string show(TypeId type);
  // Says that something is not built yet: "`select`".
  TypeId not_yet(Span span, std::string_view what);

  // ---- facts ----
  ExprFact& fact(const ast::Expr* expr) { return program.exprs[expr->id.index]; }
  types::PatternFact& fact(const ast::Pattern* pattern) {
    return program.patterns[pattern->id.index];
  }
  // Notes the type of an expression and gives it back.
  TypeId set_type(const ast::Expr* expr, TypeId type);
  void adjust(const ast::Expr* expr, Adjustment adjustment, TypeId type);
  types::CallFact& add_call(const ast::Expr* expr);
  // The same beside the call that the `?.` itself may be: of what converts the error.
  types::CallFact& add_chain_conversion(const ast::Expr* expr);

  // Of what the type is known to be.
  TypeKind kind(TypeId type) { return types.kind(infer.shallow(type)); }
  bool is_error(TypeId type) { return kind(type) == TypeKind::Error; }
};

// Sees to it that the body and the default values of a function are checked.
void use_fn(Context& ctx, FnId fn);

// A new variable of the program; not yet in scope.
VarId new_var(Context& ctx, types::VarDecl var, LocalInfo info);

// `name` in backticks.
std::string quoted(std::string_view name);

}  // namespace skein::check
