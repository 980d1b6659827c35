// Makes one copy of each function for each set of types it is used with, from the entry on.
//
// Everything after this works on concrete types: whether a value is counted, how large it is, which
// function a call reaches. What nothing reaches is dropped, which takes most of the standard
// library out of every program. A module without an entry (a test's) keeps its functions without
// type parameters, and what they use.
//
// `drop` methods are called by nobody by name; a type that has one, and may be a value here, asks
// for the copy of its method.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "compiler/passes/passes.h"
#include "compiler/passes/windows.h"
#include "compiler/sir/print.h"
#include "compiler/support/check.h"
#include "compiler/types/dyn.h"
#include "compiler/types/impls.h"

namespace skein::passes {

using sir::Function;
using sir::FunctionId;
using sir::Inst;
using types::TypeId;
using types::TypeKind;

class Specializer {
 public:
  Specializer(sir::Module& module, DiagnosticSink& sink)
      : module_(module), program_(*module.program), sink_(sink), verbs_(value_verbs()) {}

  void run() {
    find_drop_methods();
    request_roots();
    while (!pending_.empty() && !failed_) {
      Request request = std::move(pending_.back());
      pending_.pop_back();
      make(request);
    }
    if (failed_) return;
    module_.functions = std::move(functions_);
    module_.entry = entry_;
    module_.dyn_tables = std::move(dyn_tables_);
    for (ValueVerb& verb : verbs_) module_.*verb.methods = std::move(verb.found);
  }

 private:
  // Chains of generic functions, each asking for the next: 64 is far more than people write.
  static constexpr uint32_t kMaxDepth = 64;
  // Parts of a type, counted as often as they are written: `(T, T)` doubles it from call to call.
  static constexpr size_t kMaxTypeSize = 4096;
  // Parts of the types of all copies together. Two calls with other types in each function of a
  // chain make a million copies without ever going deep.
  static constexpr size_t kMaxParts = 500'000;

  struct Request {
    FunctionId generic;
    FunctionId concrete;
    std::vector<TypeId> args;
    uint32_t depth = 0;
    // The parameters that are windows, and the call that says so.
    std::vector<bool> windows;
    Span call;
  };

  void find_drop_methods() {
    for (FunctionId id : module_.functions.ids()) {
      types::FnId decl = module_.functions[id].decl;
      if (decl.valid()) by_decl_.emplace(decl, id);
    }
  }

  void request_roots() {
    if (module_.entry.valid()) {
      entry_ = request(module_.entry, {}, 0, Span());
      request_constants();
      for (FunctionId id : module_.functions.ids()) {
        const Function& function = module_.functions[id];
        bool is_root = !function.c_name.empty() || promises_something(function);
        if (is_root && function.type_param_count == 0) request(id, {}, 0, Span());
      }
      return;
    }
    for (FunctionId id : module_.functions.ids()) {
      if (module_.functions[id].type_param_count == 0) request(id, {}, 0, Span());
    }
  }

  // A function of the user's that says it never suspends is held to it, whether it is called or not.
  bool promises_something(const Function& function) const {
    if (!function.decl.valid() || !must_be_plain(program_, function.decl)) return false;
    return !program_.modules[program_.fns[function.decl].module].is_std;
  }

  // Those nobody uses, too: they are computed, and what is wrong with them is reported.
  void request_constants() {
    for (FunctionId id : module_.functions.ids()) {
      sir::FunctionKind kind = module_.functions[id].kind;
      bool is_value = kind == sir::FunctionKind::Const || kind == sir::FunctionKind::Static;
      // One of a generic type has a value for each set of types it is used with.
      bool is_generic = module_.functions[id].type_param_count > 0;
      if (is_value && !is_generic) request(id, {}, 0, Span());
    }
  }

  size_t size_of(TypeId type) {
    auto known = sizes_.find(type);
    if (known != sizes_.end()) return known->second;
    size_t size = 1;
    for (TypeId arg : program_.types.get(type).args) size += size_of(arg);
    size = std::min(size, kMaxTypeSize);
    sizes_.emplace(type, size);
    return size;
  }

  // The number of the copy, which is made later.
  FunctionId request(FunctionId generic, std::vector<TypeId> args, uint32_t depth, Span span,
                     std::vector<bool> windows = {}) {
    const Function& function = module_.functions[generic];
    size_t parts = 0;
    for (TypeId arg : args) {
      parts += size_of(arg);
      if (size_of(arg) < kMaxTypeSize) continue;
      report_depth(function, span);
      return FunctionId();
    }
    std::string name = function.name;
    if (!args.empty()) {
      name += "<";
      for (size_t i = 0; i < args.size(); ++i) {
        name += (i > 0 ? ", " : "") + sir::type_text(program_, args[i]);
      }
      name += ">";
    }
    for (size_t i = 0; i < windows.size(); ++i) {
      if (windows[i]) name += ".window" + std::to_string(i);
    }
    auto [found, is_new] = by_name_.emplace(name, FunctionId());
    if (!is_new) return found->second;
    depth = args.empty() ? 0 : depth + 1;
    if (depth > kMaxDepth) report_depth(function, span);
    parts_ += parts;
    if (parts_ > kMaxParts) report_many_copies(function, span);
    Function head;
    head.name = std::move(name);
    found->second = functions_.add(std::move(head));
    pending_.push_back(
        {generic, found->second, std::move(args), depth, std::move(windows), span});
    return found->second;
  }

  void report_depth(const Function& function, Span span) {
    if (!failed_) {
      sink_.report(span, D::EndlessTypes, {function.display_name})
          .mark("asks for one more copy here")
          .help("call it with a type that does not grow from call to call");
    }
    failed_ = true;
  }

  void report_many_copies(const Function& function, Span span) {
    if (!failed_) {
      sink_.report(span, D::TooManyCopies, {})
          .mark("asks for one more copy of `" + function.display_name + "` here")
          .help("pass what differs as a value: an enum, or a `dyn` type");
    }
    failed_ = true;
  }

  void make(const Request& request) {
    std::string name = std::move(functions_[request.concrete].name);
    functions_[request.concrete] = concrete_copy(request.generic, request.args);
    Function& to = functions_[request.concrete];
    to.name = std::move(name);
    for (sir::Local& local : to.locals) use_type(local.type);
    if (has_windows(to) || !request.windows.empty()) {
      Span call = request.windows.empty() ? Span() : request.call;
      failed_ |= !rewrite_for_windows(module_, to, request.windows, call, gives_window_, sink_);
    }
    for (sir::Block& block : to.blocks) {
      for (Inst& inst : block.insts) {
        for (TypeId& arg : inst.type_args) arg = concrete(arg, request.args);
        for (sir::Operand& operand : inst.operands) {
          if (!operand.is_place()) {
            operand.constant.type = concrete(operand.constant.type, request.args);
          }
        }
        if (inst.kind == sir::InstKind::ToDyn) make_dyn(to, inst, request.depth);
        use_value(inst);
        call_directly(to, inst);
        call_iterator(inst);
        redirect(to, inst, request.depth);
      }
    }
    copy_to_move(to);
  }

  // With the types put in for the locals, and for the calls that give a place, which may be a window.
  Function concrete_copy(FunctionId generic, const std::vector<TypeId>& args) {
    Function copy = module_.functions[generic];
    copy.type_param_count = 0;
    for (sir::Local& local : copy.locals) local.type = concrete(local.type, args);
    for (sir::Block& block : copy.blocks) {
      for (Inst& inst : block.insts) {
        if (!inst.gives_place) continue;
        for (TypeId& arg : inst.type_args) arg = concrete(arg, args);
        find_impl(inst);
      }
    }
    return copy;
  }

  bool has_windows(const Function& function) {
    for (const sir::Local& local : function.locals) {
      if (program_.types.kind(local.type) == TypeKind::Window) return true;
    }
    for (const sir::Block& block : function.blocks) {
      for (const Inst& inst : block.insts) {
        if (inst.gives_place && gives_window(inst, {})) return true;
      }
    }
    return false;
  }

  bool gives_window(const Inst& call, const std::vector<bool>& windows) {
    TypeId result = concrete(module_.functions[call.callee].return_type(), call.type_args);
    if (program_.types.kind(result) != TypeKind::Array) return false;
    std::string key = std::to_string(call.callee.index);
    for (TypeId arg : call.type_args) key += "," + sir::type_text(program_, arg);
    for (size_t i = 0; i < windows.size(); ++i) key += windows[i] ? ".window" : ".";
    // What calls itself gives no more than its other results.
    auto [known, is_new] = window_results_.emplace(key, false);
    if (!is_new) return known->second;
    bool gives = result_is_window(module_, concrete_copy(call.callee, call.type_args), windows,
                                  gives_window_);
    window_results_[key] = gives;
    return gives;
  }

  TypeId concrete(TypeId type, const std::vector<TypeId>& args) {
    return program_.types.substitute(type, args);
  }

  // Puts the method of the type in place of what stands for it in generic code.
  void call_iterator(Inst& inst) {
    if (inst.kind != sir::InstKind::Builtin) return;
    bool is_next = inst.builtin == types::Builtin::IterNext;
    if (!is_next && inst.builtin != types::Builtin::IterStart) return;
    TypeId type = inst.type_args[0];
    if (is_next && program_.types.kind(type) == TypeKind::Gen) {
      inst.kind = sir::InstKind::GenNext;
      inst.type_args.clear();
      return;
    }
    for (types::FnId id : is_next ? program_.next_methods : program_.iter_methods) {
      auto method = by_decl_.find(id);
      if (method == by_decl_.end()) continue;
      const types::FnDecl& decl = program_.fns[id];
      std::vector<TypeId> args(decl.type_params.size());
      if (!matches(program_.impls[decl.impl].self_type, type, args)) continue;
      inst.kind = sir::InstKind::Call;
      inst.callee = method->second;
      inst.type_args = std::move(args);
      return;
    }
    SKEIN_CHECK(!is_next, "an iterator without `next`");
    inst.kind = sir::InstKind::Assign;
    inst.unwind = sir::BlockId();
    inst.type_args.clear();
  }

  // Whether `type` is `pattern` with something put in for its parameters.
  bool matches(TypeId pattern, TypeId type, std::vector<TypeId>& args) {
    const types::Type& wanted = program_.types.get(pattern);
    if (wanted.kind == TypeKind::Param) {
      TypeId& arg = args[wanted.decl];
      if (!arg.valid()) arg = type;
      return arg == type;
    }
    const types::Type& found = program_.types.get(type);
    bool same = wanted.kind == found.kind && wanted.decl == found.decl &&
                wanted.length == found.length && wanted.modes == found.modes &&
                wanted.args.size() == found.args.size();
    for (size_t i = 0; same && i < wanted.args.size(); ++i) {
      same = matches(wanted.args[i], found.args[i], args);
    }
    return same;
  }

  // A call of what turns out to be a closure is a call of its body, with the closure as the
  // environment.
  void call_directly(const Function& function, Inst& inst) {
    bool is_for_c = inst.kind == sir::InstKind::CFunction;
    if (inst.kind != sir::InstKind::CallValue && !is_for_c) return;
    const types::Type type =
        program_.types.get(sir::operand_type(module_, function, inst.operands[0]));
    SKEIN_CHECK(type.kind == TypeKind::Closure || !is_for_c, "C gets what is no closure");
    if (type.kind != TypeKind::Closure) return;
    if (!is_for_c) inst.kind = sir::InstKind::Call;
    inst.callee = module_.closures[type.decl];
    inst.type_args = type.args;
  }

  void redirect(const Function& function, Inst& inst, uint32_t depth) {
    bool has_callee = inst.kind == sir::InstKind::Call || inst.kind == sir::InstKind::Spawn ||
                      inst.kind == sir::InstKind::Closure ||
                      inst.kind == sir::InstKind::Generator ||
                      inst.kind == sir::InstKind::CFunction;
    if (!has_callee) return;
    find_impl(inst);
    if (inst.kind == sir::InstKind::CallDyn) return;
    std::vector<bool> windows = take_windows(module_, function, inst);
    inst.callee = request(inst.callee, std::move(inst.type_args), depth, inst.span,
                          std::move(windows));
    inst.type_args.clear();
  }

  // A call of a trait's method is one of the impl for the type that `Self` turned out to be.
  void find_impl(Inst& inst) {
    types::FnId decl = module_.functions[inst.callee].decl;
    if (!decl.valid() || !program_.fns[decl].trait.valid()) return;
    if (std::optional<uint32_t> entry = types::dyn_entry(program_, decl, inst.type_args)) {
      SKEIN_CHECK(inst.kind == sir::InstKind::Call, "a `dyn` value is more than plain bits");
      inst.kind = sir::InstKind::CallDyn;
      inst.index = *entry;
      inst.callee = FunctionId();
      inst.type_args.clear();
      return;
    }
    types::MethodRef method = types::find_method(program_, decl, inst.type_args);
    auto found = by_decl_.find(method.fn);
    SKEIN_CHECK(found != by_decl_.end(), "a method of an impl that was not lowered");
    inst.callee = found->second;
    inst.type_args = std::move(method.type_args);
    lend_as_asked(inst, program_.fns[method.fn]);
  }

  // An impl may look at a `self` that its trait lets it change (language rule 60).
  static void lend_as_asked(Inst& inst, const types::FnDecl& method) {
    if (inst.operands.empty() || !method.has_self) return;
    sir::Operand& self = inst.operands[0];
    bool is_lent_to_change = self.kind == sir::Operand::Kind::Mut;
    if (is_lent_to_change && method.params[0].mode == types::ParamMode::Borrow) {
      self.kind = sir::Operand::Kind::Borrow;
    }
  }

  // ---- tables of `dyn` values ----

  // In generic code what becomes a `dyn` value may turn out to be one of that type.
  void make_dyn(const Function& function, Inst& inst, uint32_t depth) {
    TypeId content = sir::operand_type(module_, function, inst.operands[0]);
    if (content == sir::place_type(module_, function, inst.dest)) {
      inst.kind = sir::InstKind::Assign;
    } else {
      add_table(function, inst, depth);
    }
  }

  // Asks for the table of the type of what becomes a `dyn` value.
  void add_table(const Function& function, const Inst& inst, uint32_t depth) {
    TypeId content = sir::operand_type(module_, function, inst.operands[0]);
    TypeId dyn = sir::place_type(module_, function, inst.dest);
    if (types::traits_of(program_, content).has_task) {
      sink_.report(inst.span, D::DynTask,
                   {program_.type_name(content), program_.type_name(dyn)})
          .help("await the task first, and keep its value");
      failed_ = true;
      return;
    }
    for (const sir::Module::DynTable& known : dyn_tables_) {
      if (known.content == content && known.dyn == dyn) return;
    }
    size_t position = dyn_tables_.size();
    dyn_tables_.push_back({content, dyn, {}});
    for (const types::DynMethod& method : types::dyn_methods(program_, dyn)) {
      FunctionId made = add_entry(content, dyn, method, depth);
      dyn_tables_[position].methods.push_back(made);
    }
  }

  // The function behind an entry: finds the value in the `dyn` value and calls its method.
  FunctionId add_entry(TypeId content, TypeId dyn, const types::DynMethod& method,
                       uint32_t depth) {
    const types::FnDecl& decl = program_.fns[method.fn];
    Function made;
    made.name = "dyn." + sir::type_text(program_, content) + "." +
                std::string(program_.interner.text(program_.traits[decl.trait].name)) + "." +
                std::string(program_.interner.text(decl.name));
    for (size_t i = 1; i < method.type_args.size(); ++i) {
      made.name += "." + sir::type_text(program_, method.type_args[i]);
    }
    // The same method may stand in the table for a trait that asks for its own.
    bool is_inherited = program_.types.get(dyn).decl != decl.trait.index;
    if (is_inherited) made.name += "." + sir::type_text(program_, dyn);
    made.display_name = decl.display_name;
    made.kind = sir::FunctionKind::Glue;
    made.span = decl.span;
    write_entry(made, content, dyn, method);
    FunctionId id = functions_.add(std::move(made));
    Function& entry = functions_[id];
    for (sir::Local& local : entry.locals) use_type(local.type);
    std::vector<TypeId> args = method.type_args;
    args[0] = content;
    for (Inst& inst : entry.blocks[sir::BlockId(0)].insts) {
      if (inst.kind != sir::InstKind::Call) continue;
      if (std::optional<uint32_t> outer = types::dyn_entry(program_, method.fn, args)) {
        inst.kind = sir::InstKind::CallDyn;
        inst.index = *outer;
        continue;
      }
      types::MethodRef target = types::find_method(program_, method.fn, args);
      auto found = by_decl_.find(target.fn);
      SKEIN_CHECK(found != by_decl_.end(), "a method of an impl that was not lowered");
      lend_as_asked(inst, program_.fns[target.fn]);
      inst.callee = request(found->second, std::move(target.type_args), depth, inst.span);
    }
    return id;
  }

  void write_entry(Function& made, TypeId content, TypeId dyn, const types::DynMethod& method) {
    using sir::Operand;
    const types::FnDecl& decl = program_.fns[method.fn];
    auto add_local = [&](TypeId type, sir::LocalKind kind, types::ParamMode mode) {
      sir::Local local;
      local.type = type;
      local.kind = kind;
      local.mode = mode;
      local.span = decl.span;
      return made.locals.add(local);
    };
    TypeId result = program_.types.substitute(decl.result, method.type_args);
    add_local(result, sir::LocalKind::Return, types::ParamMode::Own);
    std::vector<Operand> operands;
    for (size_t i = 0; i < decl.params.size(); ++i) {
      TypeId type = i == 0 ? dyn
                           : program_.types.substitute(decl.params[i].type, method.type_args);
      types::ParamMode mode = decl.params[i].mode;
      sir::LocalId param = add_local(type, sir::LocalKind::Param, mode);
      made.locals[param].is_ref = mode == types::ParamMode::Mut;
      bool moves = types::traits_of(program_, type).needs_drop;
      operands.push_back(mode == types::ParamMode::Mut      ? Operand::mut(param)
                         : mode == types::ParamMode::Borrow ? Operand::borrow(param)
                         : moves                            ? Operand::move(param)
                                                            : Operand::copy(param));
    }
    made.param_count = static_cast<uint32_t>(decl.params.size());
    sir::Block block;
    auto emit = [&](sir::InstKind kind, sir::Place dest, std::vector<Operand> of) {
      Inst inst;
      inst.kind = kind;
      inst.span = decl.span;
      inst.dest = std::move(dest);
      inst.operands = std::move(of);
      block.insts.push_back(std::move(inst));
    };
    sir::LocalId self(1);
    sir::LocalId inside =
        add_local(content, sir::LocalKind::Temp, types::ParamMode::Own);
    switch (decl.params[0].mode) {
      case types::ParamMode::Borrow:
        made.locals[inside].is_ref = true;
        emit(sir::InstKind::Ref, inside, {Operand::borrow(self)});
        operands[0] = Operand::borrow(inside);
        break;
      case types::ParamMode::Mut:
        made.locals[inside].is_ref = true;
        emit(sir::InstKind::Unshare, {}, {Operand::mut(self)});
        emit(sir::InstKind::Ref, inside, {Operand::mut(self)});
        operands[0] = Operand::mut(inside);
        break;
      case types::ParamMode::Own: {
        sir::LocalId shared = add_local(content, sir::LocalKind::Temp, types::ParamMode::Own);
        made.locals[shared].is_ref = true;
        bool moves = types::traits_of(program_, content).needs_drop;
        emit(sir::InstKind::Ref, shared, {Operand::borrow(self)});
        emit(sir::InstKind::Assign, inside, {Operand::copy(shared)});
        emit(sir::InstKind::Drop, {}, {Operand::move(self)});
        operands[0] = moves ? Operand::move(inside) : Operand::copy(inside);
        break;
      }
    }
    TypeKind gives = program_.types.kind(result);
    bool has_value = gives != TypeKind::Unit && gives != TypeKind::Never;
    emit(sir::InstKind::Call, has_value ? sir::Place(sir::LocalId(0)) : sir::Place(),
         std::move(operands));
    emit(gives == TypeKind::Never ? sir::InstKind::Unreachable : sir::InstKind::Return, {}, {});
    made.blocks.add(std::move(block));
  }

  // A generic body copies its values; one that turns out to be move-only was checked to be copied
  // only where it is not used again.
  void copy_to_move(Function& function) {
    for (sir::Block& block : function.blocks) {
      for (Inst& inst : block.insts) {
        for (sir::Operand& operand : inst.operands) {
          if (operand.kind != sir::Operand::Kind::Copy) continue;
          TypeId type = sir::place_type(module_, function, operand.place);
          if (types::traits_of(program_, type).is_move_only) {
            operand.kind = sir::Operand::Kind::Move;
          }
        }
      }
    }
  }

  // An operation on values of any type, and the methods that stand behind it for some.
  struct ValueVerb {
    types::Builtin builtin;
    types::TraitId trait;
    types::FnId by_impl;    // calls the method of the impl
    types::FnId of_map;     // that of maps; invalid: they are as other structs
    sir::Module::ValueMethods sir::Module::*methods;
    sir::Module::ValueMethods found = {};
    std::unordered_set<TypeId, IdHash> seen = {};
  };

  std::vector<ValueVerb> value_verbs() const {
    using types::Builtin;
    const types::CoreDecls& core = program_.core;
    types::FnId none;
    return {
        {Builtin::Show, core.show, core.show_by, none, &sir::Module::show_methods},
        {Builtin::Equal, core.eq, core.equal_by, core.map_equal, &sir::Module::equal_methods},
        {Builtin::Compare, core.ord, core.compare_by, none, &sir::Module::compare_methods},
        {Builtin::HashValue, core.hash, core.hash_by, core.map_hash, &sir::Module::hash_methods},
        {Builtin::DefaultValue, core.default_, core.default_by, none,
         &sir::Module::default_methods},
    };
  }

  // Asks for the methods that show, compare … the type of `inst` and what is inside it.
  void use_value(const Inst& inst) {
    if (inst.kind != sir::InstKind::Builtin) return;
    for (ValueVerb& verb : verbs_) {
      if (verb.builtin == inst.builtin) use_methods(inst.type_args[0], verb);
    }
  }

  void use_methods(TypeId id, ValueVerb& verb) {
    std::vector<TypeId> pending = {id};
    while (!pending.empty()) {
      TypeId type = pending.back();
      pending.pop_back();
      if (!verb.seen.insert(type).second) continue;
      const types::Type parts = program_.types.get(type);
      bool is_map = parts.kind == TypeKind::Struct && parts.decl == program_.core.map.index;
      if (is_map && verb.of_map.valid()) {
        ask_method(type, verb.of_map, parts.args, verb);
      } else if (has_impl(type, verb.trait)) {
        ask_method(type, verb.by_impl, {type}, verb);
      } else {
        add_parts(type, parts, pending);
      }
    }
  }

  void ask_method(TypeId type, types::FnId decl, std::vector<TypeId> args, ValueVerb& verb) {
    auto method = by_decl_.find(decl);
    // A trait that only stands in a bound.
    if (method == by_decl_.end()) return;
    Span span = module_.functions[method->second].span;
    verb.found.emplace(type, request(method->second, std::move(args), 0, span));
  }

  bool has_impl(TypeId type, types::TraitId trait) {
    if (!trait.valid() || program_.traits[trait].methods.empty()) return false;
    std::vector<TypeId> args = {type};
    types::FnId method = program_.traits[trait].methods.front();
    if (types::dyn_entry(program_, method, args)) return true;
    return types::find_method(program_, method, args).fn != method;
  }

  // The types of the values directly inside a value, and the arguments of its type.
  void add_parts(TypeId type, const types::Type& parts, std::vector<TypeId>& out) {
    out.insert(out.end(), parts.args.begin(), parts.args.end());
    if (parts.kind == TypeKind::Struct) {
      std::vector<TypeId> fields = program_.fields(type);
      out.insert(out.end(), fields.begin(), fields.end());
    } else if (parts.kind == TypeKind::Enum) {
      for (uint32_t i = 0; i < program_.variant_count(type); ++i) {
        std::vector<TypeId> fields = program_.variant_fields(type, i);
        out.insert(out.end(), fields.begin(), fields.end());
      }
    }
  }

  // Asks for the `drop` methods of a type and of what is inside it.
  void use_type(TypeId id) {
    std::vector<TypeId> pending = {id};
    while (!pending.empty()) {
      TypeId type = pending.back();
      pending.pop_back();
      if (!types_.insert(type).second) continue;
      const types::Type parts = program_.types.get(type);
      pending.insert(pending.end(), parts.args.begin(), parts.args.end());
      if (parts.kind == TypeKind::Closure) {
        std::vector<TypeId> captured = program_.fields(type);
        pending.insert(pending.end(), captured.begin(), captured.end());
      } else if (parts.kind == TypeKind::Struct) {
        request_drop(program_.structs[types::StructId(parts.decl)].drop_fn, parts.args);
        std::vector<TypeId> fields = program_.fields(type);
        pending.insert(pending.end(), fields.begin(), fields.end());
      } else if (parts.kind == TypeKind::Enum) {
        request_drop(program_.enums[types::EnumId(parts.decl)].drop_fn, parts.args);
        for (uint32_t i = 0; i < program_.variant_count(type); ++i) {
          std::vector<TypeId> fields = program_.variant_fields(type, i);
          pending.insert(pending.end(), fields.begin(), fields.end());
        }
      }
    }
  }

  void request_drop(types::FnId drop_fn, const std::vector<TypeId>& args) {
    if (!drop_fn.valid()) return;
    auto method = by_decl_.find(drop_fn);
    SKEIN_CHECK(method != by_decl_.end(), "a `drop` method that was not lowered");
    request(method->second, args, 0, module_.functions[method->second].span);
  }

  sir::Module& module_;
  types::Program& program_;
  DiagnosticSink& sink_;
  Store<FunctionId, Function> functions_;
  FunctionId entry_;
  std::vector<Request> pending_;
  std::unordered_map<std::string, FunctionId> by_name_;
  std::unordered_map<types::FnId, FunctionId, IdHash> by_decl_;
  std::unordered_set<TypeId, IdHash> types_;
  std::vector<sir::Module::DynTable> dyn_tables_;
  std::vector<ValueVerb> verbs_;
  std::unordered_map<TypeId, size_t, IdHash> sizes_;
  // Whether functions give windows, by who is called with which types and windows.
  std::unordered_map<std::string, bool> window_results_;
  const GivesWindow gives_window_ = [this](const Inst& call, const std::vector<bool>& windows) {
    return gives_window(call, windows);
  };
  size_t parts_ = 0;
  bool failed_ = false;
};

void specialize(sir::Module& module, DiagnosticSink& sink) { Specializer(module, sink).run(); }

}  // namespace skein::passes
