#!/usr/bin/env python3
"""What the command line tells an account does not depend on what is hidden from it; and the audit trail of commands.

Usage: hidden_test.py PROGRAM SOURCE_DIR. One node, and a copy of it with hidden records more, asked the same.
"""

import datetime
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
PASSWORD = "a rather long password"
ABSENT = "018f0000000070008000000000000000"


def run(*args, stdin="", expect=None):
    done = subprocess.run([PROGRAM, *map(str, args)], input=stdin, capture_output=True, text=True,
                          env={**os.environ, "NHIPCAU_LANG": "en"}, timeout=600, check=False)
    if expect is not None and done.returncode != expect:
        raise AssertionError(f"{args}: exit {done.returncode}, wanted {expect}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done


def create(node, kind, values, *more):
    record = json.dumps({"type": kind, "values": values})
    made = run("record", node, "--format", "json", "create", "--file", "-", *more, stdin=record, expect=0)
    return json.loads(made.stdout)["id"]


class Hidden(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="nhipcau-hidden-"))
        cls.node, cls.other = cls.folder / "node", cls.folder / "other"
        run("init", cls.node, "--unit", "vn-post-a", expect=0)
        cls.unit = json.loads(run("record", cls.node, "--format", "json", "show", "vn-post-a", expect=0).stdout)["id"]
        run("account", cls.node, "create", "lower", "--unit", "vn-post-a", "--role", "post_commander", stdin=PASSWORD + "\n", expect=0)
        until = (datetime.date.today() + datetime.timedelta(days=300)).isoformat()
        run("handling", cls.node, "waive", "--by", "lower", "--reason", "test", "--until", until, stdin=PASSWORD + "\n",
            expect=0)
        cls.shared = [create(cls.node, "talks", cls.talks(day)) for day in range(19000, 19003)]
        shutil.copytree(cls.node, cls.other)
        cls.hidden = [create(cls.other, "talks", cls.talks(day, place={"text": "Nơi kín"}), "--handling", "restricted")
                      for day in range(18999, 19004)]
        run("record", cls.other, "void", cls.hidden[0], "--reason", "twice", expect=0)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    @classmethod
    def talks(cls, day, **more):
        return {"sub_kind": "periodic", "when": {"from": {"day": day, "precision": "day"}}, "status": "held", "level": "post",
                "lead_unit": cls.unit, "countries": ["KH", "VN"], "counterpart_unnamed": True, **more}

    def said(self, node, *args):
        done = run(*[str(node) if arg == "NODE" else arg for arg in args])
        return done.returncode, done.stdout, done.stderr

    def test_hidden_records_change_no_byte_of_any_answer(self):
        asked = [["figures", "NODE", "--login", "lower", *more, "--format", form]
                 for form in ("table", "json", "csv")
                 for more in ([], ["--from", "2022", "--to", "2022"], ["--rows", "month"], ["--rows", "kind", "--columns", "year"],
                              ["--kind", "talks"])]
        asked += [["record", "NODE", "--login", "lower", "--format", form, "list", *more]
                  for form in ("table", "json")
                  for more in ([], ["--type", "talks"], ["--text", "kín"], ["--from", "2022"], ["--to", "2021"], ["--limit", "1"])]
        asked += [["record", "NODE", "--login", "lower", "--format", form, "show", one]
                  for form in ("table", "json") for one in self.shared]
        for args in asked:
            with self.subTest(args):
                self.assertEqual(self.said(self.node, *args), self.said(self.other, *args))

    def test_hidden_answers_like_absent(self):
        for args in (["show"], ["void", "--reason", "x"], ["restore", "--reason", "x"], ["step", "submit"], ["amend", "--file", "-"]):
            with self.subTest(args):
                answers = []
                for one in (self.hidden[1], ABSENT):
                    words = ["record", self.other, "--login", "lower", args[0], one, *args[1:]]
                    done = run(*words, stdin='{"values":{"remark":"x"}}')
                    answers.append((done.returncode, done.stdout.replace(one, "ID"), done.stderr.replace(one, "ID")))
                self.assertEqual(*answers)
                self.assertEqual(answers[0][0], 1)

    def test_commands_that_look_at_everything_are_written_down_first(self):
        node = self.folder / "looked"
        shutil.copytree(self.node, node)
        run("inspect", node, "stream", expect=0)
        run("export", node, "--plain", self.folder / "all.jsonl", expect=0)
        rows = json.loads(run("audit", node, "list", "--format", "json", expect=0).stdout)["rows"]
        self.assertEqual([row["action"] for row in rows[:3]], ["read-audit", "export", "inspect"])
        for file in node.glob("audit.db*"):
            file.unlink()
        (node / "audit.db").mkdir()
        for command in (["inspect", node, "stream"], ["export", node, "--plain", self.folder / "again.jsonl"], ["audit", node, "list"]):
            with self.subTest(command):
                self.assertEqual(run(*command).returncode, 1)
        self.assertFalse((self.folder / "again.jsonl").exists())
        self.assertEqual(run("doctor", node).returncode, 1)

    def test_verify_says_that_the_trail_was_touched(self):
        node = self.folder / "touched"
        shutil.copytree(self.node, node)
        run("verify", node, expect=0)
        with sqlite3.connect(node / "audit.db") as db:
            db.execute("UPDATE audit_row SET action = 'check' WHERE seq = 2")
        for command in (["verify", node], ["audit", node, "verify"], ["audit", node, "prune"]):
            with self.subTest(command):
                done = run(*command, expect=1)
                self.assertIn("does not hold from", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
