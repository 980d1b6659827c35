#!/usr/bin/env python3
"""Builds a Skein program at -O0 and --release, runs each with several worker counts, and compares
what it does with the comments at its head.

usage: run_program.py --skein PATH [--modes=-O0,--release] [--workers 1,2,8] [--timeout S] FILE...

The comments stand before the first line that is not one (RUN lines of lit may stand between):
    // args: WORD...     the program's arguments
    // stdin: TEXT       its standard input; \\n and kin are understood; given again, another line
    // exit: N           its exit status, 0 if absent
    // out: LINE         all of standard output, line by line
    // err: TEXT         must occur in standard error; may be given again
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile


class Expected:
    """What the head of a program asks for."""

    def __init__(self, source):
        self.args, self.stdin, self.status, self.out, self.err = [], b"", 0, None, []
        for line in source.splitlines():
            if not line.startswith("//"):
                break
            key, colon, value = line[2:].lstrip().partition(":")
            if colon:
                self.read(key, value.removeprefix(" "))

    def read(self, key, value):
        if key == "args":
            self.args = value.split()
        elif key == "stdin":
            self.stdin += b"\n" * bool(self.stdin)
            self.stdin += value.encode().decode("unicode_escape").encode("latin-1")
        elif key == "exit":
            self.status = int(value)
        elif key == "out":
            self.out = (self.out or []) + [value]
        elif key == "err":
            self.err.append(value)

    def complaints(self, status, out, err):
        if status != self.status:
            yield f"exit status {status}, expected {self.status}"
        lines = out.splitlines()
        if self.out is not None and lines != self.out:
            yield f"standard output differs:\n  expected {self.out}\n  found    {lines}"
        for text in self.err:
            if text not in err:
                yield f"standard error lacks `{text}`"


def judge(options, path, mode, exe):
    expected = Expected(path.read_text(encoding="utf-8"))
    build = subprocess.run([options.skein, "build", mode, str(path), "-o", exe],
                           capture_output=True, text=True, timeout=options.timeout)
    if build.returncode != 0:
        yield f"{mode}: does not build, status {build.returncode}\n{build.stderr}"
        return
    for workers in options.workers.split(","):
        env = dict(os.environ, SKEIN_WORKERS=workers)
        try:
            run = subprocess.run([exe, *expected.args], input=expected.stdin, env=env,
                                 capture_output=True, timeout=options.timeout)
        except subprocess.TimeoutExpired:
            yield f"{mode}, {workers} workers: no end within {options.timeout:.0f} s"
            continue
        out, err = (text.decode(errors="replace") for text in (run.stdout, run.stderr))
        for complaint in expected.complaints(run.returncode, out, err):
            yield f"{mode}, {workers} workers: {complaint}\n{err[-2000:]}"


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--skein", required=True)
    parser.add_argument("--modes", default="-O0,--release")
    parser.add_argument("--workers", default="1,2,8")
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    failed = False
    for path in options.files:
        for mode in options.modes.split(","):
            with tempfile.TemporaryDirectory(prefix="skein-test-") as folder:
                for complaint in judge(options, path, mode, os.path.join(folder, path.stem)):
                    print(f"{path.name}: {complaint}", file=sys.stderr)
                    failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main()
