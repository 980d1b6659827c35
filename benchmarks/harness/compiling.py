"""Measures compilers and what they make: time to compile and to check, the size of the smallest program, time to start it.

The programs are those of compiled_program.py, and hello in each language (the folder compile_time).
"""
import os
import random
import shutil
import subprocess

from harness import compiled_program, contenders, quiet
from harness.measure import Failed, launch, row

HELLO = contenders.HERE / "compile_time"
FOLDER = contenders.OUT / "compile_time"
BLOCKS, BLOCKS_TO_CHECK = 60, 345
QUICK_BLOCKS = 5
STARTS = 300
SUFFIX = {"skein": "sk", "go": "go", "rustc": "rs", "clang++": "cpp", "clang": "c"}


class Measure:
    """What stands for a workload in tables. `goal` is nanoseconds or bytes."""

    def __init__(self, row, title, goal):
        self.row, self.title, self.goal = row, title, {1: goal}
        self.beside = self.bytes_goal = self.cpu_goal = None


MEASURES = {
    "compile_debug": Measure("P12", "compile a program of N lines, not optimised", 150e6),
    "compile_release": Measure("P12", "compile a program of N lines, optimised", 500e6),
    "compile_hello": Measure("P12", "compile hello, not optimised where there is a choice", 60e6),
    "check_lines": Measure("P12", "check a program of N lines", 100e6),
    "hello_size": Measure("P13", "the size of hello, stripped", 250e3),
    "hello_static_size": Measure("P13", "the size of hello, stripped, without shared libraries", 900e3),
    "hello_start": Measure("P13", "start hello and wait for its end", 0.7e6),
}


def commands(skein, source, out):
    """By measure, then contender: what compiles `source` (a path without suffix) to `out`."""
    go = ["go", "build", "-o", out, f"{source}.go"]
    build = [skein, "build", "--no-cache"]
    debug = {
        "skein": [*build, f"{source}.sk", "-o", out],
        "go": go,
        "rustc": ["rustc", "-A", "warnings", f"{source}.rs", "-o", out],
        "clang++": ["clang++-22", "-fwrapv", f"{source}.cpp", "-o", out],
        "clang": ["clang-22", "-fwrapv", f"{source}.c", "-o", out],
    }
    optimised = {name: [command[0], "-O2", *command[1:]] for name, command in debug.items() if name.startswith("clang")}
    return {
        "compile_debug": debug,
        "compile_hello": debug,
        "compile_release": {"skein": [*build, "--release", f"{source}.sk", "-o", out], "go": go,
                            "rustc": [*debug["rustc"], "-O"], **optimised},
        "check_lines": {"skein": [skein, "check", f"{source}.sk"],
                        "rustc": ["rustc", "-A", "warnings", "--emit=metadata", f"{source}.rs", "-o", f"{out}.rmeta"],
                        "clang++": ["clang++-22", "-fsyntax-only", f"{source}.cpp"],
                        "clang": ["clang-22", "-fsyntax-only", f"{source}.c"]},
    }


def stripped(skein):
    """How each language makes its hello small: with shared libraries, and without."""
    source, out = str(HELLO / "hello"), str(FOLDER / "hello")
    rust = ["rustc", "-O", "-C", "strip=symbols", f"{source}.rs", "-o"]
    shared = {
        "skein": [skein, "build", "--no-cache", "--release", "--strip", f"{source}.sk", "-o", f"{out}-skein"],
        "rustc": [*rust, f"{out}-rustc"],
        "clang++": ["clang++-22", "-O2", "-s", f"{source}.cpp", "-o", f"{out}-clang++"],
        "clang": ["clang-22", "-O2", "-s", f"{source}.c", "-o", f"{out}-clang"],
    }
    static = {
        "skein": [*shared["skein"][:-1], f"{out}-static-skein", "--static"],
        "go": ["go", "build", "-ldflags=-s -w", "-o", f"{out}-static-go", f"{source}.go"],
        "rustc": [*rust, f"{out}-static-rustc", "-C", "target-feature=+crt-static"],
        "clang": [*shared["clang"][:-1], f"{out}-static-clang", "-static"],
    }
    return {"hello_size": shared, "hello_static_size": static}


def built(commands_by_name):
    """What could be built, by contender."""
    found = {}
    for name, command in commands_by_name.items():
        try:
            contenders.call(command, env=environment())
            found[name] = command[command.index("-o") + 1]
        except contenders.Skipped as why:
            print(f"compile_time: {name} is left out: {why}")
    return found


def environment():
    return dict(os.environ, GO111MODULE="off")


def write_sources(blocks):
    """Another comment each time: no compiler finds what it made before."""
    mark = f"// {random.getrandbits(60)}\n"
    for language in compiled_program.LANGUAGES:
        (FOLDER / f"program.{language}").write_text(compiled_program.program(language, blocks) + mark)


def write_hello():
    mark = f"// {random.getrandbits(60)}\n"
    for source in HELLO.glob("hello.*"):
        (FOLDER / f"program{source.suffix}").write_text(source.read_text() + mark)


def compile_in_turn(key, options):
    out = str(FOLDER / "program")
    write = write_hello if key == "compile_hello" else lambda: write_sources(
        QUICK_BLOCKS if options.quick else BLOCKS_TO_CHECK if key == "check_lines" else BLOCKS)
    write()
    chosen = {name: command for name, command in commands(options.skein, str(FOLDER / "program"), out)[key].items()
              if shutil.which(command[0])}
    runs, failed, outputs = {name: [] for name in chosen}, {}, {}
    env = environment()
    for _ in range(options.reps):
        write()
        options.quick or quiet.wait()
        for name, command in chosen.items():
            if name in failed:
                continue
            try:
                runs[name].append(launch(command, env)[0])
                outputs[name] = "" if key == "check_lines" else said_by(out)
                if outputs[name] != outputs.get("skein", outputs[name]):
                    raise Failed("what it compiled prints something else")
            except Failed as why:
                failed[name] = str(why)
    sizes = {name: (FOLDER / f"program.{SUFFIX[name]}").read_text().count("\n") - 1 for name in chosen}
    return [row(name, sizes[name], sizes["skein"], runs[name], failed.get(name)) for name in chosen]


def said_by(exe):
    return subprocess.run([exe], capture_output=True, text=True).stdout.strip()


def sizes(key, options):
    found = built(stripped(options.skein)[key])
    return [{"contender": name, "size": 1, "asked": 1, "unit": "bytes", "values": [os.path.getsize(exe)]}
            for name, exe in found.items()]


def starts(options):
    found = {**built(stripped(options.skein)["hello_size"]), **{
        f"{name}, static": exe for name, exe in built(stripped(options.skein)["hello_static_size"]).items()}}
    runs = {name: [] for name in found}
    options.quick or quiet.wait()
    for _ in range(20 if options.quick else STARTS):
        for name, exe in found.items():
            runs[name].append(launch([exe], os.environ)[0])
    rows = [row(name, 1, 1, runs[name], None) for name in found]
    for each in rows:  # three hundred figures say no more than their median and ends
        each["values"] = quantiles(each["values"])
        del each["cpu_s"], each["peak_mib"], each["noisy"]
    return rows


def quantiles(values):
    ordered = sorted(values)
    return [ordered[(len(ordered) - 1) * i // 4] for i in range(5)]


def measure(key, options):
    """Rows as those of a workload; a compiler has as many threads as it likes, so they are kept as of one worker."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    if key == "hello_start":
        rows = starts(options)
    elif key.startswith("hello_"):
        rows = sizes(key, options)
    else:
        rows = compile_in_turn(key, options)
    return [{"workload": key, "workers": 1, **each} for each in rows]
