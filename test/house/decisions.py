#!/usr/bin/env python3
"""Checks the pages of decisions: each has a number of its own, which its title repeats, and what points to
one by number finds it.

usage: decisions.py ROOT
"""
import collections
import pathlib
import re
import sys

POINTER = re.compile(r"decisions/(\d{4})|\b[Dd]ecision (\d+)\b")
# Where a decision is pointed to.
FOLDERS = ["compiler", "runtime", "stdlib", "scripts", "docs", "README.md"]


def pages(folder):
    """The pages by number, and what is wrong with their names and titles."""
    found, wrong = collections.defaultdict(list), []
    for path in sorted(folder.glob("*.md")):
        if path.name == "README.md":
            continue
        name = re.fullmatch(r"(\d{4})-[a-z0-9-]+\.md", path.name)
        if not name:
            wrong.append(f"{path.name}: a page is called NNNN-title.md")
            continue
        number = int(name.group(1))
        found[number].append(path.name)
        if not path.read_text(encoding="utf-8").startswith(f"# {number}. "):
            wrong.append(f"{path.name}: does not begin with `# {number}. `")
    wrong += [f"{number} is the number of {' and '.join(names)}" for number, names in found.items() if len(names) > 1]
    return found, wrong


def main():
    root = pathlib.Path(sys.argv[1])
    found, wrong = pages(root / "docs" / "decisions")
    for name in FOLDERS:
        top = root / name
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if not path.is_file():
                continue
            for match in POINTER.finditer(path.read_text(encoding="utf-8", errors="replace")):
                number = int(match.group(1) or match.group(2))
                if number not in found:
                    wrong.append(f"{path.relative_to(root)}: there is no decision {number}")
    print("\n".join(wrong) if wrong else f"{len(found)} decisions")
    sys.exit(bool(wrong))


main()
