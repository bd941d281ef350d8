#!/usr/bin/env python3
"""Every #include and every USES follows an arrow of layers.toml; each library stays in its rooms."""
import dataclasses
import pathlib
import re
import tomllib

import project
from project import Finding

STANDARD_HEADERS = set("""
algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes climits clocale
cmath codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib
cstring ctime cuchar cwchar cwctype deque exception execution expected filesystem format forward_list fstream functional
future initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map memory memory_resource
mutex new numbers numeric optional ostream queue random ranges ratio regex scoped_allocator semaphore set shared_mutex
source_location span spanstream sstream stack stacktrace stdexcept stop_token streambuf string string_view strstream
syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set utility valarray variant
vector version
assert.h ctype.h errno.h inttypes.h limits.h locale.h math.h setjmp.h stdarg.h stddef.h stdint.h stdio.h stdlib.h string.h
time.h
""".split())
# Of every directive that brings another file in; "%:" is another spelling of "#", "??=" of old.
DIRECTIVE = re.compile(r"^[ \t]*(?:#|%:|\?\?=)[ \t]*(include\w*|import|embed)\b[ \t]*([^\n]*)", re.MULTILINE)
TARGET = re.compile(r'([<"])([^>"]+)[>"]\s*$')
COMPONENT_LISTS = ("SOURCES", "USES", "LIBS", "TESTS", "TEST_USES", "SHARED_SUITES", "FUZZ", "BENCH")


@dataclasses.dataclass
class Layers:
    floor_of: dict       # room -> index of its floor
    folder_of: dict      # room -> folder below src/
    arrows: dict         # room -> rooms of the same floor that it may use
    libraries: list      # tables of [[libraries]]

    def room_of(self, path):
        """The room of a path below src/, or None."""
        for room, folder in self.folder_of.items():
            if path.parts[:len(folder.parts)] == folder.parts and len(path.parts) > len(folder.parts):
                return room
        return None

    def allows(self, user, used):
        return user == used or self.floor_of[used] < self.floor_of[user] or used in self.arrows.get(user, [])

    def library_of(self, header):
        """The library with the longest matching prefix, or None. A prefix without a final / is exact or a stem."""
        best, length = None, -1
        for library in self.libraries:
            for prefix in library["headers"]:
                matches = header.startswith(prefix) if prefix.endswith("/") else header in (prefix, prefix + ".hpp")
                if matches and len(prefix) > length:
                    best, length = library, len(prefix)
        return best


def load(root):
    table = tomllib.loads(project.read(root, "layers.toml"))
    floor_of, folder_of = {}, {}
    for index, floor in enumerate(table["floors"]):
        for room in floor["rooms"]:
            floor_of[room] = index
            folder_of[room] = pathlib.PurePath(room) if floor["name"] == room else pathlib.PurePath(floor["name"], room)
    return Layers(floor_of, folder_of, table.get("arrows", {}), table.get("libraries", []))


def check_layers(layers):
    """The arrows of layers.toml themselves: known rooms, same floor, no cycle; libraries of known rooms."""
    findings = []
    for user, targets in layers.arrows.items():
        for used in targets:
            if user not in layers.floor_of or used not in layers.floor_of:
                findings.append(Finding("layers.toml", 1, f"arrow {user} -> {used} names no room"))
            elif layers.floor_of[user] != layers.floor_of[used]:
                findings.append(Finding("layers.toml", 1, f"arrow {user} -> {used} is not within one floor"))
    for start in layers.arrows:
        if start in reachable(layers.arrows, start):
            findings.append(Finding("layers.toml", 1, f"the arrows lead from {start} back to {start}"))
    for library in layers.libraries:
        for room in library["rooms"]:
            if room != "*" and room not in layers.floor_of:
                findings.append(Finding("layers.toml", 1, f"{library['name']} is owned by {room}, which is no room"))
    return findings


def reachable(arrows, start):
    seen, waiting = set(), list(arrows.get(start, []))
    while waiting:
        room = waiting.pop()
        if room not in seen:
            seen.add(room)
            waiting += arrows.get(room, [])
    return seen


def includes(text):
    """(line, whether in angle brackets, header), or (line, None, what stands there) of an include that cannot be followed."""
    code = project.blank(text, ("comment", "raw")).replace("\\\n", " \n")
    for match in DIRECTIVE.finditer(code):
        target = TARGET.match(match.group(2))
        line = code.count("\n", 0, match.start()) + 1
        if match.group(1) == "include" and target:
            yield line, target.group(1) == "<", target.group(2)
        else:
            yield line, None, f"#{match.group(1)} {match.group(2)}".strip()


def check_own_header(root, layers, room, header, extra):
    """A quoted include: the problem's text, or None. What is outside src/ may include headers of tests/ too."""
    if room is None and header.startswith("tests/") and (root / header).is_file():
        return None
    if not (root / "src" / header).is_file():
        return f'"{header}" is no file below src/ (own headers are included by their path from src/)'
    used = layers.room_of(pathlib.PurePath(header))
    if room is None or used is None or layers.allows(room, used) or used in extra:
        return None
    return f'{room} may not use {used} ("{header}")'


def check_other_header(layers, room, header, test):
    """An include in angle brackets: the problem's text, or None."""
    if header in STANDARD_HEADERS:
        return None
    library = layers.library_of(header)
    if library is None:
        return f"<{header}> belongs to no library of layers.toml"
    if room is None or test and library.get("tests") or {"*", room} & set(library["rooms"]):
        return None
    owners = ", ".join(library["rooms"]) or "tests"
    return f"<{header}> is {library['name']}, which only {owners} may include"


def components(root):
    """{room: (path, line, lists)} of every nc_component below src/."""
    found = {}
    for path in project.files(root, "src", endings=("CMakeLists.txt",)):
        for line, command, words in project.cmake_words(project.read(root, path)):
            if command == "nc_component":
                found[words[0]] = (path, line, project.cmake_lists(words[1:], COMPONENT_LISTS))
    return found


def check_includes(root, layers, rooms):
    """Findings of all includes, and {room: rooms that its own sources include}."""
    findings, used_by = [], {}
    for path in project.files(root, "src", "tests", endings=project.FOREIGN_ENDINGS):
        findings.append(Finding(path, 1, "sources end in .cpp and headers in .h: no other ending is checked"))
    for path in project.code_files(root):
        inside = pathlib.PurePath(*path.parts[1:]) if path.parts[0] == "src" else None
        room = layers.room_of(inside) if inside else None
        if inside and room is None:
            findings.append(Finding(path, 1, "lies in no room of layers.toml"))
        test = project.is_test(path)
        extra = rooms[room][2].get("TEST_USES", []) if test and room in rooms else []
        for line, angle, header in includes(project.read(root, path)):
            if angle is None:
                problem = f"{header}: only #include with a name in quotes or angle brackets can be followed"
            elif angle:
                problem = check_other_header(layers, room, header, test)
            else:
                problem = check_own_header(root, layers, room, header, extra)
            if problem:
                findings.append(Finding(path, line, problem))
            if angle is False and not test and room:
                used_by.setdefault(room, set()).add(layers.room_of(pathlib.PurePath(header)))
    return findings, used_by


def check_uses(layers, rooms, used_by):
    """USES and TEST_USES name rooms, follow the arrows, and say exactly what the sources include."""
    findings = []
    for room, (path, line, lists) in rooms.items():
        if room not in layers.floor_of:
            findings.append(Finding(path, line, f"{room} is no room of layers.toml"))
            continue
        uses = set(lists.get("USES", []))
        for used in sorted(uses | set(lists.get("TEST_USES", []))):
            if used not in layers.floor_of:
                findings.append(Finding(path, line, f"{room} uses {used}, which is no room"))
            elif used in uses and not layers.allows(room, used):
                findings.append(Finding(path, line, f"{room} may not use {used} (USES)"))
        included = used_by.get(room, set()) - {room, None}
        for used in sorted(included - uses):
            findings.append(Finding(path, line, f"{room} includes headers of {used}, but USES does not name it"))
        for used in sorted(uses - included):
            findings.append(Finding(path, line, f"USES names {used}, but no source of {room} includes it"))
    return findings


def check(root):
    layers = load(root)
    rooms = components(root)
    findings, used_by = check_includes(root, layers, rooms)
    return check_layers(layers) + findings + check_uses(layers, rooms, used_by)


if __name__ == "__main__":
    project.main(check)
