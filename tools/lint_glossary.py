#!/usr/bin/env python3
"""Every type, role and state of the catalogue stands in docs/glossary.md, and the documentation's links lead somewhere."""
import re
import tomllib

import project
from project import Finding

GLOSSARY = "docs/glossary.md"


def catalogue_words(root):
    """{id: the catalogue file that names it} of types, roles and workflow states."""
    words = {}
    for path in project.files(root, "catalog", endings=(".toml",)):
        table = tomllib.loads(project.read(root, path))
        ids = [table["id"]] if isinstance(table.get("id"), str) else []
        ids += [role["id"] for role in table.get("role", [])]
        ids += [state["id"] for state in table.get("workflow", {}).get("state", [])]
        for word in ids:
            words.setdefault(word, path)
    return words


def check_glossary(root):
    if not (root / GLOSSARY).is_file():
        return [Finding(GLOSSARY, 1, "is missing")]
    named = set()
    for line in project.read(root, GLOSSARY).split("\n"):
        for code in re.findall(r"`([^`]*)`", line):
            named.update(re.findall(r"[a-z][a-z0-9_]*", code))
    return [Finding(path, 1, f'"{word}" stands not in {GLOSSARY}')
            for word, path in sorted(catalogue_words(root).items()) if word not in named]


def anchor(title):
    """The anchor that a forge makes of a heading."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")


def check_links(root):
    findings = []
    for path in project.files(root, endings=(".md",)):
        for number, line in enumerate(project.read(root, path).split("\n"), 1):
            for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", line)):
                if re.match(r"[a-z]+:", target):
                    continue
                file, _, part = target.partition("#")
                aim = (root / path.parent / file) if file else root / path
                if not aim.exists():
                    findings.append(Finding(path, number, f"{target} leads nowhere"))
                elif part and part not in {anchor(title) for title in re.findall(r"^#+ (.*)$", aim.read_text(), re.MULTILINE)}:
                    findings.append(Finding(path, number, f"{target}: no such heading"))
    return findings


def check(root):
    return check_glossary(root) + check_links(root)


if __name__ == "__main__":
    project.main(check)
