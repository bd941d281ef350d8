#!/usr/bin/env python3
"""What the program says of itself: the completion and the manual offer what --help shows, neither more nor less.

Usage: describe_test.py PROGRAM SOURCE_DIR. The completion runs in a real bash.
"""

import os
import pathlib
import re
import subprocess
import sys
import unittest

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
SOURCE = pathlib.Path(sys.argv[2]).resolve()


def run(*args, lang="en"):
    env = {**os.environ, "NHIPCAU_LANG": lang}
    return subprocess.run([PROGRAM, *args], capture_output=True, text=True, env=env, timeout=60, check=True).stdout


def section(text, heading):
    found = re.search(rf"^{heading}:\n((?:  .*\n|\n(?=  ))*)", text, re.MULTILINE)
    return found[1] if found else ""


class Command:
    """One command as its --help shows it."""

    def __init__(self, path):
        self.path = path
        text = run(*path, "--help")
        self.usage = text.splitlines()[1]
        self.options = dict(re.findall(r"^  (?:-\w,)?(--[\w-]+)(?: (\S+))?", section(text, "Options"), re.MULTILINE))
        self.inner = re.findall(r"^  ([\w-]+)", section(text, "Commands"), re.MULTILINE)
        self.arguments = re.findall(r"^  (\w+)(?: (\S+))?", section(text, "Positionals"), re.MULTILINE)


def every_command(path=()):
    command = Command(path)
    yield command
    for name in command.inner:
        yield from every_command((*path, name))


COMMANDS = list(every_command())
BY_PATH = {command.path: command for command in COMMANDS}


def typed_before(path):
    """The words of a line up to and with this command: its outer commands' arguments stand before it."""
    words = ["nhipcau"]
    for depth in range(len(path)):
        words.append(path[depth])
        if depth + 1 < len(path):
            words += ["some-dir"] * len(BY_PATH[path[:depth + 1]].arguments)
    return words


class Completion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.script = run("describe", "completion")

    def offered(self, *lines):
        """For each line, given as words of which the last is being typed: what bash offers."""
        code = [self.script]
        for words in lines:
            quoted = " ".join("'" + word + "'" for word in words)
            code.append(f"COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _nhipcau; echo \"${{COMPREPLY[*]}}\"")
        done = subprocess.run(["bash", "--norc", "-eu"], input="\n".join(code), capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return [line.split() for line in done.stdout.splitlines()]

    def test_is_the_same_in_both_languages(self):
        self.assertEqual(run("describe", "completion", lang="vi"), self.script)

    def test_every_command_offers_its_options_and_those_of_its_outer_commands(self):
        for command, offered in zip(COMMANDS, self.offered(*([*typed_before(one.path), "--"] for one in COMMANDS)), strict=True):
            outer = [BY_PATH[command.path[:depth]] for depth in range(len(command.path) + 1)]
            self.assertEqual(sorted(offered), sorted({name for one in outer for name in one.options}), command.path)
            self.assertGreater(len(offered), 2)

    def test_every_command_offers_its_inner_commands_after_its_arguments(self):
        asked = [one for one in COMMANDS if one.inner]
        self.assertGreater(len(asked), 4)
        lines = ([*typed_before(one.path), *["some-dir"] * len(one.arguments), ""] for one in asked)
        for command, offered in zip(asked, self.offered(*lines), strict=True):
            self.assertEqual(sorted(offered), sorted(command.inner), command.path)

    def test_words_of_a_fixed_list_are_offered(self):
        asked = [(one, name, words) for one in COMMANDS for name, words in one.options.items() if words and "|" in words]
        self.assertGreater(len(asked), 8)
        lines = ([*typed_before(one.path), name, ""] for one, name, _ in asked)
        for (command, name, words), offered in zip(asked, self.offered(*lines), strict=True):
            self.assertEqual(sorted(offered), sorted(words.split("|")), (command.path, name))

    def test_lines_as_people_type_them(self):
        cases = {("nhipcau", "ver"): ["verify"], ("nhipcau", "--lang", "v"): ["vi"], ("nhipcau", "--lang", "en", "dig"): ["digest"],
                 ("nhipcau", "--lang", "=", "en", "dig"): ["digest"], ("nhipcau", "record", "d", "--login", "show", "cr"): ["create"],
                 ("nhipcau", "record", "d", "list", "--format", "js"): ["json"],
                 ("nhipcau", "serve", "d", "--listen", "127.0.0.1", ":", "80", "--ho"): ["--host"],
                 ("nhipcau", "inspect", "d", "st"): ["stream"], ("nhipcau", "serve", ""): [], ("nhipcau", "no-such", "--l"): ["--lang"]}
        for words, offered in zip(cases, self.offered(*cases), strict=True):
            self.assertEqual(offered, cases[words], words)


def manual(lang):
    """{path of a command: the text of its section} of nhipcau(1)."""
    parts = re.findall(r"^\.SS (.*)\n((?:(?!\.S[SH]).*\n)*)", run("describe", "manual", lang=lang), re.MULTILINE)
    found = {}
    for title, body in parts:
        without_choices = re.sub(r"\\fB\w+\\fR(?:\|\\:\\fB\w+\\fR)+", "", title)
        path = tuple(re.findall(r"\\fB(.*?)\\fR", without_choices.replace("\\-", "-")))
        found[path] = re.sub(r"\\f[BIR]", "", body.replace("\\-", "-").replace("\\:", ""))
    return found


class Manual(unittest.TestCase):
    def test_names_every_command_and_every_option(self):
        for lang in ("en", "vi"):
            found = manual(lang)
            self.assertEqual(sorted(found), sorted(command.path for command in COMMANDS if command.path))
            for path, body in found.items():
                options = [name for name in BY_PATH[path].options if name != "--help"]
                self.assertEqual(re.findall(r"^(--[\w-]+)", body, re.MULTILINE), options, (lang, path))

    def test_is_printed_without_a_warning(self):
        if subprocess.run(["sh", "-c", "command -v groff"], capture_output=True, check=False).returncode:
            self.skipTest("groff is not installed")
        for what in ("manual", "settings"):
            for lang in ("en", "vi"):
                page = run("describe", what, lang=lang)
                done = subprocess.run(["groff", "-k", "-man", "-Tutf8", "-ww", "-z"], input=page, capture_output=True, text=True,
                                      timeout=60, check=True)
                self.assertEqual(done.stderr, "", (what, lang))

    def test_settings_are_those_of_the_delivered_file(self):
        keys = re.findall(r"^\\fB(\w+)\\fR = ", run("describe", "settings"), re.MULTILINE)
        shown = re.findall(r"^#(\w+) = ", (SOURCE / "packaging/nhipcau.toml").read_text(encoding="utf-8"), re.MULTILINE)
        self.assertEqual(keys, shown)
        page = (SOURCE / "docs/operations/install.md").read_text(encoding="utf-8")
        for key in keys:
            self.assertIn(f"| `{key}` |", page)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
