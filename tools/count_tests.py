#!/usr/bin/env python3
"""Prints "PASSED FAILED" from a JUnit file of ctest; skipped and disabled tests count as neither."""
import sys
import xml.etree.ElementTree as ElementTree


def counts(path):
    suite = ElementTree.parse(path).getroot()
    number = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped", "disabled")}
    failed = number["failures"] + number["errors"]
    return number["tests"] - failed - number["skipped"] - number["disabled"], failed


if __name__ == "__main__":
    print(*counts(sys.argv[1]))
