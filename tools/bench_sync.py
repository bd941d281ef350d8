#!/usr/bin/env python3
"""Sync between own nodes: bytes over the line, entries taken, many posts at once, one that floods.

Usage: bench_sync.py BUILD_FOLDER [PART...]. Parts: bytes, apply, crowd, fair; all without any.

Bytes are counted by a proxy between two serving nodes: a parent with the public record and a post below it. "HTTP included"
are the bytes of heads and bodies inside TLS, counted from the lengths of the records that go by; TLS is stated beside. The
references are Fossil, over its own HTTP, and PouchDB to pouchdb-server, where ./dev could install them: the same records as
documents of their values, without our headers and signatures. With NC_BENCH_KEEP=FOLDER nodes that bench_fill made are taken
from there or kept there; they are copied, not changed.
"""

import contextlib
import http.client
import json
import os
import pathlib
import re
import resource
import shutil
import sqlite3
import sys
import tempfile
import threading
import time

from bench_memory import Person
from bench_pages import node_of, spread
from bench_sync_beside import references
from bench_sync_parts import QUICK, Proxy, Rest, Serving, line, run

RUNS = 3 if QUICK else 7
RECORDS = 200 if QUICK else 2_000
POSTS, RECORDS_OF_POST = (20, 50) if QUICK else (500, 200)
FORCE = 2_000 if QUICK else 100_000
FAIR_SECONDS, QUIET = (4, 6) if QUICK else (15, 10)
ONE_RECORD_BYTES = 900
CHILD_UNIT, CHILD_LOGIN, PARENT_LOGIN = "vn-post-boheng", "bo-heng", "toan-quoc"

# --- bytes ---


class Pair:
    """A parent with the public record, a post below it, and a proxy between the two."""

    def __init__(self, build, folder):
        self.program, self.load = build / "nhipcau", build / "src/channels/sync/sync_load"
        self.parent, self.child = folder / "parent", folder / "child"
        self.proxy = Proxy()
        run(self.program, "demo", self.parent, "--data", "data/public-record", "--check")
        card = folder / "card"
        run(self.program, "enrol", self.parent, "--unit", CHILD_UNIT, "--out", card, "--at", f"127.0.0.1:{self.proxy.port}")
        run(self.program, "init", self.child, "--card", card)
        run(self.program, "enrol", self.parent, "--admit", self.child / "request.json", "--confirm")
        (self.child / "sync.json").write_text('{"every_s": 604800}', encoding="utf-8")

    def token(self, node, login):
        said = run(self.program, "account", node, "token", login, "--name", "bench", "--write").stdout
        return re.search(r"nct_[0-9a-f]+", said)[0]

    def sync(self):
        run(self.program, "sync", self.child)

    def moved(self):
        return self.proxy.during(self.sync)

    def entries(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.child / 'ledger.db'}?mode=ro", uri=True)) as db:
            while db.execute("SELECT count(*) FROM journal_tail").fetchone()[0]:
                time.sleep(0.02)
            return db.execute("SELECT max(arrival) FROM journal_entry").fetchone()[0]

    def raw(self, count):
        return json.loads(run(self.load, "raw", self.child, count).stdout)["bytes"]


def urgent_types():
    lane = re.compile(r'^lane = "urgent"', re.M)
    return {file.stem for file in pathlib.Path("catalog").rglob("*.toml") if lane.search(file.read_text(encoding="utf-8"))}


def moved_days(value, days):
    """Another day, so that no two records are alike."""
    if isinstance(value, list):
        return [moved_days(one, days) for one in value]
    if not isinstance(value, dict):
        return value
    out = {key: moved_days(one, days) for key, one in value.items()}
    if isinstance(out.get("day"), int) and out.get("precision", "day") == "day":
        out["day"] -= days
    return out


class Writer:
    """Writes records of the post with the texts of the public record, by the interface for programs."""

    def __init__(self, rest, unit):
        self.rest, self.unit, self.templates, self.made = rest, unit, [], 0

    def body(self, item, days):
        values = moved_days(item["values"], days)
        values = {key: value for key, value in values.items() if key not in ("sources", "outcome_source")}
        return {"type": item["type"], "values": {**values, "lead_unit": self.unit}}

    def post(self, body):
        self.made += 1
        key = {"Idempotency-Key": f"bench-{self.made}"}
        status, said = self.rest.ask("POST", "/records", body, **key)
        while (status == 422 and said.get("questions")) or status == 429:
            if status == 429:  # the limit of changes a minute; what is measured begins later
                time.sleep(said.get("retry_after", 1))
            else:
                body.setdefault("confirmed", {}).update({one["id"]: "as in the public record" for one in said["questions"]})
            status, said = self.rest.ask("POST", "/records", body, **key)
        return status, said

    def learn(self, items):
        """Those of the public record that a post may write as its own."""
        urgent = urgent_types()
        for item in items:
            if item["type"] in urgent:
                continue
            status, _ = self.post(self.body(item, 0))
            if status == 201:
                self.templates.append(item)
        if not self.templates:
            raise RuntimeError("the post may write none of the records of the public record")

    def write(self, number, template=None):
        item = template or self.templates[number % len(self.templates)]
        status, said = self.post(self.body(item, 1 + number))
        if status != 201:
            raise RuntimeError(f"{status} {said}")
        return said


def short_change(number):
    return "remark", f"Gặp lại sau {number + 2} ngày nữa"


def long_change(record, number):
    """The longest text, written anew with a few words more."""
    texts = {name: value for name, value in record["values"].items() if isinstance(value, str) and " " in value}
    name = max(texts, key=lambda one: len(texts[one]), default="remark")
    return name, f"{record['values'].get(name, '')} (bổ sung lần {number})"


def measured_here(build, folder):
    """Ours, and what the references are given."""
    pair = Pair(build, folder)
    parent_token = pair.token(pair.parent, PARENT_LOGIN)
    with Serving(pair.program, pair.parent, sync=True) as parent:
        pair.proxy.to = parent.sync_port
        first = pair.moved()
        child_token = pair.token(pair.child, CHILD_LOGIN)
        items, after = [], ""
        above = Rest(parent.address, parent_token)
        while True:
            _, page = above.ask("GET", f"/records?feeds=counted-activity&limit=500{after}")
            items += page["items"]
            if not page.get("next"):
                break
            after = "&after=" + page["next"]
        unit = json.loads(run(pair.program, "record", pair.child, "--format", "json", "show", CHILD_UNIT).stdout)["id"]
        with Serving(pair.program, pair.child) as child:
            pair.sync()
            rest = Rest(child.address, child_token)
            writer = Writer(rest, unit)
            writer.learn(items)
            settle(pair)
            out = {"first": first, "writer": writer, "idle": [pair.moved() for _ in range(RUNS)]}
            out.update(single(pair, writer, rest))
            out.update(many(pair, writer, rest))
            settle(pair)
            out["idle_after"] = [pair.moved() for _ in range(RUNS)]
        out["cold"] = [pair.moved() for _ in range(3)]  # by a process of its own each: it connects, syncs and ends
    return out


def settle(pair):
    """Also what the parent itself writes down once a day."""
    for _ in range(2):
        pair.sync()


def single(pair, writer, rest):
    """One record as near to 900 bytes as the public record has one, then one field of it changed; several times."""
    sizes = []
    for number, template in enumerate(writer.templates[:40]):
        writer.write(3000 + number, template)
        sizes.append((abs(pair.raw(1) - ONE_RECORD_BYTES), number))
    template = writer.templates[min(sizes)[1]]
    settle(pair)
    out = {"made": [], "changed": [], "changed_long": [], "raw_one": [], "one": []}

    def change(record, name, text):
        status, said = rest.ask("PATCH", f"/records/{record['id']}", {"values": {name: text}, "seen": record["seen"]})
        if status != 200:
            raise RuntimeError(f"{status} {said}")
        return said

    records = []
    for number in range(RUNS):
        before = pair.entries()
        records.append(writer.write(4000 + number, template))
        out["raw_one"].append(pair.raw(pair.entries() - before))
        out["made"].append(pair.moved())
    for number, record in enumerate(records):
        name, text = short_change(number)
        changed = change(record, name, text)
        out["changed"].append(pair.moved())
        change(changed, *long_change(record, number))
        out["changed_long"].append(pair.moved())
        out["one"].append({"document": document_of(record), "field": name, "text": text})
    return out


def many(pair, writer, rest):
    before = pair.entries()
    records = [writer.write(number) for number in range(RECORDS)]
    raw = pair.raw(pair.entries() - before)
    begun = time.monotonic()
    moved = pair.moved()
    return {"many": moved, "raw_many": raw, "seconds_many": time.monotonic() - begun, "documents": [document_of(one) for one in records]}


def document_of(record):
    """What another system would keep of it."""
    return {"id": record["id"], "type": record["type"], "author": record["created_by"], "at": record["created"], "values": record["values"]}


def tell_bytes(ours, theirs):
    def beside(key):
        return {name: spread(one[key] if isinstance(one[key], list) else [one[key]]) for name, one in theirs.items()}

    def http(key):
        return spread([one["http"] for one in ours[key]])

    line("nothing new, both ways together, warm, HTTP included", "B", http("idle"), "<= 300", beside("idle"))
    line("of that: round trips", "", spread([one["turns"] for one in ours["idle"]]), "<= 1")
    line("the same with TLS, warm", "B", spread([one["tls"] for one in ours["idle"]]))
    line("the same with TLS, cold: a new connection with both certificates (TLS sessions are not resumed)", "B",
         spread([one["tls"] for one in ours["cold"]]))
    line("nothing new, after all of the following", "B", http("idle_after"), "<= 300")
    raw = spread(ours["raw_one"])["p50"]
    line(f"one new record of {raw:.0f} B, signed (the references: unsigned, without our headers)", "B", http("made"), "<= 1000",
         beside("made"))
    line("the same with TLS, warm", "B", spread([one["tls"] for one in ours["made"]]))
    line("one field changed, to a short text", "B", http("changed"), "<= 350", beside("changed"))
    line("one field changed, the record's longest text written anew with a few words more", "B", http("changed_long"))
    line("the same with TLS, warm", "B", spread([one["tls"] for one in ours["changed"]]))
    line(f"first push of {RECORDS:,} records with texts of the public record, {ours['raw_many'] / 1e6:.2f} MB of canonical entries"
         " (the references: of their own documents)", "%", spread([100 * ours["many"]["http"] / ours["raw_many"]]), "<= 30", beside("many"))
    line("the same, records a second, both sides on this machine", "/s", spread([RECORDS / ours["seconds_many"]]), "stated",
         beside("a_second"))
    line("a post's first exchange: units, accounts, catalogue and what it may see of the public record", "KB",
         spread([ours["first"]["tls"] / 1000]))


def count_bytes(build, folder):
    ours = measured_here(build, folder)
    tell_bytes(ours, references(folder, ours))


# --- many posts at once ---


class Crowd:
    """A parent of a whole force, and prepared posts below it."""

    def __init__(self, build, folder, posts, records):
        self.program, self.load = build / "nhipcau", build / "src/channels/sync/sync_load"
        keep = pathlib.Path(os.environ["NC_BENCH_KEEP"]) if os.environ.get("NC_BENCH_KEEP") else folder
        self.parent, self.posts = folder / "crowd-parent", folder / "posts"
        shutil.copytree(node_of(keep, build / "src/ledger/records/bench_fill", FORCE), self.parent)
        run(self.load, "prepare", self.parent, self.posts, posts, records)
        self.whole = folder / "crowd-whole"
        shutil.copytree(self.parent, self.whole)

    def fresh(self):
        shutil.rmtree(self.parent)
        shutil.copytree(self.whole, self.parent)


def taken(crowd):
    """Each entry's seal, hash, rights and bytes are looked at, and it is on the disk before the answer; the line is left out."""
    for threads in (1, 2):
        crowd.fresh()
        said = json.loads(run(crowd.load, "apply", crowd.parent, crowd.posts, threads).stdout)
        if said["same"] != said["children"]:
            raise RuntimeError(f"not all are the same: {said}")
        line(f"entries verified, decided and applied durably by a parent, {threads} at a time, {said['entries']:,} of"
             f" {said['children']} posts",
             "/s", spread([said["entries"] / said["seconds"]]), ">= 5000" if threads == 2 else "stated")
        line("processor time of each", "us", spread([said["processor"] / said["entries"] * 1e6]))


class Pages:
    """Asks for pages at a steady rate, whether or not earlier ones were answered; times count from when each was due."""

    RATE, THREADS = 20, 16
    PATHS = ("/", "/activities", "/activities?status=held&level=post", "/figures?kind=talks", "/units")

    def __init__(self, address, cookie):
        self.host, self.cookie, self.times, self.stop = address.split("//")[1], cookie, [], threading.Event()
        self.next, self.lock, self.begun = 0, threading.Lock(), time.monotonic()
        self.threads = [threading.Thread(target=self._work) for _ in range(self.THREADS)]
        for one in self.threads:
            one.start()

    def _work(self):
        connection = http.client.HTTPConnection(self.host, timeout=120)
        while not self.stop.is_set():
            with self.lock:
                number, self.next = self.next, self.next + 1
            due = self.begun + number / self.RATE
            time.sleep(max(0, due - time.monotonic()))
            connection.request("GET", self.PATHS[number % len(self.PATHS)], headers={"Cookie": self.cookie})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{answer.status}")
            self.times.append((time.monotonic() - due) * 1000)

    def end(self):
        self.stop.set()
        for one in self.threads:
            one.join()
        return spread(self.times)


def reconnect(crowd):
    crowd.fresh()
    login, password = "bench", os.urandom(18).hex()
    run(crowd.program, "account", crowd.parent, "password", login, input=f"{password}\n{password}\n")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    with Serving(crowd.program, crowd.parent, sync=True) as parent:
        cookie = Person(parent.address, password, login).cookie()
        alone = Pages(parent.address, cookie)
        time.sleep(3 if QUICK else 10)
        alone = alone.end()
        before = parent.processor_seconds()
        pages = Pages(parent.address, cookie)
        done = run(crowd.load, "replay", crowd.posts, parent.sync_port)
        said = json.loads(done.stdout)
        pages = pages.end()
        used = parent.processor_seconds() - before
    if said["same"] != said["children"]:
        raise RuntimeError(f"not all are the same: {said}")
    what = f"{said['children']} posts come back at once with {RECORDS_OF_POST} records each"
    line(f"{what}: until the set digests of all are equal", "s", spread([said["all"]]), "<= 60")
    line("half of them are after", "s", spread([said["p50"]]))
    line("pages of the parent meanwhile, 20 a second, the officer of a post", "ms", pages, "<= 100", {"before": alone})
    line(f"processor time meanwhile of the parent, pages included ({said['again']} attempts were sent off and came again)", "s",
         spread([used]), "stated", {"the clients": spread([said["processor"]])})


def flooded(crowd):
    crowd.fresh()
    with Serving(crowd.program, crowd.parent, sync=True) as parent:
        said = json.loads(run(crowd.load, "fair", crowd.posts, parent.sync_port, QUIET, FAIR_SECONDS).stdout)
    line(f"nothing new at {QUIET} posts, asked four times a second each, beside one that floods ({said['floods']} requests)", "ms",
         said["beside"],
         "<= 200 % of without it", {"without it": said["alone"]})


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    parts = set(sys.argv[2:]) or {"bytes", "apply", "crowd", "fair"}
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nc-sync-", dir=os.environ.get("NC_BENCH_DIR")))
    try:
        if "bytes" in parts:
            count_bytes(build, folder)
        if parts & {"apply", "crowd", "fair"}:
            crowd = Crowd(build, folder, POSTS, RECORDS_OF_POST)
            for part, work in (("apply", taken), ("crowd", reconnect), ("fair", flooded)):
                if part in parts:
                    work(crowd)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
