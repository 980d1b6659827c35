// What the functions of one program share while they are lowered: which SIR function stands for
// which declaration, names, and what is known about types.
#pragma once

#include <deque>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "compiler/sir/sir.h"
#include "compiler/types/program.h"

namespace skein::lower {

class Unit {
 public:
  Unit(types::Program& program, sir::Module& module) : program(program), module(module) {}
  Unit(const Unit&) = delete;

  types::Program& program;
  sir::Module& module;

  // The SIR function of a declaration with a body. Asked for the first time, it gets its head, and
  // its body is lowered later.
  sir::FunctionId function_of(types::FnId decl);
  // The functions that give the values of a constant and a static.
  sir::FunctionId function_of(types::ConstId decl);
  sir::FunctionId function_of(types::StaticId decl);
  // The function that gives the default value of a parameter or field of a generic declaration with
  // these type parameters.
  sir::FunctionId function_of_default(const ast::Expr* value,
                                      const std::vector<types::TypeParamDecl>& type_params,
                                      const std::string& owner);
  // A function that no declaration stands behind, without locals yet.
  sir::FunctionId add_made_up(std::string name, sir::FunctionKind kind, Span span);
  // Lowers the bodies asked for until none is left.
  void lower_pending();

  // `name`, or with a number behind it if that is taken.
  std::string unique_name(const std::string& name);

  bool needs_drop(types::TypeId type) { return traits(type).needs_drop; }
  bool is_move_only(types::TypeId type) { return traits(type).is_move_only; }
  bool has_task(types::TypeId type) { return traits(type).has_task; }
  types::TypeKind kind(types::TypeId type) const { return program.types.kind(type); }
  // Numbers, bool, char and times: held in a register, compared and copied by one instruction.
  bool is_scalar(types::TypeId type) const;

 private:
  const types::TypeTraits& traits(types::TypeId type);
  std::string function_name(const types::FnDecl& decl);

  std::unordered_map<types::FnId, sir::FunctionId, IdHash> functions_;
  std::unordered_set<std::string> names_;
  std::unordered_map<types::TypeId, types::TypeTraits, IdHash> traits_;
  // A function without parameters whose body is an expression.
  struct PendingValue {
    sir::FunctionId function;
    const ast::Expr* value;
    const std::vector<types::TypeParamDecl>* type_params;   // null: none
  };
  sir::FunctionId add_value(Symbol name, sir::FunctionKind kind, types::TypeId type,
                            const ast::Expr* value, Span span);
  std::deque<types::FnId> pending_;
  std::deque<PendingValue> pending_values_;
  std::unordered_map<types::ConstId, sir::FunctionId, IdHash> consts_;
  std::unordered_map<types::StaticId, sir::FunctionId, IdHash> statics_;
  std::unordered_map<const ast::Expr*, sir::FunctionId> defaults_;
};

}  // namespace skein::lower
