#!/usr/bin/env python3
"""Makes each change that a report of a test offers, alone, and looks whether it helps.

usage: fix_its.py SKEIN FOLDER...

A report's changes must take the report away. Where it was the only error of its program, the program
must then be accepted. The tests are those run by `skein check`, and the pages of the reports.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

PROGRAM = re.compile(r"^```skein (?:error|warning)=\S+\n(.*?)^```$", re.M | re.S)


def programs(folders):
    """The text of each rejected program, and where it stands."""
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*")):
            if path.suffix not in (".sk", ".md"):
                continue
            text = path.read_text(encoding="utf-8")
            if path.suffix == ".md":
                for match in PROGRAM.finditer(text):
                    yield path, match.group(1)
            elif "%skein check" in text:
                yield path, re.sub(r" *//~.*", "", text)


def check(skein, folder, text):
    file = pathlib.Path(folder) / "program.sk"
    file.write_text(text, encoding="utf-8")
    run = subprocess.run([skein, "check", "--json", str(file)], capture_output=True, text=True)
    return [json.loads(line) for line in run.stderr.splitlines()]


def changed(text, fixes):
    """The text with the changes made, from the last to the first."""
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    for fix in sorted(fixes, key=lambda f: (f["line"], f["column"]), reverse=True):
        begin = starts[fix["line"] - 1] + fix["column"] - 1
        end = starts[fix["end_line"] - 1] + fix["end_column"] - 1
        text = text[:begin] + fix["replacement"] + text[end:]
    return text


def errors(reports):
    return [r["code"] for r in reports if r["severity"] == "error"]


def try_program(skein, path, text):
    """How many reports of the program offer changes, and which of those do not help."""
    count, wrong = 0, []
    with tempfile.TemporaryDirectory(prefix="skein-fixes-") as folder:
        before = check(skein, folder, text)
        for report in before:
            if not report["fixes"]:
                continue
            count += 1
            code = report["code"]
            after = check(skein, folder, changed(text, report["fixes"]))
            same = [r for r in before if r["code"] == code]
            left = [r for r in after if r["code"] == code]
            if len(left) >= len(same):
                wrong.append(f"{path}:{report['line']}: {code} is still there")
            elif errors(before) == [code] and errors(after):
                wrong.append(f"{path}:{report['line']}: {code} became {errors(after)}")
    return count, wrong


def main():
    skein, folders = sys.argv[1], sys.argv[2:]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda each: try_program(skein, *each), programs(folders)))
    wrong = [line for result in results for line in result[1]]
    count = sum(result[0] for result in results)
    print("\n".join(wrong))
    print(f"{count} changes, {len(wrong)} wrong")
    sys.exit(bool(wrong) or count < 40)


main()
