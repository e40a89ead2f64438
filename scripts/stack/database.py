"""Databases: templates built once per state of the code, and clones of them.

Three layers, so that a change of our code costs seconds: `core` holds the Odoo
modules ours need, `suite` our modules on top, `demo` the bicycle company on top
of those. Templates cannot be opened; everything works on clones, whose
filestore is hard-linked (its files never change).
"""

import contextlib
import datetime
import json
import shutil

from . import files, modules, odoo, paths
from .console import Problem, step

# Two checkouts may share a server of the user's: no name is in both.
PREFIX = f"stack_{paths.checkout_key()}"
_KEPT = 2  # templates of one kind: the last state of the code and the one before
_FORMAT = 2  # to be raised when templates are built in another way


class Databases:
    """The databases of one PostgreSQL server."""

    def __init__(self, server, variables=None, today=None):
        self.server = server
        self.variables = variables
        self.today = today or datetime.date.today()

    # -- templates -------------------------------------------------------------

    def core(self, names, base=None):
        """Return a template with these Odoo modules and nothing of ours.

        :param base: another such template to add them to
        """
        names = sorted(names)
        key = files.digest([_FORMAT, modules.odoo_build(), base, *names])
        kind = f"core_{files.digest([bool(base), *names])[:6]}"
        return self._template(kind, key, base, names, "Odoo's modules")

    def suite(self, names=None):
        """Return a template with our modules (all but the demo), without demo data.

        :param names: only these of our modules, on nothing but what they need
        """
        if names is None:
            names, kind, base = modules.ours(), "suite", self.everything()
        else:
            names = modules.closure(names)
            kind = f"suite_{files.digest(names)[:6]}"
            base = self.core(modules.core_depends(names))
        key = files.digest([base, modules.code_state(names)])
        return self._template(kind, key, base, names, "Our modules")

    def batch(self):
        """Return a template with mto_batch_confirm alone, on all of Odoo's modules."""
        names, base = ["mto_batch_confirm"], self.everything()
        key = files.digest([base, modules.code_state(names)])
        return self._template("batch", key, base, names, "Batch confirmation")

    def demo(self):
        """Return a template with the bicycle company, its dates counted from today."""
        names = modules.ours(demo=True)
        base = self._demo_core()
        key = files.digest([base, modules.code_state(names), self.today])
        return self._template("demo", key, base, names, "The bicycle company")

    def _demo_core(self):
        return self.core(modules.core_depends(modules.ours(demo=True)))

    def everything(self):
        """Return a template with all Odoo modules that ours need or work with.

        On top of the demonstration's, which saves most of the time.
        """
        return self.core(modules.TESTED_WITH, self._demo_core())

    def _template(self, kind, key, base, names, title):
        name = f"{PREFIX}_{kind}_{key[:8]}"
        lock = paths.HOME / f"{self.server.name}-templates.lock"
        with files.locked(lock, "build a database"):
            if not self.exists(name):
                with step(f"{title} ({len(names)})") as current:
                    self._build(name, kind, base, names, current)
        return name

    def _build(self, name, kind, base, names, current):
        files.require_space(paths.HOME, 1)
        part = f"{name}_part"
        self.drop(part)
        if base:
            self.clone(base, part)
        else:
            self._create(part)
        warnings = odoo.install(
            self.server, part, names, current, variables=self.variables
        )
        # Odoo's modules are in the base already: this warning is ours.
        if warnings and set(names) & set(modules.manifests()):
            raise Problem(
                "Installing our modules logged warnings:\n  " + "\n  ".join(warnings)
            )
        self._rename(part, name)
        self.describe(name, kind=kind, template=True)
        self._execute("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
        self._forget_older(kind, name)

    def _forget_older(self, kind, newest):
        """Drop all but the last templates of a kind."""
        same = [
            (about.get("made", ""), name)
            for name, about in self.described().items()
            if about.get("template") and about.get("kind") == kind and name != newest
        ]
        for _made, name in sorted(same, reverse=True)[_KEPT - 1 :]:
            self.drop(name)

    # -- databases -------------------------------------------------------------

    def exists(self, name):
        """Tell whether there is a database of this name."""
        rows = self.server.query("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return bool(rows)

    def clone(self, template, name):
        """Make database `name` a copy of a template, with its filestore."""
        self._drop_filestore(name)
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        source = self._filestore(template)
        if source.is_dir():
            shutil.copytree(source, self._filestore(name), copy_function=files.link)
        return name

    @contextlib.contextmanager
    def cloned(self, template, name):
        """Clone a template for the time of a with block; gives the database's name.

        :param name: what to call it, after the prefix of this checkout's databases
        """
        name = f"{PREFIX}_{name}"
        self.drop(name)
        self.clone(template, name)
        try:
            yield name
        finally:
            self.drop(name)

    def drop(self, name):
        """Remove a database and its filestore, if they are there."""
        if self.exists(name):
            self._execute("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
            self.server.query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s",
                [name],
            )
            self._execute("DROP DATABASE {}", name)
        self._drop_filestore(name)

    def describe(self, name, **about):
        """Note on the database what it is, and that it is ours to drop."""
        about = {
            "stack": paths.checkout_key(),
            "odoo": modules.odoo_build(),
            "made": datetime.datetime.now().isoformat(timespec="seconds"),
            **about,
        }
        self._execute("COMMENT ON DATABASE {} IS %s", name, values=[json.dumps(about)])

    def described(self):
        """Return {name: what `describe` noted} of the databases that are ours."""
        rows = self.server.query(
            "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database"
        )
        found = {}
        for name, text in rows:
            with contextlib.suppress(KeyError, TypeError, ValueError):
                about = json.loads(text)
                if about["stack"] == paths.checkout_key():
                    found[name] = about
        return found

    # -- parts -----------------------------------------------------------------

    def _create(self, name):
        self._execute(
            "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'", name
        )
        available = "SELECT name FROM pg_available_extensions WHERE name = ANY(%s)"
        # Odoo uses them where the server has them; the embedded one has not.
        for (extension,) in self.server.query(available, [["pg_trgm", "unaccent"]]):
            self.server.query(f"CREATE EXTENSION {extension}", database=name)

    def _rename(self, old, new):
        self._drop_filestore(new)
        if self._filestore(old).is_dir():
            self._filestore(old).rename(self._filestore(new))
        self._execute("ALTER DATABASE {} RENAME TO {}", old, new)

    def _execute(self, statement, *names, values=()):
        from psycopg2 import sql

        identifiers = [sql.Identifier(name) for name in names]
        self.server.query(sql.SQL(statement).format(*identifiers), values)

    def _filestore(self, name):
        return self.server.data / "filestore" / name

    def _drop_filestore(self, name):
        shutil.rmtree(self._filestore(name), ignore_errors=True)
