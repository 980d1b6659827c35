#!/usr/bin/env python3
"""Counts the instructions that one operation costs, which no noise of the machine changes.

usage: instructions.py [--skein PATH] [--json FILE] [--baseline FILE] [NAME...]

Each program in instructions/ does an operation N times. It runs on one worker under valgrind's
callgrind with two sizes; what the second run takes more, divided by how often it does more, is the cost of
one operation, start and end of the program left out. With --baseline, an earlier --json, what costs
more than it did is named, and the status is 1.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
OUT = ROOT / "build" / "benchmarks"
COUNT = re.compile(r"I\s+refs:\s+([\d,]+)")
FEW, MANY = 10_000, 30_000
# Hash seeds and addresses move a count by less than that.
SLACK = 0.5


def count(exe, size):
    env = dict(os.environ, SKEIN_WORKERS="1", SKEIN_SEED="1")
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", str(exe), str(size)],
                          capture_output=True, text=True, env=env)
    found = COUNT.search(done.stderr)
    if done.returncode != 0 or not found:
        sys.exit(f"{exe.name} {size} failed under valgrind:\n{done.stderr}")
    return int(found.group(1).replace(",", ""))


def cost(source, skein):
    exe = OUT / f"instructions-{source.stem}"
    subprocess.run([skein, "build", "--release", str(source), "-o", str(exe)], check=True)
    return (count(exe, MANY) - count(exe, FEW)) / (MANY - FEW)


def claim(source):
    return source.read_text().splitlines()[0].removeprefix("// ").removesuffix(", N times.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--skein", default=str(ROOT / "scripts" / "skein"))
    parser.add_argument("--json")
    parser.add_argument("--baseline")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        sys.exit("valgrind is not installed: apt install valgrind")
    OUT.mkdir(parents=True, exist_ok=True)
    before = json.loads(pathlib.Path(options.baseline).read_text()) if options.baseline else {}
    found, worse = {}, []
    print("| operation | instructions |\n|---|---:|")
    for source in sorted((HERE / "instructions").glob("*.sk")):
        if options.names and source.stem not in options.names:
            continue
        found[source.stem] = cost(source, options.skein)
        print(f"| {claim(source)} | {found[source.stem]:.1f} |", flush=True)
        if found[source.stem] > before.get(source.stem, float("inf")) + SLACK:
            worse.append(source.stem)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(found, indent=1) + "\n")
    for name in worse:
        print(f"{name} costs {found[name]:.1f}, before {before[name]:.1f}", file=sys.stderr)
    sys.exit(bool(worse))


if __name__ == "__main__":
    main()
