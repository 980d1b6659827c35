// SIR written out, read back and written out again is the same text.
#include <gtest/gtest.h>

#include "compiler/sir/print.h"
#include "compiler/sir/read.h"
#include "compiler/sir/verify.h"
#include "test/unit/sir/module.h"

namespace skein::sir {

TEST(SirText, FunctionWithSpawnAndCleanupRoundTrips) {
  ReadModule read(R"(fn @fib(%1 n: int) -> int {
  %2 a: Task<int>
  %3: bool
  %4: int
bb0:
  %3 = lt copy %1, const 2: int
  branch copy %3, bb1, bb2
bb1:
  %0 = assign copy %1
  return
bb2:
  live %2
  %4 = sub copy %1, const 1: int
  %2 = spawn "left" @fib(copy %4)
  %4 = sub copy %1, const 2: int unwind bb3
  %0 = await move %2
  dead %2
  return
bb3 cleanup:
  settle move %2 in_cleanup unwind bb4
  jump bb4
bb4 cleanup:
  resume_unwind
}
)");
  EXPECT_EQ(print(read.module()), read.text);
  EXPECT_TRUE(verify(read.module(), VerifyStage::Specialized).empty());
}

TEST(SirText, EveryKindOfTypeRoundTrips) {
  ReadModule read(R"(struct File drop @close { fd: int }
struct Pair<2> { a: $0, box b: Pair<$1, $0>? }
enum Shape { Circle(float), Rect(w: float, h: float), Empty }

fn @close(%1 mut self: File) -> () {
bb0:
  return
}

glue fn @"show.[int]"<2>(%1 own x: $0, %2: $1, %3 p: Pair<int, str>) -> Result<(), dyn Error> {
  %4 t: (int, str, (bool,))
  %5: [[u8; 4]]
  ref %6 e: (fn(int, mut str, own [int]) -> never)?
  flag %7: bool
  borrowed %8: Task<Chan<Atomic<int>>>??
  var %9: Range<i8>
  %10: Shape
bb0:
  unreachable
}
)");
  EXPECT_EQ(print(read.module()), read.text);
}

TEST(SirText, EveryKindOfConstantAndPlaceRoundTrips) {
  ReadModule read(R"(enum Shape { Circle(float), Rect(w: float, h: float) }

fn @f(%1 xs: [(int, Shape)], %2 i: int) -> () {
  %3: str
  %4: float
  %5: u64
bb0:
  %3 = assign const "a\"b\\\n\xc3\xa4\x00": str
  %4 = assign const 1e+300: float
  %4 = assign const -2.5: float
  %4 = assign const 3.0: float
  %4 = assign const inf: float
  %0 = assign const ()
  %4 = assign copy %1[%2].1.v1.0
  switch const -1: int [-1: bb1, 18: bb2, else: bb3]
bb1:
  panic const "no": str
bb2:
  panic_kind "none"
bb3:
  %0 = builtin print(borrow %3, const true: bool, const 255: u8)
  return
}
)" /* u64 is spelled uint */, ReadModule::kMayFail);
  EXPECT_EQ(read.error.message, "no type is named `u64`");
  EXPECT_EQ(read.error.line, 6u);
  std::string fixed = read.text;
  fixed.replace(fixed.find("u64"), 3, "uint");
  ReadModule again(fixed);
  EXPECT_EQ(print(again.module()), fixed);
}

static std::string error_of(std::string text) {
  ReadModule read(std::move(text), ReadModule::kMayFail);
  return std::to_string(read.error.line) + ": " + read.error.message;
}

TEST(SirText, ErrorsNameTheirLine) {
  EXPECT_EQ(error_of("fn @f() -> int {\nbb0:\n  %1 = assign const 1: int\n}\n"),
            "3: %1 is not declared");
  EXPECT_EQ(error_of("fn @f() -> int {\nbb0:\n  jmp bb0\n}\n"), "3: no instruction is named `jmp`");
  EXPECT_EQ(error_of("fn @f() -> int {\nbb1:\n  jump bb1\n}\n"), "2: the next block is bb0");
  EXPECT_EQ(error_of("fn @f() -> int {\nbb0:\n  call @g()\n  return\n}\n"),
            "3: no function is named `g`");
  EXPECT_EQ(error_of("fn @f() -> int {"), "1: expected `}`");
  EXPECT_EQ(error_of("fn @f() -> \"x"), "1: expected `{`");
  EXPECT_EQ(error_of("nonsense"), "1: expected `struct`, `enum` or `fn`");
}

}  // namespace skein::sir
