// Programs with random mistakes: whatever is done to a right program, lexer and parser end, do not
// crash, and report something unless the mutant happens to be right.
//
// The tree is walked by printing it, so a node with a missing part is found too. Every run does
// the same mutations; the nightly run does more.
#include <cstdlib>
#include <random>
#include <vector>

#include "test/unit/parse/source.h"

namespace skein {
namespace {

const char* const kPrograms[] = {
    R"(use std.time
use std.{rand, io as inout}

/// A tree of tasks.
@derive(Eq, Show)
pub struct Circle<T> where T: Ord { pub r: float, name: str = "c", next: Circle<T>? }
enum Expr { Num(int), Add(Expr, Expr)
    Rect { w: int, h: int } }
unique trait Area: Show + Eq {
    type Item: Ord
    fn area(self) -> float
    fn describe(self) -> str { "${self.area():.2} of $self" }
}
impl<T> Area for Circle<T> { fn area(self) -> float { 3.14159265 * self.r * self.r } }
impl<T> [T] { @builtin("array_push") fn push(mut self, own value: T) }
const N: int = 1_000
static M: Mutex<int> = Mutex(0)
task_local R: int? = none
type F = once fn(mut int, own [u8; 4]) -> mut T
extern "C" { @blocking fn read(fd: i32) -> i64 }
test "adds" { assert(1 + 1 == 2, "why") }
)",
    R"(fn fib(n: int) -> int {
    if n < 2 { return n }
    let a = spawn fib(n - 1)          // runs in parallel
    let b = fib(n - 2)
    (await a) + b
}

gen fn upto(mut self, n: int = 5, using s: Scope) -> int { for i in 0..n { yield i } }

fn main() -> Result<()> {
    var (x, y) = (1, 0xffu8)
    let v, ok = <-ch
    let w: Map<str, [int]> = [:]
    let z = f(x)? else { return err("no ${x:*>8.2}") }
    defer { g() }
    outer: loop {
        while let p = q.next() && p.1 > 3 { break outer }
        x +%= m["k", default: 0] ?? xs[1..x]!
        if a == B { } else if !c || d & 1 << 3 != 0 { x = -x } else { _ = y }
    }
    match e {
        Num(n) when n > 0 => println("n $n")
        Add(Num(_), b) | Mul(b, none) => { b }
        Expr.Rect { w, h: 1..=9, .. } => 'a', -1 | 'x'..'z' => "\u{1F600}\n"
    }
    xs.map(|mut v, (a, b): (int, int)| v += a).collect<Set<int>>()
}
)",
    R"(fn tasks(jobs: Chan<int>, d: Duration) {
    async(race, max: 8) |s| {
        s.spawn { jobs <- 5 }
        spawn "w $i" work(mut xs, port: 80)
    }
    match within 1.5ms { shield { catch { f() } } } { ok(v) => v, err(_) => 0 }
    lock (a[0] as mut p, b) { p -= b }
    with R = 7 { par for mut x in xs reduce(+) sum reduce(max) top { sum += x } }
    let r = select biased {
        v = <-a => use_it(v)
        w, ok = <-b when on => w
        b <- 42 => sent()
        r = await t.next => { r }
        after 100ms => late()
        x in ch => x
        closed => none
        default => P { x: 1, ..p }
    }
    let text = """
        one ${"two ${three}"}
          four \$
        """
    let raw = r"\d+" + b"\xff" + [0; 4] + t.await().0.1?.f!
}
)",
};

// Splits into words, marks and blanks, so that a mutation hits a token more often than its middle.
std::vector<std::string> pieces_of(const std::string& text) {
  std::vector<std::string> pieces;
  auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  for (char c : text) {
    bool joins = !pieces.empty() && is_word(c) && is_word(pieces.back().back());
    if (joins) {
      pieces.back() += c;
    } else {
      pieces.push_back(std::string(1, c));
    }
  }
  return pieces;
}

class Mutator {
 public:
  explicit Mutator(uint32_t seed) : random_(seed) {}

  std::string mutate(const std::string& text) {
    std::vector<std::string> pieces = pieces_of(text);
    for (size_t i = 0, n = 1 + pick(4); i < n; ++i) mutate_pieces(pieces);
    std::string out;
    for (const std::string& piece : pieces) out += piece;
    if (pick(3) == 0) mutate_byte(out);
    return out;
  }

 private:
  size_t pick(size_t count) { return random_() % count; }

  void mutate_pieces(std::vector<std::string>& pieces) {
    static const char* const kInserted[] = {"(", ")", "[", "]", "{", "}", "\"", "'", "${", "\n",
                                            "<", ">", ",", ";", ".", "..", "|", "=", "=>", "<-",
                                            "?", "!", "let ", "fn ", "if ", "match ", "spawn ",
                                            "\"\"\"", "/*", "*/", "@", ":", "else ", "mut ", "-"};
    if (pieces.empty()) return;
    size_t at = pick(pieces.size());
    switch (pick(5)) {
      case 0: pieces.erase(pieces.begin() + static_cast<ptrdiff_t>(at)); break;
      case 1: pieces.insert(pieces.begin() + static_cast<ptrdiff_t>(at), pieces[at]); break;
      case 2: std::swap(pieces[at], pieces[pick(pieces.size())]); break;
      case 3: pieces[at] = kInserted[pick(std::size(kInserted))]; break;
      case 4: {
        size_t end = std::min(pieces.size(), at + 1 + pick(12));
        pieces.erase(pieces.begin() + static_cast<ptrdiff_t>(at),
                     pieces.begin() + static_cast<ptrdiff_t>(end));
        break;
      }
    }
  }

  void mutate_byte(std::string& text) {
    if (text.empty()) return;
    size_t at = pick(text.size());
    switch (pick(3)) {
      case 0: text.erase(at, 1); break;
      case 1: text[at] = static_cast<char>(pick(256)); break;
      case 2: text.resize(at); break;
    }
  }

  std::mt19937 random_;
};

size_t mutation_count() { return std::getenv("SKEIN_TEST_NIGHTLY") ? 200'000 : 3'000; }

TEST(ParseMutation, TheProgramsAreRight) {
  for (const char* program : kPrograms) {
    Parsed parsed(program);
    EXPECT_EQ(parsed.reports(), "") << parsed.message();
  }
}

TEST(ParseMutation, NoMutantCrashes) {
  size_t wrong = 0;
  for (size_t i = 0; i < mutation_count(); ++i) {
    Mutator mutator(static_cast<uint32_t>(i));
    Parsed parsed(mutator.mutate(kPrograms[i % std::size(kPrograms)]));
    EXPECT_FALSE(parsed.tree().empty());
    wrong += parsed.sink().has_errors();
    EXPECT_LT(parsed.sink().error_count(), 60u) << "seed " << i << ": echoes of one mistake";
  }
  EXPECT_GT(wrong, mutation_count() / 2);
}

// An editor asks after every key.
TEST(ParseMutation, NoBeginningOfAProgramCrashes) {
  for (const std::string program : kPrograms) {
    for (size_t size = 0; size < program.size(); ++size) {
      EXPECT_FALSE(Parsed(program.substr(0, size)).tree().empty());
    }
  }
}

}  // namespace
}  // namespace skein
