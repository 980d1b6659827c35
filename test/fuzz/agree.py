#!/usr/bin/env python3
"""Random programs do the same at -O0, with --release and interpreted: what they print, their status, and
the panic that ended them. On one worker a task that is started runs first, as in the interpreter, so that
also the order of what tasks print is the same.

usage: agree.py --skein PATH --keep FOLDER [--count N] [--seed N] [--each N]

Some programs are put in one file (--each), each called by itself within a `catch`, but for the last, whose
panic is nobody's. The same seed always makes the same programs. A program that differs is kept in FOLDER,
alone in its file.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

import generate

TIME_LIMIT = 120


def prefix_of(seed):
    return f"p{seed}_"


def file_text(seeds):
    """All programs, and a main that says which one runs."""
    calls = []
    for seed in seeds:
        call = f"{prefix_of(seed)}main()"
        if seed != seeds[-1]:
            call = (f"match catch {{ {call} }} {{ ok(_) => println(\"ended\"), "
                    'err(p) => println("panic: ${p.message} at ${p.place}") }')
        calls.append(f'    println("== {seed}")\n    {call}\n')
    texts = [generate.program(seed, prefix_of(seed)) for seed in seeds]
    return "\n".join(texts) + "\nfn main() {\n" + "".join(calls) + "}\n"


class Answer:
    """What one way of running a file gave."""

    def __init__(self, way, done):
        self.way, self.status = way, done.returncode
        self.out = done.stdout.decode(errors="replace")
        self.err = done.stderr.decode(errors="replace")
        lines = self.err.splitlines()
        starts = [i for i, line in enumerate(lines) if line.startswith("panic: ")]
        self.panic = lines[starts[0]:starts[0] + 2] if starts else []

    def facts(self):
        return (self.status, self.out, self.panic)


def compiled(skein, path, mode):
    """The answer of the executable, or of the compiler if it made none."""
    exe = path.with_name(path.stem + mode)
    build = subprocess.run([skein, "build", mode, path.name, "-o", exe.name], cwd=path.parent, capture_output=True,
                           timeout=TIME_LIMIT)
    if build.returncode != 0:
        return Answer(f"skein build {mode}", build)
    run = subprocess.run([f"./{exe.name}"], cwd=path.parent, capture_output=True, timeout=TIME_LIMIT,
                         env=dict(os.environ, SKEIN_WORKERS="1"))
    exe.unlink()
    return Answer(mode, run)


def interpreted(skein, path):
    run = subprocess.run([skein, "interpret", path.name], cwd=path.parent, capture_output=True, timeout=TIME_LIMIT)
    return Answer("skein interpret", run)


def ask(skein, path):
    """What is wrong with a file; None if all ways agree."""
    try:
        answers = [interpreted(skein, path), compiled(skein, path, "-O0"), compiled(skein, path, "--release")]
    except subprocess.TimeoutExpired as expired:
        return f"no end within {TIME_LIMIT} s: {expired.cmd}"
    for answer in answers:
        if answer.status not in (0, 101):
            errors = re.findall(r"^(?:error|skein:).*(?:\n.*){0,3}", answer.err, re.M)
            return f"{answer.way}: status {answer.status}\n" + "\n".join(errors or [answer.err[-1500:]])
    first = answers[0]
    for other in answers[1:]:
        if other.facts() != first.facts():
            return f"{other.way} differs from {first.way}\n" + difference(first, other)
    return None


def difference(a, b):
    if a.out == b.out:
        return f"  {a.status} {a.panic}\n  {b.status} {b.panic}"
    pairs = zip(a.out.splitlines() + ["(end)"], b.out.splitlines() + ["(end)"])
    return next((f"  {x[:300]}\n  {y[:300]}" for x, y in pairs if x != y), "  one is longer")


def ask_batch(skein, folder, seeds):
    """Wrong programs of a file, by name, with what is wrong."""
    path = folder / f"{seeds[0]}-{seeds[-1]}.sk"
    path.write_text(file_text(seeds), encoding="utf-8")
    wrong = ask(skein, path)
    if wrong is None:
        path.unlink()
        return {}
    alone = {}
    for seed in seeds:
        one = folder / f"{seed}.sk"
        one.write_text(file_text([seed]), encoding="utf-8")
        complaint = ask(skein, one)
        if complaint is None:
            one.unlink()
        else:
            alone[one] = complaint
    if alone:
        path.unlink()
    return alone or {path: f"only together: {wrong}"}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--skein", required=True)
    parser.add_argument("--keep", type=pathlib.Path, required=True)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    if os.environ.get("SKEIN_TEST_NIGHTLY"):
        options.count *= 10
    options.keep.mkdir(parents=True, exist_ok=True)
    seeds = list(range(options.seed, options.seed + options.count))
    batches = [seeds[i:i + options.each] for i in range(0, len(seeds), options.each)]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for wrong in pool.map(lambda batch: ask_batch(options.skein, options.keep, batch), batches):
            for path, complaint in wrong.items():
                failed += 1
                print(f"{path}: {complaint}", file=sys.stderr, flush=True)
    print(f"{len(seeds)} programs, {failed} went wrong")
    sys.exit(failed != 0)


main()
