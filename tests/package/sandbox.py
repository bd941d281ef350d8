"""A process in the sandbox that a systemd unit asks for, without systemd: as far as Linux lets one do it by hand.

Applied: User, NoNewPrivileges, CapabilityBoundingSet, ProtectSystem=strict with StateDirectory and ReadWritePaths,
PrivateTmp, PrivateDevices (an own /dev), ProtectProc, ProcSubset, PrivateIPC, ProtectHostname (an own UTS namespace),
UMask, LimitNOFILE, LimitCORE, TasksMax (as a limit of the user), RestrictAddressFamilies, MemoryDenyWriteExecute,
SystemCallFilter, and MemoryMax where this machine has a control group for memory. A forbidden call ends the process
(SIGSYS), although the unit answers EPERM: so that a test sees it. Not applied: what only systemd or another kernel
object does (PrivateUsers, DevicePolicy, RestrictNamespaces, RestrictRealtime, RestrictSUIDSGID, LockPersonality).

Needs root. Mounts are made in the process's own mount namespace and go with it.
"""

import ctypes
import os
import pathlib
import re
import resource
import struct
import subprocess
import tempfile

LIBC = ctypes.CDLL(None, use_errno=True)
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x4000000, 0x8000000
PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 24, 38, 22, 2
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
EAFNOSUPPORT = 97
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10}
PROT_WRITE, PROT_EXEC = 2, 4


class Unit:
    """What a unit file says in [Service]: each key with its values, in order."""

    def __init__(self, file):
        self.values = {}
        text = pathlib.Path(file).read_text(encoding="utf-8")
        service = re.search(r"^\[Service\]\n(.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)[1]
        for key, value in re.findall(r"^(\w+)=(.*)$", service, re.MULTILINE):
            self.values.setdefault(key, []).append(value)

    def one(self, key, fallback=""):
        return self.values.get(key, [fallback])[-1]

    def bytes(self, key):
        number, unit = re.fullmatch(r"(\d+)([KMG]?)", self.one(key)).groups()
        return int(number) << {"": 0, "K": 10, "M": 20, "G": 30}[unit]


def numbers_of_calls():
    header = pathlib.Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h").read_text(encoding="ascii")
    return {name: int(number) for name, number in re.findall(r"^#define __NR_(\w+) (\d+)$", header, re.MULTILINE)}


def calls_of(names, seen=()):
    """The system calls of @sets and single names, as systemd itself lists them."""
    found = set()
    for name in names:
        if not name.startswith("@"):
            found.add(name)
        elif name not in seen:
            listed = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True).stdout
            inner = [line.strip() for line in listed.splitlines()[1:] if line.startswith("    ") and "#" not in line]
            found |= calls_of(inner, (*seen, name))
    return found


def allowed_calls(unit):
    """{name: number} of what SystemCallFilter leaves."""
    allowed = set()
    for line in unit.values["SystemCallFilter"]:
        if line.startswith("~"):
            allowed -= calls_of(line[1:].split())
        else:
            allowed |= calls_of(line.split())
    numbers = numbers_of_calls()
    return {name: numbers[name] for name in allowed if name in numbers}


def seccomp_program(unit):
    """The filter as classic BPF: a list of (code, jump if true, jump if false, k)."""
    load, equal, any_bit, answer = 0x20, 0x15, 0x45, 0x06

    def low_argument(number):
        return 16 + 8 * number

    calls = allowed_calls(unit)
    out = [(load, 0, 0, 4), (equal, 1, 0, 0xC000003E), (answer, 0, 0, KILL), (load, 0, 0, 0)]   # x86-64 only
    families = [FAMILIES[name] for name in unit.one("RestrictAddressFamilies").split()]
    out += [(equal, 0, len(families) + 3, calls["socket"]), (load, 0, 0, low_argument(0)),
            *[(equal, len(families) - i, 0, family) for i, family in enumerate(families)],
            (answer, 0, 0, ERRNO | EAFNOSUPPORT), (answer, 0, 0, ALLOW)]
    if unit.one("MemoryDenyWriteExecute") == "yes":
        # mmap: not both; mprotect: nothing becomes executable.
        out += [(equal, 0, 5, calls["mmap"]), (load, 0, 0, low_argument(2)), (any_bit, 0, 2, PROT_EXEC), (any_bit, 0, 1, PROT_WRITE),
                (answer, 0, 0, KILL), (answer, 0, 0, ALLOW),
                (equal, 0, 4, calls["mprotect"]), (load, 0, 0, low_argument(2)), (any_bit, 0, 1, PROT_EXEC), (answer, 0, 0, KILL),
                (answer, 0, 0, ALLOW)]
    for number in sorted(calls.values()):
        out += [(equal, 0, 1, number), (answer, 0, 0, ALLOW)]
    return [*out, (answer, 0, 0, KILL)]


def must(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def mount(source, target, kind, flags, data=""):
    must(LIBC.mount(str(source).encode(), str(target).encode(), kind.encode(), ctypes.c_ulong(flags), data.encode()), f"mount {target}")


def prctl(*args):
    must(LIBC.prctl(*[ctypes.c_ulong(one) if isinstance(one, int) else one for one in args]), f"prctl {args[0]}")


class MemoryGroup:
    """A control group with the unit's MemoryMax; `path` is None where this machine has none that can be made."""

    def __init__(self, limit):
        self.path = None
        for base, file in (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")):
            if not pathlib.Path(base, "cgroup.procs").exists():
                continue
            try:
                path = pathlib.Path(tempfile.mkdtemp(prefix="nhipcau-test-", dir=base))
            except OSError:
                continue
            try:
                (path / file).write_text(str(limit), encoding="ascii")
                self.path = path
                return
            except OSError:   # this controller is not given to us
                path.rmdir()

    def enter(self):
        if self.path is not None:
            (self.path / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")

    def most(self):
        """The most bytes it has held, page cache included; None where that is not known."""
        for file in ("memory.max_usage_in_bytes", "memory.peak"):
            if self.path is not None and (self.path / file).exists():
                return int((self.path / file).read_text(encoding="ascii"))
        return None

    def close(self):
        if self.path is not None:
            self.path.rmdir()
            self.path = None


class Sandbox:
    """Starts commands inside `root` (a folder with a whole system) as `unit` says."""

    def __init__(self, unit, root):
        self.unit, self.root = unit, pathlib.Path(root)
        self.filter = seccomp_program(unit)
        users = {line.split(":")[0]: line.split(":") for line in (self.root / "etc/passwd").read_text(encoding="utf-8").splitlines()}
        self.user, self.group = int(users[unit.one("User")][2]), int(users[unit.one("User")][3])
        self.group_of_memory = MemoryGroup(unit.bytes("MemoryMax"))

    def start(self, command, **options):
        return subprocess.Popen(command, preexec_fn=self.enter, env={"PATH": "/usr/bin", "NHIPCAU_LANG": "en"}, **options)

    def close(self):
        self.group_of_memory.close()

    def enter(self):
        self.group_of_memory.enter()
        must(LIBC.unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC), "unshare")
        mount("none", "/", "", MS_REC | MS_PRIVATE)
        self.mount_all()
        os.chroot(self.root)
        os.chdir("/")
        os.umask(int(self.unit.one("UMask"), 8))
        resource.setrlimit(resource.RLIMIT_NOFILE, (int(self.unit.one("LimitNOFILE")),) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (int(self.unit.one("LimitCORE")),) * 2)
        resource.setrlimit(resource.RLIMIT_NPROC, (int(self.unit.one("TasksMax")),) * 2)
        assert self.unit.one("CapabilityBoundingSet", "?") == "" and self.unit.one("NoNewPrivileges") == "yes"
        capability = 0
        while LIBC.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0) == 0:   # until one that this kernel does not know
            capability += 1
        assert capability > 30
        os.setgroups([])
        os.setgid(self.group)
        os.setuid(self.user)
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        self.restrict_calls()

    def mount_all(self):
        """The whole root read-only, but what the unit lets be written."""
        root = self.root
        mount(root, root, "", MS_BIND | MS_REC)
        writable = ["/var/lib/" + self.unit.one("StateDirectory"), *[path.lstrip("-") for path in self.unit.one("ReadWritePaths").split()]]
        for path in writable:
            inside = root / path.lstrip("/")
            if inside.exists():
                mount(inside, inside, "", MS_BIND | MS_REC)
        mount("tmpfs", root / "tmp", "tmpfs", MS_NOSUID | MS_NODEV, "size=16m")
        mount("tmpfs", root / "var/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "size=16m")
        mount("proc", root / "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "hidepid=invisible,subset=pid")
        for name in ("null", "zero", "urandom", "random"):
            device = root / "dev" / name
            if not device.exists():
                device.touch()
            mount(f"/dev/{name}", device, "", MS_BIND)
        mount("none", root, "", MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID)

    def restrict_calls(self):
        rows = b"".join(struct.pack("HBBI", *row) for row in self.filter)
        held = ctypes.create_string_buffer(rows, len(rows))

        class Program(ctypes.Structure):
            _fields_ = [("length", ctypes.c_ushort), ("rows", ctypes.c_void_p)]

        program = Program(len(self.filter), ctypes.cast(held, ctypes.c_void_p))
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)
