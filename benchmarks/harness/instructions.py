"""Counts the instructions that one operation costs, which no noise of the machine changes.

Each program in instructions/ does an operation N times. It runs on one worker under valgrind's callgrind with two sizes; what
the second run takes more, divided by how often it does more, is the cost of one operation, start and end left out.
"""
import os
import re
import shutil
import subprocess

from harness import contenders

COUNT = re.compile(r"I\s+refs:\s+([\d,]+)")
FEW, MANY = 10_000, 30_000


def parse(report):
    """The number of instructions in what callgrind printed, or nothing."""
    found = COUNT.search(report)
    return int(found.group(1).replace(",", "")) if found else None


def instructions_of(exe, size):
    env = dict(os.environ, SKEIN_WORKERS="1", SKEIN_SEED="1")
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", str(exe), str(size)],
                          capture_output=True, text=True, env=env)
    found = parse(done.stderr)
    if done.returncode != 0 or found is None:
        raise contenders.Skipped(f"{exe.name} {size} failed under valgrind: {done.stderr.strip()[-200:]}")
    return found


def sources():
    return sorted((contenders.HERE / "instructions").glob("*.sk"))


def claim(source):
    return source.read_text().splitlines()[0].removeprefix("// ").removesuffix(", N times.")


def measure(skein):
    """Instructions of one operation, by the name of its program."""
    if not shutil.which("valgrind"):
        raise contenders.Skipped("valgrind is not installed")
    found = {}
    for source in sources():
        exe = contenders.OUT / f"instructions-{source.stem}"
        contenders.build_skein(source, exe, skein)
        found[source.stem] = (instructions_of(exe, MANY) - instructions_of(exe, FEW)) / (MANY - FEW)
    return found


def table(found):
    claims = {source.stem: claim(source) for source in sources()}
    lines = [f"| {claims.get(name, name)} | {value:.1f} |" for name, value in found.items()]
    return "| operation | instructions |\n|---|---:|\n" + "\n".join(lines)
