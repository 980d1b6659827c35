"""Starts several `skein run` of one package at once, three times, with another program each time.

usage: concurrent_programs.py SKEIN PACKAGE
"""
import os
import pathlib
import subprocess
import sys

skein, package = sys.argv[1], pathlib.Path(sys.argv[2])
environment = {name: value for name, value in os.environ.items() if name != "SKEIN_CACHE"}
for value in (1, 2, 1):
    (package / "src/value.sk").write_text(f"pub fn get() -> int {{ {value} }}\n")
    runs = [subprocess.Popen([skein, "run", str(package)], env=environment, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(4)]
    for run in runs:
        out = run.communicate()[0]
        if run.returncode != 0 or out != f"{value}\n":
            sys.exit(f"expected {value}, found {out!r}, status {run.returncode}")
left = [entry.name for entry in (package / "build/cache").iterdir() if entry.name.startswith(".")]
sys.exit(f"left behind: {left}" if left else 0)
