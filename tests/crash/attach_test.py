#!/usr/bin/env python3
"""Attached files through kills and a full disk: what was acknowledged is there whole, nothing is named that is not.

Usage: attach_test.py PROGRAM SOURCE_DIR. Everything happens in a temporary folder with real processes.
"""

import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from program import ENGLISH, PROGRAM, create, digest, in_own_mounts, run, talks, unit_id

KILLS = 12


class Attach(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="nhipcau-attach-"))
        self.node = self.folder / "node"
        run("init", self.node, "--unit", "vn-post-a", expect=0)
        self.record = create(self.node, talks(unit_id(self.node, "vn-post-a")))

    def tearDown(self):
        shutil.rmtree(self.folder)

    def file(self, name, size):
        path = self.folder / name
        path.write_text("".join(f"{name} {i}\n" for i in range(size // 20)), encoding="utf-8")
        return path

    def attach(self, path, expect=0):
        return run("record", self.node, "attach", self.record, path, expect=expect)

    def names(self):
        return run("record", self.node, "attachments", self.record, expect=0).stdout

    def test_kills_lose_nothing_that_was_acknowledged(self):
        rng = random.Random(7)
        start = time.monotonic()
        self.attach(self.file("first.txt", 400_000))
        whole_s = time.monotonic() - start
        acknowledged = ["first.txt"]
        for i in range(KILLS):
            name = f"file{i}.txt"
            child = subprocess.Popen([PROGRAM, "record", self.node, "attach", self.record, self.file(name, 400_000)],
                                     env=ENGLISH, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            time.sleep(rng.uniform(0, whole_s))
            child.send_signal(signal.SIGKILL)
            child.communicate()
            if child.returncode == 0:
                acknowledged.append(name)
            run("verify", self.node, expect=0)  # every file that an entry names is here, with its bytes
        listed = self.names()
        for name in acknowledged:
            self.assertIn(name, listed)
        self.attach(self.file("last.txt", 400_000))
        run("record", self.node, "save", self.record, "last.txt", "--to", self.folder / "back.txt", expect=0)
        self.assertEqual((self.folder / "back.txt").read_bytes(), (self.folder / "last.txt").read_bytes())

    def test_a_full_disk_refuses_by_name_and_changes_nothing(self):
        big = self.file("big.txt", 2_000_000)
        before = digest(self.node)
        done = in_own_mounts(f"""
            mkdir {self.folder}/small
            mount -t tmpfs -o size=100m none {self.folder}/small
            cp -a {self.node} {self.folder}/small/node
            {PROGRAM} record {self.folder}/small/node attach {self.record} {big} && exit 9
            ls {self.folder}/small/node/uploads | wc -l
            {PROGRAM} digest {self.folder}/small/node
            {PROGRAM} verify {self.folder}/small/node
        """)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("kept for the journal", done.stderr)
        lines = done.stdout.split()
        self.assertEqual(lines[0], "0")
        self.assertEqual(lines[1], before)

    def test_hostile_files_are_refused_by_name(self):
        samples = pathlib.Path(sys.argv[2]).resolve() / "src/ledger/blobs/testdata"
        hostile = {"macro.docx": "macros", "program.pdf": "/JavaScript", "bomb.png": "60000 x 60000", "plain.zip": "archive"}
        for name, said in hostile.items():
            refused = self.attach(samples / name, expect=1)
            self.assertIn(said, refused.stderr, name)
        self.assertEqual(list((self.node / "uploads").glob("*")), [])
        self.attach(samples / "photo.jpg")
        self.assertIn("photo.jpg", self.names())
        run("export", self.node, "--plain", self.folder / "all.txt", "--attachments", self.folder / "files", expect=0)
        kept = list((self.folder / "files").iterdir())
        self.assertEqual([file.suffix for file in kept], [".jpg"])
        self.assertNotIn(b"SecretCamera", kept[0].read_bytes())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
