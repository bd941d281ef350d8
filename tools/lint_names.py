#!/usr/bin/env python3
"""No record type's name stands in C++ below the floor "work": what the code must know comes from the catalogue."""
import re
import tomllib

import project
from project import Finding


def type_names(root):
    """{id: file} of every record type of the catalogue."""
    names = {}
    for path in project.files(root, "catalog", endings=(".toml",)):
        name = tomllib.loads(project.read(root, path)).get("id")
        if isinstance(name, str):
            names[name] = path
    return names


def folders_below_work(layers):
    folders = []
    for floor in layers["floors"]:
        if floor["name"] == "work":
            break
        folders += [f"src/{floor['name']}"]
    return folders


def words(literal):
    """The parts of a literal that is a name or a path of names; nothing for running text."""
    return re.split(r"[./:#]", literal) if re.fullmatch(r"[a-z0-9_./:#]+", literal) else []


def check_exceptions(names, layers):
    """Every exception of layers.toml still is one, and says why."""
    findings = []
    for entry in layers.get("structural_words", []):
        if entry["word"] not in names:
            findings.append(Finding("layers.toml", 1, f'structural word "{entry["word"]}" is the id of no record type'))
        if not entry.get("reason"):
            findings.append(Finding("layers.toml", 1, f'structural word "{entry["word"]}" has no reason'))
    return findings


def check(root):
    layers = tomllib.loads(project.read(root, "layers.toml"))
    allowed = {(entry["word"], room) for entry in layers.get("structural_words", []) for room in entry["rooms"]}
    names = type_names(root)
    findings = check_exceptions(names, layers) if names else []
    for path in project.files(root, *folders_below_work(layers), endings=project.CODE_ENDINGS):
        if project.is_test(path):
            continue
        for line, literal in project.string_literals(project.read(root, path)):
            for word in words(literal):
                if word in names and not any((word, room) in allowed for room in ("*", *path.parts[1:-1])):
                    findings.append(Finding(path, line, f'"{literal}" names the record type of {names[word]}'))
    return findings


if __name__ == "__main__":
    project.main(check)
