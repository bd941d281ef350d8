#!/usr/bin/env python3
"""kill -9 of the serving process under load: what it acknowledged to another process is there afterwards.

Usage: kill_test.py PROGRAM SOURCE_DIR [--kills N] [--seed S]. Writers save over HTTP; this process keeps what
was answered, kills the server, starts it again and compares. Ends with a line of counts.
"""

import argparse
import http.client
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from browser import PASSWORD, Browser, hidden
from program import ENGLISH, PROGRAM, SOURCE, run

WRITERS = 4

class Trial:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="nhipcau-kill-"))
        self.node = self.folder / "node"
        self.saved = {}        # id -> text, acknowledged
        self.texts = 0
        self.cookie = ""
        self.lock = threading.Lock()
        self.kills = self.in_opening = self.unanswered = 0
        catalog = self.folder / "catalog"
        shutil.copytree(SOURCE / "catalog" / "system", catalog / "system")
        (catalog / "places").mkdir()
        for file in (SOURCE / "catalog/places/unit.toml", SOURCE / "tests/crash/catalog/trial_note.toml"):
            shutil.copy(file, catalog / "places")
        shutil.copy(SOURCE / "tests/crash/catalog/roles.toml", catalog)
        run("init", self.node, "--unit", "vn-post-a", "--catalog", catalog, expect=0)
        run("account", self.node, "create", "writer", "--unit", "vn-post-a", "--role", "writer", stdin=PASSWORD + "\n", expect=0)

    def start(self):
        return subprocess.Popen([PROGRAM, "serve", self.node, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True, env=ENGLISH)

    @staticmethod
    def kill(server):
        server.kill()
        server.wait()
        server.stdout.close()

    def write(self, port):
        """One writer: saves until the server is gone."""
        browser = Browser(port, self.cookie)
        path = "/records/new?type=trial_note"
        try:
            while True:
                page = browser.ask("GET", path)[2]
                with self.lock:
                    self.texts += 1
                    text = f"saved text {self.texts:07d}"
                status, place, page = browser.ask("POST", path, {"csrf": hidden(page, "csrf"), "once": hidden(page, "once"),
                                                                 "v.text": text, "save": "1"})
                if status != 303:
                    raise AssertionError(f"a save was answered with {status}: {re.sub('<[^>]+>', ' ', page)[:800]}")
                with self.lock:
                    self.saved[re.search(r"/records/([0-9a-f]{32})", place).group(1)] = text
        except (OSError, http.client.HTTPException):
            self.unanswered += 1

    def writing(self, port):
        failures = []

        def guarded():
            try:
                self.write(port)
            except Exception as error:  # told by the main thread
                failures.append(error)

        threads = [threading.Thread(target=guarded) for _ in range(WRITERS)]
        for thread in threads:
            thread.start()
        return threads, failures

    def round(self):
        """One start, one comparison, one kill."""
        if self.random.random() < 0.1:   # while it opens, perhaps while it reads the log that the last one left
            server = self.start()
            time.sleep(self.random.uniform(0, 0.15))
            self.kill(server)
            self.kills += 1
            self.in_opening += 1
            return
        server = self.start()
        try:
            line = server.stdout.readline()
            if "http" not in line:
                raise AssertionError("the server does not start after a kill")
            port = int(line.rsplit(":", 1)[1])
            browser = Browser(port, self.cookie)
            if not self.cookie:
                browser.log_in()
                self.cookie = browser.cookie
            self.compare_last(browser)
            before = len(self.saved)
            threads, failures = self.writing(port)
            deadline = time.monotonic() + 20
            wanted = before + self.random.randint(1, 40)
            while len(self.saved) < wanted and time.monotonic() < deadline and not failures:
                time.sleep(0.002)
            time.sleep(self.random.uniform(0, 0.01))
        finally:
            self.kill(server)
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        self.kills += 1

    def compare_last(self, browser, last=60):
        for record, text in list(self.saved.items())[-last:]:
            status, _, page = browser.ask("GET", f"/records/{record}")
            if status != 200 or text not in page:
                raise AssertionError(f"{text} ({record}) was acknowledged and is gone: {status}")

    def compare_all(self):
        run("verify", self.node, expect=0)
        run("rebuild", self.node, "--check", expect=0)
        plain = self.folder / "plain.jsonl"
        plain.unlink(missing_ok=True)
        run("export", self.node, "--plain", plain, expect=0)
        there = set(re.findall(r"saved text \d{7}", plain.read_text(encoding="utf-8")))
        lost = set(self.saved.values()) - there
        if lost:
            raise AssertionError(f"acknowledged and gone: {sorted(lost)[:5]} and more, {len(lost)} in all")
        return len(there)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("source")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    wish = parser.parse_args()
    trial = Trial(wish.seed)
    try:
        while trial.kills < wish.kills:
            trial.round()
            if trial.kills % 25 == 0:
                trial.compare_all()
            if trial.kills % 100 == 0:
                print(f"{trial.kills} kills, {len(trial.saved)} saves acknowledged, none lost", flush=True)
        there = trial.compare_all()
        print(json.dumps({"kills": trial.kills, "while_opening": trial.in_opening, "acknowledged": len(trial.saved), "there": there,
                          "lost": 0}))
        if len(trial.saved) < trial.kills - trial.in_opening:
            raise AssertionError("fewer saves than kills: nothing was tried")
    finally:
        shutil.rmtree(trial.folder)


if __name__ == "__main__":
    sys.exit(main())
