"""Tables of Markdown: of a workload with all its contenders, and the short one of the README."""
from harness import results


def figure(value, unit="ns"):
    """Three digits and the unit that fits."""
    if unit == "bytes":
        return f"{value / 1000:.1f} KB" if value >= 1000 else f"{value:.0f} bytes"
    for limit, name in ((1e9, "s"), (1e6, "ms"), (1e3, "µs")):
        if value >= limit:
            return f"{rounded(value / limit)} {name}"
    return f"{rounded(value)} ns"


def rounded(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def count(n):
    for limit, name in ((1_000_000, "M"), (1_000, "K")):
        if n >= limit and n % limit == 0:
            return f"{n // limit}{name}"
    return str(n)


def line(row, rows):
    if "failed" in row:
        return f"| {row['contender']} | {count(row['size'])} | failed: {row['failed']} | | | | | |"
    times = results.ratio(row, rows)
    cells = [row["contender"], count(row["size"]), figure(results.median(row), row["unit"]),
             f"{figure(min(row['values']), row['unit'])} … {figure(max(row['values']), row['unit'])}",
             f"{times:.2f}" if times else "",
             f"{sorted(row['cpu_s'])[len(row['cpu_s']) // 2]:.2f}" if "cpu_s" in row else "",
             f"{row['peak_mib']:.0f}" if "peak_mib" in row else "",
             f"{row['noisy']} of {len(row['values'])} noisy" if row.get("noisy") else ""]
    return f"| {' | '.join(cells)} |"


def of_group(title, rows):
    """One table: contenders that were measured in turn."""
    head = f"**{title}**\n\n| contender | N | median | least … most | times ours | CPU s | peak MiB | |\n"
    return head + "|---|---:|---:|---:|---:|---:|---:|---|\n" + "\n".join(line(row, rows) for row in rows)
