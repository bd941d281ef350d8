#!/usr/bin/env python3
"""A list as a spreadsheet, read back with other eyes: the rows of the list, types, no formulas, a head that says what it is.

Usage: export_test.py PROGRAM PROJECT_FOLDER
"""

import csv
import datetime
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import xml.etree.ElementTree as xml
import zipfile

PROGRAM, PROJECT = sys.argv[1], pathlib.Path(sys.argv[2])
sys.path.insert(0, str(PROJECT / "tools"))
from bench_memory import Person  # pylint: disable=wrong-import-position

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PASSWORD = "mat khau rat dai"
PLACES = ("Cửa khẩu \"A\"", "=SUM(1;2)", "+84", "@ngoài", "-1", "Nơi " + "đ" * 200)


def run(*args, stdin=""):
    done = subprocess.run([PROGRAM, "--lang", "en", *map(str, args)], input=stdin, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{args}: {done.stdout}{done.stderr}")
    return done.stdout


class Workbook:
    """What a spreadsheet has: cells by row and column, with their types."""

    def __init__(self, data):
        self.parts = zipfile.ZipFile(io.BytesIO(data))
        self.names = set(self.parts.namelist())
        self.sheet = xml.fromstring(self.parts.read("xl/worksheets/sheet1.xml"))
        styles = xml.fromstring(self.parts.read("xl/styles.xml"))
        own = {fmt.get("numFmtId"): fmt.get("formatCode") for fmt in styles.iter(MAIN + "numFmt")}
        self.formats = [own.get(cell.get("numFmtId"), "") for cell in styles.find(MAIN + "cellXfs")]
        self.rows = [[self.value(cell) for cell in row] for row in self.sheet.iter(MAIN + "row")]

    def value(self, cell):
        if cell.get("t") == "inlineStr":
            return re.sub(r"_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), "".join(cell.itertext()))
        number = cell.find(MAIN + "v")
        if number is None:
            return None
        if "yy" in self.formats[int(cell.get("s", 0))]:
            return datetime.date(1899, 12, 30) + datetime.timedelta(days=int(number.text))
        return float(number.text)


class ExportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="nc-export-")
        cls.node = pathlib.Path(cls.scratch.name) / "node"
        run("init", cls.node, "--unit", "vn-post-boheng")
        units = json.loads(run("record", cls.node, "--format", "json", "list", "--type", "unit"))["records"]
        for i, place in enumerate(PLACES):
            day = {"day": 18993 + i, "precision": "day" if i else "month"}  # the first of a month
            values = {"sub_kind": "periodic", "status": "held", "level": "post", "lead_unit": units[0]["id"], "counterpart_unnamed": True,
                      "countries": ["KH", "VN"], "when": {"from": day}, "place": {"text": place}}
            run("record", cls.node, "create", "--file", "-", stdin=json.dumps({"type": "talks", "values": values}))
        run("account", cls.node, "create", "commander", "--unit", "vn-post-boheng", "--role", "post_commander",
            stdin=f"{PASSWORD}\n{PASSWORD}\n")
        cls.server = subprocess.Popen([PROGRAM, "--lang", "en", "serve", cls.node, "--listen", "127.0.0.1:0"],
                                      stdout=subprocess.PIPE, text=True)
        cls.person = Person(cls.server.stdout.readline().strip().split()[-1], PASSWORD, "commander")

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait(timeout=60)
        cls.server.stdout.close()
        cls.scratch.cleanup()

    def bytes_of(self, path):
        with self.person.opener.open(self.person.address + path, timeout=60) as answer:
            return answer.read()

    def test_the_rows_are_those_of_the_list_and_keep_their_types(self):
        listed = re.findall(r'name="id" class="choose" value="([0-9a-f]{32})"', self.person.get("/activities?sort=oldest"))
        self.assertEqual(len(listed), len(PLACES))
        chosen = "".join(f"&column={name}" for name in ("kind", "when", "own", "counterpart", "place", "record-number"))
        text = list(csv.reader(io.StringIO(self.bytes_of("/activities/export?sort=oldest" + chosen).decode("utf-8-sig"), newline="")))
        book = Workbook(self.bytes_of("/activities/export?sort=oldest&format=xlsx" + chosen))
        table = next(i for i, row in enumerate(book.rows) if row and row[0] == text[0][0])
        rows = book.rows[table + 1:]
        self.assertEqual([row[-1] for row in text[1:]], listed, "CSV has the rows of the list in their order")
        self.assertEqual([row[-1] for row in rows], listed, "and XLSX has them too")
        self.assertEqual(book.rows[table], text[0][:1] + ["Từ ngày"] + text[0][1:])
        days = [row[1] for row in rows]
        self.assertTrue(all(isinstance(day, datetime.date) for day in days), "the first day is a date in every row")
        self.assertEqual(days, sorted(days), "and they sort as the list does")
        self.assertEqual([row[2] for row in rows], [row[1] for row in text[1:]], "the words of the date are those of the list")
        places = [row[5] for row in rows]
        self.assertEqual(sorted(places), sorted(PLACES))
        for shown, typed in zip(text[1:], rows):
            self.assertEqual(shown[4], ("'" if typed[5][0] in "=+-@\t" else "") + typed[5])
        self.assertEqual(list(book.sheet.iter(MAIN + "f")), [], "no formula")
        self.assertNotIn("xl/vbaProject.bin", book.names)
        self.assertNotIn("xl/externalLinks/externalLink1.xml", book.names)

    def test_the_head_says_what_it_is(self):
        book = Workbook(self.bytes_of("/activities/export?format=xlsx&kind=talks"))
        head = {row[0]: row[1] for row in book.rows if len(row) > 1 and isinstance(row[1], str)}
        self.assertIn("talks", " ".join(map(str, head.values())).lower() + self.person.get("/activities?kind=talks").lower())
        said = "\n".join(f"{key}: {value}" for key, value in head.items())
        self.assertIn("commander", said)
        self.assertIn(f": {len(PLACES)}", said)
        pane = next(book.sheet.iter(MAIN + "pane"))
        self.assertGreater(int(pane.get("ySplit")), len(head) - len(PLACES))
        self.assertEqual(len(list(book.sheet.iter(MAIN + "autoFilter"))), 1)

    def test_figures_are_numbers(self):
        book = Workbook(self.bytes_of("/figures.xlsx?rows=kind&columns=year"))
        self.assertIn(float(len(PLACES)), book.rows[-1])
        self.assertIn(self.person.address + "/figures?", "\n".join(str(cell) for row in book.rows for cell in row))

    def test_a_file_of_another_is_not_there(self):
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.bytes_of("/work/" + "0" * 32 + "/file")
        self.assertEqual(refused.exception.code, 404)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
