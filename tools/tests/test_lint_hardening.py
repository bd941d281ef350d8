import pathlib
import subprocess
import tempfile
import unittest

import lint_hardening

PROGRAM = """
#include <cstdio>
#include <cstring>
#include <vector>
namespace nc {
int pick(int i) { std::vector<int> v(3); return v[static_cast<unsigned>(i)]; }
int copy(const char* s) { char buffer[32]; std::strcpy(buffer, s); std::puts(buffer); return buffer[0]; }
}
int main(int count, char** words) { return nc::pick(count) + nc::copy(words[0]); }
"""
GOOD = """-O2 -g1 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS -fstack-protector-strong -fstack-clash-protection
-fcf-protection=full -fPIE -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack""".split()
# (what is added to the good flags, what the lint then says)
BAD = [
    (["-no-pie", "-fno-pie"], "position-independent"),
    (["-Wl,-z,norelro"], "GNU_RELRO"),
    (["-Wl,-z,lazy"], "binds lazily"),
    (["-Wl,-z,execstack"], "executable stack"),
    (["-Wl,-rpath,/opt/lib"], "RPATH"),
    (["-fno-stack-protector"], "no stack protector"),
    (["-U_FORTIFY_SOURCE"], "fortified"),
    (["-U_GLIBCXX_ASSERTIONS"], "_GLIBCXX_ASSERTIONS"),
    (["-fcf-protection=none"], "endbr64"),
    (["-fno-stack-clash-protection"], "-fstack-clash-protection"),
    (["-g0"], "compiler's note"),
]


class Hardening(unittest.TestCase):
    def problems(self, extra):
        with tempfile.TemporaryDirectory() as folder:
            source, binary = pathlib.Path(folder, "program.cpp"), pathlib.Path(folder, "program")
            source.write_text(PROGRAM)
            subprocess.run(["g++", *GOOD, *extra, str(source), "-o", str(binary)], check=True, capture_output=True)
            return lint_hardening.check(str(binary))

    def test_a_hardened_program_passes(self):
        self.assertEqual([], self.problems([]))

    def test_each_missing_protection_is_named(self):
        for extra, words in BAD:
            with self.subTest(extra=extra):
                self.assertTrue(any(words in problem for problem in self.problems(extra)), extra)
