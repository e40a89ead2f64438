"""Bad situations get one clear line that says what to do; nothing stays half made."""

import os
import shutil
import socket
import subprocess
import sys
import time

import pytest

from stack import modules, paths

RUN = paths.SCRIPTS / "run"
TEST = paths.SCRIPTS / "test"


def command(*arguments, **variables):
    """Run a command to its end and return it."""
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in ("PYTHONPATH", "VIRTUAL_ENV")
    }
    return subprocess.run(
        [str(word) for word in arguments],
        env={**environment, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
    )


def only_line(result):
    """Return the one line of a failed command."""
    assert result.returncode not in (0, 124), result.stdout
    assert "Traceback" not in result.stderr, result.stderr
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0]


def test_port_taken():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        line = only_line(command(RUN, "--port", port))
    assert str(port) in line
    assert "--port" in line


def test_no_odoo_at_the_given_place(tmp_path):
    line = only_line(
        command(RUN, "--odoo", tmp_path, STACK_HOME=str(tmp_path / "home"))
    )
    assert "there is no Odoo there" in line


def test_another_series_of_odoo(tmp_path):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text(
        "version_info = (18, 0, 0, 'final')\n"
    )
    line = only_line(
        command(RUN, "--odoo", tmp_path, STACK_HOME=str(tmp_path / "home"))
    )
    assert "18.0" in line and "19.0" in line


def test_unknown_module():
    line = only_line(command(RUN, "--addons", "mto_nothing"))
    assert "mto_nothing" in line and "mto_cascade" in line


def test_strange_database_name():
    assert "--database" in only_line(command(RUN, "--database", "a;b"))


def test_no_postgres_at_the_given_place():
    line = only_line(command(RUN, "--db-host", "127.0.0.1", "--db-port", "1"))
    assert "PostgreSQL does not answer" in line and "--db-host" in line


def test_no_network(tmp_path):
    """Nothing can be fetched: it says so, and what was made can be carried on."""
    nowhere = "http://127.0.0.1:9"
    home = tmp_path / "home"
    line = only_line(
        command(
            sys.executable,
            RUN,
            STACK_HOME=str(home),
            PIP_RETRIES="0",
            PIP_INDEX_URL=nowhere,
            http_proxy=nowhere,
            https_proxy=nowhere,
        )
    )
    assert "network" in line
    assert not (home / "venv" / "complete.txt").exists()
    assert not (home / "odoo.json").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
def test_disk_full(tmp_path):
    small = ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(tmp_path)]
    if subprocess.run(small, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        line = only_line(command(RUN, STACK_HOME=str(tmp_path)))
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
    assert "disk is nearly full" in line and "STACK_HOME" in line


def _old_python():
    """Return an interpreter that Odoo 19 does not support, if this machine has one."""
    names = ("python3.9", "python3.8", "python3.7", "python3.14")
    for path in filter(None, map(shutil.which, names)):
        if command(path, "-c", "pass").returncode == 0:
            return path
    return None


@pytest.mark.skipif(not _old_python(), reason="this machine has no Python out of range")
def test_python_out_of_range():
    line = only_line(command(_old_python(), RUN, "--port", "0", PATH="/nowhere"))
    assert "3.10 to 3.13" in line


def test_a_database_of_somebody_else(databases):
    """A database that this command did not make is never touched."""
    databases.server.query('CREATE DATABASE "stack_foreign"')
    try:
        line = only_line(command(RUN, "--database", "stack_foreign", "--reset"))
        assert "stays untouched" in line
        assert databases.exists("stack_foreign")
    finally:
        databases.drop("stack_foreign")


def test_a_database_of_another_odoo(databases):
    databases.server.query('CREATE DATABASE "stack_other"')
    try:
        databases.describe("stack_other", odoo="19.0.9+other", state=["x"])
        line = only_line(command(RUN, "--database", "stack_other"))
        assert "19.0.9+other" in line and "--reset" in line
    finally:
        databases.drop("stack_other")


def test_no_test_found():
    line = only_line(
        command(TEST, paths.ROOT / "tests" / "scripts", "-k", "no_such_test")
    )
    assert "No test was run" in line


def test_module_order():
    """Dependencies come first, the demonstration last."""
    ours = modules.ours(demo=True)
    assert ours.index("mto_cascade") < ours.index("mto_suite") < ours.index("mto_demo")
    assert modules.DEMO not in modules.ours()


def test_killed_while_starting_then_started_again(databases):
    """A kill without warning leaves nothing that stops the next start."""
    port = _free_port()
    arguments = [RUN, "--database", "stack_killed", "--addons", "mto_cascade"]
    process = subprocess.Popen(
        [*map(str, arguments), "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(4)
    process.kill()
    process.wait()
    again = subprocess.Popen(
        [*map(str, arguments), "--port", str(port)], stdout=subprocess.PIPE, text=True
    )
    try:
        lines = []
        for line in again.stdout:
            lines.append(line)
            if "Ctrl-C stops it" in line:
                break
        assert any("Open http" in line for line in lines), "".join(lines)
    finally:
        again.terminate()
        again.wait(30)
        databases.drop("stack_killed")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
