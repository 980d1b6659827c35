"""Runs programs in turn, checks their answers, and notes time, CPU time, memory, and whether others disturbed them."""
import os
import re
import subprocess

from harness import quiet
from harness.contenders import HERE, OUT, call

RESULT = re.compile(r"^RESULT ns=(\d+) ops=(\d+) check=(-?\d+)$", re.M)
TIME_LIMIT = 120
# How often a disturbed run is made again before its figures are taken as they are.
AGAIN = 2


class Failed(Exception):
    """A program that ended badly or gave a wrong answer."""


class Run:
    """One run: nanoseconds (an operation, or from start to end), the CPU time of the whole process, the peak of its memory."""

    def __init__(self, value, cpu_s, peak_mib, noisy):
        self.value, self.cpu_s, self.peak_mib, self.noisy = value, cpu_s, peak_mib, noisy


def launcher():
    """The small program that starts the others and says what they used."""
    source, exe = HERE / "common" / "launch.c", OUT / "launch"
    if not exe.exists() or exe.stat().st_mtime < source.stat().st_mtime:
        OUT.mkdir(parents=True, exist_ok=True)
        call(["clang-22", "-O2", str(source), "-o", str(exe)])
    return exe


def launch(command, env):
    """Runs a command to its end: the run, with its time from start to end, and what it printed."""
    before = quiet.busy_seconds()
    done = subprocess.run([str(launcher()), str(TIME_LIMIT), *map(str, command)], env=env, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(done.stderr.strip())
    wall_ns, cpu_us, peak_kib, status = map(int, done.stderr.split())
    if status != 0:
        raise Failed(f"status {status}")
    cpu = cpu_us / 1e6
    noisy = quiet.is_noise(quiet.busy_seconds() - before - cpu, wall_ns / 1e9)
    return Run(wall_ns, cpu, peak_kib / 1024, noisy), done.stdout


def parse(output):
    """Nanoseconds, operations and answer of what a program printed, or nothing."""
    found = RESULT.search(output)
    return tuple(map(int, found.groups())) if found else None


def is_right(answer, check):
    """Sums wrap around, some in signed numbers."""
    return check is None or (answer - check) % 2**64 == 0


def run_once(exe, arguments, workers):
    env = dict(os.environ, WORKERS=str(workers), GOMAXPROCS=str(workers), SKEIN_WORKERS=str(workers))
    result, output = launch([exe, *arguments], env)
    found = parse(output)
    if not found:
        raise Failed("printed no RESULT")
    ns, ops, answer = found
    result.value = ns / ops
    return result, answer


def run(exe, arguments, workers, check, again=AGAIN):
    """A run with the right answer; one that others disturbed is made again."""
    for left in range(again, -1, -1):
        result, answer = run_once(exe, arguments, workers)
        if not is_right(answer, check):
            raise Failed(f"answered {answer}, right is {check}")
        if not result.noisy or left == 0 or not quiet.wait():
            return result, answer


def in_turn(built, workload, size, workers, options):
    """All contenders once, then all again, so that what disturbs the machine disturbs all. Rows by contender."""
    runs, failed, answers = {name: [] for name in built}, {}, {}
    for _ in range(options.reps):
        options.quick or quiet.wait()
        for name, exe in built.items():
            if name in failed:
                continue
            n = workload.size_for(name, size)
            check = workload.check(n)
            try:
                result, answer = run(exe, [n, *workload.args], workers, answers.get(n) if check is None else check,
                                     again=0 if options.quick else AGAIN)
                answers.setdefault(n, answer)
                runs[name].append(result)
            except Failed as why:
                failed[name] = str(why)
    return [row(name, workload.size_for(name, size), size, runs[name], failed.get(name)) for name in built]


def row(contender, size, asked, runs, failed):
    """What the JSON keeps. `asked` is the size of the others, where this one got a smaller one."""
    found = {"contender": contender, "size": size, "asked": asked, "unit": "ns"}
    if failed:
        return {**found, "failed": failed}
    return {**found, "values": [round(run.value, 3) for run in runs], "cpu_s": [round(run.cpu_s, 4) for run in runs],
            "peak_mib": round(max(run.peak_mib for run in runs), 1), "noisy": sum(run.noisy for run in runs)}
