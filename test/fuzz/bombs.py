#!/usr/bin/env python3
"""Programs of extreme shape: each must be accepted or rejected within bounds, never crash the compiler.

usage: bombs.py --skein PATH [--seconds S] [--mib M] [--slack N] [NAME...]

Seconds are those of the processor, memory is what was really used, so that a busy machine changes
nothing; --slack multiplies both, for a compiler that checks itself.
"""
import argparse
import os
import resource
import subprocess
import sys
import tempfile

N = 100_000
M = 1_000_000


def in_main(body):
    return "fn main() {\n" + body + "\n}\n"


def lines(form, count):
    return "".join(form.format(i=i, next=i + 1) for i in range(count))


# Name and text, or texts by file; those with True must be accepted.
BOMBS = {
    "parentheses": (in_main("let x = " + "(" * N + "1" + ")" * N), False),
    "open_parentheses": (in_main("let x = " + "(" * N), False),
    "brackets": (in_main("let x = " + "[" * N + "]" * N), False),
    "braces": (in_main("{" * N + "}" * N), False),
    "blocks_of_if": (in_main("if true { " * N + "}" * N), False),
    "else_if_chain": (in_main("let x = 1\n" + "if x == 1 { } else " * N + "{ }"), False),
    "minuses": (in_main("let x = " + "- " * N + "1"), False),
    "nots": (in_main("let x = " + "!" * N + "true"), False),
    "awaits": (in_main("let x = " + "await " * N + "y"), False),
    "spawn_blocks": (in_main("spawn { " * N + "}" * N), False),
    "sum": (in_main("let x = 1" + " + 1" * N), False),
    "power_of_comparisons": (in_main("let x = 1" + " < 1" * N), False),
    "or_chain": (in_main("let x = true" + " || true" * N), False),
    "fields": (in_main("let x = 1" + ".a" * N), False),
    "calls": (in_main("let x = f" + "()" * N), False),
    "indices": (in_main("let x = xs" + "[0]" * N), False),
    "unwraps": (in_main("let x = y" + "!" * N), False),
    "closures": (in_main("let f = " + "|x| " * N + "x"), False),
    "type_of_arrays": (f"fn f(x: {'[' * N}int{']' * N}) {{ }}\n", False),
    "type_of_options": ("fn f(x: int" + "?" * N + ") { }\n", False),
    "type_of_tuples": (f"fn f(x: {'(' * N}int{',)' * N}) {{ }}\n", False),
    "patterns": (in_main("match 1 { " + "(" * N + "_" + ",)" * N + " => 1 }"), False),
    "comments": ("/*" * N + "*/" * N + "\nfn main() { }\n", None),
    "open_comments": ("/*" * N, False),
    "holes": (in_main('println("' + '${"' * N + '"}' * N + '")'), False),
    "open_string": (in_main('let x = "' + "a" * N), False),
    "long_line": (in_main("let x = [" + "1, " * (N * 10) + "1]"), None),
    "long_name": (in_main("let " + "x" * (N * 10) + " = 1"), True),
    "long_string": (in_main('println("' + "x" * (N * 50) + '")'), True),
    "long_number": (in_main("let x = " + "9" * N), False),
    "many_lines": (in_main("let _ = 1\n" * N), None),
    "many_functions": ("".join(f"fn f{i}() -> int {{ {i} }}\n" for i in range(N // 5)) + "fn main() { }\n", True),
    "many_errors": (in_main("".join(f"f{i}()\n" for i in range(N // 5))), False),
    "many_params": (f"fn f({', '.join(f'p{i}: int' for i in range(N // 10))}) {{ }}\nfn main() {{ }}\n", None),
    "struct_in_itself": ("struct A { b: B }\nstruct B { a: A }\nfn main() { }\n", None),
    "alias_of_itself": ("type A = B\ntype B = A\nfn f(x: A) { }\nfn main() { }\n", False),
    "doubling_type": ("struct P<T> { a: T, b: T }\nfn f<T: Show>(n: int, x: T) {\n if n > 0 { f(n - 1, P { a: x, b: x }) }\n}\n"
                      "fn main() { f(3, 1) }\n", None),
    "zero_bytes": ("\0" * N, False),
    "bad_utf8": (b"\xff" * N, False),
    "carriage_returns": (in_main("let x = 1\r\n\r\nprintln(x)\r\n"), True),
    "byte_order_mark": ("\ufefffn main() { }\n", None),
}


def match_of(subject, arms):
    return f"fn f(a: {subject}) -> int {{\n match a {{\n{arms}  _ => 7\n }}\n}}\nfn main() {{ }}\n"


# The eight that are named as the measure.
BOMBS.update({
    "nested_brackets_1m": (in_main("let x = " + "[" * M + "]" * M), False),
    "sum_of_1m_terms": (in_main("let a = 1\nlet x = a" + " + a" * M), False),
    "lines_100k": (in_main(lines("let x{i} = {i}\n", N)), True),
    "line_of_10_mb_of_elements": (in_main("let x = [" + "1, " * (10 * M // 3) + "1]"), False),
    "line_of_10_mb_of_statements": (in_main("let _ = 1; " * M), False),
    "line_of_10_mb_of_text": (in_main('println("' + "x" * (10 * M) + '")'), True),
    "copies_of_generic_functions": ("struct P<A, B> { a: A, b: B }\nfn f0<A>(a: A) -> int { 1 }\n" + lines(
        "fn f{next}<A>(a: A) -> int {{ f{i}(P {{ a: a, b: 1 }}) + f{i}(P {{ a: a, b: true }}) }}\n", 20) +
        "fn main() { println(f20(1)) }\n", False),
    "bad_utf8_of_10_mb": (b"\xff" * (10 * M), False),
    "import_cycle": ({"bomb.sk": "use other\n" + in_main("println(other.f(3))"),
                      "other.sk": "use bomb\npub fn f(n: int) -> int { if n == 0 { 0 } else { g(n) } }\nfn g(n: int) -> int { f(n - 1) }\n"},
                     None),
    "literal_of_1m_elements": (in_main("let x = [" + ", ".join(map(str, range(M))) + "]\nprintln(x.len())"), True),
    "literal_of_100k_pairs": (in_main("let x = [" + lines("({i}, {next}), ", N) + "]\nprintln(x.len())"), True),
    "literal_of_100k_texts": (in_main("let s = \"a\"\nlet x = [" + lines('"${{s}}{i}", ', N // 2) + "]\nprintln(x.len())"), True),
})
# Of the accepted ones, those that are compiled to the end.
COMPILED = ["literal_of_1m_elements", "line_of_10_mb_of_text", "long_string", "many_functions"]

# The shapes that made one step or another take the square of its input, or more.
BOMBS.update({
    "strings_in_a_scope": (in_main(lines('let s{i} = "a${{{i}}}"\n', N // 2)), True),
    "calls_in_a_row": ("fn f(x: int) -> int { x + 1 }\n" + in_main("var x = 0\n" + "x = f(x)\n" * (N // 2)), True),
    "loops_in_a_row": (in_main("var x = 0\n" + lines("for i in 0..3 {{ x += i }}\n", N // 10)), True),
    "matches_in_a_row": (in_main("var x = 0\n" + lines("x += match x {{ 1 => 2, 3 => {i}, _ => 1 }}\n", N // 10)), True),
    "long_map": (in_main("let m = [" + lines("{i}: {i}, ", N) + "0: 0]\nprintln(m.len())"), True),
    "fixed_array_of_all_memory": ("fn f(a: [[int; 4000000000]; 4000000000]) -> int { 1 }\nfn main() { }\n", False),
    "fixed_array_of_a_million": ("const A: [int; 1000000] = [7; 1000000]\nfn main() { println(A[5]) }\n", True),
    "constant_recursion": ("fn f(n: int) -> int { f(n + 1) }\nconst X: int = f(1)\nfn main() { }\n", False),
    "constant_loop": ("fn f() -> int {\n var i = 0\n loop { i = 1 - i }\n}\nconst X: int = f()\nfn main() { }\n", False),
    "constant_text": ('const X: str = "ab".repeat(1000000000)\nfn main() { }\n', False),
    "constants_in_a_chain": ("const C0: int = 1\n" + lines("const C{next}: int = C{i} + 1\n", 10_000) +
                             "fn main() { println(C10000) }\n", True),
    "growing_option": ("fn f<T>(n: int, x: T?) -> int {\n let y: T?? = x\n f(n - 1, y)\n}\nfn main() { println(f(3, 1)) }\n", False),
    "growing_closure": ("fn f(n: int, g: fn(int) -> int) -> int { f(n - 1, |x| g(x) + 1) }\nfn main() { println(f(3, |x| x)) }\n", False),
    "doubling_struct": ("struct S0 { a: int }\n" + lines("struct S{next} {{ a: S{i}, b: S{i} }}\n", 40) +
                        "fn f(own s: S40) -> S40 { s }\nfn main() { }\n", None),
    "doubling_enum": ("enum S0 { A(int), B }\n" + lines("enum S{next} {{ A(S{i}, S{i}), B(S{i}) }}\n", 40) +
                      "fn f(own s: S40) -> S40 { s }\nfn main() { }\n", None),
    "match_of_numbers": (match_of("int", lines("  {i} => 1\n", 20_000)), True),
    "match_of_ranges": (match_of("int", lines("  {i}0..={i}7 => 1\n", 5000)), True),
    "match_of_texts": (match_of("str", lines('  "s{i}" => 1\n', 5000)), True),
    "match_of_variants": ("enum E {\n" + lines("  V{i}(int)\n", 10_000) + "}\nfn f(e: E) -> int {\n match e {\n" +
                          lines("  V{i}(x) => x + {i}\n", 10_000) + " }\n}\nfn main() { }\n", True),
    "match_of_a_diagonal": (match_of("bool", "").replace("match a", "match (" + "a, " * 24 + "a)").replace("  _ => 7\n", lines(
        "", 0) + "".join("  (" + ", ".join("true" if j == i else "_" for j in range(25)) + ") => 1\n" for i in range(25))), False),
    "match_of_everything": ("fn f(a: int) -> int {\n match (" + "a, " * 29 + "a) {\n" + "".join(
        "  (" + ", ".join(str(j) if (i >> (j % 10)) & 1 else "_" for j in range(30)) + f") => {i}\n" for i in range(300)) +
        "  _ => 7\n }\n}\nfn main() { }\n", None),
    "closures_in_a_chain": (in_main("let f0 = |x: int| x\n" + lines("let f{next} = |x: int| f{i}(x) + 1\n", 2000) + "println(f2000(1))"), True),
    "adaptors_in_a_chain": (in_main("let y = [1, 2]" + ".map(|x| x + 1)" * 200 + ".collect()\nprintln(y.len())"), None),
    "holes_in_a_text": (in_main("let x = 1\nlet s = \"" + "${x}" * (N // 2) + "\"\nprintln(s.len())"), True),
    "tasks_in_a_scope": ("fn f(x: int) -> int { x }\n" + in_main(lines("let t{i} = spawn f({i})\n", 5000) + lines(
        "println(await t{i})\n", 5000)), True),
    "traits_in_a_chain": ("trait T0 { fn m0(self) -> int { 1 } }\n" + lines("trait T{next}: T{i} {{ fn m{next}(self) -> int {{ 1 }} }}\n", 1000) +
                          "struct A { x: int }\nimpl T0 for A { }\n" + lines("impl T{next} for A {{ }}\n", 1000) +
                          "fn f<X: T1000>(x: X) -> int { x.m0() }\nfn main() { println(f(A { x: 1 })) }\n", True),
    "functions_in_a_circle": (lines("fn f{i}(n: int) -> int {{ if n == 0 {{ 0 }} else {{ f{next}(n - 1) }} }}\n", 5000) +
                              "fn f5000(n: int) -> int { f0(n) }\nfn main() { println(f0(10)) }\n", True),
    "nested_loops": (in_main("var x = 0\n" + lines('for i{i} in ["a"] {{ let s{i} = i{i} + "c"\n', 150) + "x += s3.len()" + "}" * 150), True),
    "nested_catches": (in_main("_ = " + "catch { " * 100 + "1" + " }" * 100), True),
    "nested_scopes": (in_main("async { " * 100 + "println(1)" + " }" * 100), True),
})


def start(options, command):
    """Status, reports, seconds and MiB of one run of the compiler."""
    limit = 2 * options.seconds * options.slack
    err = tempfile.TemporaryFile()
    child = subprocess.Popen([options.skein, *command], stdout=subprocess.DEVNULL, stderr=err,
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit)))
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    err.seek(0)
    return (child.returncode, err.read().decode(errors="replace"), usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss / 1024)


def write(text, folder, name):
    """The program's files; the path of the one to compile."""
    files = text if isinstance(text, dict) else {f"{name}.sk": text}
    for file_name, part in files.items():
        with open(os.path.join(folder, file_name), "wb") as file:
            file.write(part if isinstance(part, bytes) else part.encode())
    return os.path.join(folder, next(iter(files)))


def judge(options, name, text, good, folder):
    path = write(text, folder, name)
    command = ["emit", "obj", path, "-o", os.devnull] if name in COMPILED else ["check", path]
    status, err, seconds, mib = start(options, command)
    if options.verbose:
        print(f"{seconds:6.2f} s {mib:6.0f} MiB  status {status}  {name}: {(err.splitlines() or [''])[0][:100]}")
    if status not in (0, 1):
        return f"status {status}: {err[-800:]}"
    if seconds > options.seconds * options.slack:
        return f"took {seconds:.1f} s"
    if mib > options.mib * options.slack:
        return f"took {mib:.0f} MiB"
    if good is not None and (status == 0) != good:
        return f"status {status}: {err[:800]}"
    if len(err) > 2 << 20:
        return f"{len(err)} bytes of reports"
    return None


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--skein", required=True)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--mib", type=int, default=500)
    parser.add_argument("--slack", type=int, default=1)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("names", nargs="*", default=list(BOMBS))
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="skein-bombs-") as folder:
        for name in options.names or BOMBS:
            wrong = judge(options, name, *BOMBS[name], folder)
            if wrong:
                failed += 1
                print(f"{name}: {wrong}", file=sys.stderr)
    print(f"{len(options.names or BOMBS)} bombs, {failed} went off")
    sys.exit(failed != 0)


main()
