#!/usr/bin/env python3
"""Makes docs/library/ of the doc comments of the library: a page for each module, and a list of them.

usage: library_pages.py [--check]

With --check nothing is written: it fails when a page is not what it would make of it.
"""
import pathlib
import sys

import library_items

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "library"
# What the runtime and the compiler ask for, and nobody calls.
INNER = {"core/test"}


def page_name(module):
    return f"{module}.md"


def render(module, path):
    is_core = module.startswith("core/")
    name = module.removeprefix("core/")
    out = [f"# {name if is_core else 'std.' + name.replace('/', '.')}", "", library_items.about(path), ""]
    out += ["Part of every program." if is_core else f"    use std.{library_items.used_as(module)}", ""]
    owner = ""
    for item in library_items.items_of(path):
        if item.owner != owner and item.owner:
            out += [f"## {item.owner}".replace("<", "\\<").replace("[", "\\["), ""]
        owner = item.owner
        title = f"{'###' if owner else '##'} {item.name}"
        out += [title, "", "```", item.head, "```", "", *item.prose]
        if item.example:
            out += ["", "```skein", *item.example, "```"]
        out.append("")
    return "\n".join(out).rstrip() + "\n"


def first_sentence(path):
    return library_items.about(path).replace("\n", " ").split(". ")[0].rstrip(".") + "."


def index(modules):
    out = ["# The library", "",
           "A page for each module, made of its doc comments by `scripts/library_pages.py`. The examples are run by the tests.",
           "", "| module | about |", "|---|---|"]
    for in_core, note in ((True, "part of every program"), (False, None)):
        for module, path in modules.items():
            if module.startswith("core/") == in_core:
                name = module.removeprefix("core/") if in_core else f"std.{module.replace('/', '.')}"
                out.append(f"| [{name}]({page_name(module)}) | {first_sentence(path)}{f' ({note})' if note else ''} |")
    return "\n".join(out) + "\n"


def main():
    modules = library_items.modules_of(ROOT / "stdlib")
    modules = {name: path for name, path in modules.items() if name not in INNER}
    pages = {page_name(module): render(module, path) for module, path in modules.items()}
    pages["README.md"] = index(modules)
    wrong = []
    found = [str(page.relative_to(PAGES)) for page in PAGES.rglob("*.md")]
    if "--check" not in sys.argv:
        for name in pages:
            (PAGES / name).parent.mkdir(parents=True, exist_ok=True)
        for old in found:
            if old not in pages:
                (PAGES / old).unlink()
    for name, text in pages.items():
        if "--check" not in sys.argv:
            (PAGES / name).write_text(text, encoding="utf-8")
        elif not (PAGES / name).is_file() or (PAGES / name).read_text(encoding="utf-8") != text:
            wrong.append(name)
    extra = [name for name in found if name not in pages]
    if "--check" in sys.argv and (wrong or extra):
        print(f"not up to date: {' '.join(wrong + extra)}; run scripts/library_pages.py")
        sys.exit(1)
    print(f"{len(pages)} pages")


main()
