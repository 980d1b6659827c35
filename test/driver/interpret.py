#!/usr/bin/env python3
"""Runs the programs of test/run in the interpreter of SIR: those it takes have to do what their heads say.

usage: interpret.py --skein PATH --least N [--slack N] FILE...

It refuses programs that wait or need the world outside; at least N have to be left.
Each may take 60 s of processor time, however busy the machine is; --slack multiplies that, for an interpreter that
checks itself.
"""
import argparse
import concurrent.futures
import os
import pathlib
import resource
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from run_program import Expected  # noqa: E402


TIME_LIMIT = 60
# The interpreter waits for nothing: what takes so many times its processor time stands still.
MOST_WAIT = 30


def ask(skein, path, limit):
    """What is wrong; "" if nothing is, None if the program is not for the interpreter."""
    expected = Expected(path.read_text(encoding="utf-8"))
    if expected.args or expected.stdin:
        return None
    try:
        run = subprocess.run([skein, "interpret", str(path)], capture_output=True, timeout=limit * MOST_WAIT,
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1)))
    except subprocess.TimeoutExpired:
        return f"no end within {limit * MOST_WAIT} s"
    if run.returncode == -signal.SIGXCPU:
        return f"no end within {limit} s of processor time"
    out, err = (text.decode(errors="replace") for text in (run.stdout, run.stderr))
    if "error[not-interpreted]" in err:
        return None
    # The trace of a panic is that of the interpreter.
    expected.err = [text for text in expected.err if text.startswith("panic: ")]
    return "\n".join(expected.complaints(run.returncode, out, err))


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--skein", required=True)
    parser.add_argument("--least", type=int, required=True)
    parser.add_argument("--slack", type=int, default=1)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    files = [path for path in options.files if "RUN: %run_all" in path.read_text(encoding="utf-8")]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = list(pool.map(lambda path: ask(options.skein, path, TIME_LIMIT * options.slack), files))
    taken = [(path, answer) for path, answer in zip(files, answers) if answer is not None]
    wrong = [f"{path}: {answer}" for path, answer in taken if answer]
    if len(taken) < options.least:
        wrong.append(f"only {len(taken)} of {len(files)} programs were interpreted")
    print("\n".join(wrong), f"{len(taken)} of {len(files)} programs, {len(wrong)} wrong")
    sys.exit(bool(wrong))


main()
