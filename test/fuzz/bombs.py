#!/usr/bin/env python3
"""Programs of extreme shape: each must be accepted or rejected within bounds, never crash the compiler.

usage: bombs.py --skein PATH [--seconds S] [--mib M] [NAME...]
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time

N = 100_000


def in_main(body):
    return "fn main() {\n" + body + "\n}\n"


# Name and text; those with True must be accepted.
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


def limit_memory(mib):
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (mib << 20, mib << 20))


def judge(options, name, text, good, folder):
    path = os.path.join(folder, f"{name}.sk")
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    # Address space holds the reserved stack too; what counts is what is left for the rest.
    limit = (lambda: limit_memory(options.mib + 600)) if options.mib else None
    begin = time.monotonic()
    try:
        done = subprocess.run([options.skein, "check", path], capture_output=True, timeout=options.seconds,
                              preexec_fn=limit)
    except subprocess.TimeoutExpired:
        return f"no end within {options.seconds} s"
    took = time.monotonic() - begin
    err = done.stderr.decode(errors="replace")
    if options.verbose:
        print(f"{took:6.2f} s  status {done.returncode}  {name}: {(err.splitlines() or [''])[0][:100]}")
    if done.returncode not in (0, 1):
        return f"status {done.returncode}: {err[-800:]}"
    if good is not None and (done.returncode == 0) != good:
        return f"status {done.returncode}: {err[:800]}"
    if len(err) > 2 << 20:
        return f"{len(err)} bytes of reports"
    return None


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--skein", required=True)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--mib", type=int, default=0, help="limit of memory; 0: none")
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
