"""First stage of every command: a good Python, then the virtual environment.

This file must parse on any Python 3, so that an old one gets a clear line
instead of a syntax error.
"""

import os
import shutil
import sys

OLDEST, NEWEST = (3, 10), (3, 13)


def _good_interpreter():
    """Return the path of a Python that Odoo 19 supports, or None."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        path = shutil.which("python3.%d" % minor)
        if path:
            return path
    return None


def _ensure_interpreter():
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    path = _good_interpreter()
    if path:
        os.execv(path, [path] + sys.argv)
    sys.exit(
        "Python %d.%d is not supported by Odoo 19: install Python 3.10 to 3.13 "
        "(for example: apt install python3.13) and run this again."
        % sys.version_info[:2]
    )


def main(name):
    """Run the command `stack.<name>`: its `main(argv)` inside the environment."""
    _ensure_interpreter()
    from stack import stage

    sys.exit(stage.run(name, sys.argv[1:]))
