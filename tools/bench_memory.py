#!/usr/bin/env python3
"""Peak memory of a serving node while pages, figures and saves are asked of it by several people at once.

Usage: bench_memory.py BUILD_FOLDER. Makes a node of 100,000 activities (2,000 with NC_BENCH_QUICK) with the
build's bench_fill, serves it with the build's nhipcau and asks over HTTP. Memory is the proportional set
size (PSS) of the process, read from /proc while it works.
"""

import html.parser
import http.cookiejar
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

PEOPLE = 4
SECONDS = 5 if os.environ.get("NC_BENCH_QUICK") else 60
RECORDS = 2_000 if os.environ.get("NC_BENCH_QUICK") else 100_000
PAGES = ("/", "/activities", "/activities?text=tinh+bien+1234", "/activities?status=held&level=post", "/figures", "/figures?kind=talks",
         "/figures?rows=kind&columns=year", "/figures?rows=month&from=2024&to=2024", "/units", "/counterparts", "/summary", "/figures.json",
         "/figures.csv?rows=kind&columns=level")


class Form(html.parser.HTMLParser):
    """The fields of the form that is sent to `action`, as a browser would send them."""

    def __init__(self, action):
        super().__init__()
        self.action, self.inside, self.fields, self.area, self.select = action, False, [], None, None

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        if tag == "form":
            self.inside = at.get("action", "").split("?")[0] == self.action
        elif not self.inside or "name" not in at and tag != "option":
            return
        elif tag == "input" and (at.get("type") not in ("checkbox", "radio", "submit") or "checked" in at):
            self.fields.append((at["name"], at.get("value", "on" if at.get("type") == "checkbox" else "")))
        elif tag == "textarea":
            self.area = at["name"]
            self.fields.append((self.area, ""))
        elif tag == "select":
            self.select = at["name"]
        elif tag == "option" and self.select and "selected" in at:
            self.fields.append((self.select, at.get("value", "")))

    def handle_data(self, data):
        if self.area:
            self.fields[-1] = (self.area, self.fields[-1][1] + data)

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "textarea":
            self.area = None
        elif tag == "select":
            self.select = None


class Person:
    """One browser."""

    def __init__(self, address, password, login="bench"):
        self.address = address
        policy = http.cookiejar.DefaultCookiePolicy(secure_protocols=("http", "https"))  # as browsers do for 127.0.0.1
        self.jar = http.cookiejar.CookieJar(policy)
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.send("/login", {"login": login, "password": password})

    def cookie(self):
        return "; ".join(f"{one.name}={one.value}" for one in self.jar)

    def get(self, path):
        with self.opener.open(self.address + path, timeout=120) as page:
            return page.read().decode()

    def post(self, path, fields):
        """Sends a form; the path where it leads to."""
        data = urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(self.address + path, data=data, headers={"Origin": self.address})
        with self.opener.open(request, timeout=120) as page:
            page.read()
            return urllib.parse.urlsplit(page.url).path

    def save(self, path, file):
        with self.opener.open(self.address + path, timeout=120) as answer, open(file, "wb") as out:
            shutil.copyfileobj(answer, out)

    def send(self, path, changed):
        """Fills in the form of the page and sends it."""
        form = Form(path)
        form.feed(self.get(path))
        if not form.fields:
            raise RuntimeError(f"no form at {path}")
        fields = [(name, value) for name, value in form.fields if name not in changed] + list(changed.items())
        data = urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(self.address + path, data=data, headers={"Origin": self.address})
        with self.opener.open(request, timeout=120) as page:
            return page.read().decode()


def pss(process):
    """KiB."""
    text = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8")
    return int(re.search(r"^Pss: *(\d+)", text, re.M)[1])


class Load:
    """Everybody asks one thing after the other until the time is over."""

    def __init__(self, address, password):
        self.people = [Person(address, password) for _ in range(PEOPLE)]
        listed = self.people[0].get("/activities")
        self.records = list(dict.fromkeys(re.findall(r'href="(/records/[0-9a-f]{32})', listed)))
        self.until = time.monotonic() + SECONDS
        self.counts = {"pages": 0, "saves": 0}
        self.problems = []
        self.lock = threading.Lock()

    def work(self, number):
        try:
            at = number * 7
            while time.monotonic() < self.until:
                person, record = self.people[number], self.records[at % len(self.records)]
                person.get(PAGES[at % len(PAGES)])
                person.get(record)
                if at % 3 == 0:
                    person.send(record + "/edit", {"remark": f"lần {at} của {number}"})
                with self.lock:
                    self.counts["pages"] += 2
                    self.counts["saves"] += at % 3 == 0
                at += 1
        except Exception as problem:  # told by the main thread
            self.problems.append(repr(problem))

    def run(self, process):
        """The greatest PSS seen."""
        threads = [threading.Thread(target=self.work, args=(number,)) for number in range(PEOPLE)]
        for thread in threads:
            thread.start()
        peak = 0
        while any(thread.is_alive() for thread in threads):
            peak = max(peak, pss(process))
            time.sleep(0.05)
        if self.problems:
            raise RuntimeError(self.problems[0])
        return peak


def line(what, kib, aim):
    value = kib / 1024
    print("NC_BENCH " + json.dumps({"row": "memory", "what": what, "unit": "MiB", "p50": value, "p95": value, "min": value, "max": value,
                                    "runs": 1, "aim": aim}), flush=True)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nc-memory-", dir=os.environ.get("NC_BENCH_DIR")))
    node = folder / "node"
    server = None
    try:
        subprocess.run([build / "src/ledger/records/bench_fill", node, str(RECORDS)], check=True)
        password = secrets.token_urlsafe(18)  # the person's own: one for one use would ask for another first
        subprocess.run([build / "nhipcau", "--lang", "en", "account", node, "password", "bench"], check=True,
                       input=f"{password}\n{password}\n", stdout=subprocess.DEVNULL, text=True)
        server = subprocess.Popen([build / "nhipcau", "--lang", "en", "serve", node, "--listen", "127.0.0.1:0"],
                                  stdout=subprocess.PIPE, text=True)
        address = server.stdout.readline().strip().split()[-1]
        begun = pss(server.pid)
        load = Load(address, password)
        peak = max(begun, load.run(server.pid))
        print(f"{PEOPLE} people, {SECONDS} s: {load.counts['pages']} pages and {load.counts['saves']} saves")
        line(f"a serving node with {RECORDS:,} records, nobody asks", begun, "stated")
        line(f"peak while {PEOPLE} people ask for pages and figures and save", peak, "<= 64")
    finally:
        if server:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=60)
            server.stdout.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
