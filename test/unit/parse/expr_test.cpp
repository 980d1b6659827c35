// Expressions: how operators bind, and what each form becomes.
#include "test/unit/parse/source.h"

namespace skein {
namespace {

TEST(ParseExpr, OperatorsBindFromProductToOr) {
  EXPECT_EQ(Parsed::expr("a || b && c == d + e * f"),
            "(Logical || a (Logical && b (Compare == c (Binary + d (Binary * e f)))))");
  EXPECT_EQ(Parsed::expr("a - b - c"), "(Binary - (Binary - a b) c)");
  EXPECT_EQ(Parsed::expr("a | b ^ c & d << e"),
            "(Binary | a (Binary ^ b (Binary & c (Binary << d e))))");
  EXPECT_EQ(Parsed::expr("a +% b *% c"), "(Binary +% a (Binary *% b c))");
}

TEST(ParseExpr, RangesBindBetweenSumAndComparison) {
  EXPECT_EQ(Parsed::expr("a..b + 1 == c"), "(Compare == (Range a .. (Binary + b 1)) c)");
  EXPECT_EQ(Parsed::expr("(a..=b, a.., ..b)"),
            "(Tuple (Range a ..= b) (Range a ..) (Range .. b))");
}

TEST(ParseExpr, CoalescingBindsToTheRightAndTighterThanComparison) {
  EXPECT_EQ(Parsed::expr("a ?? b ?? 0 == c"), "(Compare == (Coalesce a (Coalesce b 0)) c)");
}

TEST(ParseExpr, ClosingAnglesTogetherAreAShift) {
  EXPECT_EQ(Parsed::expr("a >> b"), "(Binary >> a b)");
  EXPECT_EQ(Parsed::expr("{ a >>= b }"), "(Block (Value (Assign >>= a b)))");
}

TEST(ParseExpr, PrefixesBindLooserThanPostfixes) {
  EXPECT_EQ(Parsed::expr("-a.b()"), "(Unary - (MethodCall a .b))");
  EXPECT_EQ(Parsed::expr("!a[0] && b"), "(Logical && (Unary ! (Index a 0)) b)");
  EXPECT_EQ(Parsed::expr("<-c + 1"), "(Binary + (Receive c) 1)");
  EXPECT_EQ(Parsed::expr("(<-c)!"), "(Unwrap (Receive c))");
  EXPECT_EQ(Parsed::expr("await a + await b"), "(Binary + (Await a) (Await b))");
}

TEST(ParseExpr, AwaitHasThreeSpellings) {
  EXPECT_EQ(Parsed::expr("await t"), "(Await t)");
  EXPECT_EQ(Parsed::expr("await(t)"), "(Await t)");
  EXPECT_EQ(Parsed::expr("t.await()"), "(Await t)");
}

TEST(ParseExpr, PostfixesChain) {
  EXPECT_EQ(Parsed::expr("a?.b?.c(1)?"), "(Try (MethodCall (Field a ?.b) ?.c 1))");
  EXPECT_EQ(Parsed::expr("p.1.0"), "(TupleIndex (TupleIndex p .1) .0)");
  EXPECT_EQ(Parsed::expr("a[0][1..2]!"), "(Unwrap (Slice (Index a 0) (Range 1 .. 2)))");
  EXPECT_EQ(Parsed::expr("m[k, default: 0]"), "(Index m k default: 0)");
}

TEST(ParseExpr, AMethodIsCalledAndAFieldIsCalledInParentheses) {
  EXPECT_EQ(Parsed::expr("r.f()"), "(MethodCall r .f)");
  EXPECT_EQ(Parsed::expr("(r.f)()"), "(Call (Field r .f))");
}

TEST(ParseExpr, ArgumentsHaveNamesAndModes) {
  EXPECT_EQ(Parsed::expr("f(a, mut b, port: 80, to: mut c,)"),
            "(Call f a mut b port: 80 to: mut c)");
}

TEST(ParseExpr, TypeArgumentsTouchTheirNameAndAreFollowedByACall) {
  EXPECT_EQ(Parsed::expr("Chan<int>(4)"), "(Call (TypeArgs Chan int) 4)");
  EXPECT_EQ(Parsed::expr("Chan<[int]>.unbounded()"),
            "(MethodCall (TypeArgs Chan (ArrayType int)) .unbounded)");
  EXPECT_EQ(Parsed::expr("xs.collect<Map<str, [int; 4]>>()"),
            "(MethodCall xs .collect (TypeArgs Map<str, (FixedArrayType int 4)>))");
  EXPECT_EQ(Parsed::expr("a < b"), "(Compare < a b)");
  EXPECT_EQ(Parsed::expr("(a<b, c > d)"), "(Tuple (Compare < a b) (Compare > c d))");
}

TEST(ParseExpr, StructLiterals) {
  EXPECT_EQ(Parsed::expr("P { x: 1, y, ..p }"), "(StructLit P x: 1 y: y .. p)");
  EXPECT_EQ(Parsed::expr("shapes.Shape.Rect { w: 1\n h: 2\n }"),
            "(StructLit shapes.Shape.Rect w: 1 h: 2)");
  EXPECT_EQ(Parsed::expr("Pair<int> { a: 1 }"), "(StructLit Pair<int> a: 1)");
}

TEST(ParseExpr, NoStructLiteralInAHead) {
  EXPECT_EQ(Parsed::expr("if a == B { 1 } else { 2 }"),
            "(If (Compare == a B) (Block (Value 1)) (Else (Block (Value 2))))");
  EXPECT_EQ(Parsed::expr("if a == (B { x: 1 }) { 1 }"),
            "(If (Compare == a (StructLit B x: 1)) (Block (Value 1)))");
  EXPECT_EQ(Parsed("fn f() { while a == B { x: 1 } { } }").reports(), "struct-literal-in-head");
}

TEST(ParseExpr, Collections) {
  EXPECT_EQ(Parsed::expr("([], [1, 2,], [0; 4], [:], [\"a\": 1, \"b\": 2])"),
            "(Tuple (Array) (Array 1 2) (RepeatArray 0 4) (MapLit) "
            "(MapLit (Entry \"a\" 1) (Entry \"b\" 2)))");
  EXPECT_EQ(Parsed::expr("((), (a), (a,))"), "(Tuple (Tuple) a (Tuple a))");
}

TEST(ParseExpr, ClosuresReachAsFarAsTheyCan) {
  EXPECT_EQ(Parsed::expr("m.with(|mut v| v += 1)"),
            "(MethodCall m .with (Closure (Param mut v) (Assign += v 1)))");
  EXPECT_EQ(Parsed::expr("|a, (b, _), c: int| a + b || c"),
            "(Closure (Param a) (Param (TuplePattern b _)) (Param c int) "
            "(Logical || (Binary + a b) c))");
  EXPECT_EQ(Parsed::expr("f(|| x, |y| -> int { y })"),
            "(Call f (Closure x) (Closure (Param y) (Ret int) (Block (Value y))))");
  EXPECT_EQ(Parsed::expr("a | b || c"), "(Logical || (Binary | a b) c)");
}

TEST(ParseExpr, StringsWithHoles) {
  EXPECT_EQ(Parsed::expr("\"a $x ${y + 1:.2} ${\"in ${z}\"}\""),
            "(InterpStr \"a \" x \" \" (Format .2 (Binary + y 1)) \" \" (InterpStr \"in \" z))");
}

TEST(ParseExpr, ConditionsMayBindWithLet) {
  EXPECT_EQ(Parsed::expr("if let v = x && v > 1 && let (mut a, _) = f(v) { 1 }"),
            "(If (Let v = x) (Compare > v 1) (Let (TuplePattern mut a _) = (Call f v)) "
            "(Block (Value 1)))");
  EXPECT_EQ(Parsed::expr("while let v = next() { }"), "(While (Let v = (Call next)) (Block))");
  EXPECT_EQ(Parsed::expr("if a && b || c { }"),
            "(If (Logical || (Logical && a b) c) (Block))");
}

TEST(ParseExpr, ElseMayBeginALine) {
  EXPECT_EQ(Parsed::expr("if a { 1 }\nelse if b { 2 }\nelse { 3 }"),
            "(If a (Block (Value 1)) (Else (If b (Block (Value 2)) (Else (Block (Value 3))))))");
}

TEST(ParseExpr, MatchesHaveGuardsAlternativesAndRanges) {
  EXPECT_EQ(Parsed::expr("match x { 1 | 2 => a, 'a'..='z' when c => b\n _ => { c } Red => d }"),
            "(Match x (Arm (AlternativesPattern 1 2) => a) "
            "(Arm (RangePattern (CharLit U+0061) ..= (CharLit U+007A)) (When c) => b) "
            "(Arm _ => (Block (Value c))) "
            "(Arm (VariantPattern Red) => d))");
}

TEST(ParseExpr, LoopsHaveLabels) {
  EXPECT_EQ(Parsed::expr("outer: for x in xs { loop { break outer }\n continue outer }"),
            "(For outer: x in xs (Block (Loop (Block (Value (Break outer:)))) "
            "(Value (Continue outer:))))");
  // A name that is no label is a value.
  EXPECT_EQ(Parsed::expr("loop { break x }"), "(Loop (Block (Value (Break x))))");
}

TEST(ParseExpr, ParallelLoopsReduce) {
  EXPECT_EQ(Parsed::expr("par for x in xs reduce(+) s reduce(min) m reduce(f, 0) a { s += x }"),
            "(ParFor x in xs (Reduce + s) (Reduce min m) (Reduce f 0 a) "
            "(Block (Value (Assign += s x))))");
}

TEST(ParseExpr, SpawnTakesACallOrABlock) {
  EXPECT_EQ(Parsed::expr("spawn f(x)"), "(Spawn (Call f x))");
  EXPECT_EQ(Parsed::expr("spawn \"parser\" p.run()"),
            "(Spawn (Named \"parser\") (MethodCall p .run))");
  EXPECT_EQ(Parsed::expr("spawn { x }.await()"), "(Await (Spawn (Block (Value x))))");
  EXPECT_EQ(Parsed::expr("s.spawn f(x)"), "(Spawn (In s) (Call f x))");
  EXPECT_EQ(Parsed::expr("s.spawn { x }"), "(Spawn (In s) (Block (Value x)))");
  EXPECT_EQ(Parsed::expr("Thread.spawn(f)"), "(MethodCall Thread .spawn f)");
}

TEST(ParseExpr, ScopesHavePoliciesAndNames) {
  EXPECT_EQ(Parsed::expr("async { }"), "(Async (Block))");
  EXPECT_EQ(Parsed::expr("async(race, max: 8) |s| { }"), "(Async race max: 8 |s| (Block))");
  EXPECT_EQ(Parsed::expr("within 2s { shield { catch { x } } }"),
            "(Within 2000000000ns (Block (Value (Shield (Block (Value (Catch (Block (Value "
            "x)))))))))");
  EXPECT_EQ(Parsed::expr("lock (a, m[0] as mut x) { }"),
            "(Lock (As a a) (As mut x (Index m 0)) (Block))");
  EXPECT_EQ(Parsed::expr("with R = 7 { }"), "(With R = 7 (Block))");
}

TEST(ParseExpr, SelectHasAllItsArms) {
  EXPECT_EQ(Parsed::expr("select biased { v = <-a => f(v), w, ok = <-a => g()\n <-c when on => 1\n"
                         " b <- 42 => 2\n r = await t => r\n after 100ms => 3\n x in ch => x\n"
                         " closed => 4\n default => 5 }"),
            "(Select biased (Arm (Receive v a) => (Call f v)) (Arm (Receive w ok a) => (Call g)) "
            "(Arm (Receive c) (When on) => 1) "
            "(Arm (Send b 42) => 2) "
            "(Arm (Await r t) => r) "
            "(Arm (After 100000000ns) => 3) "
            "(Arm (Each x ch) => x) "
            "(Arm (Closed) => 4) "
            "(Arm (Default) => 5))");
}

TEST(ParseExpr, YieldGivesWayOrAValue) {
  EXPECT_EQ(Parsed::expr("{ yield }"), "(Block (Value (Yield)))");
  EXPECT_EQ(Parsed::expr("{ yield\n x }"), "(Block (Yield) (Value x))");
  EXPECT_EQ(Parsed::expr("yield v + 1"), "(Yield (Binary + v 1))");
}

TEST(ParseExpr, IdsAreDenseOverAllModules) {
  SourceMap sources;
  Interner names;
  DiagnosticSink sink;
  Arena arena;
  ast::Counters counters;
  parse::Shared shared{arena, names, counters, sink};
  FileId first = sources.add("a.sk", "fn f() { 1 + 2 }");
  FileId second = sources.add("b.sk", "fn g() { 3 }");
  parse_module(lex::tokenize(first, sources, names, sink), shared);
  EXPECT_EQ(counters.exprs, 3u);
  ast::Module* module = parse_module(lex::tokenize(second, sources, names, sink), shared);
  EXPECT_EQ(counters.exprs, 4u);
  EXPECT_EQ(counters.items, 2u);
  EXPECT_EQ(counters.blocks, 2u);
  EXPECT_EQ(module->items[0]->as<ast::FnItem>()->body->value->id.index, 3u);
}

}  // namespace
}  // namespace skein
