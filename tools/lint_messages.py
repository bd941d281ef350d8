#!/usr/bin/env python3
"""Every message id of src/ has a Vietnamese translation in po/vi.po with the same {1} {2} ..."""
import pathlib
import re

import project
from project import Finding

STRING = r'"(?:\\.|[^"\\\n])*"'
CALL = re.compile(rf'\b(?P<name>NC_MSG|tr|trn)\s*\(\s*(?P<first>{STRING}(?:\s*{STRING})*)(?:\s*,\s*(?P<second>{STRING}(?:\s*{STRING})*))?')
SLOT = re.compile(r"\{[1-9]\}")
PO = pathlib.Path("po/vi.po")


def unquote(literals):
    """The text of adjacent C string literals."""
    out = "".join(literal[1:-1] for literal in re.findall(STRING, literals))
    return re.sub(r'\\(["\\nt])', lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), out)


def message_ids(root):
    """(path, line, id, plural or None) of every message outside the tests."""
    for path in project.files(root, "src", endings=project.CODE_ENDINGS):
        if project.is_test(path):
            continue
        text = project.blank(project.read(root, path), kinds=("comment",))
        for match in CALL.finditer(text):
            if text[text.rfind("\n", 0, match.start()) + 1:match.start()].lstrip().startswith("#define"):
                continue
            plural = unquote(match["second"]) if match["name"] == "trn" and match["second"] else None
            yield path, text.count("\n", 0, match.start()) + 1, unquote(match["first"]), plural


def translations(root):
    """{id: [msgstr, ...]} of the entries that count (not fuzzy, not obsolete)."""
    found = {}
    for entry in re.split(r"\n\s*\n", project.read(root, PO)):
        lines = entry.splitlines()
        if any(line.startswith("#,") and "fuzzy" in line for line in lines):
            continue
        fields, current = {}, None
        for line in lines:
            start = re.match(r"(msgid|msgid_plural|msgstr(?:\[\d\])?)\s+(.*)", line)
            if start:
                current = start[1]
                fields[current] = start[2]
            elif line.startswith('"') and current:
                fields[current] += line
        if "msgid" in fields:
            found[unquote(fields["msgid"])] = [unquote(value) for key, value in fields.items() if key.startswith("msgstr")]
    return found


def check(root):
    if not (root / PO).exists():
        return [Finding(PO, 1, "missing")]
    known, findings, seen = translations(root), [], set()
    for path, line, identifier, plural in message_ids(root):
        if identifier in seen or not identifier:
            continue
        seen.add(identifier)
        texts = known.get(identifier)
        if not texts or not all(texts):
            findings.append(Finding(path, line, f'no Vietnamese in {PO} for "{identifier}" (run tools/extract_messages.sh)'))
            continue
        wanted = set(SLOT.findall(plural or identifier))
        if any(set(SLOT.findall(text)) != wanted for text in texts):
            findings.append(Finding(path, line, f'the Vietnamese of "{identifier}" has other slots than {sorted(wanted)}'))
    return findings


if __name__ == "__main__":
    project.main(check)
