#!/usr/bin/env python3
"""Breaks right programs in random ways and gives each to the whole compiler: it must end by itself, with
status 0 or 1, and with a report if it is 1.

usage: mutate.py --skein PATH [--count N] [--seed N] [--keep FOLDER] FILE...

The same seed always makes the same programs. What went wrong is kept in FOLDER and named.
"""
import argparse
import concurrent.futures
import os
import pathlib
import random
import re
import subprocess
import sys

TOKEN = re.compile(r"\s+|//[^\n]*|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|\d[\w.]*|\w+|<-|->|=>|\.\.=?|[^\w\s]")
# What people write in other languages, what opens and does not close, what is rarely read.
STRANGE = ["func", "go", "nil", "null", "val", "and", "x++", "&&", "||", "{", "}", "(", ")", "[", "]", "<", ">",
           "\"", "'", "$", "${", "\"\"\"", "/*", "*/", "\\", "@", "#", "?", "!", "await", "spawn", "async", "match",
           "if", "else", "for", "in", "fn", "struct", "enum", "impl", "let", "var", "mut", "own", "return", "defer",
           "=>", "->", "..", "..=", "::", ";", ",", ":", "=", "==", "0x", "1e", "99999999999999999999", "1u9", "\0",
           "\u202e", "é", "\ufeff", "none", "self", "Self", "_", "int", "[int]", "Task<int>", "-", "- -", "~"]
TIME_LIMIT = 60


def mutate(rng, tokens):
    """One small change of a list of tokens."""
    at = rng.randrange(len(tokens))
    kind = rng.randrange(9)
    if kind == 0:
        del tokens[at]
    elif kind == 1:
        tokens.insert(at, tokens[at])
    elif kind == 2:
        tokens.insert(at, rng.choice(STRANGE))
    elif kind == 3:
        tokens[at] = rng.choice(STRANGE)
    elif kind == 4:
        other = rng.randrange(len(tokens))
        tokens[at], tokens[other] = tokens[other], tokens[at]
    elif kind == 5:
        tokens[at] = rng.choice(tokens)
    elif kind == 6:
        end = min(len(tokens), at + rng.randrange(1, 12))
        del tokens[at:end]
    elif kind == 7:
        del tokens[at + 1:]
    else:
        word = tokens[at]
        cut = rng.randrange(len(word) + 1)
        tokens[at] = word[:cut] + rng.choice(["", "x", "9", "é", "\""]) + word[cut + 1:]


def program(rng, sources):
    tokens = TOKEN.findall(rng.choice(sources))
    for _ in range(rng.choice([1, 1, 1, 2, 3, 8])):
        if tokens:
            mutate(rng, tokens)
    return "".join(tokens)


def ask(skein, path):
    """What is wrong with the compiler's answer; None if nothing is."""
    try:
        done = subprocess.run([skein, "emit", "obj", str(path), "-o", "-"], capture_output=True, timeout=TIME_LIMIT)
    except subprocess.TimeoutExpired:
        return f"no end within {TIME_LIMIT} s"
    if done.returncode not in (0, 1):
        return f"status {done.returncode}: {done.stderr.decode(errors='replace')[-1500:]}"
    if done.returncode == 1 and not done.stderr.strip():
        return "status 1 without a report"
    return None


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--skein", required=True)
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, required=True)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    if os.environ.get("SKEIN_TEST_NIGHTLY"):
        options.count *= 20
    options.keep.mkdir(parents=True, exist_ok=True)
    rng = random.Random(options.seed)
    sources = [path.read_text(encoding="utf-8") for path in sorted(options.files)]
    paths = []
    for number in range(options.count):
        path = options.keep / f"{options.seed}-{number}.sk"
        path.write_bytes(program(rng, sources).encode("utf-8", errors="surrogatepass"))
        paths.append(path)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, wrong in zip(paths, pool.map(lambda path: ask(options.skein, path), paths)):
            if wrong:
                failed += 1
                print(f"{path}: {wrong}", file=sys.stderr)
            else:
                path.unlink()
    print(f"{len(paths)} programs, {failed} went wrong")
    sys.exit(failed != 0)


main()
