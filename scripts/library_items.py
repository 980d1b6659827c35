"""What the doc comments of the library say: the public names of a module, each with its head, its words and its example.

Used by scripts/library_pages.py, which makes pages of them, and by test/docs/library.py, which runs the examples.
"""
import re

PUBLIC = re.compile(r"\s*pub (?:\w+ )*(fn|struct|enum|trait|const|type) (\w+)")
NEXT = re.compile(r"\s*pub fn next\(mut self\)")
IMPL = re.compile(r"impl(?:<.*?>)? (?:.* for )?(.+?) \{")


class Item:
    """A public name. Lines of its comment that are indented by four spaces more are its example."""

    def __init__(self, kind, name, line, owner, head, comment):
        self.kind, self.name, self.line, self.owner, self.head = kind, name, line, owner, head
        self.prose = [text for text in comment if not text.startswith("    ")]
        self.example = [text[4:] for text in comment if text.startswith("    ")]


def head_of(lines, start):
    """A declaration without its body; a struct with its public fields, an enum and a trait whole."""
    first = lines[start].strip()
    whole_type = re.match(r"pub (unique )?(struct|enum|trait) ", first) and first.endswith("{")
    if whole_type:
        body = []
        for line in lines[start + 1:]:
            if line.startswith("}"):
                break
            body.append(line)
        if "struct" in first:
            body = [line for line in body if line.strip().startswith(("pub ", "///"))]
        return "\n".join([first, *body, "}"]) if body else first.removesuffix(" {")
    text = first
    while "{" not in text and text.count("(") > text.count(")"):
        start += 1
        text += " " + lines[start].strip()
    if first.startswith("pub const"):
        return text
    return re.sub(r" \{.*", "", text)


def items_of(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    comment, owner = [], ""
    for number, line in enumerate(lines):
        text = line.strip()
        if line.startswith("impl"):
            found = IMPL.match(line)
            owner = found[1] if found and not line.endswith("}") else ""
        elif line.startswith("}"):
            owner = ""
        if text.startswith("///"):
            comment.append(text[3:].removeprefix(" "))
        elif not text.startswith("@"):
            found = PUBLIC.match(line)
            # `next` means the same in all iterators.
            if found and not NEXT.match(line):
                yield Item(found[1], found[2], number + 1, owner, head_of(lines, number), comment)
            comment = []


def about(path):
    """The comment at the head of a module, as paragraphs."""
    words = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("//"):
            break
        words.append(line[2:].strip())
    return "\n".join(words)


def modules_of(stdlib):
    """The names of the modules with their files; those of core are part of every program."""
    return {str(path.relative_to(stdlib).with_suffix("")): path for path in sorted(stdlib.rglob("*.sk"))}


def used_as(module):
    """What a program names to use it: a folder's module passes on what the modules in the folder have."""
    return module.split("/")[0]
