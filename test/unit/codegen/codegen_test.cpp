// What LLVM text and objects codegen makes of small modules.
#include "compiler/codegen/codegen.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <climits>
#include <fstream>
#include <sstream>

#include "test/unit/codegen/read_sir.h"

namespace skein::codegen {

static const char* const kFib = R"(
  fn @fib(%1 n: int) -> int suspends {
    %2: bool
    %3: int
    %4 t: Task<int>
    %5: int
    %6: int
  bb0:
    %2 = lt copy %1, const 2: int
    branch copy %2, bb1, bb2
  bb1:
    %0 = assign copy %1
    return
  bb2:
    %3 = sub copy %1, const 1: int
    %4 = spawn @fib(copy %3)
    %3 = sub copy %1, const 2: int unwind bb3
    %5 = call @fib(copy %3) unwind bb3
    %6 = await move %4
    %0 = add copy %5, copy %6
    return
  bb3 cleanup:
    settle move %4
    resume_unwind
  }

  entry fn @skn.main() -> int suspends {
  bb0:
    %0 = call @fib(const 10: int)
    return
  }
)";

// The bitcode of this build: the test is build/test/unit/skein_codegen_test.
static std::string fast_bitcode() {
  char path[PATH_MAX];
  ssize_t size = readlink("/proc/self/exe", path, sizeof path);
  std::string folder(path, size > 0 ? static_cast<size_t>(size) : 0);
  for (int i = 0; i < 3; ++i) folder.resize(folder.rfind('/'));
  std::ifstream file(folder + "/lib/skein/fast.bc", std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

static std::string emit_text(const std::string& sir, OptLevel level) {
  SirText text(sir);
  std::string bitcode = fast_bitcode();
  Options options;
  options.opt_level = level;
  options.form = Form::Ir;
  options.debug_info = false;
  options.fast_bitcode = bitcode;
  std::unique_ptr<Output> output = emit(text.module(), options);
  EXPECT_EQ(output->error, "");
  return output->bytes;
}

// The text of one function.
static std::string function_text(const std::string& module, const std::string& name) {
  size_t at = module.find("@" + name + "(");
  while (at != std::string::npos) {
    size_t line = module.rfind('\n', at) + 1;
    if (module.compare(line, 7, "define ") == 0) {
      return module.substr(line, module.find("\n}", at) - line);
    }
    at = module.find("@" + name + "(", at + 1);
  }
  ADD_FAILURE() << "no function " << name;
  return "";
}

static size_t count(const std::string& text, const std::string& what) {
  size_t found = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

TEST(Codegen, SuspendingFunctionIsOneCoroutineThatReturnsHandleAndValue) {
  std::string fib = function_text(emit_text(kFib, OptLevel::O0), "sk.fib");
  EXPECT_NE(fib.find("define internal fastcc { ptr, i64 } @sk.fib(i64"), std::string::npos);
  EXPECT_EQ(count(fib, "@llvm.coro.begin("), 1u);
  EXPECT_EQ(count(fib, "@llvm.coro.end("), 1u);
}

TEST(Codegen, LeafPathReturnsBeforeTheFrame) {
  std::string fib = function_text(emit_text(kFib, OptLevel::O0), "sk.fib");
  size_t early = fib.find("\nbb1.early:");
  ASSERT_NE(early, std::string::npos);
  EXPECT_EQ(fib.find("@skn_frame_alloc("), fib.rfind("@skn_frame_alloc("));
  EXPECT_GT(fib.find("@skn_frame_alloc("), fib.find("\nframe:"));
}

TEST(Codegen, WrapperTakesArgumentsBeforeItPushes) {
  std::string text = emit_text(kFib, OptLevel::O0);
  std::string wrapper = function_text(text, "skn.spawn.fib.1");
  EXPECT_LT(wrapper.find("load i64"), wrapper.find("@skn_push("));
  EXPECT_LT(wrapper.find("@skn_push("), wrapper.find("@sk.fib("));
  EXPECT_LT(wrapper.find("@sk.fib("), wrapper.find("@skn_pop_is("));
}

TEST(Codegen, FastPathsAreInlined) {
  std::string text = emit_text(kFib, OptLevel::O3);
  for (const char* hot : {"skn_push", "skn_pop_is", "skn_frame_alloc", "skn_frame_free",
                          "skn_future_alloc", "skn_future_free", "skn_stack_low"}) {
    EXPECT_EQ(count(text, std::string("@") + hot + "("), 0u) << hot;
  }
  EXPECT_EQ(count(text, "define internal i1 @skn.spawn"), 0u);
}

TEST(Codegen, PlainFunctionStaysPlain) {
  std::string text = emit_text(R"(
    fn @twice(%1 x: int) -> int plain {
    bb0:
      %0 = mul copy %1, const 2: int
      return
    }
  )", OptLevel::O0);
  std::string twice = function_text(text, "sk.twice");
  EXPECT_NE(twice.find("define internal fastcc i64 @sk.twice(i64"), std::string::npos);
  EXPECT_EQ(count(twice, "coro"), 0u);
}

TEST(Codegen, PanicWithoutCleanupIsRaisedOnce) {
  std::string text = emit_text(R"(
    fn @sum(%1 x: int, %2 y: int) -> int plain {
    bb0:
      %0 = add copy %1, copy %2
      %0 = add copy %0, copy %2
      return
    }
  )", OptLevel::O0);
  EXPECT_EQ(count(function_text(text, "sk.sum"), "@skn_raise("), 1u);
}

TEST(Codegen, CallWithCleanupIsInvoked) {
  std::string text = emit_text(R"(
    fn @f(%1 own s: str) -> () plain {
    bb0:
      call @g() unwind bb1
      drop move %1
      return
    bb1 cleanup:
      drop move %1
      resume_unwind
    }
    fn @g() -> () plain {
    bb0:
      return
    }
  )", OptLevel::O0);
  std::string f = function_text(text, "sk.f");
  EXPECT_EQ(count(f, "invoke fastcc void @sk.g()"), 1u);
  EXPECT_EQ(count(f, "catch ptr null"), 1u);
}

TEST(Codegen, OptionOfStrIsOnePointer) {
  std::string text = emit_text(R"(
    fn @f(%1 s: str?) -> int plain {
    bb0:
      %0 = tag borrow %1
      return
    }
  )", OptLevel::O0);
  EXPECT_NE(text.find("define internal fastcc i64 @sk.f(ptr"), std::string::npos);
}

TEST(Codegen, SmallStructsTravelInRegistersAndLargeOnesByPointer) {
  std::string text = emit_text(R"(
    struct Point { x: float, y: float }
    struct Line { a: Point, b: Point }
    fn @f(%1 p: Point, %2 l: Line) -> Point plain {
    bb0:
      %0 = assign copy %2.1
      return
    }
    fn @g(%1 l: Line) -> Line plain {
    bb0:
      %0 = assign copy %1
      return
    }
  )", OptLevel::O0);
  EXPECT_NE(text.find("fastcc { double, double } @sk.f(double %0, double %1, ptr %2)"),
            std::string::npos);
  EXPECT_NE(text.find("fastcc void @sk.g(ptr %0, ptr %1)"), std::string::npos);
}

TEST(Codegen, CountsArePlainWhereTheTypeNeverCrossesTasks) {
  const char* sir = R"(
    fn @f(%1 s: str) -> str plain {
    bb0:
      %0 = assign copy %1
      return
    }
  )";
  EXPECT_EQ(count(emit_text(sir, OptLevel::O0), "call void @skn_retain_atomic("), 1u);
  SirText text(sir);
  text.module().counts_plainly.resize(text.module().types().size(), true);
  Options options;
  options.form = Form::Ir;
  EXPECT_EQ(count(emit(text.module(), options)->bytes, "call void @skn_retain("), 1u);
}

TEST(Codegen, ObjectDefinesTheRootAndThePlaces) {
  SirText text(kFib);
  std::string bitcode = fast_bitcode();
  Options options;
  options.fast_bitcode = bitcode;
  std::unique_ptr<Output> output = emit(text.module(), options);
  EXPECT_EQ(output->error, "");
  EXPECT_EQ(output->bytes.substr(1, 3), "ELF");
  for (const char* name : {"skn_program_main", "skn_sites", "skn_site_count", "skn_abi_"}) {
    EXPECT_NE(output->bytes.find(name), std::string::npos) << name;
  }
}

TEST(Codegen, UnknownCpuIsRefused) {
  SirText text(kFib);
  Options options;
  options.cpu.name = "pentium-99";
  EXPECT_NE(emit(text.module(), options)->error.find("pentium-99"), std::string::npos);
}

TEST(Codegen, DamagedBitcodeIsRefused) {
  SirText text(kFib);
  Options options;
  options.fast_bitcode = "nothing of the sort";
  EXPECT_NE(emit(text.module(), options)->error.find("bitcode"), std::string::npos);
}

}  // namespace skein::codegen
