#!/usr/bin/env python3
"""Random concurrent programs with one right answer, built and run with 1, 2 and 8 workers.

usage: concurrent_programs.py --skein PATH [--count N] [--seed S] [--size N] [--runs N] [--jobs N] [--keep FOLDER]

Each program is a tree of functions that start tasks, send, lock, select, race, cancel and catch, all in ways whose
result does not depend on who was first; the generator computes it. Programs are built at -O0 and --release in turn.
With --runs each is run so many times with each number of workers; --jobs programs are tried at once.
"""
import argparse
import concurrent.futures
import os
import pathlib
import random
import subprocess
import sys
import tempfile

PRIME = 1_000_003
PRELUDE = """use std.task
use std.time

fn mix(a: int, b: int) -> int { (a * 31 + b + 7) % 1_000_003 }

fn pause(n: int) {
    if n % 3 == 1 { yield }
    if n % 3 == 2 { time.sleep(50us) }
}

fn forever() -> int {
    time.sleep(1h)
    0
}

fn broken(n: int) -> int {
    pause(n)
    panic("broken")
}

fn add_to(mut x: int, n: int) { x = mix(x, n) }
"""


def mix(a, b):
    return (a * 31 + b + 7) % PRIME


class Program:
    """Functions `f0`, `f1`, …, each with the value it gives."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.functions = []

    def add(self, body, value):
        name = f"f{len(self.functions)}"
        lines = "\n".join("    " + line for line in body.strip("\n").split("\n"))
        self.functions.append(f"fn {name}() -> int {{\n{lines}\n}}\n")
        return name, value

    def make(self, depth):
        if depth == 0:
            value = self.random.randrange(1000)
            return self.add(f"pause({value})\n{value}", value)
        return self.random.choice(KINDS)(self, depth - 1)

    def some(self, depth, most=4):
        return [self.make(depth) for _ in range(self.random.randint(1, most))]

    def numbers(self):
        return [self.random.randrange(1000) for _ in range(self.random.randint(0, 12))]

    def text(self):
        result, value = self.make(SIZE)
        return PRELUDE + "\n" + "\n".join(self.functions) + f"\nfn main() {{ println({result}()) }}\n", value


def fold(values, start=0):
    for value in values:
        start = mix(start, value)
    return start


def awaited(p, depth):
    parts = p.some(depth)
    order = list(range(len(parts)))
    p.random.shuffle(order)
    body = "".join(f"let t{i} = spawn {name}()\n" for i, (name, _) in enumerate(parts))
    body += "".join(f"let v{i} = await t{i}\n" for i in order)
    body += "var sum = 0\n" + "".join(f"sum = mix(sum, v{i})\n" for i in range(len(parts))) + "sum"
    return p.add(body, fold(value for _, value in parts))


def array_of_tasks(p, depth):
    part, value = p.make(depth)
    n = p.random.randint(1, 20)
    body = f"""var tasks = []
for i in 0..{n} {{ tasks.push(spawn {{ mix({part if n < 4 else value}{"()" if n < 4 else ""}, i) }}) }}
var sum = 0
for t in tasks {{ sum = mix(sum, await t) }}
sum"""
    return p.add(body, fold(mix(value, i) for i in range(n)))


def counted(p, depth):
    parts = p.some(depth)
    policy = p.random.choice(["", "(max: 1)", "(max: 2)"])
    spawns = "".join(f"    spawn {{ sum.fetch_add({name}()) }}\n" for name, _ in parts)
    return p.add(f"let sum = Atomic(0)\nasync{policy} {{\n{spawns}}}\nsum.load() % {PRIME}",
                 sum(value for _, value in parts) % PRIME)


def locked(p, depth):
    parts = p.some(depth)
    spawns = "".join(f"    spawn {{\n        let v = {name}()\n        m.with(|mut n| n += v)\n    }}\n"
                     for name, _ in parts)
    return p.add(f"let m = Mutex(1)\nasync {{\n{spawns}}}\nm.with(|n| n) % {PRIME}",
                 (1 + sum(value for _, value in parts)) % PRIME)


def pipeline(p, depth):
    part, value = p.make(depth)
    numbers = p.numbers()
    stages = p.random.randint(1, 4)
    body = "".join(f"let c{i} = Chan<int>({p.random.randrange(4)})\n" for i in range(stages + 1))
    body += f"spawn {{\n    for v in [{part}(), {', '.join(map(str, numbers))}] {{ c0 <- v }}\n    c0.close()\n}}\n"
    for i in range(stages):
        body += f"spawn {{\n    for v in c{i} {{ c{i + 1} <- mix(v, {i}) }}\n    c{i + 1}.close()\n}}\n"
    body += f"var sum = 0\nfor v in c{stages} {{ sum = mix(sum, v) }}\nsum"
    values = [value, *numbers]
    for i in range(stages):
        values = [mix(v, i) for v in values]
    return p.add(body, fold(values))


def workers(p, depth):
    part, value = p.make(depth)
    numbers = [*p.numbers(), p.random.randrange(100)]
    body = f"""let base = {part}()
let jobs = Chan<int>({p.random.randrange(5)})
let results = Chan<int>({p.random.randrange(5)})
async {{
    for _ in 0..{p.random.randint(1, 6)} {{
        spawn {{ for j in jobs {{ results <- mix(base, j) }} }}
    }}
    spawn {{
        for j in [{', '.join(map(str, numbers))}] {{ jobs <- j }}
        jobs.close()
    }}
    var sum = 0
    for _ in 0..{len(numbers)} {{ sum += (<-results)! }}
    sum % {PRIME}
}}"""
    return p.add(body, sum(mix(value, n) for n in numbers) % PRIME)


def selected(p, depth):
    (a, x), (b, y) = p.make(depth), p.make(depth)
    n = p.random.randint(1, 6)
    body = f"""let left = Chan<int>({p.random.randrange(3)})
let right = Chan<int>({p.random.randrange(3)})
spawn {{
    for i in 0..{n} {{ left <- {x if n > 2 else a + "()"} + i }}
    left.close()
}}
spawn {{
    right <- {b}()
    right.close()
}}
var sum = 0
loop {{
    select {{
        v in left => sum += v
        v in right => sum += v
        closed => break
    }}
}}
sum % {PRIME}"""
    return p.add(body, (sum(x + i for i in range(n)) + y) % PRIME)


def raced(p, depth):
    part, value = p.make(depth)
    runners = [f"    spawn {part}()\n"] + ["    spawn forever()\n"] * p.random.randint(0, 3)
    p.random.shuffle(runners)
    return p.add("async(race) {\n" + "".join(runners) + "}", value)


def settled(p, depth):
    parts = p.some(depth)
    spawns = "".join(f"    spawn {name}()\n" for name, _ in parts)
    body = f"""let outcomes = async(settle) {{
{spawns}    spawn broken({p.random.randrange(9)})
}}
var sum = 0
for o in outcomes {{ sum = mix(sum, o.unwrap_or(5)) }}
sum"""
    return p.add(body, fold([*(value for _, value in parts), 5]))


def deadlines(p, depth):
    (a, x), (b, y) = p.make(depth), p.make(depth)
    late = p.random.choice(["1us", "200us", "0ms"])
    body = f"""let a = (within 1h {{ {a}() }}).unwrap_or(1)
let b = (within {late} {{
    async {{ spawn forever() }}
    {b}()
}}).unwrap_or(2)
mix(a, b)"""
    return p.add(body, mix(x, 2))


def cancelled(p, depth):
    part, value = p.make(depth)
    body = f"""let ended = Atomic(0)
let t = spawn {{
    defer {{ ended.fetch_add(1) }}
    let inner = spawn forever()
    await inner + {part}()
}}
pause({p.random.randrange(9)})
t.cancel()
let outcome = if t.join().is_err() {{ 3 }} else {{ 4 }}
mix(outcome + ended.load(), {part}())"""
    return p.add(body, mix(4, value))


def token(p, depth):
    part, value = p.make(depth)
    body = f"""let token = CancelToken.new()
spawn {{
    pause({p.random.randrange(9)})
    token.cancel()
}}
let stopped = within token {{ forever() }}
mix(stopped.unwrap_or(6), {part}())"""
    return p.add(body, mix(6, value))


def failed(p, depth):
    parts = p.some(depth)
    spawns = "".join(f"        spawn {{ _ = {name}() }}\n" for name, _ in parts)
    body = f"""let r = catch {{
    async {{
{spawns}        spawn {{ panic("{len(parts)}") }}
        forever()
    }}
}}
match r {{
    ok(_) => 1
    err(p) => int.parse(p.message)! + 10
}}"""
    return p.add(body, len(parts) + 10)


def lent(p, depth):
    part, value = p.make(depth)
    numbers = [*p.numbers(), 1]
    body = f"""var xs = [{', '.join(map(str, numbers))}]
let n = {part}()
async {{
    for mut x in xs {{ spawn add_to(mut x, n) }}
}}
var sum = 0
for x in xs {{ sum = mix(sum, x) }}
sum"""
    return p.add(body, fold(mix(n, value) for n in numbers))


def mapped(p, depth):
    part, value = p.make(depth)
    numbers = [*p.numbers(), 2]
    body = f"""let n = {part}()
var sum = 0
for v in task.map_concurrent([{', '.join(map(str, numbers))}], {p.random.randint(1, 4)}, |x| {{
    pause(x)
    mix(x, n)
}}) {{ sum = mix(sum, v) }}
sum"""
    return p.add(body, fold(mix(n, value) for n in numbers))


def passed_down(p, depth):
    parts = p.some(depth)
    spawns = "".join(f"    s.spawn {{ sum.fetch_add({name}()) }}\n" for name, _ in parts)
    name, _ = p.add("0", 0)
    p.functions.append(f"fn {name}_helper(sum: Atomic<int>, using s: Scope) {{\n{spawns}}}\n")
    return p.add(f"let sum = Atomic(0)\nasync |s| {{ {name}_helper(sum) }}\nsum.load() % {PRIME}",
                 sum(value for _, value in parts) % PRIME)


KINDS = [awaited, array_of_tasks, counted, locked, pipeline, workers, selected, raced, settled, deadlines, cancelled,
         token, failed, lent, mapped, passed_down]
SIZE = 3


def complaints(skein, mode, source, value, exe, runs):
    build = subprocess.run([skein, "build", mode, str(source), "-o", exe], capture_output=True, text=True, timeout=300)
    if build.returncode != 0:
        yield f"does not build:\n{build.stderr[:2000]}"
        return
    for workers_count in ("1", "2", "8"):
        env = dict(os.environ, SKEIN_WORKERS=workers_count)
        for _ in range(runs):
            try:
                run = subprocess.run([exe], env=env, capture_output=True, text=True, timeout=120)
            except subprocess.TimeoutExpired:
                yield f"{workers_count} workers: no end within 120 s"
                break
            if run.returncode != 0 or run.stdout != f"{value}\n":
                yield (f"{workers_count} workers: status {run.returncode}, {run.stdout!r}, expected {value}\n"
                       f"{run.stderr[:2000]}")
                break


def tried(seed, folder, options):
    """What is wrong with the program of a seed, or nothing. A wrong one is kept where --keep says."""
    text, value = Program(seed).text()
    source = folder / f"program{seed}.sk"
    source.write_text(text, encoding="utf-8")
    exe = source.with_suffix("")
    mode = "-O0" if seed % 2 == 0 else "--release"
    found = list(complaints(options.skein, mode, source, value, str(exe), options.runs))
    if found and options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        (options.keep / source.name).write_text(text, encoding="utf-8")
    exe.unlink(missing_ok=True)
    return f"program {seed}, {mode}: " + "\n".join(found) if found else ""


def main():
    global SIZE
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--skein", required=True)
    parser.add_argument("--count", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path)
    options = parser.parse_args()
    SIZE = options.size
    failed_count = 0
    with tempfile.TemporaryDirectory(prefix="skein-fuzz-") as folder, \
            concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        seeds = range(options.seed, options.seed + options.count)
        for found in pool.map(lambda seed: tried(seed, pathlib.Path(folder), options), seeds):
            if found:
                failed_count += 1
                print(found, flush=True)
    print(f"{options.count - failed_count} of {options.count} programs gave the right answer")
    sys.exit(failed_count > 0)


main()
