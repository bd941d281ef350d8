#!/usr/bin/env python3
"""The Debian package in a throw-away root: install, serve, upgrade, remove, purge, install again. No data is lost.

Usage: install_test.py BUILD_DIR SOURCE_DIR. Exit 77 with the reason where this machine cannot make such a root.
BUILD_DIR is a built tree; the package is made from it, and so is one with a lower version. systemd does not run in
the root: its unit is read by sandbox.py, which starts the program as the unit says.
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "crash"))

import root as throwaway  # noqa: E402  (the folder above has no package)
from browser import Browser, hidden  # noqa: E402
from root import CannotRun, inside, must, quiet  # noqa: E402
from sandbox import Sandbox, Unit  # noqa: E402

BUILD, SOURCE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()

CACHE = SOURCE / "build" / "package-root"
STATE, NODE, BACKUPS = "/var/lib/nhipcau", "/var/lib/nhipcau/node", "/var/backups/nhipcau"
SETTINGS = "/etc/nhipcau/nhipcau.toml"
AS_USER = "runuser -u nhipcau --"
PASSWORD = "a long password"
OURS = 'listen = "127.0.0.1:0"\n# ours\n'
APT = "apt-get -q install -y --no-install-recommends -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold"


def make_packages(folder):
    """(previous, this): the package of the build, and the same with a lower version and another delivered file."""
    must(quiet(["cpack", "-G", "DEB", "-B", folder, "-D", "CPACK_DEBIAN_COMPRESSION_TYPE=gzip"], cwd=BUILD))
    made, = folder.glob("*.deb")
    tree = folder / "tree"
    must(quiet(["dpkg-deb", "-R", made, tree]))
    control = tree / "DEBIAN/control"
    lower = re.sub(r"^Version: .*$", "Version: 0.0.9", control.read_text(encoding="utf-8"), flags=re.MULTILINE)
    control.write_text(lower, encoding="utf-8")
    with open(tree / SETTINGS.lstrip("/"), "a", encoding="utf-8") as file:
        file.write("# of the version before\n")
    previous = folder / "nhipcau_0.0.9_amd64.deb"
    must(quiet(["dpkg-deb", "-Znone", "--root-owner-group", "-b", tree, previous]))
    shutil.rmtree(tree)
    return previous, made


def unpack_fixture(name, target):
    expected = json.loads((SOURCE / "tests/fixtures/data" / name / "expected.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(SOURCE / "tests/fixtures/data" / name / "node.tar.xz") as tar:
            tar.extractall(folder, filter="fully_trusted") if hasattr(tarfile, "data_filter") else tar.extractall(folder)
        shutil.move(pathlib.Path(folder, "node"), target)
    return expected


class Installed:
    """The package in one root."""

    def __init__(self, folder):
        self.previous, self.this = make_packages(folder)
        self.root = throwaway.unpacked(CACHE)
        for package in (self.previous, self.this):
            shutil.copy(package, self.root / "root")
        throwaway.fetch_for(self.root, CACHE, f"/root/{self.this.name}")

    def run(self, script, **options):
        return must(inside(self.root, script, timeout=600, **options))

    def nhipcau(self, words, stdin=""):
        return self.run(f"{AS_USER} nhipcau {words}", input=stdin)

    def install(self, package):
        done = inside(self.root, f"{APT} --allow-downgrades /root/{package.name}", timeout=600)
        must(done)
        return done.stdout + done.stderr

    def path(self, inside_root):
        return self.root / inside_root.lstrip("/")

    def data(self):
        """{file: (owner, mode, hash)} of all that the package must never touch."""
        found = {}
        for top in (STATE, BACKUPS):
            for path in [self.path(top), *self.path(top).rglob("*")]:
                status = path.lstat()
                content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
                found[str(path)] = (status.st_uid, status.st_gid, status.st_mode, content)
        return found


class Serving:
    """The node as the unit starts it; `with` ends it as systemd would."""

    def __init__(self, installed):
        unit = Unit(installed.path("/lib/systemd/system/nhipcau.service"))
        self.sandbox = Sandbox(unit, installed.root)
        self.process = self.sandbox.start(unit.one("ExecStart").split(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            self.end()
            raise AssertionError(f"serve ended with {self.ended}: {self.told}")
        self.port = int(re.search(r":(\d+)$", line.strip())[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.end()

    def end(self):
        self.ended = self.process.wait(timeout=120)
        self.told = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        self.memory = self.sandbox.group_of_memory.most()
        self.sandbox.close()

    def status(self, word):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return re.search(rf"^{word}:\s+(.*)$", text, re.MULTILINE)[1]

    def logged_in(self, login, password):
        browser = Browser(self.port)
        page = browser.ask("GET", "/login")[2]
        status, _, page = browser.ask("POST", "/login", {"csrf": hidden(page, "csrf"), "login": login, "password": password})
        if status != 303:
            raise AssertionError(f"log-in answered {status}: {page[:500]}")
        return browser


class Package(unittest.TestCase):
    """One life of one installation; the steps run in the order of their names."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="nhipcau-package-"))
        cls.at = Installed(cls.folder)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.at.root)
        shutil.rmtree(cls.folder)

    @unittest.skipUnless(shutil.which("lintian"), "lintian is not installed")
    def test_0_lintian_finds_no_fault(self):
        done = quiet(["lintian", "--allow-root", "--fail-on", "error,warning", self.at.this])
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_1_a_first_installation_has_user_folders_service_and_nothing_to_serve(self):
        said = self.at.install(self.at.previous)
        self.assertIn("operations/install.md", said)
        user = self.at.run("getent passwd nhipcau").strip().split(":")
        self.assertLess(int(user[2]), 1000)
        self.assertEqual((user[5], user[6]), (STATE, "/usr/sbin/nologin"))
        for folder in (STATE, BACKUPS):
            self.assertEqual(self.at.run(f"stat -c '%U:%G %a' {folder}").strip(), "nhipcau:nhipcau 700")
        self.assertEqual(self.at.run("stat -c '%U:%G %a' /etc/nhipcau/nhipcau.toml").strip(), "root:root 644")
        self.assertTrue(os.path.lexists(self.at.path("/etc/systemd/system/multi-user.target.wants/nhipcau.service")))
        self.assertNotIn("not found", self.at.run("ldd /usr/bin/nhipcau"))
        self.assertEqual(self.needed(), self.declared() - {"adduser", "poppler-utils"})
        self.assertRegex(self.at.run("nhipcau --version"), r"^nhipcau \d+\.\d+\.\d+\n$")
        # Purged before anything was made, it leaves nothing but the user.
        self.at.run("dpkg --purge nhipcau")
        self.assertEqual(self.at.run("find / -xdev -name '*nhipcau*' -not -path '/proc/*' -not -path '/root/*'"), "")
        self.at.install(self.at.previous)

    def declared(self):
        """The names of the packages that this one says it depends on."""
        return {one.split()[0] for one in self.at.run("dpkg-query -W -f '${Depends}' nhipcau").split(", ")}

    def needed(self):
        """The packages of the libraries that the programs themselves name."""
        programs = [self.at.path("/usr/bin/nhipcau"), self.at.path("/usr/libexec/nhipcau/nhipcau-preview")]
        names = sorted(set(re.findall(r"\(NEEDED\).*\[(.*)\]", must(quiet(["readelf", "-dW", *programs])))))
        files = [f"/lib/x86_64-linux-gnu/{name}" for name in names if not name.startswith("ld-linux")]
        self.assertGreater(len(files), 8)
        owners = self.at.run(f"dpkg-query -S {' '.join(files)} 2>/dev/null || true; "
                             f"dpkg-query -S {' '.join('/usr' + file for file in files)} 2>/dev/null || true")
        found = {line.split(": ")[1]: line.split(":")[0] for line in owners.splitlines()}
        self.assertEqual(len({pathlib.Path(file).name for file in found}), len(files))
        return set(found.values())

    def test_2_a_node_is_made_served_and_written_to(self):
        self.at.nhipcau(f"init {NODE} --unit vn-post-a")
        for login, role in (("chief", "administrator"), ("officer", "post_officer")):
            self.at.nhipcau(f"account {NODE} create {login} --unit vn-post-a --role {role}", stdin=PASSWORD + "\n")
        self.assertIn("ok", self.at.nhipcau(f"doctor {NODE}"))
        self.at.path(SETTINGS).write_text(OURS, encoding="utf-8")
        unit = json.loads(self.at.nhipcau(f"record {NODE} --format json show vn-post-a"))["id"]
        when = {"from": {"day": 19000, "precision": "day"}}
        talks = {"type": "talks", "values": {"sub_kind": "periodic", "when": when, "status": "held", "level": "post", "lead_unit": unit,
                                             "countries": ["KH", "VN"], "counterpart_unnamed": True, "remark": "before the upgrade"}}
        made = self.at.nhipcau(f"record {NODE} --format json --login officer create --file -", stdin=json.dumps(talks))
        type(self).entry = json.loads(made)["id"]
        self.shows_the_entry()
        self.assertIn("equals the journal", self.at.nhipcau(f"verify {NODE}"))
        self.at.nhipcau(f"backup {NODE} {BACKUPS}/by-hand.bak")
        for table in ("ledger.db", "keys/node.key"):
            self.assertEqual(self.at.path(f"{NODE}/{table}").stat().st_mode & 0o077, 0, table)

    def test_2_files_are_attached_and_previewed_in_the_sandbox(self):
        samples = {"photo.jpg": "image/jpeg", "picture.webp": "image/webp", "picture.png": "image/png", "paper.pdf": "application/pdf"}
        for name in samples:
            shutil.copy(SOURCE / "src/ledger/blobs/testdata" / name, self.at.path(f"{STATE}/{name}"))
        self.at.run(f"chown nhipcau: {' '.join(f'{STATE}/{name}' for name in samples)}")
        self.at.nhipcau(f"record {NODE} --login officer attach {self.entry} " + " ".join(f"{STATE}/{name}" for name in samples))
        with Serving(self.at) as serving:
            browser = serving.logged_in("officer", PASSWORD)
            page = browser.ask("GET", f"/records/{self.entry}")[2]
            files = set(re.findall(rf"/records/{self.entry}/files/[0-9a-f]{{64}}", page))
            self.assertEqual(len(files), len(samples))
            for file in files:
                kind = browser.fetch(file)[1]
                for _ in range(100):   # the first one may take longer than a page waits
                    status, preview, bytes_ = browser.fetch(file + "/preview")
                    if status == 200:
                        break
                    time.sleep(0.2)
                self.assertEqual((status, preview, bytes_[:3]), (200, "image/jpeg", b"\xff\xd8\xff"), kind)
        self.assertEqual((serving.ended, serving.told), (0, ""))
        for name in samples:
            self.at.path(f"{STATE}/{name}").unlink()

    def shows_the_entry(self):
        with Serving(self.at) as serving:
            uid = self.at.run("id -u nhipcau").strip()
            self.assertEqual(serving.status("Uid").split(), [uid] * 4)
            self.assertEqual((serving.status("NoNewPrivs"), serving.status("Seccomp"), serving.status("CapBnd")), ("1", "2", "0" * 16))
            browser = serving.logged_in("officer", PASSWORD)
            status, _, page = browser.ask("GET", f"/records/{self.entry}")
            self.assertEqual(status, 200)
            self.assertIn("before the upgrade", page)
            for path in ("/", "/activities", "/figures", "/units", "/account"):
                self.assertEqual(browser.ask("GET", path)[0], 200, path)
        self.assertEqual((serving.ended, serving.told), (0, ""))
        return serving

    def test_3_a_setting_that_is_not_known_is_refused_by_name(self):
        self.at.path(SETTINGS).write_text("lisen = 1\n", encoding="utf-8")
        refusal = r"ended with 1: nhipcau: /etc/nhipcau/nhipcau\.toml:1:1: The key “lisen” is unknown here.*listen"
        with self.assertRaisesRegex(AssertionError, refusal):
            Serving(self.at)
        self.at.path(SETTINGS).write_text(OURS, encoding="utf-8")

    def test_4_an_upgrade_keeps_data_settings_and_what_older_versions_wrote(self):
        names = sorted(file.parent.name for file in (SOURCE / "tests/fixtures/data").glob("*/expected.json"))
        expected = {name: unpack_fixture(name, self.at.path(f"{STATE}/{name}")) for name in names}
        self.at.run(f"chown -R nhipcau:nhipcau {STATE}")
        digest, before = self.at.nhipcau(f"digest {NODE}"), self.at.data()
        with Serving(self.at) as serving:   # an old program that still serves does not hinder
            self.at.install(self.at.this)
            self.assertEqual(serving.logged_in("officer", PASSWORD).ask("GET", f"/records/{self.entry}")[0], 200)
        self.assertEqual(set(before) - set(self.at.data()), set())
        self.assertNotIn("0.0.9", self.at.run("dpkg-query -W -f '${Version}' nhipcau"))
        self.assertEqual(self.at.path(SETTINGS).read_text(encoding="utf-8"), OURS)
        self.assertNotIn("version before", self.at.path(SETTINGS + ".dpkg-dist").read_text(encoding="utf-8"))
        self.assertEqual(self.at.nhipcau(f"digest {NODE}"), digest)
        self.shows_the_entry()
        self.at.nhipcau(f"record {NODE} --login officer amend {self.entry} --file -", stdin='{"values":{"topics":["drugs"]}}')
        self.assertTrue(expected)
        for name, holds in expected.items():
            self.opens_fixture(name, holds)

    def opens_fixture(self, name, holds):
        """A node of a finished issue in the place of the node, served by the unit."""
        own, other = self.at.path(NODE), self.at.path(f"{STATE}/{name}")
        # The custodian of pupils reads no reports, and the officer no pupils.
        reads = {"officer": holds["records"].values(), "custodian": [holds.get("trust", {}).get("pupil")]}
        own.rename(own.with_name("aside"))
        other.rename(own)
        try:
            self.assertIn("equals the journal", self.at.nhipcau(f"verify {NODE}"))
            with Serving(self.at) as serving:
                for login, password in holds["passwords"].items():
                    browser = serving.logged_in(login, password)
                    for record in reads[login]:
                        self.assertEqual(browser.ask("GET", f"/records/{record}")[0], 200, (name, login, record))
            self.assertEqual((serving.ended, serving.told), (0, ""))
        finally:
            own.rename(other)
            own.with_name("aside").rename(own)

    def test_5_a_removal_and_a_purge_leave_the_data_and_say_where(self):
        before = self.at.data()
        self.assertGreater(len(before), 20)
        self.at.run("apt-get -q remove -y nhipcau")
        self.assertEqual(self.at.data(), before)
        self.assertEqual(self.at.path(SETTINGS).read_text(encoding="utf-8"), OURS)
        self.assertFalse(self.at.path("/usr/bin/nhipcau").exists())
        said = self.at.run("apt-get -q purge -y nhipcau 2>&1")
        self.assertIn(f"{STATE} stays", said)
        self.assertEqual(self.at.data(), before)
        self.assertFalse(self.at.path("/etc/nhipcau").exists())
        self.assertFalse(os.path.lexists(self.at.path("/etc/systemd/system/multi-user.target.wants/nhipcau.service")))
        self.assertIn("nhipcau:", self.at.run("getent passwd nhipcau"))

    def test_6_installed_again_it_serves_them_again(self):
        before = self.at.data()
        self.at.install(self.at.this)
        self.assertEqual(self.at.data(), before)
        self.assertNotIn("# ours", self.at.path(SETTINGS).read_text(encoding="utf-8"))
        self.at.path(SETTINGS).write_text(OURS, encoding="utf-8")
        serving = self.shows_the_entry()
        if serving.memory is not None:
            limit = serving.sandbox.unit.one("MemoryMax")
            print(f"memory of the serving process's group at most: {serving.memory / 2**20:.1f} MiB of {limit}")
        self.assertIn("equals the journal", self.at.nhipcau(f"verify {NODE}"))

    def test_7_the_sandbox_of_the_unit_holds(self):
        sandbox = Sandbox(Unit(self.at.path("/lib/systemd/system/nhipcau.service")), self.at.root)
        self.addCleanup(sandbox.close)
        for script, fine in (("touch /var/lib/nhipcau/x && rm /var/lib/nhipcau/x && touch /var/backups/nhipcau/x && touch /tmp/x", True),
                             ("touch /etc/nhipcau/x", False), ("touch /usr/bin/x", False), ("touch /x", False), ("cat /etc/shadow", False),
                             ("mount -t tmpfs none /tmp", False), ("ls /proc/sys", False), ("nice -n 1 true && nice -n -5 true", False)):
            done = sandbox.start(["/bin/sh", "-c", script], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.assertEqual(done.wait(timeout=60) == 0, fine, script)


if __name__ == "__main__":
    try:
        throwaway.check_machine()
        if not (CACHE / throwaway.TARBALL).exists():
            throwaway.make_tarball(CACHE)
    except CannotRun as reason:
        print(f"skipped: {reason}")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2, failfast=True)
