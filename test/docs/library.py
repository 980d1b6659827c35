#!/usr/bin/env python3
"""Checks that everything on the pages of the library is explained, and runs the examples.

usage: library.py --skein PATH PAGES

The pages are made of doc comments by `skein doc --pages`. An example is statements of a function, which `assert` what
they show; those of a page become one program. Each public name has to have a doc comment, and a function outside of
WITHOUT_EXAMPLES an example.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

# Pointers of C's need a module of their own, and locals of threads a declaration outside of functions: docs/language shows them.
WITHOUT_EXAMPLES = {"core/ffi", "core/local"}
# A heading, the declaration below it, and what follows up to the next.
ITEM = re.compile(r"^##+ ([^\n]+)\n\n```\n(.*?)\n```\n(.*?)(?=^##|\Z)", re.M | re.S)
EXAMPLE = re.compile(r"^```skein\n(.*?)\n```$", re.M | re.S)
FUNCTION = re.compile(r"pub (?:\w+ )*(?:fn|const) ")
USE = re.compile(r"^    (use std\.\S+)$", re.M)


def program_of(use, examples):
    lines = [line for example in examples for line in example.splitlines()]
    uses = sorted({line for line in [use, *lines] if line.startswith("use ")})
    functions, calls = [], []
    for number, example in enumerate(examples):
        body = "\n".join(f"    {line}" for line in example.splitlines() if not line.startswith("use "))
        functions.append(f"fn example_{number}() -> Result<()> {{\n{body}\n    ok(())\n}}\n")
        calls.append(f"    example_{number}()?\n")
    return "\n".join([*uses, "", *functions, f"fn main() -> Result<()> {{\n{''.join(calls)}    ok(())\n}}\n"])


def check_page(skein, module, text, folder):
    """How many examples there are, and what is wrong."""
    wrong, examples = [], []
    for name, head, words in ITEM.findall(text):
        example = EXAMPLE.search(words)
        if not EXAMPLE.sub("", words).strip():
            wrong.append(f"{module}: `{name}` has no doc comment")
        if FUNCTION.match(head) and not example and module not in WITHOUT_EXAMPLES:
            wrong.append(f"{module}: `{name}` has no example")
        if example:
            examples.append(example[1])
    if examples:
        use = USE.search(text)
        program = folder / f"{module.replace('/', '_')}.sk"
        program.write_text(program_of(use[1] if use else "", examples), encoding="utf-8")
        run = subprocess.run([os.path.abspath(skein), "run", str(program)], capture_output=True, text=True, cwd=folder,
                             env=dict(os.environ, SKEIN_WORKERS="2", TZ="UTC"), stdin=subprocess.DEVNULL)
        if run.returncode:
            wrong.append(f"{module}: examples: status {run.returncode}\n{run.stdout}{run.stderr}")
    return len(examples), wrong


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--skein", required=True)
    parser.add_argument("--only", default=".", help="a regular expression on the names of modules")
    parser.add_argument("pages", type=pathlib.Path)
    options = parser.parse_args()
    pages = {str(path.relative_to(options.pages).with_suffix("")): path.read_text(encoding="utf-8")
             for path in sorted(options.pages.rglob("*.md")) if path.name != "README.md"}
    pages = {module: text for module, text in pages.items() if re.search(options.only, module)}
    with tempfile.TemporaryDirectory(prefix="skein-library-") as folder, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda m: check_page(options.skein, m, pages[m], pathlib.Path(folder)), pages))
    wrong = [line for result in results for line in result[1]]
    print("\n".join(wrong), file=sys.stderr)
    count = sum(result[0] for result in results)
    print(f"{count} examples, {len(wrong)} wrong")
    sys.exit(count == 0 or bool(wrong))


main()
