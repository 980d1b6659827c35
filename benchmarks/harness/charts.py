"""Draws the charts of the page as SVG, with matplotlib: readable on light and on dark ground, the same bytes for the same figures.

What a chart shows is worked out first, without drawing; it is written into the file as its description too, so that a test can
tell whether a chart belongs to the stored figures.
"""
import json
import re
import xml.sax.saxutils

from harness import results

# One colour for each contender on all charts, of a palette that also colour-blind people tell apart.
COLOURS = {"skein": "#e8590c", "go": "#1c9ac9", "tokio": "#b8860b", "rayon": "#a855c7", "tbb": "#2f9e64", "libfork": "#4c78e0",
           "tmc": "#e0569b", "citor": "#6b4fbb", "serial": "#8a8f98", "crossbeam": "#c0564b", "parking_lot": "#7a8f2a", "std": "#5f9ea0",
           "rust": "#b8860b", "clang": "#2f9e64"}
INK = "#808792"  # of lines and letters: half way between black and white
SCALING = ["fib", "skynet", "nqueens", "mpmc", "sieve", "sort"]


def beside_peers(found):
    """How many times our time each peer takes, for the largest size of each workload and the most workers it has."""
    points = {}
    for (workload, workers, size), rows in results.groups(found).items():
        mine = results.ours(rows)
        if mine and mine["unit"] == "ns":
            ratios = {row["contender"]: round(results.ratio(row, rows), 3) for row in rows
                      if row is not mine and results.ratio(row, rows)}
            if ratios:
                points[workload] = {"size": size, "workers": workers, "ratios": ratios}
    return points


def by_tasks(found):
    """Nanoseconds a task against the number of tasks, by contender and workers."""
    lines = {}
    for (workload, workers, _), rows in results.groups(found).items():
        if workload == "spawn_all":
            for row in rows:
                if "values" in row:
                    line = lines.setdefault(str(workers), {}).setdefault(row["contender"], [])
                    line.append([row["size"], round(results.median(row), 2)])
    return lines


def by_workers(found):
    """How many times as fast as on one worker, by workload and contender; of the largest size."""
    times = {}
    for (workload, workers, _), rows in results.groups(found).items():
        if workload in SCALING:
            for row in rows:
                if "values" in row and row["contender"] != "serial":
                    times.setdefault(workload, {}).setdefault(row["contender"], {})[workers] = results.median(row)
    return {workload: {name: [[workers, round(line[1] / time, 2)] for workers, time in sorted(line.items())]
                       for name, line in lines.items() if 1 in line and len(line) > 1} for workload, lines in times.items()}


CHARTS = {"peers": beside_peers, "tasks": by_tasks, "workers": by_workers}


def drawn(found):
    """The charts that there are figures for."""
    return [name for name, points in CHARTS.items() if points(found)]


def description(name, found):
    return json.dumps(CHARTS[name](found), sort_keys=True)


def description_in(svg):
    """The figures that a chart was drawn from."""
    text = re.search(r"<dc:description>(.*?)</dc:description>", svg, re.S)
    return xml.sax.saxutils.unescape(text.group(1), {"&quot;": '"'}) if text else ""


def draw_all(found, folder):
    """Writes the charts and gives their names."""
    import matplotlib  # here, so that everything else works without it
    matplotlib.use("svg")
    matplotlib.rcParams.update({
        "svg.hashsalt": "skein", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9, "savefig.transparent": True,
        **{name: INK for name in ("text.color", "axes.labelcolor", "axes.edgecolor", "axes.titlecolor", "xtick.color",
                                  "ytick.color", "grid.color")}})
    folder.mkdir(parents=True, exist_ok=True)
    draw = {"peers": draw_peers, "tasks": draw_tasks, "workers": draw_workers}
    for name in drawn(found):
        figure = draw[name](CHARTS[name](found))
        figure.savefig(folder / f"{name}.svg", bbox_inches="tight",
                       metadata={"Date": None, "Creator": None, "Description": description(name, found)})
    return drawn(found)


def colour(name):
    return COLOURS.get(name, INK)


def legend(figure, handles):
    figure.legend(handles.values(), handles.keys(), loc="upper center", bbox_to_anchor=(0.5, 0.0), ncol=6, frameon=False)


def draw_peers(points):
    import matplotlib.pyplot as plt
    figure, axes = plt.subplots(figsize=(8, 0.27 * len(points) + 1))
    handles = {}
    for place, (workload, point) in enumerate(points.items()):
        for name, ratio in point["ratios"].items():
            handles[name] = axes.scatter(ratio, -place, color=colour(name), s=28, alpha=0.9, linewidths=0)
    handles = {"skein": axes.axvline(1, color=colour("skein"), linewidth=2), **dict(sorted(handles.items()))}
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_yticks([-place for place in range(len(points))], list(points))
    axes.grid(alpha=0.3)
    axes.set_xlabel("times our time (right of the line: slower than Skein)")
    figure.tight_layout()
    legend(figure, handles)
    return figure


def draw_lines(parts, title, label, scale):
    """Small charts beside each other, a line for each contender."""
    import matplotlib.pyplot as plt
    columns = min(3, len(parts))
    rows = -(-len(parts) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(8, 2.8 * rows), squeeze=False, sharey=True)
    handles = {}
    for part, (key, lines) in zip(axes.flat, parts.items()):
        for name, line in lines.items():
            x, y = zip(*line)
            handles[name], = part.plot(x, y, marker="o", markersize=4, color=colour(name))
        part.set_title(title(key))
        part.set_xlabel(label[0])
        part.grid(alpha=0.3)
    for part in list(axes.flat)[:len(parts)]:  # when all lines are drawn: the charts share an axis
        scale(part)
    for spare in list(axes.flat)[len(parts):]:
        spare.remove()
    for line in axes:
        line[0].set_ylabel(label[1])
    figure.tight_layout()
    legend(figure, handles)
    return figure


def draw_tasks(points):
    def scale(part):
        part.set_xscale("log")
        part.set_yscale("log")
        part.yaxis.set_major_formatter("{x:g}")
    return draw_lines(points, lambda workers: f"{workers} worker{'s' * (workers != '1')}", ("tasks", "ns a task"), scale)


def draw_workers(points):
    def scale(part):
        part.xaxis.get_major_locator().set_params(integer=True)
        part.set_ylim(bottom=0)
    return draw_lines(points, str, ("workers", "times as fast as one"), scale)
