#!/usr/bin/env python3
"""Runs a program with 1, 2 and 8 workers and prints what it wrote, once.

usage: run_workers.py EXE [ARGS...]

Standard output and exit status must be the same each time; they become ours. Standard error of the
last run is passed on, with `workers N:` before it where the runs differ.
"""
import os
import subprocess
import sys

WORKERS = (1, 2, 8)


def main():
    runs = []
    for workers in WORKERS:
        env = dict(os.environ, SKEIN_WORKERS=str(workers))
        runs.append(subprocess.run(sys.argv[1:], env=env, capture_output=True, stdin=subprocess.DEVNULL))
    first = runs[0]
    for workers, run in zip(WORKERS, runs):
        if (run.stdout, run.returncode) == (first.stdout, first.returncode):
            continue
        sys.stderr.write(f"{WORKERS[0]} worker: status {first.returncode}\n{first.stdout.decode(errors='replace')}")
        sys.stderr.write(f"{workers} workers: status {run.returncode}\n{run.stdout.decode(errors='replace')}")
        sys.stderr.buffer.write(run.stderr)
        sys.exit(3)
    sys.stdout.buffer.write(first.stdout)
    sys.stdout.flush()
    sys.stderr.buffer.write(first.stderr)
    sys.exit(first.returncode if first.returncode >= 0 else 128 - first.returncode)


main()
