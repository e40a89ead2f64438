"""What the commands say: steps with their time, progress, one-line errors."""

import sys
import threading
import time
from contextlib import contextmanager

_lock = threading.Lock()
_PROGRESS_SECONDS = 10


class Problem(Exception):
    """A situation the user can mend; its text says in one line what to do."""


def say(text=""):
    """Print one line at once, also from a thread."""
    with _lock:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def fail(problem, status=1):
    """Print the one line of a problem and return the exit status."""
    with _lock:
        sys.stdout.flush()
        sys.stderr.write(f"\n{problem}\n")
    return status


class Step:
    """A long step under way; `progress` may be called as often as one likes."""

    def __init__(self, title):
        self.title = title
        self.started = time.monotonic()
        self._told = self.started

    def progress(self, text):
        """Tell how far it is: at most one line every ten seconds."""
        now = time.monotonic()
        if now - self._told >= _PROGRESS_SECONDS:
            self._told = now
            say(f"    {self.title}: {text}")

    @property
    def seconds(self):
        return time.monotonic() - self.started


@contextmanager
def step(title):
    """Announce a step, then print the time it took."""
    say(f"  {title} ...")
    current = Step(title)
    yield current
    say(f"  {title}: done in {current.seconds:.0f} s")


def table(rows, indent="  "):
    """Return rows (lists of equal length) as aligned text."""
    widths = [
        max(len(str(cell)) for cell in column) for column in zip(*rows, strict=False)
    ]
    return "\n".join(
        (
            indent
            + "  ".join(str(c).ljust(w) for c, w in zip(row, widths, strict=False))
        ).rstrip()
        for row in rows
    )
