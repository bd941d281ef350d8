#!/usr/bin/env python3
"""The clock of a node is set back ten years: it goes on saving, and what it shows does not depend on the clock.

Usage: clock_test.py PROGRAM SOURCE_DIR CLOCK_SHIFT_LIBRARY.
"""

import json
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from browser import PASSWORD, Browser
from program import ENGLISH, PROGRAM, create, digest, run, talks, unit_id

TEN_YEARS = 3653 * 86400
BACK = {**ENGLISH, "LD_PRELOAD": str(pathlib.Path(sys.argv[3]).resolve()), "NHIPCAU_CLOCK_SHIFT": str(-TEN_YEARS),
        "ASAN_OPTIONS": "verify_asan_link_order=0"}


class Clock(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="nhipcau-clock-"))
        cls.node = cls.folder / "node"
        run("init", cls.node, "--unit", "vn-post-a", expect=0)
        cls.unit = unit_id(cls.node, "vn-post-a")
        run("account", cls.node, "create", "writer", "--unit", "vn-post-a", "--role", "post_officer", stdin=PASSWORD + "\n", expect=0)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def record(self, code):
        return json.loads(run("record", self.node, "--format", "json", "show", code, expect=0).stdout)

    def amend(self, record, remark, env=ENGLISH):
        run("record", self.node, "amend", record, "--file", "-", stdin=json.dumps({"values": {"remark": remark}}), env=env, expect=0)

    def test_saving_goes_on_and_the_history_says_which_instants_cannot_be(self):
        long_ago = {"from": {"day": 14000, "precision": "day"}}
        record = create(self.node, talks(self.unit, when=long_ago, remark="first"))
        self.amend(record, "with the wrong clock", BACK)
        shown = self.record(record)
        self.assertLess(shown["history"][-1]["wall"], (time.time() - TEN_YEARS + 3600) * 1000, "the clock was not set back")
        # The later entry wins although its clock is ten years earlier.
        self.assertEqual(shown["values"]["remark"], "with the wrong clock")
        self.assertEqual([item["clock_doubtful"] for item in shown["history"]], [False, True])
        self.assertIn("(?)", run("record", self.node, "show", record, expect=0).stdout)
        made_back = create(self.node, talks(self.unit, when=long_ago), env=BACK)
        self.amend(record, "with the right clock")
        self.assertEqual(self.record(record)["values"]["remark"], "with the right clock")
        self.amend(made_back, "x")
        run("verify", self.node, expect=0)
        run("rebuild", self.node, "--check", expect=0)
        self.assertEqual(run("digest", self.node, env=BACK, expect=0).stdout.strip(), digest(self.node))

    def serve(self, env):
        server = subprocess.Popen([PROGRAM, "serve", self.node, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True, env=env)
        return server, int(server.stdout.readline().rsplit(":", 1)[1])

    def stop(self, server):
        server.send_signal(signal.SIGTERM)
        self.assertEqual(server.wait(timeout=20), 0)
        server.stdout.close()

    def test_sessions_end_or_go_on_and_logging_in_works(self):
        server, port = self.serve(ENGLISH)
        browser = Browser(port)
        browser.log_in()
        self.assertEqual(browser.ask("GET", "/activities")[0], 200)
        self.stop(server)
        server, port = self.serve(BACK)
        old = Browser(port, browser.cookie)
        status, place, _ = old.ask("GET", "/activities")
        self.assertTrue(status == 200 or (status == 303 and place.startswith("/login")), (status, place))
        fresh = Browser(port)
        fresh.log_in()
        self.assertEqual(fresh.ask("GET", "/activities")[0], 200)
        self.stop(server)
        # A session of the time of the wrong clock is ten years old now.
        server, port = self.serve(ENGLISH)
        self.assertEqual(Browser(port, fresh.cookie).ask("GET", "/activities")[0], 303)
        again = Browser(port)
        again.log_in()
        self.assertEqual(again.ask("GET", "/activities")[0], 200)
        self.stop(server)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]], verbosity=2)
