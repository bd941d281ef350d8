#!/usr/bin/env python3
"""Prints "PASSED FAILED" from a JUnit file of ctest; skipped and disabled tests count as neither, and are named before.

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


def skipped(path):
    """A line for each test that said it cannot run here: its name, and its own words."""
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        if case.find("skipped") is not None:
            said_why = re.search(r"^skipped: (.*)$", case.findtext("system-out") or "", re.MULTILINE)
            yield f"skipped {case.get('name')}: {said_why[1] if said_why else 'it does not say why'}"


if __name__ == "__main__":
    for line in skipped(sys.argv[1]):
        print(line, file=sys.stderr)
    print(*counts(sys.argv[1]))
