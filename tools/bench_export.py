#!/usr/bin/env python3
"""A million rows of the list of activities as CSV and as XLSX: how long, and how much memory the serving node takes.

Usage: bench_export.py BUILD_FOLDER. Makes a node of 1,000,000 activities (20,000 with NC_BENCH_QUICK) with the build's
bench_fill, serves it, orders both files on the pages as somebody who sees all, waits for them as a person would, and counts
the rows of what comes. With NC_BENCH_KEEP=FOLDER the node is kept there and used again, also by the bench of pages.
"""

import os
import pathlib
import re
import shutil
import sys
import tempfile
import time
import zipfile

from bench_memory import pss
from bench_pages import MANY, Node, line, node_of, spread

LOGIN = "commander"


def ordered(person, kind):
    """The page of the work that makes the file."""
    path = f"/activities/export?format={kind}"
    page = person.get(path)
    fields = dict(re.findall(r'<input type="hidden" name="(csrf|once)" value="([^"]+)"', page[page.rindex("<form"):]))
    return person.post(path, fields)


def wait(person, work, process):
    """Until the file is there; the most memory that was seen meanwhile, in KiB."""
    peak = 0
    while True:
        peak = max(peak, pss(process))
        page = person.get(work)
        if "/file" in page:
            return peak
        if 'id="work"' in page and "<progress" not in page:
            said = page[page.index('id="work"'):][:500]
            raise RuntimeError(f"{work} ended without a file: {said}")
        time.sleep(0.5)


def rows_of(file, kind):
    """Rows below the labels."""
    if kind == "csv":
        with open(file, "rb") as opened:
            return sum(1 for _ in opened) - 1
    labels, last, rest = None, 0, b""
    with zipfile.ZipFile(file) as book, book.open("xl/worksheets/sheet1.xml") as sheet:
        while piece := sheet.read(1 << 20):
            piece = rest + piece
            if labels is None:
                labels = int(re.search(rb'<pane [^>]*ySplit="(\d+)"', piece)[1])
            for found in re.finditer(rb'<row r="(\d+)"', piece):
                last = int(found[1])
            rest = piece[-32:]
    return last - labels


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="nc-export-", dir=os.environ.get("NC_BENCH_DIR")))
    keep = pathlib.Path(os.environ.get("NC_BENCH_KEEP") or scratch).resolve()
    try:
        node = node_of(keep, build / "src/ledger/records/bench_fill", MANY)
        with Node(build, build / "nhipcau", node, [LOGIN]) as serving:
            person = serving.person(LOGIN)
            person.get("/activities")
            before = pss(serving.server.pid)
            for kind in ("csv", "xlsx"):
                begun = time.monotonic()
                work = ordered(person, kind)
                peak = wait(person, work, serving.server.pid)
                took = time.monotonic() - begun
                file = scratch / f"list.{kind}"
                person.save(work + "/file", file)
                rows = rows_of(file, kind)
                if rows != MANY:
                    raise RuntimeError(f"{rows:,} rows instead of {MANY:,}")
                line(f"{MANY:,} rows as {kind.upper()}, {file.stat().st_size / 1e6:.0f} MB", "s", spread([took]), row="export")
                line(f"peak memory of the node meanwhile ({before / 1024:.0f} MiB before)", "MiB", spread([peak / 1024]), "<= 128",
                     row="export")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
