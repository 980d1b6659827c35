#!/usr/bin/env python3
"""Starts a program with 1, 2 and 8 workers, sends it signals, and prints what it wrote and its status.

usage: send.py EXE SIGNAL...

The first signal is sent when the program has written `ready`, each other when it has written another line.
What it wrote and its status must be the same each time.
"""
import os
import signal
import subprocess
import sys


def default_signals():
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def run(exe, signals, workers):
    env = dict(os.environ, SKEIN_WORKERS=str(workers))
    program = subprocess.Popen([exe], env=env, stdout=subprocess.PIPE, text=True, preexec_fn=default_signals)
    lines = []
    for name in signals:
        lines.append(program.stdout.readline())
        program.send_signal(getattr(signal, name))
    rest, _ = program.communicate(timeout=60)
    return "".join(lines) + rest + f"status {program.returncode}\n"


outcomes = [run(sys.argv[1], sys.argv[2:], workers) for workers in (1, 2, 8)]
if len(set(outcomes)) != 1:
    sys.exit("differs with the number of workers:\n" + "---\n".join(outcomes))
print(outcomes[0], end="")
