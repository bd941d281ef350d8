"""Fossil and PouchDB with pouchdb-server, for tools/bench_sync.py: the same documents, over their own HTTP."""

import contextlib
import json
import pathlib
import shutil
import socket
import subprocess
import time

from bench_sync_parts import ENVIRONMENT, Proxy

TOOLS = pathlib.Path(__file__).resolve().parent


def text_of(document):
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


class Fossil:
    name = "Fossil"

    def __init__(self, folder):
        self.folder, self.proxy = folder / "fossil", Proxy()
        self.work = self.folder / "work"
        self.work.mkdir(parents=True)
        self.environment = {**ENVIRONMENT, "HOME": str(self.folder), "USER": "bench"}
        self.fossil("init", "--admin-user", "bench", self.folder / "server.fossil", cwd=self.folder)
        self.fossil("user", "password", "bench", "secret", "-R", self.folder / "server.fossil", cwd=self.folder)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.proxy.to = free.getsockname()[1]
        serve = ["fossil", "server", str(self.folder / "server.fossil"), "--port", str(self.proxy.to), "--localhost"]
        self.server = subprocess.Popen(serve,
                                       env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.url = f"http://bench:secret@127.0.0.1:{self.proxy.port}/"
        for tries in range(50):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.proxy.to)):
                break
            time.sleep(0.1)
        self.fossil("clone", "--once", self.url, self.folder / "client.fossil", cwd=self.folder)
        self.fossil("open", self.folder / "client.fossil", "-f")
        self.fossil("settings", "autosync", "off")

    def fossil(self, *args, cwd=None):
        subprocess.run(["fossil", *map(str, args)], cwd=cwd or self.work, env=self.environment, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

    def put(self, documents):
        for document in documents:
            (self.work / f"{document['id']}.json").write_text(text_of(document), encoding="utf-8")
        self.fossil("addremove")
        self.fossil("commit", "-m", "x", "--no-warnings", "--nosign")

    def moved(self):
        return self.proxy.during(lambda: self.fossil("sync", self.url, "--once"))["tls"]

    def close(self):
        self.server.terminate()
        self.server.wait(timeout=20)


class Pouch:
    name = "PouchDB"

    def __init__(self, folder):
        self.proxy = Proxy()
        (folder / "pouch").mkdir()
        self.process = subprocess.Popen(["node", str(TOOLS / "bench/pouchdb/sync.mjs"), str(folder / "pouch"), str(self.proxy.port)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.proxy.to = int(self._answer())
        self.sync()

    def _answer(self):
        said = self.process.stdout.readline().strip()
        if not said:
            raise RuntimeError("PouchDB ended")
        return said

    def _say(self, command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def put(self, documents):
        self._say({"put": documents})

    def sync(self):
        self._say({"sync": True})

    def moved(self):
        return self.proxy.during(self.sync)["tls"]

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)


def measured_there(there, ours):
    """The same documents."""
    out = {"idle": [there.moved() for _ in range(3)], "made": [], "changed": []}
    for one in ours["one"]:
        there.put([one["document"]])
        out["made"].append(there.moved())
        changed = {**one["document"], "values": {**one["document"]["values"], one["field"]: one["text"]}}
        there.put([changed])
        out["changed"].append(there.moved())
    raw = sum(len(text_of(one).encode()) for one in ours["documents"])
    there.put(ours["documents"])
    begun = time.monotonic()
    out["many"] = 100 * there.moved() / raw
    out["a_second"] = len(ours["documents"]) / (time.monotonic() - begun)
    return out


def references(folder, ours):
    found = {}
    for kind, there in ((Fossil, shutil.which("fossil")), (Pouch, (TOOLS / "bench/pouchdb/built").exists())):
        if not there:
            print(f"{kind.name} is not installed: no reference")
            continue
        one = kind(folder)
        try:
            found[kind.name] = measured_there(one, ours)
        finally:
            one.close()
    return found
