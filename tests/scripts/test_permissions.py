"""The embedded PostgreSQL changes nothing outside its own folders."""

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

from stack import paths

START_AND_STOP = """
from stack.postgres import open_server
server = open_server()
print(server.query("SELECT current_user")[0][0], server.host)
server.close()
"""


def fingerprint(path):
    """Return owner, group and mode of a folder and all its parents."""
    return {
        str(folder): (found.st_uid, found.st_gid, oct(found.st_mode))
        for folder in [path, *path.parents]
        for found in [folder.stat()]
    }


def start_and_stop(home):
    result = subprocess.run(
        [sys.executable, "-c", START_AND_STOP],
        env={**os.environ, "STACK_HOME": str(home), "PYTHONPATH": str(paths.SCRIPTS)},
        capture_output=True,
        text=True,
        check=True,
    )
    user, folder = result.stdout.split()[-2:]
    assert user == "odoo"
    return Path(folder)


def tidy(folder):
    """Remove what the server made outside of the test's own folder, and only that."""
    for place in (folder, *folder.parents):
        outside = place.parent in (Path("/tmp"), Path("/var/tmp"))
        if outside and place.name.startswith("odoo-stack-"):
            shutil.rmtree(place)


def test_parents_keep_their_permissions(tmp_path):
    """A clone under a private home stays private, and no user is created."""
    private = tmp_path / "home"
    private.mkdir(mode=0o700)
    users = [entry.pw_name for entry in pwd.getpwall()]
    places = [private, Path("/tmp"), Path("/var/tmp"), Path(sys.prefix), paths.ROOT]
    before = [fingerprint(place) for place in places]
    folder = start_and_stop(private / ".stack")
    try:
        assert [fingerprint(place) for place in places] == before
        assert [entry.pw_name for entry in pwd.getpwall()] == users
        assert folder.stat().st_mode & 0o077 == 0, "others could connect"
    finally:
        tidy(folder)


def test_the_last_one_out_stops_the_server(tmp_path):
    folder = start_and_stop(tmp_path / ".stack")
    assert not list(folder.glob(".s.PGSQL.*"))
    tidy(folder)
