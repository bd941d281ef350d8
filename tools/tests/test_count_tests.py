import count_tests
from tests.tree import TreeTest


class Counts(TreeTest):
    def counts(self, attributes):
        self.write("report.xml", f'<testsuite name="all" {attributes}></testsuite>')
        return count_tests.counts(self.root / "report.xml")

    def test_failures_are_not_passes(self):
        self.assertEqual((7, 2), self.counts('tests="9" failures="2" disabled="0" skipped="0"'))

    def test_what_did_not_run_is_neither(self):
        self.assertEqual((5, 1), self.counts('tests="9" failures="1" disabled="1" skipped="2"'))
