#!/usr/bin/env python3
"""The program as its users meet it: commands, exit codes, figures, bad input, full disks, restores.

Usage: cli_test.py PROGRAM SOURCE_DIR. Everything happens in a temporary folder with real processes.
"""

import base64
import datetime
import hmac
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
SOURCE = pathlib.Path(sys.argv[2]).resolve()
RECORD = SOURCE / "data" / "public-record"
PASSWORD = "a rather long password"


def run(*args, stdin="", lang="en", expect=None):
    done = subprocess.run([PROGRAM, *map(str, args)], input=stdin, capture_output=True, text=True,
                          env={**os.environ, "NHIPCAU_LANG": lang}, timeout=600, check=False)
    if expect is not None and done.returncode != expect:
        raise AssertionError(f"{args}: exit {done.returncode}, wanted {expect}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done


def waive(node, unit="vn-bg"):
    """The public record holds kinds that are restricted by their type; test machines have no encrypted volume."""
    run("account", node, "create", f"security-{unit}", "--unit", unit, "--role", "approver", stdin=PASSWORD + "\n", expect=0)
    until = (datetime.date.today() + datetime.timedelta(days=300)).isoformat()
    run("handling", node, "waive", "--by", f"security-{unit}", "--reason", "test", "--until", until, stdin=PASSWORD + "\n", expect=0)


def code_now(key):
    """What an authenticator shows that was given this key (RFC 6238)."""
    mac = hmac.new(base64.b32decode(key), struct.pack(">Q", int(time.time()) // 30), "sha1").digest()
    at = mac[19] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000:06d}"


def figures(node, *args):
    return json.loads(run("figures", node, *args, "--format", "json", expect=0).stdout)["figures"]


def by_indicator(found):
    return {figure["indicator"]: figure for figure in found if figure["indicator"]}


def with_changed_byte(file):
    """The bytes of a ledger file with one bit of one entry's stored body turned over."""
    with sqlite3.connect(f"file:{file}?immutable=1", uri=True) as db:
        body, = db.execute("SELECT body FROM journal_entry ORDER BY arrival DESC LIMIT 1").fetchone()
    bytes_ = bytearray(file.read_bytes())
    bytes_[bytes_.index(body[:17]) + 8] ^= 1
    return bytes_


class Program(unittest.TestCase):
    """One imported node, copied by the tests that write."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="nhipcau-cli-"))
        cls.node = cls.folder / "node"
        run("init", cls.node, "--unit", "vn-bg", expect=0)
        waive(cls.node)
        run("import", cls.node, RECORD, expect=0)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def copy(self):
        target = pathlib.Path(tempfile.mkdtemp(dir=self.folder)) / "node"
        shutil.copytree(self.node, target)
        return target

    def digest(self, node):
        return run("digest", node, expect=0).stdout.strip()

    def unit_id(self, code):
        return json.loads(run("record", self.node, "--format", "json", "show", code, expect=0).stdout)["id"]

    def talks(self, **changed):
        values = {"sub_kind": "periodic", "when": {"from": {"day": 19000, "precision": "day"}}, "status": "held", "level": "post",
                  "lead_unit": self.unit_id("vn-post-boheng"), "countries": ["KH", "VN"], "counterpart_unnamed": True}
        values.update(changed)
        return {"type": "talks", "values": values}

    def create(self, node, record, *more):
        text = record if isinstance(record, str) else json.dumps(record)
        return run("record", node, "--format", "json", "create", "--file", "-", *more, stdin=text)

    # --- between nodes ---

    def test_restricted_content_goes_by_stick_to_who_takes_it(self):
        above = self.copy()
        below, card, asks, stick = (above.parent / name for name in ("below", "card", "asks", "stick"))
        run("enrol", above, "--unit", "vn-post-boheng", "--out", card, "--ceiling", "restricted", expect=0)
        run("init", below, "--card", card, "--request", asks, expect=0)
        run("enrol", above, "--admit", asks, "--confirm", expect=0)
        made = self.create(above, self.talks(lead_unit=self.unit_id("vn-post-boheng")), "--handling", "restricted")
        record = json.loads(made.stdout)["id"]

        def carry(rounds):
            for _ in range(rounds):
                for giver, taker, to in ((above, below, ("--to", "vn-post-boheng")), (below, above, ())):
                    run("bundle", giver, "out", stick, *to, expect=0)
                    run("bundle", taker, "in", stick, expect=0)
                    stick.unlink()

        def held():
            return run("record", below, "show", record, expect=None).returncode == 0

        carry(2)
        self.assertFalse(held(), "no volume and no waiver there")
        self.assertIn("takes no restricted content now", run("node", above, "list", expect=0).stdout)
        waive(below, "vn-post-boheng")
        carry(2)
        self.assertTrue(held())
        self.assertNotIn("takes no restricted content now", run("node", above, "list", expect=0).stdout)

    # --- usage ---

    COMMANDS = ("init", "import", "figures", "record", "period", "account", "serve", "verify", "rebuild", "digest", "export", "backup",
                "restore", "inspect", "doctor", "demo", "personal", "erase", "purge", "search", "describe", "enrol", "bundle", "sync",
                "node", "renew")
    INNER = {"record": ("show", "list", "create", "amend", "void", "restore", "step"),
             "period": ("status", "show", "close", "withdraw", "reopen"),
             "personal": ("show", "backup", "restore"),
             "bundle": ("out", "in"),
             "node": ("list", "cut", "aside", "readmit"),
             "account": ("create", "list", "password", "key", "disable")}

    def test_help_of_every_command_in_both_languages(self):
        lines = [[], *([command] for command in self.COMMANDS)]
        for command, inner in self.INNER.items():
            lines += [[command, *where, name] for name in inner for where in ([], ["some-dir"])]
        for words in lines:
            with self.subTest(words):
                vietnamese, english = (run(*words, "--help", lang=lang, expect=0).stdout for lang in ("vi", "en"))
                self.assertTrue(english.splitlines()[1].startswith("Usage: nhipcau " + " ".join(words[:1])))
                if words and words[0] in self.INNER and len(words) > 1:
                    self.assertIn("nhipcau " + words[0] + " dir " + words[-1], vietnamese)
                for heading in ("Options:", "Commands:", "Positionals:", "REQUIRED", "TEXT"):
                    self.assertNotIn(heading, vietnamese)
                options = [line.split()[0] for line in english.splitlines() if line.startswith("  -")]
                self.assertEqual(options, [line.split()[0] for line in vietnamese.splitlines() if line.startswith("  -")])
                self.assertEqual(len(vietnamese.splitlines()), len(english.splitlines()))
        for command in self.COMMANDS:
            self.assertRegex(run("--help", expect=0).stdout, rf"(?m)^  {command} +\S")

    # Arguments, exit code, and words of the refusal in English. NODE stands for an imported data directory.
    REFUSED = [
        (["no-such-command"], 2, "“no-such-command” is not known here"),
        ([], 2, "A command is missing"),
        (["--lang", "fr"], 2, "Choose one of: en, vi"),
        *[([command], 2, "is missing") for command in COMMANDS],
        *[([command, "NODE", "record", "b", "c", "--strange"], 2, "“--strange” is not known here")
          for command in COMMANDS if command != "describe"],
        (["describe", "NODE"], 2, "Choose one of: completion, manual, settings"),
        *[([command, "ABSENT"], 1, "not a data directory") for command in ("figures", "serve", "verify", "rebuild", "digest", "doctor")],
        (["init", "NODE"], 1, "not empty"),
        (["init", "NODE", "--unit"], 2, "“--unit” has no value"),
        (["import", "ABSENT", "x.csv"], 1, "not a data directory"),
        (["import", "NODE", "absent.csv"], 1, "absent.csv"),
        (["import", "NODE"], 2, "“paths” is missing"),
        (["import", "NODE", "x", "--format", "csv"], 2, "Choose one of: json, table"),
        (["search", "NODE", "x", "--type", "tlks"], 1, "The nearest that there are: talks"),
        (["search", "NODE", "!"], 2, "There are no words to look for"),
        (["search", "NODE", "x", "--limit", "501"], 2, "not a number that is possible here"),
        (["search", "NODE", "x", "--unit", "vn-bg-daklk"], 1, "The nearest that there are: vn-bg-daklak"),
        (["figures", "NODE", "--mesure", "count"], 2, "The nearest that there are: --measure"),
        (["figures", "NODE", "--measure", "partcipants"], 1, "The nearest that there are: participants"),
        (["figures", "NODE", "--counterpart", "Mondulkri"], 1, "The nearest that there are: Mondulkiri"),
        (["figures", "NODE", "--kind", "patrl"], 1, "The nearest that there are: patrol"),
        (["figures", "NODE", "--kind", "patrol", "nothing"], 1, "“nothing” is not possible here"),
        (["figures", "NODE", "--level", "provincial"], 1, "Choose one of: province"),
        (["figures", "NODE", "--detail", "bilatral"], 1, "The nearest that there are: bilateral"),
        (["figures", "NODE", "--unit", "vn-bg-daklk"], 1, "The nearest that there are: vn-bg-daklak"),
        (["figures", "NODE", "--rows", "months"], 2, "Choose one of: month"),
        (["figures", "NODE", "--rows", "year", "--columns", "kinds"], 2, "Choose one of: kind"),
        (["figures", "NODE", "--columns", "year"], 2, "“--columns” is possible only together with “--rows”"),
        (["figures", "NODE", "--rows", "year", "--columns", "year"], 2, "Rows and columns are the same"),
        (["figures", "NODE", "--line", "x"], 2, "Choose one of: command, guidance"),
        (["figures", "NODE", "--from", "32/01/2020"], 1, "--from"),
        (["figures", "NODE", "--from", "2020", "--to", "2019"], 2, "before it begins"),
        (["figures", "NODE", "--as", "yesterday"], 1, "--as"),
        (["figures", "NODE", "--format", "xml"], 2, "Choose one of: csv, json, table"),
        (["figures", "NODE", "--unit", "a", "--unit", "b"], 2, "“--unit” is given more than once"),
        (["figures", "NODE", "--login", "nobody"], 1, "nobody"),
        (["record", "NODE"], 2, "A command is missing"),
        (["record", "NODE", "shw"], 2, "The nearest that there are: show"),
        (["record", "NODE", "bogus"], 2, "The nearest that there are: void"),
        (["figures", "NODE", "--unit", ""], 2, "“--unit” is given with nothing in it"),
        (["figures", "NODE", "--counterpart", " "], 2, "“--counterpart” is given with nothing in it"),
        (["figures", "NODE", "--from", ""], 2, "“--from” is given with nothing in it"),
        (["figures", ""], 2, "“dir” is given with nothing in it"),
        (["init", "ABSENT", "--unit", "bad code!"], 2, "“bad code!” is not the code of a unit"),
        (["init", "ABSENT", "--unit", ""], 2, "“--unit” is given with nothing in it"),
        (["account", "NODE", "create", "bad login!", "--unit", "vn-bg", "--role", "inspector"], 2, "“bad login!” is not a login"),
        (["record", "NODE", "show"], 2, "“id” is missing"),
        (["record", "NODE", "show", "E999"], 1, "E999"),
        (["record", "NODE", "list", "--limit", "many"], 2, "“many” is not a number"),
        (["record", "NODE", "list", "--limit", "-3"], 2, "from 1 to 500"),
        (["record", "NODE", "list", "--type", "talk"], 1, "The nearest that there are: talks"),
        (["record", "NODE", "create"], 2, "“--file” is missing"),
        (["record", "NODE", "create", "--file", "absent.json"], 1, "absent.json"),
        (["record", "NODE", "create", "--file", "-", "--handling", "secret"], 2, "Choose one of"),
        (["record", "NODE", "amend", "E999", "--file", "absent.json"], 1, "absent.json"),
        (["record", "NODE", "void", "E003"], 2, "“--reason” is missing"),
        (["record", "NODE", "restore", "E999", "--reason", "x"], 1, "E999"),
        (["record", "NODE", "step", "E003", "no-such-step"], 1, ""),
        (["account", "NODE", "create", "x"], 2, "is missing"),
        (["account", "NODE", "create", "x", "--unit", "nowhere", "--role", "inspector", "--random-password"], 1, "nowhere"),
        (["account", "NODE", "create", "x", "--unit", "vn-bg", "--role", "king", "--random-password"], 1, "king"),
        (["account", "NODE", "password", "nobody", "--random-password"], 1, "nobody"),
        (["account", "NODE", "disable", "nobody"], 1, "nobody"),
        (["account", "NODE", "key", "nobody"], 1, "nobody"),
        (["serve", "NODE", "--listen", "nonsense"], 2, "not an address with a port"),
        (["serve", "NODE", "--host", "http://node.lan"], 2, "not the name of a machine"),
        (["serve", "NODE", "--tls-cert", "x"], 2, "“--tls-cert” is possible only together with “--tls-key”"),
        (["serve", "NODE", "--tls-cert", "absent.pem", "--tls-key", "absent.key"], 1, "absent"),
        (["export", "NODE"], 2, "“--plain” is missing"),
        (["export", "NODE", "--plain", "no/such/folder/file"], 1, "no/such/folder"),
        (["backup", "NODE"], 2, "“file” is missing"),
        (["backup", "ABSENT", "x.bak"], 1, ""),
        (["restore", "absent.bak", "ABSENT"], 1, "absent.bak"),
        (["inspect", "NODE", "all"], 2, "Choose one of"),
        (["inspect", "NODE", "record", "zz"], 2, "32 hexadecimal digits"),
        (["inspect", "NODE", "record", "0" * 32], 1, "no such record"),
        (["demo", "ABSENT", "--data", "no-such-folder", "--check"], 1, "no-such-folder"),
    ]

    def test_exit_codes_and_refusals_of_every_command(self):
        before = self.digest(self.node)
        for words, code, says in self.REFUSED:
            with self.subTest(" ".join(words)):
                absent = self.folder / "absent"
                shutil.rmtree(absent, ignore_errors=True)
                words = [{"NODE": self.node, "ABSENT": absent}.get(word, word) for word in words]
                refused = run(*words, stdin="", expect=code)
                self.assertIn(says, refused.stderr)
                self.assertEqual(len(refused.stderr.splitlines()), 1, refused.stderr)
                self.assertTrue(refused.stderr.startswith("nhipcau: "))
                vietnamese = run(*words, lang="vi", stdin="", expect=code).stderr
                self.assertNotIn(says, vietnamese) if says and " " in says else None
        self.assertEqual(self.digest(self.node), before)

    def test_what_the_system_says_is_said_in_vietnamese(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        (folder / "file").write_text("")
        busy = socket.create_server(("127.0.0.1", 0))
        for words in (["export", self.node, "--plain", folder / "no" / "x"], ["backup", self.node, folder / "no" / "x"],
                      ["init", folder / "file" / "x"], ["import", self.node, folder / "absent.csv"], ["import", self.node, folder],
                      ["record", self.node, "create", "--file", folder / "absent.json"], ["record", self.node, "create", "--file", folder],
                      ["serve", self.node, "--listen", f"127.0.0.1:{busy.getsockname()[1]}"],
                      ["serve", self.node, "--tls-cert", folder / "absent.pem", "--tls-key", folder / "absent.key"]):
            with self.subTest(words):
                said = run(*words, lang="vi", expect=1).stderr
                for english in ("No such", "directory", "already in use", "Not a", "Is a", "denied", "system"):
                    self.assertNotIn(english, said.replace(str(self.folder), ""))
        busy.close()

    def test_a_waiver_is_taken_from_who_decides_it_alone(self):
        node = self.folder / "waiver"
        run("init", node, "--unit", "vn-post-a", expect=0)
        run("account", node, "create", "security", "--unit", "vn-post-a", "--role", "approver", stdin=PASSWORD + "\n", expect=0)
        made = run("account", node, "create", "new", "--unit", "vn-post-a", "--role", "inspector", "--random-password", expect=0)
        once = re.search(r"Password: (\S+)", made.stdout)[1]
        until = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
        waive = ("handling", node, "waive", "--reason", "test", "--until", until)
        for login, stdin, says in (("security", "", "No password was given"), ("security", "another password\n", "is wrong"),
                                   ("new", PASSWORD + "\n", "is wrong"), ("new", once + "\n", "one use only")):
            with self.subTest(login=login, stdin=stdin):
                self.assertIn(says, run(*waive, "--by", login, stdin=stdin, expect=1).stderr)
                self.assertNotIn("Waiver by", run("handling", node, "show", expect=0).stdout)
        self.assertIn("Waiver by security", run(*waive, "--by", "security", stdin=PASSWORD + "\n", expect=0).stdout)

    def test_a_waiver_is_given_by_who_answers_for_the_node_and_one_at_a_time(self):
        node = self.folder / "waivers"
        run("init", node, "--unit", "vn-post-a", expect=0)
        for login, role in (("reader", "inspector"), ("officer", "post_officer"), ("admin", "administrator"), ("chief", "approver"),
                            ("other", "post_commander")):
            run("account", node, "create", login, "--unit", "vn-post-a", "--role", role, stdin=PASSWORD + "\n", expect=0)
        until = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
        waive = ("handling", node, "waive", "--until", until)
        for login in ("reader", "officer", "admin"):
            with self.subTest(login):
                said = run(*waive, "--by", login, "--reason", "test", stdin=PASSWORD + "\n", expect=1).stderr
                self.assertIn("let restricted content be held without an encrypted volume", said)
                self.assertNotIn("Waiver by", run("handling", node, "show", expect=0).stdout)
        run(*waive, "--by", "chief", "--reason", "first", stdin=PASSWORD + "\n", expect=0)
        again = (*waive, "--by", "other", "--reason", "second")
        self.assertIn("--replace", run(*again, stdin=PASSWORD + "\n", expect=1).stderr)
        self.assertIn("Waiver by chief", run("handling", node, "show", expect=0).stdout)
        self.assertIn("Waiver by other", run(*again, "--replace", stdin=PASSWORD + "\n", expect=0).stdout)
        self.assertNotIn("chief", run("handling", node, "show", expect=0).stdout)
        # Both stand in the trail, under the names of those who gave them, and that the first was ended.
        trail = json.loads(run("audit", node, "list", "--format", "json", expect=0).stdout)
        rows = trail["rows"] if isinstance(trail, dict) else trail
        self.assertEqual(len({row["record"] for row in rows if row["action"] == "setting"}), 2)
        self.assertEqual(len([row for row in rows if row["action"] == "void"]), 1)

    def test_doctor_says_when_nobody_keeps_the_lists_that_all_use(self):
        node = self.folder / "keepers"
        run("init", node, "--unit", "vn-post-a", expect=0)
        self.assertIn("kept by: provincial_staff, registrar, national_staff", run("doctor", node).stdout)
        roles = node / "catalog" / "roles.toml"
        roles.write_text(roles.read_text().replace(', "keep_lists"', ""))
        said = run("doctor", node).stdout
        self.assertIn("No role keeps the lists that all use", said)
        self.assertIn(str(roles), said)
        self.assertNotIn("kept by", said)

    def test_hashes_of_digest_and_rebuild_say_what_they_cover(self):
        node = self.copy()
        told = run("rebuild", node, "--check", expect=0).stdout.splitlines()
        self.assertEqual(told[1].removeprefix("Hash of the tables as they stood: "),
                         told[2].removeprefix("Hash of the tables as derived: "))
        self.assertIn("the hash that digest prints", told[3])
        self.assertIn("rebuild prints that of the tables alone", " ".join(run("digest", "--help", expect=0).stdout.split()))

    def test_refusals_of_json_say_what_is_wrong_with_it(self):
        node = self.copy()
        for text, says in ((b'{"a":"\xff"}', "byte 7 belongs to no character"), (b'{"a":"\\u0000"}', "control character U+0000"),
                           (b'{"type":"talks","val', "The JSON text ends too early")):
            with self.subTest(text):
                file = node.parent / "bad.json"
                file.write_bytes(text)
                self.assertIn(says, run("record", node, "create", "--file", file, expect=1).stderr)
        for when, says in (("31/02/2024", "There is no date “31/02/2024”"), ("3/9/2019", '{"from":{"day":18142,"precision":"day"}}'),
                           ({"from": {"day": 231, "precision": "month_day"}}, "There is no day 31 of a month 2")):
            with self.subTest(when):
                self.assertIn(says, self.create(node, self.talks(when=when)).stderr)
        wrong = self.create(node, self.talks(lead_unit=json.loads(
            run("record", node, "--format", "json", "show", "E003", expect=0).stdout)["id"]))
        self.assertIn("here belongs: Unit", wrong.stderr)

    def test_init_refuses_a_used_directory(self):
        refused = run("init", self.node, expect=1)
        self.assertIn("not empty", refused.stderr)
        missing = run("digest", self.folder / "nowhere", expect=1)
        self.assertIn("not a data directory", missing.stderr)

    def test_demo_touches_nothing_that_it_did_not_make(self):
        node = self.copy()
        run("account", node, "create", "quan-tri", "--unit", "vn-bg", "--role", "administrator", stdin="a long password\n", expect=0)
        papers = node.parent / "papers"
        papers.mkdir()
        (papers / "letter.txt").write_text("x")
        half = node.parent / "other.demo-new"
        half.mkdir()
        (half / "letter.txt").write_text("x")
        for place, kept, says in ((node, node, "This node was not made by demo"), (papers, papers, "demo did not make it"),
                                  (papers / "letter.txt", papers, "demo did not make it"), (node.parent / "other", half, "other.demo-new")):
            with self.subTest(place):
                before = {path: path.read_bytes() for path in kept.rglob("*") if path.is_file()}
                refused = run("demo", place, "--data", RECORD, "--check", expect=1)
                self.assertIn(says, refused.stderr)
                self.assertIn("Choose a new directory; nothing was changed", refused.stderr)
                self.assertEqual({path: path.read_bytes() for path in kept.rglob("*") if path.is_file()}, before)
        self.assertFalse((node.parent / "other").exists())

    def test_demo_goes_on_with_what_it_made_and_leaves_nothing_when_its_data_are_absent(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        run("demo", folder / "none", "--data", folder / "absent", "--check", expect=1)
        self.assertEqual(list(folder.iterdir()), [])
        stopped = folder / "demo.demo-new"   # as a stop in the middle of making leaves it
        (stopped / "node").mkdir(parents=True)
        (stopped / "demo-data.stamp").write_text("")
        (folder / "demo").mkdir()
        run("demo", folder / "demo", "--data", RECORD, "--check", expect=0)
        self.assertEqual([path.name for path in folder.iterdir()], ["demo"])
        accounts = (folder / "demo" / "demo-accounts.json").read_bytes()
        before = self.digest(folder / "demo")
        run("demo", folder / "demo", "--data", RECORD, "--check", expect=0)
        self.assertEqual(self.digest(folder / "demo"), before)
        self.assertEqual((folder / "demo" / "demo-accounts.json").read_bytes(), accounts)

    def test_a_role_that_names_no_capability_stops_every_command(self):
        node = self.copy()
        roles = node / "catalog" / "roles.toml"
        roles.write_text(roles.read_text(encoding="utf-8").replace('"know"', '"knwo"'), encoding="utf-8")
        refused = run("serve", node, "--listen", "127.0.0.1:0", expect=1)
        self.assertRegex(refused.stderr, r"roles\.toml:\d+:\d+: There is no capability “knwo”\. The nearest that there are: know")

    # --- the real input ---

    def test_importing_twice_changes_nothing(self):
        node = self.copy()
        before = self.digest(node)
        report = json.loads(run("import", node, RECORD, "--format", "json", expect=0).stdout)
        self.assertEqual(self.digest(node), before)
        outcomes = {row["outcome"] for row in report["rows"]}
        self.assertNotIn("taken", outcomes)
        self.assertNotIn("amended", outcomes)

    def test_two_nodes_make_the_same_records(self):
        other = self.folder / "other"
        run("init", other, expect=0)
        run("import", other, RECORD, expect=0)
        for code in ("E003", "E179", "R006", "S002", "vn-bg-daklak", "E017"):
            mine = json.loads(run("record", self.node, "--format", "json", "show", code, expect=0).stdout)
            theirs = json.loads(run("record", other, "--format", "json", "show", code, expect=0).stdout)
            self.assertEqual((mine["id"], mine["values"]), (theirs["id"], theirs["values"]), code)

    def test_dak_lak_with_mondulkiri(self):
        found = by_indicator(figures(self.node, "--unit", "vn-bg-daklak", "--counterpart", "Mondulkiri",
                                     "--from", "2013", "--to", "2022-12"))
        meetings = found["meetings_all"]
        self.assertEqual(meetings["declared"], 106)
        self.assertEqual(sorted((part["level"], part["value"]) for part in meetings["parts"]), [("post", 98), ("province", 8)])
        self.assertEqual(meetings["nature"], "flow")
        self.assertFalse(meetings["completeness"]["complete"])
        values = sorted(str(figure["declared"]) for figure in found.values())
        self.assertEqual(values, sorted(["106", "73", "1384", "71", "2"]))
        self.assertNotIn("212", json.dumps(list(found.values()), ensure_ascii=False))
        for figure in found.values():
            for key in ("kind", "level", "measure", "nature", "recorded", "declared", "qualifier", "sources", "records", "differences",
                        "completeness"):
                self.assertIn(key, figure)
            self.assertTrue(figure["sources"][0]["title"])

    def test_national_figures_keep_their_qualifiers(self):
        found = figures(self.node, "--unit", "vn-bg", "--line", "guidance", "--to", "2023-01")
        declared = {(figure["declared"], figure["qualifier"]) for figure in found if figure["declared"] is not None}
        for expected in ((60, "nearly"), (18, "exact"), (200, "nearly"), (200, "over")):
            self.assertIn(expected, declared)
        pupils = [figure for figure in found if figure["kind"] == "pupil" and figure["declared"] == 200]
        self.assertEqual([(figure["qualifier"], figure["nature"]) for figure in pupils], [("nearly", "stock")])

    def test_a_total_is_not_added_to_its_part_nor_what_is_given_to_what_is_received(self):
        def sums(*asked):
            return {f["measure"]: f["recorded"] for f in figures(self.node, "--kind", "aid", *asked) if f["declared"] is None}
        self.assertEqual(sums("--from", "2023-11", "--to", "2023-11")["value_vnd"], 700_000_000, "E022 holds E021")
        self.assertEqual(sums("--from", "2023-11", "--to", "2023-11")["count"], 2)
        given = sums("--from", "2023-01", "--to", "2023-01")
        self.assertEqual(given["value_vnd_received"], 3_000_000_000)
        self.assertNotIn("value_vnd", given)
        table = run("figures", self.node, "--kind", "aid", "--measure", "value_vnd", "--rows", "year", "--lang", "vi", expect=0).stdout
        with_part = run("figures", self.node, "--kind", "aid", "--measure", "value_vnd", "--from", "2023", "--to", "2023", "--lang", "vi",
                        expect=0).stdout
        self.assertNotIn("950.000.000", table + with_part)

    def test_rows_that_are_named_alike_say_what_sets_them_apart(self):
        asked = run("figures", self.node, "--measure", "pairs", "--kind", "twinning", "--lang", "vi", expect=0).stdout
        for name in ("Kết nghĩa, cấp huyện", "Kết nghĩa, cấp đồn", "Kết nghĩa, thôn, bản, cụm dân cư"):
            self.assertIn(name, asked)
        every = run("figures", self.node, "--lang", "vi", expect=0).stdout.splitlines()
        rows = every[1:next(i for i, line in enumerate(every) if line.startswith("Chênh lệch"))]
        named = [tuple(re.split(r"\s{2,}", line.strip())[:2]) for line in rows]
        self.assertEqual(sorted(set(named)), sorted(named))
        self.assertIn("lượt phương tiện", "\n".join(rows))

    def test_the_guidance_line_goes_on_after_the_reorganisation(self):
        after = ("--unit", "vn-bg", "--from", "2025-07", "--to", "2026", "--kind", "patrol")
        guided = figures(self.node, *after, "--line", "guidance")
        commanded = figures(self.node, *after, "--line", "command")
        self.assertGreater(max(figure["recorded"] or 0 for figure in guided), 0)
        self.assertTrue(all(not figure["recorded"] for figure in commanded))

    def test_bad_files_are_refused_by_name_and_change_nothing(self):
        node = self.copy()
        before = self.digest(node)
        header = (RECORD / "sources.csv").read_text().splitlines()[0]
        bad = {
            "header.csv": "a,b,c\n1,2,3\n",
            "delimiter.csv": header.replace(",", ";") + "\nS900;x;y;;2020;vi\n",
            "cell.csv": header + "\nS900," + "x" * 1_000_000 + ",p,,2020,vi\n",
            "ragged.csv": header + "\nS900,x\n",
            "quote.csv": header + "\nS900,\"x,p,,2020,vi\n",
        }
        for name, text in bad.items():
            (self.folder / name).write_text(text)
        (self.folder / "latin.csv").write_bytes((header + "\nS900,B\xe1o,p,,2020,vi\n").encode("latin-1"))
        (self.folder / "zero.csv").write_bytes((header + "\nS900,a\0b,p,,2020,vi\n").encode())
        for name in [*bad, "latin.csv", "zero.csv", "absent.csv"]:
            with self.subTest(name):
                refused = run("import", node, self.folder / name, expect=1)
                self.assertIn(name, refused.stderr)
        # One good file beside a bad one: nothing of either.
        run("import", node, RECORD / "sources.csv", self.folder / "ragged.csv", expect=1)
        self.assertEqual(self.digest(node), before)

    # --- records ---

    def test_bad_records_are_refused_with_place_and_next_step(self):
        node = self.copy()
        before = self.digest(node)
        cases = {
            '{"type":"talks","type":"talks"}': "twice",
            '{"type":"talks","values":{"level":1.5}}': "fraction",
            "not json": "JSON",
            json.dumps({"type": "nothing", "values": {}}): "nothing",
            json.dumps(self.talks(when={"from": {"day": "31/02/2024"}})): "when",
            json.dumps(self.talks(marker_from="165(x)")): "marker_from",
            json.dumps(self.talks(lead_unit="0" * 32)): "lead_unit",
            json.dumps(self.talks(teams_per_side=3)): "teams_per_side",
            json.dumps(self.talks(status="perhaps")): "status",
            json.dumps(self.talks(remark="x" * 70_000)): "remark",
        }
        for text, place in cases.items():
            with self.subTest(place):
                refused = self.create(node, text)
                self.assertEqual(refused.returncode, 1, refused.stdout)
                self.assertIn(place, refused.stderr)
        self.assertEqual(self.digest(node), before)

    def test_second_click_makes_one_record(self):
        node = self.copy()
        record = {**self.talks(), "id": "0190aaaaaaaa7aaa8aaaaaaaaaaaaaaa"}
        first, second = self.create(node, record), self.create(node, record)
        self.assertTrue(json.loads(first.stdout)["changed"])
        self.assertFalse(json.loads(second.stdout)["changed"])
        other = self.create(node, {**record, "values": {**record["values"], "remark": "khác"}})
        self.assertEqual(other.returncode, 1)
        self.assertIn("other values", other.stderr)

    def test_a_day_that_has_not_come_is_asked_about(self):
        asked = self.create(self.copy(), self.talks(when={"from": {"day": 45000, "precision": "day"}}))
        self.assertEqual(asked.returncode, 1)
        self.assertIn("held_in_the_future", asked.stderr)

    def test_a_duplicate_counts_for_every_unit_that_its_rows_name(self):
        for unit in ("vn-post-huongphung", "vn-post-laobao", "vn-bc-quangtri"):
            found = figures(self.node, "--unit", unit, "--kind", "exercise", "--from", "2025", "--to", "2026")
            self.assertEqual(max(figure["recorded"] or 0 for figure in found), 1, unit)

    def test_questions_may_be_confirmed_with_a_reason(self):
        node = self.copy()
        record = {"type": "patrol", "values": {**self.talks()["values"], "sub_kind": "bilateral",
                                               "persons": {"total": 3, "basis": "both_sides"}}}
        asked = self.create(node, record)
        self.assertEqual(asked.returncode, 1)
        question = asked.stderr.rsplit("[", 1)[1].split("]")[0]
        done = self.create(node, record, "--confirm", f"{question}=three men, checked")
        self.assertEqual(done.returncode, 0, done.stderr)
        shown = run("record", node, "--format", "json", "show", json.loads(done.stdout)["id"], expect=0)
        self.assertEqual(json.loads(shown.stdout)["values"]["persons"]["total"], 3)

    def test_amend_void_and_history(self):
        node = self.copy()
        made = json.loads(self.create(node, self.talks()).stdout)["id"]
        run("record", node, "amend", made, "--file", "-", stdin='{"values":{"remark":"một"}}', expect=0)
        run("record", node, "void", made, "--reason", "typed twice", expect=0)
        run("record", node, "amend", made, "--file", "-", stdin='{"values":{"remark":"hai"}}', expect=1)
        run("record", node, "restore", made, "--reason", "it was right", expect=0)
        shown = json.loads(run("record", node, "--format", "json", "show", made, expect=0).stdout)
        self.assertEqual([item["act"] for item in shown["history"]], ["create", "", "void", "restore"])
        self.assertEqual(shown["values"]["remark"], "một")
        run("verify", node, expect=0)
        run("rebuild", node, "--check", expect=0)

    def test_approval_by_the_key_of_another_person(self):
        node = self.copy()
        for login, role in (("officer", "post_officer"), ("commander", "post_commander")):
            run("account", node, "create", login, "--unit", "vn-post-boheng", "--role", role, stdin="a long password\n", expect=0)
        run("account", node, "key", "commander", stdin="a long passphrase\n", expect=0)
        made = json.loads(run("record", node, "--login", "officer", "--format", "json", "create", "--file", "-",
                              stdin=json.dumps(self.talks()), expect=0).stdout)["id"]
        run("record", node, "--login", "officer", "step", made, "submit", expect=0)
        # Nothing is asked for that is not used: the key's passphrase, with --sign, and no password.
        unsigned = run("record", node, "--login", "commander", "step", made, "approve", expect=1, lang="en").stderr
        self.assertIn("--sign", unsigned)
        self.assertNotIn("your password once more", unsigned)
        run("record", node, "--login", "commander", "step", made, "approve", "--sign", stdin="a wrong passphrase\n", expect=1)
        time.sleep(2)
        run("record", node, "--login", "commander", "step", made, "approve", "--sign", stdin="a long passphrase\n", expect=0)
        run("record", node, "--login", "officer", "amend", made, "--file", "-", stdin='{"values":{"remark":"x"}}', expect=1)
        run("verify", node, expect=0)

    def test_the_last_administrator_is_gone(self):
        node = self.copy()
        made = run("account", node, "recover", "quan-tri-moi", expect=0).stdout
        self.assertRegex(made, r"Password: [a-z0-9-]{19}\n")
        self.assertIn("one use", made)
        self.assertIn("every administrator is told", made)
        self.assertIn("administrator (vn-bg", run("account", node, "list", expect=0).stdout)
        # Closed, it is opened again; an account with other rights is left as it is.
        run("account", node, "disable", "quan-tri-moi", expect=0)
        self.assertNotEqual(run("account", node, "recover", "quan-tri-moi", expect=0).stdout, made)
        self.assertNotIn("disabled", run("account", node, "list", expect=0).stdout)
        run("account", node, "create", "officer", "--unit", "vn-post-boheng", "--role", "post_officer", stdin="a long password\n", expect=0)
        self.assertIn("other rights", run("account", node, "recover", "officer", expect=1).stderr)
        self.assertIn("quan-tri-moi", run("account", node, "recover", "another", expect=0).stdout)
        rows = json.loads(run("audit", node, "list", "--format", "json", expect=0).stdout)["rows"]
        self.assertEqual([row["outcome"] for row in rows if row["action"] == "recover"], ["done"] * 3)
        (node / "sign-in.json").write_text('{"lock_after": 5}')
        self.assertIn("lock_after", run("account", node, "recover", "third", expect=1).stderr)

    def test_an_authenticator_is_enrolled_at_the_machine_and_taken_away(self):
        node = self.copy()
        run("account", node, "create", "officer", "--unit", "vn-post-boheng", "--role", "post_officer", stdin="a long password\n", expect=0)
        with subprocess.Popen([PROGRAM, "account", node, "authenticator", "officer"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True, env={**os.environ, "NHIPCAU_LANG": "en"}) as process:
            key = process.stdout.readline().split(": ")[1].strip()
            self.assertIn(f"otpauth://totp/Nhip%20Cau:officer?secret={key}&", process.stdout.readline())
            rest, _ = process.communicate(code_now(key) + "\n", timeout=60)
        self.assertEqual(process.returncode, 0, rest)
        self.assertEqual(len(re.findall(r"^  [a-z0-9-]{19}$", rest, re.M)), 10, rest)
        self.assertIn("in use already", run("account", node, "authenticator", "officer", stdin="000000\n", expect=1).stderr)
        run("account", node, "no-authenticator", "officer", expect=0)
        self.assertIn("no authenticator", run("account", node, "no-authenticator", "officer", expect=1).stderr)
        rows = json.loads(run("audit", node, "list", "--format", "json", expect=0).stdout)["rows"]
        self.assertGreaterEqual(len([row for row in rows if row["action"] == "account-change"]), 3)

    def test_a_period_is_closed_by_the_key_of_another_person(self):
        node = self.copy()
        for login, role in (("staff", "provincial_staff"), ("chief", "approver")):
            run("account", node, "create", login, "--unit", "vn-bg-daklak", "--role", role, stdin="a long password\n", expect=0)
        run("account", node, "key", "chief", stdin="a long passphrase\n", expect=0)
        asked = ["--unit", "vn-bg-daklak", "--from", "2015", "--to", "2022", "--login"]
        run("period", node, "close", *asked, "staff", expect=0)
        self.assertIn("waits for its signature", run("period", node, "close", *asked, "staff", expect=1).stderr)
        self.assertIn("waits for its signature", run("period", node, "close", *asked, "chief", expect=1).stderr)
        run("period", node, "close", *asked, "chief", "--sign", stdin="a long passphrase\n", expect=0)
        shown = json.loads(run("period", node, "show", *asked, "chief", "--format", "json", expect=0).stdout)
        self.assertEqual([shown[0]["state"], shown[0]["added"]], ["closed", []])
        self.assertFalse(any(figure["differs"] for figure in shown[0]["figures"]))
        held = self.talks(lead_unit=self.unit_id("vn-bg-daklak"), when={"from": {"day": 18000, "precision": "day"}})
        late = json.loads(self.create(node, held).stdout)["id"]
        shown = json.loads(run("period", node, "show", *asked, "chief", "--format", "json", expect=0).stdout)
        self.assertEqual(shown[0]["added"], [late])
        status = json.loads(run("period", node, "status", *asked, "chief", "--format", "json", expect=0).stdout)
        self.assertEqual([status["reporting"], status["expected"]], [0, 1])
        for login in ("chief", "staff"):  # to every reader alike
            self.assertIn("Counted is what you may see", run("period", node, "status", *asked, login, expect=0).stdout)
        self.assertRegex(run("period", node, "status", *asked, "chief", lang="vi", expect=0).stdout, r"31/12/2022")
        self.assertNotIn("2022-12-31", run("period", node, "status", *asked, "chief", lang="vi", expect=0).stdout)
        said = run("period", node, "reopen", *asked, "chief", "--reason", "late", expect=1).stderr
        self.assertIn("--sign", said)
        self.assertNotIn("password once more", said)
        run("period", node, "reopen", *asked, "chief", "--reason", "late", "--sign", stdin="a long passphrase\n", expect=0)
        # Prepared, and then one more record comes: what would be signed is not what is counted.
        run("period", node, "close", *asked, "staff", expect=0)
        next_day = {"from": {"day": 18001, "precision": "day"}}
        self.create(node, {**held, "values": {**held["values"], "remark": "later still", "when": next_day}})
        for way in (["period", node, "close", *asked, "chief", "--sign"],
                    ["record", node, "--login", "chief", "step", self.prepared(node), "close", "--sign"]):
            self.assertIn("does not say what is counted now", run(*way, stdin="a long passphrase\n", expect=1).stderr)
        passed = self.prepared(node)
        self.assertIn(passed, run("period", node, "close", *asked, "staff", expect=0).stdout, "it is withdrawn")
        self.assertEqual(json.loads(run("record", node, "--format", "json", "show", passed, expect=0).stdout)["state"], "withdrawn")
        run("period", node, "close", *asked, "chief", "--sign", stdin="a long passphrase\n", expect=0)
        self.assertIn("closed already", run("period", node, "close", *asked, "staff", expect=1).stderr)
        # Nobody types one.
        typed = json.loads(run("record", node, "--format", "json", "show", passed, expect=0).stdout)
        self.assertIn("by the program only", self.create(node, {"type": "period_closing", "values": typed["values"]}).stderr)
        run("verify", node, expect=0)

    def test_a_prepared_closing_is_withdrawn_or_returned_unsigned(self):
        node = self.copy()
        for login, role in (("staff", "provincial_staff"), ("chief", "approver")):
            run("account", node, "create", login, "--unit", "vn-bg-daklak", "--role", role, stdin="a long password\n", expect=0)
        asked = ["--unit", "vn-bg-daklak", "--from", "2015", "--to", "2022", "--login"]
        for way in (["staff"], ["chief", "--reason", "one province is missing"]):
            run("period", node, "close", *asked, "staff", expect=0)
            waiting = self.prepared(node)
            run("period", node, "withdraw", *asked, *way, expect=0)
            shown = json.loads(run("record", node, "--format", "json", "show", waiting, expect=0).stdout)
            self.assertEqual(shown["state"], "withdrawn")
        self.assertIn("No closing of this period waits", run("period", node, "withdraw", *asked, "staff", expect=1).stderr)

    def test_a_closing_that_one_entry_does_not_hold_is_closed_whole_and_named_when_a_part_is_purged(self):
        node = self.copy()
        accounts = (("staff", "provincial_staff"), ("chief", "approver"), ("commander", "post_commander"))
        for login, role in accounts:
            run("account", node, "create", login, "--unit", "vn-bg-daklak", "--role", role, stdin="a long password\n", expect=0)
            run("account", node, "key", login, stdin="a long passphrase\n", expect=0)
        header = (RECORD / "events.csv").read_text(encoding="utf-8").splitlines()[0]
        row = dict.fromkeys(header.split(","), "") | {"kind": "talks", "status": "held", "level": "post", "source_id": "S003",
                                                     "host_unit_id": "vn-bg-daklak", "vn_unit_ids": "vn-bg-daklak", "countries": "VN"}
        lines = [",".join((row | {"event_id": f"E9{number:05}", "date_start": f"2019-05-{number % 28 + 1:02}"}).values())
                 for number in range(2500)]
        (self.folder / "events.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        run("import", node, self.folder / "events.csv", expect=0)
        asked = ["--unit", "vn-bg-daklak", "--from", "2015", "--to", "2022", "--login"]

        def shown():
            return json.loads(run("period", node, "show", *asked, "chief", "--format", "json", expect=0).stdout)[0]

        run("period", node, "close", *asked, "staff", expect=0)
        run("period", node, "close", *asked, "chief", "--sign", stdin="a long passphrase\n", expect=0)
        closed = shown()
        self.assertEqual([closed[what] for what in ("state", "added", "changed", "gone", "broken")], ["closed", [], [], [], []])
        self.assertGreaterEqual(max(figure["recorded"] or 0 for figure in closed["figures"] if figure["measure"] == "count"), 2500)
        held = self.talks(lead_unit=self.unit_id("vn-bg-daklak"), when={"from": {"day": 18000, "precision": "day"}})
        late = json.loads(self.create(node, held).stdout)["id"]
        self.assertEqual(shown()["added"], [late])
        self.assertNotIn("closing", run("verify", node, expect=0).stdout)
        # Two persons purge what one part holds.
        values = json.loads(run("record", node, "--format", "json", "show", closed["id"], expect=0).stdout)["values"]
        self.assertEqual([row["records"] for row in values["parts"]][:3], [0, 900, 900])
        part = values["parts"][1]["part"]
        entry = json.loads(run("record", node, "--format", "json", "show", part, expect=0).stdout)["history"][0]["entry"]
        for login in ("commander", "chief"):
            run("purge", node, part, "--entry", entry[:16], "--reason", "spill", "--login", login, stdin="a long passphrase\n", expect=0)
        self.assertEqual([shown()["broken"], shown()["added"], shown()["figures"]], [[{"missing": True, "part": 2}], [], []])
        self.assertIn("Part 2 of this closing is missing", run("verify", node, expect=0).stdout)

    def prepared(self, node):
        listed = json.loads(run("record", node, "--format", "json", "list", "--type", "period_closing", expect=0).stdout)
        return next(item["id"] for item in listed["records"] if item["state"] == "prepared")

    def test_a_lower_reader_gets_less(self):
        node = self.copy()
        run("account", node, "create", "post", "--unit", "vn-post-boheng", "--role", "post_officer", stdin="a long password\n", expect=0)
        all_of_it = json.loads(run("record", node, "--format", "json", "list", expect=0).stdout)["total"]
        his = json.loads(run("record", node, "--login", "post", "--format", "json", "list", expect=0).stdout)["total"]
        self.assertLess(his, all_of_it)
        self.assertGreater(his, 0)
        hidden = run("record", node, "--login", "post", "show", "E003", expect=1)
        absent = run("record", node, "--login", "post", "show", "E999", expect=1)
        self.assertEqual(hidden.stderr.replace("E003", "X"), absent.stderr.replace("E999", "X"))

    # --- care ---

    def asked_under(self, options, hosts):
        """Serves with these options, asks under each name, and compares the answers; the address it was served at."""
        server = subprocess.Popen([PROGRAM, "serve", self.copy(), *options], stdout=subprocess.PIPE, text=True,
                                  env={**os.environ, "NHIPCAU_LANG": "en"})
        try:
            address = server.stdout.readline().strip().split()[-1]
            for host, status in hosts:
                with self.subTest(host):
                    request = urllib.request.Request(address + "/login", headers={"Host": host})
                    try:
                        with urllib.request.urlopen(request, timeout=10) as page:
                            self.assertEqual(page.status, status)
                    except urllib.error.HTTPError as refused:
                        self.assertEqual(refused.code, status)
                        refused.close()
        finally:
            server.send_signal(signal.SIGTERM)
            self.assertEqual(server.wait(timeout=20), 0)
            server.stdout.close()
        return address

    def test_served_under_the_hosts_that_were_named_and_no_other(self):
        self.asked_under(["--listen", "127.0.0.1:0", "--host", "Node.LAN:8600", "--host", "b.lan"],
                         (("node.lan:8600", 200), ("b.lan", 200), ("node.lan", 421), ("c.lan", 421)))

    def test_settings_of_a_file_hold_where_the_command_line_says_nothing(self):
        settings = self.folder / "settings.toml"
        settings.write_text('listen = "127.0.0.2:0"\nhosts = ["Node.LAN"]\n', encoding="utf-8")
        config = ["--config", settings]
        self.assertIn("//127.0.0.2:", self.asked_under(config, (("node.lan", 200), ("b.lan", 421))))
        self.assertIn("//127.0.0.1:", self.asked_under([*config, "--listen", "127.0.0.1:0"], (("node.lan", 200),)))
        self.assertIn("//127.0.0.2:", self.asked_under([*config, "--host", "b.lan"], (("node.lan", 421), ("b.lan", 200))))
        for text, code, words in (('lisen = "x"', 1, "settings.toml:1:1: The key “lisen” is unknown here"),
                                  ('listen = "1.2.3"', 2, "settings.toml: "),
                                  ('hosts = ["http://a"]', 2, "settings.toml: “http://a” is not the name of a machine"),
                                  ('tls_cert = "c.pem"', 1, "The key “tls_key” is missing"),
                                  ('tls_cert = "c.pem"\ntls_key = "k.pem"', 1, str(self.folder / "c.pem"))):
            settings.write_text(text + "\n", encoding="utf-8")
            self.assertIn(words, run("serve", self.node, *config, expect=code).stderr)
        self.assertIn("absent.toml", run("serve", self.node, "--config", self.folder / "absent.toml", expect=1).stderr)

    def test_the_version_is_shown(self):
        self.assertRegex(run("--version", expect=0).stdout, r"^nhipcau \d+\.\d+\.\d+\n$")

    def test_backup_while_serving_and_restore(self):
        node = self.copy()
        server = subprocess.Popen([PROGRAM, "serve", node, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True,
                                  env={**os.environ, "NHIPCAU_LANG": "en"})
        try:
            address = server.stdout.readline().strip().split()[-1]
            with urllib.request.urlopen(address + "/login", timeout=10) as page:
                self.assertIn("Content-Security-Policy", page.headers)
            busy = self.create(node, self.talks())
            self.assertEqual(busy.returncode, 1)
            self.assertIn("Another nhipcau process", busy.stderr)
            self.assertEqual(self.digest(node), self.digest(self.node))   # reading goes on beside it
            run("verify", node, expect=0)
            run("rebuild", node, "--check", expect=1)
            backup = node.parent / "b.bak"
            run("backup", node, backup, expect=0)
            run("backup", node, backup, expect=1)
        finally:
            server.send_signal(signal.SIGTERM)
            self.assertEqual(server.wait(timeout=20), 0)
            server.stdout.close()
        restored = node.parent / "restored"
        run("restore", backup, restored, "--recovery-key", node / "keys" / "recovery.key", expect=0)
        self.assertEqual(self.digest(restored), self.digest(node))
        self.assertEqual(self.create(restored, self.talks()).returncode, 0)
        run("verify", restored, expect=0)
        run("restore", RECORD / "units.csv", node.parent / "r2", expect=1)
        (node.parent / "changed.bak").write_bytes(with_changed_byte(backup))
        run("restore", node.parent / "changed.bak", node.parent / "r3", expect=1)
        self.assertFalse((node.parent / "r3").exists())   # it made the folder, so it takes it away again
        (node.parent / "r4").mkdir()
        run("restore", node.parent / "changed.bak", node.parent / "r4", expect=1)
        self.assertEqual(list((node.parent / "r4").iterdir()), [])

    def test_a_rotten_attached_file_leaves_neither_by_backup_nor_by_save(self):
        node = self.copy()
        talks = json.loads(self.create(node, self.talks()).stdout)["id"]
        paper, target, backup = (node.parent / name for name in ("biên bản.txt", "saved.txt", "b.bak"))
        paper.write_text("nội dung biên bản", encoding="utf-8")
        run("record", node, "attach", talks, paper, expect=0)
        run("record", node, "save", talks, "biên bản.txt", "--to", target, expect=0)
        self.assertEqual(target.read_bytes(), paper.read_bytes())
        target.unlink()
        self.assertNotIn("biên bản.txt", run("backup", node, node.parent / "good.bak", expect=0).stdout)
        stored, = (path for path in (node / "blobs").rglob("*") if path.is_file())
        stored.write_bytes(b"x" * stored.stat().st_size)
        self.assertIn("bytes have changed", run("record", node, "save", talks, "biên bản.txt", "--to", target, expect=1).stderr)
        self.assertFalse(target.exists())
        out = run("backup", node, backup, expect=0).stdout
        self.assertIn("1 attached files could not be taken", out)
        self.assertIn(f"{talks} biên bản.txt", out)
        rows = json.loads(run("audit", node, "list", "--action", "backup", "--format", "json", expect=0).stdout)["rows"]
        self.assertIn((talks, "failed"), [(row.get("record"), row["outcome"]) for row in rows])
        out = run("restore", backup, node.parent / "again", "--recovery-key", node / "keys" / "recovery.key", expect=0).stdout
        self.assertIn(f"{talks} biên bản.txt", out)
        self.assertEqual(run("restore", node.parent / "good.bak", node.parent / "whole", expect=0).stdout.count("biên bản.txt"), 0)
        # A scheduled backup is read by nobody when it is made.
        scheduled = node / "backups"
        scheduled.mkdir()
        backup.rename(scheduled / datetime.datetime.now(datetime.timezone.utc).strftime("ledger-%Y%m%d-%H%M%S.bak"))
        self.assertIn("The last backup does not hold this file", run("doctor", node, expect=1).stdout)

    def test_a_changed_byte_is_found(self):
        node = self.copy()
        ledger = node / "ledger.db"
        ledger.write_bytes(with_changed_byte(ledger))
        found = run("verify", node, expect=1)
        self.assertRegex(found.stdout + found.stderr, r"#\d+|damaged|corrupt")

    def test_altered_derived_state_is_found_and_rebuilt(self):
        node = self.copy()
        before = self.digest(node)
        ledger = node / "ledger.db"
        with sqlite3.connect(ledger) as db:
            db.execute("UPDATE part SET vals = replace(vals, 'held', 'planned') WHERE vals LIKE '%\"E003\"%'")
        self.assertNotEqual(self.digest(node), before)
        self.assertIn("differs", run("verify", node, expect=1).stderr)
        run("rebuild", node, expect=0)
        self.assertEqual(self.digest(node), before)
        with sqlite3.connect(ledger) as db:
            db.execute("UPDATE part SET vals = 'x' WHERE vals LIKE '%vn-bg-daklak%'")
        run("verify", node, expect=0)   # found while opening, and derived anew
        self.assertEqual(self.digest(node), before)

    def test_rebuild_export_inspect_doctor(self):
        node = self.copy()
        before = self.digest(node)
        run("rebuild", node, expect=0)
        self.assertEqual(self.digest(node), before)
        plain = node.parent / "plain.jsonl"
        run("export", node, "--plain", node / "ledger.db", expect=1)
        run("export", node, "--plain", plain, expect=0)
        with plain.open(encoding="utf-8") as lines:
            self.assertGreater(sum(1 for line in lines if json.loads(line)), 1000)
        record = json.loads(run("record", node, "--format", "json", "show", "E003", expect=0).stdout)
        self.assertIn("E003", run("inspect", node, "record", record["id"], expect=0).stdout)
        run("inspect", node, "entry", record["heads"][0], expect=0)
        run("inspect", node, "stream", expect=0)
        run("inspect", node, "entry", "0" * 64, expect=1)
        run("inspect", node, "entry", "zz", expect=2)
        run("doctor", node, expect=0)

    def test_doctor_says_that_the_clock_stood_ahead(self):
        node = self.copy()
        for login in ("away", "deputy"):
            run("account", node, "create", login, "--unit", "vn-bg-daklak", "--role", "post_commander", stdin="a long password\n", expect=0)
        run("account", node, "key", "away", stdin="a long passphrase\n", expect=0)
        soon = datetime.date.today() + datetime.timedelta(days=7)
        run("account", node, "delegate", "away", "deputy", "--role", "post_commander", "--scope", "vn-bg-daklak", "--from",
            datetime.date.today().isoformat(), "--to", soon.isoformat(), stdin="a long passphrase\n", expect=0)
        run("rebuild", node, expect=0)
        day = (datetime.date.today() - datetime.date(1970, 1, 1)).days + 40
        with sqlite3.connect(node / "ledger.db") as db:  # as a node leaves it whose clock stood ahead when it wrote
            db.execute("INSERT INTO state_meta(key, value) VALUES('latest_day', ?) "
                       "ON CONFLICT(key) DO UPDATE SET value = excluded.value", (day,))
        said = run("doctor", node, expect=1).stdout
        self.assertIn("every day counts as " + (datetime.date.today() + datetime.timedelta(days=40)).strftime("%d/%m/%Y"), said)
        self.assertIn("give anew what is listed below", said)
        self.assertIn("what deputy (post_commander) does for somebody who is away, until " + soon.strftime("%d/%m/%Y"), said)
        self.assertIn("Đồng hồ", run("doctor", node, lang="vi").stdout)

    def test_a_full_disk_refuses_the_save_and_loses_nothing(self):
        """On a real file system that is full; needs the right to mount one (root, or user namespaces)."""
        node = self.copy()
        mount = node.parent / "small"
        mount.mkdir()
        size = sum(file.stat().st_size for file in node.rglob("*") if file.is_file())
        script = f"""
          mount -t tmpfs -o size={size + 2_000_000} tmpfs {mount} && cp -a {node} {mount}/node && cd {mount}
          export NHIPCAU_LANG=en
          for i in $(seq 1 400); do
            {PROGRAM} record node --format json create --file {node.parent}/record.json > out 2> {node.parent}/err || break
            cat out >> {node.parent}/saved
          done
          cp -a node {node.parent}/after
        """
        (node.parent / "record.json").write_text(json.dumps(self.talks(remark="đầy " * 2000)))
        command = ["sh", "-c", script] if os.geteuid() == 0 else ["unshare", "-rm", "sh", "-c", script]
        if os.geteuid() == 0:
            command = ["unshare", "-m", "sh", "-c", script]
        subprocess.run(command, check=False, capture_output=True, timeout=900)
        told = (node.parent / "err").read_text()
        self.assertIn("disk is full", told)
        saved = [json.loads(line)["id"] for line in (node.parent / "saved").read_text().splitlines()]
        self.assertGreater(len(saved), 2)
        after = node.parent / "after"
        for made in saved:
            run("record", after, "show", made, expect=0)
        run("verify", after, expect=0)
        run("rebuild", after, "--check", expect=0)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
