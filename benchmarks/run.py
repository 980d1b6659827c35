#!/usr/bin/env python3
"""Measures Skein and its peers in turn and prints how many times as long each peer takes.

usage: run.py [--workers 1,2] [--reps 5] [--quick] [--skein PATH] [--json FILE] [WORKLOAD...]

A workload is a folder here: skein.sk, and contenders as go/main.go, rust/NAME.rs, cpp/NAME.cpp. Every
program takes its size as the one argument, the number of workers from WORKERS, GOMAXPROCS or
SKEIN_WORKERS, and prints `RESULT ns=… ops=… check=…`; `check` must be the right answer.

All contenders of a workload run once in turn, as often as --reps says, so that what disturbs the
machine disturbs all; the median counts. Peers that cannot be built here are named and left out;
those that were built are kept until their source changes.
libfork and TooManyCooks are taken from the checkouts that LIBFORK and TMC name.
"""
import argparse
import functools
import glob
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
OUT = ROOT / "build" / "benchmarks"
RESULT = re.compile(r"^RESULT ns=(\d+) ops=(\d+) check=(-?\d+)$", re.M)
TIME_LIMIT = 120
ANSWERS = {}  # by workload and size: the first that was given


def fib(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def squares(n):
    return (n - 1) * n * (2 * n - 1) // 6


def product(n):
    """The sum of all elements of the product of the two matrices that matmul makes."""
    columns = [sum((row + k) % 7 for row in range(n)) for k in range(n)]
    rows = [sum((k + 2 * column) % 5 for column in range(n)) for k in range(n)]
    return sum(left * right for left, right in zip(columns, rows))


@functools.cache
def sorted_check(n):
    return sum(i * (i % 7) for i in range(n))


@functools.cache
def words_check(n):
    counts = [0] * 4093
    for i in range(10 * n):
        counts[i * 2654435761 % 4093] += 1
    return sum(count * count for count in counts)


def ours(_):
    """There is no short way to the right answer: all have to give the same."""
    return None


# How N queens can stand on a board of N by N.
WAYS = {8: 92, 10: 724, 12: 14_200, 14: 365_596}


def quarters(n):
    """Four tasks send the numbers below n / 4 each."""
    return 4 * (n // 4 * (n // 4 - 1) // 2)


def prime(n):
    """The n-th prime."""
    found = []
    candidate = 2
    while len(found) < n:
        if all(candidate % p for p in found if p * p <= candidate):
            found.append(candidate)
        candidate += 1
    return found[-1]


class Workload:
    """What to run: sizes, the right answers, and smaller sizes for those who need seconds for the rest. Where
    several share the programs of one folder, `args` come behind the size."""

    def __init__(self, title, check, sizes, quick, slow=None, folder=None, args=()):
        self.title, self.check, self.sizes, self.quick = title, check, sizes, quick
        self.slow, self.folder, self.args = slow or {}, folder, args


WORKLOADS = {
    "spawn_all": Workload("P1: spawn N tasks of n*n, then await all", squares,
                          [10_000, 100_000, 1_000_000, 10_000_000], [10_000, 100_000]),
    "spawn_await": Workload("P2: spawn one task, await it, repeat", squares, [1_000_000], [50_000]),
    "fib": Workload("P3: fib(N) by spawn, no cut-off", fib, [39], [25],
                    slow={"go": 32, "tokio": 32, "tbb": 35}),
    "skynet": Workload("P4: skynet, a tree of N leaves, ten wide", lambda n: n * (n - 1) // 2,
                       [1_000_000, 100_000_000], [10_000],
                       slow={"go": 10_000_000, "tokio": 10_000_000, "tbb": 10_000_000}),
    "nqueens": Workload("P4: N queens, a task for each that fits", WAYS.get, [14], [8], slow={"go": 12}),
    "matmul": Workload("P4: the product of two N by N matrices", product, [1024], [64]),
    "parked": Workload("P5: N tasks asleep at once; the memory counts", lambda n: n * (n - 1) // 2,
                       [100_000, 1_000_000], [1_000]),
    "cancel_parked": Workload("cancel N tasks that wait, each", lambda n: n, [100_000], [1_000]),
    "cancel_latency": Workload("from cancel to clean-up, 99th of a hundred", lambda n: n, [2_000], [200]),
    "sum": Workload("D1: the sum of an array of N numbers", lambda n: sum(range(1000)) * n // 1000,
                    [100_000_000], [1_000_000]),
    "sort": Workload("D2: sort N numbers", sorted_check, [10_000_000], [100_000]),
    "mandelbrot": Workload("D3: N by N points of the Mandelbrot set", ours, [2000], [100]),
    "nbody": Workload("D4: ten steps of N bodies, all pairs", ours, [4000], [100]),
    "words": Workload("D5: count the words of N lines", words_check, [400_000], [2000]),
    "ping_pong": Workload("P6: a number there and back, N times, channels without room", lambda n: n,
                          [1_000_000], [10_000]),
    "spsc": Workload("P6: N numbers from one task to another, room for 128",
                     lambda n: n * (n - 1) // 2, [10_000_000], [100_000]),
    "ring": Workload("P6: N steps around a ring of 1000 tasks", lambda n: n, [1_000_000], [10_000]),
    "mpmc": Workload("P6: N numbers from four tasks to four, room for 128", quarters,
                     [4_000_000], [100_000]),
    "sieve": Workload("P6: the first N primes, a task each", prime, [2000], [100]),
    **{f"select_{ways}{suffix}": Workload(f"P7: N numbers from any of {ways} channels {room_text}", lambda n: n,
                                          [1_000_000], [10_000], folder=f"select_{ways}", args=(room,))
       for ways in (2, 8)
       for suffix, room, room_text in (("", 0, "without room"), ("_buffered", 128, "with room for 128"))},
    "mutex": Workload("P8: eight tasks add under a lock, N times each", lambda n: 8 * n,
                      [1_000_000], [10_000]),
    "atomic": Workload("P8: eight tasks add to an atomic, N times each", lambda n: 8 * n,
                       [10_000_000], [10_000]),
}


class Skipped(Exception):
    """A contender that cannot be built here, and why."""


def call(command, **more):
    try:
        done = subprocess.run(command, capture_output=True, text=True, **more)
    except OSError as error:
        raise Skipped(error.strerror) from error
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if "error" in line] or done.stderr.splitlines()
        raise Skipped("; ".join(lines[:2]) or f"status {done.returncode}")


def need(program):
    if not shutil.which(program):
        raise Skipped(f"{program} is not installed")


def build_skein(source, exe, options):
    call([options.skein, "build", "--release", str(source), "-o", str(exe)])


def build_go(source, exe, _):
    need("go")
    call(["go", "build", "-o", str(exe), str(source)], env=dict(os.environ, GO111MODULE="off"))


def build_cpp(source, exe, _):
    """Libraries of checkouts by their file's name; what is installed needs no more than a -l."""
    need("clang++-22")
    flags = {"tbb": ["-ltbb"], "libfork": ["-std=c++23"], "tmc": ["-std=c++23"]}.get(source.stem, [])
    for name, variable in (("libfork", "LIBFORK"), ("tmc", "TMC")):
        if source.stem != name:
            continue
        if variable not in os.environ:
            raise Skipped(f"{variable} names no checkout of it")
        flags.append(f"-I{os.environ[variable]}/include")
    # Without fused operations, which give other floats than those of Rust and ours.
    call(["clang++-22", "-O3", "-DNDEBUG", "-march=native", "-ffp-contract=off", "-std=c++20", "-pthread", "-w", str(source),
          "-o", str(exe), *flags])


def debian_crates():
    """The crates that Debian packages, as a cargo source, so that nothing is downloaded."""
    crates = pathlib.Path("/usr/share/cargo/registry")
    if not glob.glob(f"{crates}/tokio-*") or not glob.glob(f"{crates}/rayon-*"):
        raise Skipped("librust-tokio-dev and librust-rayon-dev are not installed")
    return crates


def build_rust(source, exe, _):
    need("cargo")
    crates = debian_crates()
    project = OUT / "rust"
    (project / ".cargo").mkdir(parents=True, exist_ok=True)
    (project / ".cargo" / "config.toml").write_text(
        f'[source.crates-io]\nreplace-with = "debian"\n[source.debian]\ndirectory = "{crates}"\n'
        '[build]\nrustflags = ["-C", "target-cpu=native"]\n')
    bins = "".join(f'[[bin]]\nname = "{path.parts[-3]}_{path.stem}"\npath = "{path}"\n'
                   for path in sorted(HERE.glob("*/rust/*.rs")))
    (project / "Cargo.toml").write_text(
        '[package]\nname = "peers"\nversion = "0.0.0"\nedition = "2021"\n'
        '[dependencies]\nrayon = "1"\n'
        'tokio = { version = "1", features = ["rt-multi-thread", "time", "sync", "macros"] }\n'
        '[profile.release]\nlto = "fat"\ncodegen-units = 1\npanic = "abort"\n' + bins)
    name = f"{source.parts[-3]}_{source.stem}"
    call(["cargo", "build", "--release", "--offline", "-q", "--bin", name], cwd=project)
    shutil.copy(project / "target" / "release" / name, exe)


def contenders(folder):
    """Name, source and builder of each, ours first."""
    yield "skein", folder / "skein.sk", build_skein
    for pattern, build in (("go/main.go", build_go), ("rust/*.rs", build_rust), ("cpp/*.cpp", build_cpp)):
        for source in sorted(folder.glob(pattern)):
            yield ("go" if build is build_go else source.stem), source, build


def is_fresh(exe, source):
    """Whether a peer was built from what is there now. Ours is always built anew: the compiler changes."""
    if source.suffix == ".sk" or not exe.exists():
        return False
    needs = [source, *HERE.glob("common/*"), HERE / "run.py"]
    return all(exe.stat().st_mtime > path.stat().st_mtime for path in needs)


def build_all(key, options):
    workload = WORKLOADS[key].folder or key
    built = {}
    only = options.only.split(",") if options.only else None
    for name, source, build in contenders(HERE / workload):
        if only and name not in only and name != "skein":
            continue
        exe = OUT / f"{workload}-{name}"
        try:
            if not is_fresh(exe, source):
                build(source, exe, options)
            built[name] = exe
        except Skipped as why:
            print(f"{workload}: {name} is left out: {why}", file=sys.stderr)
    return built


def run(exe, size, args, workers, check):
    """One run: ns an operation, and the peak of resident memory in MiB."""
    env = dict(os.environ, WORKERS=str(workers), GOMAXPROCS=str(workers), SKEIN_WORKERS=str(workers))
    process = subprocess.Popen(["timeout", str(TIME_LIMIT), str(exe), str(size), *map(str, args)], env=env,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    found = RESULT.search(out)
    if process.returncode != 0 or not found:
        return None, f"status {process.returncode}"
    ns, ops, answer = map(int, found.groups())
    if check is not None and (answer - check) % 2**64 != 0:  # sums wrap around, some in signed numbers
        return None, f"answered {answer}, right is {check}"
    ANSWERS.setdefault((exe.stem.partition("-")[0], size), answer)
    return (ns / ops, usage.ru_maxrss / 1024), None


def measure(built, workload, sizes, workers, reps):
    runs, failed = {name: [] for name in sizes}, {}
    for _ in range(reps):
        for name, size in sizes.items():
            if name in failed:
                continue
            right = workload.check(size)
            if right is None:
                right = ANSWERS.get((built[name].stem.partition("-")[0], size))
            figures, why = run(built[name], size, workload.args, workers, right)
            if why:
                failed[name] = why
            else:
                runs[name].append(figures)
    return runs, failed


def table(title, sizes, runs, failed):
    rows = []
    ours = statistics.median(ns for ns, _ in runs["skein"]) if runs.get("skein") and "skein" not in failed else None
    print(f"\n### {title}\n\n| contender | N | ns an operation | least … most | times ours | peak MiB |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, size in sizes.items():
        if name in failed:
            print(f"| {name} | {size} | failed: {failed[name]} | | | |")
            continue
        figures = sorted(ns for ns, _ in runs[name])
        median, peak = statistics.median(figures), max(mib for _, mib in runs[name])
        ratio = f"{median / ours:.2f}" if ours else ""
        print(f"| {name} | {size} | {median:.2f} | {figures[0]:.2f} … {figures[-1]:.2f} | {ratio} | {peak:.0f} |")
        rows.append({"contender": name, "size": size, "ns": figures, "median": median, "peak_mib": peak})
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--skein", default=str(ROOT / "scripts" / "skein"))
    parser.add_argument("--workers", default="1,2")
    parser.add_argument("--reps", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="small sizes: does it work, not how fast is it")
    parser.add_argument("--only", default="", help="contenders, with commas (ours always runs)")
    parser.add_argument("--json", help="write all figures to this file")
    parser.add_argument("workload", nargs="*", choices=[*WORKLOADS, []])
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    rows, wrong = [], False
    for key in options.workload or WORKLOADS:
        workload = WORKLOADS[key]
        built = build_all(key, options)
        wrong = wrong or "skein" not in built
        for size in workload.quick if options.quick else workload.sizes:
            for workers in map(int, options.workers.split(",")):
                # The serial program has one worker whatever is asked for, and slow ones a smaller size.
                sizes = {name: min(size, workload.slow.get(name, size)) for name in built}
                runs, failed = measure(built, workload, sizes, workers, options.reps)
                title = f"{workload.title}, N = {size}, {workers} worker{'s' * (workers > 1)}"
                for row in table(title, sizes, runs, failed):
                    rows.append({"workload": key, "workers": workers, **row})
                wrong = wrong or bool(failed)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(rows, indent=1) + "\n")
    sys.exit(wrong)


if __name__ == "__main__":
    main()
