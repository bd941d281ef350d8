#!/usr/bin/env python3
"""A tree of real nodes on loopback: command, provinces, posts, each a serving process behind a bad line.

Cards, requests over the line, words; records written on every node; kill -9 at random; in the end every node holds the same as its
parent, read from their files and not from what they say. And: what is urgent overtakes on a slow line; a node that was let in by
another tree, a stranger and noise change nothing.

The lines are those of a border post (9.6 kbit/s, 800 ms, a cut every 30 s) a hundred times as fast.

Usage: tree_test.py PROGRAM SOURCE_DIR [provinces] [posts of each] [seconds of chaos] [seed].
"""

import asyncio
import contextlib
import json
import os
import pathlib
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
NUMBERS = [int(one) for one in sys.argv[3:]]
PROVINCES, POSTS, CHAOS_S, SEED = (NUMBERS + [3, 4, 40, 1][len(NUMBERS):])[:4]
ENVIRONMENT = {**os.environ, "NHIPCAU_LANG": "en"}
SCALE = 100
BYTES_A_SECOND = 1200 * SCALE
DELAY_S = 0.8 / SCALE
CUT_EVERY_S = 30 / SCALE


def run(*args, stdin="", expect=0):
    done = subprocess.run([PROGRAM, *map(str, args)], input=stdin, capture_output=True, text=True, env=ENVIRONMENT, timeout=240,
                          check=False)
    if expect is not None and done.returncode != expect:
        raise AssertionError(f"{args}: exit {done.returncode}, wanted {expect}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done


def free_ports(count):
    with contextlib.ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in taken]


def sync_until_same(folder, seconds=90):
    """A command gives up on a line that brings nothing several times in a row; people and the serving process try again."""
    until = time.monotonic() + seconds
    while (done := run("sync", folder, expect=None)).returncode != 0 and time.monotonic() < until:
        pass
    if "hold the same" not in done.stdout:
        raise AssertionError(f"{folder}: {done.stdout}{done.stderr}")


class BadLine:
    """A proxy in front of one port, in a thread of its own; `bad` may be switched while it runs."""

    def __init__(self, port, seed):
        self.to, self.rng, self.cuts, self.bytes = port, random.Random(seed), 0, 0
        self.bad, self.bytes_a_second, self.cut_every_s = True, BYTES_A_SECOND, CUT_EVERY_S
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        self.thread = threading.Thread(target=self._work, args=(ready,), daemon=True)
        self.thread.start()
        ready.wait()

    def _work(self, ready):
        asyncio.set_event_loop(self.loop)
        self.server = self.loop.run_until_complete(asyncio.start_server(self._pair, "127.0.0.1", 0))
        self.port = self.server.sockets[0].getsockname()[1]
        ready.set()
        self.loop.run_forever()
        left = asyncio.all_tasks(self.loop)
        for one in left:
            one.cancel()
        self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self.loop.close()

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(timeout=10)

    async def _pair(self, reader, writer):
        try:
            to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self.to)
        except OSError:
            writer.transport.abort()
            return
        lines = [asyncio.create_task(self._pass(reader, to_writer)), asyncio.create_task(self._pass(to_reader, writer))]
        if self.bad:
            lines.append(asyncio.create_task(self._cut()))
        await asyncio.wait(lines, return_when=asyncio.FIRST_COMPLETED)
        for one in lines:
            one.cancel()
        for one in (writer, to_writer):
            one.transport.abort()

    async def _cut(self):
        await asyncio.sleep(self.rng.uniform(0.3, 1.7) * self.cut_every_s)
        self.cuts += 1

    async def _pass(self, reader, writer):
        while data := await reader.read(512):
            if self.bad:
                await asyncio.sleep(DELAY_S + len(data) / self.bytes_a_second)
            self.bytes += len(data)
            try:
                writer.write(data)
                await writer.drain()
            except OSError:
                return


class Node:
    def __init__(self, test, code, parent):
        self.test, self.code, self.parent = test, code, parent
        self.dir = test.folder / code
        self.port = free_ports(1)[0]
        self.line = BadLine(self.port, f"{SEED} {code}")
        self.process, self.log = None, test.folder / f"{code}.log"
        self.children = []
        if parent:
            parent.children.append(self)

    def serve(self):
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "serve", self.dir, "--listen", "127.0.0.1:0", "--sync-listen", f"127.0.0.1:{self.port}"], env=ENVIRONMENT,
                stdout=subprocess.PIPE, stderr=log, text=True)
        for expected in ("Serving at", "Nodes below connect at"):
            line = self.process.stdout.readline()
            if expected not in line:
                raise AssertionError(f"{self.code}: {line}{self.log.read_text()[-1000:]}")

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def end(self):
        if self.process:
            self.process.terminate()
            if self.process.wait(timeout=60) != 0:
                raise AssertionError(f"{self.code} did not end well")
            self.process.stdout.close()
            self.process = None

    def create(self, kind, values):
        out = run("record", self.dir, "--format", "json", "create", "--file", "-", stdin=json.dumps({"type": kind, "values": values}))
        return json.loads(out.stdout)["id"]

    def event(self, kind, text):
        values = {"when": {"from": {"day": 19000, "precision": "day"}}, "status": "held", "level": "post",
                  "lead_unit": self.test.units[self.code], "countries": ["KH", "VN"], "counterpart_unnamed": True}
        values.update({"direction": "out", "told": text} if kind == "call" else {"sub_kind": "periodic", "summary": text})
        return self.create(kind, values)

    def attach(self, record, size):
        """A file that nobody else has; its name and its bytes."""
        file = self.test.folder / f"{record}.txt"
        file.write_text("".join(self.test.rng.choices("abcdefgh \n", k=size)), encoding="ascii")
        run("record", self.dir, "attach", record, file)
        return file

    def saved(self, record, file, to):
        """The bytes of a record's file, as this node gives them; nothing: they have not come."""
        to.unlink(missing_ok=True)
        done = run("record", self.dir, "save", record, file.name, "--to", to, expect=None)
        return to.read_bytes() if done.returncode == 0 else None

    def rows(self, sql, *values):
        with contextlib.closing(sqlite3.connect(f"file:{self.dir / 'ledger.db'}?mode=ro", uri=True)) as db:
            return db.execute(sql, values).fetchall()

    def has(self, record):
        return self.rows("SELECT count(*) FROM journal_entry WHERE record=?", bytes.fromhex(record))[0][0] > 0

    def entries(self):
        """What it holds: stream, number, hash, whether it counts."""
        return {(name, seq, hash_): status for name, seq, hash_, status in self.rows(
            "SELECT s.name, e.seq, e.hash, e.status FROM journal_entry e JOIN journal_stream s ON s.id = e.stream")}

    def below(self):
        return [self, *(one for child in self.children for one in child.below())]


class Tree(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="nhipcau-tree-"))
        self.rng = random.Random(SEED)
        self.units, self.nodes = {}, []

    def tearDown(self):
        for node in self.nodes:
            node.kill()
            node.line.close()
        shutil.rmtree(self.folder)

    def make(self, provinces, posts):
        """The founding node with the units of the whole tree; the others are not there yet."""
        self.top = self.add("c", None)
        run("init", self.top.dir, "--unit", "c")
        self.units["c"] = json.loads(run("record", self.top.dir, "--format", "json", "show", "c").stdout)["id"]
        rows = []
        for province in (f"p{i}" for i in range(provinces)):
            for code, above in ((province, "c"), *((f"{province}d{i}", province) for i in range(posts))):
                self.units[code] = self.top.create("unit", {"code": code, "name": code.upper(), "own": True})
                rows.append({"unit": self.units[code], "parent": self.units[above], "line": "command", "change": "place"})
        self.top.create("reorganisation", {"subject": "tree", "rows": rows})

    def add(self, code, parent):
        node = Node(self, code, parent)
        self.nodes.append(node)
        return node

    def join(self, parent, codes):
        """By card and over the line; the words are typed at the parent as they stand on the child's screen."""
        children = []
        for code in codes:
            card = self.folder / f"{code}.card"
            node = self.add(code, parent)
            run("enrol", parent.dir, "--unit", code, "--out", card, "--at", f"127.0.0.1:{parent.line.port}")
            run("init", node.dir, "--card", card)
            (node.dir / "sync.json").write_text('{"every_s": 5}')
            children.append(node)
        parent.line.bad = False
        parent.serve()
        words = {}
        for child in children:
            while "its words: " not in (said := run("sync", child.dir, expect=1)).stderr:
                self.assertIn("cut", said.stderr)
            words[child] = said.stderr.split("its words: ")[1].split(".")[0].strip()
        parent.end()
        waiting = run("enrol", parent.dir, "--waiting").stdout
        for child in children:
            self.assertIn(words[child], waiting)
            run("enrol", parent.dir, "--words", words[child])
        run("enrol", parent.dir, "--words", words[children[0]], expect=1)
        parent.serve()
        for child in children:
            sync_until_same(child.dir)
        parent.line.bad = True
        parent.end()

    def settle(self):
        """Until every child says that it holds the same as its parent, round by round."""
        until = time.monotonic() + 120
        while True:
            below = [node for node in self.nodes if node.parent]
            said = [run("sync", node.dir, expect=None) for node in [*reversed(below), *below]]
            if all(one.returncode == 0 for one in said):
                return
            for node in self.nodes:
                self.assertIsNone(node.process.poll(), f"{node.code} ended by itself: {node.log.read_text()[-2000:]}")
            if time.monotonic() > until:
                self.fail("\n".join(one.stdout + one.stderr for one in said if one.returncode != 0))

    def await_files(self, files):
        """Files come after all entries, from node to node: each ancestor gets those bytes, by what the serving nodes do themselves."""
        until = time.monotonic() + 120
        for node, record, file in files:
            while node:
                while (saved := node.saved(record, file, self.folder / "saved")) is None and time.monotonic() < until:
                    time.sleep(0.5)
                self.assertEqual(saved, file.read_bytes(), f"{file.name} of {record} at {node.code}")
                node = node.parent

    def assert_equal_below(self):
        """From the files: what is of a node's own units lies on it and on all above it alike; everybody has the same authority."""
        held = {node: node.entries() for node in self.nodes}
        for node in self.nodes:
            self.assertEqual({status for status in held[node].values()}, {0}, f"{node.code}: something does not count")
            if not node.parent:
                continue
            units = [self.units[one.code] for one in node.below()]
            part = lambda all_: {key for key in all_ if any(unit in key[0] for unit in units) or "/authority/" in key[0]}
            mine, above = part(held[node]), part(held[node.parent])
            self.assertEqual(mine - above, set(), f"{node.parent.code} lacks what {node.code} has")
            self.assertEqual(above - mine, set(), f"{node.code} lacks what {node.parent.code} has")
            others = [self.units[one.code] for one in self.nodes if one not in node.below()]
            for name, _, _ in held[node]:
                self.assertFalse(any(f"own:{unit}" in name for unit in others), f"{node.code} holds {name}")
        return held

    def test_all_hold_the_same_in_the_end(self):
        self.make(PROVINCES, POSTS)
        provinces = [f"p{i}" for i in range(PROVINCES)]
        self.join(self.top, provinces)
        for province in list(self.top.children):
            self.join(province, [f"{province.code}d{i}" for i in range(POSTS)])
        for node in self.nodes:
            node.serve()
        written, files, kills = [], [], 0
        until = time.monotonic() + CHAOS_S
        while time.monotonic() < until:
            node = self.rng.choice(self.nodes)
            node.kill()
            kills += 1
            for _ in range(self.rng.randint(1, 3)):
                kind = self.rng.choice(["talks", "talks", "call"])
                written.append((node, node.event(kind, "".join(self.rng.choices("abcdefgh ", k=self.rng.randint(10, 2000))))))
            if self.rng.randint(0, 3) == 0:
                files.append((node, written[-1][1], node.attach(written[-1][1], self.rng.randint(100, 60_000))))
            node.serve()
            time.sleep(self.rng.uniform(0, 0.5))
        late = self.top.rows("SELECT max(arrival) FROM journal_entry")
        self.settle()
        self.await_files(files)
        for node in self.nodes:
            node.end()
            run("verify", node.dir)
        held = self.assert_equal_below()
        for node, record in written:
            while node:
                self.assertTrue(node.has(record), f"{record} is not at {node.code}")
                node = node.parent
        self.assertTrue(files)
        cuts = sum(node.line.cuts for node in self.nodes)
        print(f"\n{len(self.nodes)} nodes, {len(written)} records, {len(files)} files, {kills} kills, {cuts} cuts, "
              f"{len(held[self.top])} entries at the top, arrivals before settling {late[0][0]}, "
              f"{sum(node.line.bytes for node in self.nodes)} bytes over the lines")
        self.assertGreater(cuts, 0)

    def test_who_wrote_it_is_named_at_the_other_node(self):
        self.make(1, 0)
        self.join(self.top, ["p0"])
        child = self.top.children[0]
        self.top.line.bad = False
        run("account", child.dir, "create", "truc-ban", "--unit", "p0", "--role", "post_officer", "--display", "Trực ban",
            stdin="mat khau rat dai 1\n")
        by_console = child.event("talks", "by the command line")
        values = json.loads(run("record", child.dir, "--format", "json", "show", by_console).stdout)["values"]
        made = run("record", child.dir, "--format", "json", "--login", "truc-ban", "create", "--file", "-",
                   "--confirm", "likely_duplicate=two",
                   stdin=json.dumps({"type": "talks", "values": {**values, "summary": "by an account"}}))
        self.top.serve()
        child.serve()
        self.settle()
        for node in self.nodes:
            node.end()
        for record, name in ((by_console, "the command line at P0"), (json.loads(made.stdout)["id"], "Trực ban (truc-ban)")):
            shown = run("record", self.top.dir, "show", record).stdout
            self.assertIn(name, shown)
            history = json.loads(run("record", self.top.dir, "--format", "json", "show", record).stdout)["history"]
            self.assertEqual([item["author_name"] for item in history], [name])
            self.assertNotIn(history[0]["author"][:8] + "…", shown)

    def test_what_is_urgent_overtakes_on_a_slow_line(self):
        self.make(1, 1)
        self.join(self.top, ["p0"])
        province = self.top.children[0]
        self.join(province, ["p0d0"])
        post = province.children[0]
        province.line.cut_every_s, province.line.bytes_a_second = 3600, 4000
        talks = [post.event("talks", "".join(self.rng.choices("abcdefghijklmnopqrstuvwxyz ", k=9000)))
                 for _ in range(25)]
        province.serve()
        post.serve()
        until = time.monotonic() + 120
        while not province.has(talks[0]) and time.monotonic() < until:
            time.sleep(0.05)
        post.kill()
        before = sum(province.has(one) for one in talks)
        call = post.event("call", "khẩn")
        post.serve()
        while not province.has(call) and time.monotonic() < until:
            time.sleep(0.02)
        self.assertTrue(province.has(call))
        after = sum(province.has(one) for one in talks)
        print(f"\nof {len(talks)} records that waited before it, {before} were there when it was written and {after} when it arrived")
        self.assertLess(after, len(talks))

    def test_strangers_and_noise_change_nothing(self):
        self.make(1, 1)
        self.join(self.top, ["p0"])
        province = self.top.children[0]
        before = self.top.entries()
        self.top.line.bad = False
        self.top.serve()
        for noise in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01" + bytes(300), os.urandom(100_000)):
            with socket.create_connection(("127.0.0.1", self.top.port)) as rude, contextlib.suppress(OSError):
                rude.sendall(noise)
        # A tree of its own has no parent; one that learns an address has no key there.
        other = self.folder / "other"
        run("init", other, "--unit", "o")
        self.assertIn("no parent", run("sync", other, expect=1).stderr)
        stolen = json.loads((province.dir / "parent.json").read_text())
        (other / "parent.json").write_text(json.dumps(stolen))
        self.assertIn("does not let this node in", run("sync", other, expect=1).stderr)
        # Whoever sits at the parent's address without its key.
        (province.dir / "sync.json").write_text(json.dumps({"parent": f"127.0.0.1:{free_ports(1)[0]}"}))
        self.assertEqual(run("sync", province.dir, expect=1).stdout, "")
        (province.dir / "sync.json").write_text('{"every_s": 5}')
        sync_until_same(province.dir)
        self.top.end()
        self.assertEqual(self.top.entries(), before)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *os.environ.get("TREE_TEST", "").split()], verbosity=2)
