// Each function of the ABI does what its row in functions.def says, called as compiled code calls it.
#include "runtime/abi/layout.h"
#include "runtime/api/api.h"
#include "runtime/sched/scheduler.h"
#include "runtime/task/state.h"
#include "runtime/value/str.h"

#include <cstring>
#include <gtest/gtest.h>
#include <memory>
#include <string>

namespace skein::api {

using abi::Buffer;

static Buffer* str(std::string_view text) { return value::new_str(text); }
static std::string text(void* str) {
  return std::string(value::text_of(static_cast<Buffer*>(str)));
}
// For results: reads and lets go.
static std::string take(void* owned) {
  const std::string read = text(owned);
  value::release(static_cast<Buffer*>(owned));
  return read;
}
static std::string message(void* payload) {
  const std::string read = text(static_cast<abi::Panic*>(payload)->message);
  skn_panic_free(payload);
  return read;
}
// What a skn_format_… function appends.
template <class Format, class Value>
static std::string formatted(Format format, Value value, const abi::FormatSpec* spec = nullptr) {
  void* place = value::empty();
  format(&place, value, const_cast<abi::FormatSpec*>(spec));
  return take(place);
}

// --- Buffers -------------------------------------------------------------------------------------

TEST(Exports, OwnersAreCountedPlainlyAndAtomically) {
  Buffer* buffer = static_cast<Buffer*>(skn_buffer_new(8, 3));
  EXPECT_TRUE(skn_is_unique(buffer));
  skn_retain(buffer);
  skn_retain_atomic(buffer);
  EXPECT_EQ(buffer->count, 3);
  EXPECT_FALSE(skn_is_unique(buffer));
  EXPECT_FALSE(skn_release(buffer));
  EXPECT_FALSE(skn_release_atomic(buffer));
  EXPECT_TRUE(skn_release(buffer));
  EXPECT_TRUE(skn_release_atomic(buffer));
  skn_buffer_free(buffer);
  void* nothing = value::empty();
  skn_retain(nothing);
  EXPECT_FALSE(skn_release(nothing) || skn_release_atomic(nothing));
  EXPECT_FALSE(skn_is_unique(nothing) || skn_is_unique_atomic(nothing));
}

TEST(Exports, BuffersGrowAndAreCopied) {
  Buffer* buffer = static_cast<Buffer*>(skn_buffer_grow(value::empty(), 8, 5));
  EXPECT_GE(buffer->capacity, 5);
  const int64_t number = 11;
  memcpy(value::data_of(buffer), &number, sizeof(number));
  buffer->length = 1;
  Buffer* other = static_cast<Buffer*>(skn_buffer_copy(buffer, 8, 0));
  const int64_t before = buffer->capacity;
  buffer = static_cast<Buffer*>(skn_buffer_grow(buffer, 8, before + 1));
  EXPECT_GE(buffer->capacity, 2 * before);
  EXPECT_EQ(memcmp(value::data_of(buffer), value::data_of(other), 8), 0);
  EXPECT_EQ(other->length, 1);
  skn_buffer_free(buffer);
  skn_buffer_free(other);
}

// --- Strings -------------------------------------------------------------------------------------

TEST(Exports, Strings) {
  char raw[] = "abc";
  void* place = skn_str_new(raw, 3);
  Buffer* other = str(" déf");
  skn_str_append(&place, other);
  skn_str_append_text(&place, raw, 1);
  skn_str_push(&place, 0xE9);
  EXPECT_EQ(text(place), "abc défaé");
  EXPECT_EQ(take(skn_str_concat(place, other)), "abc défaé déf");
  EXPECT_TRUE(skn_str_contains(place, other) && skn_str_eq(other, other));
  EXPECT_FALSE(skn_str_eq(place, other));
  EXPECT_EQ(skn_str_compare(place, other), 1);
  EXPECT_EQ(skn_str_hash(place, 1), skn_str_hash(place, 1));
  EXPECT_EQ(skn_str_char_count(place), 9);
  EXPECT_EQ(skn_str_find(place, other, 0), 3);
  EXPECT_EQ(skn_str_find(place, other, 4), -1);
  EXPECT_FALSE(skn_str_starts_with(place, other) || skn_str_ends_with(place, other));
  EXPECT_EQ(take(skn_str_to_upper(other)), " DÉF");
  EXPECT_EQ(take(skn_str_to_lower(other)), " déf");
  EXPECT_EQ(take(skn_str_trim(other)), "déf");
  EXPECT_EQ(take(skn_str_repeat(other, 2)), " déf déf");
  EXPECT_EQ(take(skn_str_replace(place, other, other)), "abc défaé");
  Buffer* parts = static_cast<Buffer*>(skn_str_split(place, other));
  EXPECT_EQ(parts->length, 2);
  Buffer* halves[2];
  memcpy(halves, value::data_of(parts), sizeof(halves));
  EXPECT_EQ(take(halves[0]), "abc");
  EXPECT_EQ(take(halves[1]), "aé");
  skn_buffer_free(parts);
  take(place);
  take(other);
}

TEST(Exports, BytesBecomeAStrIfTheyAreOne) {
  Buffer* good = str("aé");
  Buffer* bad = str("a\xFF");
  EXPECT_EQ(take(skn_str_from_bytes(good)), "aé");
  EXPECT_EQ(skn_str_from_bytes(bad), nullptr);
  take(good);
  take(bad);
}

TEST(Exports, SlicesEndAtChars) {
  Buffer* whole = str("aéb");
  void* part = nullptr;
  EXPECT_EQ(skn_str_slice(whole, 1, 3, &part, 0), nullptr);
  EXPECT_EQ(take(part), "é");
  EXPECT_EQ(message(skn_str_slice(whole, 0, 2, &part, 0)), "byte 2 is inside a char");
  EXPECT_EQ(message(skn_str_slice(whole, 3, 1, &part, 0)),
            "range 3..1 is out of bounds for a str of 4 bytes");
  take(whole);
}

TEST(Exports, CharsOneByOne) {
  Buffer* whole = str("aé");
  uint32_t character = 0;
  EXPECT_EQ(skn_str_decode(whole, 0, &character), 1);
  EXPECT_EQ(character, uint32_t('a'));
  EXPECT_EQ(skn_str_decode(whole, 1, &character), 3);
  EXPECT_EQ(character, 0xE9u);
  EXPECT_EQ(skn_str_decode(whole, 3, &character), -1);
  take(whole);
}

TEST(Exports, NumbersInText) {
  Buffer* number = str("-12");
  int64_t integer = 0;
  double real = 0;
  EXPECT_TRUE(skn_str_parse_int(number, &integer) && skn_str_parse_float(number, &real));
  EXPECT_EQ(integer, -12);
  EXPECT_EQ(real, -12.0);
  take(number);
}

TEST(Exports, Formatting) {
  const abi::FormatSpec wide = {0, 4, -1, 0, 1, 0, 0};
  const abi::FormatSpec quoted = {0, 0, -1, 0, 0, '?', 0};
  EXPECT_EQ(formatted(skn_format_int, I64(-7), &wide), "-007");
  EXPECT_EQ(formatted(skn_format_uint, I64(-1)), "18446744073709551615");
  EXPECT_EQ(formatted(skn_format_float, 0.5), "0.5");
  EXPECT_EQ(formatted(skn_format_f32, F64(0.1f)), "0.1");
  EXPECT_EQ(formatted(skn_format_bool, false), "false");
  EXPECT_EQ(formatted(skn_format_char, I32('x'), &quoted), "'x'");
  Buffer* shown = str("hi");
  EXPECT_EQ(formatted(skn_format_str, static_cast<void*>(shown), &quoted), "\"hi\"");
  take(shown);
  EXPECT_EQ(formatted(skn_format_duration, I64(1'500'000'000)), "1.5s");
}

// --- Panics --------------------------------------------------------------------------------------

TEST(Exports, PanicsSayWhatWasWrong) {
  char name[] = "u8";
  char fixed[] = "fixed";
  Buffer* own = str("own words");
  EXPECT_EQ(message(skn_panic_str(own, 0)), "own words");
  EXPECT_EQ(take(own), "own words");
  EXPECT_EQ(message(skn_panic_text(fixed, 5, 0)), "fixed");
  EXPECT_EQ(message(skn_panic_overflow(I32(abi::Overflow::Multiply), 0)),
            "integer overflow in multiplication");
  EXPECT_EQ(message(skn_panic_overflow(I32(abi::Overflow::Absolute), 0)),
            "integer overflow in absolute value");
  EXPECT_EQ(message(skn_panic_divide(0)), "division by zero");
  EXPECT_EQ(message(skn_panic_shift(64, 64, 0)), "shift by 64 is out of range for 64 bits");
  EXPECT_EQ(message(skn_panic_index(5, 3, 0)), "index 5 is out of bounds for an array of 3");
  EXPECT_EQ(message(skn_panic_range(1, 9, 3, 0)), "range 1..9 is out of bounds for an array of 3");
  EXPECT_EQ(message(skn_panic_convert(-1, true, name, 0)), "18446744073709551615 does not fit in u8");
  EXPECT_EQ(message(skn_panic_convert(-1, false, name, 0)), "-1 does not fit in u8");
  EXPECT_EQ(message(skn_panic_convert_float(1e30, name, 0)), "1e30 does not fit in u8");
  EXPECT_EQ(message(skn_panic_none(0)), "`!` on none");
  EXPECT_EQ(message(skn_panic_task_spent(0)), "the task was already awaited");
  EXPECT_EQ(message(skn_panic_task_cancelled(0)), "the awaited task was cancelled");
}

// --- Tasks ---------------------------------------------------------------------------------------

class TaskExports : public ::testing::Test {
 protected:
  TaskExports() : scheduler(new sched::Scheduler(1)) {
    scheduler->start(base::stack_from_here());
  }
  ~TaskExports() override {
    scheduler->stop();
    scheduler->join();
  }
  abi::Frame* ready() { return sched::current().ready.pick(); }

  std::unique_ptr<sched::Scheduler> scheduler;
  abi::Frame waiter = {};
};

TEST_F(TaskExports, PayloadsMayBeTagged) {
  char* first = static_cast<char*>(skn_panic_divide(0));
  char* second = static_cast<char*>(skn_panic_none(0));
  skn_panic_passed(first + abi::kOutcome, 0);
  skn_panic_attach(first + abi::kOutcome, second + abi::kPanicked);
  const abi::Panic* panic = reinterpret_cast<abi::Panic*>(first);
  EXPECT_EQ(static_cast<void*>(panic->attached), second);
  EXPECT_NE(panic->passed, nullptr);
  abi::Scope scope = {};
  skn_scope_note_panic(&scope, first + abi::kOutcome);
  EXPECT_EQ(skn_scope_panic(&scope), first);
  EXPECT_EQ(skn_scope_panic(&scope), nullptr);
  skn_panic_free(first + abi::kPanicked);
}

TEST_F(TaskExports, AwaitedFutureWakesItsWaiter) {
  abi::Future* future = static_cast<abi::Future*>(skn_future_alloc(16));
  EXPECT_EQ(future->state, abi::kPending);
  EXPECT_TRUE(skn_await_future(future, &waiter));
  skn_future_finish(future, abi::kValue, 16);
  EXPECT_EQ(ready(), &waiter);
  EXPECT_FALSE(skn_await_future(future, &waiter));
  skn_future_release(future, 16);
  skn_future_free(skn_future_alloc(16), 16);
}

TEST_F(TaskExports, LinkedFrameFillsItsFuture) {
  abi::Frame* child = static_cast<abi::Frame*>(skn_frame_alloc(48));
  *child = {nullptr, nullptr, abi::kPending, {48}, 0};
  const int64_t result = 5;
  memcpy(reinterpret_cast<char*>(child) + abi::kFrameResult, &result, sizeof(result));
  abi::Future* future = static_cast<abi::Future*>(skn_future_alloc(16));
  skn_frame_link(child, future, 8);
  skn_frame_finish(child, abi::kValue, 8);
  EXPECT_EQ(future->state, abi::kValue);
  EXPECT_EQ(future->result[0], 5u);
  skn_future_release(future, 16);
}

TEST_F(TaskExports, AwaitedFrameIsReleasedByItsOwner) {
  abi::Frame* child = static_cast<abi::Frame*>(skn_frame_alloc(48));
  *child = {nullptr, nullptr, abi::kPending, {48}, 0};
  EXPECT_TRUE(skn_await_frame(child, &waiter));
  skn_frame_finish(child, abi::kCancelled, 8);
  EXPECT_EQ(ready(), &waiter);
  EXPECT_EQ(task::StateWord(child->state).load(), abi::kCancelled);
  skn_frame_release(child);
  skn_frame_free(skn_frame_alloc(48), 48);
}

TEST_F(TaskExports, PushedParentComesBack) {
  skn_push(&waiter);
  EXPECT_TRUE(skn_pop_is(&waiter));
  EXPECT_FALSE(skn_stack_low());
}

TEST_F(TaskExports, GivenUpTaskKeepsItsScopeWaiting) {
  abi::Scope scope = {};
  void* future = skn_future_alloc(16);
  skn_scope_adopt(&scope, future, 16);
  EXPECT_TRUE(skn_await_scope(&scope, &waiter));
  skn_future_finish(future, abi::kValue, 16);
  EXPECT_EQ(ready(), &waiter);
  EXPECT_FALSE(skn_await_scope(&scope, &waiter));
}

TEST_F(TaskExports, WaitsThatMakeReadyAtOnce) {
  EXPECT_TRUE(skn_await_yield(nullptr, &waiter));
  EXPECT_EQ(ready(), &waiter);
  EXPECT_TRUE(skn_await_stack(nullptr, &waiter));
  EXPECT_EQ(ready(), &waiter);
  abi::Timer timer = {};
  EXPECT_FALSE(skn_await_sleep(&timer, &waiter));
  timer.nanoseconds = 1;
  EXPECT_TRUE(skn_await_sleep(&timer, &waiter));
  EXPECT_NE(sched::current().timers.due(), sched::kNoTimer);
}

// --- The world -----------------------------------------------------------------------------------

TEST(Exports, TimeGoesOn) {
  const int64_t before = skn_time_now();
  EXPECT_GE(skn_time_now(), before);
}

TEST(Exports, PrintWritesALine) {
  Buffer* line = str("a line");
  testing::internal::CaptureStdout();
  skn_print(line, true, 1);
  skn_print(line, false, 1);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "a line\na line");
  take(line);
}

TEST(ExportsDeath, ExitEndsWithItsStatus) {
  EXPECT_EXIT(skn_process_exit(3), testing::ExitedWithCode(3), "");
}

TEST(Exports, ThereAreNoArgumentsWithoutAProgram) {
  void* args = skn_args();
  EXPECT_EQ(static_cast<Buffer*>(args)->length, 0);
  skn_buffer_free(args);
}

}  // namespace skein::api
