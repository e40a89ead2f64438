"""Second stage: make the environment if needed, then run the command inside it."""

import importlib
import os
import signal
import subprocess
import sys

from . import paths
from .console import Problem, fail
from .files import DISK_FULL


def run(name, argv):
    """Run `stack.<name>` and return its exit status.

    Outside the virtual environment the command's arguments are checked first
    (a typing error must not cost a download), then the environment is made and
    the command started again inside it.
    """
    command = importlib.import_module(f"stack.{name}")
    # A polite kill unwinds like Ctrl-C, so that what was started is stopped.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        options = command.parse(argv)
        if paths.inside_venv():
            return command.main(options)
        return _prepare(name, options, argv)
    except Problem as problem:
        return fail(problem)
    except KeyboardInterrupt:
        return fail("Stopped. Run the same command again: it carries on.", status=130)
    except OSError as error:
        return fail(_os_error_line(error))
    except subprocess.CalledProcessError as error:
        return fail(
            f"{' '.join(map(str, error.cmd))} failed with status {error.returncode}."
        )


def _interrupt(_signum, _frame):
    raise KeyboardInterrupt


def _prepare(name, options, argv):
    from . import environment

    environment.ensure(getattr(options, "odoo", None))
    python = str(paths.VENV / "bin" / "python")
    program = [python, "-m", "stack.stage", name, *argv]
    os.environ["PYTHONPATH"] = str(paths.SCRIPTS)
    sys.stdout.flush()
    os.execv(python, program)


def _os_error_line(error):
    if error.errno == 28:
        return DISK_FULL
    if error.errno == 13:
        return f"No permission for {error.filename}: run as its owner, or change that."
    return (
        f"{error.strerror or error}: {error.filename or ''} — mend this and run again."
    )


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2:]))
