// How reports look at a terminal and as JSON.
#include "compiler/support/render.h"

#include <gtest/gtest.h>

namespace skein {
namespace {

class Rendered : public ::testing::Test {
 protected:
  // The span of the n-th occurrence of `part` in the file.
  Span find(FileId file, std::string_view part, size_t occurrence = 0) const {
    const SourceFile& source = sources_.file(file);
    size_t at = source.text.find(part);
    while (occurrence-- > 0) at = source.text.find(part, at + 1);
    uint32_t begin = source.base + static_cast<uint32_t>(at);
    return {begin, begin + static_cast<uint32_t>(part.size())};
  }
  std::string text() const { return render_text(*sink_.sorted()[0], sources_, false); }

  SourceMap sources_;
  DiagnosticSink sink_;
};

TEST_F(Rendered, ShowsEachMarkedLineWithItsWords) {
  FileId file = sources_.add("fib.sk", "fn f() {\n    if a {\n        b(c)\n    }\n}\n");
  sink_.report(find(file, "b"), D::Expected, {"x", "y"})
      .mark("here")
      .label(find(file, "if"), "begun here")
      .note("a note")
      .help("a way out");
  EXPECT_EQ(text(), R"(error[expected]: expected x, found y
  --> fib.sk:3:9
2 |     if a {
  |     -- begun here
3 |         b(c)
  |         ^ here
note: a note
help: a way out
)");
}

TEST_F(Rendered, PutsSeveralMarksOfALineUnderEachOther) {
  FileId file = sources_.add("a.sk", "swap(mut a, mut b, c)");
  sink_.report(find(file, "mut b"), D::Expected, {"x", "y"})
      .mark("second")
      .label(find(file, "mut a"), "first")
      .label(find(file, "c)"), "third");
  EXPECT_EQ(text(), R"(error[expected]: expected x, found y
  --> a.sk:1:13
1 | swap(mut a, mut b, c)
  |      -----  ^^^^^  -- third
  |      |      second
  |      first
)");
}

TEST_F(Rendered, LeavesOutLinesInBetween) {
  FileId file = sources_.add("a.sk", "a\nb\nc\nd\ne\nf\n");
  sink_.report(find(file, "f"), D::Expected, {"x", "y"})
      .label(find(file, "a"), "one")
      .label(find(file, "d"), "two");
  EXPECT_EQ(text(), R"(error[expected]: expected x, found y
  --> a.sk:6:1
1 | a
  | - one
...
4 | d
  | - two
5 | e
6 | f
  | ^
)");
}

TEST_F(Rendered, ShowsPlacesInOtherFiles) {
  FileId first = sources_.add("a.sk", "use b");
  FileId second = sources_.add("b.sk", "\nfn g() { }");
  sink_.report(find(first, "b"), D::Expected, {"x", "y"}).label(find(second, "g"), "made here");
  EXPECT_EQ(text(), R"(error[expected]: expected x, found y
  --> a.sk:1:5
1 | use b
  |     ^
  ::: b.sk:2:4
2 | fn g() { }
  |    - made here
)");
}

TEST_F(Rendered, ShowsTheLineAsItWillBe) {
  FileId file = sources_.add("a.sk", "    x := 5\n");
  Span begin = find(file, "x");
  sink_.report(find(file, ":="), D::ForeignSpelling, {"x := e", "let x = e"})
      .fix({begin.begin, begin.begin}, "let ")
      .fix(find(file, ":="), "=");
  EXPECT_EQ(text(), R"(error[foreign-spelling]: `x := e` is not Skein, write `let x = e`
  --> a.sk:1:7
1 |     x := 5
  |       ^^
1 +     let x = 5
)");
}

TEST_F(Rendered, MarksStandUnderTabsAndWideCharacters) {
  FileId file = sources_.add("a.sk", "\t\"名前\" é x");
  sink_.report(find(file, "x"), D::Expected, {"x", "y"}).label(find(file, "名前"), "wide");
  EXPECT_EQ(text(), R"(error[expected]: expected x, found y
  --> a.sk:1:9
1 |     "名前" é x
  |      ----    ^
  |      wide
)");
}

TEST_F(Rendered, NeverPrintsWhatATerminalWouldObey) {
  FileId file = sources_.add("a\x1b.sk", "a \x1b[31m \xff \u202E b");
  sink_.report(find(file, "b"), D::Expected, {"\x1b[0m", "y"});
  EXPECT_EQ(text(), "error[expected]: expected \u241B[0m, found y\n  --> a\u241B.sk:1:13\n"
                    "1 | a \u241B[31m \uFFFD <U+202E> b\n  |                    ^\n");
}

TEST_F(Rendered, CutsLongLinesAroundTheMark) {
  FileId file = sources_.add("a.sk", std::string(100'000, 'a') + "b" + std::string(100'000, 'c'));
  sink_.report(find(file, "b"), D::Expected, {"x", "y"});
  EXPECT_EQ(text(), "error[expected]: expected x, found y\n  --> a.sk:1:100001\n1 | …" +
                        std::string(40, 'a') + "b" + std::string(119, 'c') + "…\n  | " +
                        std::string(41, ' ') + "^\n");
}

TEST_F(Rendered, MarksTheEndOfAFile) {
  FileId file = sources_.add("a.sk", "fn f() {");
  uint32_t end = sources_.whole(file).end;
  sink_.report({end, end}, D::Expected, {"x", "y"});
  EXPECT_EQ(text(),
            "error[expected]: expected x, found y\n  --> a.sk:1:9\n1 | fn f() {\n  |         ^\n");
}

TEST_F(Rendered, AReportWithoutAPlaceIsItsHead) {
  sink_.report({}, D::FileUnreadable, {"x.sk", "no such file"});
  EXPECT_EQ(text(), "error[file-unreadable]: cannot read `x.sk`: no such file\n");
}

TEST_F(Rendered, ColorsOnlyWhenAsked) {
  FileId file = sources_.add("a.sk", "b");
  sink_.report(find(file, "b"), D::Expected, {"x", "y"});
  EXPECT_EQ(text().find('\x1b'), std::string::npos);
  EXPECT_NE(render_text(*sink_.sorted()[0], sources_, true).find("\x1b[1;31merror"),
            std::string::npos);
}

TEST_F(Rendered, JsonIsOneObjectALine) {
  FileId file = sources_.add("a.sk", "\nab \"c\"");
  sink_.report(find(file, "ab"), D::Expected, {"\"", "y"})
      .mark("m")
      .label(find(file, "c"), "l")
      .help("h")
      .fix(find(file, "ab"), "x\ny");
  EXPECT_EQ(render_json(*sink_.sorted()[0], sources_),
            "{\"code\":\"expected\",\"severity\":\"error\",\"message\":\"expected \\\", found "
            "y\",\"path\":\"a.sk\",\"line\":2,\"column\":1,\"end_line\":2,\"end_column\":3,"
            "\"mark\":\"m\",\"labels\":[{\"path\":\"a.sk\",\"line\":2,\"column\":5,\"end_line\":2,"
            "\"end_column\":6,\"text\":\"l\"}],\"notes\":[],\"helps\":[\"h\"],\"fixes\":[{\"path\":"
            "\"a.sk\",\"line\":2,\"column\":1,\"end_line\":2,\"end_column\":3,\"replacement\":"
            "\"x\\u000ay\"}]}\n");
}

TEST_F(Rendered, TheSummaryCounts) {
  EXPECT_EQ(render_summary(sink_, false), "");
  FileId file = sources_.add("a.sk", std::string(DiagnosticSink::kMaxReports + 5, 'a'));
  uint32_t base = sources_.file(file).base;
  sink_.report({base, base + 1}, D::Expected, {"x", "y"});
  EXPECT_EQ(render_summary(sink_, false), "1 error\n");
  for (uint32_t i = 1; i < DiagnosticSink::kMaxReports + 5; ++i) {
    sink_.report({base + i, base + i + 1}, D::Expected, {"x", "y"});
  }
  EXPECT_EQ(render_summary(sink_, false), "205 errors, 5 of them not shown\n");
}

}  // namespace
}  // namespace skein
