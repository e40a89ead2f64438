"""What our modules are and need, read from their manifests."""

import ast
from functools import cache

from . import files, paths, source

DEMO = "mto_demo"
# Odoo modules that ours work with but do not need: present when all are tested.
TESTED_WITH = ("mrp_subcontracting", "stock_dropshipping")
# Folders of a module that never reach a database.
_NOT_INSTALLED = {"tests", "readme", "description", "__pycache__"}


@cache
def manifests():
    """Return {module: manifest} of all modules in addons/."""
    return {
        path.parent.name: ast.literal_eval(path.read_text())
        for path in sorted(paths.ADDONS.glob("*/__manifest__.py"))
    }


def ours(demo=False):
    """Return our modules, dependencies first, with or without the demo."""
    found = closure(manifests())
    return [name for name in found if demo or name != DEMO]


def closure(names):
    """Return our modules among `names` and what they need, dependencies first."""
    ordered = []

    def visit(name):
        if name in manifests() and name not in ordered:
            for dependency in sorted(manifests()[name].get("depends", [])):
                visit(dependency)
            ordered.append(name)

    for name in sorted(names):
        visit(name)
    return ordered


def core_depends(names):
    """Return the Odoo modules that our modules `names` depend on directly, sorted."""
    return sorted(
        {
            dependency
            for name in closure(names)
            for dependency in manifests()[name].get("depends", [])
            if dependency not in manifests()
        }
    )


def code_state(names):
    """Return a hash of everything of these modules that reaches a database."""
    installed = []
    for name in closure(names):
        folder = paths.ADDONS / name
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            reaches = path.suffix != ".pot" and not _NOT_INSTALLED & set(inside.parts)
            if path.is_file() and reaches:
                installed += [f"{name}/{inside}", path]
    return files.digest(installed)


def odoo_build():
    """Return the build of the Odoo in use."""
    return source.current().build
