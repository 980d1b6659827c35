// Declarations: what a program's functions, structs, enums, traits and impls are.
//
// They are filled by check/declare and not changed afterwards. They keep pointers into the syntax
// tree for the bodies; nothing to the right of `lower` follows them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/support/source.h"
#include "compiler/types/builtin.h"
#include "compiler/types/type.h"

namespace skein::ast {
struct Expr;
struct Item;
}  // namespace skein::ast

namespace skein::types {

SKEIN_ID(ModuleId);
SKEIN_ID(PackageId);
SKEIN_ID(FnId);
SKEIN_ID(ImplId);
SKEIN_ID(ConstId);
SKEIN_ID(StaticId);
SKEIN_ID(VarId);

// A trait as it is asked for or given: `Show`, `Into<int>`, `Source<Item = str>`.
struct TraitRef {
  TraitId trait;
  std::vector<TypeId> args = {};        // of the trait's own parameters
  // What associated types have to be: those written, and those the trait says unless told otherwise.
  struct Equal {
    AssocId assoc;
    TypeId type;
  };
  std::vector<Equal> equal = {};
};

// `where I.Item: Show`.
struct Predicate {
  TypeId subject;
  TraitRef bound;
};

// `T: Ord + Show`. The built-in traits (Eq Ord Hash Show Default …) are ordinary traits of
// stdlib/core; `Program::core` names those the compiler itself asks for.
struct TypeParamDecl {
  Symbol name;
  std::vector<TraitRef> bounds = {};
  Span span = {};
  // What `where` says about types with this parameter in them.
  std::vector<Predicate> where = {};
  // Of a trait: what it is where nothing is written, in terms of those before it.
  TypeId fallback = {};
  // `F: fn(T) -> U`: what stands for it can be called like that. Invalid: no such bound.
  TypeId fn_bound = {};
  // `I: Iter<T>`: what its method `next` gives; `S: Iterable<I>`: the iterator that a loop over it
  // uses. Invalid: no such bound.
  TypeId iter_item = {};
  TypeId iterator = {};
  // One of its bounds was refused, so nobody knows what it has; no report is made of that.
  bool has_unknown_bound = false;
  // Made for a plain parameter of fn type, so that the function is compiled again for each closure
  // it is given (language rule 47). It has no name.
  bool is_implicit = false;
};

struct FieldDecl {
  Symbol name;        // invalid for positional payloads
  TypeId type;
  bool is_pub = false;
  // The field would make its type contain itself: it is kept behind a counted box.
  bool is_boxed = false;
  bool is_using = false;   // passed by itself where a scope is in view
  const ast::Expr* default_value = nullptr;
  Span span;
};

struct StructDecl {
  Symbol name;
  ModuleId module;
  std::vector<TypeParamDecl> type_params;
  std::vector<FieldDecl> fields;
  // `fn drop(mut self)`: makes the type move-only. Invalid if there is none.
  FnId drop_fn;
  // `@derive(Eq, Show)`.
  std::vector<TraitId> derives;
  bool is_shareable = false;   // `@shareable`: copyable although it holds a pointer of C's
  bool is_pub = false;
  Span span;
};

struct VariantDecl {
  Symbol name;
  std::vector<FieldDecl> fields;
  bool has_names = false;
  Span span;
};

struct EnumDecl {
  Symbol name;
  ModuleId module;
  std::vector<TypeParamDecl> type_params;
  std::vector<VariantDecl> variants;
  FnId drop_fn;
  std::vector<TraitId> derives;
  bool is_pub = false;
  Span span;
};

struct ParamDecl {
  Symbol name;
  TypeId type;
  ParamMode mode = ParamMode::Borrow;
  const ast::Expr* default_value = nullptr;
  bool is_using = false;   // a scope, passed by itself where one is in view
  Span span;
  VarId var;           // the variable it is inside the body
};

enum class Foreign : uint8_t { No, Import, Export };

struct FnDecl {
  Symbol name;
  ModuleId module;
  // For methods: `Type.name` in messages and traces; else the name.
  std::string display_name;
  // Those of the impl first, then its own: type parameter n is position n here.
  std::vector<TypeParamDecl> type_params;
  std::vector<ParamDecl> params;     // `self` is params[0]
  TypeId result;
  bool has_self = false;
  bool is_pub = false;
  bool is_plain = false;   // `@plain`: it never suspends
  // `gen fn`: a call of it makes a generator, a Gen<T>; the body runs when somebody pulls.
  bool is_gen = false;
  // `const MAX: int = 3` of a trait or type, which is named without parentheses.
  bool is_const = false;
  // `test "name" { … }`: a function that `skein test` calls.
  bool is_test = false;
  bool gives_place = false;   // `-> mut T`: its result is a place inside what it was lent
  // Set for functions of the standard library without a body.
  std::optional<Builtin> builtin;
  // Of an `extern` block: a function of C's, or one of ours that C may call, and its name there.
  Foreign foreign = Foreign::No;
  bool is_blocking = false;
  bool is_variadic = false;   // C's `...`
  Symbol foreign_name;
  std::vector<Symbol> libraries;   // `@link("z")`: what a program that calls it is linked with
  // For methods: the type or trait they belong to. Invalid ids otherwise.
  ImplId impl;
  TraitId trait;
  const ast::Item* item = nullptr;   // an ast::FnItem; the body
  // Its body was checked, so its expressions have facts. Functions of the standard library that
  // nothing checked refers to are left alone, and are not for lowering.
  bool is_checked = false;
  Span span;                         // of the name
};

// `type Item: Show` in a trait. Everything in it is in terms of the trait's type parameters.
struct AssocDecl {
  Symbol name;
  TraitId trait;
  std::vector<TraitRef> bounds;
  TypeId fallback;                   // `type Output = Self`; invalid: every impl says it
  Span span;
};

struct TraitDecl {
  Symbol name;
  ModuleId module;
  // `Self`, then those written. They come first in each method, too.
  std::vector<TypeParamDecl> type_params;
  std::vector<AssocId> assocs;
  std::vector<FnId> methods;
  std::vector<TraitRef> supertraits; // `trait A: B + C`
  std::vector<ImplId> impls;         // for all types
  bool is_unique = false;
  bool is_plain = false;   // `@plain`: its methods never suspend
  bool is_pub = false;
  Span span;
};

// `impl<T: Show> Show for [T]`, `impl Point`.
struct ImplDecl {
  ModuleId module;
  std::vector<TypeParamDecl> type_params;
  std::optional<TraitId> trait;
  std::vector<TypeId> trait_args;
  // What the trait's associated types are, in its order.
  std::vector<TypeId> assocs;
  TypeId self_type;
  std::vector<FnId> methods;
  bool is_derived = false;   // by `@derive(Json)`
  Span span;
};

struct ConstDecl {
  Symbol name;
  ModuleId module;
  TypeId type;
  const ast::Expr* value = nullptr;
  // Of a whole number that was worked out while checking.
  std::optional<uint64_t> known;
  // Its value was checked, so the expression has facts.
  bool is_checked = false;
  bool is_pub = false;
  Span span;
};

// Where the values of a declaration at top level live.
enum class StaticKind : uint8_t {
  Program,   // `static`: one for all
  Task,      // `task_local`: what the `with` around the task's code says
  Thread,    // `thread_local`: one a thread, reached by `with`
};

struct StaticDecl {
  StaticKind kind = StaticKind::Program;
  Symbol name;
  ModuleId module;
  TypeId type;
  Span type_span;
  const ast::Expr* value = nullptr;
  bool is_pub = false;
  Span span;
};

struct ModuleDecl {
  Symbol name;              // "std.time"; the file's stem for the root
  std::string path;         // of its file
  PackageId package;
  bool is_std = false;      // of the standard library
  bool is_ffi = false;      // marked `@ffi`: it may call C
};

// Where a closure uses a variable from outside, or a part of it that fields lead to.
struct CaptureUse {
  VarId var;
  std::vector<uint32_t> fields;
  bool is_changed = false;
};

// A closure of the source, or a function that is used as a value. Each has a type of its own,
// whose values are what it captured; its arguments are the type parameters around it.
struct ClosureDecl {
  const ast::Expr* node = nullptr;   // an ast::Closure, or the name of a function
  TypeId signature;                  // of kind Fn
  std::vector<VarId> captures;       // in order of first use
  std::vector<bool> is_changed;      // one a capture: the closure changes it
  std::vector<CaptureUse> uses;      // of the captures
  // Given to a plain parameter, or used up with its chain of adaptors: it stands for the variables
  // themselves, whatever it captures.
  bool is_borrowed = false;
  // It captured what cannot be copied, and gives it away when it is called.
  bool is_once = false;
  uint32_t type_param_count = 0;     // of the function around
  Span span;
};

// A variable of a function body: parameter, let, var, loop variable or pattern binding.
struct VarDecl {
  Symbol name;
  TypeId type;
  bool is_mutable = false;      // `var`, or a `mut` parameter or binding
  bool is_param = false;
  ParamMode mode = ParamMode::Own;  // of a parameter
  // Declared without a value: `let x: int`, set once on each path.
  bool is_set_later = false;
  // A task that an arm of a select waits for, which may leave it to its scope (language rule 76).
  bool is_offered = false;
  // It names what a `lock` block may change; and a Condvar waits with it.
  bool is_locked = false;
  bool is_waited = false;
  // A projection: it names a place inside another variable (`for mut x in xs`).
  bool is_place = false;
  Span span;
};

}  // namespace skein::types
