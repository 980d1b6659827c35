// The list of passes, with why the order is as it is.
#include "compiler/passes/pipeline.h"

#include "compiler/passes/passes.h"
#include "compiler/support/check.h"

namespace skein::passes {

// A pass that cannot fail, in the form of one that can.
template <void (*kRun)(sir::Module&)>
static void total(sir::Module& module, DiagnosticSink&) {
  kRun(module);
}

using sir::VerifyStage;

static constexpr Pass kPasses[] = {
    // Once per function of the source, used or not, while types still have their names.
    {"check_ownership", check_ownership, VerifyStage::Lowered},
    // First of those that change anything: all below want concrete types.
    {"specialize", specialize, VerifyStage::Specialized},
    // Beyond this point only constants can be wrong.

    // Before anything looks at values: the functions it writes hold some too.
    {"expand_glue", total<expand_glue>, VerifyStage::Specialized},
    // Before last uses move or borrow: what it makes copies of is used for the last time there.
    {"copy_from_boxes", total<copy_from_boxes>, VerifyStage::Specialized},
    // Before drops are placed: a value that is moved away or borrowed leaves none.
    {"move_last_uses", total<move_last_uses>, VerifyStage::Specialized},
    // When it is known which variables still own what they hold; the drops at the ends of scopes that
    // this makes needless go below.
    {"expire_values", total<expire_values>, VerifyStage::Specialized},
    // Before clean-up is split, for it writes drops that may panic.
    {"set_before_drop", total<set_before_drop>, VerifyStage::Specialized},
    // Before drops are placed: where a way out has clean-up of its own, no flag has to tell.
    {"split_cleanups", total<split_cleanups>, VerifyStage::Specialized},
    {"place_drops", total<place_drops>, VerifyStage::Specialized},
    // When all that is to be done on the ways out is written.
    {"split_generators", total<split_generators>, VerifyStage::Specialized},
    // When functions are as they will run.
    {"evaluate_constants", evaluate_constants, VerifyStage::Specialized},
    // Takes the blocks away whose drops were none.
    {"simplify", total<simplify>, VerifyStage::Specialized},
    // When loops have no blocks between them and what is before them that only jump.
    {"unshare_before_loops", total<unshare_before_loops>, VerifyStage::Specialized},
    // After all calls are in place.
    {"infer_suspend", total<infer_suspend>, VerifyStage::Specialized, true},
    // When calls and tasks are those of the program that runs.
    {"check_unclosed", check_unclosed, VerifyStage::Specialized, true},
    // As soon as it is known who suspends; the last ones that may report.
    {"check_held", check_held, VerifyStage::Specialized, true},
    {"check_plain", check_plain, VerifyStage::Specialized, true},
    {"check_foreign", check_foreign, VerifyStage::Specialized, true},
    {"check_generators", check_generators, VerifyStage::Specialized, true},
    {"check_plain_closures", check_plain_closures, VerifyStage::Specialized, true},
    // It looks at what is captured by the tasks that are left.
    {"mark_shared", total<mark_shared>, VerifyStage::Specialized, true},
    // Last: reports and `explain` speak of functions as they were written.
    {"merge_task_calls", total<merge_task_calls>, VerifyStage::Specialized},
};

std::span<const Pass> all_passes() { return kPasses; }

const Pass* find_pass(std::string_view name) {
  for (const Pass& pass : kPasses) {
    if (pass.name == name) return &pass;
  }
  return nullptr;
}

void run_passes(sir::Module& module, DiagnosticSink& sink, const AfterPass& after) {
  sir::check_module(module, VerifyStage::Lowered, "lower");
  for (const Pass& pass : kPasses) {
    Doing doing("running", pass.name);
    pass.run(module, sink);
    if (sink.has_errors()) return;
    if (!pass.keeps_code) sir::check_module(module, pass.stage, pass.name);
    if (after) after(pass.name, module);
  }
}

}  // namespace skein::passes
