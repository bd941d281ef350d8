#!/usr/bin/env python3
"""The parts of docs/STYLE.md that a program can check."""
import re

import project
from project import Finding

LINE_CHARACTERS_MAX = 140
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 800
ROOM_README_LINES_MAX = 40
TEXT_ENDINGS = (".cpp", ".h", ".py", ".md", ".toml", ".txt", ".sh", ".cmake", ".json", ".mjs", ".js", ".css")

# (pattern, what is wrong); looked for in C++ without comments and literals, tests left out.
FORBIDDEN = [
    (re.compile(r"\bnamespace\s+std\s*\{"), "nothing is added to namespace std"),
    (re.compile(r"\b(?:std::)?(?:system_clock|steady_clock)\s*::\s*now\b"), "time comes from Clock (base/clock.h)"),
    (re.compile(r"\b(?:std::time|::time|gettimeofday|clock_gettime)\s*\("), "time comes from Clock (base/clock.h)"),
    (re.compile(r"\bstd::(?:random_device|rand|srand|mt19937(?:_64)?)\b|\bgetrandom\s*\("), "randomness comes from Rng (base/rng.h)"),
    (re.compile(r"\bstd::(?:strtol|strtod|atoi|atol|atof|stoi|stol|stod)\b"), "numbers are read with std::from_chars"),
]
DOORS = "src/base/"   # the doors themselves may use what they hide
SWALLOWED = re.compile(r"\bcatch\s*\([^()]*\)\s*\{\s*\}")
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
# Paths of the machine or the workshop that a reader of the project does not have.
OUTSIDE = re.compile(r"\.\./shared\b")


def check_lines(path, text):
    findings = []
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LINE_CHARACTERS_MAX and path.suffix in (".cpp", ".h", ".py", ".cmake"):
            findings.append(Finding(path, number, f"{len(line)} characters, at most {LINE_CHARACTERS_MAX}"))
        if path.suffix == ".py" and (line != line.rstrip() or "\t" in line):
            findings.append(Finding(path, number, "a tab, or white space at the end of the line"))
        if path.name != "lint_style.py" and path.name != "test_lint_style.py":
            if path.suffix != ".md" and UNFINISHED.search(line):
                findings.append(Finding(path, number, "unfinished work belongs in an issue, not in a comment"))
            if OUTSIDE.search(line):
                findings.append(Finding(path, number, "names a path outside the project"))
    return findings


def check_forbidden(path, code):
    findings = []
    for pattern, problem in FORBIDDEN:
        if str(path).startswith(DOORS) or project.is_test(path):
            continue
        for match in pattern.finditer(code):
            findings.append(Finding(path, code.count("\n", 0, match.start()) + 1, problem))
    return findings


def check_header(path, code):
    findings = []
    if "#pragma once" not in code:
        findings.append(Finding(path, 1, "a header begins with #pragma once"))
    for match in re.finditer(r"^\s*using\s+namespace\b", code, re.MULTILINE):
        findings.append(Finding(path, code.count("\n", 0, match.start()) + 1, "no using namespace in a header"))
    return findings


# What a { after this text opens. Anything else with a parenthesis opens a function.
SCOPE = re.compile(r"\b(?:namespace|class|struct|union|enum|extern)\b")


def opens(head, outer):
    """'scope', 'function' or 'block' for a { whose statement so far is head, inside outer.

    (Braces within parentheses, such as a default argument's, are 'argument' and never come here.)
    """
    if outer != "scope":
        return "block"
    head = re.sub(r"\boperator\s*[^\s\w(]+|\boperator\s*\(\s*\)", "operator_", head)
    flat = re.sub(r"<[^<>{};]*>", "", head)
    while re.search(r"\([^()]*\)", flat):
        flat = re.sub(r"\([^()]*\)", "@", flat)
    if "@" in flat and "=" not in flat and not re.search(r"\b(?:class|struct|union|enum)\b[^@]*$", flat):
        return "function"
    return "scope" if SCOPE.search(flat) and "=" not in flat else "block"


def functions(code):
    """(first line, number of lines) of every function body; code has neither comments nor literals.

    Counts from the line of the signature's last token before the body to the closing brace.
    """
    stack, head, line = [], "", 1
    for index, char in enumerate(code):
        if char == "\n":
            line += 1
        if char == "{":
            outer = stack[-1][0] if stack else "scope"
            kind = "argument" if head.count("(") > head.count(")") else opens(head, outer)
            stack.append((kind, line, head))
            head = ""
        elif char == "}" and stack:
            kind, first, before = stack.pop()
            following = code[index + 1:index + 80].lstrip()[:1]
            # `: member_{1}, other_{2} {`: the brace belonged to an initialiser, the body comes yet.
            if kind == "argument" or (kind == "function" and following and following in ",{"):
                head = before + " @ "
                continue
            if kind == "function":
                yield first, line - first + 1
            head = ""
        elif char == ";":
            head = ""
        else:
            head += char


def without_preprocessor(code):
    return re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", lambda match: re.sub(r"[^\n]", " ", match.group()), code, flags=re.MULTILINE)


def check_code(root, path):
    text = project.read(root, path)
    code = project.blank(text)
    findings = check_forbidden(path, code)
    with_comments = project.blank(text, ("raw", "string", "char"))
    for match in SWALLOWED.finditer(with_comments):
        line = with_comments.count("\n", 0, match.start()) + 1
        findings.append(Finding(path, line, "an exception is swallowed, and no comment says why"))
    lines = text.count("\n")
    if lines > FILE_LINES_MAX:
        findings.append(Finding(path, 1, f"{lines} lines, at most {FILE_LINES_MAX}"))
    if path.suffix == ".h":
        findings += check_header(path, code)
    for first, length in functions(without_preprocessor(code)):
        if length > FUNCTION_LINES_MAX:
            findings.append(Finding(path, first, f"a function of {length} lines, at most {FUNCTION_LINES_MAX}"))
    if not re.fullmatch(r"[a-z0-9_]+\.(?:h|cpp)", path.name):
        findings.append(Finding(path, 1, "files are named in snake_case"))
    return findings


def check_rooms(root):
    """Each room has a short README; nothing lies directly in src/."""
    findings = [Finding(path, 1, "no source lies directly in src/")
                for path in project.code_files(root) if path.parent.as_posix() == "src"]
    for cmake in project.files(root, "src", endings=("CMakeLists.txt",)):
        if not re.search(r"^\s*nc_component\b", project.read(root, cmake), re.MULTILINE):
            continue
        readme = cmake.parent / "README.md"
        if not (root / readme).is_file():
            findings.append(Finding(readme, 1, "the room has no README.md (purpose, three types, invariants, what is not here)"))
        elif (lines := project.read(root, readme).count("\n")) > ROOM_README_LINES_MAX:
            findings.append(Finding(readme, 1, f"{lines} lines, at most {ROOM_README_LINES_MAX}"))
    return findings


def check(root):
    findings = []
    for path in project.files(root, endings=TEXT_ENDINGS):
        if path.parts[0] in ("data",) or path.name == "package-lock.json":
            continue
        findings += check_lines(path, project.read(root, path))
    for path in project.code_files(root):
        findings += check_code(root, path)
    return findings + check_rooms(root)


if __name__ == "__main__":
    project.main(check)
