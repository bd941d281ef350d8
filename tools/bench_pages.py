#!/usr/bin/env python3
"""How fast pages are: lists, records, forms and figures of a node that holds a whole force's activities.

Usage: bench_pages.py BUILD_FOLDER. Makes nodes of 1,000,000 and of 100,000 activities (20,000 and 2,000 with
NC_BENCH_QUICK) with the build's bench_fill, serves them with the build's nhipcau and asks with its http_load:
at 200 requests a second whether or not the earlier ones are answered, and as many as it can at 64 connections, beside a
file of the same size from the same server. As the officer of one post, who sees one record in 300, and as somebody who
sees all. With NC_BENCH_KEEP=FOLDER nodes are kept there and used again.
"""

import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from bench_memory import Person, pss

QUICK = bool(os.environ.get("NC_BENCH_QUICK"))
MANY, FEW = (20_000, 2_000) if QUICK else (1_000_000, 100_000)
SECONDS = 5 if QUICK else 30
RATE = 200
CONNECTIONS = 64
STARTS = 3 if QUICK else 7
LISTS = ("/activities", "/activities?status=held&level=post", "/activities?kind=talks", "/activities?from=2020&to=2021",
         "/activities?sort=oldest")
FORMS = ("/records/new?type=patrol", "/records/new?type=talks")
FIGURES = ("/figures?kind=talks", "/figures?rows=kind&columns=year", "/figures?rows=month&from=2024&to=2024",
           "/figures?kind=patrol&from=2024&to=2024")

KINDS = ("list", "record", "form", "figure")
PEOPLE = (("bench", "the officer of one post", "<= 20"), ("commander", "who sees all", "stated"))
FILE_BYTES = 8192


def with_files(build, scratch):
    """The program with further files to serve: of 8 KiB, 16 KiB and so on."""
    folder = scratch / "program"
    folder.mkdir()
    shutil.copy(build / "nhipcau", folder)
    shutil.copytree(build / "share", folder / "share")
    for size in range(1, 17):
        (folder / f"share/assets/size-{size}.css").write_bytes(os.urandom(FILE_BYTES // 2).hex().encode() * size)
    return folder / "nhipcau"


def node_of(folder, fill, records):
    node = folder / f"force-{records}"
    if not (node / "made").exists():
        shutil.rmtree(node, ignore_errors=True)
        subprocess.run([fill, node, str(records), "force"], check=True)
        (node / "made").write_text("whole\n", encoding="utf-8")
    return node


class Node:
    """A serving node, and who asks it."""

    def __init__(self, build, program, node, people=()):
        self.program, self.node = program, node
        self.load = build / "src/foundation/net/http_load"
        self.server = None
        self.passwords = {login: secrets.token_urlsafe(18) for login in people}

    def __enter__(self):
        for login, password in self.passwords.items():
            subprocess.run([self.program, "--lang", "en", "account", self.node, "password", login], check=True,
                           input=f"{password}\n{password}\n", stdout=subprocess.DEVNULL, text=True)
        self.server = subprocess.Popen([self.program, "--lang", "en", "serve", self.node, "--listen", "127.0.0.1:0"],
                                       stdout=subprocess.PIPE, text=True)
        self.address = self.server.stdout.readline().strip().split()[-1]
        self.port = self.address.rsplit(":", 1)[1]
        return self

    def __exit__(self, *_):
        self.server.send_signal(signal.SIGTERM)
        self.server.wait(timeout=120)
        self.server.stdout.close()

    def person(self, login):
        return Person(self.address, self.passwords[login], login)

    def ask(self, cookie, pages, kind, much, seconds=SECONDS):
        """What http_load says, by kind of page."""
        done = subprocess.run([self.load, self.port, cookie, kind, str(much), str(seconds)], check=True, text=True,
                              input="".join(f"{name} {path}\n" for name, path in pages), stdout=subprocess.PIPE)
        said = {line["kind"]: line for line in map(json.loads, done.stdout.splitlines())}
        if said["all"]["bad"]:
            raise RuntimeError(f"{said['all']['bad']} answers were not 200: {said}")
        return said


def pages_of(person):
    """One page after the other, of each kind as many as of any other."""
    first = person.get("/activities")
    second = re.search(r'href="(/activities\?after=[^"]+)"', first)
    lists = list(LISTS) + ([second[1].replace("&amp;", "&")] if second else [])
    records = []
    for path in lists:
        records += re.findall(r'href="(/records/[0-9a-f]{32})"', person.get(path))
    records = list(dict.fromkeys(records))
    forms = list(FORMS) + [record + "/edit" for record in records[:6]]
    rounds = max(len(lists), len(records), len(forms), len(FIGURES))
    return [(kind, paths[at % len(paths)]) for at in range(rounds)
            for kind, paths in (("list", lists), ("record", records), ("form", forms), ("figure", FIGURES))]


def line(what, unit, said, aim="stated", reference=None, row="pages"):
    out = {"row": row, "what": what, "unit": unit, **said, "aim": aim}
    if reference:
        out["reference"] = reference
    print("NC_BENCH " + json.dumps(out), flush=True)


def spread(values):
    values = sorted(values)
    return {"p50": statistics.median(values), "p95": values[min(len(values) - 1, round(0.95 * (len(values) - 1)))], "min": values[0],
            "max": values[-1], "runs": len(values)}


def times(said):
    return {"p50": said["p50"], "p95": said["p95"], "min": said["min"], "max": said["max"], "runs": said["answers"]}


def rate(said):
    return spread([said["rate"]])


def speed(build, scratch, node, records):
    at = f"{records:,} records"
    program = with_files(build, scratch)
    with Node(build, program, node, [login for login, _, _ in PEOPLE]) as serving:
        for login, who, aim in PEOPLE:
            cookie = serving.person(login).cookie()
            pages = pages_of(serving.person(login))
            serving.ask(cookie, pages, "open", RATE, 2)
            said = serving.ask(cookie, pages, "open", RATE)
            line(f"pages over {at}, {who}, {RATE} requests a second", "ms", times(said["all"]), aim)
            for kind in KINDS:
                line(f"of these the {kind} pages", "ms", times(said[kind]))
            for kind in KINDS:
                full = serving.ask(cookie, [page for page in pages if page[0] == kind], "closed", CONNECTIONS, SECONDS / 3)["all"]
                size = max(1, round(full["bytes"] / FILE_BYTES))
                same = serving.ask(cookie, [("file", f"/assets/size-{size}.css")], "closed", CONNECTIONS, SECONDS / 6)["all"]
                line(f"{kind} pages of {full['bytes'] / 1024:.0f} KiB over {at}, {who}, at {CONNECTIONS} connections", "/s", rate(full),
                     reference={"a file of that size": rate(same)})


def memory(build, program, node, records):
    """Everything is clicked through once, by everybody."""
    with Node(build, program, node, [login for login, _, _ in PEOPLE]) as serving:
        peak = pss(serving.server.pid)
        for login, _, _ in PEOPLE:
            person = serving.person(login)
            for kind, path in pages_of(person) + [("other", path) for path in ("/", "/units", "/counterparts", "/sources", "/account")]:
                person.get(path)
                peak = max(peak, pss(serving.server.pid))
        line(f"peak memory of a node with {records:,} records, clicked through", "MiB", spread([peak / 1024]), "<= 64")


def drop_from_cache(node):
    for file in node.rglob("*"):
        if file.is_file():
            with open(file, "rb") as opened:
                os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def starts(build, program, node, records):
    for what, cold in (("and its files are in memory", False), ("and its files are on the disk", True)):
        took = []
        for _ in range(STARTS):
            if cold:
                drop_from_cache(node)
            begun = time.monotonic()
            with Node(build, program, node) as serving:
                urllib.request.urlopen(serving.address + "/login", timeout=60).read()
                took.append((time.monotonic() - begun) * 1000)
        line(f"from the start to the first page, {records:,} records, {what}", "ms", spread(took), "<= 300")


def first_page(build, program, node):
    """What a browser that has nothing yet takes over the wire: the page, and what it and its style sheet name."""
    with Node(build, program, node) as serving:
        taken = {}

        def take(path):
            if path in taken:
                return
            request = urllib.request.Request(serving.address + path, headers={"Accept-Encoding": "gzip"})
            with urllib.request.urlopen(request, timeout=60) as answer:
                body = answer.read()
                taken[path] = len(body) + len(str(answer.headers))
            if path == "/login":
                for part in re.findall(r'(?:href|src)="(/assets/[^"]+)"', body.decode()):
                    take(part.replace("&amp;", "&"))
            elif "app.css" in path:
                for part in re.findall(r"url\(\"?([^\")]+\.woff2)", body.decode()):
                    take("/assets/" + part.rsplit("/", 1)[-1])

        take("/login")
        line("the first page over the wire, with style sheet, icon and all fonts", "KB", spread([sum(taken.values()) / 1000]), "<= 150")


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="nc-pages-", dir=os.environ.get("NC_BENCH_DIR")))
    keep = pathlib.Path(os.environ.get("NC_BENCH_KEEP") or scratch).resolve()
    fill = build / "src/ledger/records/bench_fill"
    program = build / "nhipcau"
    try:
        few = node_of(keep, fill, FEW)
        memory(build, program, few, FEW)
        starts(build, program, few, FEW)
        first_page(build, program, few)
        speed(build, scratch, node_of(keep, fill, MANY), MANY)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
