"""scripts/run: from nothing to a running server with the demonstration company."""

import argparse
import re
import signal
import socket
import subprocess
import time

from . import modules, odoo, paths
from .console import Problem, say, step, table
from .database import Databases
from .options import add_server_options
from .postgres import open_server
from .session import Session

ROLES = (
    ("admin", "Administrator"),
    ("sales", "Sales"),
    ("purchasing", "Purchasing"),
    ("planner", "Production planner"),
    ("shop", "Shop floor"),
    ("warehouse", "Warehouse"),
    ("finance", "Finance"),
    ("director", "Director"),
    ("auditor", "Auditor"),
)


def parse(argv):
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/run",
        description="Start Odoo 19 with the suite and the bicycle company.",
    )
    add_server_options(parser)
    parser.add_argument("--port", type=int, default=8069, help="address to listen on")
    parser.add_argument(
        "--interface",
        default="127.0.0.1",
        help="network interface; 0.0.0.0 lets other machines in (default: %(default)s)",
    )
    parser.add_argument("--database", default="mto", help="name (default: %(default)s)")
    parser.add_argument(
        "--no-demo", action="store_true", help="only the suite, without the company"
    )
    parser.add_argument(
        "--addons", metavar="M1,M2", help="install only these modules of the suite"
    )
    parser.add_argument(
        "--reset", action="store_true", help="make the database again from the start"
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=0,
        help="processes (default: 0, one with threads)",
    )
    options = parser.parse_args(argv)
    _check_names(options)
    return options


def _check_names(options):
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", options.database):
        raise Problem("--database: use letters, digits, '_', '.' and '-' only.")
    if not 0 < options.port < 65535:
        raise Problem("--port: give a number from 1 to 65534.")
    unknown = set(_listed(options)) - set(modules.manifests())
    if unknown:
        raise Problem(
            f"--addons: there is no {', '.join(sorted(unknown))}; "
            f"there are {', '.join(modules.manifests())}."
        )


def _listed(options):
    return [name for name in (options.addons or "").split(",") if name]


def _wanted(options):
    """Return our modules to install, with what they need."""
    if options.addons:
        return modules.closure(_listed(options))
    return modules.ours(demo=not options.no_demo)


def main(options):
    """Prepare the database, serve it, and wait until the user has enough."""
    _require_port(options.interface, options.port)
    say("Make to Order suite on Odoo 19")
    server = open_server(options.db_host, options.db_port, options.db_user)
    try:
        databases = Databases(server)
        _prepare(databases, options)
        return _serve(server, options)
    finally:
        server.close()


# -- the database -------------------------------------------------------------


def _prepare(databases, options):
    name, wanted = options.database, _wanted(options)
    state = modules.code_state(wanted)
    about = databases.described().get(name)
    if databases.exists(name) and about is None:
        raise Problem(
            f"Database {name} was not made by this command and stays untouched: "
            "choose another name with --database."
        )
    if about and not options.reset:
        if about.get("state") == [wanted, state]:
            return
        _refuse_other_version(name, about)
        if about.get("state"):
            _update(databases, name, wanted, state)
            return
    _create(databases, name, wanted, state, options)


def _refuse_other_version(name, about):
    if about["odoo"] != modules.odoo_build():
        raise Problem(
            f"Database {name} was made by Odoo {about['odoo']}, this is "
            f"{modules.odoo_build()}: take --reset to make it again (its content is "
            "lost), or another name with --database."
        )


def _create(databases, name, wanted, state, options):
    if wanted == modules.ours(demo=True):
        template = databases.demo()
    else:
        template = databases.suite(wanted)
    databases.drop(name)
    databases.clone(template, name)
    databases.describe(name, state=[wanted, state])


def _update(databases, name, wanted, state):
    """Bring a database of an earlier state of the code up to this one."""
    databases.describe(name, state=["updating"])
    with step("The code has changed: updating the database") as current:
        # What is there comes first: a new module stands on its latest tables. It brings
        # along what it newly depends on.
        there = _installed(databases, name, wanted)
        if there:
            odoo.install(databases.server, name, there, current, update=True)
        there = _installed(databases, name, wanted)
        new = [module for module in wanted if module not in there]
        if new:
            odoo.install(databases.server, name, new, current)
    databases.describe(name, state=[wanted, state])


def _installed(databases, name, wanted):
    """Those of the modules ``wanted`` that the database has, in their order."""
    rows = databases.server.query(
        "SELECT name FROM ir_module_module WHERE state = 'installed'", database=name
    )
    installed = {row[0] for row in rows}
    return [module for module in wanted if module in installed]


# -- the server ---------------------------------------------------------------


def _require_port(interface, port):
    deadline = time.monotonic() + 5
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((interface, port))
                return
            except OSError as error:
                # A server that was just killed needs a moment to let go.
                if time.monotonic() > deadline:
                    raise Problem(
                        f"Port {port} on {interface} cannot be used "
                        f"({error.strerror.lower()}): choose another with --port."
                    ) from error
        time.sleep(0.5)


def _serve(server, options):
    address = "127.0.0.1" if options.interface == "0.0.0.0" else options.interface
    url = f"http://{address}:{options.port}"
    arguments = [
        "server",
        f"--database={options.database}",
        f"--db-filter=^{re.escape(options.database)}$",
        f"--http-interface={options.interface}",
        f"--http-port={options.port}",
        f"--gevent-port={options.port + 1}",
        f"--workers={options.workers}",
    ]
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    with (paths.LOGS / "server.log").open("a") as log:
        process = odoo.start(
            odoo.command(server, *arguments),
            env=odoo.environment(server),
            stdout=log,
            stderr=subprocess.STDOUT,
            # Ctrl-C reaches this command, which then stops Odoo in good order.
            start_new_session=True,
        )
        try:
            odoo.wait_until_serving(process, url)
            _welcome(url, options)
            process.wait()
            raise Problem(f"Odoo stopped by itself (log: {paths.LOGS / 'server.log'}).")
        except KeyboardInterrupt:
            say("\nStopping ...")
            return 0
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            odoo.stop(process)


def _welcome(url, options):
    say()
    if modules.DEMO in _wanted(options):
        session = Session(url, options.database)
        say(_bicycle_text(session.call("mto.demo", "get_bicycle_table")))
        say()
        rows = [["Role", "Login", "Password"]]
        rows += [[role, login, login] for login, role in ROLES]
        say(table(rows))
    else:
        say(table([["Role", "Login", "Password"], ["Administrator", "admin", "admin"]]))
    say()
    say(f"  Open {url}/odoo  (database {options.database}). Ctrl-C stops it.")


def _bicycle_text(case):
    """Return the bicycle case (see mto.demo) as a small table."""
    order = case["order"]
    rows = [
        ["Sales order", case["name"], order["product"], _quantity(order), order["date"]]
    ]
    for made in case["manufacturing_orders"]:
        title = f"Made, level {made['level']}"
        row = [made["name"], made["product"], _quantity(made), made["end"] or ""]
        rows.append([title, *row])
    for bought in case["purchase_lines"]:
        title = "To buy" if bought["state"] in ("draft", "sent") else "Bought"
        row = [
            bought["order"],
            bought["product"],
            _quantity(bought),
            bought["expected"],
        ]
        rows.append([title, *row])
    for key, title in (("from_stock", "From stock"), ("missing", "Missing")):
        for part in case[key]:
            needed = f"of {part['needed']:g} needed"
            rows.append([title, "", part["product"], _quantity(part), needed])
    return table(rows)


def _quantity(row):
    return f"{row['quantity']:g} {row['uom']}"
