#!/usr/bin/env python3
"""What two persons destroy, with the real program and real files.

A personal value is in no file in plain text, before and after its erasure; an erased one stays unreadable after
rebuild and from an older backup; a purged secret is in no file, new backup or export.

Usage: removal_test.py PROGRAM SOURCE_DIR.
"""

import contextlib
import datetime
import json
import os
import pathlib
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
PASSPHRASE = "một câu rất dài để ký"
PASSWORD = "mật khẩu rất dài"


def run(*args, stdin="", expect=0):
    done = subprocess.run([PROGRAM, *map(str, args)], input=stdin, capture_output=True, text=True,
                          env={**os.environ, "NHIPCAU_LANG": "en"}, timeout=300, check=False)
    if done.returncode != expect:
        raise AssertionError(f"{args}: exit {done.returncode}, wanted {expect}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout + done.stderr


def files_with(folder, wanted):
    wanted = wanted.encode() if isinstance(wanted, str) else wanted
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and wanted in path.read_bytes()]


def serve_a_while(node):
    """A serving node keeps its figures as columns.bin when it ends."""
    server = subprocess.Popen([PROGRAM, "serve", node, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    try:
        server.stdout.readline()
    finally:
        server.terminate()
        server.wait(timeout=60)
        server.stdout.close()


def stored_body(node, entry):
    """The bytes as they lie in the journal, where bodies are compressed."""
    with contextlib.closing(sqlite3.connect(f"file:{node / 'ledger.db'}?mode=ro", uri=True)) as db:
        return db.execute("SELECT body FROM journal_entry WHERE hash = ?", (bytes.fromhex(entry),)).fetchone()[0]


class Removal(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="nhipcau-removal-"))
        self.node = self.folder / "node"
        run("init", self.node, "--unit", "vn-post-a")
        for login, role in (("custodian", "pupil_custodian"), ("commander", "post_commander"), ("approver", "approver")):
            run("account", self.node, "create", login, "--unit", "vn-post-a", "--role", role, "--clearance", "restricted",
                stdin=f"password of {login}\n")
            run("account", self.node, "key", login, stdin=PASSPHRASE + "\n")
        run("account", self.node, "create", "security", "--unit", "vn-post-a", "--role", "approver", stdin=PASSWORD + "\n")
        until = (datetime.date.today() + datetime.timedelta(days=300)).isoformat()
        run("handling", self.node, "waive", "--by", "security", "--reason", "test", "--until", until, stdin=PASSWORD + "\n")
        self.secret = "Bí mật " + secrets.token_hex(12)
        unit = json.loads(run("record", self.node, "--format", "json", "show", "vn-post-a"))["id"]
        values = {"code": "HS-01", "programme": "steps", "side": "domestic", "lead_unit": unit, "status": "held",
                  "started_on": {"day": 19971, "precision": "day"}}
        self.unit = unit
        self.shared = "chung" + secrets.token_hex(6)
        self.pupil = self.create("pupil", {**values, "person_name": self.secret, "summary": self.shared})
        self.spilled = "Lộ " + secrets.token_hex(12)
        self.other = self.create("pupil", {**values, "code": "HS-02", "summary": f"{self.shared} {self.spilled}"})

    def tearDown(self):
        shutil.rmtree(self.folder)

    def create(self, kind, values, login="custodian"):
        out = run("record", self.node, "--login", login, "--format", "json", "create", "--file", "-",
                  stdin=json.dumps({"type": kind, "values": values}))
        return json.loads(out)["id"]

    def shown(self, login="custodian", expect=0):
        return run("personal", self.node, "show", self.pupil, "--login", login, "--purpose", "visit: at home",
                   stdin=f"password of {login}\n", expect=expect)

    def audited(self, action):
        return json.loads(run("audit", self.node, "list", "--action", action, "--outcome", "done", "--format", "json"))["rows"]

    def test_a_personal_value_is_in_no_file_and_erased_for_ever(self):
        self.assertIn(self.secret, self.shown())
        self.assertNotIn(self.secret, self.shown("commander", expect=1))
        run("personal", self.node, "show", self.pupil, "--login", "custodian", "--purpose", "visit", stdin="wrong\n", expect=1)
        run("personal", self.node, "show", self.pupil, "--login", "custodian", "--purpose", "curiosity", stdin="password of custodian\n",
            expect=1)
        self.assertEqual(files_with(self.folder, self.secret), [])
        self.assertEqual([(row["record"], row["purpose"]) for row in self.audited("read-personal")], [(self.pupil, "@visit: at home")])
        trail = self.node / "audit.db"
        kept = trail.read_bytes()
        trail.write_bytes(b"x" * 8192)
        self.assertNotIn(self.secret, self.shown(expect=1))
        trail.write_bytes(kept)
        older, keys = self.folder / "older.backup", self.folder / "older.keys"
        run("backup", self.node, older)
        run("personal", self.node, "backup", keys)
        said = run("personal", self.node, "show", self.other, "--login", "custodian", "--purpose", "visit", stdin="password of custodian\n")
        self.assertIn("No personal data of this record are held on this node", said)
        before = run("digest", self.node)
        self.assertIn("Signed by one person", run("erase", self.node, self.pupil, "--login", "custodian", "--reason", "over",
                                                  stdin=PASSPHRASE + "\n"))
        self.assertIn(self.secret, self.shown(), "one person alone only asks")
        self.assertIn("erased here, for ever", run("erase", self.node, self.pupil, "--login", "commander", "--reason", "over",
                                                   stdin=PASSPHRASE + "\n"))
        self.assertIn("erased", self.shown())
        after = run("digest", self.node)
        run("rebuild", self.node)
        self.assertEqual(run("digest", self.node), after)
        run("personal", self.node, "restore", keys)
        self.assertIn("erased", self.shown())
        run("verify", self.node)
        restored = self.folder / "restored"
        run("restore", older, restored)
        self.assertEqual(run("digest", restored), before)
        run("account", restored, "password", "custodian", stdin="password of custodian\n")
        out = run("personal", restored, "show", self.pupil, "--login", "custodian", "--purpose", "visit", stdin="password of custodian\n")
        self.assertIn("the key is not on this node", out)
        self.assertEqual(files_with(self.folder, self.secret), [])
        # An old copy of the keys beside an old backup: whatever newer copy lies there keeps the key out.
        for name, make in (("keys-20300101-000000.bak", ("personal", self.node, "backup")),
                           ("ledger-20300101-000000.bak", ("backup", self.node))):
            evidence = self.folder / "usb" / name
            evidence.parent.mkdir(exist_ok=True)
            shutil.copy(keys, evidence.parent / "older.keys")
            run(*make, evidence)
            said = run("personal", restored, "restore", evidence.parent / "older.keys")
            self.assertIn("stays erased", said)
            self.assertNotIn("is back", said, "no key came back")
            out = run("personal", restored, "show", self.pupil, "--login", "custodian", "--purpose", "visit",
                      stdin="password of custodian\n")
            self.assertIn("erased", out)
            self.assertNotIn(self.secret, out)
            shutil.rmtree(evidence.parent)
            shutil.rmtree(restored)
            run("restore", older, restored)
            run("account", restored, "password", "custodian", stdin="password of custodian\n")
        # Nothing is left that knows: it is said, with what to do.
        out = run("personal", restored, "restore", keys)
        self.assertIn("This node was restored", out)
        self.assertNotIn("This node was restored", run("personal", restored, "restore", keys), "they are here already")
        self.assertIn("A key that was erased later is back", out)
        self.assertIn("connect to its superior", out)

    def test_a_purged_file_is_nowhere(self):
        """Its bytes, its name, what was being sent of it, and the copies that are made afterwards."""
        secret, name = secrets.token_hex(12), f"tệp {secrets.token_hex(12)}.txt"
        paper = self.folder / name
        paper.write_text(secret, encoding="utf-8")
        report = self.create("talks", {"sub_kind": "periodic", "level": "post", "status": "held", "lead_unit": self.unit,
                                       "when": {"from": {"day": 19971, "precision": "day"}}, "place": {"text": "A"}}, "commander")
        attached = run("record", self.node, "--login", "commander", "attach", report, paper)
        self.assertIn("Saved", attached)
        paper.unlink()
        half = self.node / "uploads" / ("0" * 32)  # a second copy that has not arrived whole
        half.with_suffix(".part").write_text(secret[:10], encoding="utf-8")
        half.with_suffix(".json").write_text(json.dumps({"v": 1, "person": "0" * 32, "name": name, "started": 0, "metadata_removed": False,
                                                         "renamed": False}))
        serve_a_while(self.node)
        for planted in (secret, secret[:10], name):
            self.assertNotEqual(files_with(self.node, planted), [], planted)
        entry = json.loads(run("record", self.node, "--format", "json", "show", report))["history"][-1]["entry"]
        purge = ("purge", self.node, report, "--entry", entry[:16], "--reason", "spill", "--login")
        run(*purge, "commander", stdin=PASSPHRASE + "\n")
        self.assertNotEqual(files_with(self.node, secret), [], "one person alone only asks")
        self.assertIn("purged", run(*purge, "approver", stdin=PASSPHRASE + "\n"))
        run("verify", self.node)
        run("rebuild", self.node)
        run("backup", self.node, self.folder / "new.backup")
        run("export", self.node, "--plain", self.folder / "plain.jsonl", "--attachments", self.folder / "papers")
        run("restore", self.folder / "new.backup", self.folder / "again")
        serve_a_while(self.node)
        for planted in (secret, secret[:10], name):
            self.assertEqual(files_with(self.folder, planted), [], planted)

    def test_a_purged_secret_is_nowhere(self):
        history = json.loads(run("record", self.node, "--format", "json", "show", self.other))["history"]
        entry = history[0]["entry"]
        self.assertNotEqual(files_with(self.node, self.spilled), [], "it is there before")
        body = stored_body(self.node, entry)
        piece = body[len(body) // 2:][:24]
        self.assertNotEqual(files_with(self.node, piece), [])
        serve_a_while(self.node)
        self.assertTrue((self.node / "columns.bin").exists())
        purge = ("purge", self.node, self.other, "--entry", entry[:16], "--reason", "spill", "--login")
        run(*purge, "custodian", stdin=PASSPHRASE + "\n", expect=1)
        self.assertIn("Signed by one person", run(*purge, "commander", stdin=PASSPHRASE + "\n"))
        self.assertNotEqual(files_with(self.node, self.spilled), [])
        folded = self.spilled.split()[-1]  # as the filter of lists keeps it
        self.plant_beside_the_ledger(folded)
        for name in ("drafts.db", "views.db", "codes.db", "works/works.db", f"works/{'0' * 32}.out", f"works/{'1' * 32}.in/a.csv"):
            self.assertIn(name, files_with(self.node, folded[:12]))
        self.assertIn("purged", run(*purge, "approver", stdin=PASSPHRASE + "\n"))
        self.assertFalse((self.node / "columns.bin").exists())
        lines = [line for line in run("record", self.node, "show", self.other).splitlines() if entry[:16] in line]
        self.assertRegex(lines[0], r"purged on \S+.* by .*commander.*")
        self.assertNotIn("sealed", lines[0])
        told = json.loads(run("record", self.node, "--format", "json", "show", self.other))["history"][0]
        self.assertEqual([told["purged"], len(told["purged_by"])], [True, 2])
        self.assertEqual(told["author_name"], "unknown: purged")
        self.assertEqual(files_with(self.node, self.spilled), [])
        self.assertEqual(files_with(self.node, folded[:12]), [], "nor the beginning of the word, which somebody looked for")
        kept = (["Chung", "Giữ lại"], ["kind=talks&year=2026"])
        self.assertEqual(self.kept_beside(self.node), kept)
        self.assertEqual(files_with(self.node, folded), [])
        self.assertEqual(files_with(self.node, piece), [])
        self.assertEqual(len(self.audited("purge")), 2)
        run("verify", self.node)
        run("rebuild", self.node)
        run("backup", self.node, self.folder / "new.backup")
        run("export", self.node, "--plain", self.folder / "plain.jsonl")
        serve_a_while(self.node)
        self.assertEqual(files_with(self.folder, folded), [])
        self.assertEqual(files_with(self.folder, piece), [])
        run("restore", self.folder / "new.backup", self.folder / "again")
        self.assertEqual(self.kept_beside(self.folder / "again"), kept, "a backup holds them")
        self.assertFalse((self.folder / "again" / "drafts.db").exists())
        serve_a_while(self.folder / "again")

    def plant_beside_the_ledger(self, word):
        """What people at this node kept for themselves while the word could be read: in every place that the program has for it."""
        def rows(name, statement, values):
            with contextlib.closing(sqlite3.connect(self.node / name)) as db:
                db.executemany(statement, values)
                db.commit()
        who = b"p" * 16
        views = (("Tìm", f"/activities?kind=talks&q=L%E1%BB%99%20{word}"), (f"Xem {word}", "/activities"),
                 ("Bắt đầu", f"/search?q={word[:12]}"), ("Giữ lại", "/activities?kind=talks&q=hai"),
                 ("Chung", f"/search?q={self.shared}"))  # stands in another record too
        rows("views.db", "INSERT INTO view VALUES (?, ?, ?, ?, ?)",
             [(who, bytes([i]) * 16, name, name.lower(), target) for i, (name, target) in enumerate(views)])
        rows("codes.db", "INSERT INTO code VALUES (?, ?)",
             [("K7Q2M0XD4P", f"kind=talks&q={word}"), ("K7Q2M0XD4Q", "kind=talks&year=2026")])
        rows("drafts.db", "INSERT INTO draft VALUES (?, ?, ?, ?)",
             [(who, "/records/new?type=talks", f"summary=L%E1%BB%99+{word}", int(time.time() * 1000))])
        rows("works/works.db", "INSERT INTO work VALUES (?, ?, 'Export', ?, 2, 0, 0, '[]', '', ?)", [(who, who, f"q={word}", b"r" * 32)])
        works = self.node / "works"
        (works / ("0" * 32 + ".out")).write_text(self.spilled, encoding="utf-8")
        (works / ("1" * 32 + ".in")).mkdir()
        (works / ("1" * 32 + ".in") / "a.csv").write_text(self.spilled, encoding="utf-8")

    @staticmethod
    def kept_beside(node):
        found = []
        for name, question in (("views.db", "SELECT name FROM view ORDER BY name"),
                               ("codes.db", "SELECT question FROM code ORDER BY code")):
            with contextlib.closing(sqlite3.connect(f"file:{node / name}?mode=ro", uri=True)) as db:
                found.append([row[0] for row in db.execute(question)])
        return tuple(found)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
