"""Builds the programs of a workload: ours, and those of the peers that can be built here.

A contender is a file in the workload's folder: skein.sk, go/main.go, rust/NAME.rs, cpp/NAME.cpp. Peers are kept until
their source changes; ours is always built anew, since the compiler changes.
libfork, TooManyCooks and citor are taken from the checkouts that LIBFORK, TMC and CITOR name.

C++ and Rust are compiled for the processor at hand, but for the programs of one task (serial_…): those are beside code that
runs on any x86-64.
"""
import glob
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent.parent
ROOT = HERE.parent
OUT = ROOT / "build" / "benchmarks"
CRATES = pathlib.Path("/usr/share/cargo/registry")
# What a program may use, where Debian's package of it is installed.
DEPENDENCIES = {
    "tokio": 'tokio = { version = "1", features = ["rt-multi-thread", "time", "sync", "macros"] }',
    "rayon": 'rayon = "1"',
    "crossbeam-channel": 'crossbeam-channel = "0.5"',
    "parking_lot": 'parking_lot = "0.12"',
}
CHECKOUTS = {"libfork": "LIBFORK", "tmc": "TMC", "citor": "CITOR"}


class Skipped(Exception):
    """A contender that cannot be built here, and why."""


def call(command, **more):
    try:
        done = subprocess.run(command, capture_output=True, text=True, **more)
    except OSError as error:
        raise Skipped(f"{command[0]}: {error.strerror}") from error
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if "error" in line] or done.stderr.splitlines()
        raise Skipped("; ".join(lines[:2]) or f"status {done.returncode}")


def is_for_any_processor(source):
    return source.parts[-3].startswith("serial_")


def need(program):
    if not shutil.which(program):
        raise Skipped(f"{program} is not installed")


def build_skein(source, exe, skein):
    processor = [] if is_for_any_processor(source) else ["--cpu", "native"]
    call([skein, "build", "--release", *processor, str(source), "-o", str(exe)])


def build_go(source, exe, _):
    """Go takes files of one folder only, so what all need is put beside the program."""
    need("go")
    folder = OUT / "go" / exe.name
    folder.mkdir(parents=True, exist_ok=True)
    files = [shutil.copy(path, folder) for path in (source, HERE / "common" / "bench.go")]
    call(["go", "build", "-o", str(exe), *files], env=dict(os.environ, GO111MODULE="off"))


def build_cpp(source, exe, _):
    """Libraries of checkouts by their file's name; what is installed needs no more than a -l."""
    need("clang++-22")
    flags = ["-ltbb"] if source.stem == "tbb" else []
    if source.stem in CHECKOUTS:
        checkout = os.environ.get(CHECKOUTS[source.stem])
        if not checkout:
            raise Skipped(f"{CHECKOUTS[source.stem]} names no checkout of it")
        flags = ["-std=c++23", f"-I{checkout}/include"]
    # Without fused operations, which give other floats than those of Rust and ours.
    processor = [] if is_for_any_processor(source) else ["-march=native"]
    call(["clang++-22", "-O3", "-DNDEBUG", *processor, "-ffp-contract=off", "-std=c++20", "-pthread", "-w",
          str(source), "-o", str(exe), *flags])


def build_rust(source, exe, _):
    need("cargo")
    found = [line for crate, line in DEPENDENCIES.items() if glob.glob(f"{CRATES}/{crate}-[0-9]*")]
    if not found:
        raise Skipped(f"{CRATES} has none of Debian's crates")
    is_general = is_for_any_processor(source)
    project = OUT / ("rust-any" if is_general else "rust")
    (project / ".cargo").mkdir(parents=True, exist_ok=True)
    # The crates that Debian packages, as a cargo source, so that nothing is downloaded.
    (project / ".cargo" / "config.toml").write_text(
        f'[source.crates-io]\nreplace-with = "debian"\n[source.debian]\ndirectory = "{CRATES}"\n' +
        ("" if is_general else '[build]\nrustflags = ["-C", "target-cpu=native"]\n'))
    bins = "".join(f'[[bin]]\nname = "{path.parts[-3]}_{path.stem}"\npath = "{path}"\n'
                   for path in sorted(HERE.glob("*/rust/*.rs")) if is_for_any_processor(path) == is_general)
    (project / "Cargo.toml").write_text(
        '[package]\nname = "peers"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n' + "\n".join(found) +
        '\n[profile.release]\nlto = "fat"\ncodegen-units = 1\npanic = "abort"\n' + bins)
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
    if source.suffix == ".sk" or not exe.exists():
        return False
    needs = [source, *HERE.glob("common/*"), pathlib.Path(__file__)]
    return all(exe.stat().st_mtime > path.stat().st_mtime for path in needs)


def build_all(folder, skein, only=()):
    """The executables by contender; what cannot be built is named."""
    built = {}
    for name, source, build in contenders(HERE / folder):
        if only and name not in only and name != "skein":
            continue
        exe = OUT / f"{folder}-{name}"
        try:
            if not is_fresh(exe, source):
                build(source, exe, skein)
            built[name] = exe
        except Skipped as why:
            print(f"{folder}: {name} is left out: {why}", file=sys.stderr)
    return built
