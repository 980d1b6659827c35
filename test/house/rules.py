#!/usr/bin/env python3
"""Checks rules.txt: a row for each numbered rule, whose tests exist and do what their column says.

usage: rules.py FOLDER_OF_TESTS
"""
import pathlib
import re
import sys

RULES = [*range(1, 21), *range(23, 38), *range(45, 48), *range(50, 89)]
REJECTS = re.compile(r"//~\^* ?(error|warning)|RUN: not %skein|// exit: 10[12]")


def main():
    tests = pathlib.Path(sys.argv[1])
    wrong, seen = [], []
    for line in (tests / "rules.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        number, *columns = [part.strip() for part in line.split("|")]
        seen.append(int(number))
        for column, cell in zip(("accepts", "rejects"), columns, strict=True):
            if cell.startswith("later: "):
                continue
            path = tests / cell
            if not path.is_file():
                wrong.append(f"rule {number}: there is no {cell}")
                continue
            text = path.read_text(encoding="utf-8")
            if column == "rejects" and not REJECTS.search(text):
                wrong.append(f"rule {number}: {cell} rejects nothing")
            if column == "accepts" and re.search(r"//~\^* ?error|RUN: not %skein", text):
                wrong.append(f"rule {number}: {cell} is rejected")
    if seen != RULES:
        wrong.append(f"rows are missing or too many: {sorted(set(RULES) ^ set(seen))}")
    rejecting = [path for path in tests.rglob("*") if path.suffix in (".sk", ".test")
                 and REJECTS.search(path.read_text(encoding="utf-8", errors="replace"))]
    if len(rejecting) < 400:
        wrong.append(f"only {len(rejecting)} tests of programs that are rejected")
    print("\n".join(wrong) if wrong else f"{len(seen)} rules, {len(rejecting)} rejecting tests")
    sys.exit(bool(wrong))


main()
