#!/usr/bin/env python3
"""Runs a command and fails unless it ends with the status given; its output is passed on.

usage: status.py STATUS COMMAND...
"""
import subprocess
import sys

status = subprocess.run(sys.argv[2:]).returncode
if status != int(sys.argv[1]):
    print(f"status {status}, expected {sys.argv[1]}", file=sys.stderr)
    sys.exit(1)
