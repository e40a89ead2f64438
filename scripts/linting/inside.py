"""Checks of our own. Each takes `fix` and returns the lines of what it found."""

import ast
import re

from stack import paths

from . import sources

# Modules of Odoo Community that ours may depend on: all LGPL-3, which a test compares
# with Odoo's own manifests. Add one here after looking at its licence.
OUTSIDE = {
    "account",
    "crm",
    "hr",
    "mail",
    "mrp",
    "mrp_account",
    "mrp_subcontracting",
    "product",
    "purchase",
    "purchase_mrp",
    "purchase_stock",
    "sale",
    "sale_crm",
    "sale_management",
    "sale_mrp",
    "sale_purchase_stock",
    "sale_stock",
    "stock",
    "stock_account",
    "stock_dropshipping",
    "web",
}
LICENCE = "LGPL-3"

# Data that Odoo loads by name from the manifest, and only then.
DATA_FOLDERS = ("data", "demo", "report", "security", "views", "wizards")

# In pieces, so that this file does not hold them.
MACHINE = re.compile(
    r"(?<![\w.~}])/(?:" + "|".join(("tmp" + "/o/", "wo" + "rk/", "ro" + "ot/")) + ")"
    r"|(?<![\w.~}])/ho" + r"me/\w"
)
REGISTRY = re.compile(
    r"py" + r"pi\.org|python" + r"hosted\.org|registry\.np" + r"mjs|np" + r"mjs\.com"
    r"|deb\.deb" + r"ian\.org|ftp\.[a-z]+\.deb" + r"ian\.org|archive\.ub" + r"untu\.com"
    r"|regi" + r"stry-1\.docker|gh" + r"cr\.io|proxy\.gol" + r"ang\.org"
)


def manifests():
    """Return {module: its manifest} of the modules of this repository."""
    return {
        path.parent.name: ast.literal_eval(path.read_text(encoding="utf-8"))
        for path in sorted(paths.ADDONS.glob("*/__manifest__.py"))
    }


def licences(_fix):
    """No module depends, directly, on one whose licence ours cannot carry."""
    ours = manifests()
    problems = []
    for module, manifest in ours.items():
        if manifest.get("license") != LICENCE:
            problems.append(f"{module}: its licence is not {LICENCE}")
        for name in manifest.get("depends", []):
            if name not in ours and name not in OUTSIDE:
                problems.append(
                    f"{module}: depends on {name}, whose licence nobody has looked at "
                    "(see OUTSIDE in scripts/linting/inside.py)"
                )
    return problems


def manifest_data(_fix):
    """Each data file is in the manifest, and each one in the manifest is there."""
    problems = []
    for module, manifest in manifests().items():
        folder = paths.ADDONS / module
        named = [*manifest.get("data", []), *manifest.get("demo", [])]
        present = {
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.suffix in (".xml", ".csv")
            and path.relative_to(folder).parts[0] in DATA_FOLDERS
        }
        problems += [
            f"{module}: {name} is not in the manifest: Odoo never loads it"
            for name in sorted(present - set(named))
        ]
        problems += [
            f"{module}: {name} is in the manifest but not there"
            for name in named
            if not (folder / name).is_file()
        ]
    return problems


def private_names(_fix):
    """No source holds a path of somebody's machine or the host of a registry."""
    problems = []
    for name in sources.all_names():
        for number, line in enumerate(_lines(name), start=1):
            if found := MACHINE.search(line):
                problems.append(f"{name}:{number}: path of a machine: {found[0]}")
            if found := REGISTRY.search(line):
                problems.append(f"{name}:{number}: host of a registry: {found[0]}")
    return problems


def _lines(name):
    content = (paths.ROOT / name).read_bytes()
    return [] if b"\0" in content else content.decode("utf-8", "replace").splitlines()


CHECKS = {
    "licences": licences,
    "manifest-data": manifest_data,
    "private-names": private_names,
}
