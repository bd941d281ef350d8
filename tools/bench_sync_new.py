#!/usr/bin/env python3
"""A new node of a whole force from nothing, over the line, killed once on the way.

Usage: bench_sync_new.py BUILD_FOLDER. The parent holds 1,000,000 activities (2,000 with NC_BENCH_QUICK), made by the build's bench_fill or
copied from NC_BENCH_KEEP. Takes a quarter of an hour.
"""

import contextlib
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

from bench_pages import node_of, spread
from bench_sync_parts import ENVIRONMENT, QUICK, Proxy, Serving, line, run

NEW = 2_000 if QUICK else 1_000_000


def new_node(build, folder):
    """A second node of the whole tree, from nothing; cut once on the way."""
    program = build / "nhipcau"
    keep = pathlib.Path(os.environ["NC_BENCH_KEEP"]) if os.environ.get("NC_BENCH_KEEP") else folder
    parent, child, card = folder / "new-parent", folder / "new-child", folder / "new-card"
    shutil.copytree(node_of(keep, build / "src/ledger/records/bench_fill", NEW), parent)
    proxy = Proxy()
    run(program, "enrol", parent, "--unit", "bench-force", "--out", card, "--at", f"127.0.0.1:{proxy.port}")
    run(program, "init", child, "--card", card)
    run(program, "enrol", parent, "--admit", child / "request.json", "--confirm")
    with Serving(program, parent, sync=True) as serving:
        proxy.to = serving.sync_port
        begun = time.monotonic()
        first = subprocess.Popen([str(program), "sync", str(child)], env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while held(child) < NEW // 4 and first.poll() is None:
            time.sleep(0.5)
        first.kill()
        first.wait()
        kept = held(child)
        run(program, "sync", child)
        took = time.monotonic() - begun
        used = serving.processor_seconds()
    entries = held(child)
    if entries < NEW:
        raise RuntimeError(f"only {entries:,} of {NEW:,}")
    line(f"a new node of the whole tree from a parent with {entries:,} entries, killed once after {kept:,} and going on there", "s",
         spread([took]))
    line("the same, entries a second", "/s", spread([entries / took]))
    line("bytes over the line, TLS included", "MB", spread([proxy.bytes / 1e6]))
    line("processor time of the parent", "s", spread([used]))


def held(node):
    try:
        with contextlib.closing(sqlite3.connect(f"file:{node / 'ledger.db'}?mode=ro", uri=True)) as db:
            return db.execute("SELECT max(arrival) FROM journal_entry").fetchone()[0] or 0
    except sqlite3.OperationalError:
        return 0


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nc-sync-", dir=os.environ.get("NC_BENCH_DIR")))
    try:
        new_node(build, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
