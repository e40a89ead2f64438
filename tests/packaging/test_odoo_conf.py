"""odoo.conf serves scripts/run and compose: it is read without a word of warning."""

import json
import os
import subprocess
import sys

import pytest

from .repository import ROOT

CONF = ROOT / "odoo.conf"
READ = """
import json, logging, sys, warnings
warnings.simplefilter("always")
messages = []
class Handler(logging.Handler):
    def emit(self, record):
        if record.levelno >= logging.WARNING:
            messages.append(record.getMessage())
import odoo.modules, odoo.netsvc
from odoo.tools import config
logging.getLogger().addHandler(Handler())
logging.captureWarnings(True)
config.parse_config(sys.argv[1:], setup_logging=False)
names = ["http_interface", "http_port", "list_db", "workers", "proxy_mode", "db_host",
         "db_replica_host", "addons_path", "data_dir", "with_demo"]
print(json.dumps({"messages": messages, "options": {n: config[n] for n in names},
                  "from_file": sorted(config._file_options)}))
"""


def read(*arguments, **environment):
    """Return how Odoo reads the file, with options and environment on top of it."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ODOO_", "PG"))
    }
    done = subprocess.run(
        [sys.executable, "-c", READ, "-c", str(CONF), *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={**clean, **environment},
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_no_warning():
    assert read()["messages"] == []


def test_safe_by_itself():
    options = read()["options"]
    assert options["http_interface"] == "127.0.0.1"
    assert options["list_db"] is False
    assert options["with_demo"] is False
    assert options["proxy_mode"] is False
    assert options["db_replica_host"] is None


@pytest.mark.parametrize(
    "name", ["addons_path", "data_dir", "db_host", "db_user", "db_password", "db_name"]
)
def test_says_nothing_that_differs_between_the_two(name):
    assert name not in read()["from_file"]


def test_command_line_wins(tmp_path):
    """As scripts/run starts it."""
    result = read(
        "--database=demo",
        "--db_host=/run/socket",
        "--http-port=8100",
        "--workers=2",
        f"--data-dir={tmp_path}",
        f"--addons-path={ROOT / 'addons'}",
    )
    assert result["messages"] == []
    options = result["options"]
    assert options["db_host"] == "/run/socket"
    assert options["http_port"] == 8100
    assert options["workers"] == 2
    assert options["http_interface"] == "127.0.0.1"
    assert options["addons_path"] == [str(ROOT / "addons")]


def test_environment_wins(tmp_path):
    """As docker-compose.yml starts it."""
    result = read(
        ODOO_HTTP_INTERFACE="0.0.0.0",
        ODOO_WORKERS="4",
        ODOO_PROXY_MODE="True",
        ODOO_ADDONS_PATH=str(ROOT / "addons"),
        ODOO_DATA_DIR=str(tmp_path),
        PGHOST_REPLICA="replica",
    )
    assert result["messages"] == []
    options = result["options"]
    assert options["http_interface"] == "0.0.0.0"
    assert options["workers"] == 4
    assert options["proxy_mode"] is True
    assert options["db_replica_host"] == "replica"
