#!/usr/bin/env python3
"""Every .cpp on disk is named in CMake and the other way round: a test that is not built is no test."""
import pathlib
import re

import project
from project import Finding


def is_data(word):
    """A word of file(GLOB ...) that cannot match C++: a keyword, a variable, or a pattern of another ending."""
    return "*" not in word or (re.search(r"\.\w+$", word) and not re.search(r"\.(?:c|cc|cpp|cxx|h|hpp)$", word))


def named_sources(root):
    """{path of a .cpp: (CMakeLists.txt, line)} and findings for what hides sources from this lint."""
    named, findings = {}, []
    for path in project.files(root, "src", "tests", endings=("CMakeLists.txt",)):
        for line, command, words in project.cmake_words(project.read(root, path)):
            if command == "file" and words and words[0].startswith("GLOB") and not all(map(is_data, words[1:])):
                findings.append(Finding(path, line, "file(GLOB) hides which sources are built; name them"))
            for word in words:
                if word.endswith(".cpp") and "$" not in word:
                    named[pathlib.PurePath(path.parent, word)] = (path, line)
    return named, findings


def listed_rooms(root):
    """The folders that src/CMakeLists.txt adds, or None when it has no list."""
    top = root / "src" / "CMakeLists.txt"
    return set(re.findall(r"[a-z0-9_]+(?:/[a-z0-9_]+)*", re.sub(r"#[^\n]*", "", top.read_text()))) if top.is_file() else None


def check(root):
    named, findings = named_sources(root)
    on_disk = project.files(root, "src", "tests", endings=(".cpp",))
    for path in project.files(root, "src", "tests", endings=project.FOREIGN_ENDINGS):
        findings.append(Finding(path, 1, "sources end in .cpp and headers in .h: with another ending nobody sees whether it is built"))
    for path in on_disk:
        if path not in named:
            findings.append(Finding(path, 1, "is named in no CMakeLists.txt: it is never built"))
    for path, (cmake, line) in sorted(named.items()):
        if not (root / path).is_file():
            findings.append(Finding(cmake, line, f"names {path}, which is not on disk"))
    rooms = listed_rooms(root)
    for path in project.files(root, "src", endings=("CMakeLists.txt",)):
        inside = path.parent.relative_to("src")
        if rooms is not None and inside.parts and str(inside) not in rooms and len(inside.parts) <= 2:
            findings.append(Finding(path, 1, "src/CMakeLists.txt does not add this folder"))
    return findings


if __name__ == "__main__":
    project.main(check)
