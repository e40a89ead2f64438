"""Small file operations that survive a kill: complete, or not there at all."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from pathlib import Path

from . import paths
from .console import Problem

GIGABYTES = 4
DISK_FULL = (
    f"The disk is full: free about {GIGABYTES} GB for {paths.HOME} and run again."
)


def write(path, text):
    """Replace a file's content in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(text)
    part.replace(path)


def read_json(path):
    """Return the content of a JSON file, or None where there is none."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return None


def digest(items):
    """Return a short content hash of files (by path) and strings."""
    total = hashlib.sha256()
    for item in items:
        if isinstance(item, Path):
            total.update(str(item.name).encode() + b"\0" + item.read_bytes())
        else:
            total.update(str(item).encode())
        total.update(b"\0")
    return total.hexdigest()[:16]


@contextlib.contextmanager
def locked(path, what):
    """Let one process at a time do `what`; others wait for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"  Another command is at work: waiting to {what} ...", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def fresh_folder(path):
    """Return `path` as an empty folder, removing a half-made one."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def require_space(path, gigabytes):
    """Raise where the disk of `path` has less room than needed."""
    path.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(path).free / 1e9
    if free < gigabytes:
        raise Problem(
            f"The disk is nearly full: {path} has {free:.1f} GB free and needs "
            f"{gigabytes} GB. Free some, or set STACK_HOME to a folder on another disk."
        )


def link(source, target):
    """Hard-link a file, or copy it where the disk cannot."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
