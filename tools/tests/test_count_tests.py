import count_tests
from tests.tree import TreeTest


class Counts(TreeTest):
    def counts(self, attributes, cases=""):
        self.write("report.xml", f'<testsuite name="all" {attributes}>{cases}</testsuite>')
        return count_tests.counts(self.root / "report.xml")

    def test_failures_are_not_passes(self):
        self.assertEqual((7, 2), self.counts('tests="9" failures="2" disabled="0" skipped="0"'))

    def test_what_did_not_run_is_neither(self):
        self.assertEqual((5, 1), self.counts('tests="9" failures="1" disabled="1" skipped="2"'))

    def test_what_was_skipped_is_named_with_its_reason(self):
        cases = ('<testcase name="a" status="run"><system-out>skipped: not this</system-out></testcase>'
                 '<testcase name="b" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/>'
                 "<system-out>x\nskipped: no root\n</system-out></testcase>"
                 '<testcase name="c" status="notrun"><skipped message=""/></testcase>')
        self.counts('tests="3" failures="0" disabled="0" skipped="2"', cases)
        self.assertEqual(["skipped b: no root", "skipped c: it does not say why"], list(count_tests.skipped(self.root / "report.xml")))

    def test_a_whole_suite_counts_as_its_tests(self):
        good = '<testcase name="a.Suite" status="run"><system-out>[  PASSED  ] 13 tests.</system-out></testcase>'
        bad = (
            '<testcase name="b.Suite" status="fail"><system-out>[  PASSED  ] 4 tests.\n'
            "[  FAILED  ] 2 tests, listed below:\n</system-out></testcase>"
        )
        self.assertEqual((17, 2), self.counts('tests="2" failures="1" disabled="0" skipped="0"', good + bad))
