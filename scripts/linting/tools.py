"""The tools: pinned, in environments of their own, made on first use.

A folder is complete when its mark holds the digest of what was asked for, so a set-up
that was cut off, or pins that changed, are seen and made again.
"""

import re
import shutil
import subprocess
import sys

from stack import files, paths
from stack.console import Problem, say

FOLDER = paths.HOME / "lint"
PYTHON = FOLDER / "venv" / "bin"
NODE = FOLDER / "node"
REQUIREMENTS = paths.ROOT / "requirements-lint.txt"
PACKAGE = paths.ROOT / "package.json"
PACKAGE_LOCK = paths.ROOT / "package-lock.json"
OLDEST_NODE = (18, 18)


class Skipped(Exception):
    """A check that this machine cannot run, and need not; its text says why."""


def run(command, **options):
    """Run a tool in the repository; return its status and its lines of output."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=paths.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **options,
    )
    return done.returncode, done.stdout.strip().splitlines()


def python_tool(name):
    """Return the path of a Python tool, installing all of them on first use."""
    state = files.digest([REQUIREMENTS, str(sys.version_info[:2])])
    _ensure(FOLDER / "venv", state, "ruff and pylint-odoo", _install_python_tools)
    return PYTHON / name


def node_tool(name):
    """Return the path of a JavaScript tool, installing all of them on first use.

    :raises Skipped: where Node.js is missing or too old
    """
    _require_node()
    state = files.digest([PACKAGE, PACKAGE_LOCK])
    _ensure(NODE, state, "prettier and eslint", _install_node_tools)
    return NODE / "node_modules" / ".bin" / name


def _ensure(folder, state, title, install):
    mark = folder / "complete.txt"
    with files.locked(FOLDER / "setup.lock", f"set up {title}"):
        if mark.is_file() and mark.read_text() == state:
            return
        say(f"  installing {title} ...")
        install(files.fresh_folder(folder))
        files.write(mark, state)


def _install_python_tools(folder):
    _checked([sys.executable, "-m", "venv", "--without-pip", folder], "python3")
    pip = _pip_for(folder)
    options = ["--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS]
    _checked([*pip, "install", *options], "pip")


def _pip_for(folder):
    """Return a pip that installs into `folder`: its own, else one that reaches it."""
    python = folder / "bin" / "python"
    status, _output = run([python, "-m", "ensurepip", "--default-pip"])
    if status == 0:
        return [python, "-m", "pip"]
    for other in (paths.VENV / "bin" / "python", sys.executable):
        status, _output = run([other, "-m", "pip", "--python", python, "--version"])
        if status == 0:
            return [other, "-m", "pip", "--python", python]
    raise Problem(
        "This Python has no pip: install it (apt install python3-venv), or run "
        "scripts/test first, then run scripts/lint again."
    )


def _require_node():
    if not (shutil.which("node") and shutil.which("npm")):
        raise Skipped("no Node.js with npm on this machine")
    _status, output = run(["node", "--version"])
    found = re.match(r"v(\d+)\.(\d+)", output[0] if output else "")
    if not found or tuple(map(int, found.groups())) < OLDEST_NODE:
        oldest = ".".join(map(str, OLDEST_NODE))
        raise Skipped(f"Node.js is older than {oldest} on this machine")


def _install_node_tools(folder):
    shutil.copy(PACKAGE, folder)
    shutil.copy(PACKAGE_LOCK, folder)
    options = ["--no-audit", "--no-fund", "--loglevel=error"]
    _checked(["npm", "ci", "--prefix", folder, *options], "npm")


def _checked(command, title):
    status, output = run(command)
    if status:
        last = next((line for line in reversed(output) if line.strip()), "no output")
        raise Problem(
            f"The lint tools could not be installed, {title} says: {last.strip()} "
            "(mend this, most often the network, and run again)"
        )
