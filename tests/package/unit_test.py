#!/usr/bin/env python3
"""The systemd unit as systemd itself reads it: correct, and with at most the exposure that docs/operations/install.md states.

Usage: unit_test.py PROGRAM SOURCE_DIR. Needs systemd-analyze, not a running systemd.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from sandbox import Unit, allowed_calls

PROGRAM, SOURCE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
FILE = SOURCE / "packaging/nhipcau.service"
EXPOSURE_MAX = 1.1   # of 10


class TheUnit(unittest.TestCase):
    def test_says_what_the_design_asks_for(self):
        unit = Unit(FILE)
        wanted = {"ProtectSystem": "strict", "NoNewPrivileges": "yes", "User": "nhipcau", "StateDirectory": "nhipcau", "UMask": "0077",
                  "CapabilityBoundingSet": "", "MemoryDenyWriteExecute": "yes"}
        for key, value in wanted.items():
            self.assertEqual(unit.values[key], [value], key)
        self.assertLessEqual(unit.bytes("MemoryMax"), 256 << 20)
        self.assertNotIn("/etc", " ".join(unit.values["ReadWritePaths"]))

    def test_the_folders_are_those_of_package_manual_and_page(self):
        unit = Unit(FILE)
        program, serve, node, config, settings = unit.one("ExecStart").split()
        self.assertEqual((program, serve, config), ("/usr/bin/nhipcau", "serve", "--config"))
        self.assertTrue(node.startswith("/var/lib/" + unit.one("StateDirectory") + "/"))
        self.assertIn(f"ConditionPathExists={node}/node.json", FILE.read_text(encoding="utf-8"))
        page = (SOURCE / "docs/operations/install.md").read_text(encoding="utf-8")
        manual = subprocess.run([PROGRAM, "--lang", "en", "describe", "manual"], capture_output=True, text=True, check=True).stdout
        for path in (node, settings, unit.one("ReadWritePaths").lstrip("-")):
            self.assertIn(path, page)
            self.assertIn(path, manual)
        self.assertEqual((SOURCE / "packaging/control/conffiles").read_text(encoding="ascii"), settings + "\n")

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
    def test_systemd_finds_nothing_wrong(self):
        with tempfile.TemporaryDirectory() as folder:
            unit = pathlib.Path(folder, FILE.name)
            unit.write_text(FILE.read_text(encoding="utf-8").replace("/usr/bin/nhipcau", str(PROGRAM)), encoding="utf-8")
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))
            unit.write_text(unit.read_text(encoding="utf-8").replace("ProtectHome=", "ProtectHom="), encoding="utf-8")
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False)
            self.assertIn("ProtectHom", done.stderr)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
    def test_exposure_is_at_most_what_is_stated(self):
        done = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--no-pager", FILE], capture_output=True, text=True,
                              check=False)
        exposure = float(re.search(r"Overall exposure level for nhipcau\.service: ([\d.]+)", done.stdout)[1])
        print(f"exposure {exposure} of 10")
        self.assertLessEqual(exposure, EXPOSURE_MAX)
        self.assertIn(f"**{exposure}**", (SOURCE / "docs/operations/install.md").read_text(encoding="utf-8"))

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
    def test_calls_that_nothing_here_needs_are_refused(self):
        allowed = set(allowed_calls(Unit(FILE)))
        self.assertLessEqual({"read", "fdatasync", "futex", "epoll_wait", "accept4", "renameat"}, allowed)
        never = {"mount", "ptrace", "setuid", "chroot", "bpf", "init_module", "reboot", "setrlimit", "kexec_load"}
        self.assertEqual(allowed & never, set())


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
