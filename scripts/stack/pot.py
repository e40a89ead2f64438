"""scripts/pot: write the translation templates of our modules, i18n/<module>.pot."""

import argparse
import json

from . import files, modules, odoo, paths
from .console import say
from .database import Databases
from .options import add_server_options
from .postgres import open_server

MARK = "TERMS="
EXPORT = """
import base64, io, json
from odoo.tools.translate import trans_export
texts = {}
for module in %r:
    buffer = io.BytesIO()
    trans_export(None, [module], buffer, "po", env)
    texts[module] = buffer.getvalue().decode()
print(%r + json.dumps(texts))
"""
# The moment of the export says nothing and would differ each time.
MOMENTS = ('"POT-Creation-Date:', '"PO-Revision-Date:')


def parse(argv):
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/pot",
        description="Write the translation templates of our modules.",
    )
    add_server_options(parser)
    return parser.parse_args(argv)


def main(options):
    """Write the templates and name those that changed."""
    server = open_server(options.db_host, options.db_port, options.db_user)
    try:
        for module, text in templates(Databases(server)).items():
            path = path_of(module)
            if not path.is_file() or path.read_text() != text:
                files.write(path, text)
                say(f"  {path.relative_to(paths.ROOT)}")
    finally:
        server.close()
    return 0


def path_of(module):
    """Return where a module's template is."""
    return paths.ADDONS / module / "i18n" / f"{module}.pot"


def templates(databases):
    """Return {module: text} of the templates as the code has them now."""
    names = modules.ours(demo=True)
    with databases.cloned(databases.demo(), "terms") as database:
        output = odoo.run_command(
            databases.server,
            "shell",
            f"--database={database}",
            "--no-http",
            script=EXPORT % (names, MARK),
        )
    line = next(line for line in output.splitlines() if MARK in line)
    exported = json.loads(line.split(MARK, 1)[1])
    return {module: _without_moments(text) for module, text in exported.items()}


def _without_moments(text):
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(MOMENTS))
