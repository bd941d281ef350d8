#!/usr/bin/env python3
"""Prints "PASSED FAILED" from a JUnit file of ctest; skipped and disabled tests count as neither.

A test of ctest that runs a whole suite counts as the tests that GoogleTest says it ran."""
import re
import sys
import xml.etree.ElementTree as ElementTree


def said(case, word):
    """The number in GoogleTest's last lines, as in "[  PASSED  ] 13 tests."; 0 when it does not stand there."""
    found = re.findall(rf"^\[  {word}  \] (\d+) tests?[.,]", case.findtext("system-out") or "", re.MULTILINE)
    return int(found[-1]) if found else 0


def counts(path):
    suite = ElementTree.parse(path).getroot()
    number = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped", "disabled")}
    failed = number["failures"] + number["errors"]
    passed = number["tests"] - failed - number["skipped"] - number["disabled"]
    for case in suite.iter("testcase"):
        if case.get("status") == "run":
            passed += max(said(case, "PASSED") - 1, 0)
        elif case.get("status") == "fail":
            passed += said(case, "PASSED")
            failed += max(said(case, "FAILED") - 1, 0)
    return passed, failed


if __name__ == "__main__":
    print(*counts(sys.argv[1]))
