// The lexer: kinds and values of tokens, where a newline ends a statement, and what it reports.
#include "compiler/lex/lexer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace skein {
namespace {

using syntax::NumberSuffix;
using syntax::Token;
using syntax::TokenBuffer;
using syntax::TokenKind;

class Lexed {
 public:
  explicit Lexed(std::string text)
      : tokens_(lex::tokenize(sources_.add("test.sk", std::move(text)), sources_, names_, sink_)) {}

  // The kinds' names without EndOfFile, with one blank between them.
  std::string kinds() const {
    std::string out;
    for (size_t i = 0; i + 1 < tokens_.size(); ++i) {
      out += (out.empty() ? "" : " ") + std::string(token_kind_name(tokens_[i].kind));
    }
    return out;
  }
  // The codes of all reports, with one blank between them.
  std::string reports() const {
    std::string out;
    for (const Diagnostic* diagnostic : sink_.sorted()) {
      out += (out.empty() ? "" : " ") + std::string(diagnostic_row(diagnostic->kind).code);
    }
    return out;
  }
  // The value of the n-th token with text.
  std::string text(size_t index) const {
    return std::string(names_.text(tokens_.symbol(tokens_[index])));
  }
  const TokenBuffer& tokens() const { return tokens_; }
  const DiagnosticSink& sink() const { return sink_; }
  const SourceMap& sources() const { return sources_; }
  Interner& names() { return names_; }

 private:
  SourceMap sources_;
  Interner names_;
  DiagnosticSink sink_;
  TokenBuffer tokens_;
};

std::string string_value(const std::string& source) {
  Lexed lexed(source);
  EXPECT_EQ(lexed.reports(), "") << source;
  EXPECT_EQ(lexed.kinds(), "Str") << source;
  return lexed.text(0);
}

// ---- words and marks ----

TEST(Lexer, ReservedWordsAreNamesBehindAPoint) {
  EXPECT_EQ(Lexed("t.await() m?.lock match").kinds(),
            "Name Dot Name LeftParen RightParen Name QuestionDot Name KwMatch");
}

TEST(Lexer, TakesTheLongestMark) {
  EXPECT_EQ(Lexed("a ..= b +%= c <- d <<= e").kinds(),
            "Name DotDotEq Name PlusPercentEq Name LeftArrow Name LessLessEq Name");
}

TEST(Lexer, TwoClosingAnglesStayTwoTokens) {
  EXPECT_EQ(Lexed("Chan<Chan<int>>").kinds(), "Name Less Name Less Name Greater Greater");
}

TEST(Lexer, NamesMayHoldLettersOfAnyScript) {
  EXPECT_EQ(Lexed("größe 名前 _x9").kinds(), "Name Name Name");
}

TEST(Lexer, CommentsNestAndAreLeftOut) {
  EXPECT_EQ(Lexed("a /* b /* c */ d */ e // f").kinds(), "Name Name");
}

TEST(Lexer, DocCommentsBelongToTheNextToken) {
  Lexed lexed("/// one\n/// two\nfn f() { }\n//// no doc\nfn g() { }");
  Symbol doc = lexed.tokens().doc_before(0);
  ASSERT_TRUE(doc.valid());
  EXPECT_EQ(lexed.names().text(doc), "one\ntwo");
  for (uint32_t i = 1; i < lexed.tokens().size(); ++i) {
    EXPECT_FALSE(lexed.tokens().doc_before(i).valid());
  }
}

// ---- newlines ----

TEST(Lexer, ANewlineEndsAStatement) {
  EXPECT_EQ(Lexed("a\nb").kinds(), "Name Newline Name");
  EXPECT_EQ(Lexed("f()\n\n\ng()").kinds(),
            "Name LeftParen RightParen Newline Name LeftParen RightParen");
}

TEST(Lexer, ANewlineBehindAnOperatorDoesNotEndAStatement) {
  EXPECT_EQ(Lexed("a +\nb").kinds(), "Name Plus Name");
  EXPECT_EQ(Lexed("x =\n1").kinds(), "Name Eq Int");
}

TEST(Lexer, ALineBeginningWithAnInfixOperatorGoesOn) {
  EXPECT_EQ(Lexed("a\n  .b()\n  ?? c\n  * d").kinds(),
            "Name Dot Name LeftParen RightParen QuestionQuestion Name Star Name");
}

TEST(Lexer, ALineBeginningWithAPrefixBeginsAStatement) {
  for (const char* start : {"- b", "(b)", "[b]", "!b", "<-b", "|b| c", "|| c", "{ }"}) {
    Lexed lexed("a\n" + std::string(start));
    EXPECT_EQ(lexed.tokens()[1].kind, TokenKind::Newline) << start;
  }
}

TEST(Lexer, NewlinesInRoundAndSquareBracketsDoNotCount) {
  EXPECT_EQ(Lexed("f(a\n, b\n)").kinds(),
            "Name LeftParen Name Comma Name RightParen");
  // In a block inside of them they do.
  EXPECT_EQ(Lexed("f({\na\nb\n})").kinds(),
            "Name LeftParen LeftBrace Name Newline Name Newline RightBrace RightParen");
}

TEST(Lexer, ATypeEndsALine) {
  EXPECT_EQ(Lexed("a: Chan<int>\nb: int??\nc").kinds(),
            "Name Colon Name Less Name Greater Newline Name Colon Name QuestionQuestion Newline "
            "Name");
}

TEST(Lexer, AForgottenBracketDoesNotSwallowTheNextStatement) {
  EXPECT_EQ(Lexed("f(a\nlet b").kinds(), "Name LeftParen Name Newline KwLet Name");
}

// ---- numbers ----

TEST(Lexer, ReadsIntegers) {
  struct Case {
    const char* text;
    uint64_t value;
    NumberSuffix suffix;
  };
  for (const Case& c : {Case{"1_000", 1000, NumberSuffix::None}, {"0xffu8", 255, NumberSuffix::U8},
                        {"0b1010", 10, NumberSuffix::None}, {"0o17", 15, NumberSuffix::None},
                        {"7i64", 7, NumberSuffix::I64},
                        {"18446744073709551615", UINT64_MAX, NumberSuffix::None}}) {
    Lexed lexed(c.text);
    ASSERT_EQ(lexed.kinds(), "Int") << c.text;
    EXPECT_EQ(lexed.reports(), "") << c.text;
    EXPECT_TRUE(lexed.tokens().integer(lexed.tokens()[0]).value == c.value) << c.text;
    EXPECT_EQ(lexed.tokens().integer(lexed.tokens()[0]).suffix, c.suffix) << c.text;
  }
}

TEST(Lexer, ReadsIntegersWiderThanAnyType) {
  Lexed lexed("340282366920938463463374607431768211455 340282366920938463463374607431768211456");
  EXPECT_TRUE(lexed.tokens().integer(lexed.tokens()[0]).value == ~syntax::WideInt(0));
  EXPECT_EQ(lexed.reports(), "number-too-large");
}

TEST(Lexer, ReadsFloats) {
  Lexed lexed("1.5e3 2.0f32 1e-2 3f32");
  ASSERT_EQ(lexed.kinds(), "Float Float Float Float");
  EXPECT_EQ(lexed.tokens().floating(lexed.tokens()[0]).value, 1500.0);
  EXPECT_EQ(lexed.tokens().floating(lexed.tokens()[1]).suffix, NumberSuffix::F32);
  EXPECT_EQ(lexed.tokens().floating(lexed.tokens()[2]).value, 0.01);
  EXPECT_EQ(lexed.tokens().floating(lexed.tokens()[3]).value, 3.0);
}

TEST(Lexer, APointWantsDigitsOnBothSides) {
  EXPECT_EQ(Lexed("1..5").kinds(), "Int DotDot Int");
  EXPECT_EQ(Lexed("1.max(2)").kinds(), "Int Dot Name LeftParen Int RightParen");
  EXPECT_EQ(Lexed("t.0.1").kinds(), "Name Dot Int Dot Int");
}

TEST(Lexer, ReadsDurationsExactly) {
  struct Case {
    const char* text;
    int64_t nanoseconds;
  };
  for (const Case& c : {Case{"10ms", 10'000'000}, {"2s", 2'000'000'000}, {"5us", 5'000},
                        {"3min", 180'000'000'000}, {"1h", 3'600'000'000'000}, {"7ns", 7},
                        {"1.5ms", 1'500'000}, {"0.1s", 100'000'000},
                        {"9223372036854775807ns", INT64_MAX}}) {
    Lexed lexed(c.text);
    ASSERT_EQ(lexed.kinds(), "Duration") << c.text;
    EXPECT_EQ(lexed.reports(), "") << c.text;
    EXPECT_EQ(lexed.tokens().duration_ns(lexed.tokens()[0]), c.nanoseconds) << c.text;
  }
}

TEST(Lexer, ReportsWrongNumbersOnce) {
  EXPECT_EQ(Lexed("0b12").reports(), "bad-digit");
  EXPECT_EQ(Lexed("0x").reports(), "missing-digits");
  EXPECT_EQ(Lexed("5foo").reports(), "bad-number-suffix");
  EXPECT_EQ(Lexed("1.5u8").reports(), "bad-number-suffix");
  EXPECT_EQ(Lexed("1e999").reports(), "number-too-large");
  EXPECT_EQ(Lexed("9223372036854775808ns").reports(), "duration-too-large");
  EXPECT_EQ(Lexed("999999999999999999999999h").reports(), "duration-too-large");
  EXPECT_EQ(Lexed("0.5ns").reports(), "duration-too-fine");
}

// ---- characters and strings ----

TEST(Lexer, ReadsCharacters) {
  for (const std::pair<const char*, char32_t>& c :
       {std::pair<const char*, char32_t>{"'a'", 'a'}, {"'\\n'", '\n'}, {"'\\''", '\''},
        {"'\\u{1F600}'", 0x1F600}, {"'é'", 0xE9}}) {
    Lexed lexed(c.first);
    ASSERT_EQ(lexed.kinds(), "Char") << c.first;
    EXPECT_EQ(lexed.tokens().character(lexed.tokens()[0]), c.second) << c.first;
    EXPECT_EQ(lexed.reports(), "") << c.first;
  }
}

TEST(Lexer, ReportsWrongCharacters) {
  EXPECT_EQ(Lexed("''").reports(), "empty-char");
  EXPECT_EQ(Lexed("'abc'").reports(), "long-char");
  EXPECT_EQ(Lexed("'a").reports(), "unterminated-char");
  EXPECT_EQ(Lexed("'\\q'").reports(), "bad-escape");
}

TEST(Lexer, ResolvesEscapes) {
  EXPECT_EQ(string_value(R"("a\tb\n\\\"\$x \x41 \u{e9}")"), "a\tb\n\\\"$x A \u00e9");
  EXPECT_EQ(string_value(R"(r"a\n$b")"), "a\\n$b");
  EXPECT_EQ(string_value("\"5 $ and $5\""), "5 $ and $5");
}

TEST(Lexer, ByteStringsHoldBytes) {
  Lexed lexed(R"(b"\xff\0a")");
  EXPECT_EQ(lexed.kinds(), "ByteStr");
  EXPECT_EQ(lexed.text(0), std::string("\xff\0a", 3));
  EXPECT_EQ(Lexed("b\"é\"").reports(), "byte-string-not-ascii");
}

TEST(Lexer, StringsHaveHoles) {
  EXPECT_EQ(Lexed(R"("a $x ${y + 1} b")").kinds(),
            "InterpStart InterpText HoleStart Name HoleEnd InterpText HoleStart Name Plus Int "
            "HoleEnd InterpText InterpEnd");
}

TEST(Lexer, HolesHoldStringsWithHoles) {
  Lexed lexed(R"("${f("b ${g({ x })}")}")");
  EXPECT_EQ(lexed.reports(), "");
  EXPECT_EQ(lexed.kinds(),
            "InterpStart HoleStart Name LeftParen InterpStart InterpText HoleStart Name LeftParen "
            "LeftBrace Name RightBrace RightParen HoleEnd InterpEnd RightParen HoleEnd InterpEnd");
}

TEST(Lexer, TheFirstColonOutsideOfBracketsBeginsAFormat) {
  Lexed lexed(R"("${m["k": 1]:*>08.2x}")");
  EXPECT_EQ(lexed.reports(), "");
  EXPECT_EQ(lexed.kinds(),
            "InterpStart HoleStart Name LeftBracket Str Colon Int RightBracket Format HoleEnd "
            "InterpEnd");
  const syntax::FormatSpec& format = lexed.tokens().format(lexed.tokens()[8]);
  EXPECT_EQ(format.fill, U'*');
  EXPECT_EQ(format.align, syntax::FormatSpec::Align::Right);
  EXPECT_TRUE(format.zero);
  EXPECT_EQ(format.width, 8u);
  EXPECT_EQ(format.precision, 2u);
  EXPECT_EQ(format.kind, syntax::FormatSpec::Kind::Hex);
}

TEST(Lexer, MultiLineStringsLoseTheClosingLinesIndentation) {
  EXPECT_EQ(string_value("\"\"\"\n    a\n      b\n\n    c\n    \"\"\""), "a\n  b\n\nc");
  EXPECT_EQ(string_value("\"\"\"one \"line\" \"\"\""), "one \"line\" ");
  EXPECT_EQ(string_value("\"\"\"\n  a\r\n  b\r\n  \"\"\""), "a\nb");
  EXPECT_EQ(string_value("\"\"\"\n\"\"\""), "");
}

TEST(Lexer, HolesDoNotDisturbIndentation) {
  Lexed lexed("\"\"\"\n    a $x b\n      c\n    \"\"\"");
  EXPECT_EQ(lexed.kinds(),
            "InterpStart InterpText HoleStart Name HoleEnd InterpText InterpEnd");
  EXPECT_EQ(lexed.text(1), "a ");
  EXPECT_EQ(lexed.text(5), " b\n  c");
}

TEST(Lexer, ReportsALineIndentedLessThanTheClosingQuotes) {
  EXPECT_EQ(Lexed("\"\"\"\n    a\n  b\n    \"\"\"").reports(), "text-indentation");
}

TEST(Lexer, AnUnclosedStringEndsWithItsLine) {
  Lexed lexed("f(\"abc)\nlet x");
  EXPECT_EQ(lexed.reports(), "unterminated-string");
  EXPECT_EQ(lexed.kinds(), "Name LeftParen Str Error Newline KwLet Name");
}

TEST(Lexer, AnUnclosedHoleEndsWithItsLine) {
  Lexed lexed("\"a ${f(x\"\nlet y");
  EXPECT_EQ(lexed.reports(), "unterminated-hole");
  EXPECT_EQ(lexed.tokens()[lexed.tokens().size() - 3].kind, TokenKind::KwLet);
}

TEST(Lexer, AnUnclosedMultiLineStringIsReportedAtItsBeginning) {
  Lexed lexed("let a = \"\"\"\nb ${c");
  ASSERT_EQ(lexed.reports(), "unterminated-string");
  EXPECT_EQ(lexed.sources().locate(lexed.sink().sorted()[0]->span.begin).line, 1u);
}

TEST(Lexer, ReportsFormatsEscapesAndHoles) {
  EXPECT_EQ(Lexed("\"${x:zz}\"").reports(), "bad-format");
  EXPECT_EQ(Lexed("\"${x:99999999999}\"").reports(), "bad-format");
  EXPECT_EQ(Lexed(R"("\q")").reports(), "bad-escape");
  EXPECT_EQ(Lexed(R"("\x9")").reports(), "bad-byte-escape");
  EXPECT_EQ(Lexed(R"("\xff")").reports(), "byte-escape-too-large");
  EXPECT_EQ(Lexed(R"("\u12")").reports(), "bad-unicode-escape");
  EXPECT_EQ(Lexed(R"("\u{d800}")").reports(), "not-a-scalar");
}

// ---- the text itself ----

TEST(Lexer, ReportsBytesThatAreNoTextOnce) {
  EXPECT_EQ(Lexed("a \xff\xfe b \xff").reports(), "bad-utf8");
}

TEST(Lexer, RefusesCharactersThatReorderText) {
  EXPECT_EQ(Lexed("// \u202E abc").reports(), "bidi-control");
  EXPECT_EQ(Lexed("\"\u2066\"").reports(), "bidi-control");
}

TEST(Lexer, ReportsARunOfStrayCharactersOnce) {
  EXPECT_EQ(Lexed("a \x01\x01\x01 b").reports(), "unexpected-character");
  EXPECT_EQ(Lexed("a \u00a7 b # c").reports(), "unexpected-character unexpected-character");
}

TEST(Lexer, ReportsAnUnclosedComment) {
  EXPECT_EQ(Lexed("a /* b /* c */").reports(), "unterminated-comment");
}

TEST(Lexer, SkipsAByteOrderMarkAndAScriptLine) {
  EXPECT_EQ(Lexed("\xEF\xBB\xBF#!/usr/bin/env skein\na").kinds(), "Name");
}

}  // namespace
}  // namespace skein
