#!/usr/bin/env python3
"""Checks every `#include "…"` of the compiler and the runtime against the table of who may use whom.

usage: layers.py [ROOT]

CMake enforces most of this by what it links; a header that needs no linking would still slip through.
"""
import pathlib
import re
import sys

COMPILER = {
    "support": set(),
    "syntax": {"support"},
    "types": {"support", "syntax"},
    "sir": {"support", "types"},
    "lex": {"support", "syntax"},
    "parse": {"support", "syntax"},
    "check": {"support", "syntax", "types"},
    "lower": {"support", "syntax", "types", "sir"},
    "interpret": {"support", "types", "sir"},
    "passes": {"support", "types", "sir", "interpret"},
    "codegen": {"support", "types", "sir"},
    "link": {"support"},
    "package": {"support"},
}
COMPOSITION = {"driver", "tools"}
# Each may include those before it.
RUNTIME = ["abi", "base", "memory", "value", "task", "sched", "wait", "io", "fault", "api"]
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<(llvm[^>]*)>)', re.M)


def allowed(house, folder, target):
    """Whether a file of house/folder may include `target`, a path from the root or of LLVM."""
    parts = target.split("/")
    if parts[0].startswith("llvm"):
        is_hash = folder == "driver" and target == "llvm/Support/BLAKE3.h"
        return (house, folder) == ("compiler", "codegen") or is_hash
    if len(parts) < 3 or parts[0] not in ("compiler", "runtime"):
        return False
    if house == "runtime":
        return parts[0] == "runtime" and RUNTIME.index(parts[1]) <= RUNTIME.index(folder)
    if folder in COMPOSITION:
        return parts[0] == "compiler"
    if parts[0] == "runtime":
        return folder == "codegen" and parts[1] == "abi"
    return parts[1] == folder or parts[1] in COMPILER[folder]


def violations(root):
    for house in ("compiler", "runtime"):
        for path in sorted((root / house).rglob("*")):
            if path.suffix not in (".h", ".cpp", ".def", ".c"):
                continue
            folder = path.relative_to(root / house).parts[0]
            if folder not in COMPILER and folder not in COMPOSITION and folder not in RUNTIME:
                yield f"{path.relative_to(root)}: {folder} is no folder of the house (scripts/layers.py)"
                continue
            for match in INCLUDE.finditer(path.read_text(encoding="utf-8")):
                target = match.group(1) or match.group(2)
                if not allowed(house, folder, target):
                    yield f"{path.relative_to(root)}: {folder} may not include {target}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    found = list(violations(root.resolve()))
    print("\n".join(found))
    sys.exit(bool(found))


main()
