#!/usr/bin/env python3
"""The release binary carries the protections that cmake/NcFlags.cmake asks for, seen in the file itself."""
import pathlib
import re
import subprocess
import sys

FUNCTIONS_WITH_ENDBR_MIN = 0.9   # of the sampled functions of our own namespace
SAMPLE = 500
ENDBR64 = bytes.fromhex("f30f1efa")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, errors="replace").stdout


def check_headers(binary):
    header, segments, dynamic = run("readelf", "-hW", binary), run("readelf", "-lW", binary), run("readelf", "-dW", binary)
    problems = []
    if not re.search(r"Type:\s+DYN\b", header) or "INTERP" not in segments:
        problems.append("is not a position-independent executable")
    if "GNU_RELRO" not in segments:
        problems.append("has no GNU_RELRO segment (-z relro)")
    if not re.search(r"\bBIND_NOW\b|\bFLAGS_1\b.*\bNOW\b", dynamic):
        problems.append("binds lazily, so RELRO is partial (-z now)")
    stack = re.search(r"GNU_STACK\s+.*", segments)
    if not stack or re.search(r"\bRWE\b|R E\b", stack.group()):
        problems.append("has an executable stack")
    if re.search(r"^\s*LOAD\s.*\bRWE\b", segments, re.MULTILINE):
        problems.append("has a segment that is both writable and executable")
    if re.search(r"\((?:RPATH|RUNPATH)\)", dynamic):
        problems.append("looks for libraries in a path of the build machine (RPATH)")
    return problems


def check_symbols(binary):
    symbols = run("nm", "-D", "--undefined-only", binary)
    every = run("nm", binary)
    problems = []
    if "__stack_chk_fail" not in symbols:
        problems.append("has no stack protector")
    if not re.search(r"\b__(?:memcpy|memmove|memset|read|pread|snprintf|vsnprintf|strcpy|fprintf|realpath)\w*_chk\b", symbols):
        problems.append("has no fortified calls (_FORTIFY_SOURCE)")
    if "__glibcxx_assert_fail" not in every:
        problems.append("has no checks of the standard library (_GLIBCXX_ASSERTIONS)")
    return problems


def own_functions(binary):
    """{name: address} of a sample of our own functions (namespace nc: _ZN2nc, _ZNK2nc) and of main.

    The compiler may leave the mark out where only direct calls come: in anonymous namespaces and in
    clones (name.part.0), which are therefore not looked at. The linker shows all as local (t).
    """
    found = re.findall(r"^([0-9a-f]+) [Tt] (\S+)$", run("nm", "--defined-only", binary), re.MULTILINE)
    own = sorted((name, int(address, 16)) for address, name in found if re.fullmatch(r"_ZNK?2nc\w*", name) and "_GLOBAL__N_" not in name)
    step = max(1, len(own) // SAMPLE)
    return dict(own[::step] + [(name, int(address, 16)) for address, name in found if name == "main"])


def bytes_at(binary, segments, address, length):
    for offset, start, size in segments:
        if start <= address < start + size:
            with open(binary, "rb") as file:
                file.seek(offset + address - start)
                return file.read(length)
    return b""


def check_branch_targets(binary):
    """-fcf-protection: functions begin with endbr64.

    The property note of the file is no witness: the linker drops it as soon as one library or
    start file of the system was built without, as Debian's are.
    """
    if "X86-64" not in run("readelf", "-hW", binary):
        return []
    segments = [tuple(int(number, 16) for number in match) for match in re.findall(
        r"LOAD\s+(0x[0-9a-f]+) (0x[0-9a-f]+) 0x[0-9a-f]+ (0x[0-9a-f]+)", run("readelf", "-lW", binary))]
    functions = own_functions(binary)
    marked = [name for name, address in functions.items() if bytes_at(binary, segments, address, 4) == ENDBR64]
    problems = []
    if "main" not in marked:
        problems.append("main does not begin with endbr64 (-fcf-protection)")
    if len(marked) < FUNCTIONS_WITH_ENDBR_MIN * len(functions):
        problems.append(f"only {len(marked)} of {len(functions)} functions begin with endbr64 (-fcf-protection)")
    return problems


def check_producer(binary):
    """What leaves no mark in the code is read from the compiler's own note in the debug information."""
    notes = re.findall(r"GNU C\+\+\S* [^\n]*", run("readelf", "-p", ".debug_str", binary))
    problems = [] if notes else ["has no compiler's note (-g1), so its flags cannot be checked"]
    for flag in ("-fstack-clash-protection", "-fstack-protector-strong", "-fcf-protection"):
        if any(flag not in note for note in notes):
            problems.append(f"has parts compiled without {flag}")
    return problems


def check(binary):
    return check_headers(binary) + check_symbols(binary) + check_branch_targets(binary) + check_producer(binary)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not pathlib.Path(sys.argv[1]).is_file():
        sys.exit("usage: lint_hardening.py BINARY")
    found = check(sys.argv[1])
    for problem in found:
        print(f"{sys.argv[1]}: {problem}")
    sys.exit(1 if found else 0)
