#!/usr/bin/env python3
"""Runs the code blocks of Markdown pages.

usage: run_docs.py --skein PATH PAGE.md...

A block that begins with ```skein is a whole program. It is built and run; its first comment lines
say what it does, as those of a test do (run_program.py). A block that begins with
```skein error=CODE must be rejected with just that error. Other blocks are left alone.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BLOCK = re.compile(r"^```skein(?: error=([\w-]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def rejected(skein, program, code):
    """What is wrong with a program that should be rejected with `code`; None if nothing is."""
    check = subprocess.run([skein, "check", "--json", str(program)], capture_output=True, text=True)
    if check.returncode != 1:
        return f"exit status {check.returncode}, expected 1\n{check.stderr}"
    lines = (check.stdout + check.stderr).splitlines()
    reports = [json.loads(line) for line in lines if line.startswith("{")]
    errors = sorted({r["code"] for r in reports if r.get("severity") == "error"})
    return None if errors == [code] else f"errors {errors}, expected {[code]}"


def accepted(skein, program):
    run = subprocess.run([sys.executable, str(HERE / "run_program.py"), "--skein", skein,
                          "--modes=-O0", "--workers", "2", str(program)],
                         capture_output=True, text=True)
    return run.stderr if run.returncode != 0 else None


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--skein", required=True)
    parser.add_argument("pages", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    count = failed = 0
    with tempfile.TemporaryDirectory(prefix="skein-docs-") as folder:
        for page in options.pages:
            text = page.read_text(encoding="utf-8")
            for block in BLOCK.finditer(text):
                line = text.count("\n", 0, block.start()) + 1
                program = pathlib.Path(folder) / "example.sk"
                program.write_text(block.group(2), encoding="utf-8")
                code = block.group(1)
                wrong = (rejected(options.skein, program, code) if code
                         else accepted(options.skein, program))
                count += 1
                if wrong:
                    failed += 1
                    print(f"{page}:{line}: {wrong}", file=sys.stderr)
    if count == 0:
        print("no code blocks found", file=sys.stderr)
        failed = 1
    print(f"{count} blocks, {failed} wrong")
    sys.exit(failed != 0)


main()
