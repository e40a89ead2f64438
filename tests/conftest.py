"""Fixtures for tests with real processes: databases of their own, running servers."""

import contextlib
import os
import socket
import subprocess

import pytest

from stack import modules, odoo, paths
from stack.database import Databases
from stack.postgres import Server, open_server
from stack.session import Session


@pytest.fixture(scope="session")
def databases():
    """The databases of the server that scripts/test runs on."""
    if "STACK_SERVER" in os.environ:
        server = Server(
            os.environ["PGHOST"],
            int(os.environ["PGPORT"]),
            os.environ["PGUSER"],
            os.environ.get("PGPASSWORD", ""),
            os.environ["STACK_SERVER"],
        )
    else:
        server = open_server()
    yield Databases(server)
    server.close()


class Site:
    """A committed database with a real server process on it."""

    def __init__(self, databases, name, url, process):
        self.databases = databases
        self.name = name
        self.url = url
        self.process = process

    def session(self, login):
        """Return the session of a demonstration user (password = login)."""
        return Session(self.url, self.name, login, login)

    def query(self, statement, values=()):
        """Return the rows of a statement on the site's database."""
        return self.databases.server.query(statement, values, self.name)


@contextlib.contextmanager
def serving(databases, template, name, workers=0):
    """Serve a clone of a template by a real Odoo until the block ends."""
    port, gevent_port = _free_port(), _free_port()
    log = paths.LOGS / f"{name}.server.log"
    with databases.cloned(template, name) as database, log.open("w") as output:
        process = odoo.start(
            odoo.command(
                databases.server,
                "server",
                f"--database={database}",
                f"--db-filter=^{database}$",
                "--http-interface=127.0.0.1",
                f"--http-port={port}",
                f"--gevent-port={gevent_port}",
                f"--workers={workers}",
                "--max-cron-threads=0",
            ),
            env=odoo.environment(databases.server),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            odoo.wait_until_serving(process, url)
            yield Site(databases, database, url, process)
        finally:
            odoo.stop(process)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def demo_site(databases):
    """The bicycle company on two real worker processes."""
    with serving(databases, databases.demo(), "live_demo", workers=2) as site:
        yield site


@pytest.fixture
def own_site(databases):
    """The bicycle company on worker processes that a test may end."""
    with serving(databases, databases.demo(), "own_site", workers=2) as site:
        yield site


@pytest.fixture
def demo_database(databases):
    """A committed clone of the bicycle company; its name."""
    with databases.cloned(databases.demo(), "own_demo") as name:
        yield name


@pytest.fixture(scope="session")
def our_modules():
    """The names of all our modules, the demonstration last."""
    return modules.ours(demo=True)
