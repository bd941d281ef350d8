#!/usr/bin/env python3
"""Makes docs/measurements.md from the lines of the benches.

Usage: bench_page.py LINES_DIR PAGE DISK_DIR. LINES_DIR has one file a row, as ./dev bench leaves them:
a line `NC_BENCH_RUN {...}` of where it ran, then the bench's own `NC_BENCH {...}` lines (src/base/bench.h).
DISK_DIR is on the disk that was measured; how often it can be made to keep 4 KiB is measured here.
Rows that PAGE has and LINES_DIR has not (measured by another clone or machine) stay as they stand.
"""

import json
import os
import pathlib
import platform
import re
import sys
import tempfile
import time


def machine(disk):
    """What the numbers depend on."""
    cpu = "unknown"
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            cpu = line.split(":", 1)[1].strip()
            break
    memory = int(re.search(r"MemTotal: *(\d+)", pathlib.Path("/proc/meminfo").read_text(encoding="utf-8"))[1])
    return {"processor": cpu, "cores": str(os.cpu_count()), "memory": f"{memory / 2**20:.0f} GiB", "kernel": platform.release(),
            "disk": file_system(disk), "4 KiB written and fdatasync": fsync_rate(disk)}


def file_system(folder):
    """The device and file system below a folder."""
    best = ("", "unknown", "unknown")
    folder = str(pathlib.Path(folder).resolve())
    for line in pathlib.Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        device, mount, kind = line.split()[:3]
        inside = folder == mount or folder.startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(best[0]):
            best = (mount, device, kind)
    return f"{best[1]}, {best[2]}"


def fsync_rate(folder):
    """p50 and p95 of 300 small durable writes."""
    took = []
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        for _ in range(300):
            start = time.perf_counter()
            os.pwrite(file.fileno(), os.urandom(4096), 0)
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - start)
    took.sort()
    return f"{1 / took[150]:,.0f} a second (p50 {took[150] * 1e6:,.0f} µs, p95 {took[285] * 1e6:,.0f} µs)"


def number(value):
    """Three digits that say something."""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def spread(measured, unit):
    """p50, and the rest when there is more than one run."""
    if measured["runs"] == 1:
        return f"{number(measured['p50'])} {unit}"
    return (f"{number(measured['p50'])} {unit} (p95 {number(measured['p95'])}, {number(measured['min'])} to {number(measured['max'])},"
            f" {measured['runs']} runs)")


def verdict(line):
    """met, not met, or - where nothing is aimed at ("stated"). ">=" looks at p50, "<=" at p95."""
    if line["aim"] == "stated":
        return "–"
    aim = re.fullmatch(r"(<=|>=) ([\d.]+)(?: % of (.+))?", line["aim"])
    if not aim:
        raise ValueError(f"{line['what']}: no such aim: {line['aim']}")
    sign, wanted, name = aim.groups()
    bound = float(wanted)
    quantile = "p50" if sign == ">=" else "p95"
    if name:
        bound = bound / 100 * line["reference"][name][quantile]
    good = line[quantile] >= bound if sign == ">=" else line[quantile] <= bound
    return "met" if good else "**not met**"


def ratio(line):
    """Measured to each reference, by p50."""
    return "<br>".join(f"{line['p50'] / one['p50']:.2f}" if one["p50"] else "–" for one in line.get("reference", {}).values())


def read(folder):
    """[(run, [line])] by row."""
    rows = []
    for file in sorted(pathlib.Path(folder).glob("*.txt")):
        run, lines = {}, []
        for text in file.read_text(encoding="utf-8").splitlines():
            if text.startswith("NC_BENCH_RUN "):
                run = json.loads(text.removeprefix("NC_BENCH_RUN "))
            elif text.startswith("NC_BENCH "):
                lines.append(json.loads(text.removeprefix("NC_BENCH ")))
        if lines:
            rows.append((file.stem, run, lines))
    return rows


def kept(target):
    """{row: section} of a page that was made before."""
    if not target.exists():
        return {}
    parts = re.split(r"^## (.+)\n", target.read_text(encoding="utf-8"), flags=re.M)
    return dict(zip(parts[1::2], (text.strip("\n") for text in parts[2::2])))


def section(run, lines, disk):
    """One row as text, without its heading."""
    small = ", smaller sizes" if run.get("quick") else ""
    out = ["", f"Commit {run.get('commit', 'unknown')} of {run.get('date', 'unknown')}{small}; the disk: {disk}.", "",
           "| What | Aim | Measured | Reference in the same run | Ratio | |", "|---|---|---|---|---|---|"]
    for line in lines:
        unit = line["unit"]
        reference = "<br>".join(f"{who}: {spread(one, unit)}" for who, one in line.get("reference", {}).items())
        out.append(f"| {line['what']} | {line['aim']} | {spread(line, unit)} | {reference} | {ratio(line)} | {verdict(line)} |")
    return "\n".join(out).strip("\n")


def page(rows, before, facts):
    """The page as text."""
    out = ["# Measurements", "",
           "Made by `./dev bench`; no speed is claimed that does not stand here. Every figure stands beside its reference of the same",
           "run, on the same disk. `>=` is compared with the median, `<=` with the 95th percentile; \"stated\" has no aim.", "",
           "| Machine of the last run | |", "|---|---|"]
    out += [f"| {name} | {value} |" for name, value in facts.items()]
    sections = before | {name: section(run, lines, facts["4 KiB written and fdatasync"]) for name, run, lines in rows}
    for name in sorted(sections):
        out += ["", f"## {name}", "", sections[name]]
    return "\n".join(out) + "\n"


def main():
    lines_dir, target, disk = sys.argv[1:4]
    target = pathlib.Path(target)
    target.write_text(page(read(lines_dir), kept(target), machine(disk)), encoding="utf-8")


if __name__ == "__main__":
    main()
