"""What a side of a comparison is given: an environment, a warm-up and the meter."""

import contextlib
import gc
import os
import threading
import time
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


class Bench:
    """The bench of one side, in a process and on a database of its own."""

    def __init__(self, env, recorder=None):
        self.env = env
        self.recorder = recorder
        self.figures = None
        self.problems = []

    def keep(self):
        """Commit what was made: it is there for everything that follows."""
        self.env.cr.commit()

    def warm_up(self, function):
        """Call a function and roll back: code and registry are warm, the data unused.

        What comes before and is not kept is lost.
        """
        function()
        self.env.cr.flush()
        self.env.cr.rollback()

    def measure(self, function):
        """Call a function on an empty cache, flush, and note what that cost.

        Notes the statements of this process, its CPU seconds, those of PostgreSQL for
        this database (None where they cannot be read) and the seconds on the clock.
        """
        cr = self.env.cr
        cr.flush()
        self.env.invalidate_all()
        thread = threading.current_thread()
        processes = _backends(cr)
        gc.collect()
        thread.query_count = 0
        if self.recorder:
            thread.query_hooks = [self.recorder.hook]
        postgres = {pid: _cpu(pid, cr.dbname) for pid in processes}
        _reset_peak()
        python, clock = time.process_time(), time.perf_counter()
        function()
        cr.flush()
        seconds = time.perf_counter() - clock
        python, queries = time.process_time() - python, thread.query_count
        thread.query_hooks = []
        self.figures = {
            "queries": queries,
            "python": python,
            "postgres": _spent(postgres, _backends(cr), cr.dbname),
            "seconds": seconds,
            "memory": _peak(),
        }

    def problem(self, text):
        """Let the row fail, whatever its figures."""
        self.problems.append(text)


def _reset_peak():
    """Let the peak of memory be counted anew, where the system can."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak():
    """Return the peak of this process's memory in MB, 0 where the system tells none."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0.0
    peaks = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return sum(map(int, peaks)) / 1024


def _backends(cr):
    """Return the ids of the server's processes that work for this database."""
    cr.execute(
        "SELECT pid FROM pg_stat_activity"
        " WHERE datname = current_database() AND backend_type = 'client backend'"
    )
    return [pid for (pid,) in cr.fetchall()]


def _spent(before, processes, database):
    """Return the CPU seconds since `before`, None where the server is not ours to see.

    What a process used that has ended meanwhile is lost.
    """
    after = {pid: _cpu(pid, database) for pid in processes}
    if None in before.values() or None in after.values():
        return None
    return sum(after.values()) - sum(before[pid] for pid in after if pid in before)


def _cpu(pid, database):
    """Return the CPU seconds of a server process of this database, or None.

    On another machine the number may belong to anybody, so its title is looked at.
    """
    try:
        title = Path(f"/proc/{pid}/cmdline").read_bytes()
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    if not title.startswith(b"postgres") or database.encode() not in title:
        return None
    return (int(fields[11]) + int(fields[12])) / _TICK
