// What checking produced: the declarations, and the facts about each piece of syntax.
//
// Facts stand beside the tree, in tables indexed by the ids of the nodes; the tree stays what the
// user wrote. `lower` reads both; nothing further right sees either.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "compiler/support/interner.h"
#include "compiler/support/source.h"
#include "compiler/syntax/ast.h"
#include "compiler/types/decl.h"
#include "compiler/types/type.h"

namespace skein::types {

// What a name or path expression stands for.
struct VariantRef {
  TypeId type;            // Enum, Option or Result, with its arguments
  uint32_t variant = 0;   // Option: 0 none, 1 some. Result: 0 ok, 1 err.
};
using NameRef = std::variant<std::monostate, VarId, FnId, ConstId, StaticId, VariantRef>;

// How an expression's value becomes the type its context wants, applied after the expression.
enum class Adjustment : uint8_t {
  None,
  WrapOption,     // T where T? is wanted
  NeverToAny,     // the expression does not return
  DropValue,      // () is wanted: the value is dropped (rule 59)
  ToDyn,          // a type where a `dyn` of its trait is wanted
};

// A call resolved. `args[i]` is what parameter i gets: an argument of the call, the receiver, or
// null for the parameter's default value (which belongs to the callee, and whose facts stand with
// its own expression). Arguments are evaluated in the order they were written.
//
// Operators may be calls too. A Binary, Compare or Assign node with a call fact means that
// function with the operands as arguments (for `a op= b` its result is then assigned to `a`).
// Without one the operator is built in:
//   + - * / % and the wrapping ones   two scalars of one type; `+` also two `str`
//   & | ^                             two integers or bools of one type
//   << >>                             an integer, and a count of any integer type
//   == !=                             two values of one type with Eq; < <= > >= one with Ord
struct CallFact {
  FnId callee;                          // invalid: a call of a value of `fn` type
  std::vector<TypeId> type_args;        // those of the impl first
  std::vector<const ast::Expr*> args;   // one a parameter, receiver first
  std::vector<const ast::Expr*> extra = {};   // what C's `...` gets
  // Calls of values: the fn type that is called, and the value. A function that is used as a value
  // has a call fact too, whose `callee` and `type_args` say which one; it has no arguments.
  TypeId fn_type = {};
  const ast::Expr* value = nullptr;
  std::optional<VariantRef> variant;    // a variant constructor `Circle(2.0)`
  std::optional<TypeId> conversion;     // `i32(x)`
  VarId scope = {};                     // what a `using` parameter gets that was given nothing
};

struct ExprFact {
  TypeId type;                  // before the adjustment
  Adjustment adjustment = Adjustment::None;
  TypeId adjusted_type;         // after it; the same as `type` without one
  NameRef name;                 // names and paths; struct literals of a variant
  uint32_t call = UINT32_MAX;   // index in Program::calls for what is a call
  uint32_t field = UINT32_MAX;  // field access: position of the field
};

struct PatternFact {
  TypeId type;                          // of the subject it is matched with
  std::optional<VariantRef> variant;    // variant patterns; `some` made explicit
  // The subject is an option and the pattern speaks of its payload (rule 77): this many layers.
  uint32_t option_layers = 0;
  VarId var;                            // bindings
  ConstId constant;                     // the name of a constant
  FnId type_constant;                   // `Grid.SIDE`, with the type arguments of its function
  std::vector<TypeId> type_args = {};
};

// Variables a `spawn` block or closure uses from outside, in order of first use.
struct CaptureFact {
  std::vector<VarId> captures;
};

// What a loop goes over, where there are several things side by side: `for (i, mut x) in
// xs.enumerate()` has a counter and the places of `xs`. All of a `par for` is of such parts.
struct WalkPart {
  enum class Kind : uint8_t { Range, Counter, Elements, Places, Chunks };
  Kind kind = Kind::Counter;
  const ast::Expr* source = nullptr;        // the range or array; of Chunks the call of `chunks_mut`
  const ast::Pattern* pattern = nullptr;
  // Of a `par for`: what the parts of the loop share, a first number or a window, and the size of
  // a chunk. No name stands for them.
  VarId base;
  VarId size;
};

// A `par for`: the function that runs one part of it. That gives the partials of the part, (), one
// or a tuple, as an `ok`, or the error that a `?` left it with.
struct ParForFact {
  ClosureId part;
  bool may_fail = false;          // there is a `?`; else the error is ()
  std::vector<VarId> totals;      // of the reductions: the variables outside
  std::vector<VarId> partial_vars;
  // Of `reduce(f, start)`: what each part starts from. No name stands for it.
  std::vector<VarId> starts;
};

// Declarations of stdlib/core the compiler asks for by name.
struct CoreDecls {
  TraitId eq, ord, hash, show, default_, drop, error;
  // What the operations on values call where the type has an impl of the trait.
  FnId show_by, equal_by, compare_by, hash_by, default_by;
  // Marks of stdlib/core: the integer types, and float with f32. In a generic body a parameter
  // with such a bound has the operators of numbers, and literals take its type.
  TraitId integer, real, number;
  // What loops run over.
  TraitId iter, iterable;
  // What an Atomic can hold.
  TraitId atomic_value;
  // Of std.json, which is what `@derive(Json)` writes the names of; invalid if the program lacks it.
  ModuleId json_module;
  TraitId json;
  // A pointer of C's.
  StructId c_ptr;
  // Maps and sets, and the methods of maps that stand behind literals, `m[k]`, `==` and hashes.
  StructId map, set;
  // What `a..` makes.
  StructId range_from;
  FnId map_new, map_insert, map_slot, map_enter, map_equal, map_hash;
  // Of `catch` and `join`: the type of a panic, what makes it of one that was taken, and
  // `Task.outcome`.
  StructId panic;
  FnId panic_take, task_outcome;
  // Of `skein test`: the number of the test that a program is to run.
  FnId chosen_test;
  // Of `within`: what it gives when its time is over; the other thing that can end it, and what it
  // gives then.
  StructId timeout, cancel_token, stopped;
  // Of `async(settle)`: `Task.outcomes`.
  FnId task_outcomes;
  // What the name of a `thread_local` gives.
  StructId thread_local_;
  // Of `par for`: runs its parts.
  FnId run_parts;
  // What `m.lock()` and its like give, whose `value` is what the lock protects; and what a
  // `Condvar.wait` becomes when it is known which lock it is about.
  StructId guard, read_guard, write_guard;
  FnId condvar_wait;
};

// What holding a value of a type means.
struct TypeTraits {
  bool needs_drop = false;   // leaving it costs something: counted, or has `drop`, or is a task
  bool is_move_only = false; // cannot be copied: has `drop`, is a task, or has such a part
  bool has_task = false;     // is or contains a Task<…>
};

struct Program {
  Program(Interner& interner, SourceMap& sources);
  Program(const Program&) = delete;

  Interner& interner;
  SourceMap& sources;
  TypeStore types;

  Store<ModuleId, ModuleDecl> modules;
  Store<StructId, StructDecl> structs;
  Store<EnumId, EnumDecl> enums;
  Store<TraitId, TraitDecl> traits;
  Store<AssocId, AssocDecl> assocs;
  Store<ImplId, ImplDecl> impls;
  Store<FnId, FnDecl> fns;
  Store<ConstId, ConstDecl> consts;
  Store<StaticId, StaticDecl> statics;
  Store<VarId, VarDecl> vars;
  Store<ClosureId, ClosureDecl> closures;
  CoreDecls core;
  FnId main;                                    // invalid: the file has no `fn main`
  // The `test` blocks that are part of this build, in the order of modules and text. Where they are
  // what is run, the program begins with the choice of one, not with `main`.
  std::vector<FnId> tests;
  bool runs_tests = false;

  // Facts, indexed by ExprId and PatternId.
  std::vector<ExprFact> exprs;
  std::vector<PatternFact> patterns;
  std::deque<CallFact> calls;
  // By ExprId of a `?.` on a result: the index in `calls` of what makes its error one of the function's.
  std::unordered_map<uint32_t, uint32_t> chain_conversions;
  std::unordered_map<uint32_t, std::vector<VarId>> locked;  // by ExprId of the `lock`
  std::unordered_map<uint32_t, CaptureFact> captures;   // by ExprId of the spawn or closure
  std::unordered_map<uint32_t, std::vector<WalkPart>> walks;  // by ExprId of the loop
  std::unordered_map<uint32_t, ParForFact> par_fors;
  // Methods `next(mut self)` and `iter(own self)`, which generic code reaches by the type they
  // belong to. A `for` over an iterator has a call fact, with the types of what it runs over, of
  // the iterator and of the items.
  std::vector<FnId> next_methods;
  std::vector<FnId> iter_methods;
  std::unordered_map<uint32_t, ClosureId> closure_of;   // by ExprId of a closure or function name
  // By ExprId of a call that uses up a chain of adaptors: the borrowed closures in the chain.
  std::unordered_map<uint32_t, std::vector<ClosureId>> chains;
  // Answers of traits_of, by TypeId.
  std::unordered_map<uint32_t, TypeTraits> traits_memo;

  const ExprFact& fact(const ast::Expr* expr) const;
  TypeId type_of(const ast::Expr* expr) const;        // after adjustment
  const CallFact* call_of(const ast::Expr* expr) const;
  const PatternFact& fact(const ast::Pattern* pattern) const;

  // The type as the user would write it.
  std::string type_name(TypeId type) const;
  std::string type_name(TypeId type, const std::vector<TypeParamDecl>& params) const;

  // The fields of variant n of an Enum, Option or Result type, with type arguments put in.
  std::vector<TypeId> variant_fields(TypeId type, uint32_t variant);
  size_t variant_count(TypeId type) const;
  std::string variant_name(TypeId type, uint32_t variant) const;
  // The fields of a struct, tuple or closure type, with type arguments put in.
  std::vector<TypeId> fields(TypeId type);
};

// Of a type parameter nothing is known: it needs a drop, and may be copied.
TypeTraits traits_of(Program& program, TypeId type);

// What `m.lock()` and its like give; and whether the value may be changed through it.
bool is_guard(const Program& program, TypeId type);
bool changes_by_guard(const Program& program, TypeId type);

}  // namespace skein::types
