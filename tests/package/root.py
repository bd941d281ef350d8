"""A throw-away Debian in a folder: debootstrap's smallest, kept as a tarball in build/, unpacked for one test.

Nothing is mounted outside of a mount namespace of its own, so that removing the folder removes nothing else.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

SUITE = "bookworm"
TARBALL = "minbase.tar"


class CannotRun(Exception):
    """Why this machine cannot have such a root; the test is skipped with these words."""


def mirror():
    """The mirror that this machine's own apt uses."""
    known = quiet(["apt-get", "indextargets", "--format", "$(SITE) $(RELEASE) $(COMPONENT)", "Created-By: Packages"]).stdout
    found = re.search(rf"^(\S+) {SUITE} main$", known, re.MULTILINE)
    return found[1] if found else "http://deb.debian.org/debian"


def quiet(command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)


def check_machine():
    if os.geteuid() != 0:
        raise CannotRun("only root can make a throw-away root")
    for tool in ("debootstrap", "unshare", "chroot"):
        if shutil.which(tool) is None:
            raise CannotRun(f"{tool} is not installed")
    if quiet(["unshare", "-m", "sh", "-c", "mount -t tmpfs none /tmp"]).returncode:
        raise CannotRun("this machine does not allow mounts of one's own")


def inside(root, script, **options):
    """Runs a shell script in the root, with a /proc, in a mount namespace of its own."""
    code = f"mount -t proc proc '{root}/proc' && exec chroot '{root}' /bin/sh -euc \"$0\""
    clean = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8", "NHIPCAU_LANG": "en"}
    return quiet(["unshare", "-mpf", "--kill-child", "sh", "-euc", code, script], env=clean, **options)


def must(done):
    if done.returncode:
        raise AssertionError(f"{done.args[-1]}\nexit {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done.stdout


def make_tarball(cache):
    made = pathlib.Path(tempfile.mkdtemp(prefix="nhipcau-minbase-"))
    try:
        done = quiet(["debootstrap", "--variant=minbase", SUITE, made, mirror()], timeout=900)
        if done.returncode:
            raise CannotRun("debootstrap failed: " + (done.stdout + done.stderr).strip().splitlines()[-1])
        updated = inside(made, "apt-get -q update", timeout=600)
        if updated.returncode:
            raise CannotRun("apt-get update failed in the new root: " + updated.stderr.strip().splitlines()[-1])
        cache.mkdir(parents=True, exist_ok=True)
        must(quiet(["tar", "-C", made, "-cf", cache / (TARBALL + ".part"), "."]))
        (cache / (TARBALL + ".part")).rename(cache / TARBALL)
    finally:
        shutil.rmtree(made)


def unpacked(cache):
    """A new root in a temporary folder; the caller removes it. The packages that were fetched before are in it."""
    check_machine()
    if not (cache / TARBALL).exists():
        make_tarball(cache)
    root = pathlib.Path(tempfile.mkdtemp(prefix="nhipcau-root-"))
    must(quiet(["tar", "-C", root, "-xpf", cache / TARBALL]))
    root.chmod(0o755)
    (root / "etc/dpkg/dpkg.cfg.d/unsafe-io").write_text("force-unsafe-io\n", encoding="ascii")   # it lives for minutes
    for package in (cache / "archives").glob("*.deb"):
        shutil.copy(package, root / "var/cache/apt/archives")
    return root


def fetch_for(root, cache, package):
    """Fetches what the package depends on, and keeps it for the next root. Stale lists are made anew once."""
    fetch = f"apt-get -q install -y --no-install-recommends --download-only {package}"
    if inside(root, fetch, timeout=600).returncode:
        updated = inside(root, "apt-get -q update", timeout=600)
        if updated.returncode:
            raise CannotRun("the mirror cannot be reached: " + updated.stderr.strip().splitlines()[-1])
        must(inside(root, fetch, timeout=600))
    (cache / "archives").mkdir(exist_ok=True)
    for found in (root / "var/cache/apt/archives").glob("*.deb"):
        shutil.copy(found, cache / "archives")
