"""What all lints share: findings, the files of a tree, C++ without comments, CMake's words."""
import dataclasses
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CODE_ENDINGS = (".cpp", ".h")
# What a compiler or an #include would take too: such a file is refused, because no lint would read it.
FOREIGN_ENDINGS = (".c", ".C", ".cc", ".cxx", ".c++", ".cppm", ".ixx", ".hh", ".hpp", ".hxx", ".h++",
                    ".inc", ".inl", ".ipp", ".tcc", ".tpp", ".def")
TEST_ENDINGS = ("_test.cpp", "_pgtest.cpp", "_bench.cpp", "_fuzz.cpp")
SKIPPED_FOLDERS = {"build", ".git", "node_modules", "demo-data", "__pycache__"}


@dataclasses.dataclass(frozen=True)
class Finding:
    path: object
    line: int
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text}"


def main(check):
    """Runs check(root) on the project, or on the folder named on the command line."""
    root = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT
    findings = check(root)
    for finding in findings:
        print(finding)
    if findings:
        print(f"{len(findings)} findings")
    sys.exit(1 if findings else 0)


def files(root, *folders, endings=None):
    """Files below root/folder, sorted, relative to root; without what is built or downloaded."""
    found = []
    for folder in folders or (".",):
        for path in sorted((root / folder).rglob("*")):
            inside = path.relative_to(root)
            if SKIPPED_FOLDERS.intersection(inside.parts) or not path.is_file():
                continue
            if endings is None or path.name.endswith(endings):
                found.append(inside)
    return found


def code_files(root):
    return files(root, "src", "tests", endings=CODE_ENDINGS)


def is_test(path):
    return path.parts[0] == "tests" or path.name.endswith(TEST_ENDINGS) or "test" in path.stem.split("_")


def read(root, path):
    return (root / path).read_text(encoding="utf-8")


# Comments, raw strings, strings and character literals; a digit separator (1'000) is none.
TOKENS = re.compile(
    r'(?P<comment>//[^\n]*|/\*.*?\*/)'
    r'|(?P<raw>R"(?P<mark>[^()\\\s"]{0,16})\(.*?\)(?P=mark)")'
    r'|(?P<string>"(?:\\.|[^"\\\n])*")'
    r"|(?P<char>(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+')",
    re.DOTALL)


def blank(text, kinds=("comment", "raw", "string", "char")):
    """The text with comments and literals of these kinds turned to spaces; lines stay where they are."""
    def replace(match):
        if match.lastgroup == "mark":
            kind = "raw"
        else:
            kind = next(name for name in ("comment", "raw", "string", "char") if match.group(name) is not None)
        return re.sub(r"[^\n]", " ", match.group()) if kind in kinds else match.group()
    return TOKENS.sub(replace, text)


def string_literals(text):
    """(line, content) of every string literal, escapes left as written."""
    for match in TOKENS.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if match.group("string") is not None:
            yield line, match.group("string")[1:-1]
        elif match.group("raw") is not None:
            mark = len(match.group("mark"))
            yield line, match.group("raw")[3 + mark:-2 - mark]


def cmake_words(text):
    """(line, command, words) of every command of a CMake file, comments left out."""
    text = re.sub(r"#[^\n]*", lambda match: " " * len(match.group()), text)
    for match in re.finditer(r"([A-Za-z_]\w*)\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)", text):
        words = [word.strip('"') for word in re.findall(r'"[^"]*"|[^\s"]+', match.group(2))]
        yield text.count("\n", 0, match.start()) + 1, match.group(1).lower(), words


def cmake_lists(words, keywords):
    """{keyword: words that follow it} of the arguments of one CMake command."""
    lists, current = {}, None
    for word in words:
        if word in keywords:
            current = lists.setdefault(word, [])
        elif current is not None:
            current.append(word)
    return lists
