"""Which files are sources: what git tracks or would track."""

import functools
import os
import subprocess

from stack import paths

# Where there is no git (an unpacked archive), what is never a source.
LEFT_OUT = {".git", ".stack", "node_modules", "__pycache__", ".pytest_cache"}


@functools.cache
def all_names():
    """Return the names of all source files, relative to the repository, in order."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return sorted(_walk())
    names = done.stdout.decode().split("\0")
    return sorted(name for name in names if name and (paths.ROOT / name).is_file())


def _walk():
    for folder, folders, names in os.walk(paths.ROOT):
        folders[:] = [name for name in folders if name not in LEFT_OUT]
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), paths.ROOT)


def names(*endings):
    """Return the source files with one of these endings, third-party ones left out."""
    return [
        name
        for name in all_names()
        if name.endswith(endings) and "/static/lib/" not in name
    ]
