"""What the benches of sync share: a proxy that counts, serving nodes, the interface for programs."""

import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import threading

from bench_pages import line as bench_line

QUICK = bool(os.environ.get("NC_BENCH_QUICK"))
ENVIRONMENT = {**os.environ, "NHIPCAU_LANG": "en"}
TLS_RECORD_BYTES = 5 + 1 + 16  # head, true type, tag


def line(what, unit, said, aim="stated", reference=None):
    bench_line(what, unit, said, aim, reference, row="sync")


def run(*args, check=True, **more):
    done = subprocess.run([str(one) for one in args], capture_output=True, text=True, env=ENVIRONMENT, check=False, **more)
    if check and done.returncode != 0:
        raise RuntimeError(f"{args}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done


class Proxy:
    """Between a client and a port of this machine; counts what goes by."""

    def __init__(self, port=0):
        self.to, self.lock = port, threading.Lock()
        self.bytes = self.records = self.turns = self.connections = 0
        self.last_up = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                here, _ = self.listener.accept()
                try:
                    there = socket.create_connection(("127.0.0.1", self.to))
                except OSError:
                    here.close()
                    continue
                self.connections += 1
                for one in (here, there):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pass, args=(here, there, True), daemon=True).start()
                threading.Thread(target=self._pass, args=(there, here, False), daemon=True).start()

    def _pass(self, source, to, up):
        head, skip = b"", 0
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                with self.lock:
                    self.bytes += len(data)
                    self.turns += up and not self.last_up
                    self.last_up = up
                    at = 0
                    while at < len(data):  # TLS records: type, version, length
                        if skip:
                            step = min(skip, len(data) - at)
                            skip, at = skip - step, at + step
                            continue
                        head, at = head + data[at:at + 1], at + 1
                        if len(head) == 5:
                            self.records += head[0] == 23
                            head, skip = b"", int.from_bytes(head[3:5], "big")
                to.sendall(data)
        for one in (source, to):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def during(self, work):
        """Bytes, bytes without TLS (on a warm connection), round trips."""
        with self.lock:
            before = (self.bytes, self.records, self.turns)
            self.last_up = False
        work()
        with self.lock:
            whole, records, turns = (now - then for now, then in zip((self.bytes, self.records, self.turns), before))
        return {"tls": whole, "http": whole - TLS_RECORD_BYTES * records, "turns": turns}


class Serving:
    """A serving node."""

    def __init__(self, program, node, sync=False):
        args = [program, "serve", node, "--listen", "127.0.0.1:0"] + (["--sync-listen", "127.0.0.1:0"] if sync else [])
        self.process = subprocess.Popen([str(one) for one in args], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
        self.address = self.process.stdout.readline().strip().split()[-1]
        self.sync_port = int(self.process.stdout.readline().strip().rsplit(":", 1)[1].rstrip(".")) if sync else 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=120)
        self.process.stdout.close()

    def processor_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Rest:
    def __init__(self, address, token):
        self.host, self.token = address.split("//")[1], token
        self.connection = http.client.HTTPConnection(self.host, timeout=120)

    def ask(self, method, target, body=None, **headers):
        head = {"Authorization": f"Bearer {self.token}", **headers}
        if body is not None:
            head["Content-Type"] = "application/json"
        self.connection.request(method, "/api/v1" + target, None if body is None else json.dumps(body), head)
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None
