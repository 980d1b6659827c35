#!/usr/bin/env python3
"""Measures Skein beside its peers. People run it as scripts/bench, which installs and builds what it needs."""
import argparse
import pathlib
import sys

from harness import compiling, contenders, instructions, measure, page, results, table
from harness.workloads import WORKLOADS

ALL = {**WORKLOADS, **compiling.MEASURES}
EPILOG = """A name is a workload, a row (P1 to P13, D1 to D5), or `instructions`. All contenders of a workload run once in turn, then
all again, as often as --reps says; a run that others disturbed is made again, twice at most, and then counted as noisy.

A full run writes benchmarks/results.json, docs/performance.md, its charts, and the table of the README. --quick and --only write
the same into build/benchmarks/; --only --publish adds to the stored figures if they are of this machine and day.
"""


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__, epilog=EPILOG,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="NAMES", help="rows or workloads, with commas")
    parser.add_argument("--peers", default="", metavar="NAMES", help="only these contenders beside ours, with commas")
    parser.add_argument("--workers", default="1,2", metavar="NUMBERS", help="numbers of workers, with commas (1,2)")
    parser.add_argument("--reps", type=int, metavar="N", help="runs of each (5; 3 with --quick)")
    parser.add_argument("--quick", action="store_true", help="small sizes: does all work, not how fast is it")
    parser.add_argument("--baseline", metavar="FILE", help="a results.json of before: names what got slower, status 1 if any did")
    parser.add_argument("--publish", action="store_true", help="write into the tree, as a full run does")
    parser.add_argument("--page", action="store_true", help="measure nothing: make the page of the stored figures again")
    parser.add_argument("--skein", default=str(contenders.ROOT / "build" / "release" / "bin" / "skein"), metavar="PATH",
                        help="the compiler to measure")
    options = parser.parse_args()
    options.reps = options.reps or (3 if options.quick else 5)
    options.chosen = chosen([name for name in options.only.split(",") if name], parser)
    if options.publish and options.quick:
        parser.error("figures of small sizes are not for publishing")
    options.publish = options.publish or not (options.only or options.quick)
    return options


def chosen(names, parser):
    """The keys of what is measured, in the order of the tables."""
    keys = [*ALL, "instructions"]
    rows = {workload.row for workload in ALL.values()}
    for name in names:
        if name not in keys and name not in rows:
            parser.error(f"there is no workload and no row {name}; there are {', '.join(keys)}")
    return [key for key in keys if not names or key in names or (key in ALL and ALL[key].row in names)]


def measured(key, options):
    """Rows of a workload, group by group: those of one group were measured in turn."""
    if key in compiling.MEASURES:
        yield compiling.measure(key, options)
        return
    workload = WORKLOADS[key]
    built = contenders.build_all(workload.folder or key, options.skein, [name for name in options.peers.split(",") if name])
    for size in workload.quick if options.quick else workload.sizes:
        for workers in [1] if workload.one_worker else map(int, options.workers.split(",")):
            rows = measure.in_turn(built, workload, size, workers, options)
            yield [{"workload": key, "workers": workers, **row} for row in rows]


def measure_all(options, path):
    """Figures are saved after each group, so what was measured is kept when the rest is given up."""
    found = results.empty() if options.quick else results.open_at(path)
    wrong = False
    for key in options.chosen:
        if key == "instructions":
            wrong = not count_instructions(found, options) or wrong
        else:
            for rows in measured(key, options):
                if not rows:
                    continue
                name = page.name_of(key, rows[0]["asked"], rows[0]["workers"])
                print(f"\n{table.of_group(f'{ALL[key].title}, {name}', rows)}", flush=True)
                wrong = wrong or not results.ours(rows) or any("failed" in row for row in rows)
                results.add(found, rows)
                results.save(path, found)
        results.save(path, found)
    return found, wrong


def count_instructions(found, options):
    try:
        found["instructions"] = instructions.measure(options.skein)
    except contenders.Skipped as why:
        print(f"instructions are not counted: {why}", file=sys.stderr)
        return False
    print(f"\n{instructions.table(found['instructions'])}", flush=True)
    return True


def main():
    options = arguments()
    if options.page:
        page.publish(results.load(page.STORED))
        return
    contenders.OUT.mkdir(parents=True, exist_ok=True)
    name = "quick.json" if options.quick else "results.json"
    path = page.STORED if options.publish else contenders.OUT / name
    baseline = results.load(pathlib.Path(options.baseline)) if options.baseline else None
    found, wrong = measure_all(options, path)
    if options.publish:
        page.publish(found)
    else:
        (contenders.OUT / "performance.md").write_text(page.page(found, page.draw(found, contenders.OUT / "performance")))
    noisy = sum(row.get("noisy", 0) for row in found["rows"])
    if noisy:
        print(f"\n{noisy} runs were disturbed by other programs: their tables say so", file=sys.stderr)
    slower = results.what_got_slower(found, baseline) if baseline else []
    for line in slower:
        print(f"slower: {line}", file=sys.stderr)
    sys.exit(bool(wrong or slower))


if __name__ == "__main__":
    main()
