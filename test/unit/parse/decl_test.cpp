// Declarations, statements, types and patterns: what each form becomes.
#include "test/unit/parse/source.h"

namespace skein {
namespace {

std::string tree(const std::string& text) {
  Parsed parsed(text);
  EXPECT_EQ(parsed.reports(), "") << text;
  return parsed.tree();
}

TEST(ParseDecl, Functions) {
  EXPECT_EQ(tree("pub fn f<T: Ord + Show, E = dyn Error>(self, mut a: [T], own b: T?, c: int = 1) "
                 "-> Result<T, E> where T.Item: Eq { }"),
            "(Module (FnItem f pub (Generic T Ord Show) (Generic E = (DynType Error)) "
            "(Where T.Item Eq) (Param self) (Param mut a (ArrayType T)) "
            "(Param own b (OptionType T)) (Param c int = 1) (Ret Result<T, E>) (Block)))");
  EXPECT_EQ(tree("gen fn g(mut self, using s: Scope) -> mut int { }"),
            "(Module (FnItem g gen (Param mut self) (Param using s Scope) (Ret mut int) (Block)))");
}

TEST(ParseDecl, BuiltinsAreDeclaredWithoutABody) {
  EXPECT_EQ(tree("impl<T> [T] {\n    /// Adds one.\n    @builtin(\"array_push\") fn push(mut self, "
                 "own value: T)\n    @builtin(\"array_len\")\n    fn len(self) -> int\n}"),
            "(Module (ImplItem (ArrayType T) (Generic T) (FnItem push (Doc \"Adds one.\") "
            "(@builtin \"array_push\") (Param mut self) (Param own value T)) "
            "(FnItem len (@builtin \"array_len\") (Param self) (Ret int))))");
  EXPECT_EQ(Parsed("fn f() -> int").reports(), "body-missing");
}

TEST(ParseDecl, MethodsMayHaveReservedNames) {
  EXPECT_EQ(tree("impl Task { fn await(own self) { } fn lock(self) { } }"),
            "(Module (ImplItem Task (FnItem await (Param own self) (Block)) "
            "(FnItem lock (Param self) (Block))))");
  EXPECT_EQ(Parsed("fn await() { }").reports(), "reserved-word");
}

TEST(ParseDecl, StructsAndEnums) {
  EXPECT_EQ(tree("@derive(Eq, Show)\nstruct P<T> { pub x: T, y: int = 0\n z: bool }\nstruct U"),
            "(Module (StructItem P (@derive Eq Show) (Generic T) (FieldDecl x pub T) "
            "(FieldDecl y int = 0) (FieldDecl z bool)) (StructItem U))");
  EXPECT_EQ(tree("enum E { A, B(int, str)\n C { w: int } }"),
            "(Module (EnumItem E (Variant A) (Variant B int str) "
            "(Variant C (FieldDecl w int))))");
}

TEST(ParseDecl, TraitsAndImpls) {
  EXPECT_EQ(tree("unique trait R: A + B { type Item: Ord; fn f(self) -> Self.Item\n fn g() { } }"),
            "(Module (TraitItem R unique (Supertraits A B) (TypeAliasItem Item (Bounds Ord)) "
            "(FnItem f (Param self) (Ret Self.Item)) (FnItem g (Block))))");
  EXPECT_EQ(tree("impl<T> Iter<Item = T> for [T] where T: Eq { type Item = T }"),
            "(Module (ImplItem Iter<Item = T> for (ArrayType T) (Generic T) (Where T Eq) "
            "(TypeAliasItem Item = T)))");
}

TEST(ParseDecl, TheRest) {
  EXPECT_EQ(tree("use std.time\nuse a.{b, c as d}\nuse a.b as e"),
            "(Module (UseItem std.time) (UseItem a (UseName b) (UseName c as d)) "
            "(UseItem a.b as e))");
  EXPECT_EQ(tree("const N: int = 5\nstatic M: Mutex<int> = Mutex(0)\ntask_local R: int? = none\n"
                 "thread_local C: int = 0\ntype F = fn(mut int, own str) -> bool"),
            "(Module (ConstItem N int = 5) (StaticItem M Mutex<int> = (Call Mutex 0)) "
            "(TaskLocalItem R (OptionType int) = none) (ThreadLocalItem C int = 0) "
            "(TypeAliasItem F = (FnType (Param mut int) (Param own str) (Ret bool))))");
  EXPECT_EQ(tree("@ffi\nextern \"C\" { @blocking fn read(fd: i32) -> i64 }\ntest \"adds\" { }"),
            "(Module (@ffi) (ExternItem \"C\" (FnItem read (@blocking) (Param fd i32) (Ret i64))) "
            "(TestItem \"adds\" (Block)))");
}

TEST(ParseDecl, ContextualWordsAreOrdinaryNames) {
  EXPECT_EQ(tree("fn f() { let type = test\n par = gen + with\n extern(closed, default) }"),
            "(Module (FnItem f (Block (LetStmt type = test) (Assign = par (Binary + gen with)) "
            "(Value (Call extern closed default)))))");
}

TEST(ParseDecl, DeclarationsNeedNoLineOfTheirOwn) {
  EXPECT_EQ(tree("enum E { A } static C: int = 0 fn f() { }"),
            "(Module (EnumItem E (Variant A)) (StaticItem C int = 0) (FnItem f (Block)))");
}

TEST(ParseType, AllForms) {
  EXPECT_EQ(tree("type A = (int, [str], [u8; 4], T??, once fn() -> mut int, dyn A + B, (), never, "
                 "_, time.Instant, Map<K, Chan<Chan<V>>>)"),
            "(Module (TypeAliasItem A = (TupleType int (ArrayType str) (FixedArrayType u8 4) "
            "(OptionType (OptionType T)) (FnType once (Ret mut int)) (DynType A B) () never _ "
            "time.Instant Map<K, Chan<Chan<V>>>)))");
}

TEST(ParseType, AClosingAngleMayTouchTheEqualsSign) {
  EXPECT_EQ(tree("static A: Chan<int>= f()"), "(Module (StaticItem A Chan<int> = (Call f)))");
  EXPECT_EQ(tree("static A: Chan<Chan<int>>= f()"),
            "(Module (StaticItem A Chan<Chan<int>> = (Call f)))");
}

TEST(ParseStmt, LetsBindPatterns) {
  EXPECT_EQ(tree("fn f() { let x; var y: int; let (mut a, b) = p; let v, ok = <-c\n"
                 "let w = x else { return }\n defer { g() }\n defer h()\n _ = z }"),
            "(Module (FnItem f (Block (LetStmt x) (VarStmt y int) "
            "(LetStmt (TuplePattern mut a b) = p) (LetStmt v ok = (Receive c)) "
            "(LetStmt w = x (Else (Block (Value (Return))))) "
            "(DeferStmt (Block (Value (Call g)))) (DeferStmt (Call h)) "
            "(Value (Assign = _ z)))))");
}

TEST(ParseStmt, TheLastExpressionIsTheValueWithOrWithoutASemicolon) {
  EXPECT_EQ(tree("fn f() { a; b }"), "(Module (FnItem f (Block a (Value b))))");
  EXPECT_EQ(tree("fn f() { a; b; }"), "(Module (FnItem f (Block a (Value b))))");
  EXPECT_EQ(tree("fn f() { let a = 1 }"), "(Module (FnItem f (Block (LetStmt a = 1))))");
}

TEST(ParseStmt, ABlockEndsItsStatement) {
  EXPECT_EQ(tree("fn f() { if a { } for x in xs { } b }"),
            "(Module (FnItem f (Block (If a (Block)) (For x in xs (Block)) (Value b))))");
}

TEST(ParsePattern, NamesWithACapitalNeverBind) {
  EXPECT_EQ(tree("fn f() { match x { a => 1, A => 2, m.A => 3, A(b, _) => 4, ok(none) => 5, "
                 "P { x, y: 0, .. } => 6, -1 => 7, 1..N => 8, .. 5 => 9, () => 10 } }"),
            "(Module (FnItem f (Block (Value (Match x (Arm a => 1) (Arm (VariantPattern A) => 2) "
            "(Arm (VariantPattern m.A) => 3) (Arm (VariantPattern A b _) => 4) "
            "(Arm (VariantPattern ok none) => 5) (Arm (StructPattern P x: x y: 0 ..) => 6) "
            "(Arm (Unary - 1) => 7) (Arm (RangePattern 1 .. N) => 8) "
            "(Arm (RangePattern .. 5) => 9) (Arm (TuplePattern) => 10))))))");
}

}  // namespace
}  // namespace skein
