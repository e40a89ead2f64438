"""Child processes that end with this one, however this one ends.

A command that is killed must leave nobody behind who goes on writing to the files
that the next command makes again.
"""

import ctypes
import signal
import subprocess
import sys

_LIBC = ctypes.CDLL(None)
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def start(program, **options):
    """Start a process that ends with this one."""
    options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.Popen(program, preexec_fn=_die_with_parent, **options)


def run(program, **options):
    """Run a process to its end, like `subprocess.run`; it ends with this one."""
    if "input" not in options:
        options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run(program, preexec_fn=_die_with_parent, **options)


def stop(process, seconds=15):
    """End a process: politely, then by force."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _die_with_parent():
    if sys.platform == "linux":
        _LIBC.prctl(_DIE_WITH_PARENT, signal.SIGTERM)
