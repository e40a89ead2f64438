"""The command: runs the checks, prints a line for each and its time."""

import argparse
import time

from stack.console import Problem, fail, say

from . import inside, outside
from .tools import Skipped

CHECKS = {**outside.CHECKS, **inside.CHECKS}
WORDS = OK, FAILED, SKIPPED = "ok", "failed", "skipped"


def main(argv):
    """Run the checks that `argv` names, all without any.

    :returns: exit status: 0 when nothing was found, 1 when something was, 2 when a
        check could not be run
    """
    options = _parse(argv)
    started = time.monotonic()
    results = []
    try:
        for name in options.only or CHECKS:
            results.append(_run(name, options.fix))
    except Problem as problem:
        return fail(problem, status=2)
    except KeyboardInterrupt:
        return fail("Stopped.", status=130)
    counts = ", ".join(
        f"{results.count(word)} {word}" for word in WORDS if word in results
    )
    say(f"  lint: {counts}; {time.monotonic() - started:.1f} s")
    return 1 if FAILED in results else 0


def _parse(argv):
    parser = argparse.ArgumentParser(
        prog="scripts/lint", description="Check the sources of the repository."
    )
    parser.add_argument(
        "--fix", action="store_true", help="mend what a tool can mend by itself"
    )
    parser.add_argument(
        "--only",
        metavar="NAME",
        nargs="+",
        choices=CHECKS,
        help=f"run these checks only: {', '.join(CHECKS)}",
    )
    return parser.parse_args(argv)


def _run(name, fix):
    """Run one check, print its line and what it found; return the word for it."""
    started = time.monotonic()
    problems, word, reason = [], OK, ""
    try:
        problems = CHECKS[name](fix)
    except Skipped as why:
        word, reason = SKIPPED, f": {why}"
    if problems:
        word = FAILED
    say(f"  {name:<14} {time.monotonic() - started:7.1f} s  {word}{reason}")
    for problem in problems:
        say(f"      {problem}")
    return word
