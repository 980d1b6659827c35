#!/usr/bin/env python3
"""Prints `N passed, N failed` from lit's results; status 1 unless all passed and there were some.

usage: count_results.py RESULTS.json
"""
import json
import sys

GOOD = {"PASS", "XFAIL", "FLAKYPASS"}
NOT_RUN = {"UNSUPPORTED", "SKIPPED", "EXCLUDED"}

try:
    with open(sys.argv[1], encoding="utf-8") as file:
        codes = [test["code"] for test in json.load(file)["tests"]]
except (OSError, ValueError) as error:
    print(f"lit left no results: {error}", file=sys.stderr)
    codes = []
passed = sum(code in GOOD for code in codes)
failed = sum(code not in GOOD | NOT_RUN for code in codes)
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0 or passed == 0)
