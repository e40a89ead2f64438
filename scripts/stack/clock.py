"""Another date and hour for a whole test run: Python's clock and PostgreSQL's.

Python is moved by freezegun (its time goes on ticking), PostgreSQL by
libfaketime, which does not get on with Python's threads. Both by as much: a test would
see one clock ahead of the other. Where libfaketime cannot be had, PostgreSQL stays at
today, and the run says so.
"""

import datetime
import subprocess
import time

from . import files, paths, source
from .console import Problem, say

_RUN = datetime.timedelta(hours=6)  # no run of the tests takes longer
_FOLDER = paths.HOME / "faketime"


def read(text):
    """Return the moment (UTC) that a text names: a date is its 9 o'clock."""
    moment = datetime.datetime.fromisoformat(text)
    return moment if len(text) > len("YYYY-MM-DD") else moment.replace(hour=9)


def offset(moment):
    """Return how far a moment (UTC) is from now: the same for all clocks of a run."""
    return round(moment.replace(tzinfo=datetime.timezone.utc).timestamp() - time.time())


def for_python(seconds):
    """Return the variables that make our Python processes live so far from now."""
    return {"STACK_CLOCK": f"{seconds:+d}"}


def freeze(seconds):
    """Make this process live so far from now (a text), time passing as usual."""
    import freezegun

    moment = datetime.datetime.now(datetime.timezone.utc)
    moment += datetime.timedelta(seconds=int(seconds))
    # The time of the machine's own services must not be touched: a signed
    # certificate or a lock file of theirs would look out of date.
    freezegun.freeze_time(moment, tick=True).start()


def for_postgres(seconds):
    """Return the variables that make PostgreSQL live so far from now, where it can."""
    library = _library()
    if not library:
        say("  libfaketime cannot be had here: PostgreSQL's own clock stays at today.")
        return {"FAKETIME": "+0"}
    return {"LD_PRELOAD": str(library), "FAKETIME": f"{seconds:+d}"}


def check(server, moment):
    """Refuse the server of another run of tests that lives at another moment."""
    now = server.query("SELECT now() AT TIME ZONE 'UTC'")[0][0]
    if not datetime.timedelta(minutes=-1) < now - moment < _RUN:
        raise Problem(
            f"Tests at another date are running, at {now:%Y-%m-%d %H:%M}: start "
            "these when they have ended."
        )


def _library():
    """Return libfaketime for threads, readable for PostgreSQL's user, or None."""
    found = _find()
    if found:
        return found
    try:
        package = source.debian_download(["libfaketime"], suite=None)[0]
    except (Problem, OSError, IndexError):
        return None
    part = files.fresh_folder(_FOLDER.with_suffix(".part"))
    subprocess.run(["dpkg", "-x", str(package), str(part)], check=True)
    part.rename(_FOLDER)
    return _find()


def _find():
    return next(_FOLDER.glob("usr/lib/*/faketime/libfaketimeMT.so.1"), None)
