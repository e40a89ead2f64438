"""Odoo as a process: install and update modules, run scripts, serve."""

import os
import re
import subprocess
import sys
import time
import urllib.error

from . import paths
from .console import Problem
from .processes import run, start, stop
from .session import direct_opener

_LAUNCHER = paths.SCRIPTS / "stack" / "launch.py"
_LOADING = re.compile(r"odoo\.modules\.loading: Loading module (\S+) \((\d+)/(\d+)\)")
_LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (WARNING|ERROR|CRITICAL) (.*)$")


def command(server, *arguments):
    """Return the command line of an Odoo command on this server, with our modules."""
    launcher = [sys.executable, str(_LAUNCHER)]
    return [*launcher, *arguments[:1], *options(server), *arguments[1:]]


def options(server):
    """Return the options that make Odoo use this server, our modules and folders."""
    chosen = [*server.odoo_options(), f"addons-path={paths.ADDONS}"]
    return [f"--config={paths.CONFIG}", *(f"--{option}" for option in chosen)]


def environment(server, extra=None):
    """Return the variables for an Odoo process of ours."""
    values = {**os.environ, **server.environment(), **(extra or {})}
    values["PYTHONPATH"] = str(paths.SCRIPTS)
    return values


def install(server, database, modules, step, *, update=False, variables=None):
    """Install or update modules in a database; return the warnings that were logged.

    :return: list of log lines of level WARNING and above, without the time
    :raise Problem: where Odoo fails, with the line that tells why
    """
    flag = "-u" if update else "-i"
    arguments = [f"--database={database}", flag, ",".join(modules)]
    arguments += ["--stop-after-init", "--no-http", "--max-cron-threads=0"]
    log = paths.LOGS / f"{database}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    warnings, tail = [], ""
    with log.open("w") as output:
        process = start(
            command(server, "server", *arguments),
            env=environment(server, variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            for line in process.stdout:
                output.write(line)
                tail = line.strip() or tail
                _follow(line, step, warnings)
            status = process.wait()
        finally:
            stop(process)
    errors = [line for line in warnings if line.startswith(("ERROR", "CRITICAL"))]
    if status or errors:
        raise Problem(
            f"Odoo could not {'update' if update else 'install'} {', '.join(modules)}: "
            f"{(errors or [tail])[-1]} (log: {log})"
        )
    return warnings


def _follow(line, step, warnings):
    loading = _LOADING.search(line)
    if loading and step:
        step.progress(f"module {loading[2]} of {loading[3]} ({loading[1]})")
    found = _LOG_LINE.match(line)
    if found:
        warnings.append(f"{found[1]} {found[2]}")


def wait_until_serving(process, url, seconds=90):
    """Wait until Odoo answers at `url`.

    :raise Problem: where the process ends or the time is over
    """
    opener = direct_opener()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Problem(
                f"Odoo stopped while starting (log: {paths.LOGS / 'server.log'})."
            )
        try:
            with opener.open(f"{url}/web/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise Problem(
        f"Odoo does not answer after {seconds} s (log: {paths.LOGS / 'server.log'})."
    )


def run_command(server, *arguments, script=None, variables=None):
    """Run an Odoo command to its end, with a script on its standard input if given.

    :return: what it printed
    :raise Problem: where it fails, with its last lines
    """
    process = run(
        command(server, *arguments),
        input=script or "",
        env=environment(server, variables),
        capture_output=True,
        text=True,
    )
    output = process.stdout + process.stderr
    if process.returncode:
        last = " / ".join(output.strip().splitlines()[-3:])
        raise Problem(f"odoo {arguments[0]} failed: {last}")
    return output


UNINSTALL = """
module = env["ir.module.module"].search([("name", "=", "{module}")])
module.button_immediate_uninstall()
env.cr.commit()
"""


def uninstall(server, database, module, variables=None):
    """Uninstall a module the way the Apps list does; return what was logged.

    :raise Problem: where Odoo fails
    """
    return run_command(
        server,
        "shell",
        f"--database={database}",
        "--no-http",
        script=UNINSTALL.format(module=module),
        variables=variables,
    )
