#!/usr/bin/env python3
"""Fails when a row of a table has no test that names it, or a report no page for `skein explain`.

usage: coverage.py --skein PATH [ROOT]

A report is named by its code in a test or in a page of the language reference, an instruction of the
middle language by its text in a test or in the SIR of a program of test/run, a function of the runtime
by its symbol in a test or in the IR of such a program, which is run elsewhere. What cannot be tested
that way stands in EXEMPT with the reason.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

TABLES = [
    # file, macro, which argument names the row, where tests of it stand
    ("compiler/support/diagnostics.def", "SKEIN_DIAGNOSTIC", 1, ["test", "docs/language"]),
    ("compiler/sir/insts.def", "SKEIN_INST", 1, ["test"]),
    ("runtime/abi/functions.def", "SKEIN_RUNTIME", 0, ["test"]),
]
EXEMPT = {
    "unary": "its text is that of its operator: neg, not, bit_not",
    "no-system-files": "needs a machine without libc's development files",
    "constant-type": "every type that a constant expression can have today has a form in SIR",
    "codegen-failed": "needs a damaged fast.bc beside the tool",
    "program-not-started": "needs a system that refuses to start memory files",
}


def rows(path, macro, argument):
    """The naming argument of each row, without quotes."""
    text = re.sub(r"^\s*//.*$", "", path.read_text(encoding="utf-8"), flags=re.M)
    for match in re.finditer(rf"^{macro}\(\s*([^,]+),\s*([^,]+)", text, re.M):
        yield match.group(argument + 1).strip().strip('"')


def missing_pages(root, codes):
    """What is wrong with the pages of the reports: one each, with a wrong and a right program."""
    folder = root / "docs" / "errors"
    pages = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    for code in sorted(set(codes) - set(pages)):
        yield f"{code} has no page docs/errors/{code}.md (docs/adding_a_feature.md says what stands there)"
    for code, page in sorted(pages.items()):
        if code not in codes:
            yield f"docs/errors/{code}.md is about no report"
        if not page.startswith(f"# {code}\n"):
            yield f"docs/errors/{code}.md does not begin with its title, # {code}"
        if code in EXEMPT:
            continue
        if not re.search(rf"^```(skein|sh) (error|warning)={code}$", page, re.M):
            yield f"docs/errors/{code}.md shows nothing that gets this report"
        if not re.search(r"^```(skein|sh) (check|parse)$", page, re.M):
            yield f"docs/errors/{code}.md does not show what is right"


def words(root, folders):
    """Every word of the tests; dashes belong to words, since codes have them."""
    found = set()
    for folder in folders:
        for path in (root / folder).rglob("*"):
            if path.is_file():
                found.update(re.findall(r"[\w-]+", path.read_text(encoding="utf-8", errors="replace")))
    return found


def words_made(skein, root):
    """Every word of the SIR and the IR that the compiler makes of the programs in test/run."""
    commands = [[skein, "emit", product, str(path)]
                for path in (root / "test" / "run").rglob("*.sk")
                for product in ("sir", "llvm-ir")]
    found = set()

    def run(command):
        return subprocess.run(command, capture_output=True, text=True, errors="replace").stdout

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for text in pool.map(run, commands):
            found.update(re.findall(r"\w+", text))
    return found


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--skein", required=True)
    parser.add_argument("root", nargs="?", type=pathlib.Path, default=pathlib.Path(__file__).parent.parent)
    options = parser.parse_args()
    made = words_made(options.skein, options.root)
    failed = False
    for file, macro, argument, folders in TABLES:
        named = words(options.root, folders)
        if macro != "SKEIN_DIAGNOSTIC":
            named |= made
        names = list(rows(options.root / file, macro, argument))
        if not names:
            print(f"{file}: no rows found")
            failed = True
        for line in missing_pages(options.root, names) if macro == "SKEIN_DIAGNOSTIC" else []:
            print(line)
            failed = True
        for name in names:
            if name not in named and name not in EXEMPT:
                print(f"{file}: no test names {name}")
                failed = True
            if name in named and name in EXEMPT:
                print(f"{file}: {name} has a test now; it is exempt no more")
                failed = True
    sys.exit(failed)


main()
