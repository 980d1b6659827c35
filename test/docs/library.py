#!/usr/bin/env python3
"""Checks the doc comments of the library, and runs their examples.

usage: library.py --skein PATH STDLIB

Lines of a doc comment that are indented by four spaces more are an example: statements of a function, which
`assert` what they show. The examples of a module become one program. Each public name of the library has to
have a doc comment, and a function outside of WITHOUT_EXAMPLES an example.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"))
import library_items  # noqa: E402

# What is between tasks, or ends the program, is shown by the programs in docs/language and test/run.
WITHOUT_EXAMPLES = {"core/atomic", "core/chan", "core/lock", "core/guard", "core/once", "core/task", "core/panic", "core/output",
                    "core/local", "core/thread", "core/ffi", "core/error", "core/operators", "core/traits",
                    "core/test",
                    "sync", "task", "time"}


def program_of(module, items):
    uses = "" if module.startswith("core/") else f"use std.{library_items.used_as(module)}\n"
    extra = sorted({line for item in items for line in item.example if line.startswith("use ")})
    functions, calls = [], []
    for item in items:
        if item.example:
            name = f"example_{item.line}"
            body = "\n".join(f"    {line}" for line in item.example if not line.startswith("use "))
            functions.append(f"fn {name}() -> Result<()> {{\n{body}\n    ok(())\n}}\n")
            calls.append(f"    {name}()?\n")
    return f"{uses}{''.join(line + chr(10) for line in extra)}\n{chr(10).join(functions)}\n" \
           f"fn main() -> Result<()> {{\n{''.join(calls)}    ok(())\n}}\n"


def check_module(skein, path, module, folder):
    """How many examples there are, and what is wrong."""
    items = list(library_items.items_of(path))
    wrong = []
    for item in items:
        if not item.prose:
            wrong.append(f"{path}:{item.line}: `{item.name}` has no doc comment")
        if item.kind in ("fn", "const") and not item.example and module not in WITHOUT_EXAMPLES:
            wrong.append(f"{path}:{item.line}: `{item.name}` has no example")
    count = sum(bool(item.example) for item in items)
    if count:
        program = folder / f"{module.replace('/', '_')}.sk"
        program.write_text(program_of(module, items), encoding="utf-8")
        run = subprocess.run([os.path.abspath(skein), "run", str(program)], capture_output=True, text=True, cwd=folder,
                             env=dict(os.environ, SKEIN_WORKERS="2", TZ="UTC"), stdin=subprocess.DEVNULL)
        if run.returncode:
            wrong.append(f"{path}: examples: status {run.returncode}\n{run.stdout}{run.stderr}")
    return count, wrong


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--skein", required=True)
    parser.add_argument("--only", default=".", help="a regular expression on the names of modules")
    parser.add_argument("stdlib", type=pathlib.Path)
    options = parser.parse_args()
    modules = {name: path for name, path in library_items.modules_of(options.stdlib).items()
               if re.search(options.only, name)}
    with tempfile.TemporaryDirectory(prefix="skein-library-") as folder, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda m: check_module(options.skein, modules[m], m, pathlib.Path(folder)), modules))
    wrong = [line for result in results for line in result[1]]
    print("\n".join(wrong), file=sys.stderr)
    count = sum(result[0] for result in results)
    print(f"{count} examples, {len(wrong)} wrong")
    sys.exit(count == 0 or bool(wrong))


main()
