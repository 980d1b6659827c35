"""Makes docs/performance.md and the short table of the README of the stored figures; nothing in them is written by hand.

usage: python3 -m harness.page [--check]    (in benchmarks/)

With --check nothing is written: it fails when one of them, or a chart, is not what the stored figures give.
"""
import statistics
import sys

from harness import charts, contenders, instructions, results, table
from harness.compiling import MEASURES
from harness.workloads import WORKLOADS

STORED = contenders.HERE / "results.json"
PAGE = contenders.ROOT / "docs" / "performance.md"
CHARTS = contenders.ROOT / "docs" / "performance"
README = contenders.ROOT / "README.md"
BEGIN, END = "<!-- The short table of docs/performance.md. -->\n", "<!-- End of the short table. -->\n"

ALL = {**WORKLOADS, **MEASURES}
HEADINGS = {
    "P1": "Many tasks", "P2": "One task after the other", "P3": "A tree of calls", "P4": "Trees of tasks and blocks of work",
    "P5": "Tasks that wait, and their end", "P6": "Channels", "P7": "Select", "P8": "Locks and atomics", "P9": "Time",
    "P11": "Programs of one task", "P12": "Compiling", "P13": "The smallest program",
    "D1": "Sums over data", "D2": "Sorting data", "D3": "Points in parallel", "D4": "Bodies in parallel", "D5": "Words in parallel",
}
ALT = {"peers": "How many times our time each peer takes", "tasks": "Time a task against the number of tasks",
       "workers": "Speed against the number of workers"}
SHORT = ["spawn_all", "spawn_await", "fib", "skynet", "nqueens", "ping_pong", "spsc", "mpmc", "sieve", "select_2",
         "select_8_buffered", "mutex", "sort", "words"]
SHORT_PEERS = ["go", "tokio", "rayon", "tbb", "libfork", "citor", "tmc"]

ABOUT = """Made by `scripts/bench` of the figures of its last full run, which stand in `benchmarks/results.json`.
[The programs](../benchmarks/README.md) do the same work in each language and their answers are checked. All contenders of a
table ran in turn, five times each; what counts is the column *times ours*, since absolute times change from machine to machine. CPU time
and peak of memory are those of the whole process, its start included. N is smaller for peers that would need minutes. Skein, C++
and Rust are compiled for the processor at hand (`--cpu native`, `-march=native`), but for the programs of one task, which are for any
x86-64, as Go's all are."""


def short_table(found):
    """Ours with the most workers, and how many times that the peers take, of the largest size."""
    largest = {}
    for (workload, workers, size), rows in results.groups(found).items():
        if workload in SHORT and results.ours(rows):
            largest[workload] = max(largest.get(workload, ((0, 0), [])), ((workers, size), rows), key=lambda each: each[0])
    peers = [peer for peer in SHORT_PEERS
             if any(row["contender"] == peer for _, rows in largest.values() for row in rows)]
    lines = [f"| work | workers | Skein | {' | '.join(peers)} |", "|---|---:|---:|" + "---:|" * len(peers)]
    for workload in SHORT:
        if workload not in largest:
            continue
        (workers, size), rows = largest[workload]
        ratios = {row["contender"]: results.ratio(row, rows) for row in rows}
        mine = results.ours(rows)
        cells = [f"{ratios[peer]:.1f}×" if ratios.get(peer) else "" for peer in peers]
        lines.append(f"| {WORKLOADS[workload].title} (N = {table.count(size)}) | {workers} | "
                     f"{table.figure(results.median(mine), mine['unit'])} | {' | '.join(cells)} |")
    return "\n".join(lines)


def name_of(key, size, workers):
    return f"`{key}`, N = {table.count(size)}" + ("" if key in MEASURES else f", {workers} worker{'s' * (workers > 1)}")


def slower_lines(found):
    """What a peer does faster, and where ours misses the figure aimed at."""
    peers, goals = [], []
    for (key, workers, size), rows in results.groups(found).items():
        mine = results.ours(rows)
        if not mine:
            peers.append(f"- {name_of(key, size, workers)}: ours failed")
            continue
        ahead = [f"{row['contender']} takes {1 / results.ratio(row, rows):.2f} times less" for row in rows
                 if row["contender"] != "serial" and results.ratio(row, rows) and results.ratio(row, rows) < 0.98]
        if ahead:
            peers.append(f"- {name_of(key, size, workers)}: {', '.join(ahead)}")
        goals += [f"- {name_of(key, size, workers)}: {text}" for text in missed(ALL[key], workers, size, rows)]
    return peers, goals


def missed(workload, workers, size, rows):
    """What ours aims at and does not reach, in words."""
    mine = results.ours(rows)
    median, goal = results.median(mine), workload.goal.get(workers)
    if goal and median > goal:
        yield f"{table.figure(median, mine['unit'])}, aimed at {table.figure(goal, mine['unit'])}"
    if workload.bytes_goal and mine["peak_mib"] * 2**20 / size > workload.bytes_goal:
        yield f"{mine['peak_mib'] * 2**20 / size:.0f} bytes a task, aimed at {workload.bytes_goal}"
    if workload.cpu_goal and statistics.median(mine["cpu_s"]) > workload.cpu_goal:
        yield f"{statistics.median(mine['cpu_s']):.2f} s of CPU time, aimed at {workload.cpu_goal}"
    if workload.beside:
        name, times = workload.beside
        peer = next((row for row in rows if row["contender"] == name and "values" in row), None)
        if peer and median > times * results.median(peer):
            yield f"{median / results.median(peer):.2f} times the time of {name}, aimed at {times}"


def section(row, found):
    parts = []
    for key, workload in ALL.items():
        if workload.row != row:
            continue
        tables = [table.of_group(f"N = {table.count(size)}" + ("" if key in MEASURES else
                                 f", {workers} worker{'s' * (workers > 1)}"), rows)
                  for (name, workers, size), rows in results.groups(found).items() if name == key]
        if tables:
            parts.append(f"### `{key}`: {workload.title}\n\n" + "\n\n".join(tables))
    return f"## {HEADINGS[row]}\n\n" + "\n\n".join(parts) if parts else ""


def page(found, charts_drawn):
    versions = "; ".join(f"{name}: {text}" for name, text in found["versions"].items())
    peers, goals = slower_lines(found)
    parts = ["# Performance", ABOUT, f"Found on {found['day']} on {found['machine']}. {versions}.", noise(found),
             *missing(found), "## In short", short_table(found)]
    parts += [f"![{ALT[name]}](performance/{name}.svg)" for name in charts_drawn]
    parts += ["## Where Skein is behind", "Peers that take less time than ours (2 % or more):",
              "\n".join(peers) or "None.", "Figures that Skein aims at and misses:", "\n".join(goals) or "None."]
    parts += [text for text in (section(row, found) for row in HEADINGS) if text]
    if found["instructions"]:
        parts += ["## Instructions", "What one operation costs on one worker, counted by valgrind: no noise changes it.",
                  instructions.table(found["instructions"])]
    return "\n\n".join(parts) + "\n"


def noise(found):
    runs = sum(len(row.get("values", [])) for row in found["rows"])
    noisy = sum(row.get("noisy", 0) for row in found["rows"])
    return (f"{noisy} of {runs} runs were noisy: other programs used more than 12 % of a core meanwhile. Such a run is made again at "
            "first; the tables count those that were noisy then too.")


def missing(found):
    """Who runs a part of the workloads publishes a part."""
    there = {row["workload"] for row in found["rows"]}
    names = [f"`{key}`" for key in ALL if key not in there]
    return [f"Not measured yet: {', '.join(names)}."] if names else []


def in_readme(text, found):
    """The README with the short table of today between its marks."""
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    return f"{head}{BEGIN}\n{short_table(found)}\n\n{END}{tail}"


def publish(found):
    """Writes the page, the charts, and the README's table."""
    draw(found, CHARTS)
    PAGE.write_text(page(found, charts.drawn(found)))
    README.write_text(in_readme(README.read_text(), found))


def draw(found, folder):
    try:
        return charts.draw_all(found, folder)
    except ImportError:
        print("the charts are left as they are: python3-matplotlib is not installed", file=sys.stderr)
        return []


def stale(found):
    """What is not as the stored figures give it."""
    said = []
    if PAGE.read_text() != page(found, charts.drawn(found)):
        said.append(str(PAGE.relative_to(contenders.ROOT)))
    if README.read_text() != in_readme(README.read_text(), found):
        said.append("README.md")
    for name in charts.drawn(found):
        path = CHARTS / f"{name}.svg"
        if not path.exists() or charts.description_in(path.read_text()) != charts.description(name, found):
            said.append(str(path.relative_to(contenders.ROOT)))
    return said


def main():
    found = results.load(STORED)
    if sys.argv[1:] != ["--check"]:
        publish(found)
        return
    wrong = stale(found)
    for name in wrong:
        print(f"{name} is not what benchmarks/results.json gives: run scripts/bench --page")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
