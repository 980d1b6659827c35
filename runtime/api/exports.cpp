// The rest of the ABI: each function is a line or two that hands its arguments to the library.
//
// Tasks, scopes and waiting first, then panics, values, and the world.
#include "runtime/abi/layout.h"
#include "runtime/api/api.h"
#include "runtime/api/outside.h"
#include "runtime/api/program.h"
#include "runtime/base/platform.h"
#include "runtime/base/thread_local.h"
#include "runtime/fault/panic.h"
#include "runtime/fault/waiting_task.h"
#include "runtime/memory/node_chunks.h"
#include "runtime/sched/blocking.h"
#include "runtime/sched/bound_thread.h"
#include "runtime/sched/worker.h"
#include "runtime/task/locals.h"
#include "runtime/task/names.h"
#include "runtime/task/node.h"
#include "runtime/task/scope.h"
#include "runtime/task/state.h"
#include "runtime/task/task.h"
#include "runtime/value/hash.h"
#include "runtime/value/format.h"
#include "runtime/value/short_text.h"
#include "runtime/value/str.h"
#include "runtime/value/utf8.h"
#include "runtime/wait/deadline.h"
#include "runtime/wait/dropped_task.h"
#include "runtime/wait/scope_end.h"
#include "runtime/wait/sleep.h"
#include "runtime/wait/token.h"

#include <cerrno>
#include <cstring>

using namespace skein;
using namespace skein::api;
using abi::Buffer;
using abi::Frame;
using abi::Panic;
using fault::panic_with;

static Frame* frame_at(Ptr pointer) { return static_cast<Frame*>(pointer); }
static abi::Future* future_at(Ptr pointer) { return static_cast<abi::Future*>(pointer); }
static abi::Scope* scope_at(Ptr pointer) { return static_cast<abi::Scope*>(pointer); }
static Buffer* buffer_at(Ptr pointer) { return static_cast<Buffer*>(pointer); }
static Buffer** place_at(Ptr pointer) { return static_cast<Buffer**>(pointer); }
static std::string_view text_at(Ptr str) { return value::text_of(buffer_at(str)); }
static const abi::FormatSpec* spec_at(Ptr spec) { return static_cast<abi::FormatSpec*>(spec); }
static Panic* panic_at(Ptr payload) { return task::panic_of(reinterpret_cast<uint64_t>(payload)); }
static uint32_t site_of(I32 site) { return static_cast<uint32_t>(site); }

extern "C" {

// The symbol that a program compiled for this layout refers to.
__attribute__((used)) void skn_abi_symbol() {
  __asm__ volatile(
      ".pushsection .rodata\n"
      ".globl skn_abi_%c0\n"
      "skn_abi_%c0: .byte 0\n"
      ".popsection" ::"i"(abi::kHash));
}

// --- Tasks ---------------------------------------------------------------------------------------

static void make_ready(sched::Worker& worker, Frame* frame) {
  if (frame != nullptr) worker.make_ready(frame);
}

SKEIN_COLD void skn_frame_release(Ptr frame) {
  sched::current().host.frames.free_later(frame, memory::aligned_bytes(frame_at(frame)->size));
}

// Whose node gets its result is not to be asked any more in which block it is.
static void leave_task(sched::Worker& worker, const abi::Node* node) {
  if (sched::skn_node == node) sched::skn_node = &worker.idle;
}

SKEIN_COLD void skn_frame_finish(Ptr frame, I64 state, I64 result_size) {
  sched::Worker& worker = sched::current();
  leave_task(worker, frame_at(frame)->node);
  make_ready(worker, task::finish_frame(frame_at(frame), static_cast<uint64_t>(state),
                                        static_cast<size_t>(result_size), worker.host));
}

SKEIN_COLD void skn_frame_link(Ptr child, Ptr future, I64 result_size) {
  sched::Worker& worker = sched::current();
  if (SKEIN_UNLIKELY(base::is_tracing)) {
    // Its frame may have run on and be gone by now; the future is still ours.
    worker.trace(task::node_of(future_at(future)), base::TraceEvent::Start);
  }
  make_ready(worker, task::link_frame(frame_at(child), future_at(future),
                                      static_cast<size_t>(result_size), worker.host));
}

SKEIN_COLD void skn_future_release(Ptr future, I64 size) {
  task::release_future(future_at(future), static_cast<size_t>(size), sched::current().host);
}

SKEIN_COLD void skn_future_finish(Ptr future, I64 state, I64 size) {
  sched::Worker& worker = sched::current();
  leave_task(worker, task::node_of(future_at(future)));
  make_ready(worker, task::finish_future(future_at(future), static_cast<uint64_t>(state),
                                         static_cast<size_t>(size), worker.host));
}

// --- Scopes and waiting --------------------------------------------------------------------------

SKEIN_COLD void skn_scope_adopt(Ptr scope, Ptr future, I64 size) {
  task::adopt(scope_at(scope), future_at(future), static_cast<size_t>(size),
              sched::current().host);
}

SKEIN_COLD void skn_scope_note_panic(Ptr scope, Ptr payload) {
  task::note_panic(scope_at(scope), panic_at(payload), sched::current().host);
}

SKEIN_COLD Ptr skn_scope_panic(Ptr scope) { return task::take_panic(scope_at(scope)); }

SKEIN_COLD void skn_task_drop(Ptr future, I64 size, Ptr drop) {
  wait::drop_task(future, static_cast<size_t>(size), reinterpret_cast<void (*)(void*)>(drop));
}

SKEIN_COLD void skn_scope_enter(Ptr scope) { task::enter_scope(scope_at(scope), sched::skn_node); }

SKEIN_COLD I1 skn_scope_leave(Ptr scope, I32 flags) {
  return task::leave_scope(scope_at(scope), static_cast<uint32_t>(flags));
}

SKEIN_COLD void skn_scope_cancel(Ptr scope) {
  task::cancel_children(scope_at(scope), sched::current().host);
}

SKEIN_COLD I1 skn_scope_claim(Ptr scope) {
  return task::claim_scope(scope_at(scope), abi::kScopeWon);
}

SKEIN_COLD void skn_scope_win(Ptr scope) {
  task::end_scope(scope_at(scope), abi::kScopeWon, sched::current().host);
}

I1 skn_await_scope(Ptr scope, Ptr frame) {
  return wait::end_of_scope(scope_at(scope), frame_at(frame));
}

I1 skn_await_yield(Ptr, Ptr frame) {
  sched::current().make_ready_last(frame_at(frame));
  return true;
}

I1 skn_await_sleep(Ptr timer, Ptr frame) {
  return wait::sleep(static_cast<abi::Timer*>(timer), frame_at(frame));
}

I1 skn_await_blocking(Ptr call, Ptr frame) {
  abi::BlockingCall* awaiter = static_cast<abi::BlockingCall*>(call);
  awaiter->frame = frame_at(frame);
  sched::run_blocking(sched::current().scheduler, awaiter);
  return true;
}

I1 skn_await_thread(Ptr, Ptr frame) {
  return sched::run_on_thread(sched::current().scheduler, frame_at(frame));
}

I1 skn_has_thread() { return task::is_bound(sched::skn_node); }

void skn_leave_thread() { sched::leave_thread(); }

I1 skn_await_stack(Ptr, Ptr frame) {
  sched::current().give_way(frame_at(frame));
  return true;
}

// --- Cancellation --------------------------------------------------------------------------------

static bool is_gone(Ptr future) {
  return future == nullptr || (reinterpret_cast<uint64_t>(future) & abi::kOutcome) != 0;
}

SKEIN_COLD void skn_task_cancel(Ptr future) {
  if (is_gone(future)) return;
  abi::Frame* woken = task::cancel(task::node_of(future_at(future)), task::kCancelTask);
  if (woken != nullptr) sched::current().make_ready_last(woken);
}

SKEIN_COLD I64 skn_task_id(Ptr future) {
  if (is_gone(future)) return 0;
  return static_cast<I64>(memory::number_of_node(task::node_of(future_at(future))));
}

SKEIN_COLD I64 skn_task_name_begin(Ptr name, I32 site) {
  const uint32_t place = static_cast<uint32_t>(site);
  const uint32_t named = task::begin_name(*fault::site_at(place), fault::site_count(),
                                          value::text_of(buffer_at(name)));
  return named == 0 ? place : named;
}

SKEIN_COLD void skn_task_name_end(I64 number) {
  task::end_name(static_cast<uint32_t>(number), fault::site_count());
}

SKEIN_COLD Ptr skn_task_name(Ptr future) {
  if (is_gone(future)) return nullptr;
  const char* name = fault::Report::task_name(task::spawned_at(task::node_of(future_at(future))));
  return name == nullptr ? nullptr : value::new_str(name);
}

SKEIN_COLD I32 skn_shield_enter(I1 everything) {
  return static_cast<I32>(task::raise_shield(sched::skn_node, everything));
}

SKEIN_COLD void skn_shield_exit(I32 before) {
  task::set_shield(sched::skn_node, static_cast<uint32_t>(before));
}

SKEIN_COLD void skn_unwind_enter() {
  task::cancel_of(sched::skn_node).fetch_or(task::kCancelDropped, base::Order::AcqRel);
}

SKEIN_COLD void skn_unwind_exit() {
  task::cancel_of(sched::skn_node).fetch_and(~task::kCancelDropped, base::Order::AcqRel);
}

void skn_within_enter(Ptr scope, I64 nanoseconds) {
  wait::enter_within(scope_at(scope), nanoseconds);
}

SKEIN_COLD void skn_within_token_enter(Ptr scope, Ptr chan) {
  wait::enter_within_token(scope_at(scope), static_cast<wait::Channel*>(chan));
}

I1 skn_within_leave(Ptr scope, I1 unwinds) {
  return wait::leave_within(scope_at(scope), unwinds);
}

I64 skn_deadline() { return task::deadline_of(sched::skn_node); }

// --- Locals of tasks and threads -----------------------------------------------------------------

using DropHandle = void (*)(void*);

SKEIN_COLD void skn_locals_keep(Ptr future) { task::inherit(task::node_of(future_at(future))); }
SKEIN_COLD void skn_locals_let_go(Ptr future) { task::let_go(task::node_of(future_at(future))); }

void skn_task_local_enter(I64 number, Ptr handle, Ptr drop) {
  task::enter_local(sched::skn_node, number, handle, reinterpret_cast<DropHandle>(drop));
}
void skn_task_local_leave() { task::leave_local(sched::skn_node); }
Ptr skn_task_local_find(I64 number) { return task::find_local(sched::skn_node, number); }

Ptr skn_thread_local_find(I64 number) { return base::find_thread_local(number); }
void skn_thread_local_set(I64 number, Ptr handle, Ptr drop) {
  base::set_thread_local(number, handle, reinterpret_cast<DropHandle>(drop));
}

// --- Panics --------------------------------------------------------------------------------------

SKEIN_COLD Ptr skn_panic_str(Ptr str, I32 site) {
  value::retain(buffer_at(str));
  return fault::new_panic(buffer_at(str), site_of(site));
}

SKEIN_COLD Ptr skn_panic_text(Ptr data, I64 length, I32 site) {
  return fault::new_panic({static_cast<char*>(data), static_cast<size_t>(length)}, site_of(site));
}

SKEIN_COLD Ptr skn_panic_overflow(I32 operation, I32 site) {
  // In the order of abi::Overflow.
  static constexpr const char* kOperations[] = {
      "addition", "subtraction", "multiplication", "negation",
      "division", "remainder",   "power",          "absolute value"};
  return panic_with(site, "integer overflow in %s", kOperations[operation]);
}

SKEIN_COLD Ptr skn_panic_divide(I32 site) {
  return fault::new_panic("division by zero", site_of(site));
}

SKEIN_COLD Ptr skn_panic_shift(I64 amount, I32 bits, I32 site) {
  return panic_with(site, "shift by %lld is out of range for %d bits",
                    static_cast<long long>(amount), bits);
}

SKEIN_COLD Ptr skn_panic_index(I64 index, I64 length, I32 site) {
  return panic_with(site, "index %lld is out of bounds for an array of %lld",
                    static_cast<long long>(index), static_cast<long long>(length));
}

SKEIN_COLD Ptr skn_panic_range(I64 from, I64 to, I64 length, I32 site) {
  return panic_with(site, "range %lld..%lld is out of bounds for an array of %lld",
                    static_cast<long long>(from), static_cast<long long>(to),
                    static_cast<long long>(length));
}

SKEIN_COLD Ptr skn_panic_convert(I64 value, I1 is_unsigned, Ptr type_name, I32 site) {
  return panic_with(site, is_unsigned ? "%llu does not fit in %s" : "%lld does not fit in %s",
                    static_cast<long long>(value), static_cast<const char*>(type_name));
}

SKEIN_COLD Ptr skn_panic_convert_float(F64 value, Ptr type_name, I32 site) {
  Buffer* message = value::empty();
  value::format_float(&message, value, nullptr);
  value::append(&message, " does not fit in ");
  value::append(&message, static_cast<const char*>(type_name));
  return fault::new_panic(message, site_of(site));
}

SKEIN_COLD Ptr skn_panic_none(I32 site) { return fault::new_panic("`!` on none", site_of(site)); }

SKEIN_COLD Ptr skn_panic_task_spent(I32 site) {
  return fault::new_panic("the task was already awaited", site_of(site));
}

SKEIN_COLD Ptr skn_panic_task_cancelled(I32 site) {
  return fault::new_panic("the awaited task was cancelled", site_of(site));
}

SKEIN_COLD void skn_panic_passed(Ptr payload, I32 site) {
  fault::add_passed(panic_at(payload), site_of(site));
}

SKEIN_COLD void skn_panic_attach(Ptr first, Ptr second) {
  task::attach_panic(panic_at(first), panic_at(second));
}

void skn_panic_into_c(Ptr payload) { fault::end_by_panic(panic_at(payload)); }

SKEIN_COLD void skn_panic_free(Ptr payload) { fault::free_panic(panic_at(payload)); }

SKEIN_COLD Ptr skn_panic_message(Ptr payload) {
  value::retain(panic_at(payload)->message);
  return panic_at(payload)->message;
}

SKEIN_COLD Ptr skn_panic_place(Ptr payload) { return fault::place_text(panic_at(payload)); }
SKEIN_COLD Ptr skn_panic_trace(Ptr payload) { return fault::trace_text(panic_at(payload)); }
SKEIN_COLD Ptr skn_panic_attached(Ptr payload) { return panic_at(payload)->attached; }
SKEIN_COLD Ptr skn_panic_next(Ptr payload) { return panic_at(payload)->next_attached; }

[[noreturn]] void skn_raise(Ptr payload) { fault::raise(panic_at(payload)); }

// --- Buffers and strings -------------------------------------------------------------------------

Ptr skn_buffer_new(I64 element_size, I64 capacity) {
  return value::new_buffer(element_size, capacity);
}
Ptr skn_buffer_grow(Ptr buffer, I64 element_size, I64 min_capacity) {
  return value::grow(buffer_at(buffer), element_size, min_capacity);
}
Ptr skn_buffer_copy(Ptr buffer, I64 element_size, I64 min_capacity) {
  return value::copy(buffer_at(buffer), element_size, min_capacity);
}
void skn_buffer_free(Ptr buffer) { value::free_buffer(buffer_at(buffer)); }

Ptr skn_str_new(Ptr data, I64 length) {
  return value::new_str({static_cast<char*>(data), static_cast<size_t>(length)});
}
Ptr skn_str_from_bytes(Ptr bytes) {
  const std::string_view text = text_at(bytes);
  for (size_t at = 0; at < text.size();) {
    const size_t length = value::valid_char(text.data() + at, text.size() - at);
    if (length == 0) return nullptr;
    at += length;
  }
  return value::new_str(text);
}
Ptr skn_str_concat(Ptr left, Ptr right) { return value::concat(buffer_at(left), buffer_at(right)); }
Ptr skn_c_text(Ptr str) {
  const std::string_view text = text_at(str);
  if (memchr(text.data(), 0, text.size()) != nullptr) return nullptr;
  Buffer* copy = value::new_str(text);
  value::append(&copy, {"", 1});
  return copy;
}
Ptr skn_c_text_at(Ptr data) {
  return data == nullptr ? value::empty() : value::new_str_repaired(static_cast<char*>(data));
}
void skn_str_append(Ptr place, Ptr str) { value::append(place_at(place), text_at(str)); }
void skn_str_append_text(Ptr place, Ptr data, I64 length) {
  value::append(place_at(place), {static_cast<char*>(data), static_cast<size_t>(length)});
}
void skn_str_push(Ptr place, I32 character) {
  value::append_char(place_at(place), static_cast<uint32_t>(character));
}
I1 skn_str_eq(Ptr left, Ptr right) {
  const std::string_view a = text_at(left);
  const std::string_view b = text_at(right);
  return a.size() == b.size() && value::equal_text(a.data(), b.data(), a.size());
}
I32 skn_str_compare(Ptr left, Ptr right) { return value::compare(text_at(left), text_at(right)); }
I64 skn_str_hash(Ptr str, I64 seed) {
  return static_cast<I64>(value::hash(buffer_at(str), static_cast<uint64_t>(seed)));
}

Ptr skn_str_slice(Ptr str, I64 from, I64 to, Ptr result, I32 site) {
  const std::string_view text = text_at(str);
  const size_t begin = static_cast<size_t>(from);
  const size_t end = static_cast<size_t>(to);
  if (begin > end || end > text.size()) {
    return panic_with(site, "range %lld..%lld is out of bounds for a str of %lld bytes",
                      static_cast<long long>(from), static_cast<long long>(to),
                      static_cast<long long>(text.size()));
  }
  for (const I64 offset : {from, to}) {
    if (value::is_boundary(text, offset)) continue;
    return panic_with(site, "byte %lld is inside a char", static_cast<long long>(offset));
  }
  *place_at(result) = value::new_part(text, begin, end);
  return nullptr;
}

I64 skn_str_decode(Ptr str, I64 offset, Ptr character) {
  const std::string_view text = text_at(str);
  if (offset >= static_cast<I64>(text.size())) return -1;
  size_t length = 0;
  *static_cast<uint32_t*>(character) = value::decode(text.data() + offset, length);
  return offset + static_cast<I64>(length);
}

I64 skn_str_char_count(Ptr str) {
  return static_cast<I64>(value::count_chars(text_at(str).data(), text_at(str).size()));
}
I64 skn_str_find(Ptr str, Ptr needle, I64 from) {
  return value::find(text_at(str), text_at(needle), from);
}
I1 skn_str_contains(Ptr str, Ptr needle) {
  return value::find(text_at(str), text_at(needle), 0) >= 0;
}
I1 skn_str_starts_with(Ptr str, Ptr prefix) { return text_at(str).starts_with(text_at(prefix)); }
I1 skn_str_ends_with(Ptr str, Ptr suffix) { return text_at(str).ends_with(text_at(suffix)); }
Ptr skn_str_to_upper(Ptr str) { return value::to_upper(buffer_at(str)); }
Ptr skn_str_to_lower(Ptr str) { return value::to_lower(buffer_at(str)); }
Ptr skn_str_trim(Ptr str) { return value::trim(buffer_at(str)); }
Ptr skn_str_repeat(Ptr str, I64 times) { return value::repeat(buffer_at(str), times); }
Ptr skn_str_replace(Ptr str, Ptr from, Ptr to) {
  return value::replace(buffer_at(str), text_at(from), text_at(to));
}
Ptr skn_str_split(Ptr str, Ptr separator) {
  return value::split(buffer_at(str), text_at(separator));
}
I1 skn_str_parse_int(Ptr str, Ptr value) {
  return value::parse_int(text_at(str), *static_cast<int64_t*>(value));
}
I1 skn_str_parse_float(Ptr str, Ptr value) {
  return value::parse_float(text_at(str), *static_cast<double*>(value));
}

// --- Formatting ----------------------------------------------------------------------------------

void skn_format_int(Ptr place, I64 value, Ptr spec) {
  value::format_int(place_at(place), value, spec_at(spec));
}
void skn_format_uint(Ptr place, I64 value, Ptr spec) {
  value::format_uint(place_at(place), static_cast<uint64_t>(value), spec_at(spec));
}
void skn_format_float(Ptr place, F64 value, Ptr spec) {
  value::format_float(place_at(place), value, spec_at(spec));
}
void skn_format_f32(Ptr place, F64 value, Ptr spec) {
  value::format_f32(place_at(place), static_cast<float>(value), spec_at(spec));
}
void skn_format_bool(Ptr place, I1 value, Ptr spec) {
  value::format_bool(place_at(place), value, spec_at(spec));
}
void skn_format_char(Ptr place, I32 value, Ptr spec) {
  value::format_char(place_at(place), static_cast<uint32_t>(value), spec_at(spec));
}
void skn_format_str(Ptr place, Ptr str, Ptr spec) {
  value::format_str(place_at(place), text_at(str), spec_at(spec));
}
void skn_format_duration(Ptr place, I64 nanoseconds, Ptr spec) {
  value::format_duration(place_at(place), nanoseconds, spec_at(spec));
}

// --- The world -----------------------------------------------------------------------------------

void skn_print(Ptr str, I1 newline, I32 fd) { print_line(text_at(str), newline, fd); }
I64 skn_random_seed() {
  static constinit base::Atomic<uint64_t> count(0);
  const uint64_t turn = count.fetch_add(1, base::Order::Relaxed);
  return static_cast<I64>(base::random_seed() + 0x9E3779B97F4A7C15u * turn);
}
I64 skn_wall_clock() { return wall_clock(); }
Ptr skn_env_var(Ptr name) { return environment_value(text_at(name)); }
Ptr skn_read_line() { return read_line(); }
I1 skn_has_input() { return has_input(); }
Ptr skn_read_some(I64 most) { return read_some(most); }
Ptr skn_read_rest() { return read_rest(); }
I64 skn_fs_read(Ptr path, Ptr place) { return read_file(text_at(path), place_at(place)); }
I64 skn_fs_write(Ptr path, Ptr text, I1 appends) {
  return write_file(text_at(path), text_at(text), appends);
}
I64 skn_fs_remove(Ptr path) { return remove_file(text_at(path)); }
I64 skn_fs_make_folder(Ptr path) { return make_folder(text_at(path)); }
I64 skn_fs_kind(Ptr path) { return kind_of_file(text_at(path)); }
I64 skn_fs_list(Ptr path, Ptr place) { return list_folder(text_at(path), place_at(place)); }
Ptr skn_error_text(I64 error) { return error_text(error); }
I64 skn_time_now() { return base::now(); }
[[noreturn]] void skn_process_exit(I32 status) { base::end_process(status); }
Ptr skn_args() { return program_arguments(); }

}  // extern "C"
