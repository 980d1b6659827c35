// What the parser reports: one mistake, one report; the next mistake is found; habits from other
// languages are named; hostile text is refused in linear time.
#include "test/unit/parse/source.h"

namespace skein {
namespace {

std::string reports_in_body(const std::string& body) {
  return Parsed("fn f() {\n" + body + "\n}").reports();
}

TEST(ParseReport, OneMistakeGivesOneReport) {
  for (const char* body : {"let = 5", "f(1, 2", "a b", "x = = 3", "if { }", "match x { a b }",
                           "for x xs { }", "let x: = 1", "f(a b)", "[1, 2", "(1", "a.", "a.+b",
                           "let (a, b = c", "async(foo) { }", "\"${a b}\"", "\"${f(}\"",
                           "spawn", "await", "1 + ", "a ..= ", "x ? y",
                           "match x { 1.. .. => 2 }", "match x { 1..= => 2 }"}) {
    Parsed parsed("fn f() {\n" + std::string(body) + "\n}\nfn g() { }");
    EXPECT_EQ(parsed.sink().error_count(), 1u) << body << ": " << parsed.reports();
    EXPECT_EQ(parsed.module().items.size(), 2u) << body;
  }
}

TEST(ParseReport, EveryStatementIsLookedAt) {
  EXPECT_EQ(reports_in_body("let = 1\nlet ok = 2\na b\nif { let = 3 }\n)"),
            "expected expected expected expected unopened-bracket");
}

TEST(ParseReport, EveryDeclarationIsLookedAt) {
  EXPECT_EQ(Parsed("fn (a) { }\nstruct { }\nenum E { 1 }\nfn ok() { }\nimpl { }").reports(),
            "expected expected expected expected");
}

TEST(ParseReport, UnreadableTextIsReportedByTheLexerAlone) {
  EXPECT_EQ(reports_in_body("let x = \u00a7"), "unexpected-character");
  EXPECT_EQ(reports_in_body("f(\"abc"), "unterminated-string");
}

TEST(ParseReport, AnUnclosedBlockIsReportedWhereItBegins) {
  Parsed parsed("fn f() {\n  g()\n");
  ASSERT_EQ(parsed.reports(), "unclosed-bracket");
  EXPECT_EQ(parsed.sources().locate(parsed.sink().sorted()[0]->span.begin).line, 1u);
}

TEST(ParseReport, AForgottenBraceIsGuessedFromTheFirstColumn) {
  Parsed parsed("fn f() {\n  g()\n\nfn g() {\n}\n");
  ASSERT_EQ(parsed.reports(), "unclosed-bracket");
  const Diagnostic* diagnostic = parsed.sink().sorted()[0];
  ASSERT_EQ(diagnostic->labels.size(), 1u);
  EXPECT_EQ(parsed.sources().locate(diagnostic->labels[0].span.begin).line, 4u);
}

TEST(ParseReport, AnUnopenedBracketClosesNothing) {
  EXPECT_EQ(Parsed("fn f() { } }\nfn g() { }").reports(), "unopened-bracket");
}

TEST(ParseReport, StatementsStandInFunctions) {
  EXPECT_EQ(Parsed("println(1)").message(), "expected a declaration, found `println`");
  EXPECT_EQ(Parsed("let x = 1").message(), "expected a declaration, found `let`");
}

TEST(ParseReport, ComparisonsDoNotChain) {
  EXPECT_EQ(reports_in_body("a < b < c"), "comparison-chain");
  EXPECT_EQ(reports_in_body("(a < b) == c"), "");
}

TEST(ParseReport, AnAssignmentIsNoCondition) {
  EXPECT_EQ(reports_in_body("if a = b { }"), "assignment-as-condition");
}

TEST(ParseReport, PostfixMarksTouchTheirOperand) {
  EXPECT_EQ(reports_in_body("x !"), "postfix-space");
  EXPECT_EQ(reports_in_body("x ?"), "postfix-space");
}

TEST(ParseReport, AnEmptySelectWaitsForNothing) {
  EXPECT_EQ(reports_in_body("select { }"), "empty-select");
}

TEST(ParseReport, FormsOfTasksAreChecked) {
  EXPECT_EQ(reports_in_body("t.await(1)"), "await-takes-nothing");
  EXPECT_EQ(reports_in_body("async(first) { }"), "unknown-policy");
  EXPECT_EQ(reports_in_body("select { f() => 1 }"), "select-arm-form");
  EXPECT_EQ(reports_in_body("select { v = f() => 1 }"), "select-arm-form");
  EXPECT_EQ(reports_in_body("par for x in xs reduce(-) s { }"), "unknown-reduction");
}

TEST(ParseReport, FormsOfDeclarationsAreChecked) {
  EXPECT_EQ(Parsed("fn f(a: int, self) { }").reports(), "receiver-not-first");
  EXPECT_EQ(Parsed("@derive(Eq) 5").reports(), "misplaced-attribute");
}

// ---- other languages ----

TEST(ParseReport, NamesSkeinsSpelling) {
  struct Case {
    const char* body;
    const char* message;
  };
  for (const Case& c : {
           Case{"val x = 1", "`val` is not Skein, write `let`"},
           {"const x = 1", "`const` is not Skein, write `let`"},
           {"let mut x = 1", "`let mut` is not Skein, write `var`"},
           {"x := 1", "`x := e` is not Skein, write `let x = e`"},
           {"go f(x)", "`go` is not Skein, write `spawn`"},
           {"let x = nil", "`nil` is not Skein, write `none`"},
           {"let x = null", "`null` is not Skein, write `none`"},
           {"if a and b { }", "`and` is not Skein, write `&&`"},
           {"if a or b { }", "`or` is not Skein, write `||`"},
           {"if not a { }", "`not x` is not Skein, write `!x`"},
           {"x++", "`x++` is not Skein, write `x += 1`"},
           {"x--", "`x--` is not Skein, write `x -= 1`"},
           {"match x { 1 -> 2 }", "`->` is not Skein, write `=>`"},
           {"if a { } elif b { }", "`elif` is not Skein, write `else if`"},
           {"switch x { 1 => 2 }", "`switch` is not Skein, write `match`"},
           {"a === b", "`===` is not Skein, write `==`"},
           {"a !== b", "`!==` is not Skein, write `!=`"},
           {"let x = a ? 1 : 2", "`c ? a : b` is not Skein, write `if c { a } else { b }`"},
           {"try f()", "Skein has no `try`"},
           {"throw e", "`throw e` is not Skein, write `return err(e)`"},
           {"println!(\"a\")", "`println!` is not Skein, write `println`"},
           {"let y = x as i32", "`x as T` is not Skein, write `T(x)`"},
           {"a::b()", "`::` is not Skein, write `.`"},
           {"let x = &y", "Skein has no references to take"},
           {"let x = ~y", "`~x` is not Skein, write `!x`"},
           {"let x = f\"a\"", "`f\"…\"` is not Skein, write `\"…\"`"},
           {"let x int = 5", "`x T` is not Skein, write `x: T`"},
           {"func g() { }", "`func` is not Skein, write `fn`"},
           {"yield()", "`yield()` is not Skein, write `yield`"},
       }) {
    Parsed parsed("fn f() {\n" + std::string(c.body) + "\n}");
    EXPECT_EQ(parsed.sink().error_count(), 1u) << c.body << ": " << parsed.reports();
    EXPECT_EQ(parsed.message(), c.message) << c.body;
  }
}

TEST(ParseReport, NamesSkeinsDeclarations) {
  struct Case {
    const char* text;
    const char* message;
  };
  for (const Case& c : {
           Case{"fun f() { }", "`fun` is not Skein, write `fn`"},
           {"def f() { }", "`def` is not Skein, write `fn`"},
           {"async fn f() { }", "`async fn` is not Skein, write `fn`"},
           {"class C { }", "`class` is not Skein, write `struct`"},
           {"interface I { }", "`interface` is not Skein, write `trait`"},
           {"import a.b", "`import` is not Skein, write `use`"},
           {"public fn f() { }", "`public` is not Skein, write `pub`"},
           {"fn f(x int) { }", "`x T` is not Skein, write `x: T`"},
           {"fn f(&self) { }", "`&x` is not Skein, write `x`"},
           {"fn f(x: &str) { }", "Skein has no reference or pointer types"},
           {"fn f(x: int[]) { }", "`T[]` is not Skein, write `[T]`"},
           {"fn f(): int { 1 }", "`:` is not Skein, write `->`"},
           {"struct P(int)", "Skein has no structs without names for their fields"},
           {"use a::b", "`::` is not Skein, write `.`"},
       }) {
    Parsed parsed(c.text);
    EXPECT_EQ(parsed.sink().error_count(), 1u) << c.text << ": " << parsed.reports();
    EXPECT_EQ(parsed.message(), c.message) << c.text;
  }
}

TEST(ParseReport, WordsOfOtherLanguagesMayBeNames) {
  EXPECT_EQ(reports_in_body("let go = 1\nlet new = go + not\ntry(func, val)\nthrow.and()"), "");
}

// ---- hostile text ----

std::string repeated(const std::string& text, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(ParseReport, DeepNestingIsAnErrorAndNotACrash) {
  for (const char* part : {"(", "[", "{", "- ", "!", "await ", "spawn ", "|x| ", "if a { ",
                           "match a { b => ", "f(", "\"${", "a: loop {", "A { a: ", "return ",
                           "fn f() {", "async { ", "let a = b else { ", "|| { ", "{ if a {"}) {
    Parsed parsed("fn f() { " + repeated(part, 20'000));
    EXPECT_EQ(parsed.reports().find("nesting-too-deep") != std::string::npos, true) << part;
  }
  EXPECT_EQ(Parsed("fn f(x: " + repeated("[", 20'000)).reports(), "nesting-too-deep");
  EXPECT_EQ(Parsed("fn f(x: " + repeated("A<", 20'000)).reports(), "nesting-too-deep");
  EXPECT_EQ(Parsed("fn f(x: int" + repeated("?", 20'000)).reports(), "nesting-too-deep");
  EXPECT_EQ(Parsed("fn f() { let " + repeated("(", 20'000)).reports(), "nesting-too-deep");
}

TEST(ParseReport, RepeatedMistakesDoNotCrash) {
  for (const char* part : {"try ", "new ", "go ", "not ", "if ", "match ", "& ", "~", "+ ", ".. ",
                           "a ? ", "as ", "case ", "}", ")", "@a ", "pub ", "let ", "impl A { ",
                           "fn f(\n", "select { ", "\"\"\"${\n", "use a.{", "a<", "'\\"}) {
    EXPECT_TRUE(Parsed(repeated(part, 20'000)).sink().has_errors()) << part;
    EXPECT_TRUE(Parsed("fn f() { x = " + repeated(part, 20'000)).sink().has_errors()) << part;
  }
}

TEST(ParseReport, TheNestingBoundCountsBrackets) {
  EXPECT_EQ(Parsed("fn f() { " + repeated("(", 250) + "1" + repeated(")", 250) + " }").reports(),
            "");
  EXPECT_EQ(Parsed("fn f() " + repeated("{", 250) + repeated("}", 250)).reports(), "");
}

TEST(ParseReport, TallTreesAreAnErrorAndNotACrash) {
  for (const char* part : {" + 1", ".a", "()", "!", " ?? 1", " && b", "..b"}) {
    Parsed parsed("fn f() { x = a" + repeated(part, 20'000) + " }");
    EXPECT_EQ(parsed.reports(), "expression-too-deep") << part;
  }
  EXPECT_EQ(Parsed("fn f() { if a { }" + repeated(" else if a { }", 20'000) + " }").reports(),
            "expression-too-deep");
}

TEST(ParseReport, AThousandTermsAreFine) {
  EXPECT_EQ(Parsed("fn f() { x = 1" + repeated(" + 1", 1000) + " }").reports(), "");
  EXPECT_EQ(Parsed("fn f() { x = [" + repeated("1 + 2 * 3, ", 20'000) + "] }").reports(), "");
}

}  // namespace
}  // namespace skein
