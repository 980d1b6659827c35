// Locals of tasks and threads.
//
// A value that `with` gives lies behind a Shared handle, which the task has for the length of the
// block, and tasks started in it too. What a thread has lies behind a Mutex, made when the thread
// first asks. Both are found by the number of their declaration; where there is nothing, the value
// of the declaration is taken.
#include "compiler/lower/steps.h"

namespace skein::lower {

static Operand number_of(Body& body, types::StaticId id) {
  return body.const_int(static_cast<int64_t>(id.index));
}

static TypeId make_handle(Body& body, TypeKind kind, TypeId content) {
  return body.program.types.make(kind, {content});
}

// Puts what `find` has found into `handle` and goes on in `there`; else in `missing`.
static void branch_if_found(Body& body, Builtin find, types::StaticId id, LocalId handle,
                            BlockId there, BlockId missing, Span span) {
  TypeId type = body.type_of(handle);
  LocalId found = body.new_temp(make_handle(body, TypeKind::Option, type), span);
  body.builtin(find, {body.program.types.arg(type)}, {number_of(body, id)}, found, span);
  LocalId is_there = body.new_bool(span);
  body.binary(sir::BinaryOp::Ne, Operand::copy(emit_tag(body, found, span)), body.const_int(0),
              is_there, span);
  BlockId taken = body.new_block();
  body.branch(Operand::copy(is_there), taken, missing, span);
  body.begin(taken);
  body.assign(handle, Operand::move(payload_of(found, 1)), span);
  body.jump(there, span);
}

static void lower_task_local(Body& body, types::StaticId id, const Place& dest, Span span) {
  TypeId type = body.program.statics[id].type;
  LocalId handle = body.new_temp(make_handle(body, TypeKind::Shared, type), span);
  BlockId there = body.new_block();
  BlockId missing = body.new_block();
  BlockId join = body.new_block();
  branch_if_found(body, Builtin::TaskLocalFind, id, handle, there, missing, span);
  body.begin(there);
  body.builtin(Builtin::SharedGet, {type}, {Operand::borrow(handle)}, dest, span);
  body.drop(handle, span);
  body.jump(join, span);
  body.begin(missing);
  lower_item(body, body.unit.function_of(id), dest, span);
  body.jump(join, span);
  body.begin(join);
}

// The thread's own, as a `ThreadLocal`.
static void lower_thread_local(Body& body, types::StaticId id, const Place& dest, Span span) {
  TypeId content = body.program.statics[id].type;
  TypeId type = make_handle(body, TypeKind::Mutex, content);
  LocalId handle = body.new_temp(type, span);
  BlockId there = body.new_block();
  BlockId missing = body.new_block();
  branch_if_found(body, Builtin::ThreadLocalFind, id, handle, there, missing, span);
  body.begin(missing);
  LocalId first = body.new_temp(content, span);
  lower_item(body, body.unit.function_of(id), first, span);
  body.builtin(Builtin::CellNew, {content}, {body.taken_from(first)}, handle, span);
  LocalId kept = body.new_temp(type, span);
  body.assign(kept, Operand::copy(handle), span);
  body.builtin(Builtin::ThreadLocalSet, {content}, {Operand::move(kept), number_of(body, id)},
               Place(), span);
  body.jump(there, span);
  body.begin(there);
  Inst whole;
  whole.kind = InstKind::Aggregate;
  whole.span = span;
  whole.dest = dest;
  whole.operands = {Operand::move(handle)};
  body.emit(std::move(whole));
}

void lower_local(Body& body, types::StaticId id, const Place& dest, Span span) {
  if (!dest.valid()) return;
  bool is_of_thread = body.program.statics[id].kind == types::StaticKind::Thread;
  return is_of_thread ? lower_thread_local(body, id, dest, span)
                      : lower_task_local(body, id, dest, span);
}

void lower_with(Body& body, const ast::With* node, const Place& dest) {
  types::StaticId id = std::get<types::StaticId>(body.program.fact(node).name);
  TypeId type = body.program.statics[id].type;
  size_t outer = body.mark();
  LocalId handle = body.new_temp(make_handle(body, TypeKind::Shared, type), node->span);
  body.builtin(Builtin::CellNew, {type}, {lower_value(body, node->value)}, handle, node->span);
  body.builtin(Builtin::TaskLocalEnter, {type}, {Operand::move(handle), number_of(body, id)},
               Place(), node->span);
  body.add_cleanup({.kind = Cleanup::Kind::WithExit, .span = node->span});
  lower_block(body, node->body, dest);
  body.leave(outer, node->span, dest.is_local() ? dest.local : LocalId());
}

}  // namespace skein::lower
