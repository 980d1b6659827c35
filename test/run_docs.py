#!/usr/bin/env python3
"""Runs the code blocks of Markdown pages.

usage: run_docs.py --skein PATH PAGE.md...

What a block must do stands on its first line:

  ```skein                 a whole program; it is built and run, and its first comment lines say what it
                           does, as those of a test do (run_program.py)
  ```skein check           is accepted without any report
  ```skein parse           is accepted as far as its grammar goes: what it says does not work yet
  ```skein error=CODE      is rejected, with reports of just this code
  ```skein warning=CODE    is accepted, with reports of just this code
  ```skein file=NAME       is no program, but lies beside those that follow on the page, as NAME
  ```sh error=CODE         commands, the last of which fails with this report; `skein` is the tool
  ```sh check              commands that succeed

Other blocks are left alone.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BLOCK = re.compile(r"^```(skein|sh)(?: (check|parse|error|warning|file)(?:=(\S+))?)?\n(.*?)^```$",
                   re.MULTILINE | re.DOTALL)


def reports(skein, program, severity, code):
    """What is wrong with a program that should have reports of `code` alone; None if nothing is."""
    until = ["--stop-after=parse"] if severity == "parse" else []
    check = subprocess.run([skein, "check", "--json", *until, str(program)],
                           capture_output=True, text=True)
    status = 1 if severity == "error" else 0
    if check.returncode != status:
        return f"exit status {check.returncode}, expected {status}\n{check.stderr}"
    lines = (check.stdout + check.stderr).splitlines()
    found = [json.loads(line) for line in lines if line.startswith("{")]
    names = sorted({f"{r['severity']} {r['code']}" for r in found})
    expected = [f"{severity} {code}"] if code else []
    return None if names == expected else f"reports {names}, expected {expected}"


def runs(skein, program):
    run = subprocess.run([sys.executable, str(HERE / "run_program.py"), "--skein", skein,
                          "--modes=-O0", "--workers", "2", str(program)],
                         capture_output=True, text=True)
    return run.stderr if run.returncode != 0 else None


def commands(skein, text, folder, code):
    env = dict(os.environ, PATH=f"{pathlib.Path(skein).parent}:{os.environ['PATH']}")
    run = subprocess.run(["bash", "-e", "-c", text], capture_output=True, text=True, errors="replace",
                         cwd=folder, env=env)
    if code is None:
        return f"exit status {run.returncode}\n{run.stderr}" if run.returncode else None
    named = re.findall(r"^(?:error|warning)\[([\w-]+)\]", run.stderr, re.M)
    return None if run.returncode and named == [code] else f"reports {named}, expected {[code]}"


def check_page(skein, page):
    """The number of blocks of a page, and what is wrong with them."""
    text = page.read_text(encoding="utf-8")
    count, wrong = 0, []
    with tempfile.TemporaryDirectory(prefix="skein-docs-") as folder:
        program = pathlib.Path(folder) / "example.sk"
        for language, kind, value, body in (m.groups() for m in BLOCK.finditer(text)):
            if kind == "file":
                (pathlib.Path(folder) / value).write_text(body, encoding="utf-8")
                continue
            count += 1
            if language == "sh":
                said = commands(skein, body, folder, value) if kind else None
            else:
                program.write_text(body, encoding="utf-8")
                said = reports(skein, program, kind, value) if kind else runs(skein, program)
            if said:
                line = text.count("\n", 0, text.index(body)) + 1
                wrong.append(f"{page}:{line}: {said}")
    return count, wrong


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--skein", required=True)
    parser.add_argument("pages", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda page: check_page(options.skein, page), options.pages))
    wrong = [line for result in results for line in result[1]]
    for line in wrong:
        print(line, file=sys.stderr)
    count = sum(result[0] for result in results)
    if count == 0:
        print("no code blocks found", file=sys.stderr)
    print(f"{count} blocks, {len(wrong)} wrong")
    sys.exit(count == 0 or bool(wrong))


main()
