"""The real program as a process, for the tests of this folder."""

import json
import os
import pathlib
import subprocess
import sys

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
SOURCE = pathlib.Path(sys.argv[2]).resolve()
ENGLISH = {**os.environ, "NHIPCAU_LANG": "en"}


def run(*args, stdin="", expect=None, before=(), env=ENGLISH):
    """Runs the program, with `before` as the words of a command that starts it."""
    done = subprocess.run([*before, PROGRAM, *map(str, args)], input=stdin, capture_output=True, text=True, env=env, timeout=600,
                          check=False)
    if expect is not None and done.returncode != expect:
        raise AssertionError(f"{args}: exit {done.returncode}, wanted {expect}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done


def in_own_mounts(script, **options):
    """Runs a shell script that may mount things; nobody else sees them. Needs root or user namespaces."""
    flags = "-m" if os.geteuid() == 0 else "-rm"
    return subprocess.run(["unshare", flags, "sh", "-eu", "-c", script], capture_output=True, text=True, env=ENGLISH, timeout=600,
                          check=False, **options)


def unit_id(node, code):
    return json.loads(run("record", node, "--format", "json", "show", code, expect=0).stdout)["id"]


def talks(unit, **changed):
    values = {"sub_kind": "periodic", "when": {"from": {"day": 19000, "precision": "day"}}, "status": "held", "level": "post",
              "lead_unit": unit, "countries": ["KH", "VN"], "counterpart_unnamed": True}
    values.update(changed)
    return {"type": "talks", "values": values}


def create(node, record, expect=0, **how):
    made = run("record", node, "--format", "json", "create", "--file", "-", stdin=json.dumps(record), expect=expect, **how)
    return json.loads(made.stdout)["id"] if made.returncode == 0 else made


def digest(node):
    return run("digest", node, expect=0).stdout.strip()
