#!/usr/bin/env python3
"""Runs libFuzzer's targets, the compiler's lexer, parser and checker, on the programs of the tests and what it
makes of them.

usage: fuzz.py --skein PATH --keep FOLDER [--seconds N] [--every N] [--root FOLDER] [STEP...]

The targets, skein_fuzz_STEP, lie beside the tool in a build that has them: build/asan/bin/skein. What was
found to reach new code stays in KEEP/STEP, where the next run begins with it; an input that crashes the
compiler, takes longer than 60 s (the steps that a constant may take are slow when instrumented) or more than
2 GB is written to KEEP and named.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

STEPS = ["lexer", "parser", "checker"]
# Large programs are slow, and say little that small ones do not.
MOST_BYTES = 4096


def write_words(root, path):
    """A dictionary of all words and marks of the language."""
    table = (root / "compiler/syntax/tokens.def").read_text(encoding="utf-8")
    words = re.findall(r"^SKEIN_(?:PUNCT|KEYWORD)\(\w+, \"(.+?)\"\)", table, re.M)
    words += ["int", "u8", "i64", "float", "str", "bool", "char", "none", "ok", "err", "println", "main", "Self", "Map", "Set",
              "Task", "Chan", "Mutex", "derive", "par", "gen", "when", "default", "after", "closed", "\\\"", "${", "\\\"\\\"\\\""]
    path.write_text("".join(f'"{word}"\n' for word in words), encoding="utf-8")


def gather(root, folder, every):
    """The programs of tests and examples, one of so many: all are run before the first is changed."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = sorted([*root.glob("test/*/**/*.sk"), *root.glob("examples/*.sk")])
    for path in paths[::every]:
        # What is made to take all the steps that a constant may take is the slowest there is.
        is_slow = "constant-too-long" in path.read_text(encoding="utf-8", errors="replace")
        if path.stat().st_size <= MOST_BYTES and not is_slow:
            shutil.copyfile(path, folder / "-".join(path.relative_to(root).parts))


def run(options, step):
    """What went wrong, or None."""
    corpus = options.keep / step
    corpus.mkdir(parents=True, exist_ok=True)
    command = [options.skein.parent / f"skein_fuzz_{step}", f"-max_total_time={options.seconds}", f"-max_len={MOST_BYTES}", "-timeout=60",
               "-rss_limit_mb=2048", f"-artifact_prefix={options.keep}/{step}-", f"-dict={options.keep}/words", "-print_final_stats=1",
               "-detect_leaks=1", corpus, options.keep / "programs"]
    env = dict(os.environ, ASAN_OPTIONS="detect_container_overflow=0:detect_leaks=1")
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=env)
    counts = re.findall(r"stat::(number_of_executed_units|peak_rss_mb):\s+(\d+)", done.stderr)
    print(f"{step}: {', '.join(f'{name} {value}' for name, value in counts)}, status {done.returncode}", flush=True)
    return done.stderr[-6000:] if done.returncode != 0 else None


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--skein", type=pathlib.Path, required=True)
    parser.add_argument("--keep", type=pathlib.Path, required=True)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("steps", nargs="*", default=STEPS)
    options = parser.parse_args()
    gather(options.root, options.keep / "programs", options.every)
    write_words(options.root, options.keep / "words")
    failed = 0
    for step in options.steps or STEPS:
        wrong = run(options, step)
        if wrong:
            failed += 1
            print(f"{step}: {wrong}", file=sys.stderr)
    sys.exit(failed != 0)


main()
