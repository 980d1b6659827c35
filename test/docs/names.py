#!/usr/bin/env python3
"""Checks that what a page names in backticks exists: files as `folder/name.ext`, functions as `name()`.

usage: names.py ROOT PAGE.md...

A path counts from the root or from compiler/; a function must occur as a word in the sources.
"""
import pathlib
import re
import sys

FOLDERS = ("compiler", "runtime", "stdlib", "scripts", "test")


def main():
    root = pathlib.Path(sys.argv[1])
    sources = [path for folder in FOLDERS for path in (root / folder).rglob("*")
               if path.suffix in (".h", ".cpp", ".def", ".sk", ".py", ".sh")]
    words = set()
    for path in sources:
        words.update(re.findall(r"\w+", path.read_text(encoding="utf-8", errors="replace")))
    wrong, count = [], 0
    for page in sys.argv[2:]:
        for name in re.findall(r"`([^`\n]+)`", pathlib.Path(page).read_text(encoding="utf-8")):
            if re.fullmatch(r"\w+\(\)", name):
                good = name[:-2] in words
            elif re.fullmatch(r"[\w.]+(/[\w.]+)+/?", name):
                good = (root / name).exists() or (root / "compiler" / name).exists()
            else:
                continue
            count += 1
            if not good:
                wrong.append(f"{page}: there is no {name}")
    print("\n".join(wrong) if wrong else f"{count} names, all there")
    sys.exit(bool(wrong) or count == 0)


main()
