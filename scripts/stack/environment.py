"""The virtual environment and Odoo in it: made once, mended when half made."""

import shutil
import subprocess
import sys
import threading

from . import files, paths, source
from .console import Problem, step
from .files import DISK_FULL, GIGABYTES
from .processes import run, start, stop


def ensure(odoo_path=None):
    """Make or complete the environment; quick when nothing is missing.

    :param odoo_path: an Odoo 19 the user wants, else the one used before or the
        first that is found (see `source.find`)
    """
    with files.locked(paths.HOME / "setup.lock", "set up"):
        if not (_venv_is_current() and source.is_current(odoo_path)):
            _build(odoo_path)


def _build(odoo_path):
    """Get Odoo and the Python packages at the same time: both only wait for the net."""
    given = source.find(odoo_path) if odoo_path else None
    files.require_space(paths.HOME, GIGABYTES)
    fetching = _Fetching(given)
    fetching.start()
    if not _venv_is_current():
        _make_venv()
    source.connect(fetching.result())


class _Fetching(threading.Thread):
    """Gets Odoo in the background; `result` waits for it and raises its problem."""

    def __init__(self, given):
        super().__init__(daemon=True)
        self.found = given
        self.problem = None

    def run(self):
        try:
            self.found = self.found or source.find()
        except (Problem, OSError, subprocess.CalledProcessError) as problem:
            self.problem = problem

    def result(self):
        while self.is_alive():
            self.join(0.2)
        if self.problem:
            raise self.problem
        return self.found


# -- virtual environment ------------------------------------------------------

_MADE = paths.VENV / "made.txt"
_MARK = paths.VENV / "complete.txt"


def _venv_state():
    return files.digest([paths.REQUIREMENTS, sys.version_info[:2]])


def _venv_is_current():
    if paths.inside_venv():
        return True
    return _MARK.is_file() and _MARK.read_text() == _venv_state()


def _make_venv():
    with step("Python packages") as progress:
        python = paths.VENV / "bin" / "python"
        version = str(sys.version_info[:2])
        made = _MADE.is_file() and _MADE.read_text() == version
        if not (made and _runs(python, "import pip")):
            shutil.rmtree(paths.VENV, ignore_errors=True)
            _create_venv()
            files.write(_MADE, version)
        _forget_half_installed()
        _install(python, progress)
        files.write(_MARK, _venv_state())


def _runs(python, code):
    try:
        command = [str(python), "-c", code]
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def _create_venv():
    if _runs(sys.executable, "import ensurepip"):
        command = [sys.executable, "-m", "venv", str(paths.VENV)]
        wheel = None
    else:
        # Debian's python3 comes without ensurepip: take pip from its own package.
        wheel = source.debian_pip_wheel()
        command = [sys.executable, "-m", "venv", "--without-pip", str(paths.VENV)]
    run(command, check=True, stdout=subprocess.DEVNULL)
    if wheel:
        python = str(paths.VENV / "bin" / "python")
        run(
            [python, f"{wheel}/pip", "install", "--quiet", "--no-index", str(wheel)],
            check=True,
        )


def _forget_half_installed():
    """Make pip install anew what it was killed at: it believes any METADATA."""
    for folder in paths.VENV.glob("lib/python*/site-packages/*.dist-info"):
        # Written by pip after a package's files.
        if not (folder / "INSTALLER").is_file():
            shutil.rmtree(folder)


def _install(python, progress):
    """Install the pinned packages, telling how many are there."""
    wanted = sum("==" in line for line in paths.REQUIREMENTS.read_text().splitlines())
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--progress-bar=off", "--requirement", str(paths.REQUIREMENTS)]
    log = paths.LOGS / "pip.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    collected = 0
    with log.open("w") as output:
        process = start(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            for line in process.stdout:
                output.write(line)
                collected += line.startswith("Collecting ")
                progress.progress(f"{collected} of {wanted} packages")
            status = process.wait()
        finally:
            stop(process)
    if status:
        raise Problem(_pip_line(log.read_text()))


def _pip_line(output):
    """Turn pip's output into the one line that says what to do."""
    if "No space left" in output:
        return DISK_FULL
    network = (
        "NewConnectionError",
        "Temporary failure",
        "timed out",
        "ConnectionError",
    )
    if any(sign in output for sign in network):
        return (
            "The Python package index cannot be reached: connect this machine to the "
            "network (or set PIP_INDEX_URL to a mirror) and run again; it carries on."
        )
    errors = [line for line in output.splitlines() if "ERROR" in line] or ["pip failed"]
    return (
        f"The Python packages could not be installed: {errors[-1]} "
        f"(log: {paths.LOGS}/pip.log)"
    )
