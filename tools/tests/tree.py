"""Small trees for the lints' own tests: files by path, written to a temporary folder."""
import pathlib
import tempfile
import unittest

LAYERS = """
[[floors]]
name = "base"
rooms = ["base"]
[[floors]]
name = "foundation"
rooms = ["store", "net"]
[[floors]]
name = "ledger"
rooms = ["catalog", "records"]
[[floors]]
name = "work"
rooms = ["visits"]
[arrows]
records = ["catalog"]
[[libraries]]
name = "SQLite"
headers = ["sqlite3.h"]
rooms = ["store"]
[[libraries]]
name = "GoogleTest"
headers = ["gtest/"]
rooms = []
tests = true
"""


class TreeTest(unittest.TestCase):
    """Gives each test self.root and write()."""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.root = pathlib.Path(self._folder.name)
        self.write("layers.toml", LAYERS)

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def assert_one(self, findings, path, line, part):
        """Exactly one finding, at this place, with this text in it."""
        self.assertEqual(1, len(findings), [str(finding) for finding in findings])
        self.assertEqual((path, line), (str(findings[0].path), findings[0].line))
        self.assertIn(part, findings[0].text)
