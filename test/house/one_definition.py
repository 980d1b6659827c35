#!/usr/bin/env python3
"""Finds types of one name that two .cpp files of a namespace define.

usage: one_definition.py FOLDER...

A struct in a .cpp file belongs to its namespace unless it stands in an unnamed one. Two of one name break the
one-definition rule: templates over them, such as std::vector, are made once for both, with the size of one.
"""
import collections
import pathlib
import re
import sys

TOKEN = re.compile(r"^(namespace(?: (?P<name>[\w:]+))? \{|\}  // namespace.*|(?:struct|class|enum class) (?:alignas\([^)]*\) )?(?P<type>\w+)(?!\w|::)[^;]*\{.*)$")


def types(path):
    """The namespace and name of each type that others could name, too."""
    spaces = []
    for line in path.read_text(encoding="utf-8").splitlines():
        found = TOKEN.match(line)
        if not found:
            continue
        if line.startswith("namespace"):
            spaces.append(found["name"] or "")
        elif line.startswith("}"):
            spaces.pop()
        elif "" not in spaces:
            yield "::".join(spaces), found["type"]


def main():
    places = collections.defaultdict(list)
    for folder in sys.argv[1:]:
        for path in sorted(pathlib.Path(folder).rglob("*.cpp")):
            for key in types(path):
                places[key].append(path)
    twice = {key: paths for key, paths in places.items() if len(paths) > 1}
    for (space, name), paths in sorted(twice.items()):
        print(f"{space}::{name} is defined in {' and in '.join(map(str, paths))}: "
              "put it into an unnamed namespace, or name it apart")
    sys.exit(bool(twice))


if __name__ == "__main__":
    main()
