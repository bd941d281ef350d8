#!/usr/bin/env python3
"""Disks that cannot be written, clocks that go wrong, two processes on one directory.

Usage: disk_test.py PROGRAM SOURCE_DIR. Everything happens in a temporary folder with real processes.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest

from program import ENGLISH, PROGRAM, create, digest, in_own_mounts, run, talks, unit_id


class Disk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="nhipcau-disk-"))
        cls.node = cls.folder / "node"
        run("init", cls.node, "--unit", "vn-post-a", expect=0)
        cls.unit = unit_id(cls.node, "vn-post-a")
        cls.record = create(cls.node, talks(cls.unit))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def copy(self):
        target = pathlib.Path(tempfile.mkdtemp(dir=self.folder)) / "node"
        shutil.copytree(self.node, target)
        return target

    def test_a_closed_node_leaves_no_log_behind(self):
        self.assertEqual([file.name for file in self.node.glob("ledger.db-*")], [])

    def read_only(self, node, commands):
        """Output of shell lines run beside `node` when its disk has become read-only."""
        script = f"""
          mkdir -p {node.parent}/ro && mount -t tmpfs tmpfs {node.parent}/ro && cp -a {node} {node.parent}/ro/node
          mount -o remount,ro {node.parent}/ro && cd {node.parent}
          touch ro/x 2>/dev/null && exit 9
          nc={PROGRAM}
          {commands}
        """
        return in_own_mounts(script)

    def test_everything_can_be_read_from_a_disk_that_cannot_be_written(self):
        node = self.copy()
        done = self.read_only(node, f"""
          $nc digest ro/node; $nc verify ro/node; $nc figures ro/node --format json; $nc record ro/node show {self.record}
          $nc record ro/node list; $nc export ro/node --plain plain.jsonl; $nc backup ro/node ro.bak
        """)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(digest(node), done.stdout)
        self.assertIn("The journal verifies. The derived state was not compared: the directory is open for reading only", done.stdout)
        self.assertIn(self.record, done.stdout)
        self.assertGreater(len((node.parent / "plain.jsonl").read_text().splitlines()), 50)
        run("restore", node.parent / "ro.bak", node.parent / "restored", expect=0)
        self.assertEqual(digest(node.parent / "restored"), digest(node))
        done = self.read_only(node.parent / "ro.bak", "$nc restore ro/node again")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(digest(node.parent / "again"), digest(node))

    def test_a_save_on_a_disk_that_cannot_be_written_is_refused(self):
        node = self.copy()
        (node.parent / "record.json").write_text(json.dumps(talks(self.unit)))
        for command in ("record ro/node create --file record.json", "import ro/node record.json", "rebuild ro/node", "serve ro/node"):
            with self.subTest(command):
                done = self.read_only(node, f"$nc {command} && exit 8; exit $?")
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn("can only be read", done.stderr)

    def test_a_directory_without_the_right_to_write_reads_too(self):
        if os.geteuid() != 0:
            node = self.copy()
            before = ()
            os.chmod(node, 0o555)
        else:   # root may write anywhere, so another account reads
            folder = pathlib.Path(tempfile.mkdtemp(prefix="nhipcau-other-"))
            self.addCleanup(shutil.rmtree, folder)
            node = folder / "node"
            shutil.copytree(self.node, node)
            os.chmod(folder, 0o755)
            os.chmod(node, 0o555)
            for file in (node / "ledger.db", node / "node.json", node / "lock"):
                os.chmod(file, 0o444)
            before = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
            if subprocess.run([*before, "test", "-x", PROGRAM], check=False).returncode:
                self.skipTest("no other account can reach the program here")
        read = run("digest", node, before=before, expect=0).stdout.strip()
        refused = create(node, talks(self.unit), expect=1, before=before)
        self.assertIn("can only be read", refused.stderr)
        if os.geteuid() != 0:
            os.chmod(node, 0o755)
        self.assertEqual(read, digest(self.node))

    def left_by_a_crash(self):
        """A node whose last save stands in the log alone, and its digest."""
        node = self.copy()
        with contextlib.closing(sqlite3.connect(node / "ledger.db")) as reader:   # keeps the log from being moved into the file
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM journal_entry").fetchone()
            create(node, talks(self.unit, counterpart_unnamed=True))
            wanted = digest(node)
            crashed = pathlib.Path(tempfile.mkdtemp(dir=self.folder)) / "node"
            shutil.copytree(node, crashed, ignore=shutil.ignore_patterns("*-shm"))
        self.assertGreater((crashed / "ledger.db-wal").stat().st_size, 0)
        self.assertNotEqual(wanted, digest(self.node))
        return crashed, wanted

    def test_what_a_crash_left_in_the_log_is_read_from_a_disk_that_cannot_be_written(self):
        node, wanted = self.left_by_a_crash()
        done = self.read_only(node, "$nc digest ro/node; $nc verify ro/node; $nc backup ro/node ro.bak; ls ro/node")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(wanted, done.stdout)
        self.assertIn("The journal verifies", done.stdout)
        self.assertNotIn("ledger.db-shm", done.stdout)
        run("restore", node.parent / "ro.bak", node.parent / "restored", expect=0)
        self.assertEqual(digest(node.parent / "restored"), wanted)
        self.assertEqual(digest(node), wanted)   # here it can be written

    def full(self, node, commands):
        """Output of shell lines run beside `node` on a disk without a single free byte; what they changed there comes last.
        SQLite may leave an empty log and its index beside a file."""
        script = f"""
          mkdir -p {node.parent}/full && mount -t tmpfs -o size=48m tmpfs {node.parent}/full && cp -a {node} {node.parent}/full/node
          cd {node.parent}
          dd if=/dev/zero of=full/rest bs=64k 2>/dev/null || dd if=/dev/zero of=full/more bs=1 2>/dev/null || true
          kept() {{ find full/node -type f ! -name '*-shm' ! '(' -name '*-wal' -empty ')' | sort | xargs sha256sum; }}
          kept > before.txt
          nc={PROGRAM}
          {commands}
          kept > after.txt
          diff before.txt after.txt
        """
        return in_own_mounts(script)

    def test_everything_can_be_read_from_a_full_disk(self):
        for node, wanted in ((self.copy(), digest(self.node)), self.left_by_a_crash()):
            with self.subTest(node=node):
                done = self.full(node, f"""
                  $nc digest full/node; $nc verify full/node; $nc record full/node list; $nc record full/node show {self.record}
                  $nc search full/node hội; $nc figures full/node --format json; $nc backup full/node full.bak
                """)
                self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
                self.assertIn(wanted, done.stdout)
                self.assertIn("The journal verifies. The derived state was not compared: the disk is full", done.stdout)
                self.assertNotIn("reading only", done.stdout)
                self.assertGreater(done.stdout.count(self.record[:8]), 1)
                run("restore", node.parent / "full.bak", node.parent / "again", expect=0)
                self.assertEqual(digest(node.parent / "again"), wanted)

    def test_a_save_on_a_full_disk_is_refused_and_reading_goes_on(self):
        node = self.copy()
        (node.parent / "record.json").write_text(json.dumps(talks(self.unit)))
        done = self.full(node, "$nc record full/node create --file record.json && exit 8; $nc digest full/node; exit 0")
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        self.assertIn("full", done.stderr)
        self.assertIn(digest(self.node), done.stdout)

    def serve(self, node):
        server = subprocess.Popen([PROGRAM, "serve", node, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True, env=ENGLISH)
        self.assertIn("http", server.stdout.readline())
        return server

    def test_the_second_process_is_refused_by_name(self):
        node = self.copy()
        server = self.serve(node)
        try:
            refused = create(node, talks(self.unit), expect=1)
            self.assertIn(f"process {server.pid} on {os.uname().nodename}", refused.stderr)
            self.assertEqual(digest(node), digest(self.node))   # reading goes on beside it
        finally:
            server.send_signal(signal.SIGTERM)
            self.assertEqual(server.wait(timeout=20), 0)
            server.stdout.close()
        self.assertEqual((node / "lock").read_text(), "")
        create(node, talks(self.unit))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
