// Reports functions that wait although they must not (language rules 12, 45 and 46).
//
// Code runs where nobody sees a call: where values are compared, shown, hashed, converted and
// dropped. None of it may give its worker away in the middle, so `drop` is plain, and the methods of
// traits that are marked `@plain`; and whoever wants to be sure of a function marks that one.
#include <vector>

#include "compiler/passes/passes.h"
#include "compiler/passes/suspend_chain.h"

namespace skein::passes {

using sir::Function;
using sir::FunctionId;
using types::FnDecl;
using types::FnId;
using types::Program;
using types::TraitDecl;
using types::TraitId;

// Who says that a function is plain.
enum class Promise : uint8_t { None, Itself, Method, Trait, Drop, Place };

struct PlainReason {
  Promise promise = Promise::None;
  TraitId trait = {};   // Method, Trait
  FnId method = {};     // Method: the one in the trait that is marked
};

static TraitId trait_of(const Program& program, const FnDecl& fn) {
  if (fn.trait.valid() || !fn.impl.valid()) return fn.trait;
  return program.impls[fn.impl].trait.value_or(TraitId());
}

static bool is_drop(const Program& program, FnId id) {
  const FnDecl& fn = program.fns[id];
  if (!fn.impl.valid()) return false;
  const types::Type& self = program.types.get(program.impls[fn.impl].self_type);
  if (self.kind == types::TypeKind::Struct) {
    return program.structs[types::StructId(self.decl)].drop_fn == id;
  }
  return self.kind == types::TypeKind::Enum &&
         program.enums[types::EnumId(self.decl)].drop_fn == id;
}

static PlainReason plain_reason(const Program& program, FnId id) {
  if (!id.valid()) return {};
  const FnDecl& fn = program.fns[id];
  if (is_drop(program, id)) return {Promise::Drop};
  if (fn.is_plain) return {Promise::Itself};
  if (fn.gives_place) return {Promise::Place};
  TraitId trait = trait_of(program, fn);
  if (!trait.valid()) return {};
  if (program.traits[trait].is_plain) return {Promise::Trait, trait};
  for (FnId method : program.traits[trait].methods) {
    const FnDecl& decl = program.fns[method];
    if (decl.is_plain && decl.name == fn.name) return {Promise::Method, trait, method};
  }
  return {};
}

bool must_be_plain(const Program& program, FnId id) {
  return plain_reason(program, id).promise != Promise::None;
}

class PlainChecker {
 public:
  PlainChecker(sir::Module& module, DiagnosticSink& sink)
      : module_(module), program_(*module.program), sink_(sink) {}

  void run() {
    for (FunctionId id : module_.functions.ids()) {
      const Function& function = module_.functions[id];
      if (function.suspends != sir::Suspends::Yes) continue;
      PlainReason reason = plain_reason(program_, function.decl);
      if (reason.promise != Promise::None) report(id, reason);
    }
  }

 private:
  // More calls than these are not shown; `skein explain suspends` has all of them.
  static constexpr size_t kMaxSteps = 5;

  void report(FunctionId id, const PlainReason& reason) {
    const Function& function = module_.functions[id];
    Report report = sink_.report(function.span, D::PlainSuspends, {function.display_name});
    explain(report, reason);
    std::vector<SuspendStep> chain = suspend_chain(module_, id);
    for (size_t i = 0; i < chain.size(); ++i) {
      bool is_shown = i < kMaxSteps || i + 1 == chain.size();
      if (is_shown) report.label(chain[i].span, chain[i].words);
    }
    if (chain.size() > kMaxSteps + 1) {
      report.note("`skein explain suspends " + function.display_name + "` shows the calls between");
    }
  }

  void explain(Report& report, const PlainReason& reason) const {
    switch (reason.promise) {
      case Promise::None: return;
      case Promise::Itself:
        report.mark("marked `@plain`")
            .help("take the mark away, or hand it what it waits for as an argument");
        return;
      case Promise::Place:
        report.mark("what it gives is a place that its caller holds alone")
            .help("wait before, and look for the place afterwards");
        return;
      case Promise::Drop:
        report.mark("runs wherever a value dies, also while a panic unwinds")
            .help("wait in a method of its own, which the owner calls, or in a `defer`; `close`, "
                  "`try_send` and `try_recv` never wait");
        return;
      case Promise::Trait: {
        const TraitDecl& trait = program_.traits[reason.trait];
        report.mark("methods of `" + name(trait) + "` never suspend");
        if (is_users(trait)) report.label(trait.span, "this trait is `@plain`");
        report.help("wait before, and keep what came of it in the value");
        return;
      }
      case Promise::Method: {
        const TraitDecl& trait = program_.traits[reason.trait];
        report.mark("a method of `" + name(trait) + "` that never suspends")
            .label(program_.fns[reason.method].span, "marked `@plain` in the trait")
            .help("wait before, and keep what came of it in the value");
        return;
      }
    }
  }

  std::string name(const TraitDecl& trait) const {
    return std::string(program_.interner.text(trait.name));
  }
  bool is_users(const TraitDecl& trait) const { return !program_.modules[trait.module].is_std; }

  sir::Module& module_;
  const Program& program_;
  DiagnosticSink& sink_;
};

void check_plain(sir::Module& module, DiagnosticSink& sink) { PlainChecker(module, sink).run(); }

}  // namespace skein::passes
