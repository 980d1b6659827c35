// The passes: each one file, one function, one sentence. pipeline.cpp has their order and why it
// is so.
#pragma once

#include "compiler/sir/sir.h"
#include "compiler/support/diagnostics.h"

namespace skein::passes {

// Reports uses of values that may be unset or moved away, tasks that are not consumed exactly once
// on every path, and overlapping accesses. The last step that reports to the user. Changes nothing.
void check_ownership(sir::Module& module, DiagnosticSink& sink);

// Gives each function that the entry reaches one copy for each set of types it is used with;
// whatever else there was is gone. Reports types that grow without end.
void specialize(sir::Module& module, DiagnosticSink& sink);

// Writes out show, equal, compare and hash_value of composite types as functions of their own.
void expand_glue(sir::Module& module);

// Copies parts of values in boxes that others may share, where they would be moved.
void copy_from_boxes(sir::Module& module);

// Turns copies of what is not used again into moves, and copies that only look into borrows.
void move_last_uses(sir::Module& module);

// Ends values after the last statement that uses them, in place of at the end of their scope.
void expire_values(sir::Module& module);

// Sets places that others see before what was in them is dropped, as that may panic.
void set_before_drop(sir::Module& module);

// Gives instructions that unwind clean-up of their own where what they share would drop what has no
// value on this way.
void split_cleanups(sir::Module& module);

// Turns drops of what may have no value into drops of what has one, with flags where only running
// the program can tell, and drops of tasks into waiting for them.
void place_drops(sir::Module& module);

// Turns the body of each generator into a function that runs it up to its next value, and one that
// lets go of what it holds.
void split_generators(sir::Module& module);

// Computes constants and the first values of statics. Reports those that cannot be.
void evaluate_constants(sir::Module& module, DiagnosticSink& sink);

// Makes an array that a loop writes in each round the loop's own before it begins.
void unshare_before_loops(sir::Module& module);

// Finds out which functions may suspend.
void infer_suspend(sir::Module& module);

// Reports functions that must not suspend and do.
void check_plain(sir::Module& module, DiagnosticSink& sink);

// Whether the function promises never to suspend: by `@plain` on itself, its method or its trait, as
// it gives a place, or as it is the `drop` of a type.
bool must_be_plain(const types::Program& program, types::FnId fn);

// Warns of locks that are held while the task waits for something else.
void check_held(sir::Module& module, DiagnosticSink& sink);

// Warns of tasks that loop over a channel which nobody closes.
void check_unclosed(sir::Module& module, DiagnosticSink& sink);

// Reports functions that C calls and that may suspend.
void check_foreign(sir::Module& module, DiagnosticSink& sink);

// Reports generators that may suspend while they are dropped.
void check_generators(sir::Module& module, DiagnosticSink& sink);
// Reports closures that may suspend where the library takes only plain ones.
void check_plain_closures(sir::Module& module, DiagnosticSink& sink);

// Finds the types whose buffers never cross tasks, so that they are counted without atomics.
void mark_shared(sir::Module& module);

// Lets a task that only calls a function, and drops what it gave it, be that function.
void merge_task_calls(sir::Module& module);

// Removes blocks that nothing reaches, jumps to jumps, and temporaries nobody reads.
void simplify(sir::Module& module);

}  // namespace skein::passes
