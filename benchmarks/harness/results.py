"""The figures of all runs: kept as JSON, added to in parts, summed up, and compared with earlier ones.

The file holds the machine, the day, versions, the rows (one for each workload, number of workers, contender and size, with the
figure of every run), and counts of instructions.
"""
import json
import statistics

from harness import machine
from harness.workloads import WORKLOADS

# Ours got slower when its best run now takes that many times the median of before.
SLOWER = 1.05
MORE_INSTRUCTIONS = 0.5


def empty():
    return {"machine": machine.words(), "day": machine.today(), "versions": machine.versions(), "rows": [],
            "instructions": {}}


def load(path):
    return json.loads(path.read_text())


def open_at(path):
    """What stands at `path`, if it was found on this machine today: it is added to. Else a new one."""
    if path.exists():
        found = load(path)
        if (found["machine"], found["day"]) == (machine.words(), machine.today()):
            return found
    return empty()


def save(path, results):
    path.parent.mkdir(parents=True, exist_ok=True)
    head = {name: value for name, value in results.items() if name != "rows"}
    rows = ",\n ".join(json.dumps(row) for row in results["rows"])
    path.write_text(json.dumps(head, indent=1).removesuffix("\n}") + f',\n "rows": [\n {rows}\n ]\n}}\n')


def add(results, rows):
    """Rows of a workload that was measured before take the place of those."""
    new = {(row["workload"], row["workers"], row["asked"]) for row in rows}
    old = [row for row in results["rows"] if (row["workload"], row["workers"], row["asked"]) not in new]
    results["rows"] = old + rows


def median(row):
    return statistics.median(row["values"])


def ours(rows):
    return next((row for row in rows if row["contender"] == "skein" and "values" in row), None)


def ratio(row, rows):
    """How many times as long as ours, of rows that were measured in turn; nothing for a failed one, nor for one of
    another size where that matters."""
    mine = ours(rows)
    if not mine or "values" not in row or not median(mine):
        return None
    workload = WORKLOADS.get(row["workload"])
    if workload and workload.whole and row["size"] != mine["size"]:
        return None
    return median(row) / median(mine)


def groups(results):
    """Rows that were measured in turn, by workload, workers and size, in the order of the file."""
    found = {}
    for row in results["rows"]:
        found.setdefault((row["workload"], row["workers"], row["asked"]), []).append(row)
    return found


def what_got_slower(now, before):
    """A sentence for each figure of ours that is worse than in the baseline."""
    said = []
    if now["machine"] != before["machine"]:
        said.append(f"the baseline is of another machine: {before['machine']}")
    old = {key: ours(rows) for key, rows in groups(before).items()}
    for key, rows in groups(now).items():
        mine, then = ours(rows), old.get(key)
        if mine and then and min(mine["values"]) > SLOWER * median(then):
            workload, workers, size = key
            said.append(f"{workload} {size}, {workers} worker{'s' * (workers > 1)}: {median(mine):.4g} {mine['unit']}, "
                        f"before {median(then):.4g}")
    for name, count in now["instructions"].items():
        then = before["instructions"].get(name)
        if then is not None and count > then + MORE_INSTRUCTIONS:
            said.append(f"{name}: {count:.1f} instructions, before {then:.1f}")
    return said
