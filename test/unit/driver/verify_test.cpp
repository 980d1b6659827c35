// `//~` comments: how they are read, and what disagrees with the reports.
#include "compiler/driver/verify.h"

#include <gtest/gtest.h>

namespace skein::driver {

TEST(Verify, CommentNamesSeverityCodeAndWords) {
  std::vector<Expectation> found = find_expectations("x\ny //~ error some-code two words \n");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].line, 2u);
  EXPECT_EQ(found[0].severity, "error");
  EXPECT_EQ(found[0].code, "some-code");
  EXPECT_EQ(found[0].words, "two words");
}

TEST(Verify, CaretsPointUp) {
  std::vector<Expectation> found = find_expectations("x\n\n//~^^ note a\r\n//~^ warning b");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].line, 1u);
  EXPECT_EQ(found[0].code, "a");
  EXPECT_EQ(found[1].line, 3u);
}

TEST(Verify, SeveralOnOneLine) {
  std::vector<Expectation> found = find_expectations("f() //~ error a with words //~ error b");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].words, "with words");
  EXPECT_EQ(found[1].code, "b");
}

class VerifyReports : public testing::Test {
 protected:
  FileId add(std::string text) { return sources_.add("a.sk", std::move(text)); }
  // Reports at the local offset of a file.
  void report(FileId file, uint32_t at, std::string_view name = "x") {
    uint32_t offset = sources_.file(file).base + at;
    sink_.report({offset, offset + 1}, D::FileUnreadable, {name, "why"});
  }
  std::vector<std::string> wrong() {
    return compare_reports(sink_.sorted(), sources_, "lib/");
  }

  SourceMap sources_;
  DiagnosticSink sink_;
};

TEST_F(VerifyReports, AllForetoldIsWell) {
  FileId file = add("x y //~ error file-unreadable `a` //~ error file-unreadable\n");
  report(file, 0, "b");
  report(file, 2, "a");
  EXPECT_EQ(wrong(), std::vector<std::string>{});
}

TEST_F(VerifyReports, MissingAndExtraAreBothSaid) {
  FileId file = add("x\ny\nz //~ warning file-unreadable\n");
  report(file, 2);
  report(file, 4);
  EXPECT_EQ(wrong(),
            (std::vector<std::string>{
                "a.sk:2: not foretold: error file-unreadable: cannot read `x`: why",
                "a.sk:3: not foretold: error file-unreadable: cannot read `x`: why",
                "a.sk:3: not reported: warning file-unreadable",
            }));
}

TEST_F(VerifyReports, OneCommentIsForOneReport) {
  FileId file = add("xy //~ error file-unreadable\n");
  report(file, 0);
  report(file, 1);
  EXPECT_EQ(wrong().size(), 1u);
}

TEST_F(VerifyReports, EachFileSpeaksForItself) {
  FileId file = add("x //~ error file-unreadable\n");
  FileId other = add("x\n");
  report(other, 0);
  EXPECT_EQ(wrong().size(), 2u);
  report(file, 0);
  EXPECT_EQ(wrong().size(), 1u);
}

TEST_F(VerifyReports, TheLibraryForetellsNothing) {
  FileId file = sources_.add("lib/a.sk", "x //~ error file-unreadable\n");
  EXPECT_EQ(wrong().size(), 0u);
  report(file, 0);
  EXPECT_EQ(wrong().size(), 1u);
}

}  // namespace skein::driver
